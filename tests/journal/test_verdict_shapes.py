"""A secret is masked in whatever shape a product repeats it; ordinary texts stay."""

import random

import pytest

from otp_conformance.journal.masking import MASK, Masker
from otp_conformance.text import visible
from workshop.variants.shapes import SHAPES

CODE = "482913"
LONG_CODE = "48291307"
PASSWORD = "Tq7rWm2xKe9P"
SHORT_PASSWORD = "bT7wQ2xk"


def known() -> Masker:
    masker = Masker()
    masker.add(CODE, LONG_CODE, PASSWORD, SHORT_PASSWORD)
    return masker


def leftover(text: str) -> str:
    """What of a masked text could still be a secret's sign: letters and digits."""
    return "".join(c for c in text.replace(MASK, "") if c.isascii() and c.isalnum())


@pytest.mark.parametrize("secret", [CODE, LONG_CODE, PASSWORD, SHORT_PASSWORD])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_secret_is_masked_in_every_shape(shape, secret):
    masked = known().mask(f"確認: {SHAPES[shape](secret)} 。")
    assert MASK in masked
    assert leftover(masked) in {"", "nextto2Fa3Fcode3D", "nexttocode"}, masked


@pytest.mark.parametrize("secret", [CODE, PASSWORD])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_secret_is_masked_also_once_its_unseen_signs_are_shown(shape, secret):
    shown = visible(SHAPES[shape](secret))
    assert MASK in known().mask(f"確認: {shown} 。")


@pytest.mark.parametrize(
    "text",
    [
        "四八二九一三",
        "④⑧②⑨①③",
        "⁴⁸²⁹¹³",
        "①482913",  # no longer run of digits to who reads it
        "第一482913号",
        "1. 482 913 (2)",
        "48-29-13",
        "34 38 32 39 31 33\n値\n34:38:32:39:31:33",
        "00 10 34 38 32 39 31 33 ff",
    ],
)
def test_a_code_is_found_among_other_digits(text):
    assert MASK in known().mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "シリアル番号 9482913",
        "4829130",
        "482",
        "482 円と 914 円",
        "48 29 14",
        "4 人の 8 件",
        "Tq7rWm2 だけ",
        "2026-11-30 14:05:09",
        "127.0.0.1:48291",
    ],
)
def test_what_only_resembles_a_secret_is_left_alone(text):
    assert known().mask(text) == text


@pytest.mark.parametrize(("code", "text"), [("140509", "14:05:09"), ("261130", "26-11-30")])
def test_times_and_dates_are_no_grouped_codes(code, text):
    masker = Masker()
    masker.add(code)
    assert masker.mask(f"{text} {code}") == f"{text} {MASK}"


@pytest.mark.parametrize("short", ["1234", "12345"])
def test_a_short_code_is_masked_as_it_is_written_only(short):
    masker = Masker()
    masker.add(short)
    assert masker.mask(f"{short} {short[::-1]} {' '.join(short)}") == (
        f"{MASK} {short[::-1]} {' '.join(short)}"
    )


def test_thousands_of_codes_leave_addresses_times_and_amounts_alone():
    chance = random.Random(7)  # noqa: S311 - nothing is kept secret here
    masker = Masker()
    masker.add(*(f"{chance.randrange(10**6):06d}" for _ in range(3000)))
    lines = [
        f"GET http://127.0.0.1:8000/top 200 {n} ms {n % 24:02d}:{n % 60:02d}:{n % 59:02d}"
        f" 2026-{1 + n % 12:02d}-{1 + n % 28:02d} 画面 {n}、{n % 7} 回目（{n % 100} 秒）"
        for n in range(2000)
    ]
    changed = [line for line in lines if masker.mask(line) != line]
    # "200 482" may be a status and a duration, or a code in two groups: of these, one in 300 is.
    assert len(changed) <= len(lines) / 200
    assert all(" ms" in masker.mask(line).split(MASK, 1)[1] for line in changed)
