"""Screens that live in a frame: seen and operated there, in a real browser."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.page import Control, Role

pytestmark = pytest.mark.browser

OUTER = '<!doctype html><title>外枠</title><h1>外枠</h1><iframe name="main" src="/in"></iframe>'
INNER = (
    '<!doctype html><meta charset="utf-8"><title>中</title><h1>ログイン</h1>'
    '<form method="post" action="/done"><label>契約者番号<input name="id"></label>'
    "<button>次へ</button></form>"
)


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(INNER if self.path == "/in" else OUTER)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        name = parse_qs(body)["id"][0]
        self._answer(f'<!doctype html><meta charset="utf-8"><h1>ようこそ{name}</h1>')

    def _answer(self, page: str) -> None:
        content = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_the_declared_frame_is_the_site(site: str) -> None:
    agents = BrowserAgents(["127.0.0.1"], frame="main")
    try:
        agent = agents.new()
        agent.open(site)
        assert agent.view().headings == ("ログイン",)
        agent.fill(Control(Role.FIELD, ("契約者番号",)), "太郎")
        agent.press(Control(Role.ACTION, ("次へ",)))
        assert agent.view().headings == ("ようこそ太郎",)
        agent.open(site)
        request = agent.form_request(Control(Role.ACTION, ("次へ",)))
        agent.send(request.with_value("id", "花子"))
        assert agent.view().headings == ("ようこそ花子",)
        assert agent.screenshot()
    finally:
        agents.close()


def test_a_frame_that_nobody_declared_is_read_with_the_page(site: str) -> None:
    agents = BrowserAgents(["127.0.0.1"])
    try:
        agent = agents.new()
        agent.open(site)
        assert agent.view().headings == ("外枠", "ログイン")
        agent.fill(Control(Role.FIELD, ("契約者番号",)), "太郎")
        agent.press(Control(Role.ACTION, ("次へ",)))
        assert agent.view().headings == ("外枠", "ようこそ太郎")
    finally:
        agents.close()
