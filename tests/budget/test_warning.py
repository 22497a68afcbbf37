"""What cannot be undone is told beforehand: as it is, without zeros."""

from __future__ import annotations

from dataclasses import fields

import pytest

from otp_conformance.run.budget import Totals, warning


def totals(**known: int) -> Totals:
    none = {f.name: 0 for f in fields(Totals)}
    return Totals(**{**none, **known})


@pytest.mark.parametrize(
    ("known", "ja", "en"),
    [
        (
            {"suspended": 6, "wrong_attempts": 25},
            (
                "この実行は、検査対象のお客さま 6 名の認証を停止させます"
                "（誤ったワンタイムパスワードの入力は約 25 回）。"
            ),
            "This run will suspend 6 customers (about 25 wrong OTPs).",
        ),
        (
            {"burnt": 2},
            "この実行は、トークン 2 個を使えなくします。",
            "This run will retire 2 tokens.",
        ),
        (
            {"suspended": 1, "burnt": 2, "wrong_attempts": 3},
            (
                "この実行は、検査対象のお客さま 1 名の認証を停止させ、トークン 2 個を使えなくします"
                "（誤ったワンタイムパスワードの入力は約 3 回）。"
            ),
            "This run will suspend 1 customers and retire 2 tokens (about 3 wrong OTPs).",
        ),
    ],
)
def test_zero_counts_are_left_out(known: dict[str, int], ja: str, en: str) -> None:
    told = warning(totals(**known))
    assert (told.ja, told.en) == (ja, en)
