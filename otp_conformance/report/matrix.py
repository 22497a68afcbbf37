"""The requirement matrix: one self-contained Japanese page for every reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from otp_conformance.journal.events import Check, Evidence, StepFinished
from otp_conformance.report.card import FILTERS, Card, declared_values
from otp_conformance.report.pages import SIGN, asset, environment, jst, policy, seconds
from otp_conformance.report.results import (
    RequirementResult,
    RunResults,
    ScenarioResult,
    count,
)
from otp_conformance.report.teeth import Teeth
from otp_conformance.report.words import stamps
from otp_conformance.specification.basis import BASES
from otp_conformance.specification.catalogue.model import Force, Requirement
from otp_conformance.verdict.verdict import Verdict

FORCES = {force.value: force.text.ja for force in Force}
BINDING = frozenset({Force.MUST, Force.MUST_NOT})
ROLES = {"fact": "確認", "refusal": "拒否", "control": "対照"}

_NO_STEP = frozenset({"", "—", "-"})

_STATUS = {
    "passed": (Verdict.PASS, "完了"),
    "failed": (Verdict.FAIL, "失敗"),
    "skipped": (Verdict.NOT_RUN, "未実施"),
    "undefined": (Verdict.INCONCLUSIVE, "定義なし"),
    "ambiguous": (Verdict.INCONCLUSIVE, "定義重複"),
    "pending": (Verdict.INCONCLUSIVE, "保留"),
}


@dataclass(frozen=True)
class ChapterView:
    """One chapter's requirements. ``bar``: verdict, start and width in requirements."""

    area: str
    name: str
    requirements: tuple[RequirementResult, ...]
    counts: dict[Verdict, int]
    bar: tuple[tuple[Verdict, int, int], ...]

    @property
    def total(self) -> int:
        """Number of requirements."""
        return len(self.requirements)


@dataclass(frozen=True)
class StepView:
    """One step as readers see it, with what was checked and seen in it."""

    keyword: str
    text: str
    word: str
    sign: str
    tone: str
    duration_s: float | None
    message: str
    checks: tuple[Check, ...]
    evidence: tuple[Evidence, ...]
    stamps: tuple[str, ...]


def toothless(run: RunResults, teeth: Teeth) -> list[RequirementResult]:
    """Return what is required or forbidden, was verified, and no planted fault was caught by.

    A check that has never gone red may be one that cannot.
    """
    return [
        result
        for result in run.requirements
        if result.requirement.force in BINDING
        and result.contributions
        and not teeth.finds(result.requirement.id)
    ]


def render(
    run: RunResults,
    teeth: Teeth | None = None,
    flawed: Mapping[str, str] = MappingProxyType({}),
    cards: Mapping[str, Card] = MappingProxyType({}),
) -> str:
    """Return the page; without ``teeth`` it has no column for them.

    ``flawed``: why a kept picture (by its evidence id) is not the one that was taken;
    ``cards``: of the scenarios that did not pass.
    """
    env = environment()
    env.filters["place"] = place
    env.filters["steps"] = steps
    env.filters |= FILTERS
    style, script = asset("base.css", "matrix.css", "card.css"), asset("matrix.js")
    chapters = _chapters(run)
    return env.get_template("requirements.html.j2").render(
        run=run,
        flawed=flawed,
        cards=cards,
        declared=declared_values(run),
        header=run.journal.header,
        footer=run.journal.footer,
        facts_of_run=facts(run),
        requirement_counts=count(r.verdict for r in run.requirements),
        scenario_counts=count(s.verdict for s in run.scenarios),
        finished=sum(s.attempt.finished is not None for s in run.scenarios),
        faults=sum(s.outcome.suite_fault for s in run.scenarios),
        failed=[s for s in run.scenarios if s.verdict is Verdict.FAIL],
        inconclusive=[s for s in run.scenarios if s.verdict is Verdict.INCONCLUSIVE],
        lead=lead(run),
        chapters=chapters,
        scenario_chapters=_scenario_chapters(run.scenarios),
        forces=FORCES,
        bases={basis: word.ja for basis, word in BASES.items()},
        roles=ROLES,
        teeth=teeth,
        toothless={r.requirement.id for r in toothless(run, teeth)} if teeth else set(),
        binding=sum(
            r.requirement.force in BINDING and bool(r.contributions) for r in run.requirements
        ),
        style=style,
        script=script,
        policy=policy(style, script),
    )


def lead(run: RunResults) -> str:
    """Return the result in one or two sentences for a reader in a hurry."""
    n = count(r.verdict for r in run.requirements)
    parts = [f"全 {len(run.requirements)} 要件のうち、{n[Verdict.PASS]} 要件が合格しました。"]
    if n[Verdict.FAIL]:
        parts.append(f"{n[Verdict.FAIL]} 要件が不合格です。")
    if n[Verdict.INCONCLUSIVE]:
        parts.append(
            f"{n[Verdict.INCONCLUSIVE]} 要件は合否を言えるところまで試験できませんでした。"
        )
    if n[Verdict.NOT_APPLICABLE]:
        parts.append(f"{n[Verdict.NOT_APPLICABLE]} 要件は宣言により対象外です。")
    if n[Verdict.NOT_RUN]:
        aside = [r for r in run.requirements if not r.contributions]
        bare = (
            sum(not r.requirement.testable for r in aside)
            if run.journal.header.partial
            else len(aside)
        )
        why = [f"今回選ばなかったもの {len(aside) - bare}"] if len(aside) > bare else []
        why += [f"シナリオのないもの {bare}"] if bare else []
        parts.append(
            f"{n[Verdict.NOT_RUN]} 要件は未実施です" + (f"（{'、'.join(why)}）。" if why else "。")
        )
    if run.journal.unplanned:
        total, there = run.journal.header.planned, len(run.scenarios)
        parts.append(f"計画した {total} シナリオのうち、記録にあるのは {there} だけです。")
    return "".join(parts)


def facts(run: RunResults) -> list[tuple[str, str]]:
    """Return what was tested, with what, when: captions and values."""
    header, footer = run.journal.header, run.journal.footer
    return [
        ("対象のアドレス", header.base_url),
        ("実装宣言", header.declaration_file),
        ("実装宣言の SHA-256", header.declaration_sha256),
        ("開始", jst(header.at)),
        ("所要時間", seconds(footer.duration_s) if footer else "途中で終わりました"),
        *([("要件のセット", header.set)] if header.judges_a_set else []),
        ("選んだ範囲", header.selection or "すべて"),
        *([("前の実行", header.rerun_of)] if header.rerun_of else []),
        *([("再開", _resumed(run))] if run.journal.resumed else []),
        ("使用ブラウザー", _means(header.environment)),
        ("ツールのバージョン", header.suite_version),
        ("要件一覧のバージョン", header.requirement_set),
        ("実行ID", header.run_id),
    ]


def _resumed(run: RunResults) -> str:
    """Return when the run went on after having been cut off."""
    found = run.journal.resumed
    return f"{len(found)} 回（{'、'.join(jst(event.at) for event in found)}）"


def _means(environment: Mapping[str, str]) -> str:
    """Return what the screens were seen with, and what that is not good for."""
    told = [environment.get("browser", ""), environment.get("remark", "")]
    return "。".join(text.rstrip("。") for text in told if text) or "不明"


def place(requirement: Requirement) -> str:
    """Return where in the manual a requirement stands: section・step, several by 、.

    Of one that goes beyond the manual: its source. Both columns of the catalogue list
    several places with semicolons.
    """
    if requirement.source:
        return f"出典: {requirement.source}"
    sections = [part.strip() for part in requirement.section.split(";")]
    found = [part.strip() for part in requirement.step.split(";")]
    found += [""] * (len(sections) - len(found))
    pairs = zip(sections, found, strict=False)
    return "、".join(f"{a}・{b}" if b not in _NO_STEP else a for a, b in pairs)


def steps(scenario: ScenarioResult) -> list[StepView]:
    """Return all planned steps of a scenario; what happened outside of them comes last."""
    done = {step.index: step for step in scenario.attempt.steps}
    planned = scenario.planned.steps
    views = [
        _step(scenario, index, step.keyword, step.text, done.get(index))
        for index, step in enumerate(planned)
    ]
    outside = _step(scenario, None, "", "手順の外（準備・後始末）", None)
    seen = outside.checks or outside.evidence or outside.stamps
    return [*views, outside] if seen else views


def _step(
    scenario: ScenarioResult, index: int | None, keyword: str, text: str, done: StepFinished | None
) -> StepView:
    inside = range(len(scenario.planned.steps))

    def here(step_index: int) -> bool:
        return step_index == index if index is not None else step_index not in inside

    verdict, word = _STATUS[done.status] if done else (Verdict.NOT_RUN, "未実施")
    if done and done.status == "failed":
        verdict = scenario.verdict if scenario.verdict is not Verdict.PASS else Verdict.INCONCLUSIVE
        word = "失敗" if verdict in {Verdict.FAIL, Verdict.INCONCLUSIVE} else "打ち切り"
    checks = tuple(c for c in scenario.attempt.checks if here(c.step_index))
    if index is None or (done is None and checks):
        verdict, word = Verdict.NOT_RUN, "記録" if index is None else "途中まで"
    return StepView(
        keyword=keyword,
        text=text,
        word=word,
        sign=SIGN[verdict],
        tone=verdict.value,
        duration_s=done.duration_s if done else None,
        # An outcome's own message stands in the scenario's end already.
        message=done.message if done and not done.message.startswith("期待: ") else "",
        checks=checks,
        evidence=tuple(e for e in scenario.attempt.evidence if here(e.step_index)),
        stamps=tuple(text for _, text in stamps(scenario.attempt, here)),
    )


def _chapters(run: RunResults) -> list[ChapterView]:
    areas = dict.fromkeys(r.requirement.chapter for r in run.requirements)
    return [_chapter(area, run) for area in areas]


def _chapter(area: str, run: RunResults) -> ChapterView:
    inside = tuple(r for r in run.requirements if r.requirement.chapter == area)
    counts = count(r.verdict for r in inside)
    bar: list[tuple[Verdict, int, int]] = []
    start = 0
    for verdict, number in counts.items():
        if number:
            bar.append((verdict, start, number))
        start += number
    return ChapterView(area, inside[0].chapter, inside, counts, tuple(bar))


def _scenario_chapters(
    scenarios: Sequence[ScenarioResult],
) -> list[tuple[str, list[ScenarioResult]]]:
    names = dict.fromkeys(s.planned.chapter for s in scenarios)
    return [(name, [s for s in scenarios if s.planned.chapter == name]) for name in names]
