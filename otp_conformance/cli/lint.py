"""``otp-conformance lint``: rules for feature files that no parser enforces."""

from __future__ import annotations

from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options
from otp_conformance.cli.choosing import manual_option
from otp_conformance.cli.console import echo
from otp_conformance.language import Text, say
from otp_conformance.lint.check import check
from otp_conformance.resources import bundle_root, steps_dir


@click.command(
    "lint",
    cls=BilingualCommand,
    text=Text(
        "feature ファイルと手順の書き方を調べます（誤りの一覧は docs/lint.md）。\n"
        "直すべき点があれば終了コード 1 です。",
        "Check how features and steps are written (codes: docs/lint.md).\n"
        "Exit code 1 when something is to be put right.",
    ),
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@manual_option
@common_options
def lint(paths: tuple[str, ...], manual_folder: str | None) -> int:
    """Print the findings; 1 when there are any."""
    manual = bundle.manual_in(manual_folder)
    sets = bundle.sets_beyond(manual)
    requirements = {
        identifier: row
        for each in (manual, *sets)
        for identifier, row in bundle.catalogue(each).requirements.items()
    }
    bases = {identifier: row.basis for identifier, row in requirements.items()}
    # Withdrawn ones stay in the suite's own files, where they are passed over.
    known = {*requirements, *manual.withdrawn}
    wanted = [Path(p) for p in paths]
    found, files = check(
        bundle_root(), steps_dir(), known, wanted, bases=bases, manual=manual, sets=sets
    )
    for finding in found:
        echo(str(finding))
    if found:
        echo(say(f"{len(found)} 件の指摘があります。", f"{len(found)} finding(s)."), "red")
        return 1
    echo(say(f"{files} ファイルに指摘はありません。", f"{files} files: nothing found."), "green")
    return 0
