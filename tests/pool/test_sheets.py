"""Lists as spreadsheets save them: the same pool as in TOML, or the line with what is wrong."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.assets.pool.file import Pool, load_pool
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.specification.words import Status

LIST = """\
customers_csv = "customers.csv"
tokens_csv = "tokens.csv"
[defaults]
login_password = "env:A"
confirmation_password = "env:B"
seed = "env:C"
expires_at = 2031-03-31T23:59:00+09:00
[[customer]]
login_id = "toml1"
status = "not_registered"
"""
CUSTOMERS = (
    "login_id,status,token,name\nu1,in_service,001234567890,見本　花子\nu2,not_registered,,\n"
)
TOKENS = "serial,kind,expires_at\n001234567890,hardware,2030-01-31T23:59:00+09:00\n"


def write(folder: Path, customers: str | bytes = CUSTOMERS, tokens: str | bytes = TOKENS) -> Path:
    (folder / "pool.toml").write_text(LIST, encoding="utf-8")
    for name, content in (("customers.csv", customers), ("tokens.csv", tokens)):
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    return folder / "pool.toml"


def trouble(path: Path, shortest: int = 12) -> str:
    with pytest.raises(DeclarationError) as caught:
        load_pool(path, shortest_serial=shortest)
    return str(caught.value)


def the_same(pool: Pool) -> None:
    assert [entry.login_id for entry in pool.entries] == ["toml1", "u1", "u2"]
    assert pool.entries[1].status is Status.IN_SERVICE
    assert pool.entries[1].customer.name == "見本　花子"
    assert pool.entries[1].token is not None
    assert pool.entries[1].token.serial == "001234567890"
    assert f"{pool.entries[1].token.expires_at:%Y-%m}" == "2030-01"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all the examples of a property."""
    return tmp_path_factory.mktemp("sheets")


@given(
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
    ends=st.sampled_from(["\n", "\r\n"]),
    quoted=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    serial=st.sampled_from(["001234567890", "'001234567890", '="001234567890"']),
    japanese=st.booleans(),
    blank=st.booleans(),
)
def test_whatever_saved_it_the_list_is_the_same(
    folder: Path, encoding: str, ends: str, quoted: int, serial: str, *, japanese: bool, blank: bool
) -> None:
    def saved(text: str) -> bytes:
        rows = list(csv.reader(io.StringIO(text)))
        if japanese:
            names = {"login_id": "ログインID", "token": "トークンのシリアル番号"}
            rows[0] = [names.get(name, name) for name in rows[0]]
        rows = [[serial if cell == "001234567890" else cell for cell in row] for row in rows]
        out = io.StringIO()
        csv.writer(out, lineterminator=ends, quoting=quoted).writerows(rows)  # type: ignore[arg-type]
        more = f",,,{ends}" if blank else ""
        return (out.getvalue() + more).encode(encoding)

    the_same(load_pool(write(folder, saved(CUSTOMERS), saved(TOKENS)), shortest_serial=12))


@pytest.mark.parametrize(
    ("customers", "tokens", "place", "word"),
    [
        (CUSTOMERS.replace("in_service", "利用中"), TOKENS, "customers.csv:2: status",
         "in_service"),
        (CUSTOMERS.replace("u2", "u1"), TOKENS, "customers.csv:3: login_id", "u1"),
        (CUSTOMERS.replace("u2", "toml1"), TOKENS, "customers.csv:3: login_id", "toml1"),
        (CUSTOMERS, TOKENS.replace("00123", "0123"), "tokens.csv:2: serial", "先頭の 0"),
        (CUSTOMERS, TOKENS.replace("001234567890", "1.23457E+09"), "tokens.csv:2: serial", "丸め"),
        (CUSTOMERS.replace("001234567890", "001234567891"), TOKENS, "customers.csv:2: token",
         "001234567890"),
        (CUSTOMERS.replace("login_id", "loginid"), TOKENS, "customers.csv:1: loginid", "login_id"),
        (CUSTOMERS.replace("見本　花子", "見本,花子"), TOKENS, "customers.csv:2", "5 列"),
        (CUSTOMERS.replace("見本　花子", '"見本　花子'), TOKENS, "customers.csv:", "引用符"),
        (CUSTOMERS, TOKENS.replace("2030-01-31T23:59:00+09:00", "2030/1/31"),
         "tokens.csv:2: expires_at", "2030-01-31T23:59:00+09:00"),
        (CUSTOMERS, TOKENS.replace("2030-01-31T23:59:00+09:00", "2030/1/31 23:59"),
         "tokens.csv:2: expires_at", "2030-01-31T23:59:00+09:00"),
        (CUSTOMERS.replace("name", "login_password").replace("見本　花子", "hunter2"), TOKENS,
         "customers.csv:2: login_password", "参照"),
        (b"login_id\n\x81", TOKENS, "customers.csv:2", "CP932"),
        (CUSTOMERS.replace(",", "\t"), TOKENS, "customers.csv:1", "コンマ"),
    ],
)  # fmt: skip
def test_mistakes_name_file_line_and_fix(
    tmp_path: Path, customers: str | bytes, tokens: str, place: str, word: str
) -> None:
    told = trouble(write(tmp_path, customers, tokens))
    assert place in told
    assert word in told
    assert "hunter2" not in told


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "tokens.csv").unlink()
    assert "tokens.csv" in trouble(path)
