"""Options for eyes: slow motion, a pause at a failure, traces apart from the reports."""

from __future__ import annotations

import contextlib
import io
import sys

import pytest
from tiny_suite import FAILS, PASSES, FakeBrowser

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.browser.patience import Patience
from otp_conformance.agent.port import AgentOptions
from otp_conformance.cli import watching
from otp_conformance.cli.choosing import agent_words
from otp_conformance.cli.watching import Pause
from otp_conformance.journal.events import ScenarioFinished
from otp_conformance.run.traces import NOTE
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Verdict


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch, display: None) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(watching, "is_terminal", lambda _: True)


def ended(verdict: Verdict) -> ScenarioFinished:
    return ScenarioFinished(
        at="2026-11-25T10:00:00+09:00", scenario_id="LGN-01/1", verdict=verdict, duration_s=1.0
    )


# -- slow motion and a window -------------------------------------------------------


def test_slow_motion_shows_the_browser(cli, suite, display) -> None:
    suite.feature(PASSES)
    code, _, _ = cli("run", "--slow-mo", "250")
    assert code == 0
    assert suite.asked == [AgentOptions(headed=True, slow_mo_ms=250)]
    assert agent_words(suite.asked[0]) == ["--slow-mo", "250"]


@pytest.mark.parametrize(
    "options", [["--headed"], ["--slow-mo", "100"], ["--pause-on-fail"]], ids=lambda o: o[0]
)
def test_without_a_display_nothing_begins(cli, suite, display, monkeypatch, options) -> None:
    monkeypatch.delenv("DISPLAY")
    suite.feature(PASSES)
    code, _, err = cli("run", *options)
    assert code == 2
    assert err.count("\n") == 1
    assert f"{options[0]} には画面が要ります" in err
    assert suite.asked == []
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert "画面が要ります" not in cli("run", *options)[2]


@pytest.mark.parametrize("command", ["check", "explore"])
def test_other_commands_with_a_window_need_a_display_too(
    cli, suite, display, monkeypatch, command
) -> None:
    monkeypatch.delenv("DISPLAY")
    code, _, err = cli(command, "--slow-mo", "100")
    assert (code, "--slow-mo には画面が要ります" in err) == (2, True)


def test_elsewhere_than_on_linux_there_is_a_display(cli, suite, monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delenv("DISPLAY", raising=False)
    suite.feature(PASSES)
    assert cli("run", "--headed")[0] == 0


@pytest.mark.parametrize("option", [["--slow-mo", "1"], ["--trace"], ["--pause-on-fail"]])
def test_they_are_matters_of_the_browser(cli, suite, somebody, option) -> None:
    suite.feature(PASSES)
    code, _, err = cli("run", "--agent", "http", *option)
    assert code == 2
    assert f"{option[0]} はブラウザーを使うとき（--agent browser）だけ使えます。" in err


# -- a pause at a failure ------------------------------------------------------------


def test_it_pauses_where_a_scenario_fails_with_its_world_open(cli, suite, somebody, monkeypatch):
    suite.feature(PASSES, FAILS)
    open_then = []
    worlds = []

    class World(suite.make_world):
        def __init__(self, *args, **kwargs) -> None:
            super().__init__(*args, **kwargs)
            worlds.append(self)

    def paused(self, finished) -> None:
        open_then.append((finished.verdict, not worlds[-1].closed))

    suite.make_world = World
    monkeypatch.setattr(Pause, "__call__", paused)
    assert cli("run", "--pause-on-fail")[0] == 1
    assert open_then == [(Verdict.PASS, True), (Verdict.FAIL, True)]
    assert all(world.closed for world in worlds)
    assert suite.asked == [AgentOptions(headed=True)]


def test_enter_goes_on_and_nothing_else_is_asked_for(monkeypatch) -> None:
    monkeypatch.setattr(watching, "hides_input", lambda: False)
    screen, room = io.StringIO(), []

    @contextlib.contextmanager
    def asking():
        room.append("made")
        yield
        room.append("given back")

    source = io.StringIO("\nnot read\n")
    pause = Pause(asking, source, screen)
    for verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_RUN):
        pause(ended(verdict))
    assert (room, screen.getvalue()) == ([], "")
    pause(ended(Verdict.FAIL))
    assert room == ["made", "given back"]
    assert "LGN-01/1 で止まっています" in screen.getvalue()
    assert source.readline() == "not read\n"


def test_a_ctrl_c_in_the_pause_ends_the_run(cli, suite, somebody, monkeypatch) -> None:
    suite.feature(FAILS, PASSES)

    def interrupted(self, finished) -> None:
        import os
        import signal

        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Pause, "__call__", interrupted)
    code, out, _ = cli("run", "--pause-on-fail")
    assert code == 130
    assert "--resume" in out


@pytest.mark.parametrize("where", ["ci", "no terminal"])
def test_nobody_is_waited_for_where_nobody_is(cli, suite, somebody, monkeypatch, where) -> None:
    suite.feature(PASSES)
    if where == "ci":
        monkeypatch.setenv("CI", "true")
    else:
        monkeypatch.setattr(watching, "is_terminal", lambda _: False)
    code, _, err = cli("run", "--pause-on-fail")
    assert code == 2
    assert "端末の前に人がいるときだけ" in err
    assert suite.asked == []


def test_one_scenario_at_a_time(cli, suite, somebody) -> None:
    suite.feature(PASSES)
    code, _, err = cli("run", "--pause-on-fail", "--workers", "2")
    assert (code, "--workers 1" in err) == (2, True)


# -- traces --------------------------------------------------------------------------


class Traced(FakeBrowser):
    """Writes what it is asked to keep."""

    def __init__(self) -> None:
        super().__init__()
        self.stems = []

    def keep_traces(self, stem):
        self.stems.append(stem)
        if stem is None:
            return ()
        file = stem.with_name(f"{stem.name}-1.zip")
        file.write_bytes(b"PK")
        return (file,)


def test_a_trace_is_kept_apart_for_what_did_not_pass_and_told_of_twice(
    cli, suite, tmp_path
) -> None:
    suite.browser = Traced()
    suite.feature(PASSES, FAILS)
    code, out, err = cli("run", "--trace")
    assert code == 1
    assert "パスワード" in err.splitlines()[0]
    assert "--trace: トレースには" in err.splitlines()[0]
    (run,) = (tmp_path / "reports").glob("2*")
    folder = tmp_path / "reports-traces" / run.name
    assert suite.browser.stems == [None, folder / "LGN-02_1"]
    assert sorted(each.name for each in folder.iterdir()) == ["LGN-02_1-1.zip", NOTE]
    assert f"トレース（秘密を含みます）: {folder}" in out
    assert "show-trace" in out
    note = (folder / NOTE).read_text("utf-8")
    assert "人に渡さず" in note
    assert "Hand it to nobody" in note
    for private in (folder, folder.parent):
        assert private.stat().st_mode & 0o777 == 0o700
    assert (folder.parent / ".gitignore").read_text() == "*\n"
    # Nothing of it is where reports and bundles are made from.
    assert list(run.rglob("*.zip")) == []
    assert "traces" not in (run / "journal.ndjson").read_text("utf-8")


def test_where_all_passes_no_folder_is_made(cli, suite, tmp_path) -> None:
    suite.browser = Traced()
    suite.feature(PASSES)
    code, out, _ = cli("run", "--trace")
    assert (code, "トレース: ありません" in out) == (0, True)
    assert not (tmp_path / "reports-traces").exists()


def test_without_the_option_nothing_is_recorded(cli, suite, tmp_path) -> None:
    suite.browser = Traced()
    suite.feature(FAILS)
    _, out, err = cli("run")
    assert suite.browser.stems == []
    assert "トレース" not in out + err
    assert not suite.asked[0].trace


def test_playwrights_own_command_is_named_as_it_can_be_called(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert watching._playwright() == "playwright"
    (tmp_path / "playwright").touch()
    assert watching._playwright() == str(tmp_path / "playwright")


def test_the_words_for_the_same_again_leave_traces_out() -> None:
    assert agent_words(AgentOptions(AgentKind.HTTP)) == ["--agent", "http"]
    assert agent_words(AgentOptions(headed=True, trace=True)) == ["--headed"]


def test_pauses_made_on_purpose_are_no_impatience(monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(Patience, "_watch", lambda self, done, seconds: seen.append(seconds))
    agents = BrowserAgents([], options=AgentOptions(slow_mo_ms=500))
    with agents._patience.within(10.0):
        pass
    assert seen == [20.0]
