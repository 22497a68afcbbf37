"""Is the site there: each way of not being there has its own sentence."""

from __future__ import annotations

import datetime as dt
import http.server
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from otp_conformance.agent.http import HttpAgents
from otp_conformance.calls.described import HttpCaller
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.load import load
from otp_conformance.deployment.connect import Connection
from otp_conformance.deployment.reach import Reached, reach
from otp_conformance.resources import fixtures_dir
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

BASE = "https://ib.example.test/"
HOSTS = ("ib.example.test",)


def site(answer: Callable[[httpx.Request], httpx.Response], **more: object) -> Reached:
    return reach(BASE, HOSTS, transport=httpx.MockTransport(answer), **more)


def test_a_site_that_answers() -> None:
    reached = site(lambda _: httpx.Response(200))
    assert (reached.status, reached.slow) == (200, False)


def test_a_way_of_redirects_within_the_site() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/login":
            return httpx.Response(200)
        return httpx.Response(302, headers={"Location": "/login"})

    reached = site(answer)
    assert reached.address == f"{BASE}login"


def test_a_redirect_to_another_host() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"Location": "https://sso.example.net/?token=1"})

    with pytest.raises(DeclarationMismatch) as caught:
        site(answer)
    assert "sso.example.net" in caught.value.observed
    assert "sut.allowed_hosts" in caught.value.hint
    assert asked == ["ib.example.test"]  # the other host was never contacted


def test_redirects_in_circles() -> None:
    with pytest.raises(DeclarationMismatch, match="転送が 10 回"):
        site(lambda _: httpx.Response(302, headers={"Location": "/"}))


@pytest.mark.parametrize(
    ("page", "encoding"),
    [
        ("<h1>ただいま<br>メンテナンス中です</h1>", "utf-8"),
        ("<title>ただいま メンテナンス中です</title><h1> </h1>", "shift_jis"),
        ("<h1 class='a'>\n ただいま&#x3000;<b>メンテナンス中です</b></h1><h2>x</h2>", "euc_jp"),
    ],
)
def test_a_server_error_is_told_with_the_pages_heading(page: str, encoding: str) -> None:
    kind = {"Content-Type": f"text/html; charset={encoding}"}
    with pytest.raises(EnvironmentTrouble, match="HTTP 503") as caught:
        site(lambda _: httpx.Response(503, content=page.encode(encoding), headers=kind))
    assert re.search("「ただいま ?メンテナンス中です」", caught.value.observed)


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Negotiate", "Bearer"])
def test_a_password_of_the_web_server_is_told_apart_from_the_banks(scheme: str) -> None:
    asked = {"WWW-Authenticate": f'{scheme} realm="staging"'}
    with pytest.raises(DeclarationMismatch, match="ウェブサーバー自身") as caught:
        site(lambda _: httpx.Response(401, headers=asked))
    assert scheme in caught.value.observed
    assert "staging" in caught.value.observed


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"Content-Type": "application/json"}, "application/json"),
        ({"Content-Type": "image/png"}, "image/png"),
        ({"Content-Type": "application/octet-stream"}, "octet-stream"),
        (
            {"Content-Type": "text/html", "Content-Disposition": 'attachment; filename="a.zip"'},
            "ダウンロード",
        ),
    ],
)
def test_what_is_no_page_is_named(headers: dict[str, str], word: str) -> None:
    with pytest.raises(DeclarationMismatch, match=word) as caught:
        site(lambda _: httpx.Response(200, headers=headers, content=b"x"), key="login.path")
    assert "login.path" in caught.value.hint


@pytest.mark.parametrize(
    "kind", ["text/html; charset=x", "application/xhtml+xml", "text/plain", "", "TEXT/HTML"]
)
def test_what_may_be_a_page_passes(kind: str) -> None:
    assert site(lambda _: httpx.Response(200, headers={"Content-Type": kind})).status == 200


@pytest.mark.parametrize("status", [403, 404, 429])
def test_other_refusals_are_left_to_who_sees_the_page(status: int) -> None:
    assert site(lambda _: httpx.Response(status)).status == status


def test_a_server_error() -> None:
    with pytest.raises(EnvironmentTrouble, match="HTTP 503"):
        site(lambda _: httpx.Response(503))


def test_a_slow_answer_is_told_but_no_obstacle() -> None:
    seconds = count(0.0, 10.0)
    reached = site(lambda _: httpx.Response(200), timer=lambda: next(seconds))
    assert reached.slow
    assert reached.seconds == 10.0


def test_no_answer_in_time() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    with pytest.raises(EnvironmentTrouble, match="30 秒待っても"):
        site(answer)


def test_nobody_listens() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(EnvironmentTrouble, match="接続が拒否されました"):
        reach(f"http://127.0.0.1:{port}", ("127.0.0.1",))


def test_no_such_name() -> None:
    with pytest.raises(EnvironmentTrouble, match="この名前のホストが見つかりません"):
        reach("http://no-such-bank.invalid", ("no-such-bank.invalid",))


class _Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "site.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_certificate_that_nobody_vouches_for(self_signed: str) -> None:
    with pytest.raises(EnvironmentTrouble, match="証明書を信頼できません") as caught:
        reach(self_signed, ("127.0.0.1",))
    assert "sut.accept_any_certificate" in caught.value.hint


def test_it_is_accepted_where_declared(self_signed: str) -> None:
    assert reach(self_signed, ("127.0.0.1",), any_certificate=True).status == 200


@pytest.mark.parametrize(
    ("accepted", "told"), [(True, "JSON ではありません"), (False, "証明書を信頼できません")]
)
def test_and_so_does_test_control(self_signed: str, *, accepted: bool, told: str) -> None:
    reference = load(fixtures_dir() / "declarations" / "reference.toml").declaration
    sut = reference.sut.model_copy(update={"accept_any_certificate": accepted})
    connection = Connection(
        declaration=reference.model_copy(update={"sut": sut}),
        base=fixtures_dir(),
        base_url=self_signed,
        env={"OTP_TEST_CONTROL_KEY": "a-key"},
        agents=HttpAgents(("127.0.0.1",)),
        on_secret=lambda _: None,
    )
    with pytest.raises(EnvironmentTrouble, match=told):
        connection.control("adapters.clock.kind").now()


@pytest.mark.parametrize("accepted", [True, False])
def test_described_calls_accept_what_the_declaration_accepts(
    self_signed: str, *, accepted: bool
) -> None:
    caller = HttpCaller(
        self_signed,
        ("127.0.0.1",),
        what="職員の操作",
        key="adapters.staff",
        secret=lambda reference: reference,
        any_certificate=accepted,
    )
    call = HttpCall(method="GET", url="/")
    if accepted:
        assert caller.send(call, {}).status_code == 200
    else:
        with pytest.raises(EnvironmentTrouble):
            caller.send(call, {})
