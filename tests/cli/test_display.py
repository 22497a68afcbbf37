"""What is on the screen while a run goes on: in a terminal one display, in a log plain lines."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from otp_conformance.cli import console as console_module
from otp_conformance.cli import progress as progress_module
from otp_conformance.cli.console import console_on, echo, hang, table
from otp_conformance.cli.progress import Estimate, Progress, wait_text
from otp_conformance.clock.port import TOKYO
from otp_conformance.clock.real import Waiting
from otp_conformance.journal.events import RunStarted, ScenarioFinished
from otp_conformance.language import Text, speaking
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.verdict.verdict import Verdict

DUE = datetime(2026, 11, 25, 10, 0, tzinfo=TOKYO)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def see(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> None:
    """Print there; pytest itself sets the real streams anew at each phase of a test."""
    streams = SimpleNamespace(stdout=stream, stderr=stream)
    for module in (console_module, progress_module):
        monkeypatch.setattr(module, "sys", streams)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    screen = Terminal()
    see(monkeypatch, screen)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return screen


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    see(monkeypatch, stream)
    return stream


def plan(line: int, name: str = "名前") -> ScenarioPlan:
    return ScenarioPlan(
        scenario_id=f"LGN-01/{line}",
        uri="a.feature",
        line=line,
        scenario_line=line,
        rule_line=0,
        name=name,
        feature="機能",
        rule="",
        chapter="章",
        tags=(),
        requirements=("LGN-01",),
        steps=(),
    )


def header(planned: int) -> RunStarted:
    return RunStarted.model_construct(
        planned=planned,
        repeat=1,
        environment={},
        seed=None,
        sut_name="銀行",
        sut_version="1",
        base_url="http://localhost",
        declaration_file="bank.toml",
        selection="すべて",
    )


def ended(
    of: ScenarioPlan, verdict: Verdict = Verdict.PASS, observed: str = ""
) -> ScenarioFinished:
    return ScenarioFinished(
        at="2026-11-25T10:00:00+09:00",
        scenario_id=of.scenario_id,
        attempt=0,
        verdict=verdict,
        duration_s=1.0,
        observed=observed,
    )


def shown(progress: Progress, width: int = 60) -> str:
    stream = io.StringIO()
    console = console_on(stream)
    console.width = width
    console.print(progress._display.picture())
    return stream.getvalue()


def test_the_display_tells_what_runs_and_how_far_it_is(terminal: Terminal, tmp_path) -> None:
    plans = [plan(n, f"{n} 番め") for n in range(4)]
    with Progress(quiet=True) as progress:
        progress.begun(header(4), tmp_path, plans)
        for one in plans[:2]:
            progress.started(one)
        progress.scenario(plans[0], ended(plans[0], Verdict.FAIL, "だめ"))
        progress.waiting([Waiting(DUE, 30.0)])
        picture = shown(progress)
        assert "1/4" in picture
        assert "× 1" in picture
        assert "▶ 1 番め" in picture
        assert "0 番め" not in picture
        assert "次のワンタイムパスワードまで 30 秒" in picture
        progress.waiting([Waiting(DUE, 0.0)])
        assert "ワンタイム" not in shown(progress)
    assert terminal.getvalue().endswith("\x1b[2K")  # taken away at the end
    assert "\x1b[?25h" in terminal.getvalue()  # the cursor is seen again


@pytest.mark.parametrize("width", [20, 40, 200])
def test_the_display_never_grows_beyond_the_screen(width: int, tmp_path) -> None:
    progress = Progress(quiet=True)
    plans = [plan(n, "とても長い名前のシナリオ" * 9) for n in range(9)]
    progress.begun(header(9), tmp_path, plans)
    for one in plans:
        progress.started(one)
    lines = shown(progress, width).splitlines()
    assert len(lines) == 6
    assert "ほか 5 件" in lines[-1]


def test_no_colour_is_no_escape_but_to_move_the_cursor(terminal, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with Progress(quiet=False) as progress:
        progress.begun(header(1), tmp_path, [plan(1)])
        progress.started(plan(1))
        progress.scenario(plan(1), ended(plan(1)))
    assert not re.search(r"\x1b\[[0-9;]*m", terminal.getvalue())


def test_a_question_stands_alone_on_the_screen(terminal: Terminal, tmp_path) -> None:
    with Progress(quiet=True) as progress:
        progress.begun(header(1), tmp_path, [plan(1)])
        with progress.asking():
            before = terminal.getvalue()
            progress.started(plan(1))
            assert terminal.getvalue() == before
        assert progress._display._live is not None


def test_in_a_log_nothing_moves(log: io.StringIO, tmp_path) -> None:
    with Progress(quiet=False) as progress:
        progress.begun(header(1), tmp_path, [plan(1)])
        progress.started(plan(1, "長い" * 100))
        progress.scenario(plan(1, "長い" * 100), ended(plan(1)))
        progress.notice(Text("知らせ", "notice"))
    assert "\x1b" not in log.getvalue()
    assert "\r" not in log.getvalue()
    assert "長い" * 100 in log.getvalue()  # one line a scenario, however long
    assert "otp-conformance: 知らせ\n" in log.getvalue()


# -- time left ---------------------------------------------------------------


def nothing(_: str) -> float:
    return 0.0


def test_the_time_left_is_told_at_once_and_follows_the_pace() -> None:
    now = [0.0]
    estimate = Estimate(nothing, lambda _: 2.0, lambda: now[0])
    plans = [plan(n) for n in range(100)]
    estimate.begin(plans, total=102, workers=1)
    assert estimate.left_s == pytest.approx(200.0)  # as such scenarios usually take
    for one in plans[:50]:
        now[0] += 6.0
        estimate.ended(one, begun=True)
    assert 200.0 < estimate.left_s < 300.0  # at three times the usual, little by little
    assert estimate.usual_s("LGN-01/60") == pytest.approx(estimate.left_s / 50)
    told = estimate.left_s
    now[0] += 4.0
    assert estimate.left_s == pytest.approx(told - 4.0)  # a clock that goes down, not up


def test_long_scenarios_count_as_long_ones() -> None:
    estimate = Estimate(nothing, {"LGN-01/1": 5.0, "LGN-01/2": 95.0}.__getitem__, lambda: 0.0)
    estimate.begin([plan(1), plan(2)], total=2, workers=1)
    assert estimate.left_s == pytest.approx(100.0)
    estimate.begin([plan(1), plan(2)], total=2, workers=2)
    assert estimate.left_s == pytest.approx(95.0)


def test_time_for_a_persons_answer_is_no_pace(log: io.StringIO, tmp_path) -> None:
    now = [0.0]
    progress = Progress(quiet=True, usual=lambda _: 10.0, monotonic=lambda: now[0])
    progress.begun(header(2), tmp_path, [plan(1), plan(2)])
    with progress.asking():
        now[0] += 3600.0
    now[0] += 10.0
    progress.started(plan(1))
    progress.scenario(plan(1), ended(plan(1)))
    assert progress._estimate.left_s == pytest.approx(10.0)
    assert progress._estimate.elapsed_s == pytest.approx(10.0)


def test_known_waits_are_reckoned_with() -> None:
    now = [0.0]
    hour = 3600.0
    late = {f"LGN-01/{n}" for n in range(5, 9)}
    estimate = Estimate(lambda i: hour if i in late else 0.0, lambda _: 2.0, lambda: now[0])
    plans = [plan(n) for n in range(9)]
    estimate.begin(plans, total=9, workers=2)
    for one in plans[:5]:
        now[0] += 1.0
        estimate.ended(one, begun=True)
    assert estimate.left_s == pytest.approx(2 * hour + 4.0)


def test_in_a_log_the_time_left_is_told_now_and_then(log: io.StringIO, tmp_path) -> None:
    now = [0.0]
    progress = Progress(quiet=True, usual=lambda _: 60.0, monotonic=lambda: now[0])
    plans = [plan(n) for n in range(20)]
    progress.begun(header(20), tmp_path, plans)
    for one in plans[:11]:
        progress.started(one)
        now[0] += 60.0
        progress.scenario(one, ended(one))
    assert log.getvalue().splitlines() == ["5/20 件、あと約 15 分", "10/20 件、あと約 10 分"]


def test_the_head_and_the_running_line_tell_how_long_it_takes(terminal: Terminal, tmp_path) -> None:
    with Progress(quiet=False, usual=lambda _: 60.0, monotonic=lambda: 0.0) as progress:
        progress.begun(header(5), tmp_path, [plan(n) for n in range(5)])
        assert "見込み       約 5 分" in terminal.getvalue()
        progress.started(plan(1))
        assert "▶ 名前  1 秒／約 60 秒" in shown(progress)


# -- waits --------------------------------------------------------------------


def count_down(log: io.StringIO, seconds: int, due: datetime = DUE) -> str:
    with Progress(quiet=True) as progress:
        for left in range(seconds, -1, -1):
            progress.waiting([Waiting(due, float(left))])
    return log.getvalue()


def test_in_a_log_short_waits_are_silent(log: io.StringIO) -> None:
    assert count_down(log, 60) == ""


def test_in_a_log_long_waits_say_so_now_and_then(log: io.StringIO) -> None:
    lines = count_down(log, 25 * 60).splitlines()
    assert [re.search(r"あと (\d+) 分", line)[1] for line in lines] == ["25", "15", "5"]
    assert all(line.startswith("otp-conformance: ") and "11月25日 10:00" in line for line in lines)


def test_each_wait_is_announced_anew(log: io.StringIO) -> None:
    progress = Progress(quiet=True)
    for due in (DUE, DUE + timedelta(hours=1)):
        for left in (300.0, 299.0, 0.0):
            progress.waiting([Waiting(due, left)])
    assert len(log.getvalue().splitlines()) == 2


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "Next one-time password in 1 s"),
        (41.2, "Next one-time password in 41 s"),
        (600.0, "Waiting until 2026-11-25 10:00 at the system (10 min left)"),
        (3600 * 13 + 120, "Waiting until 2026-11-25 10:00 at the system (13 h 2 min left)"),
    ],
)
def test_waits_in_english(seconds: float, text: str) -> None:
    with speaking("en"):
        assert wait_text([Waiting(DUE, seconds)]) == text


# -- lines and tables ---------------------------------------------------------


def test_what_a_product_says_cannot_steer_the_terminal(terminal: Terminal) -> None:
    echo("前\x1b[2J\x07\x9b31m\u202e後")
    printed = terminal.getvalue()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", printed)
    assert "前⟨U+001B⟩[2J⟨U+0007⟩⟨U+009B⟩31m⟨U+202E⟩後" in printed


def test_further_lines_stand_below_the_first(terminal: Terminal) -> None:
    hang("  観測 : ", "値" * 60)
    lines = terminal.getvalue().splitlines()
    assert len(lines) == 3
    assert all(line.startswith(" " * 9 + "値") for line in lines[1:])


def test_columns_are_as_wide_as_their_letters(log: io.StringIO) -> None:
    table([["利用開始", "1"], ["b", "22"]], ["章", "合格"], numbers=True)
    assert log.getvalue().splitlines() == ["章        合格", "利用開始     1", "b           22"]


def test_brackets_and_colons_are_no_markup(log: io.StringIO) -> None:
    echo("[red]a[/red] :smile: [x]")
    assert log.getvalue() == "[red]a[/red] :smile: [x]\n"
