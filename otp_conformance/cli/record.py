"""``otp-conformance record``: propose the labels of a screen from the real page."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import click

from otp_conformance.agent.page import PageView
from otp_conformance.agent.port import AgentOptions
from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import declaration_option, manual_option
from otp_conformance.cli.saved_page import saved_page
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.secrets import SecretError, resolve
from otp_conformance.deployment.access import access_to
from otp_conformance.errors import UnreadyError, UsageError
from otp_conformance.language import Text, did_you_mean, say
from otp_conformance.screens.propose import as_toml, guess_screen, propose
from otp_conformance.specification.manual import DescribedScreen
from otp_conformance.text import one_line
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.outcome import Outcome


@click.command(
    "record",
    cls=BilingualCommand,
    text=Text(
        "実際の画面から、宣言の [labels] に書く文言を提案します。\n"
        "保存した HTML ファイルを指定するか、--browse でブラウザーを開いて画面ごとに記録します。",
        "Propose the texts for the declaration's [labels] from real pages.\n"
        "Name saved HTML files, or open a browser with --browse and record screen by screen.",
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1)
@declaration_option
@manual_option
@option(
    "--screen",
    metavar="SCREEN",
    ja="どの画面か（省くと、いちばん似た画面とみなします）。",
    en="Which screen it is (default: the one it resembles most).",
)
@option(
    "--browse",
    is_flag=True,
    ja="見えるブラウザーを開きます。画面を出しては Enter を押します。",
    en="Open a visible browser; press Enter on each screen.",
)
@common_options
def record(
    files: tuple[str, ...],
    declaration_file: str | None,
    manual_folder: str | None,
    screen: str | None,
    *,
    browse: bool,
) -> int:
    """Print proposals for saved pages or for those that are shown."""
    if bool(files) == browse:
        raise UsageError(
            "保存した HTML ファイルか --browse の、どちらか一つを指定してください。",
            "Name saved HTML files, or give --browse.",
        )
    loaded = bundle.load_declaration(declaration_file, manual_folder)
    declaration = loaded.declaration
    key = _screen(declaration, screen) if screen else None
    if browse:
        _browse(declaration, key, Path(loaded.path).parent)
        return ExitCode.PASS
    for name in files:
        _print(name, saved_page(name), declaration, key)
    return ExitCode.PASS


def _screen(declaration: Declaration, name: str) -> DescribedScreen:
    screens = declaration.manual.screens
    if name not in screens:
        near = did_you_mean(name, screens)
        known = ", ".join(screens)
        raise UsageError(
            f"--screen の {name} という画面はありません。{near.ja}使える名前: {known}",
            f"--screen: there is no screen {name}.{near.en} Known: {known}",
        )
    return screens[name]


def _browse(declaration: Declaration, key: DescribedScreen | None, folder: Path) -> None:
    try:
        access = access_to(
            declaration.sut,
            declaration.sut.base_url,
            folder,
            lambda reference, _: resolve(reference, os.environ, base=folder),
        )
        agents = bundle.make_agents(AgentOptions(headed=True), declaration, access)
        with closing(agents):
            agent = agents.new()
            if declaration.sut.base_url != "auto":
                agent.open(declaration.sut.base_url)
            while click.confirm(
                say("いま出ている画面を記録しますか", "Record the page that is shown now"),
                default=True,
            ):
                _print(say("いまの画面", "this page"), agent.view(), declaration, key)
    except SecretError as trouble:
        raise UsageError(str(trouble), str(trouble)) from None
    except Outcome as trouble:
        raise UnreadyError(f"{trouble.observed}。{trouble.hint}", str(trouble)) from None


def _print(
    name: str, view: PageView, declaration: Declaration, key: DescribedScreen | None
) -> None:
    screen = key or guess_screen(view, declaration)
    title = declaration.labels[screen.title_key][0]
    click.echo(
        f"# {one_line(name)}: " + say(f"画面「{title}」とみなします", f"taken for {screen.key}")
    )
    for line in as_toml(propose(screen, view, declaration), declaration.manual):
        click.echo(line)
    click.echo("")
