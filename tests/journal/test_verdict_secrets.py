"""No secret survives in any notation; nothing else is touched."""

import base64
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.journal.masking import MASK, Masker

SEED = b"12345678901234567890"
B32 = base64.b32encode(SEED).decode()


def masked(text, *secrets):
    masker = Masker()
    masker.add(*secrets)
    return masker.mask(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code 123456.", f"code {MASK}."),
        ("１２３４５６", MASK),
        ("otp=123456&x", f"otp={MASK}&x"),
        ("シリアル番号 912345678901", "シリアル番号 912345678901"),
        ("1234567", "1234567"),
        ("0123456", "0123456"),
        ("login.feature:123456", f"login.feature:{MASK}"),
    ],
)
def test_a_code_is_masked_only_as_a_whole_run_of_digits(text, expected):
    assert masked(text, "123456") == expected


def test_a_code_registered_in_full_width_is_the_same_code():
    assert masked("123456", "１２３４５６") == MASK


@pytest.mark.parametrize(
    "form",
    [
        "pä ss&w/rd",
        quote("pä ss&w/rd", safe=""),
        quote("pä ss&w/rd", safe="").lower(),
        quote_plus("pä ss&w/rd"),
        "pä ss&amp;w/rd",
        "pä ss&w/rd".encode().hex(),
        base64.b32encode("pä ss&w/rd".encode()).decode(),
        base64.b64encode("pä ss&w/rd".encode()).decode(),
    ],
)
def test_a_password_is_masked_in_every_notation(form):
    assert masked(f"x{form}y", "pä ss&w/rd") == f"x{MASK}y"


@pytest.mark.parametrize(
    "secret", [B32, B32.lower(), SEED.hex(), " ".join(B32[i : i + 4] for i in range(0, 32, 4))]
)
@pytest.mark.parametrize(
    "form", [B32, SEED.hex(), SEED.hex().upper(), base64.b64encode(SEED).decode()]
)
def test_a_seed_is_masked_in_all_notations_whichever_was_registered(secret, form):
    assert masked(f"seed={form};", secret) == f"seed={MASK};"


def test_a_short_password_is_masked_as_a_word_only():
    assert masked("ab cab ab", "ab") == f"{MASK} cab {MASK}"


def test_an_empty_secret_changes_nothing():
    assert masked("a b", "", "  ") == "a b"


def test_the_longer_secret_goes_first():
    assert masked("password123", "password", "password123") == MASK


SECRETS = st.text(min_size=4).filter(lambda s: s.strip() and not s.isdecimal() and MASK[0] not in s)


@given(st.text(), SECRETS, st.text())
def test_no_long_secret_survives(before, secret, after):
    assert secret not in masked(before + secret + after, secret)


@given(st.text())
def test_text_without_secrets_is_left_alone(text):
    assert Masker().mask(text) == text
