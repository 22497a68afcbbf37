"""The person at the terminal, where one reads tokens or acts as staff (port)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from otp_conformance.verdict.outcome import NotRun

Ask = Callable[[int], str]
"""Makes a question's text from the whole seconds that remain."""


class Prompter(Protocol):
    """Asks a person. Nothing that is typed is ever written down here."""

    @property
    def interactive(self) -> bool:
        """Whether somebody can see a question and type an answer."""

    def tell(self, text: str) -> None:
        """Show a line."""

    def ask(self, text: Ask, *, seconds: float, hidden: bool = False) -> str | None:
        """Return the line typed, without blanks around it; None when time ran out.

        ``text`` is shown anew as the seconds go by. ``hidden``: the input is
        not shown. None also when the input has ended.
        """


class NobodyThere:
    """A run without a terminal (port `Prompter`)."""

    @property
    def interactive(self) -> bool:
        """Nobody answers."""
        return False

    def tell(self, text: str) -> None:
        """Drop the line: nobody reads it."""

    def ask(self, _text: Ask, *, seconds: float, hidden: bool = False) -> str | None:
        """Return None: nobody answers."""
        return None


def require_person(prompter: Prompter, key: str, task: str) -> None:
    """Raise `NotRun` unless somebody is there for a task that a declared ``key`` gives people."""
    if prompter.interactive:
        return
    raise NotRun(
        expected=f"人が操作すること：{task}",
        observed=f"宣言の {key} は person ですが、端末に人がいない実行です",
        hint=f"端末から対話で実行するか、{key} を人の要らない方法にしてください。",
    )


def unanswered(task: str, seconds: float) -> NotRun:
    """Return the outcome for a task that nobody has answered in time."""
    return NotRun(
        expected=f"人が操作すること：{task}",
        observed=f"{seconds:.0f} 秒のうちに応答がありませんでした",
        hint="画面の前で、そのシナリオをもう一度実施してください。",
    )
