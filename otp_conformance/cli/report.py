"""``otp-conformance report``: build the reports again from a journal."""

from __future__ import annotations

from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options
from otp_conformance.cli.choosing import manual_option
from otp_conformance.cli.console import echo
from otp_conformance.cli.summary import print_summary
from otp_conformance.errors import UnrecordableError, UsageError
from otp_conformance.language import Text
from otp_conformance.report.build import build
from otp_conformance.report.gherkin_ast import ReportError
from otp_conformance.run.folder import find_run, require_intact
from otp_conformance.verdict.exit_codes import ExitCode


@click.command(
    "report",
    cls=BilingualCommand,
    text=Text(
        "実施の記録から報告書を作り直します（試験はやり直しません）。",
        "Build the reports again from a run's journal (nothing is run again).",
    ),
)
@click.argument("run_dir", metavar="RUN_DIR")
@manual_option
@common_options
def report(run_dir: str, manual_folder: str | None) -> int:
    """Rebuild every report and print the summary; pictures that were exchanged are named."""
    found = find_run(run_dir, Path("reports"))
    catalogue = bundle.catalogue(bundle.manual_in(manual_folder, found.journal.header.set))
    try:
        written = build(found.run_dir, catalogue, bundle.teeth(), bundle.reference())
    except OSError as error:
        raise UnrecordableError(found.run_dir, error) from error
    except ReportError as error:
        raise UsageError(str(error), str(error)) from error
    print_summary(found.journal, catalogue)
    echo("")
    for path in written:
        echo(str(path))
    require_intact(found)
    return ExitCode.INCONCLUSIVE if found.journal.unplanned else ExitCode.PASS
