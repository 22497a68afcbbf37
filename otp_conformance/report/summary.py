"""The run in a few lines, for the terminal and for the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from otp_conformance.journal.journal import Journal
from otp_conformance.report.results import (
    CatalogueData,
    RequirementResult,
    RunResults,
    ScenarioResult,
    count,
    results,
)
from otp_conformance.verdict.verdict import Cause, Verdict

Language = Literal["ja", "en"]

_EN_CAUSE = {
    Cause.PRODUCT: "product",
    Cause.DECLARATION: "declaration or settings",
    Cause.ENVIRONMENT: "test environment",
    Cause.SUITE: "suite",
}


@dataclass(frozen=True)
class Chapter:
    """Requirement verdicts of one chapter."""

    name: str
    counts: dict[Verdict, int]


@dataclass(frozen=True)
class Summary:
    """What a reader wants first.

    ``failing`` and ``inconclusive`` are requirements, each with the scenarios
    that made them so; ``suite_faults`` are scenarios in which the suite itself
    broke (試験装置異常): they say nothing about the product. ``wavering`` are
    those whose attempts ended in different verdicts (揺らぎ).
    """

    run_id: str
    sut: str
    verdict: Verdict
    cut_off: bool
    duration_s: float | None
    scenarios: dict[Verdict, int]
    requirements: dict[Verdict, int]
    chapters: tuple[Chapter, ...]
    failing: tuple[RequirementResult, ...]
    inconclusive: tuple[RequirementResult, ...]
    troubled: tuple[ScenarioResult, ...]
    suite_faults: tuple[ScenarioResult, ...]
    wavering: tuple[ScenarioResult, ...]
    unknown_requirements: tuple[str, ...]
    absent_functions: tuple[str, ...] = ()


def summarise(journal: Journal, catalogue: CatalogueData) -> Summary:
    """Return the summary of a journal."""
    return summary_of(results(journal, catalogue))


def summary_of(run: RunResults) -> Summary:
    """Return the summary of evaluated results."""
    header, footer = run.journal.header, run.journal.footer
    by_verdict = {v: [r for r in run.requirements if r.verdict is v] for v in Verdict}
    bad = sorted(
        (s for s in run.scenarios if s.verdict in {Verdict.FAIL, Verdict.INCONCLUSIVE}),
        key=lambda s: (-s.verdict.severity, s.number),
    )
    return Summary(
        run_id=header.run_id,
        sut=f"{header.sut_name} {header.sut_version}".strip(),
        verdict=run.verdict,
        cut_off=run.journal.cut_off,
        duration_s=footer.duration_s if footer else None,
        scenarios=count(s.verdict for s in run.scenarios),
        requirements=count(r.verdict for r in run.requirements),
        chapters=chapters(run),
        failing=tuple(by_verdict[Verdict.FAIL]),
        inconclusive=tuple(by_verdict[Verdict.INCONCLUSIVE]),
        troubled=tuple(bad),
        suite_faults=tuple(s for s in run.scenarios if s.outcome.suite_fault),
        wavering=tuple(s for s in run.scenarios if s.wavers),
        unknown_requirements=run.unknown,
        absent_functions=tuple(header.absent_functions),
    )


def chapters(run: RunResults) -> tuple[Chapter, ...]:
    """Count requirement verdicts by chapter, in the catalogue's order."""
    names = dict.fromkeys(r.chapter for r in run.requirements)
    return tuple(
        Chapter(name, count(r.verdict for r in run.requirements if r.chapter == name))
        for name in names
    )


def render(summary: Summary, language: Language = "ja") -> str:
    """Return the summary as plain text for a terminal."""
    lines = _render_ja(summary) if language == "ja" else _render_en(summary)
    return "\n".join(lines) + "\n"


def _render_ja(s: Summary) -> list[str]:
    lines = [f"判定: {s.verdict.ja}    対象: {s.sut}    実行: {s.run_id}"]
    if s.cut_off:
        lines.append("注意: 実行は途中で終わりました。以下は終わるまでの結果です。")
    if s.absent_functions:
        absent = "、".join(f"ics.{key}" for key in s.absent_functions)
        lines.append(
            f"注意: 宣言で「なし」とされた手順書の機能: {absent}。残りの部分だけの判定であり、"
            "手順書全体への適合は示しません。"
        )
    lines.append("シナリオ: " + _counts_ja(s.scenarios))
    lines.append("要件:     " + _counts_ja(s.requirements))
    for scenario in s.troubled:
        o, p = scenario.outcome, scenario.planned
        cause = f"（{o.cause.ja}{'・試験装置異常' if o.suite_fault else ''}）" if o.cause else ""
        lines += ["", f"{o.verdict.ja}{cause} {_ids(scenario)} {p.name}"]
        lines += [f"  期待: {o.expected}", f"  観測: {o.observed}"]
        lines += [f"  手順: {o.failing_step}"] if o.failing_step else []
        lines += [f"  対処: {o.hint}"] if o.hint else []
        lines.append(f"  場所: {p.scenario_id}")
    if s.suite_faults:
        lines += [
            "",
            f"試験装置異常 {len(s.suite_faults)} 件（製品の合否を示しません）",
        ]
    for scenario in s.wavering:
        lines += ["", f"揺らぎ（試行によって判定が異なる） {scenario.planned.name}"]
        lines.append(f"  場所: {scenario.planned.scenario_id}")
    if s.unknown_requirements:
        lines += ["", "要件目録にない要件ID: " + "、".join(s.unknown_requirements)]
    return lines


def _render_en(s: Summary) -> list[str]:
    lines = [f"Verdict: {s.verdict.en}    Tested: {s.sut}    Run: {s.run_id}"]
    if s.cut_off:
        lines.append("Note: the run was cut off. These are the results up to that point.")
    if s.absent_functions:
        absent = ", ".join(f"ics.{key}" for key in s.absent_functions)
        lines.append(
            f"Note: declared absent: {absent}. The verdict is about the rest only and does not "
            "say that the system conforms to the manual."
        )
    lines.append("Scenarios:    " + _counts_en(s.scenarios))
    lines.append("Requirements: " + _counts_en(s.requirements))
    for scenario in s.troubled:
        o, p = scenario.outcome, scenario.planned
        fault = "; suite fault" if o.suite_fault else ""
        cause = f" ({_EN_CAUSE[o.cause]}{fault})" if o.cause else ""
        lines += ["", f"{o.verdict.en}{cause} {_ids(scenario)} {p.name}"]
        lines += [f"  expected: {o.expected}", f"  observed: {o.observed}"]
        lines += [f"  step:     {o.failing_step}"] if o.failing_step else []
        lines += [f"  next:     {o.hint}"] if o.hint else []
        lines.append(f"  where:    {p.scenario_id}")
    if s.suite_faults:
        n = len(s.suite_faults)
        lines += ["", f"The suite itself failed in {n} scenario(s); they do not judge the product."]
    for scenario in s.wavering:
        lines += ["", f"Wavering (attempts ended differently) {scenario.planned.name}"]
        lines.append(f"  where:    {scenario.planned.scenario_id}")
    if s.unknown_requirements:
        lines += ["", "Not in the catalogue: " + ", ".join(s.unknown_requirements)]
    return lines


def _ids(scenario: ScenarioResult) -> str:
    return ",".join(scenario.planned.requirements) or "-"


def _counts_ja(counts: dict[Verdict, int]) -> str:
    return "  ".join(f"{verdict.ja} {n}" for verdict, n in counts.items())


def _counts_en(counts: dict[Verdict, int]) -> str:
    return "  ".join(f"{verdict.en} {n}" for verdict, n in counts.items())
