"""``otp-conformance compare``: two finished runs side by side."""

from __future__ import annotations

import json
from pathlib import Path

import click

from otp_conformance.cli.across import page_options, write_page
from otp_conformance.cli.bilingual import BilingualCommand, common_options
from otp_conformance.cli.console import echo, hang, table, verdict_word
from otp_conformance.cli.summary import print_some
from otp_conformance.language import Text, say
from otp_conformance.report.across import took, when
from otp_conformance.report.compare import (
    CHANGES,
    Answer,
    Change,
    Comparison,
    Pair,
    answer_text,
    as_data,
    compare,
    page,
)
from otp_conformance.report.digest import RunDigest, digest
from otp_conformance.run.folder import find_run, require_intact

_REPORTS = Path("reports")
_LISTED = (
    Change.BROKEN,
    Change.FIRST_BROKEN,
    Change.CAUSE,
    Change.STILL,
    Change.LOST,
    Change.MENDED,
)
_COLOURS = {Answer.WORSE: "red", Answer.UNTOLD: "yellow", Answer.NOT_WORSE: "green"}
_MOST_TIMES = 5


@click.command(
    "compare",
    cls=BilingualCommand,
    text=Text(
        "二つの終わった実行を比べます（実行フォルダー、その名前、latest）。\n"
        "終了コード: 悪くなっていなければ 0、新たな不合格があれば 1、言えなければ 3。",
        "Compare two finished runs (folders, their names, latest).\n"
        "Exit code: 0 not worse, 1 something is newly broken, 3 it cannot be told.",
    ),
)
@click.argument("before", metavar="RUN")
@click.argument("after", metavar="RUN")
@page_options
@common_options
def compare_command(before: str, after: str, output: str, folder: str) -> int:
    """Print, write or dump the comparison; the exit code is its answer."""
    runs = [find_run(given, _REPORTS) for given in (before, after)]
    found = compare(*(digest(run.run_dir, run.journal) for run in runs))
    if output == "json":
        click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=2))
    else:
        _print(found)
    if output == "html":
        name = f"compare-{found.before.run_id}-{found.after.run_id}.html"
        write_page(Path(folder), name, lambda here: page(found, here))
    for run in runs:
        require_intact(run)
    return found.answer.exit_code


def _print(c: Comparison) -> None:
    _runs(c)
    for text in c.cautions:
        hang("！ ", str(text), "yellow")
    echo("")
    table(
        [[str(CHANGES[change]), str(n)] for change, n in c.counts.items() if n],
        [say("変化", "Change"), say("シナリオ", "Scenarios")],
        numbers=True,
    )
    echo("")
    for change in _LISTED:
        _pairs(c, change)
    _differences(c)
    _times(c)
    echo(str(answer_text(c)), _COLOURS[c.answer], bold=True)


def _runs(c: Comparison) -> None:
    rows = [
        [name, run.run_id, when(run.header.at), _product(run), took(run.duration_s)]
        for name, run in ((say("前", "First"), c.before), (say("後", "Second"), c.after))
    ]
    table(rows)


def _product(run: RunDigest) -> str:
    return f"{run.header.sut_name} {run.header.sut_version}"


def _pairs(c: Comparison, change: Change) -> None:
    found = c.of(change)
    if not found:
        return
    echo(f"{CHANGES[change]} ({len(found)})", bold=True)
    print_some(_line(pair) for pair in found)
    echo("")


def _line(pair: Pair) -> str:
    words = [verdict_word(e.verdict) if e else "—" for e in (pair.before, pair.after)]
    mark = say("（文面が違います）", " (reworded)") if pair.reworded else ""
    return f"  {' → '.join(words)}  {pair.known.scenario_id}  {pair.known.name}{mark}"


def _differences(c: Comparison) -> None:
    every = [*c.product, *c.declaration, *c.suite, *c.means]
    if every:
        echo(say("実行のしかたの違い", "What the runs were carried out with"), bold=True)
        for d in every:
            hang(f"  {d.name}: ", f"{d.before} → {d.after}")
        if c.declaration:
            echo(f"  {c.about_values}")
        echo("")
    count = sum(pair.reworded for pair in c.pairs)
    if count:
        echo(
            say(
                f"文面が違うシナリオ {count} 件。同じことを確かめたとは限りません。",
                f"{count} scenario(s) with another wording: they may not have checked the same.",
            ),
            "yellow",
        )
        echo("")


def _times(c: Comparison) -> None:
    for title, found in (
        (say("遅くなった", "Slower"), c.slower),
        (say("速くなった", "Faster"), c.faster),
    ):
        if found:
            echo(f"{title} ({len(found)})", bold=True)
            for pair in found[:_MOST_TIMES]:
                echo(f"  {took(pair.slower_s)}  {pair.known.scenario_id}  {pair.known.name}")
            echo("")
