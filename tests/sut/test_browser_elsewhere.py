"""A browser behind a Playwright server: the same hands and eyes, and the same wall.

The server takes a few seconds to start: once for all tests here.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.browser.elsewhere import connect
from otp_conformance.agent.browser.launch import HEADLESS_ONLY, WITH_WINDOW
from otp_conformance.agent.port import AgentOptions
from otp_conformance.agent.trouble import BrowserMissing
from otp_conformance.errors import UsageError
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server around a browser of this machine, and return its address."""
    found = next(filter(None, map(shutil.which, (HEADLESS_ONLY, *WITH_WINDOW))), None)
    settings = {"host": "127.0.0.1", "wsPath": "/himitsu", "args": ["--no-sandbox"]}
    config = tmp_path_factory.mktemp("server") / "config.json"
    more = {"executablePath": found} if found else {}
    config.write_text(json.dumps(settings | more), encoding="utf-8")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "playwright", "launch-server"),
            *("--browser", "chromium", "--config", str(config)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        family = [*psutil.Process(process.pid).children(recursive=True), process]
        for each in family:  # the command starts the driver as a process of its own
            each.kill()
        process.wait()


class Outside:
    """A host that is not declared: counts who comes, whatever is asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.connections = 0


PAGE = """<!doctype html><meta charset=utf-8><title>x</title><h1>外へ</h1>
<link rel=preconnect href="{out}"><img src="{out}/img"><iframe src="{out}/frame"></iframe>
<iframe src="/there"></iframe>
<script>fetch("{out}/fetch", {{mode: "no-cors"}}).catch(() => 0);
navigator.sendBeacon("{out}/beacon"); window.open("{out}/window"); new WebSocket("{ws}/socket");
new Worker(URL.createObjectURL(new Blob(['new WebSocket("{ws}/worker")'])));</script>"""
WAYS = {"/img", "/frame", "/redirected", "/fetch", "/beacon", "/window", "/socket", "/worker"}


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site
        site.shutdown()


@pytest.fixture
def outside() -> Iterator[tuple[str, Outside]]:
    """Serve a page that tries every way to a host that is not declared; yield its address."""
    found = Outside()

    class Out(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Be quiet."""

        def setup(self) -> None:
            found.connections += 1
            super().setup()

        def do_GET(self) -> None:
            found.asked.add(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the library's name

    with serving(Out) as out:
        address = f"http://localhost:{out.server_port}"

        class Inside(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Be quiet."""

            def do_GET(self) -> None:
                self.send_response(302 if self.path == "/there" else 200)
                self.send_header("Location", f"{address}/redirected")
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                ws = address.replace("http", "ws")
                self.wfile.write(PAGE.format(out=address, ws=ws).encode())

        with serving(Inside) as inside:
            yield f"http://127.0.0.1:{inside.server_port}/", found


@pytest.fixture(scope="module")
def agents(server: str) -> Iterator[BrowserAgents]:
    made = BrowserAgents(["127.0.0.1"], options=AgentOptions(at=server), timeout_seconds=10)
    yield made
    made.close()


def test_nothing_but_declared_hosts_is_contacted_from_there(
    agents: BrowserAgents, outside: tuple[str, Outside]
) -> None:
    address, found = outside
    agent = agents.new()
    with pytest.raises(DeclarationMismatch, match="localhost"):
        agent.open(address)
    agent._page.wait_for_timeout(500)
    assert (found.asked, found.connections) == (set(), 0)
    # The control: without the wall the same page in the same browser gets out every way.
    bare = agents._running().new_context().new_page()
    bare.goto(address)
    bare.wait_for_timeout(500)
    assert found.asked == WAYS
    bare.context.close()
    agent.close()


def test_a_page_that_hangs_is_cut_off_and_the_next_one_works(
    agents: BrowserAgents, outside: tuple[str, Outside]
) -> None:
    agent = agents.new()
    with pytest.raises(Exception, match="closed"), agents._patience.within(0.5):
        agent._page.evaluate("for (;;);")
    assert agents._patience.over
    again = agents.new()
    again._page.goto(outside[0])
    assert again.view().headings == ("外へ",)
    again.close()


@contextmanager
def answering(text: str) -> Iterator[str]:
    """Listen as a server that answers the first request with a text; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(text.encode())

        threading.Thread(target=answer, daemon=True).start()
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}/himitsu"


REFUSAL = """HTTP/1.1 428 Precondition Required\r\n\r\n╔═════╗
║ Playwright version mismatch:  ║
║   - server version: v1.40     ║
║   - client version: v1.65     ║
╚═════╝"""  # as `userAgentVersionMatchesErrorMessage` of Playwright 1.65 has it


def test_another_version_is_told_in_one_line_before_anything_runs(agents: BrowserAgents) -> None:
    chromium = agents._running().browser_type
    with answering(REFUSAL) as address, pytest.raises(UsageError) as raised:
        connect(chromium, address)
    assert "サーバー 1.40、こちら 1.65" in raised.value.text.ja
    assert "himitsu" not in raised.value.text.ja + raised.value.text.en


def test_a_server_that_is_not_there_is_trouble_of_the_environment(agents: BrowserAgents) -> None:
    with pytest.raises(BrowserMissing) as raised:
        connect(agents._running().browser_type, "ws://127.0.0.1:9/himitsu")
    assert isinstance(raised.value, EnvironmentTrouble)
    assert "himitsu" not in str(raised.value)
