"""A token that a person reads aloud to the keyboard (port `TokenDevice`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from otp_conformance.calls.person import Prompter, require_person, unanswered
from otp_conformance.language import say
from otp_conformance.text import normalise
from otp_conformance.tokens.port import TokenAsset
from otp_conformance.tokens.reading import Display, Now, ReadToken

_KEY = "adapters.tokens.kind"


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
        require_person(self._prompter, _KEY, task)
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
