"""``otp-conformance merge``: the parts of a divided run become one run."""

from __future__ import annotations

from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import manual_option
from otp_conformance.cli.console import complain, echo
from otp_conformance.cli.summary import print_summary
from otp_conformance.errors import UnrecordableError
from otp_conformance.language import Text, say
from otp_conformance.report.build import build
from otp_conformance.run.deviations import exit_code_beside
from otp_conformance.run.folder import find_run
from otp_conformance.run.merge import merge
from otp_conformance.verdict.exit_codes import ExitCode


@click.command(
    "merge",
    cls=BilingualCommand,
    text=Text(
        "run --shard K/N で N 台に分けて実施した結果を、一つの実行と一つの判定にまとめます。\n"
        "足りない台、重なる台、スイート・宣言・条件の違う台があれば、名前を挙げてまとめません"
        "（終了コード 2）。ほかの終了コードは run と同じです。",
        "Put the parts of a run that was divided with run --shard K/N together: one run, one "
        "verdict.\n"
        "A missing or doubled part, or one of another suite, declaration or selection, is named "
        "and nothing is merged (exit code 2). Other exit codes are those of run.",
    ),
)
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@manual_option
@option(
    "--reports",
    default="reports",
    show_default=True,
    metavar="DIR",
    ja="まとめた実行の出力先。",
    en="Folder for the merged run.",
)
@option(
    "--allow-known-deviations",
    is_flag=True,
    ja="不合格が宣言の known_deviations だけなら、終了コードを 0 にします（判定は不合格のまま）。",
    en="Exit with 0 when nothing failed but known_deviations (the verdict stays).",
)
@common_options
def merge_command(
    runs: tuple[str, ...],
    manual_folder: str | None,
    reports: str,
    *,
    allow_known_deviations: bool,
) -> int:
    """Merge, build the reports, print the summary and return the exit code of the whole."""
    merged = merge([find_run(run, Path(reports)) for run in runs], Path(reports))
    catalogue = bundle.catalogue(bundle.manual_in(manual_folder, merged.journal.header.set))
    try:
        build(merged.run_dir, catalogue, bundle.teeth())
    except OSError as error:
        raise UnrecordableError(merged.run_dir, error) from error
    print_summary(merged.journal, catalogue)
    page = merged.run_dir / "index.html"
    echo(say(f"報告書: {page}", f"Report: {page}"))
    footer = merged.journal.footer
    assert footer is not None  # noqa: S101 - `merge` writes it
    code, told = exit_code_beside(
        merged.journal, ExitCode(footer.exit_code), allowed=allow_known_deviations
    )
    if told is not None:
        complain(str(told))
    return code
