"""Importing stock from PSKC files."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path

import pytest
from bank_kit import Kit, TestToken

from reference_impl.service import procedures, staff, stock
from reference_impl.service.procedures import Activated
from reference_impl.service.staff import StaffError

FIXTURES = Path(__file__).parents[2] / "fixtures" / "pskc"
PASSPHRASE = "mihon-passphrase"


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def made_up_seed(serial: str) -> bytes:
    return hashlib.sha1(f"otp-conformance made-up seed {serial}".encode()).digest()  # noqa: S324


@pytest.mark.parametrize(
    ("name", "password", "serial"),
    [
        ("stock-plain.pskcxml", None, "0110998010"),
        ("stock-pbkdf2.pskcxml", PASSPHRASE, "101109980202"),
    ],
)
def test_an_imported_token_activates(
    kit: Kit, name: str, password: str | None, serial: str
) -> None:
    report = stock.import_pskc(kit.bank, "staff01", fixture(name), password)
    assert report.refused == ()
    assert report.imported == len(staff.all_tokens(kit.bank))
    token = TestToken(serial, made_up_seed(serial))
    who = kit.person("issued", token=token)
    done = procedures.activate(kit.bank, who.customer_id, serial, kit.code(token))
    assert isinstance(done, Activated)
    assert done.serial == serial


def test_an_expiry_without_offset_is_time_in_japan(kit: Kit) -> None:
    stock.import_pskc(kit.bank, "staff01", fixture("stock-plain.pskcxml"), None)
    found = {token.serial: token.expires_at for token in staff.all_tokens(kit.bank)}
    assert found["101109980104"] == datetime.fromisoformat("2031-03-31T23:59:00+09:00")
    assert found["101109980101"] == datetime.fromisoformat("2031-03-31T14:05:00+09:00")


def test_each_bad_entry_is_reported_in_one_line_with_its_serial(kit: Kit) -> None:
    data = re.sub(r"31 of March|%%%not base64", mended, fixture("stock-broken.pskcxml").decode())
    report = stock.import_pskc(kit.bank, "staff01", data.encode(), None)
    assert report.imported == 3
    expected = [
        ("1234567", "シリアル番号が半角数字8～12桁"),
        ("101109980303", "有効期限（ExpiryDate）がありません"),
        ("101109980304", "桁数が6桁ではありません"),
        ("101109980305", "間隔が60秒ではありません"),
        ("101109980306", "TOTP"),
        ("101109980301", "既に登録されています"),
        ("101109980308", "シードが短すぎます"),
        ("101109980309", "有効期限が過ぎています"),
        ("101109980312", "HMAC-SHA1 以外"),
    ]
    assert len(report.refused) == len(expected)
    for line, (serial, why) in zip(report.refused, expected, strict=True):
        assert serial in line
        assert why in line
        assert "\n" not in line


def mended(found: re.Match[str]) -> str:
    return "2031-03-31T14:05:00Z" if "March" in found[0] else "bWFkZS11cC1zZWNyZXQtMjBieXQ="


@pytest.mark.parametrize(
    ("odd", "name"), [("31 of March", "ExpiryDate"), ("%%%not base64", "PlainValue")]
)
def test_a_value_that_the_library_would_guess_at_is_named_with_its_line(
    kit: Kit, odd: str, name: str
) -> None:
    text = fixture("stock-broken.pskcxml").decode()
    data = re.sub("31 of March|%%%not base64", lambda m: m[0] if m[0] == odd else mended(m), text)
    line = text[: text.index(odd)].count("\n") + 1
    with pytest.raises(StaffError, match=f"{line}行目の {name}"):
        stock.import_pskc(kit.bank, "staff01", data.encode(), None)
    assert staff.all_tokens(kit.bank) == ()


def test_importing_twice_adds_nothing(kit: Kit) -> None:
    stock.import_pskc(kit.bank, "staff01", fixture("stock-plain.pskcxml"), None)
    again = stock.import_pskc(kit.bank, "staff01", fixture("stock-plain.pskcxml"), None)
    assert again.imported == 0
    assert len(again.refused) == 4


def test_an_altered_value_fails_its_mac_and_spoils_no_other(kit: Kit) -> None:
    text = fixture("stock-pbkdf2.pskcxml").decode()
    values = re.findall(r"<xenc:CipherValue>(.*?)</xenc:CipherValue>", text)
    macs = re.findall(r"<pskc:ValueMAC>(.*?)</pskc:ValueMAC>", text)
    assert len(macs) == 3
    damaged = text.replace(macs[1], macs[0])
    assert len(values) >= 3
    report = stock.import_pskc(kit.bank, "staff01", damaged.encode(), PASSPHRASE)
    assert report.imported == 2
    assert "101109980202" in report.refused[0]
    assert "MAC" in report.refused[0]


def test_an_encrypted_value_without_mac_is_refused(kit: Kit) -> None:
    text = fixture("stock-pbkdf2.pskcxml").decode()
    bare = re.sub(r"<pskc:ValueMAC>.*?</pskc:ValueMAC>", "", text, count=1)
    report = stock.import_pskc(kit.bank, "staff01", bare.encode(), PASSPHRASE)
    assert report.imported == 2
    assert "ValueMAC" in report.refused[0]


@pytest.mark.parametrize(
    ("data", "password", "why"),
    [
        (b"", None, "XML"),
        (b"\xff\xfe\x00", None, "XML"),
        (b"<a/>", None, "KeyContainer"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", None, "DOCTYPE"),
        (
            b"<KeyContainer xmlns='urn:ietf:params:xml:ns:keyprov:pskc' Version='1.0'/>",
            None,
            "一つもありません",
        ),
        ("stock-pbkdf2.pskcxml", None, "パスワードを入力"),
        ("stock-pbkdf2.pskcxml", "", "パスワードを入力"),
        ("stock-pbkdf2.pskcxml", "wrong", "復号できません"),
        ("stock-pbkdf2.pskcxml", "mihon-passphrasf", "復号できません"),
    ],
)
def test_files_that_cannot_be_read(
    kit: Kit, data: bytes | str, password: str | None, why: str
) -> None:
    raw = fixture(data) if isinstance(data, str) else data
    with pytest.raises(StaffError, match=why):
        stock.import_pskc(kit.bank, "staff01", raw, password)
    assert staff.all_tokens(kit.bank) == ()


def test_no_seed_is_readable_in_the_database_file(kit: Kit, tmp_path: Path) -> None:
    stock.import_pskc(kit.bank, "staff01", fixture("stock-plain.pskcxml"), None)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("bank.sqlite3*"))
    seed = made_up_seed("101109980101")
    assert b"101109980101" in stored
    assert seed not in stored
    assert seed.hex().encode() not in stored
