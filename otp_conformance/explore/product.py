"""A real system that walks stories, as a run walks its scenarios."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from otp_conformance.explore.deeds import Story
from otp_conformance.explore.scenario import NAME, feature, line_of
from otp_conformance.explore.search import Walked
from otp_conformance.journal.events import PlannedStep
from otp_conformance.journal.masking import Masker
from otp_conformance.journal.relay import RelayWriter
from otp_conformance.run.behave import load_steps
from otp_conformance.run.context import RunContext
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.launch import check_start
from otp_conformance.run.plan import Turn
from otp_conformance.run.pool import InProcess
from otp_conformance.run.request import Observer, Parts, Request
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.verdict.verdict import Verdict

URI = "explore/story.feature"


class Product:
    """Walks stories at a real system, as a run walks its scenarios."""

    def __init__(
        self, request: Request, parts: Parts, observer: Observer, stack: ExitStack, folder: Path
    ) -> None:
        check_start(request)
        load_steps(request.steps)
        self._events: list[dict[str, Any]] = []
        masker = Masker()
        self._journal = RelayWriter(self._events.append, masker)
        self._folder = folder
        self.interrupt = stack.enter_context(Interrupt())
        context = RunContext(request, parts, observer, self.interrupt, stack, folder, masker)
        self._runner = InProcess(context)
        self._runner.start()
        self._manual = request.loaded.declaration.manual
        self._number = 0

    def walk(self, story: Story) -> Walked:
        """Carry one story out with new customers."""
        self._number += 1
        self._events.clear()
        path = self._folder / "story.feature"
        path.write_text(feature(story), encoding="utf-8")
        dead = self._runner.run([Turn(self._plan(story))], self._journal, files={URI: path})
        if self.interrupt.requested:
            raise KeyboardInterrupt
        if dead:
            return Walked(Verdict.NOT_RUN, observed=dead, over=True)
        return self._judged(story)

    def _judged(self, story: Story) -> Walked:
        ended = next(e for e in reversed(self._events) if e["event"] == "scenario_finished")
        verdict = Verdict(ended["verdict"])
        failed = [e for e in self._events if e["event"] == "check" and e["verdict"] == "fail"]
        told = failed[0] if failed else ended
        place = failed[0]["step_index"] if failed else None
        about = story.lines[place].requirements if place is not None else ()
        # Some facts are about a requirement of their own, such as that a refusal is told.
        if failed and set(told["requirements"]) != set(self._manual.kept(story.requirements)):
            about = tuple(told["requirements"])
        return Walked(verdict, place, about, told.get("expected", ""), told.get("observed", ""))

    def _plan(self, story: Story) -> ScenarioPlan:
        first = line_of(feature(story))
        return ScenarioPlan(
            scenario_id=f"explore/{self._number}",
            uri=URI,
            line=first,
            scenario_line=first,
            name=NAME,
            feature=NAME,
            rule="",
            rule_line=0,
            chapter=NAME,
            tags=(),
            requirements=self._manual.kept(story.requirements),
            steps=tuple(
                PlannedStep(keyword=line.keyword, text=line.text, line=first + i)
                for i, line in enumerate(story.lines, 1)
            ),
        )
