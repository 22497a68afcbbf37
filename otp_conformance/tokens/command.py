"""A token behind an external command (port `TokenDevice`): a camera, a robot, a safe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from otp_conformance.commands import Commands
from otp_conformance.tokens.port import TokenAsset
from otp_conformance.tokens.reading import Display, Now, ReadToken
from otp_conformance.verdict.outcome import DeclarationMismatch

_KEY = "adapters.tokens.command"


class CommandToken(ReadToken):
    """Runs the declared command, which prints the code and nothing else.

    ``{serial}``, ``{unix}`` (seconds) and ``{step}`` are filled in, the latter
    two of the wanted moment. ``any_moment``: the command is declared to answer
    for whatever moment it is given, so that this device foresees.
    """

    def __init__(
        self,
        asset: TokenAsset,
        display: Display,
        words: tuple[str, ...],
        commands: Commands,
        *,
        any_moment: bool,
        now: Now,
        on_secret: Callable[[str], None],
    ) -> None:
        super().__init__(asset, display, now=now, on_secret=on_secret)
        self._words = words
        self._commands = commands
        self._any_moment = any_moment

    @property
    def foresees(self) -> bool:
        """As declared."""
        return self._any_moment

    def code_at(self, moment: datetime) -> str:
        """Return the code of a moment; see `ReadToken.code_at` where not of any moment."""
        if not self._any_moment:
            return super().code_at(moment)
        step = self._display.step(moment)
        if step not in self._noted:
            self._noted[step] = self._read(moment)
            self._on_secret(self._noted[step])
        return self._noted[step]

    def _read(self, now: datetime) -> str:
        """Run the command. Raises `EnvironmentTrouble` or `DeclarationMismatch`."""
        values = {
            "serial": self._asset.serial,
            "unix": str(int(now.timestamp())),
            "step": str(self._display.step(now)),
        }
        printed = self._commands.run(self._words, values, key=_KEY).strip()
        if self._display.fits(printed):
            return printed
        self._on_secret(printed)
        raise DeclarationMismatch(
            expected=f"{_KEY} のコマンドが {self._display.digits} 桁の数字だけを"
            f"標準出力に出すこと（トークン {self._asset.serial}）",
            observed=_described(printed),
            hint=f"宣言の {_KEY} と otp.digits を、コマンドの出力と比べてください。",
        )


def _described(printed: str) -> str:
    """Return what was wrong with an output without showing it."""
    if not printed:
        return "何も出力されませんでした"
    if printed.isascii() and printed.isdigit():
        return f"{len(printed)} 桁の数字が出力されました"
    return f"数字以外を含む {len(printed)} 文字が出力されました"
