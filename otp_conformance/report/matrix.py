"""The requirement matrix: one self-contained page for every reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from otp_conformance.journal.events import Check, Evidence, StepFinished
from otp_conformance.language import Text, say
from otp_conformance.report.card import FILTERS, Card, declared_values
from otp_conformance.report.declared import of_step
from otp_conformance.report.pages import SIGN, asset, environment, jst, policy, seconds
from otp_conformance.report.results import (
    Aside,
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

FORCES = {force.value: force.text for force in Force}
BINDING = frozenset({Force.MUST, Force.MUST_NOT})
ROLES = {
    "fact": Text("確認", "fact"),
    "refusal": Text("拒否", "refusal"),
    "control": Text("対照", "control"),
}

_NO_STEP = frozenset({"", "—", "-"})

_STATUS = {
    "passed": (Verdict.PASS, Text("完了", "done")),
    "failed": (Verdict.FAIL, Text("失敗", "failed")),
    "skipped": (Verdict.NOT_RUN, Text("未実施", "not run")),
    "undefined": (Verdict.INCONCLUSIVE, Text("定義なし", "undefined")),
    "ambiguous": (Verdict.INCONCLUSIVE, Text("定義重複", "ambiguous")),
    "pending": (Verdict.INCONCLUSIVE, Text("保留", "pending")),
}


@dataclass(frozen=True)
class ChapterView:
    """One chapter's requirements. ``bar``: verdict, start and width in requirements.

    ``counts`` leave out the ``uncounted`` ones, which are no matter of a test.
    """

    area: str
    name: str
    requirements: tuple[RequirementResult, ...]
    counts: dict[Verdict, int]
    uncounted: int
    bar: tuple[tuple[Verdict, int, int], ...]

    @property
    def total(self) -> int:
        """Number of requirements."""
        return len(self.requirements)


@dataclass(frozen=True)
class StepView:
    """One step as readers see it, with what was checked and seen in it.

    ``declared``: what was declared of all that its sentence leaves open.
    """

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
    declared: str


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
        requirement_counts=count(r.verdict for r in run.to_verify),
        uncounted=len(run.requirements) - len(run.to_verify),
        scenario_counts=count(s.verdict for s in run.scenarios),
        finished=sum(s.attempt.finished is not None for s in run.scenarios),
        faults=sum(s.outcome.suite_fault for s in run.scenarios),
        failed=[s for s in run.scenarios if s.verdict is Verdict.FAIL],
        inconclusive=[s for s in run.scenarios if s.verdict is Verdict.INCONCLUSIVE],
        lead=lead(run),
        chapters=chapters,
        scenario_chapters=_scenario_chapters(run.scenarios),
        forces=FORCES,
        bases=BASES,
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
    """Return the result in a few sentences for a reader in a hurry, in the current language."""
    counted = run.to_verify
    n = count(r.verdict for r in counted)
    parts = [
        say(
            f"試験の対象の {len(counted)} 要件のうち、{n[Verdict.PASS]} 要件が合格しました。",
            f"{n[Verdict.PASS]} of {len(counted)} requirements that can be tested passed.",
        )
    ]
    for verdict, ja, en in (
        (Verdict.FAIL, "要件が不合格です。", "failed."),
        (
            Verdict.INCONCLUSIVE,
            "要件は合否を言えるところまで試験できませんでした。",
            "could not be tested far enough for a verdict.",
        ),
        (Verdict.NOT_APPLICABLE, "要件は宣言により対象外です。", "do not apply, as declared."),
    ):
        if n[verdict]:
            parts.append(say(f"{n[verdict]} {ja}", f"{n[verdict]} {en}"))
    missing = [r for r in counted if r.verdict is Verdict.NOT_RUN]
    if missing:
        why = [
            f"{words} {number}"
            for aside, words in _asides().items()
            if (number := sum(r.aside is aside for r in missing))
        ]
        told = "、".join(why) if say("ja", "en") == "ja" else ", ".join(why)
        parts.append(
            say(
                f"{len(missing)} 要件は未実施です（{told}）。",
                f"{len(missing)} were not run ({told}).",
            )
        )
    if run.journal.unplanned:
        total, there = run.journal.header.planned, len(run.scenarios)
        parts.append(
            say(
                f"計画した {total} シナリオのうち、記録にあるのは {there} だけです。",
                f"Of {total} planned scenarios the journal has only {there}.",
            )
        )
    return say("", " ").join(parts)


def _asides() -> dict[Aside | None, str]:
    return {
        None: say("シナリオを実施しなかったもの", "scenarios not carried out:"),
        Aside.NOT_CHOSEN: say("今回選ばなかったもの", "not chosen for this run:"),
        Aside.NO_SCENARIO: say("シナリオのないもの", "without a scenario:"),
    }


def facts(run: RunResults) -> list[tuple[str, str]]:
    """Return what was tested, with what, when: captions and values."""
    header, footer = run.journal.header, run.journal.footer
    return [
        (say("対象のアドレス", "Address"), header.base_url),
        (say("実装宣言", "Declaration"), header.declaration_file),
        (say("実装宣言の SHA-256", "SHA-256 of the declaration"), header.declaration_sha256),
        (say("開始", "Started"), jst(header.at)),
        (
            say("所要時間", "Duration"),
            seconds(footer.duration_s) if footer else say("途中で終わりました", "cut off"),
        ),
        *([(say("要件のセット", "Set"), header.set)] if header.judges_a_set else []),
        (
            say("選んだ範囲", "Selection"),
            header.selection if header.partial else say("すべて", "everything"),
        ),
        *([(say("前の実行", "Run that it repeats"), header.rerun_of)] if header.rerun_of else []),
        *([(say("再開", "Resumed"), _resumed(run))] if run.journal.resumed else []),
        (say("使用ブラウザー", "Browser"), _means(header.environment)),
        (say("ツールのバージョン", "Version of the suite"), header.suite_version),
        (say("要件一覧のバージョン", "Version of the requirements"), header.requirement_set),
        (say("実行ID", "Run"), header.run_id),
    ]


def _resumed(run: RunResults) -> str:
    """Return when the run went on after having been cut off."""
    found = run.journal.resumed
    times = [jst(event.at) for event in found]
    return say(
        f"{len(found)} 回（{'、'.join(times)}）", f"{len(found)} time(s): {', '.join(times)}"
    )


def _means(environment: Mapping[str, str]) -> str:
    """Return what the screens were seen with, and what that is not good for."""
    told = [environment.get("browser", ""), environment.get("remark", "")]
    return "。".join(text.rstrip("。") for text in told if text) or say("不明", "unknown")


def place(requirement: Requirement) -> str:
    """Return where in the manual a requirement stands: section, step; several by 、.

    Of one that goes beyond the manual: its source. Both columns of the catalogue list
    several places with semicolons. What would stand there twice is told once: 手順2・3, and
    the section of several of its parts.
    """
    if requirement.source:
        return say("出典: ", "source: ") + requirement.source
    sections = [part.strip() for part in requirement.section.split(";")]
    found = [part.strip() for part in requirement.step.split(";")]
    found += [""] * (len(sections) - len(found))
    told: list[str] = []
    before = ""
    for section, step in zip(sections, found, strict=False):
        chapter, _, part = section.partition("＞")
        where = part if part and chapter == before else section
        told.append(where if step in _NO_STEP else f"{where}・{_steps_once(step)}")
        before = chapter
    return "、".join(told)


def _steps_once(step: str) -> str:
    """Return 手順2・3 for 手順2・手順3."""
    return re.sub("(?<=[0-9])・手順(?=[0-9])", "・", step)


def steps(scenario: ScenarioResult) -> list[StepView]:
    """Return all planned steps of a scenario; what happened outside of them comes last."""
    done = {step.index: step for step in scenario.attempt.steps}
    planned = scenario.planned.steps
    views = [
        _step(scenario, index, step.keyword, step.text, done.get(index))
        for index, step in enumerate(planned)
    ]
    outside = _step(
        scenario, None, "", say("手順の外（準備・後始末）", "outside of the steps"), None
    )
    seen = outside.checks or outside.evidence or outside.stamps
    return [*views, outside] if seen else views


def _step(
    scenario: ScenarioResult, index: int | None, keyword: str, text: str, done: StepFinished | None
) -> StepView:
    inside = range(len(scenario.planned.steps))

    def here(step_index: int) -> bool:
        return step_index == index if index is not None else step_index not in inside

    verdict, said = _STATUS[done.status] if done else _STATUS["skipped"]
    if done and done.status == "failed":
        verdict = scenario.verdict if scenario.verdict is not Verdict.PASS else Verdict.INCONCLUSIVE
        if verdict not in {Verdict.FAIL, Verdict.INCONCLUSIVE}:
            said = Text("打ち切り", "stopped")
    checks = tuple(c for c in scenario.attempt.checks if here(c.step_index))
    if index is None or (done is None and checks):
        verdict = Verdict.NOT_RUN
        said = Text("記録", "record") if index is None else Text("途中まで", "in part")
    return StepView(
        keyword=keyword,
        text=text,
        word=str(said),
        sign=SIGN[verdict],
        tone=verdict.value,
        duration_s=done.duration_s if done else None,
        # An outcome's own message stands in the scenario's end already.
        message=done.message if done and not done.message.startswith("期待: ") else "",
        checks=checks,
        evidence=tuple(e for e in scenario.attempt.evidence if here(e.step_index)),
        stamps=tuple(_counted(text for _, text in stamps(scenario.attempt, here))),
        declared=of_step(scenario.attempt, index, text),
    )


def _counted(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts, equal ones in a row once with their number."""
    for text, same in groupby(texts):
        times = len(list(same))
        yield f"{text} × {times}" if times > 1 else text


def _chapters(run: RunResults) -> list[ChapterView]:
    areas = dict.fromkeys(r.requirement.chapter for r in run.requirements)
    return [_chapter(area, run) for area in areas]


def _chapter(area: str, run: RunResults) -> ChapterView:
    inside = tuple(r for r in run.requirements if r.requirement.chapter == area)
    to_verify = [r for r in inside if not r.uncounted]
    counts = count(r.verdict for r in to_verify)
    bar: list[tuple[Verdict, int, int]] = []
    start = 0
    for verdict, number in counts.items():
        if number:
            bar.append((verdict, start, number))
        start += number
    uncounted = len(inside) - len(to_verify)
    return ChapterView(area, inside[0].chapter, inside, counts, uncounted, tuple(bar))


def _scenario_chapters(
    scenarios: Sequence[ScenarioResult],
) -> list[tuple[str, list[ScenarioResult]]]:
    names = dict.fromkeys(s.planned.chapter for s in scenarios)
    return [(name, [s for s in scenarios if s.planned.chapter == name]) for name in names]
