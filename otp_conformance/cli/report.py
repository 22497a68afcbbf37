"""``otp-conformance report``: build the reports again from a journal."""

from __future__ import annotations

from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import (
    BilingualCommand,
    common_options,
    option,
    report_language,
)
from otp_conformance.cli.choosing import manual_option, reports_option
from otp_conformance.cli.console import echo
from otp_conformance.cli.summary import print_summary
from otp_conformance.errors import UnrecordableError, UsageError
from otp_conformance.language import Text
from otp_conformance.report.build import FORMATS, build
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
@option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS[:-1]),
    ja="ほかの形式でも書き出します（繰り返せます）。csv: 表、earl: EARL 1.0（JSON-LD）、"
    "allure: allure-results フォルダー。",
    en="Write another format as well (may be repeated). csv: tables, earl: EARL 1.0 (JSON-LD), "
    "allure: a folder allure-results.",
)
@option(
    "--single-file",
    is_flag=True,
    ja="画像を中に含む一つの HTML ファイルも書き出します（report-single.html）。",
    en="Write one HTML file with the pictures inside as well (report-single.html).",
)
@reports_option
@manual_option
@common_options
def report(
    run_dir: str,
    reports: str,
    formats: tuple[str, ...],
    manual_folder: str | None,
    *,
    single_file: bool,
) -> int:
    """Rebuild every report and print the summary; pictures that were exchanged are named."""
    found = find_run(run_dir, Path(reports))
    catalogue = bundle.catalogue(bundle.manual_in(manual_folder, found.journal.header.set))
    try:
        written = build(
            found.run_dir,
            catalogue,
            bundle.teeth(),
            report_language(),
            reference=bundle.reference(),
            formats=[*formats, *FORMATS[-1:] * single_file],
        )
    except OSError as error:
        raise UnrecordableError(found.run_dir, error) from error
    except ReportError as error:
        raise UsageError(str(error), str(error)) from error
    print_summary(found.journal, catalogue)
    echo("")
    beside = (path.relative_to(found.run_dir).parts[0] for path in written)
    for name in dict.fromkeys(beside):
        echo(str(found.run_dir / name))
    require_intact(found)
    return ExitCode.INCONCLUSIVE if found.journal.unplanned else ExitCode.PASS
