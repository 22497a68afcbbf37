"""Runs the commands that a declaration describes, and says what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from otp_conformance.calls.described import filled
from otp_conformance.external import (
    CommandFailedError,
    CommandMissingError,
    CommandTimeoutError,
    run_command,
)
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, SetupFailed

REFUSED = 3
"""Exit code by which a command says that the system refused what was asked."""


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
        filled_words = [filled(word, values, str) for word in words]
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
