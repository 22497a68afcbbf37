"""What a person sees at the end of a run: the verdict, by chapter, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from otp_conformance.cli.columns import table
from otp_conformance.cli.progress import echo, verdict_word
from otp_conformance.journal.journal import Journal
from otp_conformance.language import Text, say
from otp_conformance.report.results import RequirementResult
from otp_conformance.report.summary import Summary, summarise
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.specification.words import FAST_AGENT_REMARK, AgentKind
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
_FEW = 5


def print_summary(
    journal: Journal,
    catalogue: Catalogue,
    *,
    run_dir: Path,
    exit_code: ExitCode,
    repeat: Sequence[str],
    reported: bool = True,
    changes: Callable[[Journal], None] = lambda _: None,
) -> None:
    """Print the summary of a run.

    ``repeat``: the command and options that carry out the same run again,
    without its selection. ``changes`` prints what differs from an earlier run.
    """
    summary = summarise(journal, catalogue)
    echo("")
    _failing(summary, catalogue)
    _chapters(journal)
    _wavering(journal, summary)
    _retried(journal)
    changes(journal)
    _verdict(journal, summary, exit_code)
    if journal.header.seed is not None:
        seed = journal.header.seed
        echo(
            say(
                f"同じ順番でもう一度実施する: --shuffle {seed}",
                f"The same order again: --shuffle {seed}",
            )
        )
    again = [
        scenario_id
        for scenario_id in journal.planned
        if journal.outcome(scenario_id).verdict
        in {Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_RUN}
        and not _declared_away(journal, scenario_id)
    ]
    if journal.header.environment.get("agent") == AgentKind.HTTP:
        echo(str(FAST_AGENT_REMARK), "yellow")
    if exit_code is ExitCode.INTERRUPTED:
        echo(say("続きを実施する:", "Go on with it:"))
        echo(f"  {shlex.join([*repeat, '--resume', journal.header.run_id])}")
    elif again:
        echo(say("合格しなかったものだけをもう一度実施する:", "Re-run just what did not pass:"))
        few = ["--id", ",".join(again)]
        all_of_them = ["--rerun", journal.header.run_id, "--failed"]
        echo(f"  {shlex.join([*repeat, *(few if len(again) <= _FEW else all_of_them)])}")
    if reported:
        echo(say(f"報告書: {run_dir / 'index.html'}", f"Report: {run_dir / 'index.html'}"))
    echo(say(f"実施の記録: {run_dir}", f"Run folder: {run_dir}"))


def _declared_away(journal: Journal, scenario_id: str) -> bool:
    """Tell whether it was not run because of the declaration: a repetition changes nothing."""
    outcome = journal.outcome(scenario_id)
    started = journal.last(scenario_id).started is not None
    return outcome.verdict is Verdict.NOT_RUN and outcome.cause == "declaration" and not started


def _failing(summary: Summary, catalogue: Catalogue) -> None:
    groups = (
        (say("不合格の要件", "Failing requirements"), summary.failing, "red"),
        (say("判定不能の要件", "Inconclusive requirements"), summary.inconclusive, "yellow"),
    )
    for title, results, colour in groups:
        if not results:
            continue
        echo(f"{title} ({len(results)})", colour, bold=True)
        for result in results[:_MOST_LISTED]:
            _requirement(result, catalogue)
        if len(results) > _MOST_LISTED:
            rest = len(results) - _MOST_LISTED
            echo(
                say(f"  ほか {rest} 件（報告書を見てください）", f"  and {rest} more (see report)")
            )
        echo("")
    if summary.suite_faults:
        count = len(summary.suite_faults)
        echo(
            say(
                f"試験装置異常 {count} 件（製品の合否を示しません）",
                f"{count} suite fault(s): they do not judge the product",
            ),
            "red",
            bold=True,
        )
        echo("")


def _wavering(journal: Journal, summary: Summary) -> None:
    if not summary.wavering:
        return
    count = len(summary.wavering)
    echo(
        say(
            f"揺らぎ {count} 件（試行によって判定が異なるため、最も悪い判定を採りました）",
            f"{count} wavering (attempts ended differently; the worst verdict counts)",
        ),
        "yellow",
        bold=True,
    )
    for scenario in summary.wavering:
        planned = scenario.planned
        verdicts = [
            verdict_word(journal.outcome(planned.scenario_id, number).verdict)
            for number in journal.numbers(planned.scenario_id)
        ]
        echo(f"  {planned.scenario_id}  {planned.name}: {' → '.join(verdicts)}")
    echo("")


def _retried(journal: Journal) -> None:
    """Tell which scenarios came to their verdict only at a further attempt."""
    found = [i for i in journal.planned if journal.replaced(i)]
    if not found:
        return
    echo(
        say(
            f"やり直し {len(found)} 件（試験環境の支障か中断のため。前の試行も記録にあります）",
            f"{len(found)} carried out anew (after trouble or an interruption; "
            "the former attempts are on record)",
        ),
        "yellow",
    )
    for scenario_id in found[:_MOST_LISTED]:
        word = verdict_word(journal.outcome(scenario_id).verdict)
        nth = journal.replaced(scenario_id) + 1
        name = journal.planned[scenario_id].name
        how = say(f"{nth}回目で{word}", f"{word} at attempt {nth}")
        echo(f"  {how}  {scenario_id}  {name}")
    echo("")


def _requirement(result: RequirementResult, catalogue: Catalogue) -> None:
    identifier = result.requirement.id
    echo(f"  {identifier}  {catalogue.requirements[identifier].text}")
    for contribution in result.contributions:
        if contribution.verdict is result.verdict:
            planned = contribution.scenario.planned
            echo(f"          {planned.scenario_id}  {planned.name}")


def _chapters(journal: Journal) -> None:
    counts: dict[str, dict[Verdict, int]] = {}
    for scenario_id, planned in journal.planned.items():
        row = counts.setdefault(planned.chapter, dict.fromkeys(_ORDER, 0))
        row[journal.outcome(scenario_id).verdict] += 1
    shown = [v for v in _ORDER if any(row[v] for row in counts.values())]
    head = [say("章（シナリオ数）", "Chapter (scenarios)"), *(verdict_word(v) for v in shown)]
    rows = [
        [name, *(str(row[v]) if row[v] else "·" for v in shown)] for name, row in counts.items()
    ]
    total = [say("計", "Total"), *(str(sum(row[v] for row in counts.values())) for v in shown)]
    for line in table([head, *rows, total]):
        echo(line)
    echo("")


def _absent(journal: Journal) -> None:
    """Tell that the verdict is about a part: the manual makes none of these optional."""
    absent = ", ".join(f"ics.{key}" for key in journal.header.absent_functions)
    if absent:
        echo(
            say(
                f"宣言で「なし」とされた手順書の機能: {absent}。以下は残りの部分だけの判定です。"
                "手順書全体への適合は示しません。",
                f"Functions of the manual that are declared absent: {absent}. The verdict is about "
                "the rest only and does not say that the system conforms to the manual.",
            ),
            "yellow",
            bold=True,
        )


def _verdict(journal: Journal, summary: Summary, exit_code: ExitCode) -> None:
    word = verdict_word(summary.verdict)
    if exit_code is ExitCode.SUITE_FAULT:
        word = say("試験装置異常", "suite fault")
    elif exit_code is ExitCode.INTERRUPTED:
        word = say("中断", "interrupted")
    elif exit_code is ExitCode.PASS:
        word = verdict_word(Verdict.PASS)
    _absent(journal)
    colour = {ExitCode.PASS: "green", ExitCode.INCONCLUSIVE: "yellow"}.get(exit_code, "red")
    seconds = summary.duration_s or 0.0
    part = Text("", "")
    if journal.header.absent_functions:
        part = Text("手順書の一部だけの判定です。", "of a part of the manual; ")
    if journal.header.partial:
        count = len(journal.planned)
        part = Text(
            f"選んだ {count} シナリオ。全体の判定ではありません。",
            f"of {count} selected scenario(s), not of the whole; ",
        )
    echo(
        say(
            f"判定: {word}（{part.ja}終了コード {int(exit_code)}、{seconds:.1f} 秒）",
            f"Verdict: {word} ({part.en}exit code {int(exit_code)}, {seconds:.1f} s)",
        ),
        colour,
        bold=True,
    )
