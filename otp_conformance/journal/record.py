"""What is written down of a running scenario before anything is judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NotRequired, TypedDict, Unpack

from otp_conformance.journal.events import (
    CodeSent,
    CustomerUsed,
    DeclaredRead,
    Exchanged,
    Reconnected,
    ScenarioStarted,
    StepFinished,
    StepStatus,
)
from otp_conformance.journal.evidence import EvidenceStore, Look
from otp_conformance.journal.journal import JournalWriter
from otp_conformance.journal.masking import MASK
from otp_conformance.text import normalise
from otp_conformance.verdict.outcome import Outcome


class RecordKeeping(TypedDict):
    """With what a record is kept.

    ``sut_time`` reads the clock port; ``look`` takes a picture of what the
    acting person sees (None where no page is open). ``attempt`` counts from 0;
    ``instead_of`` is the attempt that this one replaces. ``timer`` counts
    seconds.
    """

    journal: JournalWriter
    evidence: EvidenceStore
    sut_time: NotRequired[Callable[[], datetime | None]]
    look: NotRequired[Callable[[], Look | None]]
    attempt: NotRequired[int]
    instead_of: NotRequired[int | None]
    timer: NotRequired[Callable[[], float]]


@dataclass(frozen=True)
class Sent:
    """A request and its answer, to be written down.

    ``at``: when it left (s since 1970); ``address``: fit for readers. ``fields``: name,
    what the page calls it, the value (it may be secret), and whether it was chosen among
    some instead of typed. ``unsent``: the form's fields that it does not carry.
    """

    at: float
    method: str
    address: str
    status: int | None
    fields: tuple[tuple[str, str, str, bool], ...] = field(default=(), repr=False)
    unsent: tuple[str, ...] = ()


class Record:
    """Beginnings, steps, sent codes, notes and pictures of one attempt at a scenario."""

    def __init__(self, scenario_id: str, **keeping: Unpack[RecordKeeping]) -> None:
        self.scenario_id = scenario_id
        self.attempt = keeping.get("attempt", 0)
        self._instead_of = keeping.get("instead_of")
        self.step_index = -1
        self.in_setup = False
        self._journal = keeping["journal"]
        self._evidence = keeping["evidence"]
        self._sut_time = keeping.get("sut_time", lambda: None)
        self._look = keeping.get("look", lambda: None)
        self._timer = keeping.get("timer", time.monotonic)
        self._begun = self._timer()
        self._step_text = ""
        self._customers: dict[str, tuple[str, str]] = {}
        self._public: set[str] = set()
        self._declared: set[tuple[str, bool]] = set()
        self._deciding = False

    # -- for the runner ---------------------------------------------------

    def start(self) -> None:
        """Journal the beginning; the scenario's duration counts from here."""
        self._begun = self._timer()
        self._journal.write(
            ScenarioStarted(
                at=self._journal.stamp(),
                scenario_id=self.scenario_id,
                attempt=self.attempt,
                instead_of=self._instead_of,
                sut_time=rfc3339(self._read_clock()),
            )
        )

    def enter_step(self, index: int, text: str = "", *, setup: bool = False) -> None:
        """Tell that a step begins. ``setup``: a 前提 step, or a hook before the first."""
        self.step_index = index
        self.in_setup = setup
        self._step_text = text

    def leave_step(
        self,
        *,
        keyword: str,
        text: str,
        line: int,
        status: StepStatus,
        duration_s: float,
        message: str = "",
        screen: str = "",
    ) -> None:
        """Journal the end of the step entered last; ``screen``: see `StepFinished`. In seconds."""
        self._journal.write(
            StepFinished(
                at=self._journal.stamp(),
                scenario_id=self.scenario_id,
                attempt=self.attempt,
                index=self.step_index,
                keyword=keyword,
                text=text,
                line=line,
                status=status,
                duration_s=duration_s,
                message=message,
                screen=screen,
            )
        )

    def customer(self, name: str, login_id: str, serial: str) -> None:
        """Journal who took part with which token, where that is not known yet."""
        known = self._customers.get(login_id)
        if known == (name, serial) or (known is not None and not serial):
            return
        self._customers[login_id] = (name, serial)
        self._public |= {normalise(login_id), normalise(serial)} - {""}
        self._journal.write(
            CustomerUsed(
                at=self._journal.stamp(),
                scenario_id=self.scenario_id,
                attempt=self.attempt,
                step_index=self.step_index,
                name=name,
                login_id=login_id,
                serial=serial,
            )
        )

    def exchanged(self, requests: Sequence[Sent], step_index: int) -> None:
        """Journal the requests of a step.

        Of a value that was typed only a login ID or a serial of the scenario is written, of
        what was chosen the choice; everything else may be a secret, or lead to one.
        """
        for sent in requests:
            fields = [
                {"name": name, "label": label, "value": self._fit(value, chosen=chosen)}
                for name, label, value, chosen in sent.fields
            ]
            self._journal.write(
                Exchanged.model_validate(
                    {
                        "at": self._journal.stamp(),
                        "scenario_id": self.scenario_id,
                        "attempt": self.attempt,
                        "step_index": step_index,
                        "sent_at": datetime.fromtimestamp(sent.at, UTC).isoformat(
                            timespec="milliseconds"
                        ),
                        "method": sent.method,
                        "address": sent.address,
                        "status": sent.status,
                        "fields": fields,
                        "unsent": list(sent.unsent),
                    }
                )
            )

    def _fit(self, value: str, *, chosen: bool) -> str:
        """Return a value as it may be written down."""
        known = normalise(value) in self._public
        return value if not value or chosen or known else MASK

    # -- for steps and judgements ---------------------------------------------

    def note(self, text: str) -> str:
        """Keep an observation without a verdict; return its evidence id."""
        return self._evidence.keep(
            self.scenario_id,
            self.step_index,
            text,
            attempt=self.attempt,
            sut_time=self._read_clock(),
        )

    def keep(self, label: str) -> str | None:
        """Keep a picture of what is seen now; return its evidence id, None if nothing is.

        Trouble in taking it must not hide what is being judged: it is written
        into the label instead.
        """
        look: Look | None = None
        try:
            look = self._look()
            if look is None:
                return None
        except Exception as trouble:  # noqa: BLE001 - see the docstring
            label = f"{label}（画面を保存できませんでした: {type(trouble).__name__}）"
        return self._evidence.keep(
            self.scenario_id,
            self.step_index,
            label,
            look,
            attempt=self.attempt,
            sut_time=self._read_clock(),
        )

    def declared(self, key: str, value: str, line: int) -> None:
        """Journal that a declared value was read, once (and once more where it decides)."""
        if (key, self._deciding) in self._declared or (key, True) in self._declared:
            return
        self._declared.add((key, self._deciding))
        self._journal.write(
            DeclaredRead(
                at=self._journal.stamp(),
                scenario_id=self.scenario_id,
                attempt=self.attempt,
                step_index=self.step_index,
                key=key,
                value=value,
                line=line,
                decides=self._deciding,
            )
        )

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Mark what is read of the declaration in a ``with`` block: the verdict hangs on it."""
        self._deciding = True
        try:
            yield
        finally:
            self._deciding = False

    def code_sent(self, **stamp: Any) -> None:  # noqa: ANN401 - the fields of `CodeSent`
        """Journal that a code went out, and when; see `CodeSent` for the fields."""
        self._journal.write(
            CodeSent(
                at=self._journal.stamp(),
                scenario_id=self.scenario_id,
                attempt=self.attempt,
                step_index=self.step_index,
                **stamp,
            )
        )

    def reconnected(self, *, number: int, paused_s: float, why: str) -> None:
        """Journal that a page was asked for again (つなぎ直し); see `Reconnected`."""
        self._journal.write(
            Reconnected(
                at=self._journal.stamp(),
                scenario_id=self.scenario_id,
                attempt=self.attempt,
                step_index=self.step_index,
                number=number,
                paused_s=paused_s,
                why=why,
            )
        )

    # -- inside -----------------------------------------------------------

    def _read_clock(self) -> datetime | None:
        try:
            return self._sut_time()
        except Outcome:
            return None  # an unreadable clock is the next step's matter, not this check's

    def _seen(self, name: str) -> list[str]:
        kept = self.keep(name)
        return [kept] if kept else []


def rfc3339(moment: datetime | None) -> str | None:
    """Return a moment as the journal writes it."""
    return moment.isoformat() if moment else None
