"""``otp-conformance serve``: the reference bank for a person to try."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.console import echo, pad
from otp_conformance.deployment.process import end_with_parent, port_in_use, require_free_port
from otp_conformance.errors import UnreadyError, UsageError
from otp_conformance.language import Text, say
from otp_conformance.leftovers import private_folder
from otp_conformance.run.interrupt import Interrupt

_READY = "READY "
_DEMO = "DEMO "
_USAGE_EXIT = 2
_PORT_EXIT = 3
_GRACE_SECONDS = 10.0
_STATUSES = {"not_registered": "未登録", "in_service": "サービス利用中"}


@click.command(
    "serve",
    cls=BilingualCommand,
    text=Text(
        "参照実装を起動し、ブラウザーで試せるようにします（Ctrl-C で終了）。",
        "Start the reference bank to try it in a browser (Ctrl-C ends it).",
    ),
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    metavar="N",
    ja="ポート（0 は空きポート）。",
    en="Port (0: a free one).",
)
@option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="HOST",
    ja="待ち受けるアドレス。",
    en="Address to listen on.",
)
@option(
    "--database",
    metavar="FILE",
    ja="データの保存先（省略すると終了時に消えます）。",
    en="Where to keep the data (default: gone at the end).",
)
@option(
    "--settings",
    metavar="FILE",
    ja="参照実装の設定ファイル。",
    en="Settings of the reference bank.",
)
@common_options
def serve(port: int, host: str, database: str | None, settings: str | None) -> int:
    """Run the bank until somebody ends it."""
    if settings is not None and not Path(settings).is_file():
        raise UsageError(
            f"--settings の {settings} はファイルではありません。TOML ファイルを指定してください。",
            f"--settings {settings} is no file. Name a TOML file.",
        )
    _require_free(port, host)
    with ExitStack() as stack:
        file = database or str(stack.enter_context(private_folder()) / "bank.sqlite3")
        command = [sys.executable, "-m", "reference_impl", "--demo"]
        command += ["--port", str(port), "--host", host]
        command += ["--database", f"sqlite:///{Path(file).resolve()}"]
        command += ["--settings", settings] if settings else []
        interrupt = stack.enter_context(Interrupt())
        process = subprocess.Popen(  # noqa: S603 - our own reference bank
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )
        stack.callback(_stop, process)
        try:
            with interrupt.allowed():
                _attend(process, kept=database is not None)
        except KeyboardInterrupt:
            _stop(process)
            echo("\n" + say("終了しました。", "Stopped."))
            return 0
        return _ended(process, port)


def _require_free(port: int, host: str) -> None:
    """Raise `UsageError` where nothing can listen.

    Nobody is asked for another of what was not given.
    """
    try:
        require_free_port(port, host if host != "localhost" else "127.0.0.1")
    except UsageError as error:
        context = click.get_current_context()
        if (
            context.get_parameter_source("port") is not ParameterSource.DEFAULT
            or not isinstance(error.__cause__, OSError)
            or error.__cause__.errno != errno.EADDRINUSE
        ):
            raise
        raise UsageError(
            f"既定のポート {port} は使用中です。`{context.command_path} --port 0` で"
            "空きポートを使えます。",
            f"The default port {port} is in use. `{context.command_path} --port 0` finds one.",
        ) from error


def _attend(process: subprocess.Popen[str], *, kept: bool) -> None:
    demo: Mapping[str, Any] = {}
    for line in process.stdout or ():
        if line.startswith(_DEMO):
            demo = json.loads(line.removeprefix(_DEMO))
        elif line.startswith(_READY):
            _invite(line.removeprefix(_READY).strip(), demo, kept=kept)
    process.wait()


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ended(process: subprocess.Popen[str], port: int) -> int:
    """Raise why the bank ended by itself."""
    code = process.wait()
    last = (process.stderr.read() if process.stderr else "").strip().splitlines()
    why = last[-1] if last else f"終了コード / exit code {code}"
    if code == _PORT_EXIT:
        raise port_in_use(port)
    if code == _USAGE_EXIT:
        # The bank knows no language option: its line is 日本語 / English.
        ja, _, en = why.partition(" / ")
        raise UsageError(ja, en or ja)
    raise UnreadyError(
        f"参照実装が終了しました: {why}", f"The reference bank ended by itself: {why}"
    )


def _invite(address: str, demo: Mapping[str, Any], *, kept: bool) -> None:
    """Tell what to open and what to type."""
    echo(say("参照実装を起動しました。", "The reference bank is running."), bold=True)
    echo("")
    _rows(
        (say("お客さまの画面", "Customers"), f"{address}/"),
        (say("職員の画面", "Staff"), f"{address}/staff/login"),
        (say("仮想トークン", "Virtual tokens"), f"{address}/demo/tokens"),
    )
    for customer in demo.get("customers", ()):
        status = customer["status"]
        shown = say(_STATUSES.get(status, status), status.replace("_", " "))
        echo("")
        echo(say(f"お客さま（{shown}）", f"Customer ({shown})"), bold=True)
        _rows(
            (say("ログインID", "Login ID"), customer["login_id"]),
            (say("ログインパスワード", "Login password"), customer["login_password"]),
            (say("確認用パスワード", "Confirmation pw."), customer["confirmation_password"]),
            (say("シリアル番号", "Serial number"), customer.get("serial") or ""),
        )
    if demo:
        echo("")
        echo(say("職員", "Staff"), bold=True)
        _rows(
            (say("職員ID", "Staff ID"), demo["staff_id"]),
            (say("パスワード", "Password"), demo["staff_password"]),
            (say("在庫のトークン", "Tokens in stock"), ", ".join(demo.get("stock", ()))),
        )
        echo("")
        echo(
            say(
                "試し方: 未登録のお客さまでログイン → トークン発行 → 職員の画面で発送 → "
                "仮想トークンの数字で利用開始登録",
                "Try: log in as the customer not registered, apply for a token, dispatch it as "
                "staff, then register with the virtual token's digits",
            )
        )
    echo("")
    if not kept:
        echo(say("データは終了時に消えます。", "The data is gone at the end."))
    echo(say("終了するには Ctrl-C を押してください。", "Press Ctrl-C to stop."))
    sys.stdout.flush()


def _rows(*rows: tuple[str, str]) -> None:
    for name, value in rows:
        if value:
            echo(f"  {pad(name, 20)} {value}")
