"""``otp-conformance history``: all runs of a folder in a row."""

from __future__ import annotations

import json
from pathlib import Path

import click

from otp_conformance.cli.across import page_options, write_page
from otp_conformance.cli.bilingual import BilingualCommand, common_options
from otp_conformance.cli.console import echo, hang, table, verdict_word
from otp_conformance.cli.summary import print_some
from otp_conformance.errors import UsageError
from otp_conformance.language import Text, say
from otp_conformance.report.across import day, took
from otp_conformance.report.digest import RunDigest
from otp_conformance.report.history import (
    Broken,
    History,
    Series,
    Wavering,
    as_data,
    history,
    page,
)
from otp_conformance.report.pages import SIGN
from otp_conformance.verdict.verdict import Verdict

PAGE = "history.html"
_MOST_RUNS = 10
_MOST_SERIES = 5
_MOST_TIMES = 5
_MOST_LEFT_OUT = 3


@click.command(
    "history",
    cls=BilingualCommand,
    text=Text(
        "フォルダーにある実行を古い順に並べ、推移、最初に壊れた実行、揺らぎ、遅いものを示します。\n"
        "読めないフォルダーは名前を挙げて飛ばします。",
        "Show all runs of a folder in a row: trend, where things first broke, what wavers, "
        "what is slow.\nFolders that cannot be read are named and left out.",
    ),
)
@click.argument("runs", metavar="[FOLDER]", default="reports")
@page_options
@common_options
def history_command(runs: str, output: str, folder: str) -> int:
    """Print, write or dump the history; 0 whatever it tells."""
    place = Path(runs)
    if not place.is_dir():
        raise UsageError(
            f"{place} というフォルダーはありません。実行フォルダーの入ったフォルダー"
            "（既定は reports）を指定してください。",
            f"There is no folder {place}. Name one that holds runs (default: reports).",
        )
    try:
        found = history(place)
    except OSError as error:
        raise UsageError(
            f"{error.filename} を読めません（{error.strerror}）。",
            f"{error.filename} cannot be read ({error.strerror}).",
        ) from error
    if not found.series:
        raise _nothing(found)
    if output == "json":
        click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=2))
        return 0
    _print(found)
    if output == "html":
        write_page(Path(folder), PAGE, lambda here: page(found, here))
    return 0


def _nothing(found: History) -> UsageError:
    """Return that a folder has no run to tell of, with what it has instead."""
    left_out = found.skipped[:_MOST_LEFT_OUT]
    ja = "、".join(f"{each.folder.name}: {each.why.ja}" for each in left_out)
    en = "; ".join(f"{each.folder.name}: {each.why.en}" for each in left_out)
    return UsageError(
        f"{found.folder} に、読める実行が一つもありません{f'（{ja}）' if ja else ''}。",
        f"No run in {found.folder} can be read{f' ({en})' if en else ''}.",
    )


def _print(found: History) -> None:
    for one in found.series[:_MOST_SERIES]:
        _series(one)
    rest = len(found.series) - _MOST_SERIES
    if rest > 0:
        echo(
            say(
                f"ほか {rest} 製品（--format html か json ですべて）",
                f"and {rest} other products (all of them with --format html or json)",
            )
        )
        echo("")
    if found.skipped:
        echo(
            say("読まなかったフォルダー", "Folders left out") + f" ({len(found.skipped)})", "yellow"
        )
        print_some(f"  {s.folder.name}: {s.why}" for s in found.skipped)
        echo("")


def _series(one: Series) -> None:
    judged = f" [{one.set}]" if one.last.header.judges_a_set else ""
    echo(f"{one.product}{judged}", bold=True)
    rest = len(one.runs) - _MOST_RUNS
    if rest > 0:
        echo(say(f"  （前に {rest} 回）", f"  ({rest} earlier)"))
    head = [say("日", "Day"), say("実行", "Run"), *(verdict_word(v) for v in reversed(Verdict))]
    rows = [
        [day(run.header.at), f"{run.run_id}{_mark(run)}", *map(str, one.counts(run).values())]
        for run in one.runs[-_MOST_RUNS:]
    ]
    table(rows, head, indent=2)
    echo("")
    if one.broken:
        title = say("いま不合格のもの：最初に壊れた実行", "Broken now: where it first broke")
        echo(f"  {title} ({len(one.broken)})", "red", bold=True)
        print_some(_broken(b) for b in one.broken)
        echo("")
    if one.wavering:
        title = say(
            "揺らぎ：同じ条件で判定が違ったもの", "Wavering: other verdicts on the same basis"
        )
        echo(f"  {title} ({len(one.wavering)})", "yellow", bold=True)
        print_some(_wavering(w) for w in one.wavering)
        if not all(w.certain for w in one.wavering):
            hang(
                "  ※ ",
                say(
                    "コミットが記録にないものは、同じ版のまま製品が変わっただけかもしれません。",
                    "Where no commit is on record, the product may just have changed within "
                    "one version.",
                ),
            )
        echo("")
    echo("  " + say("時間のかかるシナリオ（中央値）", "Slowest scenarios (median)"), bold=True)
    for slow in one.slowest[:_MOST_TIMES]:
        echo(f"    {took(slow.median_s)}  {slow.ended.scenario_id}  {slow.ended.name}")
    echo("")


def _mark(run: RunDigest) -> str:
    if run.cut_off:
        return say("（途中まで）", " (cut off)")
    return say("（選んだ範囲）", " (selection)") if run.header.partial else ""


def _broken(b: Broken) -> str:
    since = say(
        f"{b.first.run_id} から（{day(b.first.header.at)}、版 {b.first.header.sut_version}）",
        f"since {b.first.run_id} ({day(b.first.header.at)}, version {b.first.header.sut_version})",
    )
    return f"    {b.ended.scenario_id}  {b.ended.name}  {since}"


def _wavering(w: Wavering) -> str:
    signs = "".join(SIGN[verdict] for _, verdict in w.verdicts[-20:])
    mark = "" if w.certain else " ※"
    return f"    {signs}{mark}  {w.ended.scenario_id}  {w.ended.name}"
