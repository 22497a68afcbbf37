"""Saved pages in any encoding and form: read rightly or refused, and printed as valid TOML."""

from __future__ import annotations

import email.mime.multipart
import email.mime.text
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.agent.page import PageView
from otp_conformance.cli.saved_page import saved_page
from otp_conformance.errors import UsageError
from otp_conformance.screens.propose import Proposal, as_toml
from otp_conformance.specification.manual import bundled
from otp_conformance.text import one_line

PAGE = """<html><head>{meta}<title>見本信用組合　ログイン</title></head><body><h1>会員ログイン</h1>
<form><label>会員番号<input name=a></label><label>ログイン暗証番号<input type=password name=b>
</label><button>ログインする</button></form></body></html>"""


def checked(view: PageView) -> None:
    assert view.headings[0] == "会員ログイン"
    assert [field.label for field in view.fields] == ["会員番号", "ログイン暗証番号"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all the examples of a property."""
    return tmp_path_factory.mktemp("saved")


@given(
    written=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp", "iso2022_jp"]),
    said=st.sampled_from(["", "UTF-8", "Shift_JIS", "x-sjis", "EUC-JP", "no-such-code"]),
)
def test_whatever_is_declared_the_letters_are_right(folder: Path, written: str, said: str) -> None:
    meta = f'<meta charset="{said}">' if said else ""
    (folder / "a.html").write_bytes(PAGE.format(meta=meta).encode(written))
    checked(saved_page(str(folder / "a.html")))


@pytest.mark.parametrize("charset", ["utf-8", "shift_jis", "euc-jp", "iso-2022-jp"])
def test_a_page_in_a_single_file(folder: Path, charset: str) -> None:
    whole = email.mime.multipart.MIMEMultipart("related")
    whole["From"] = "<Saved by a browser>"
    whole["Snapshot-Content-Location"] = "https://ib.example.test/login"
    whole.attach(email.mime.text.MIMEText(PAGE.format(meta=""), "html", charset))
    whole.attach(email.mime.text.MIMEText("body { color: red }", "css", "utf-8"))
    (folder / "a.mhtml").write_bytes(whole.as_bytes())
    checked(saved_page(str(folder / "a.mhtml")))


@pytest.mark.parametrize(
    "content",
    [b"", b"only text", b"\x89PNG\r\n\x1a\n\0\0", b"%PDF-1.7 \xff\xfe", b"PK\x03\x04\0\0\xff"],
)
def test_what_is_no_page_is_refused(folder: Path, content: bytes) -> None:
    (folder / "a.bin").write_bytes(content)
    with pytest.raises(UsageError, match=r"a\.bin"):
        saved_page(str(folder / "a.bin"))


ODD = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(text=ODD, others=st.lists(ODD, max_size=3), known=st.booleans())
def test_every_line_is_valid_toml(text: str, others: list[str], *, known: bool) -> None:
    proposals = (Proposal("login.id", text, 1.0, known, tuple(others)),)
    lines = [*as_toml(proposals, bundled()), f"# {one_line(text)}"]
    assert all(len(line.splitlines()) == 1 for line in lines)
    for line in lines:
        tomllib.loads(line)
    held = tomllib.loads("\n".join(lines))
    assert held == ({} if known or not text else {"login.id": [text]})
