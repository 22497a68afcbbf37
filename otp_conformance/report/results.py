"""What the journal says about each scenario and each requirement.

A pure function of the journal and of the requirement catalogue, which comes
as data. All reports and the summary draw from it, so that they never disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from otp_conformance.journal.events import Check, ScenarioFinished, ScenarioPlanned
from otp_conformance.journal.journal import Attempt, Journal
from otp_conformance.language import Text, say
from otp_conformance.specification.catalogue.model import Catalogue, Force, Parameter, Requirement
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Verdict, worst


@dataclass(frozen=True)
class ScenarioResult:
    """A planned scenario with its end. ``number`` counts from 1 in the plan's order.

    ``attempt`` is the decisive one of ``attempts``; ``wavers`` tells that they
    did not all end alike; ``replaced`` counts those that were carried out anew,
    after trouble of the environment or an interruption, and do not count.
    """

    number: int
    planned: ScenarioPlanned
    outcome: ScenarioFinished
    attempt: Attempt
    attempts: int
    wavers: bool = False
    replaced: int = 0

    @property
    def verdict(self) -> Verdict:
        """The scenario's verdict."""
        return self.outcome.verdict


@dataclass(frozen=True)
class Contribution:
    """What one scenario says about one requirement."""

    scenario: ScenarioResult
    verdict: Verdict
    remark: str = ""


class Aside(StrEnum):
    """Why no scenario of a run verified a requirement."""

    NOT_CHOSEN = "not_chosen"
    NO_SCENARIO = "no_scenario"
    UNOBSERVABLE = "unobservable"
    INFORMATIVE = "informative"

    @property
    def text(self) -> Text:
        """The reason for readers."""
        return _ASIDE[self]

    @property
    def word(self) -> Text:
        """What stands in a verdict's place where none is asked for."""
        return _WORD[self]


_WORD = {
    Aside.INFORMATIVE: Text("参考", "informative"),
    Aside.UNOBSERVABLE: Text("観測不可", "unobservable"),
    Aside.NOT_CHOSEN: Text(Verdict.NOT_RUN.ja, Verdict.NOT_RUN.en),
    Aside.NO_SCENARIO: Text(Verdict.NOT_RUN.ja, Verdict.NOT_RUN.en),
}
UNCOUNTED = frozenset({Aside.INFORMATIVE, Aside.UNOBSERVABLE})
"""What is told apart and never counted among the requirements that can be tested."""

_ASIDE = {
    Aside.INFORMATIVE: Text(
        "参考の記述で、試験の対象になる動作がありません",
        "informative: it describes nothing that could be tested",
    ),
    Aside.UNOBSERVABLE: Text(
        "画面の操作では観測できない要件です", "it cannot be observed through the screens"
    ),
    Aside.NOT_CHOSEN: Text(
        "この要件を確かめるシナリオは、今回の実行に選ばれていません",
        "the scenarios that verify it were not chosen for this run",
    ),
    Aside.NO_SCENARIO: Text(
        "この要件を確かめるシナリオはありません", "there is no scenario that verifies it"
    ),
}


@dataclass(frozen=True)
class RequirementResult:
    """A requirement of the catalogue with everything that was seen of it.

    ``aside`` tells why no scenario verified it, where none did.
    """

    requirement: Requirement
    chapter: str
    verdict: Verdict
    contributions: tuple[Contribution, ...]
    aside: Aside | None = None

    @property
    def reason(self) -> str:
        """Why no scenario verified it, in the current language."""
        return str(self.aside.text) if self.aside else ""

    @property
    def uncounted(self) -> bool:
        """Whether it is no matter of a test: that nobody tested it is no gap."""
        return self.aside in UNCOUNTED


@dataclass(frozen=True)
class RunResults:
    """The whole run, seen from both sides. ``unknown`` are tagged ids of no requirement.

    ``manual``: title of the manual that the requirements come from; ``parameters``: what
    vendors declare (IXIT), by id.
    """

    manual: str
    journal: Journal
    scenarios: tuple[ScenarioResult, ...]
    requirements: tuple[RequirementResult, ...]
    unknown: tuple[str, ...]
    parameters: Mapping[str, Parameter]

    @property
    def counting(self) -> str:
        """How requirements are counted, in one sentence of the current language."""
        aside = [r.requirement for r in self.requirements if r.uncounted]
        return counting(len(self.requirements), aside)

    @property
    def trial(self) -> tuple[str, str]:
        """What a run without a browser has shown, and what a verdict still needs.

        Two sentences of the current language, empty ones where there was a browser. They
        say what holds so far; they are no verdict.
        """
        if self.journal.header.environment.get("agent") != AgentKind.HTTP:
            return "", ""
        n = count(s.verdict for s in self.scenarios)
        bad, open_, passed = n[Verdict.FAIL], n[Verdict.INCONCLUSIVE], n[Verdict.PASS]
        if bad:
            shown = say(
                f"ブラウザーなしの試行で、不合格が {bad} シナリオ見つかりました。",
                f"Tried without a browser, the product failed in {bad} scenario(s).",
            )
        elif passed:
            shown = say(
                "ブラウザーなしの試行では、ここまで不合格は見つかっていません"
                f"（合格 {passed} シナリオ）。",
                "Tried without a browser, nothing was found against the product so far "
                f"({passed} scenario(s) passed).",
            )
        else:
            shown = say(
                "ブラウザーなしの試行では、まだ何も確かめられていません。",
                "Tried without a browser, nothing has been verified so far.",
            )
        left = [
            say(f"{word.ja} {many}", f"{many} {word.en}")
            for word, many in ((Verdict.INCONCLUSIVE, open_), (Verdict.NOT_RUN, n[Verdict.NOT_RUN]))
            if many
        ]
        rest = say("、", ", ").join(left)
        needs = say(
            f"合否の判定には、ブラウザーでの実施が要ります{f'（残り: {rest}）' if rest else ''}。",
            f"A verdict needs a run in the browser{f' (left: {rest})' if rest else ''}.",
        )
        return shown, needs

    @property
    def trial_told(self) -> str:
        """The sentences of `trial` in one text."""
        return say("", " ").join(self.trial).strip()

    @property
    def to_verify(self) -> tuple[RequirementResult, ...]:
        """The requirements that can be tested: all but those that `counting` tells apart."""
        return tuple(r for r in self.requirements if not r.uncounted)

    @property
    def verdict(self) -> Verdict:
        """Worst verdict of the scenarios; 未実施 when there are none.

        A feature declared absent is no defect: beside passes, 対象外 leaves
        the run a pass, as its exit code does (docs/decisions/0006).
        """
        if self.journal.unplanned:
            return self.journal.verdict()  # of what is gone nobody knows
        found = worst(scenario.verdict for scenario in self.scenarios)
        passed = any(scenario.verdict is Verdict.PASS for scenario in self.scenarios)
        return Verdict.PASS if passed and found is Verdict.NOT_APPLICABLE else found


def counting(every: int, aside: Sequence[Requirement]) -> str:
    """Return how requirements are counted, in one sentence of the current language.

    Every page, table and summary counts the same ones: those that can be tested. ``every``:
    how many requirements there are, ``aside``: those of them that no test can be about.
    """
    informing = [r for r in aside if r.force is Force.INFORMATIVE]
    unseen = [r.id for r in aside if r.force is not Force.INFORMATIVE]
    parts = []
    if informing:
        parts.append(say(f"参考の記述 {len(informing)} 件", f"{len(informing)} only inform"))
    if unseen:
        ids = say("、", ", ").join(unseen)
        parts.append(
            say(
                f"画面の操作では観測できない {len(unseen)} 件（{ids}）",
                f"{len(unseen)} cannot be observed through the screens ({ids})",
            )
        )
    counted = every - len(aside)
    if not parts:
        return say(
            f"要件 {every} 件は、すべて試験の対象です。",
            f"All {every} requirements can be tested.",
        )
    rest = say("と、", ", ").join(parts)
    return say(
        f"要件 {every} 件のうち、試験の対象は {counted} 件です。ほかは{rest}です。",
        f"Of {every} requirements {counted} can be tested; of the others {rest}.",
    )


def results(journal: Journal, catalogue: Catalogue) -> RunResults:
    """Evaluate a journal against the catalogue."""
    scenarios = tuple(
        ScenarioResult(
            number=number,
            planned=planned,
            outcome=journal.outcome(scenario_id),
            attempt=journal.attempt(scenario_id, journal.decisive(scenario_id)),
            attempts=len(journal.numbers(scenario_id)),
            wavers=journal.wavers(scenario_id),
            replaced=journal.replaced(scenario_id),
        )
        for number, (scenario_id, planned) in enumerate(journal.planned.items(), start=1)
    )
    seen: dict[str, list[Contribution]] = {}
    for scenario in scenarios:
        for requirement_id, contribution in _contributions(scenario):
            seen.setdefault(requirement_id, []).append(contribution)
    requirements = tuple(
        _requirement(row, catalogue, seen.get(row.id, []), partial=journal.header.partial)
        for row in catalogue.requirements.values()
    )
    unknown = tuple(sorted(set(seen) - set(catalogue.requirements)))
    return RunResults(
        catalogue.manual.title, journal, scenarios, requirements, unknown, catalogue.parameters
    )


def count(verdicts: Iterable[Verdict]) -> dict[Verdict, int]:
    """Count verdicts; every verdict has an entry, the worst first."""
    found = Counter(verdicts)
    return {verdict: found[verdict] for verdict in reversed(Verdict)}


def _requirement(
    row: Requirement, catalogue: Catalogue, found: Sequence[Contribution], *, partial: bool
) -> RequirementResult:
    return RequirementResult(
        requirement=row,
        chapter=catalogue.chapter_name(row.chapter),
        verdict=worst(contribution.verdict for contribution in found),
        contributions=tuple(found),
        aside=None if found else _why_untested(row, partial=partial),
    )


def _why_untested(row: Requirement, *, partial: bool) -> Aside:
    if row.force is Force.INFORMATIVE:
        return Aside.INFORMATIVE
    if row.observability == "not observable":
        return Aside.UNOBSERVABLE
    return Aside.NOT_CHOSEN if partial else Aside.NO_SCENARIO


def _contributions(scenario: ScenarioResult) -> list[tuple[str, Contribution]]:
    tagged = scenario.planned.requirements
    checks = scenario.attempt.checks
    found = [(rid, _of_tagged(scenario, rid)) for rid in dict.fromkeys(tagged)]
    named = dict.fromkeys(rid for check in checks for rid in check.requirements)
    for rid in (rid for rid in named if rid not in tagged):
        own = worst(check.verdict for check in checks if rid in check.requirements)
        found.append((rid, Contribution(scenario, own)))
    return found


def _of_tagged(scenario: ScenarioResult, requirement_id: str) -> Contribution:
    """Return what a scenario says about a requirement of its tags.

    It is the scenario's verdict, but for one case: where the product failed in
    checks of other requirements only, this one was not shown to be violated.
    Then its own checks decide, those that speak of none of the failed ones. Was
    the scenario cut off before any of them, or before the control of its
    refusal, this one was not shown to hold either: 判定不能.
    """
    checks = scenario.attempt.checks
    failed = [rid for c in checks if c.verdict is Verdict.FAIL for rid in c.requirements]
    if scenario.verdict is not Verdict.FAIL or not failed or requirement_id in failed:
        return Contribution(scenario, scenario.verdict)
    own = [c.verdict for c in checks if _is_own(c, requirement_id, failed)]
    verdict = worst(own) if own else Verdict.INCONCLUSIVE
    others = list(dict.fromkeys(failed))
    remark = say(
        f"同じシナリオが {'・'.join(others)} の確認で不合格になりました",
        f"the same scenario failed in checks of {', '.join(others)}",
    )
    if verdict is Verdict.PASS:
        remark += say("（この要件の確認は合格しています）", " (the checks of this one passed)")
    return Contribution(scenario, verdict, remark)


def _is_own(check: Check, requirement_id: str, failed: Sequence[str]) -> bool:
    return (
        check.role != "control"
        and requirement_id in check.requirements
        and not set(failed) & set(check.requirements)
    )
