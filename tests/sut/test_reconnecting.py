"""What may be asked again where a page did not answer for a moment, and what never is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from practice_site import PracticeServer

from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import UserAgent, UserAgents
from otp_conformance.agent.reconnecting import (
    PAUSES_SECONDS,
    Reconnecting,
    Reconnection,
    reconnected,
)
from otp_conformance.verdict.outcome import EnvironmentTrouble

PAGE = """<!doctype html><title>入口</title><h1>入口</h1>
<a href="/moody">申請</a><form method="post" action="/moody"><button>申込</button></form>"""
MENU = Control(Role.ACTION, ("申請",), leads_only=True)
LINK = Control(Role.ACTION, ("申請",))
FORM_MENU = Control(Role.ACTION, ("申込",), leads_only=True)


class Watch:
    """Stands in for the machine's time, and hears what is told."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.told: list[Reconnection] = []
        self.reconnecting = Reconnecting(self.pauses.append)
        self.reconnecting.begin_step(self.told.append)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def steady(agents: UserAgents, watch: Watch, server: PracticeServer) -> UserAgent:
    server.extra = PAGE
    return reconnected(agents, watch.reconnecting).new()


def asked(server: PracticeServer) -> list[str]:
    return [method for method, path, _ in server.requests if path == "/moody"]


@pytest.mark.parametrize("mood", ["reset", "502", "503", "504"])
def test_an_address_is_asked_for_again(
    steady: UserAgent, watch: Watch, server: PracticeServer, mood: str
) -> None:
    server.moods = [mood, mood]
    steady.open(f"{server.url}/moody")
    assert steady.view().http_status == 200
    assert asked(server).count("GET") >= 3  # a browser tries a reset once more by itself
    assert [told.number for told in watch.told][: len(PAUSES_SECONDS)] == [1, 2][: len(watch.told)]
    assert watch.told
    assert watch.pauses == list(PAUSES_SECONDS[: len(watch.told)])


def test_and_only_so_often(steady: UserAgent, watch: Watch, server: PracticeServer) -> None:
    server.moods = ["503"] * 9
    with pytest.raises(EnvironmentTrouble, match="503"):
        steady.open(f"{server.url}/moody")
    assert asked(server) == ["GET"] * 3
    assert watch.pauses == list(PAUSES_SECONDS) == sorted(PAUSES_SECONDS)
    assert all("503" in told.why for told in watch.told)


def test_a_menu_item_leads_there_in_the_end(
    steady: UserAgent, watch: Watch, server: PracticeServer
) -> None:
    steady.open(f"{server.url}/labelled")
    server.moods = ["503"]
    steady.press(MENU)
    assert steady.view().address == f"{server.url}/moody"
    assert (steady.view().http_status, len(watch.told)) == (200, 1)
    steady.back()
    assert steady.view().headings == ("入口",)


@pytest.mark.parametrize("mood", ["reset", "503"])
def test_after_a_cut_menu_item_the_way_back_is_as_ever(
    steady: UserAgent, server: PracticeServer, mood: str
) -> None:
    steady.open(f"{server.url}/labelled")
    server.moods = [mood] * 2
    steady.press(MENU)
    assert steady.view().address == f"{server.url}/moody"


@pytest.mark.parametrize("control", [FORM_MENU, LINK], ids=["form", "no menu"])
def test_what_may_have_submitted_is_never_repeated(
    steady: UserAgent, watch: Watch, server: PracticeServer, control: Control
) -> None:
    steady.open(f"{server.url}/labelled")
    server.moods = ["503"] * 3
    with pytest.raises(EnvironmentTrouble, match="503"):
        steady.press(control)
    assert len(asked(server)) == 1
    assert not watch.told


def test_nor_what_is_read_after_a_change_in_the_same_step(
    steady: UserAgent, watch: Watch, server: PracticeServer
) -> None:
    steady.open(f"{server.url}/labelled")
    steady.press(LINK)
    server.moods = ["503"] * 2
    with pytest.raises(EnvironmentTrouble, match="503"):
        steady.open(f"{server.url}/moody")
    assert not watch.told
    watch.reconnecting.begin_step(watch.told.append)
    steady.open(f"{server.url}/moody")
    assert len(watch.told) == 1


def test_an_error_of_the_site_itself_is_final(
    steady: UserAgent, watch: Watch, server: PracticeServer
) -> None:
    server.moods = ["500"]
    with pytest.raises(EnvironmentTrouble, match="500"):
        steady.open(f"{server.url}/moody")
    assert not watch.told


class _Back(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("<title>復帰</title><h1>復帰</h1>".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Restart:
    """A site that is away until somebody has waited for it."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.server: HTTPServer | None = None

    def come_back(self, _: float) -> None:
        if self.server is None:
            self.server = HTTPServer(("127.0.0.1", self.port), _Back)
            threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def restart() -> Iterator[Restart]:
    site = Restart()
    yield site
    if site.server is not None:
        site.server.shutdown()
        site.server.server_close()


def test_a_site_that_restarts_is_read_once_it_is_back(agents: UserAgents, restart: Restart) -> None:
    told: list[Reconnection] = []
    reconnecting = Reconnecting(restart.come_back)
    reconnecting.begin_step(told.append)
    person = reconnected(agents, reconnecting).new()
    person.open(f"http://127.0.0.1:{restart.port}/")
    assert person.view().headings == ("復帰",)
    assert [each.number for each in told] == [1]
    person.close()
