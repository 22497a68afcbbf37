"""What a person sees while a run goes on: a line as each scenario ends, and one live display.

On a terminal the last lines of the screen tell how far the run is, what runs
now, how long it will take and what is waited for. Elsewhere there are plain
lines only, and one now and then while a wait goes on.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.cells import cell_len
from rich.console import Group
from rich.constrain import Constrain
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text as Line

from otp_conformance.cli.console import (
    MARKS,
    captions,
    cause_word,
    complain,
    console_on,
    duration,
    echo,
    give_back,
    hang,
    is_terminal,
    pad,
    take_over,
    verdict_word,
)
from otp_conformance.cli.failure import Failures
from otp_conformance.clock.real import Waiting
from otp_conformance.journal.events import RunStarted, ScenarioFinished
from otp_conformance.language import Text, say
from otp_conformance.report.card import FAILURES
from otp_conformance.run.durations import TRUSTED_SECONDS, SecondsOf
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.words import FAST_AGENT_REMARK, AgentKind
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

_ID_WIDTH = len("LCK-01/10.10")

_SELECTION_SHOWN = 120  # characters
_MOST_SHOWN = 4
_WIDEST_BAR = 24
_ROOM_FOR_KEYS = 4
_ONE_SECOND = 1.0
# Without a terminal: shorter waits are not worth a line, longer ones one from time to time.
_WORTH_A_LINE_SECONDS = 90
_BETWEEN_LINES_SECONDS = 600
_BETWEEN_ESTIMATES_SECONDS = 300


class Progress:
    """An `Observer` that prints. ``quiet``: only what is not a pass.

    Used in a ``with`` block, which takes the display away at its end.
    ``waits`` lets it reckon with time that scenarios wait for, ``usual`` with how long they
    take besides; ``failures`` makes the card of what did not pass.
    """

    def __init__(
        self,
        *,
        quiet: bool,
        waits: SecondsOf = lambda _: 0.0,
        usual: SecondsOf = lambda _: _ONE_SECOND,
        failures: Failures | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._quiet = quiet
        self._failures = failures
        self._repeated = False
        self._wanted = 1
        self._done = 0
        self._same_reason = ""
        self._collapsed = 0
        self._estimate = Estimate(waits, usual, monotonic)
        self._told_left_at = 0.0
        self._display = Display(self._estimate)
        self._wait_log = WaitLog()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._display.stop()
        self.flush()

    # -- the run tells (`Observer`) -----------------------------------------

    def begun(self, header: RunStarted, run_dir: Path, left: Sequence[ScenarioPlan]) -> None:
        """Print what is tested, with what, and how much."""
        self._estimate.begin(
            left,
            total=header.planned * header.repeat,
            workers=int(header.environment.get("workers", "1")),
        )
        if self._failures is not None:
            self._failures.begun(run_dir)
        self._repeated = header.repeat > 1
        self._wanted = header.repeat
        self._told_left_at = self._estimate.now()
        if not self._quiet:
            _print_header(header, run_dir, self._estimate.left_s)
        self._display.start()

    def started(self, plan: ScenarioPlan) -> None:
        """Show that a scenario runs."""
        self._display.running[plan.scenario_id] = (plan.name, self._estimate.now())

    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        """Print how a scenario ended; what is not a pass with its details at once."""
        self._done += 1
        verdict = finished.verdict
        begun = self._display.running.pop(plan.scenario_id, None) is not None
        self._display.counts[verdict] += 1
        self._estimate.ended(plan, begun=begun)
        self._tell_verdict(plan, finished)
        self._tell_time_left()

    def _tell_verdict(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        verdict = finished.verdict
        if verdict is Verdict.NOT_RUN and finished.observed == self._same_reason:
            self._collapsed += 1
            return
        self.flush()
        self._same_reason = finished.observed if verdict is Verdict.NOT_RUN else ""
        if self._quiet and verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE}:
            return
        mark, colour = MARKS[verdict]
        word = verdict_word(verdict)
        if finished.suite_fault:
            word = say("試験装置異常", "suite fault")
        total = str(self._estimate.total)
        count = f"[{self._done:>{len(total)}}/{total}]"
        called = f"{pad(plan.scenario_id, _ID_WIDTH)} {plan.name}"
        seconds = say(f"{finished.duration_s:.1f} 秒", f"{finished.duration_s:.1f} s")
        took = f"  {seconds}" if finished.duration_s else ""
        nth = ""
        if finished.attempt >= self._wanted:
            nth = say("（やり直し）", " (anew)")
        elif self._repeated:
            nth = say(f"（{finished.attempt + 1} 回目）", f" (attempt {finished.attempt + 1})")
        head = f"{count} {mark} {pad(word, _widest_word())} "
        hang(head, f"{called}{nth}{took}", colour)
        if verdict is not Verdict.PASS:
            _print_details(plan, finished, self._card(plan, finished))
        if self._failures is not None:
            self._failures.forget(plan.scenario_id)

    def _card(self, plan: ScenarioPlan, finished: ScenarioFinished) -> list[tuple[str, str]]:
        if self._failures is None or finished.verdict not in FAILURES:
            return []
        return self._failures.rows(plan, finished)

    def _tell_time_left(self) -> None:
        """Where no screen is, write from time to time how long the rest will take."""
        now = self._estimate.now()
        if is_terminal(sys.stdout) or now - self._told_left_at < _BETWEEN_ESTIMATES_SECONDS:
            return
        left = self._estimate.left_s  # looks at all that is left, so not at each end
        if left is None:
            return
        self._told_left_at = now
        done, total, about = self._done, self._estimate.total, duration(left)
        echo(say(f"{done}/{total} 件、あと約 {about}", f"{done} of {total}, about {about} left"))

    def notice(self, text: Text) -> None:
        """Print something worth knowing on the error stream."""
        self.flush()
        complain(str(text))

    def flush(self) -> None:
        """Say how many scenarios were left out for the reason told last."""
        if self._collapsed:
            count, self._collapsed = self._collapsed, 0
            echo(
                say(
                    f"        ほか {count} 件も同じ理由で未実施",
                    f"        and {count} more for the same reason",
                )
            )

    # -- waits and questions --------------------------------------------------

    def waiting(self, waits: Sequence[Waiting]) -> None:
        """Show the next end of the waits that go on side by side; none: nothing is waited for."""
        going_on = [wait for wait in waits if wait.left_seconds > 0]
        self._display.wait = wait_text(going_on) if going_on else ""
        if not is_terminal(sys.stdout):
            self._wait_log.tell(going_on)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Take the display away while a person is asked something."""
        shown = self._display.stop()
        try:
            with self._estimate.standing_still():
                yield
        finally:
            if shown:
                self._display.start()


class Estimate:
    """How much is done, and how long the rest will take.

    ``waits``: a scenario's seconds for real time; ``usual``: those that it takes besides.
    """

    def __init__(self, waits: SecondsOf, usual: SecondsOf, monotonic: Callable[[], float]) -> None:
        self.now = monotonic
        self.total = 0
        self.done = 0
        self._waits = waits
        self._usual = usual
        self._workers = 1
        self._begun_at = self._ended_at = monotonic()
        self._expected = self._waited = 0.0
        self._left: Counter[str] = Counter()
        self._wait_of: dict[str, float] = {}

    def begin(self, left: Sequence[ScenarioPlan], *, total: int, workers: int) -> None:
        """Begin with what is to be carried out, out of so many that will be told of."""
        self.total, self._workers, self._begun_at = total, workers, self.now()
        self._ended_at = self._begun_at
        self._left = Counter(plan.scenario_id for plan in left)
        self._wait_of = {plan.scenario_id: self._waits(plan.scenario_id) for plan in left}

    def ended(self, plan: ScenarioPlan, *, begun: bool) -> None:
        """Take note that one was told of; ``begun``: it was carried out."""
        self.done += 1
        self.total = max(self.total, self.done)  # further attempts come on top
        if begun:
            self._ended_at = self.now()
            self._expected += self._usual(plan.scenario_id)
            self._waited += self._wait_of.get(plan.scenario_id, 0.0)
        self._left[plan.scenario_id] -= 1

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Leave the time of a ``with`` block out: a person was asked something."""
        began = self.now()
        try:
            yield
        finally:
            away = self.now() - began
            self._begun_at += away
            self._ended_at += away

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return self.now() - self._begun_at

    @property
    def pace(self) -> float:
        """How much longer scenarios take than they usually do, by what has ended."""
        spent = (self._ended_at - self._begun_at) * self._workers - self._waited
        return (max(spent, 0.0) + TRUSTED_SECONDS) / (self._expected + TRUSTED_SECONDS)

    @property
    def left_s(self) -> float | None:
        """Seconds until the end, by usual durations, this run's pace and known waits.

        None when nothing is left.
        """
        left = +self._left
        if not left:
            return None
        waits = {i: self._wait_of.get(i, 0.0) for i in left}
        waited = max(
            max(waits.values()), sum(n * waits[i] for i, n in left.items()) / self._workers
        )
        usual = {i: self._usual(i) for i in left}
        working = max(
            max(usual.values()), sum(n * usual[i] for i, n in left.items()) / self._workers
        )
        return max(self.pace * working + waited - (self.now() - self._ended_at), _ONE_SECOND)

    def usual_s(self, scenario_id: str) -> float:
        """Seconds that a scenario will take, by its usual duration and this run's pace."""
        return self.pace * self._usual(scenario_id) + self._wait_of.get(scenario_id, 0.0)


class Display:
    """The last lines of the screen while a run goes on."""

    def __init__(self, estimate: Estimate) -> None:
        self.running: dict[str, tuple[str, float]] = {}
        self.counts: Counter[Verdict] = Counter()
        self.wait = ""
        self._estimate = estimate
        self._live: Live | None = None

    def start(self) -> None:
        """Show it, where there is a terminal that can move its cursor."""
        console = console_on(sys.stdout)
        if not console.is_terminal or console.is_dumb_terminal or self._live is not None:
            return
        self._live = Live(
            console=console,
            get_renderable=self.picture,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()
        take_over(console)

    def stop(self) -> bool:
        """Take it away; return whether it was there."""
        live, self._live = self._live, None
        if live is None:
            return False
        give_back()
        live.stop()
        return True

    def picture(self) -> Constrain:
        """Return what is on display now, with room for the ^C that a terminal shows."""
        console = self._live.console if self._live else console_on(sys.stdout)
        return Constrain(Group(*self._lines()), console.width - _ROOM_FOR_KEYS)

    def _lines(self) -> Iterator[Table | Line]:
        if self._estimate.total:
            yield self._bar()
        running = list(self.running.items())
        for scenario_id, (name, since) in running[:_MOST_SHOWN]:
            took = duration(self._estimate.now() - since)
            usual = duration(self._estimate.usual_s(scenario_id))
            of = say(f"{took}／約 {usual}", f"{took} of about {usual}")
            yield _cut(f"  ▶ {visible(name)}  {of}")
        if len(running) > _MOST_SHOWN:
            more = len(running) - _MOST_SHOWN
            yield _cut(say(f"    ほか {more} 件", f"    and {more} more"))
        if self.wait:
            yield _cut(f"  {self.wait}")

    def _bar(self) -> Table:
        done, total = self._estimate.done, self._estimate.total
        row = Table.grid(padding=(0, 1))
        row.add_column(max_width=_WIDEST_BAR)
        row.add_column(no_wrap=True, overflow="ellipsis")
        left = self._estimate.left_s
        told = [
            f"{done}/{total}",
            *(
                f"{MARKS[verdict][0]} {self.counts[verdict]}"
                for verdict in reversed(Verdict)
                if self.counts[verdict]
            ),
        ]
        if left is not None:
            about = duration(left)
            told.append(say(f"あと約 {about}", f"about {about} left"))
        elapsed = duration(self._estimate.elapsed_s)
        told.append(say(f"経過 {elapsed}", f"{elapsed} so far"))
        row.add_row(ProgressBar(total=total, completed=done, width=_WIDEST_BAR), "  ".join(told))
        return row


class WaitLog:
    """Where no screen is: a line for a long wait, and again from time to time."""

    def __init__(self) -> None:
        self._due: datetime | None = None
        self._told_at = 0.0

    def tell(self, waits: Sequence[Waiting]) -> None:
        """Write a line if it is time for one."""
        if waits and self._is_worth_a_line(_first(waits)):
            complain(wait_text(waits))

    def _is_worth_a_line(self, waiting: Waiting) -> bool:
        left = waiting.left_seconds
        if waiting.due != self._due:
            self._due, self._told_at = waiting.due, float("inf")
        if self._told_at == float("inf") and left < _WORTH_A_LINE_SECONDS:
            return False
        if self._told_at - left < _BETWEEN_LINES_SECONDS:
            return False
        self._told_at = left
        return True


def wait_text(waits: Sequence[Waiting]) -> str:
    """Return what is waited for: the first of several."""
    first = _first(waits)
    left = duration(first.left_seconds)
    if first.left_seconds <= _WORTH_A_LINE_SECONDS:
        told = say(f"次のワンタイムパスワードまで {left}", f"Next one-time password in {left}")
    else:
        told = say(
            f"検査対象の時刻が {first.due:%m月%d日 %H:%M} になるまで待っています（あと {left}）",
            f"Waiting until {first.due:%Y-%m-%d %H:%M} at the system ({left} left)",
        )
    if len(waits) == 1:
        return told
    return say(f"{len(waits)} 件が待機中。早いものは、", f"{len(waits)} waiting; first: ") + told


def _first(waits: Sequence[Waiting]) -> Waiting:
    return min(waits, key=lambda waiting: waiting.left_seconds)


def _widest_word() -> int:
    """Return how many cells the longest verdict takes in the current language."""
    return max(cell_len(verdict_word(verdict)) for verdict in Verdict)


def _cut(text: str) -> Line:
    """Return one line that ends where the screen does."""
    return Line(text, no_wrap=True, overflow="ellipsis")


def _print_header(header: RunStarted, run_dir: Path, left: float | None) -> None:
    kind = AgentKind(header.environment.get("agent", AgentKind.BROWSER))
    product = header.environment.get("browser", "—")
    order = say(f"乱数による（--shuffle {header.seed}）", f"random (--shuffle {header.seed})")
    times = say(f"各シナリオを {header.repeat} 回", f"each scenario {header.repeat} times")
    selection = header.selection
    if len(selection) > _SELECTION_SHOWN:  # hundreds of ids would push the verdicts out of sight
        selection = f"{selection[:_SELECTION_SHOWN]}…"
    rows = [
        (say("検査対象", "System"), f"{header.sut_name} {header.sut_version}"),
        (say("アドレス", "Address"), header.base_url),
        (say("実装宣言", "Declaration"), header.declaration_file),
        (say("使うもの", "Agent"), f"{kind.text}: {product}"),
        (
            say("シナリオ", "Scenarios"),
            say(
                f"{header.planned} 件（条件: {selection}）",
                f"{header.planned} (selection: {selection})",
            ),
        ),
        (say("見込み", "Takes"), say("約 ", "about ") + duration(left) if left else ""),
        (say("順番", "Order"), "" if header.seed is None else order),
        (say("繰り返し", "Repeat"), times if header.repeat > 1 else ""),
        (say("記録", "Folder"), str(run_dir)),
    ]
    captions(rows)
    if kind is AgentKind.HTTP:
        echo(str(FAST_AGENT_REMARK), "yellow")
    echo("")


def _print_details(
    plan: ScenarioPlan, finished: ScenarioFinished, card: Sequence[tuple[str, str]]
) -> None:
    """Print the failure card, or the end of what ended for a reason of its own."""
    cause = (say("原因", "cause"), cause_word(finished.cause) if finished.cause else "")
    place = (say("場所", "where"), plan.place)
    rows = [
        (say("手順", "step"), finished.failing_step),
        (say("期待", "expected"), finished.expected),
        (say("観測", "observed"), finished.observed),
        (say("対処", "next"), finished.hint),
        (say("要件", "verifies"), ",".join(plan.requirements)),
    ]
    cells = 8 if not card else max(cell_len(caption) for caption, _ in card)
    captions([cause, *(card or rows), place], indent=8, cells=cells, gap=" : ")
