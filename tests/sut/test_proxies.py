"""The environment's proxy: one reading for the connection check, the fast agent and the browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.browser.launch import flags
from otp_conformance.agent.http import HttpAgents
from otp_conformance.calls.proxy import Proxies, environment_proxies
from otp_conformance.deployment.process import refuses_connections
from otp_conformance.deployment.reach import reach
from otp_conformance.verdict.outcome import EnvironmentTrouble

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
HOST = "only-the-proxy-knows.invalid"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


class Proxy(BaseHTTPRequestHandler):
    """Answers whatever it is asked for with a page that names it."""

    def log_message(self, *_arguments: object) -> None:
        """Keep silent."""

    def do_GET(self) -> None:
        body = f"<h1>{self.path}</h1>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HTTP_PROXY", address)
    yield address
    server.shutdown()
    server.server_close()


def test_a_host_that_only_the_proxy_knows_is_reached_in_every_way(proxy: str) -> None:
    assert reach(f"http://{HOST}/", (HOST,)).status == 200
    agents = HttpAgents((HOST,))
    agent = agents.new()
    agent.open(f"http://{HOST}/login")
    assert agent.view().headings[0] == f"http://{HOST}/login"
    agents.close()
    assert f"--proxy-server=http={proxy}" in flags([HOST])
    rule = next(f for f in flags([HOST]) if f.startswith("--host-resolver-rules"))
    assert f"EXCLUDE {HOST}" in rule
    assert "EXCLUDE 127.0.0.1" in rule


@pytest.mark.browser
@pytest.mark.usefixtures("proxy")
def test_the_browser_asks_the_proxy_too() -> None:
    agents = BrowserAgents((HOST,))
    try:
        agent = agents.new()
        agent.open(f"http://{HOST}/login")
        assert agent.view().headings[0] == f"http://{HOST}/login"
    finally:
        agents.close()


@pytest.mark.usefixtures("proxy")
def test_a_host_that_needs_none_is_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "invalid")
    with pytest.raises(EnvironmentTrouble, match="見つかりません"):
        reach(f"http://{HOST}/", (HOST,))
    assert "--proxy-bypass-list=invalid;*.invalid" in flags([HOST])


def test_a_proxy_that_is_down_is_named_and_no_system(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("http_proxy", f"http://user:secret-word@127.0.0.1:{port}")
    with pytest.raises(EnvironmentTrouble, match="プロキシ") as caught:
        reach(f"http://{HOST}/", (HOST,))
    assert f"http://127.0.0.1:{port}" in caught.value.observed
    assert f"NO_PROXY に {HOST}" in caught.value.hint
    assert "secret-word" not in str(caught.value) + caught.value.hint
    assert not any("secret-word" in flag for flag in flags([HOST]))
    assert not refuses_connections(f"http://{HOST}/")


@pytest.mark.parametrize("proxy", ["gopher://x:70", "socks9://x"])
def test_a_proxy_of_an_unknown_kind_is_named(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(EnvironmentTrouble, match="プロキシ"):
        reach(f"http://{HOST}/", (HOST,))


def test_without_a_proxy_chromium_looks_for_none_itself() -> None:
    assert "--no-proxy-server" in flags([HOST])


@pytest.mark.parametrize(
    ("env", "address", "used"),
    [
        ({"HTTP_PROXY": "http://p:1"}, "http://a.test/", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, "https://a.test/", ""),
        ({"HTTPS_PROXY": "p:1"}, "https://a.test/", "http://p:1"),
        ({"ALL_PROXY": "http://p:1"}, "https://a.test/", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "http_proxy": "http://q:2"}, "http://a.test/", "http://q:2"),
        ({"HTTP_PROXY": "http://p:1"}, "http://127.0.0.1:8/", ""),
        ({"HTTP_PROXY": "http://p:1"}, "http://localhost/", ""),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "*"}, "http://a.test/", ""),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": " .test , b"}, "http://a.test/", ""),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "*.a.test"}, "http://x.a.test/", ""),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "est"}, "http://a.test/", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": "10.0.0.0/8"}, "http://10.1.2.3/", ""),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": "10.0.0.0/8"}, "http://11.1.2.3/", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "a.test:81"}, "http://a.test:81/", ""),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "a.test:81"}, "http://a.test/", "http://p:1"),
    ],
)
def test_which_proxy_an_address_gets(env: dict[str, str], address: str, used: str) -> None:
    assert environment_proxies(env).of(address) == used


def test_flags_of_two_proxies() -> None:
    proxies = Proxies("http://p:1", "http://u:w@q:2", ("a.test", "10.0.0.0/8"))
    assert list(proxies.flags()) == [
        "--proxy-server=http=http://p:1;https=http://q:2",
        "--proxy-bypass-list=a.test;*.a.test;10.0.0.0/8",
    ]
    assert list(Proxies("http://p:1", "", ("*",)).flags()) == ["--no-proxy-server"]
