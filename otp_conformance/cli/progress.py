"""What a person sees while a run goes on: one line for each scenario as it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from otp_conformance.cli.columns import pad
from otp_conformance.journal.events import RunStarted, ScenarioFinished
from otp_conformance.language import Text, current, say
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.words import FAST_AGENT_REMARK, AgentKind
from otp_conformance.verdict.verdict import Cause, Verdict

_MARKS = {
    Verdict.PASS: ("○", "green"),
    Verdict.NOT_APPLICABLE: ("－", "bright_black"),
    Verdict.NOT_RUN: ("・", "yellow"),
    Verdict.INCONCLUSIVE: ("△", "yellow"),
    Verdict.FAIL: ("×", "red"),
}
_CAUSES_EN = {
    Cause.PRODUCT: "product",
    Cause.DECLARATION: "declaration",
    Cause.ENVIRONMENT: "environment",
    Cause.SUITE: "suite",
}


def colours() -> bool:
    """Tell whether to colour: on a terminal, unless NO_COLOR is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def echo(text: str, colour: str | None = None, *, bold: bool = False) -> None:
    """Print a line; colours only where they are wanted."""
    if colours() and (colour or bold):
        text = click.style(text, fg=colour, bold=bold)
    click.echo(text, color=colours())


def verdict_word(verdict: Verdict) -> str:
    """Return the verdict's word in the current language."""
    return verdict.ja if current() == "ja" else verdict.en


def cause_word(cause: Cause) -> str:
    """Return the cause's word in the current language."""
    return cause.ja if current() == "ja" else _CAUSES_EN[cause]


def _fast(header: RunStarted) -> bool:
    return header.environment.get("agent") == AgentKind.HTTP


def _agent(header: RunStarted) -> str:
    kind = AgentKind(header.environment.get("agent", AgentKind.BROWSER))
    product = header.environment.get("browser", "—")
    return say(f"{kind.text.ja}: {product}", f"{kind.text.en}: {product}")


def _order(header: RunStarted) -> list[tuple[str, str]]:
    rows = []
    if header.seed is not None:
        order = say("乱数による（--shuffle ", "random (--shuffle ") + str(header.seed)
        rows.append((say("順番", "Order"), order + say("）", ")")))
    if header.repeat > 1:
        times = say(f"各シナリオを {header.repeat} 回", f"each scenario {header.repeat} times")
        rows.append((say("繰り返し", "Repeat"), times))
    return rows


class Progress:
    """An `Observer` that prints. ``quiet``: only what is not a pass."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._total = 0
        self._repeated = False
        self._wanted = 1
        self._done = 0
        self._same_reason = ""
        self._collapsed = 0

    def begun(self, header: RunStarted, run_dir: Path) -> None:
        """Print what is tested, with what, and how much."""
        self._total = header.planned * header.repeat
        self._repeated = header.repeat > 1
        self._wanted = header.repeat
        if self._quiet:
            return
        rows = [
            (say("検査対象", "System"), f"{header.sut_name} {header.sut_version}"),
            (say("アドレス", "Address"), header.base_url),
            (say("実装宣言", "Declaration"), header.declaration_file),
            (say("使うもの", "Agent"), _agent(header)),
            (
                say("シナリオ", "Scenarios"),
                say(f"{header.planned} 件（条件: ", f"{header.planned} (selection: ")
                + say(f"{header.selection}）", f"{header.selection})"),
            ),
            *_order(header),
            (say("記録", "Folder"), str(run_dir)),
        ]
        for name, value in rows:
            echo(f"{pad(name, 12)} {value}")
        if _fast(header):
            echo(str(FAST_AGENT_REMARK), "yellow")
        echo("")

    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        """Print how a scenario ended; what is not a pass with its details at once."""
        self._done += 1
        verdict = finished.verdict
        if verdict is Verdict.NOT_RUN and finished.observed == self._same_reason:
            self._collapsed += 1
            return
        self.flush()
        self._same_reason = finished.observed if verdict is Verdict.NOT_RUN else ""
        if self._quiet and verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE}:
            return
        mark, colour = _MARKS[verdict]
        word = verdict_word(verdict)
        if finished.suite_fault:
            word = say("試験装置異常", "suite fault")
        self._total = max(self._total, self._done)  # further attempts come on top
        total = str(self._total)
        count = f"[{self._done:>{len(total)}}/{total}]"
        ids = ",".join(plan.requirements) or "—"
        seconds = say(f"{finished.duration_s:.1f} 秒", f"{finished.duration_s:.1f} s")
        took = f"  {seconds}" if finished.duration_s else ""
        nth = ""
        if finished.attempt >= self._wanted:
            nth = say("（やり直し）", " (anew)")
        elif self._repeated:
            nth = say(f"（{finished.attempt + 1} 回目）", f" (attempt {finished.attempt + 1})")
        echo(f"{count} {mark} {pad(word, 8)} {ids}  {plan.name}{nth}{took}", colour)
        if verdict is not Verdict.PASS:
            self._details(plan, finished)

    def notice(self, text: Text) -> None:
        """Print something worth knowing on the error stream."""
        self.flush()
        click.echo(f"otp-conformance: {text}", err=True)

    def flush(self) -> None:
        """Say how many scenarios were left out for the reason told last."""
        if self._collapsed:
            echo(
                say(
                    f"        ほか {self._collapsed} 件も同じ理由で未実施",
                    f"        and {self._collapsed} more for the same reason",
                )
            )
        self._collapsed = 0

    def _details(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        rows = [
            (say("原因", "cause"), cause_word(finished.cause) if finished.cause else ""),
            (say("手順", "step"), finished.failing_step),
            (say("期待", "expected"), finished.expected),
            (say("観測", "observed"), finished.observed),
            (say("対処", "next"), finished.hint),
            (say("場所", "where"), plan.scenario_id),
        ]
        for name, value in rows:
            if value:
                indented = value.replace("\n", "\n" + " " * 21)
                echo(f"        {pad(name, 10)} : {indented}")
