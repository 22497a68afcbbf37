"""What a preflight finds: a line each, with one fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from otp_conformance.errors import RunError, UnreadyError
from otp_conformance.language import say
from otp_conformance.text import visible
from otp_conformance.verdict.outcome import Outcome
from otp_conformance.verdict.verdict import Cause, Verdict

# An outcome's own words are those of the journal, which is Japanese.
_TROUBLE = {
    Cause.PRODUCT: "The system does not do what was expected",
    Cause.DECLARATION: "The declaration does not fit",
    Cause.ENVIRONMENT: "Trouble of the test environment",
    Cause.SUITE: "The suite could not do it",
}
_LOOK = "Look at what is named here"


class State(StrEnum):
    """How a finding stands. NOTE: nothing to put right, and still to be known."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """``area``: what was looked at (a screen, the clock …); ``fix`` is empty for OK.

    All in the language of the command; a screen is called by its title.
    """

    area: str
    what: str
    state: State
    observed: str
    fix: str = ""

    @property
    def agrees(self) -> bool:
        """Whether nothing is to be done about it."""
        return self.state in (State.OK, State.NOTE)


@dataclass
class Findings:
    """Collects findings; ``tell`` hears of each at once. ``mask`` takes secrets out."""

    tell: Callable[[Finding], None]
    mask: Callable[[str], str]
    found: list[Finding] = field(default_factory=list)

    def add(self, area: str, what: str, state: State, observed: str, fix: str = "") -> None:
        """Note a finding; the same one of a screen met before is told once."""
        finding = Finding(area, what, state, self._told(observed), self._told(fix))
        if finding not in self.found:
            self.found.append(finding)
            self.tell(finding)

    def holds_secret(self, text: str) -> bool:
        """Tell whether a text holds what nobody may read."""
        return self.mask(text) != text

    def _told(self, text: str) -> str:
        """Return what a product may have had a part in, as it may be told."""
        return visible(self.mask(text))

    def note(self, area: str, what: str, observed: str) -> None:
        """Note something that may stay as it is, and that nobody should be surprised by."""
        self.add(area, what, State.NOTE, observed)

    def ok(self, area: str, what: str, observed: str = "") -> None:
        """Note that something is as declared."""
        self.add(area, what, State.OK, observed)

    def judge(self, area: str, what: str, right: bool, observed: str, fix: str) -> None:
        """Note that something is as declared, or not."""
        state = State.OK if right else State.WRONG
        self.add(area, what, state, observed, "" if right else fix)

    @contextmanager
    def about(self, area: str, what: str) -> Iterator[None]:
        """Turn an outcome of the harness into a finding of this area, and go on.

        Trouble of the test environment says nothing about the declaration: unknown.
        """
        try:
            yield
        except Outcome as trouble:
            unknown = trouble.verdict is Verdict.NOT_RUN or trouble.cause is Cause.ENVIRONMENT
            state = State.UNKNOWN if unknown else State.WRONG
            kind = _TROUBLE[trouble.cause or Cause.SUITE]
            wanted = (
                "" if unknown or not trouble.expected else f"（必要なのは、{trouble.expected}）"
            )
            seen = say(f"{trouble.observed}{wanted}", f"{kind}: {trouble.observed}{wanted}")
            fix = say(trouble.hint, f"{_LOOK}: {trouble.hint}") if trouble.hint else ""
            self.add(area, what, state, seen, fix)
        except UnreadyError as error:
            self.add(area, what, State.UNKNOWN, str(error.text))
        except RunError as error:
            self.add(area, what, State.WRONG, str(error.text))

    @property
    def wrong(self) -> int:
        """Number of findings that must be put right."""
        return sum(finding.state is State.WRONG for finding in self.found)
