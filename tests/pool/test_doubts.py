"""What a list says about the tokens' expiry that keeps scenarios from being carried out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from otp_conformance.assets.pool.doubts import expired, made_unknown, one_date
from otp_conformance.assets.pool.file import Pool, load_pool
from otp_conformance.declaration.load import load
from otp_conformance.declaration.model import Declaration
from otp_conformance.language import speaking
from otp_conformance.resources import fixtures_dir

LIST = """\
[defaults]
login_password = "env:A"
confirmation_password = "env:B"
seed = "env:C"
expires_at = {default}
"""
CUSTOMER = """
[[customer]]
login_id = "u{n}"
status = "{status}"
token = "{n}"
[[token]]
serial = "{n}"
{expires}
"""
DEFAULT = "2031-03-31T23:59:00+09:00"


def pool(
    tmp_path: Path, *expiries: str, status: str = "in_service", default: str = DEFAULT
) -> Pool:
    text = LIST.format(default=default)
    for number, expires in enumerate(expiries):
        line = f"expires_at = {expires}" if expires else ""
        text += CUSTOMER.format(n=number, status=status, expires=line)
    (tmp_path / "pool.toml").write_text(text, encoding="utf-8")
    return load_pool(tmp_path / "pool.toml")


def declaration(after: str = "refused") -> Declaration:
    declared = load(fixtures_dir() / "declarations" / "reference.toml").declaration
    expiry = declared.expiry.model_copy(update={"after": after})
    return declared.model_copy(update={"expiry": expiry})


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2031-03-31T23:58:59+09:00", False),
        ("2031-03-31T14:59:00+00:00", True),
        ("2040-01-01T00:00:00+09:00", True),
    ],
)
def test_expired_tokens_are_named(tmp_path: Path, now: str, *, told: bool) -> None:
    listed = pool(tmp_path, "", "2050-01-01T00:00:00+09:00")
    said = expired(listed, datetime.fromisoformat(now))
    assert bool(said) is told
    assert not told or ("0 (2031-03-31)" in said and "1 " in said and "2050" not in said)


@pytest.mark.parametrize(
    ("status", "scenario"), [("in_service", "TOK-11/1"), ("issued", "TOK-11/2")]
)
def test_one_date_for_all_names_the_scenario(tmp_path: Path, status: str, scenario: str) -> None:
    for language in ("ja", "en"):
        with speaking(language):
            (said,) = one_date(pool(tmp_path, "", "", status=status), declaration())
            assert scenario in said
            assert "2031-03-31" in said
    assert not list(one_date(pool(tmp_path, "", status=status), declaration(), ["LGN-04/1"]))


def test_two_dates_or_no_need_of_them_say_nothing(tmp_path: Path) -> None:
    two = pool(tmp_path, "", "2031-04-01T23:59:00+09:00")
    assert not list(one_date(two, declaration()))
    one = pool(tmp_path, "", "2031-03-31T12:00:00+09:00")
    assert list(one_date(one, declaration()))
    assert not list(one_date(one, declaration("accepted")))


def test_the_scenarios_that_are_named_are_there() -> None:
    text = (fixtures_dir().parent / "features/10_otp/expiry.feature").read_text(encoding="utf-8")
    assert "@id:TOK-11/1" in text
    assert "@id:TOK-11/2" in text
    assert text.count("有効期限の翌日") == 2


@pytest.mark.parametrize(
    ("line", "reversible", "told"),
    [
        ("", True, True),
        ("", False, False),
        ("made_at = 2027-03-01T09:00:00+09:00", True, False),
    ],
)
def test_a_list_that_does_not_say_when_it_was_made(
    tmp_path: Path, line: str, *, reversible: bool, told: bool
) -> None:
    listed = pool(tmp_path, "")
    listed.path.write_text(f"{line}\n{listed.path.read_text('utf-8')}", encoding="utf-8")
    declared = declaration()
    clock = declared.adapters.clock.model_copy(update={"goes_back": reversible})
    adapters = declared.adapters.model_copy(update={"clock": clock})
    found = list(
        made_unknown(load_pool(listed.path), declared.model_copy(update={"adapters": adapters}))
    )
    assert ["2026-11-24 10:00" in each for each in found] == [True] * told


def test_a_token_that_was_used_was_there_by_then(tmp_path: Path) -> None:
    listed = pool(tmp_path, "", "")
    text = listed.path.read_text(encoding="utf-8")
    used = "last_used = 2027-04-01T09:00:00+09:00"
    text = text.replace('[[token]]\nserial = "1"', f'[[token]]\n{used}\nserial = "1"')
    listed.path.write_text(f"made_at = 2027-03-01T09:00:00+09:00\n{text}", encoding="utf-8")
    assert load_pool(listed.path).made_at == datetime.fromisoformat("2027-04-01T09:00:00+09:00")
