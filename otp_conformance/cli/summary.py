"""The summary of a run as a person reads it: the same from ``run`` and from ``report``."""

from __future__ import annotations

from collections.abc import Iterable

from otp_conformance.cli.console import captions, echo, hang, table, verdict_word
from otp_conformance.journal.journal import Journal
from otp_conformance.language import say
from otp_conformance.report.results import RequirementResult, ScenarioResult, results
from otp_conformance.report.summary import Summary, summarise
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Verdict

_ORDER = (
    Verdict.FAIL,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_RUN,
    Verdict.NOT_APPLICABLE,
    Verdict.PASS,
)
_MOST_LISTED = 20
_COLOURS = {ExitCode.PASS: "green", ExitCode.INCONCLUSIVE: "yellow"}


def print_summary(journal: Journal, catalogue: Catalogue) -> Summary:
    """Print what the journal says in a few lines, and return it."""
    found = summarise(results(journal, catalogue))
    _requirements(say("不合格の要件", "Failing requirements"), found.failing, catalogue, "red")
    _requirements(
        say("判定不能の要件", "Inconclusive requirements"), found.inconclusive, catalogue, "yellow"
    )
    if found.suite_faults:
        count = len(found.suite_faults)
        echo(
            say(
                f"試験装置異常 {count} 件（製品の合否を示しません）",
                f"{count} suite fault(s): they do not judge the product",
            ),
            "red",
            bold=True,
        )
        echo("")
    _chapters(found)
    _wavering(journal, found)
    _replaced(found)
    if found.unknown_requirements:
        ids = ", ".join(found.unknown_requirements)
        echo(say(f"要件目録にない要件ID: {ids}", f"Not in the catalogue: {ids}"), "yellow")
    _absent(found)
    _lost(journal)
    if journal.header.judges_a_set:
        name, title = journal.header.set, catalogue.manual.title
        echo(
            say(
                f"要件のセット: {name}（{title}）。手順書への適合の判定ではありません。",
                f"Set: {name} ({title}). The verdict is not about the manual.",
            ),
            bold=True,
        )
    shown, needed = found.trial
    if shown:
        echo(shown, "yellow", bold=True)
        echo(needed, "yellow")
    _verdict(found)
    if found.seed is not None:
        echo(
            say(
                f"同じ順番でもう一度実施する: --shuffle {found.seed}",
                f"The same order again: --shuffle {found.seed}",
            )
        )
    return found


def _requirements(
    title: str, found: tuple[RequirementResult, ...], catalogue: Catalogue, colour: str
) -> None:
    """Print requirements, each scenario behind them once with what was observed."""
    if not found:
        return
    echo(f"{title} ({len(found)})", colour, bold=True)
    told: set[str] = set()
    for result in found[:_MOST_LISTED]:
        identifier = result.requirement.id
        hang(f"  {identifier}  ", catalogue.requirements[identifier].text)
        for contribution in result.contributions:
            if contribution.verdict is result.verdict:
                _scenario(contribution.scenario, told)
    if len(found) > _MOST_LISTED:
        rest = len(found) - _MOST_LISTED
        echo(say(f"  ほか {rest} 件（報告書を見てください）", f"  and {rest} more (see report)"))
    echo("")


def _scenario(scenario: ScenarioResult, told: set[str]) -> None:
    planned, outcome = scenario.planned, scenario.outcome
    hang("          ", f"{planned.scenario_id}  {planned.name}")
    if planned.scenario_id not in told:
        told.add(planned.scenario_id)
        captions(
            [
                (say("観測", "observed"), outcome.observed),
                (say("対処", "next"), outcome.hint),
            ],
            indent=12,
            cells=8,
            gap=" : ",
        )


def _chapters(found: Summary) -> None:
    shown = [verdict for verdict in _ORDER if found.scenarios[verdict]]
    total = say("計", "Total")
    table(
        [
            [name, *(str(counts[v] or "·") for v in shown)]
            for name, counts in [*found.chapters.items(), (total, found.scenarios)]
        ],
        [say("章（シナリオ数）", "Chapter (scenarios)"), *map(verdict_word, shown)],
        numbers=True,
    )
    counts = "  ".join(f"{verdict_word(v)} {n}" for v, n in found.requirements.items() if n)
    rest = found.untested
    rest_ja = f"（ほかに、今回のシナリオが確かめない要件 {rest}）" if rest else ""
    rest_en = f" (and {rest} that no scenario of this run is about)" if rest else ""
    echo(say(f"要件: {counts}{rest_ja}", f"Requirements: {counts}{rest_en}"))
    echo(found.counting)
    echo("")


def _wavering(journal: Journal, found: Summary) -> None:
    if not found.wavering:
        return
    count = len(found.wavering)
    echo(
        say(
            f"揺らぎ {count} 件（試行によって判定が異なるため、最も悪い判定を採りました）",
            f"{count} wavering (attempts ended differently; the worst verdict counts)",
        ),
        "yellow",
        bold=True,
    )
    for scenario in found.wavering:
        planned = scenario.planned
        verdicts = " → ".join(
            verdict_word(journal.outcome(planned.scenario_id, number).verdict)
            for number in journal.numbers(planned.scenario_id)
        )
        echo(f"  {planned.scenario_id}  {planned.name}: {verdicts}")
    echo("")


def _replaced(found: Summary) -> None:
    """Tell which scenarios came to their verdict only at a further attempt."""
    if not found.replaced:
        return
    count = len(found.replaced)
    echo(
        say(
            f"やり直し {count} 件（試験環境の支障か中断のため。前の試行も記録にあります）",
            f"{count} carried out anew (after trouble or an interruption; "
            "the former attempts are on record)",
        ),
        "yellow",
    )
    lines = []
    for scenario in found.replaced:
        word, nth = verdict_word(scenario.verdict), scenario.replaced + 1
        how = say(f"{nth}回目で{word}", f"{word} at attempt {nth}")
        lines.append(f"  {how}  {scenario.planned.scenario_id}  {scenario.planned.name}")
    print_some(lines)
    echo("")


def print_some(lines: Iterable[str]) -> None:
    """Print the first lines of a list, and how many more there are."""
    listed = list(lines)
    for line in listed[:_MOST_LISTED]:
        echo(line)
    rest = len(listed) - _MOST_LISTED
    if rest > 0:
        echo(say(f"  ほか {rest} 件", f"  and {rest} more"))


def _absent(found: Summary) -> None:
    """Tell that the verdict is about a part: the manual makes none of these optional."""
    absent = ", ".join(f"ics.{key}" for key in found.absent_functions)
    if absent:
        echo(
            say(
                f"宣言で「なし」とされた手順書の機能: {absent}。以上は残りの部分だけの判定です。"
                "手順書全体への適合は示しません。",
                f"Functions of the manual that are declared absent: {absent}. The verdict is about "
                "the rest only and does not say that the system conforms to the manual.",
            ),
            "yellow",
            bold=True,
        )


def _lost(journal: Journal) -> None:
    """Tell that the journal has not all that was planned: nothing is known of the rest."""
    if journal.unplanned:
        total, there = journal.header.planned, len(journal.planned)
        echo(
            say(
                f"計画した {total} シナリオのうち、記録にあるのは {there} だけです。"
                "ほかは何も確かめられていません。",
                f"Of {total} planned scenarios only {there} are on record: "
                "nothing was verified of the rest.",
            ),
            "yellow",
            bold=True,
        )


def _verdict(found: Summary) -> None:
    code = found.exit_code
    word = verdict_word(found.verdict)
    if code is ExitCode.SUITE_FAULT:
        word = say("試験装置異常", "suite fault")
    elif code is ExitCode.INTERRUPTED:
        word = say("中断", "interrupted")
    part_ja, part_en = ("ブラウザーなし。", "without a browser; ") if found.trial[0] else ("", "")
    if found.selected is not None:
        part_ja += f"選んだ {found.selected} シナリオ。全体の判定ではありません。"
        part_en += f"of {found.selected} selected scenario(s), not of the whole; "
    elif found.absent_functions:
        part_ja += "手順書の一部だけの判定です。"
        part_en += "of a part of the manual; "
    if code is None:
        end_ja, end_en = "途中で終わりました。ここまでの結果です", "cut off; so far"
    else:
        seconds = f"{found.duration_s or 0.0:.1f}"
        end_ja = f"終了コード {int(code)}、{seconds} 秒"
        end_en = f"exit code {int(code)}, {seconds} s"
    echo(
        say(f"判定: {word}（{part_ja}{end_ja}）", f"Verdict: {word} ({part_en}{end_en})"),
        "red" if code is None else _COLOURS.get(code, "red"),
        bold=True,
    )
