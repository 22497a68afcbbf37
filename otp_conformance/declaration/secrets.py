"""Secrets by reference: the declaration names them; something else holds them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from otp_conformance.commands import CommandError, run_command
from otp_conformance.language import say

_COMMAND_SECONDS = 60.0  # somebody may have to touch a key or type a pass phrase


class SecretError(Exception):
    """A referenced secret cannot be read. The message never holds its value."""


def _from_file(name: str, base: Path | None) -> str:
    path = Path(name).expanduser()
    if base is not None:
        path = base / path
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SecretError(
            say(
                f"秘密値のファイル {path} を読めません（{error.strerror}）。"
                "場所と権限を確かめてください。",
                f"The secret file {path} cannot be read ({error.strerror}). Check path and rights.",
            )
        ) from None
    except UnicodeDecodeError:
        raise SecretError(
            say(
                f"秘密値のファイル {path} は UTF-8 ではありません。UTF-8 で保存してください。",
                f"The secret file {path} is not UTF-8. Save it as UTF-8.",
            )
        ) from None
    return _bare(text)


def _from_command(line: str, env: Mapping[str, str], base: Path | None) -> str:
    try:
        words = shlex.split(line)
    except ValueError:
        words = []
    if not words:
        raise SecretError(
            say(
                "秘密値の command: に続くコマンドの引用符が閉じていないか、コマンドがありません。",
                "The command: of a secret is empty or has an unclosed quotation mark.",
            )
        )
    try:
        return _bare(run_command(words, env=env, cwd=base, timeout_seconds=_COMMAND_SECONDS))
    except CommandError as error:
        raise SecretError(
            say(
                f"秘密値を出すはずの{error}。コマンドを手で実行して確かめてください。",
                f"For a secret: {error}. Try the command by hand.",
            )
        ) from None


_MARK = "\ufeff"


def _bare(text: str) -> str:
    """Return what somebody sees in a file: no byte order mark, no line ends behind it."""
    return text.removeprefix(_MARK).rstrip("\r\n")


def resolve(reference: str, env: Mapping[str, str], *, base: Path | None = None) -> str:
    """Return the secret behind ``env:NAME``, ``file:PATH`` or ``command:WORDS``.

    ``base``: directory that relative paths start from (the declaration's) and
    in which commands run; without it the current one. A command is split as a
    shell would, but no shell runs it; it has 60 s. A byte order mark before and
    line ends after the secret are dropped.
    Raises `SecretError` when it is missing, empty or not a reference.
    """
    scheme, _, name = reference.partition(":")
    if scheme == "env" and name:
        value = _bare(env.get(name, ""))
        where = say(f"環境変数 {name}", f"The environment variable {name}")
    elif scheme == "file" and name:
        value = _from_file(name, base)
        where = say(f"ファイル {name}", f"The file {name}")
    elif scheme == "command" and name:
        value = _from_command(name, env, base)
        where = say(f"コマンド「{name}」の出力", f"The output of the command {name}")
    else:
        raise SecretError(
            say(
                "秘密値は env:名前、file:場所、command:コマンド のどれかで指定してください"
                "（値を直接書かないでください）。",
                "Give secrets as env:NAME, file:PATH or command:WORDS, never as the value itself.",
            )
        )
    if not value:
        raise SecretError(
            say(
                f"{where} が空か、設定されていません。値を設定してください。",
                f"{where} is empty or not set. Set it to the secret.",
            )
        )
    return value
