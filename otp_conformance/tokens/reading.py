"""Tokens whose seed nobody knows: their display is read, by a command or by a person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime

from otp_conformance.calls.person import Prompter, require_person, unanswered
from otp_conformance.clock.port import require_aware
from otp_conformance.commands import Commands
from otp_conformance.language import say
from otp_conformance.text import normalise
from otp_conformance.tokens.port import Display, TokenAsset
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, NotRun

_KIND_KEY = "adapters.tokens.kind"
_COMMAND_KEY = "adapters.tokens.command"
Now = Callable[[], datetime]


class ReadToken(ABC):
    """A token whose seed nobody knows (port `TokenDevice`).

    ``now``: the time at the system, in whose steps the callers count. What has
    been read once is remembered for the run. ``on_secret`` is told every code
    before it is returned.
    """

    def __init__(
        self, asset: TokenAsset, display: Display, *, now: Now, on_secret: Callable[[str], None]
    ) -> None:
        self._asset = asset
        self._display = display
        self._now = now
        self._on_secret = on_secret
        self._noted: dict[int, str] = {}

    @property
    def asset(self) -> TokenAsset:
        """What is printed on the token."""
        return self._asset

    @property
    def foresees(self) -> bool:
        """Nobody sees tomorrow's codes on a display."""
        return False

    def code_at(self, moment: datetime) -> str:
        """Return the code of a moment's time step.

        Raises `NotRun` for another step than the present one unless it was
        read in time, `EnvironmentTrouble` when the step ended while reading.
        """
        wanted = self._display.step(require_aware(moment))
        if wanted in self._noted:
            return self._noted[wanted]
        now = self._now()
        present = self._display.step(now)
        if wanted != present:
            raise self._unknowable(wanted - present)
        code = self._read(now)
        self._on_secret(code)
        if self._display.step(self._now()) != present:
            raise EnvironmentTrouble(
                expected=f"トークン {self._asset.serial} の値が、表示されている間に読めること",
                observed="読んでいる間に次の値に変わりました",
                hint="表示が変わった直後から読めるよう、そのシナリオをもう一度実施してください。",
            )
        self._noted[present] = code
        return code

    @abstractmethod
    def _read(self, now: datetime) -> str:
        """Return what is displayed at the present moment."""

    def _unknowable(self, offset: int) -> NotRun:
        when = f"{abs(offset)} 個{'先' if offset > 0 else '前'}の時間ステップ"
        return NotRun(
            expected=f"トークン {self._asset.serial} の{when}の値が分かること",
            observed="表示を読むトークン（command、person）で分かるのは、いまの値と、"
            "この実行で読んだ値だけです",
            hint="種の分かるトークン（simulated か pskc）を宣言すると実施できます。",
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._asset.kind.value}, serial={self._asset.serial})"


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
        printed = self._commands.run(self._words, values, key=_COMMAND_KEY).strip()
        if self._display.fits(printed):
            return printed
        self._on_secret(printed)
        raise DeclarationMismatch(
            expected=f"{_COMMAND_KEY} のコマンドが {self._display.digits} 桁の数字だけを"
            f"標準出力に出すこと（トークン {self._asset.serial}）",
            observed=_described(printed),
            hint=f"宣言の {_COMMAND_KEY} と otp.digits を、コマンドの出力と比べてください。",
        )


def _described(printed: str) -> str:
    """Return what was wrong with an output without showing it."""
    if not printed:
        return "何も出力されませんでした"
    if printed.isascii() and printed.isdigit():
        return f"{len(printed)} 桁の数字が出力されました"
    return f"数字以外を含む {len(printed)} 文字が出力されました"


class PersonToken(ReadToken):
    """Asks for the displayed code, with the seconds that it stays on the display."""

    def __init__(
        self,
        asset: TokenAsset,
        display: Display,
        prompter: Prompter,
        *,
        now: Now,
        on_secret: Callable[[str], None],
    ) -> None:
        super().__init__(asset, display, now=now, on_secret=on_secret)
        self._prompter = prompter

    def _read(self, now: datetime) -> str:
        """Ask until the digits fit or the display changes; see `require_person`, `unanswered`."""
        task = f"シリアル番号 {self._asset.serial} のトークンの値を入力する"
        require_person(self._prompter, _KIND_KEY, task)
        remaining = whole = self._display.remaining(now)
        while remaining > 0:
            answer = self._prompter.ask(self._question, seconds=remaining, hidden=True)
            if answer is None:
                break
            typed = normalise(answer)
            if self._display.fits(typed):
                return typed
            self._on_secret(answer)
            digits = self._display.digits
            self._prompter.tell(
                say(
                    f"{digits} 桁の数字ではありません。もう一度入力してください。",
                    f"Not {digits} digits. Please enter them again.",
                )
            )
            remaining = whole - (self._now() - now).total_seconds()
        raise unanswered(task, whole)

    def _question(self, seconds: int) -> str:
        serial = self._asset.serial
        return say(
            f"シリアル番号 {serial} のトークンに表示された値を入力してください"
            f"（残り {seconds} 秒）：",
            f"Enter what the token with serial {serial} displays ({seconds} s left):",
        )
