"""``otp-conformance features``: the specification for readers, without a run."""

from __future__ import annotations

from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option, report_language
from otp_conformance.cli.choosing import manual_option, set_of, set_option
from otp_conformance.cli.console import echo
from otp_conformance.declaration.needs import NEED_TAGS
from otp_conformance.errors import UsageError
from otp_conformance.language import Text, current, say, speaking
from otp_conformance.report.specification import html, text
from otp_conformance.resources import bundle_root
from otp_conformance.run.folder import find_run
from otp_conformance.specification.document import specification
from otp_conformance.specification.scenarios import plan_features

PAGE = "specification.html"


@click.command(
    "features",
    cls=BilingualCommand,
    text=Text(
        "仕様（章・機能・シナリオ・要件・用語集）を読むためのページを作ります（実施はしません）。",
        "Write the specification as a page for readers; nothing is run.",
    ),
)
@option(
    "--format",
    "output",
    type=click.Choice(["html", "text"]),
    default="html",
    show_default=True,
    ja="html: 一つのファイルのページ。text: 端末に表示。",
    en="html: a page in one file; text: to the terminal.",
)
@option(
    "--output",
    "folder",
    default="reports",
    show_default=True,
    metavar="DIR",
    ja=f"ページ（{PAGE}）を書くフォルダー。",
    en=f"Folder for the page ({PAGE}).",
)
@option(
    "--run",
    "run_dir",
    metavar="RUN",
    ja="この実行（latest も可）の宣言の値を、宣言による文の隣に示します。",
    en="Show the declared values of this run (or latest) beside the sentences that need them.",
)
@manual_option
@set_option
@common_options
def features(
    output: str, folder: str, run_dir: str | None, manual_folder: str | None, set_name: str
) -> int:
    """Write the page and name it, or print the text."""
    run = None if run_dir is None else find_run(run_dir, Path("reports")).journal
    judged = set_name if run is None else set_of(run, set_name)
    manual = bundle.manual_in(manual_folder, judged)
    plans = plan_features(bundle_root(), manual)
    with speaking(current() if output == "text" else report_language()):
        document = specification(plans, bundle.catalogue(manual), manual)
    if output == "text":
        click.echo(text(document), nl=False)
        return 0
    page = Path(folder) / PAGE
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(html(document, NEED_TAGS, report_language(), run=run), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{page} に書き込めません（{error.strerror}）。--output で別の場所を指定してください。",
            f"{page} cannot be written ({error.strerror}). Give another folder with --output.",
        ) from error
    echo(say(f"仕様のページ: {page}", f"Specification: {page}"))
    return 0
