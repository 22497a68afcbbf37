"""``otp-conformance check``: the preflight, before anything is judged."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from otp_conformance.agent.port import AgentOptions
from otp_conformance.cli import bundle
from otp_conformance.cli.assets import no_list
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import (
    agent_options,
    declaration_option,
    format_option,
    manual_option,
)
from otp_conformance.cli.console import echo
from otp_conformance.cli.progress import Progress
from otp_conformance.cli.watching import require_visible
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import UsageError
from otp_conformance.language import Text, say
from otp_conformance.preflight.finding import Finding, State
from otp_conformance.preflight.inspect import inspect
from otp_conformance.run.deviations import check_deviations
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode

_SIGNS = {
    State.OK: ("○", "green", Text("一致", "ok")),
    State.NOTE: ("！", "yellow", Text("注意", "note")),
    State.WRONG: ("×", "red", Text("相違", "wrong")),
    State.UNKNOWN: ("？", "yellow", Text("不明", "unknown")),
}


@click.command(
    "check",
    cls=BilingualCommand,
    text=Text(
        "実施の前に、宣言と実際の画面・時刻・トークン・職員の操作を見比べます。\n"
        "何も申請せず、何も変えません（戻せる時計は、進めて戻します）。利用中のお客さま一人で、許容幅の\n"
        "両端とその一つ外の値を試します（停止しない回数まで）。相違は一行ずつ、直し方とともに示します。\n"
        "終了コード: 0 すべて一致 / 2 宣言の相違 / 3 確かめられないものあり",
        "Compare the declaration with the real screens, clock, tokens and staff desk.\n"
        "Nothing is applied for or changed (a clock that goes back is moved, and back). One\n"
        "customer in service tries the window's edges and one step beyond, never near a\n"
        "suspension.\n"
        "Each difference comes with its fix.\n"
        "Exit codes: 0 all as declared / 2 something differs / 3 something is unknown",
    ),
)
@declaration_option
@manual_option
@agent_options(
    "browser: ブラウザー。http: ブラウザーなし（スクリーンショットは残りません）。",
    "browser, or http: without a browser (and without pictures).",
)
@option(
    "--pictures",
    default="reports/preflight",
    show_default=True,
    metavar="DIR",
    ja="見つけた操作部に印を付けたスクリーンショットの置き場所。",
    en="Folder for pictures of the screens with the found controls marked.",
)
@option(
    "--all-customers",
    "roll_call",
    is_flag=True,
    ja="用意した一覧の未使用のお客さま全員を、一覧の状態と見比べます（利用中と停止中のお客さまの"
    "ワンタイムパスワードを一つずつ使います）。",
    en="Compare every free customer of the prepared list with the listed state (uses one OTP of "
    "each who is in service or suspended).",
)
@format_option
@common_options
def check(
    declaration_file: str | None,
    manual_folder: str | None,
    agent: AgentOptions,
    pictures: str,
    output: str,
    *,
    roll_call: bool,
) -> int:
    """Look at everything and return the exit code."""
    require_visible(agent)
    loaded = bundle.load_declaration(declaration_file, manual_folder)
    if roll_call and not loaded.declaration.adapters.provisioning.listed:
        raise no_list(loaded)
    catalogue = bundle.catalogue(loaded.declaration.manual)
    check_deviations(
        loaded,
        bundle.all_requirements(loaded.declaration.manual),
        datetime.now(UTC).astimezone().date(),
    )
    if agent.kind is AgentKind.BROWSER:
        _require_room(Path(pictures))
    told: list[Finding] = []

    def tell(finding: Finding) -> None:
        told.append(finding)
        if output == "text":
            _show(finding)

    request = bundle.whole(loaded, catalogue, Path("reports"), agent)
    with Progress(quiet=True) as progress:
        parts = bundle.parts(catalogue, progress)
        inspect(request, parts, progress, tell, Path(pictures), roll_call=roll_call)
    # Where something differs, more may be met once that is mended.
    if told and not any(finding.state is State.WRONG for finding in told):
        for unseen in _unseen(loaded, told):
            tell(unseen)
    counts = Counter(finding.state for finding in told)
    if output == "json":
        click.echo(json.dumps([asdict(f) for f in told], ensure_ascii=False, indent=2))
    else:
        _close(counts, Path(pictures))
    if counts[State.WRONG]:
        return ExitCode.USAGE
    return ExitCode.INCONCLUSIVE if counts[State.UNKNOWN] else ExitCode.PASS


def _require_room(folder: Path) -> None:
    """Raise `UsageError` unless pictures can be written: said before anything is looked at."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"スクリーンショットの置き場所 {folder} に書けません（{error.strerror}）。"
            "--pictures で、書ける場所を指定してください。",
            f"Pictures cannot be written to {folder} ({error.strerror}). "
            "Name another folder with --pictures.",
        ) from None


def _unseen(loaded: LoadedDeclaration, told: Sequence[Finding]) -> Iterator[Finding]:
    """Yield what nobody declared and a preflight cannot meet, as it sends nothing."""
    areas = {finding.area for finding in told}
    declaration = loaded.declaration
    manual, labels = declaration.manual, declaration.labels
    if labels["login.title"][0] not in areas:
        return  # nothing has been seen, and no title is what is wrong
    absent = {"login_otp"} if declaration.login.flow == "one_page" else set()
    if not declaration.ics.software_tokens:
        absent |= {screen.software for screen in manual.screens.values()}
    titles = tuple(
        screen.title_key
        for screen in manual.screens.values()
        if screen.key not in absent
        and not declaration.says(screen.title_key)
        and labels[screen.title_key][0] not in areas
    )
    if titles:
        yield Finding(
            say("見ていない画面", "screens not seen"),
            say("送信の後に出る画面の文言", "words of screens that follow a submission"),
            State.NOTE,
            say(
                f"{'、'.join(titles)} の画面は、送信しないと出ないので見ていません。"
                "題名と中の文言が手順書と違えば [labels] に書いてください（record が提案します）",
                f"the screens {', '.join(titles)} appear after a submission only and are not seen. "
                "Where title and words differ from the manual's, declare them under [labels] "
                "(otp-conformance record helps)",
            ),
        )


def _show(finding: Finding) -> None:
    sign, colour, word = _SIGNS[finding.state]
    observed = f": {finding.observed}" if finding.observed else ""
    echo(f"{sign} {word}  {finding.area}  {finding.what}{observed}", colour)
    if finding.fix:
        echo(say(f"      直し方: {finding.fix}", f"      fix: {finding.fix}"))


def _close(counts: Counter[State], pictures: Path) -> None:
    ok, wrong, unknown = (counts[s] for s in (State.OK, State.WRONG, State.UNKNOWN))
    notes = counts[State.NOTE]
    echo("")
    echo(
        say(
            f"一致 {ok} 件、相違 {wrong} 件、不明 {unknown} 件、注意 {notes} 件",
            f"{ok} as declared, {wrong} wrong, {unknown} unknown, {notes} to note",
        ),
        bold=True,
    )
    if pictures.is_dir() and any(pictures.iterdir()):
        echo(say(f"スクリーンショット: {pictures}", f"Pictures: {pictures}"))
