"""The step definitions as a table that can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from behave.step_registry import registry

from otp_conformance.journal.case import Case
from otp_conformance.lint.finding import Finding
from otp_conformance.lint.verbs import Verbs
from otp_conformance.run.behave import load_steps
from otp_conformance.run.world import World


@dataclass(frozen=True)
class Definition:
    """One step definition: its pattern and where it stands."""

    pattern: str
    file: str
    line: int
    matcher: Any


class StepIndex:
    """All definitions of a folder of step modules.

    Raises `SuiteFaultError` when a module cannot be loaded.
    """

    def __init__(self, folder: Path) -> None:
        load_steps(folder)
        self._folder = folder
        self._used: set[str] = set()
        self._known: dict[str, tuple[str, ...]] = {}

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """All definitions, in the order of their modules."""
        matchers = [matcher for kind in registry.steps.values() for matcher in kind]
        return tuple(
            Definition(m.pattern, f"steps/{Path(m.location.filename).name}", m.location.line, m)
            for m in matchers
        )

    def all_patterns(self) -> Iterator[str]:
        """Yield every pattern."""
        return (definition.pattern for definition in self.definitions)

    def patterns(self, text: str) -> tuple[str, ...]:
        """Return the patterns that match a sentence; they count as used from now on."""
        if text not in self._known:
            self._known[text] = tuple(
                d.pattern for d in self.definitions if d.matcher.match(text) is not None
            )
            self._used.update(self._known[text])
        return self._known[text]

    @cached_property
    def _verbs(self) -> Verbs:
        return Verbs({"world": World, "case": Case})

    def verbs(self, text: str) -> frozenset[str]:
        """Return which of `verbs.FACT`, `REFUSED`, `CONTROL` a sentence's steps get to."""
        patterns = self.patterns(text)
        found = [self.definition_verbs(d) for d in self.definitions if d.pattern in patterns]
        return frozenset().union(*found)

    def definition_verbs(self, definition: Definition) -> frozenset[str]:
        """Return which of the three the function of a step definition gets to."""
        return self._verbs.of(definition.matcher.func)

    def unused(self) -> Iterator[Finding]:
        """Yield the definitions that no sentence asked about so far has used."""
        for definition in self.definitions:
            if definition.pattern not in self._used:
                yield Finding(
                    definition.file,
                    definition.line,
                    "OC022",
                    f"どのシナリオも使っていません: {definition.pattern}。消すか、使ってください。",
                    f"no scenario uses it: {definition.pattern}. Remove it, or use it.",
                )
