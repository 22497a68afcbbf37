"""``otp-conformance report``: build the reports again from a journal."""

from __future__ import annotations

from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options
from otp_conformance.cli.choosing import manual_option
from otp_conformance.cli.progress import echo
from otp_conformance.errors import UsageError
from otp_conformance.journal.journal import JOURNAL_FILE, JournalError, read
from otp_conformance.language import Text, current
from otp_conformance.report.build import build
from otp_conformance.report.gherkin_ast import ReportError
from otp_conformance.report.summary import render, summarise


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
    """Rebuild every report and print the summary."""
    folder = Path(run_dir)
    if not (folder / JOURNAL_FILE).is_file():
        raise UsageError(
            f"{run_dir} に実施の記録（{JOURNAL_FILE}）がありません。"
            "reports/ の下のフォルダーを指定してください。",
            f"{run_dir} holds no journal ({JOURNAL_FILE}). Name a folder under reports/.",
        )
    catalogue = bundle.catalogue(bundle.manual_in(manual_folder))
    try:
        written = build(folder, catalogue, bundle.teeth())
        summary = summarise(read(folder / JOURNAL_FILE), catalogue)
    except (JournalError, ReportError) as error:
        raise UsageError(str(error), str(error)) from error
    echo(render(summary, current()).rstrip())
    echo("")
    for path in written:
        echo(str(path))
    return 0
