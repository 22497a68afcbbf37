"""A web server's own password and client certificates, in every way of asking."""

from __future__ import annotations

import base64
import datetime as dt
import http.server
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.http import HttpAgents
from otp_conformance.agent.port import UserAgents
from otp_conformance.calls.access import Access, Certificate, origin_of
from otp_conformance.calls.described import HttpCaller
from otp_conformance.calls.http import HttpClient
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import parse
from otp_conformance.deployment.access import access_to
from otp_conformance.deployment.reach import reach
from otp_conformance.resources import fixtures_dir
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

HOSTS = ("127.0.0.1",)
GOOD = "pass-word"
GIVEN = "Basic " + base64.b64encode(b"tester:pass-word").decode()


class Guarded(http.server.BaseHTTPRequestHandler):
    """A page behind a password; tells which Authorization it has got."""

    def log_message(self, *_arguments: object) -> None:
        """Keep silent."""

    def do_GET(self) -> None:
        given = self.headers.get("Authorization")
        right = given == GIVEN or self.path == "/own"
        body = f"<h1>{given if self.path == '/own' else 'ログイン'}</h1>".encode()
        self.send_response(200 if right else 401)
        if not right:
            self.send_header("WWW-Authenticate", 'Basic realm="staging"')
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serving(context: ssl.SSLContext | None = None) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Guarded)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def guarded() -> Iterator[str]:
    yield from serving()


def access(base_url: str, password: str = GOOD) -> Access:
    return Access(origin_of(base_url), "tester", password)


def test_without_a_password_the_way_to_declare_it_is_said(guarded: str) -> None:
    with pytest.raises(DeclarationMismatch) as caught:
        reach(guarded, HOSTS)
    assert "[sut.http_auth]" in caught.value.hint


def test_a_wrong_password_is_told_apart_from_none(guarded: str) -> None:
    with pytest.raises(DeclarationMismatch) as caught:
        reach(guarded, HOSTS, access=access(guarded, "wrong"))
    assert "参照の先を確かめ" in caught.value.hint
    assert "wrong" not in str(caught.value)


def shown_by(agents: UserAgents, address: str) -> str:
    agent = agents.new()
    agent.open(address)
    heading = agent.view().headings[0]
    agent.close()
    return heading


def test_the_check_and_the_fast_agent_show_it(guarded: str) -> None:
    assert reach(guarded, HOSTS, access=access(guarded)).status == 200
    agents = HttpAgents(HOSTS, access=access(guarded))
    assert shown_by(agents, f"{guarded}/login") == "ログイン"


@pytest.mark.browser
def test_the_browser_shows_it(guarded: str) -> None:
    agents = BrowserAgents(HOSTS, access=access(guarded))
    try:
        assert shown_by(agents, f"{guarded}/login") == "ログイン"
    finally:
        agents.close()


def test_it_is_shown_to_no_other_origin(guarded: str) -> None:
    elsewhere = access("http://127.0.0.1:1")
    with pytest.raises(DeclarationMismatch):
        reach(guarded, HOSTS, access=elsewhere)


def test_a_call_with_its_own_authorization_keeps_it(guarded: str) -> None:
    caller = HttpCaller(
        guarded,
        HOSTS,
        what="職員の操作",
        key="adapters.staff.calls",
        secret=lambda reference: {"env:STAFF": "Bearer own"}[reference],
        access=access(guarded),
    )
    call = HttpCall(method="GET", url="/own", secret_headers={"Authorization": "env:STAFF"})
    assert "Bearer own" in caller.send(call, {}).text
    assert "Basic" in caller.send(HttpCall(method="GET", url="/own"), {}).text


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://A.test/x?y", "https://a.test"),
        ("https://a.test:443/", "https://a.test"),
        ("http://a.test:443/", "http://a.test:443"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_origins(address: str, origin: str) -> None:
    assert origin_of(address) == origin


# -- client certificates -------------------------------------------------------


def certificate(folder: Path, name: str, password: str = "") -> tuple[Path, Path]:
    """Write a self-signed certificate and its key; return both files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    sealed: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(password.encode())
        if password
        else serialization.NoEncryption()
    )
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)
    )
    return files


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[str]:
    """Serve pages to who shows the certificate of client.pem only."""
    server, key = certificate(tmp_path, "server")
    client, _ = certificate(tmp_path, "client", "sesame")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server, key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(client)
    yield from serving(context)


def test_a_client_certificate_is_shown(asking: str, tmp_path: Path) -> None:
    files = Certificate(tmp_path / "client.pem", tmp_path / "client.key", "sesame")
    shown = Access(origin_of(asking), "tester", "pass-word", files)
    assert reach(asking, HOSTS, any_certificate=True, access=shown).status == 200
    with pytest.raises(EnvironmentTrouble):
        reach(asking, HOSTS, any_certificate=True, access=access(asking))
    assert "sesame" not in repr(shown)


@pytest.mark.browser
def test_the_browser_shows_the_certificate(asking: str, tmp_path: Path) -> None:
    files = Certificate(tmp_path / "client.pem", tmp_path / "client.key", "sesame")
    shown = Access(origin_of(asking), "tester", "pass-word", files)
    agents = BrowserAgents(HOSTS, any_certificate=True, access=shown)
    try:
        assert shown_by(agents, f"{asking}/login") == "ログイン"
    finally:
        agents.close()


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_certificate_that_cannot_be_read_names_the_key(tmp_path: Path, password: str) -> None:
    files = certificate(tmp_path, "client", "sesame")
    for pair in (files, (tmp_path / "none.pem", files[1])):
        shown = Access("https://a.test", certificate=Certificate(*pair, password))
        with pytest.raises(DeclarationMismatch) as caught:
            HttpClient(HOSTS, access=shown)
        assert "sut.client_certificate" in caught.value.hint
        assert "wrong" not in str(caught.value)


# -- declared --------------------------------------------------------------------

REFERENCE = fixtures_dir() / "declarations" / "reference.toml"
DECLARED = """
[sut.http_auth]
user = "env:STAGING_USER"
password = "env:STAGING_PASSWORD"
[sut.client_certificate]
file = "client.pem"
key = "client.key"
password = "env:KEY_PASSWORD"
"""


def test_the_declaration_gives_references_only(tmp_path: Path) -> None:
    text = REFERENCE.read_text(encoding="utf-8") + DECLARED
    declared = parse(REFERENCE, text.encode()).declaration
    asked: list[tuple[str, str]] = []

    def secret(reference: str, key: str) -> str:
        asked.append((reference, key))
        return reference.upper()

    found = access_to(declared.sut, "https://a.test/ib/", tmp_path, secret)
    assert (found.origin, found.user) == ("https://a.test", "ENV:STAGING_USER")
    assert found.certificate == Certificate(
        tmp_path / "client.pem", tmp_path / "client.key", "ENV:KEY_PASSWORD"
    )
    assert [key for _, key in asked] == [
        "sut.http_auth.user",
        "sut.http_auth.password",
        "sut.client_certificate.password",
    ]
    with pytest.raises(DeclarationError) as caught:
        parse(REFERENCE, text.replace("env:STAGING_PASSWORD", "hunter2").encode())
    assert "hunter2" not in str(caught.value)
    assert "sut.http_auth.password" in str(caught.value)
