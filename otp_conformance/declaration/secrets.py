"""Secrets by reference: the declaration names them, the environment holds them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from otp_conformance.language import say


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
    return text.removesuffix("\n").removesuffix("\r")


def resolve(reference: str, env: Mapping[str, str], *, base: Path | None = None) -> str:
    """Return the secret behind ``env:NAME`` or ``file:PATH``.

    ``base``: directory that relative paths start from (the declaration's);
    without it the current one. One line end after the secret is dropped.
    Raises `SecretError` when it is missing, empty or not a reference.
    """
    scheme, _, name = reference.partition(":")
    if scheme == "env" and name:
        value = env.get(name, "")
        where = say(f"環境変数 {name}", f"The environment variable {name}")
    elif scheme == "file" and name:
        value = _from_file(name, base)
        where = say(f"ファイル {name}", f"The file {name}")
    else:
        raise SecretError(
            say(
                "秘密値は env:名前 か file:場所 で指定してください（値を直接書かないでください）。",
                "Give secrets as env:NAME or file:PATH, never as the value itself.",
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
