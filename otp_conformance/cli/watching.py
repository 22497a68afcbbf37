"""For eyes on a run: a window, a pause where a scenario failed, traces of what did not pass."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

from otp_conformance.agent.port import AgentOptions
from otp_conformance.cli.console import complain, echo, is_terminal
from otp_conformance.cli.terminal import StdinLines, hides_input
from otp_conformance.errors import UsageError
from otp_conformance.journal.events import ScenarioFinished
from otp_conformance.language import say
from otp_conformance.run.traces import SECRET, kept_traces, traces_of
from otp_conformance.specification.words import AgentKind
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

_STOPS_THE_RUN = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE})


def require_visible(agent: AgentOptions, option_name: str = "--headed") -> None:
    """Raise `UsageError` unless a browser with a window can be shown to somebody."""
    if not agent.headed:
        return
    if agent.slow_mo_ms:
        option_name = "--slow-mo"
    if agent.kind is AgentKind.HTTP:
        raise UsageError(
            f"{option_name} はブラウザーを使うとき（--agent browser）だけ使えます。",
            f"{option_name} works with --agent browser only.",
        )
    displays = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not any(map(os.environ.get, displays)):
        raise UsageError(
            f"{option_name} には画面が要りますが、この端末には画面がありません"
            "（環境変数 DISPLAY も WAYLAND_DISPLAY もありません）。画面のある端末で実行するか、"
            f"{option_name} を外してください。",
            f"{option_name} needs a display, and there is none here (neither DISPLAY nor "
            f"WAYLAND_DISPLAY is set). Run it where there is one, or leave {option_name} out.",
        )


def require_person(workers: int | None) -> int:
    """Return the number of workers where somebody is to press Enter: one.

    Raises `UsageError` for several, and where nobody is there (no terminal, CI).
    """
    if workers is not None and workers > 1:
        raise UsageError(
            "--pause-on-fail は、シナリオを一つずつ進めるとき（--workers 1）だけ使えます。",
            "--pause-on-fail needs --workers 1: one scenario at a time.",
        )
    if os.environ.get("CI") or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise UsageError(
            "--pause-on-fail は、端末の前に人がいるときだけ使えます（CI や、入出力を"
            "つなぎ替えた実行では使えません）。外すか、--trace を使ってください。",
            "--pause-on-fail needs somebody at the terminal: not in CI, nor with redirected "
            "input or output. Leave it out, or use --trace.",
        )
    return 1


class Pause:
    """Waits for Enter where a scenario failed, its browsers left as they are (`AtEnd`).

    ``asking`` makes room on the screen; Ctrl-C ends the run as ever.
    """

    def __init__(
        self,
        asking: Callable[[], AbstractContextManager[None]] = nullcontext,
        source: TextIO | None = None,
        screen: TextIO | None = None,
    ) -> None:
        self._asking = asking
        self._source = source if source is not None else sys.stdin
        self._screen = screen if screen is not None else sys.stderr

    def __call__(self, finished: ScenarioFinished) -> None:
        """Wait, unless nothing went wrong."""
        if finished.verdict not in _STOPS_THE_RUN:
            return
        with self._asking():
            if hides_input():
                StdinLines(self._source).drop()
            told = say(
                f"{finished.scenario_id} で止まっています。ブラウザーはそのままなので、手で操作して"
                "確かめられます。Enter で次へ進み、Ctrl-C で実行を終えます。",
                f"Paused at {finished.scenario_id}. The browser is left as it is, for you to try "
                "things by hand. Enter goes on, Ctrl-C ends the run.",
            )
            self._screen.write(visible(told) + " ")
            self._screen.flush()
            self._source.readline()


def require_traces(agent: AgentOptions) -> None:
    """Say what a trace holds. Raises `UsageError` where there is no browser to trace."""
    if agent.kind is AgentKind.HTTP:
        raise UsageError(
            "--trace はブラウザーを使うとき（--agent browser）だけ使えます。",
            "--trace works with --agent browser only.",
        )
    complain(f"--trace: {SECRET}")


def print_traces(run_dir: Path) -> None:
    """Print where the traces are, and once more what they hold."""
    kept = kept_traces(run_dir)
    folder = traces_of(run_dir)
    if not kept:
        echo(say("トレース: ありません", "Traces: none"))
        return
    echo(
        say(
            f"トレース（秘密を含みます）: {folder}（{len(kept)} 件）",
            f"Traces (with secrets): {folder} ({len(kept)})",
        ),
        "yellow",
    )
    echo(f"  {shlex.join([_playwright(), 'show-trace', str(kept[0])])}")


def _playwright() -> str:
    """Return how to call Playwright's own command: beside the interpreter where it is there."""
    beside = Path(sys.executable).with_name("playwright")
    return str(beside) if beside.exists() else "playwright"
