"""A run as tables: the rows that the workbook (試験成績書) and the CSV files share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from otp_conformance.journal.events import Evidence
from otp_conformance.language import say
from otp_conformance.report.card import declared_values
from otp_conformance.report.declared import beside, of_name
from otp_conformance.report.matrix import FORCES, place
from otp_conformance.report.pages import SIGN, jst
from otp_conformance.report.results import RunResults, ScenarioResult, count
from otp_conformance.report.words import cause_text
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict


@dataclass(frozen=True)
class Link:
    """A cell that leads to a file beside the workbook; ``target`` relative to the run's folder."""

    target: str
    text: str


Cell = str | int | float | Verdict | Link


@dataclass(frozen=True)
class Column:
    """A column's caption, and its width in characters on paper."""

    caption: str
    width: int


@dataclass(frozen=True)
class Sheet:
    """A table with its name (a file's as well, in Latin letters)."""

    name: str
    file: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def worded(verdict: Verdict) -> str:
    """Return a verdict as a cell shows it: told by more than its colour."""
    return f"{SIGN[verdict]} {say(verdict.ja, verdict.en)}"


def requirements(run: RunResults) -> Sheet:
    """Return a row for each requirement."""
    columns = (
        Column(say("要件", "Requirement"), 10),
        Column(say("章", "Chapter"), 12),
        Column(say("手順書の場所", "Place in the manual"), 20),
        Column(say("要件の文", "Text"), 46),
        Column(say("強さ", "Force"), 6),
        Column(say("判定", "Verdict"), 11),
        Column(say("確かめたシナリオ", "Scenarios"), 20),
        Column(say("備考", "Remark"), 24),
    )
    rows = [
        (
            result.requirement.id,
            result.chapter,
            place(result.requirement),
            say(result.requirement.ja, result.requirement.en),
            str(FORCES[result.requirement.force.value]),
            str(result.aside.word) if result.uncounted and result.aside else result.verdict,
            ", ".join(c.scenario.planned.scenario_id for c in result.contributions),
            result.reason or "; ".join(c.remark for c in result.contributions if c.remark),
        )
        for result in run.requirements
    ]
    return Sheet(say("要件", "Requirements"), "requirements", columns, tuple(rows))


def scenarios(run: RunResults) -> Sheet:
    """Return a row for each scenario."""
    columns = (
        Column(say("順", "No."), 5),
        Column(say("シナリオ", "Scenario"), 12),
        Column(say("章", "Chapter"), 12),
        Column(say("ルール", "Rule"), 22),
        Column(say("シナリオの名前", "Name"), 36),
        Column(say("要件", "Requirements"), 13),
        Column(say("判定", "Verdict"), 11),
        Column(say("原因", "Cause"), 10),
        Column(say("終わった時刻", "Ended"), 20),
        Column(say("所要時間（秒）", "Seconds"), 8),
        Column(say("画像", "Picture"), 10),
        Column(say("記述の場所", "Written at"), 20),
    )
    rows = [
        (
            scenario.number,
            scenario.planned.scenario_id,
            scenario.planned.chapter,
            scenario.planned.rule,
            _name(scenario),
            ", ".join(dict.fromkeys(scenario.planned.requirements)),
            scenario.verdict,
            _cause(scenario),
            jst(scenario.outcome.at),
            round(scenario.outcome.duration_s, 1),
            _link(_last_picture(scenario)),
            scenario.planned.place,
        )
        for scenario in run.scenarios
    ]
    return Sheet(say("シナリオ", "Scenarios"), "scenarios", columns, tuple(rows))


def findings(run: RunResults) -> Sheet:
    """Return a row for each scenario that failed or could not be judged, the worst first."""
    columns = (
        Column(say("シナリオ", "Scenario"), 12),
        Column(say("シナリオの名前", "Name"), 24),
        Column(say("判定", "Verdict"), 11),
        Column(say("原因", "Cause"), 10),
        Column(say("要件", "Requirements"), 12),
        Column(say("止まった手順", "Failing step"), 22),
        Column(say("期待", "Expected"), 30),
        Column(say("観測", "Observed"), 30),
        Column(say("対処", "Next action"), 26),
        Column(say("画像", "Picture"), 10),
    )
    rows = [
        (
            scenario.planned.scenario_id,
            _name(scenario),
            scenario.verdict,
            _cause(scenario),
            ", ".join(dict.fromkeys(scenario.planned.requirements)),
            scenario.outcome.failing_step,
            scenario.outcome.expected,
            scenario.outcome.observed,
            scenario.outcome.hint,
            _link(_last_picture(scenario)),
        )
        for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
        for scenario in run.scenarios
        if scenario.verdict is verdict
    ]
    name = say("不合格と判定不能", "Findings")
    return Sheet(name, "findings", columns, tuple(rows))


def declared(run: RunResults) -> Sheet:
    """Return what the journal knows of the declaration, a row for each thing."""
    header = run.journal.header
    columns = (
        Column(say("項目", "Key"), 34),
        Column(say("値", "Value"), 70),
        Column(say("備考", "Remark"), 24),
    )
    rows: list[tuple[Cell, ...]] = [
        (say("実装宣言のファイル", "File of the declaration"), header.declaration_file, ""),
        (say("SHA-256", "SHA-256"), header.declaration_sha256, ""),
    ]
    rows += [
        (
            key,
            say("なし", "absent"),
            say("手順書の機能。ないと宣言された", "a function of the manual, declared absent"),
        )
        for key in header.absent_functions
    ]
    rows += [
        (
            say(f"既知の相違 {known.requirement}", f"known deviation {known.requirement}"),
            known.reason,
            say(f"{known.until} まで", f"until {known.until}"),
        )
        for known in header.known_deviations
    ]
    rows += [
        (
            value.key,
            value.value,
            say(f"{value.line} 行目", f"line {value.line}")
            if value.line
            else say("既定値", "default"),
        )
        for value in declared_values(run)
    ]
    return Sheet(say("宣言", "Declaration"), "declaration", columns, tuple(rows))


def chapters(run: RunResults) -> Sheet:
    """Return the totals of each chapter: requirements, then scenarios."""
    verdicts = tuple(reversed(Verdict))
    columns = (
        Column(say("章", "Chapter"), 30),
        Column(say("種類", "Of"), 12),
        Column(say("計", "Total"), 8),
        *(Column(say(v.ja, v.en), 10) for v in verdicts),
    )
    of_requirements = [(r.chapter, r.verdict) for r in run.to_verify]
    of_scenarios = [(s.planned.chapter, s.verdict) for s in run.scenarios]
    rows: list[tuple[Cell, ...]] = []
    for word, told in (
        (say("要件", "requirements"), of_requirements),
        (say("シナリオ", "scenarios"), of_scenarios),
    ):
        rows += [
            _totals(chapter, word, [v for name, v in told if name == chapter])
            for chapter in dict.fromkeys(name for name, _ in told)
        ]
        rows.append(_totals(say("合計", "All"), word, [v for _, v in told]))
    return Sheet(say("章ごとの集計", "By chapter"), "chapters", columns, tuple(rows))


def every(run: RunResults) -> Iterator[Sheet]:
    """Yield all tables of a run."""
    yield requirements(run)
    yield scenarios(run)
    yield findings(run)
    yield declared(run)
    yield chapters(run)


def plain(cell: Cell) -> str | int | float:
    """Return a cell without its looks; nothing in a text acts unseen."""
    match cell:
        case Verdict():
            return worded(cell)
        case Link():
            return cell.target
        case str():
            return visible(cell)
    return cell


def _totals(chapter: str, word: str, verdicts: Sequence[Verdict]) -> tuple[Cell, ...]:
    return (chapter, word, len(verdicts), *count(verdicts).values())


def _name(scenario: ScenarioResult) -> str:
    """Return a scenario's name with the product's value of what it leaves open."""
    return beside(scenario.planned.name, of_name(scenario.attempt, scenario.planned.name))


def _cause(scenario: ScenarioResult) -> str:
    return cause_text(scenario.outcome.cause, suite_fault=scenario.outcome.suite_fault)


def _last_picture(scenario: ScenarioResult) -> Evidence | None:
    """Return the picture that shows most: the last one."""
    return next((e for e in reversed(scenario.attempt.evidence) if e.file), None)


def _link(evidence: Evidence | None) -> Cell:
    return Link(evidence.file, say("画像を開く", "open")) if evidence else ""
