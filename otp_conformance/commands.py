"""Commands that a declaration names: no shell, a limit of time, nothing logged.

What a command prints on its standard output may be a secret and is only ever
returned. Of its error output a masked excerpt may be shown.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from otp_conformance.language import say
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, SetupFailed

REFUSED = 3
"""Exit code by which a command says that the system refused what was asked."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_EXCERPT = 200
# A code or a PIN that a command complains about must not reach a report.
_CODE_LIKE = re.compile(r"\d{4,}")


class CommandError(Exception):
    """A command gave no answer. The message is for readers and holds no secret."""


class CommandMissingError(CommandError):
    """There is no such program, or it may not be executed."""


class CommandTimeoutError(CommandError):
    """A command did not end in time and was ended."""


class CommandFailedError(CommandError):
    """A command ended with another code than 0. ``exit_code``: negative for a signal."""

    def __init__(self, message: str, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(message)


def run_command(
    words: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None,
    timeout_seconds: float,
    stdin: str = "",
) -> str:
    """Run a program with arguments and return what it printed (UTF-8).

    ``cwd``: the declaration's folder, where relative names start. Raises
    `CommandMissingError`, `CommandTimeoutError` or `CommandFailedError`.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the declaration's own command
            list(words),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # A group of its own, so that a time-out ends its children, too.
            start_new_session=True,
        )
    except OSError as error:
        raise CommandMissingError(
            say(
                f"コマンド {words[0]} を起動できません（{error.strerror}）",
                f"the command {words[0]} cannot be started ({error.strerror})",
            )
        ) from None
    try:
        output, complaint = process.communicate(stdin, timeout=timeout_seconds)
    except subprocess.TimeoutExpired:
        end_group(process)
        process.communicate()
        raise CommandTimeoutError(
            say(
                f"コマンド {words[0]} が {timeout_seconds:g} 秒以内に終わりませんでした",
                f"the command {words[0]} did not end within {timeout_seconds:g} s",
            )
        ) from None
    except BaseException:
        end_group(process)
        process.communicate()
        raise
    if process.returncode:
        told = excerpt(complaint)
        raise CommandFailedError(
            say(
                f"コマンド {words[0]} が終了コード {process.returncode} で終わりました",
                f"the command {words[0]} ended with code {process.returncode}",
            )
            + say(f"（{told}）" if told else "", f" ({told})" if told else ""),
            process.returncode,
        )
    return output


@dataclass(frozen=True)
class Commands:
    """How the commands of one table run.

    ``base``: folder of the declaration, in which they are started; ``env``:
    their environment; ``timeout_seconds``: how long each may take.
    """

    base: Path
    env: Mapping[str, str] = field(repr=False)
    timeout_seconds: float = 30.0

    def run(self, words: Sequence[str], values: Mapping[str, str], *, key: str) -> str:
        """Return what the command of the declared ``key`` printed.

        Each known ``{name}`` in each word is replaced; no shell is involved.
        Raises `DeclarationMismatch` (no such program), `SetupFailed` (exit code
        3: refused by the system) or `EnvironmentTrouble` (time-out, other codes).
        """
        filled_words = [filled(word, values) for word in words]
        try:
            return run_command(
                filled_words, env=self.env, cwd=self.base, timeout_seconds=self.timeout_seconds
            )
        except CommandMissingError as error:
            raise DeclarationMismatch(
                expected=f"宣言の {key} のコマンドを起動できること",
                observed=str(error),
                hint=f"{key} の場所と実行権を確かめてください（相対の場所は宣言ファイルから）。",
            ) from None
        except CommandTimeoutError as error:
            raise EnvironmentTrouble(
                expected=f"宣言の {key} のコマンドが時間内に終わること",
                observed=str(error),
                hint="コマンドを手で実行してみるか、timeout_seconds を増やしてください。",
            ) from None
        except CommandFailedError as error:
            kind = SetupFailed if error.exit_code == REFUSED else EnvironmentTrouble
            raise kind(
                expected=f"宣言の {key} のコマンドが終了コード 0 で終わること",
                observed=str(error),
                hint="コマンドを手で実行して、原因を確かめてください。",
            ) from None

    def ask(self, words: Sequence[str], values: Mapping[str, str], *, key: str) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON that the command of the declared ``key`` printed.

        Raises what `run` does, and `DeclarationMismatch` for anything but JSON.
        """
        printed = self.run(words, values, key=key)
        try:
            return json.loads(printed)
        except ValueError:
            raise DeclarationMismatch(
                expected=f"{key} のコマンドが JSON を標準出力に出すこと",
                observed=f"JSON として読めない {len(printed)} 文字が出力されました",
                hint="コマンドを手で実行して、出力を確かめてください。",
            ) from None


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names in braces of what a declaration writes."""
    return tuple(_PLACEHOLDER.findall(text))


def filled(template: str, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """Return what a declaration writes with each known ``{name}`` replaced.

    Other braces stay as they are: a JSON body is full of them.
    """
    return _PLACEHOLDER.sub(
        lambda place: escape(values[place[1]]) if place[1] in values else place[0], template
    )


def excerpt(complaint: str) -> str:
    """Return the last line of an error output, shortened, with every code-like number masked."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    return _CODE_LIKE.sub("＊＊＊", lines[-1][:_EXCERPT]) if lines else ""


def end_group(process: subprocess.Popen[str], number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to a process that leads a group, and to all in the group."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        process.poll()  # it ended by itself in between
