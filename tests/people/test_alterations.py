"""Altered requests: what becomes of the fields."""

from __future__ import annotations

import pytest

from otp_conformance.agent.page import FormRequest, Parameter
from otp_conformance.people.alterations import ALTERATIONS
from otp_conformance.report.phrases import english, is_japanese

REQUEST = FormRequest("POST", "https://bank.test/x", (("otp", "123456"), ("done", "0"), ("a", "b")))
OTP = "ワンタイムパスワード"


def altered(phrase: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in ALTERATIONS[phrase].alter(REQUEST, Parameter(("otp",)), "999999").fields:
        fields.setdefault(name, []).append(value)
    return fields


@pytest.mark.parametrize(
    ("phrase", "fields"),
    [
        (f"{OTP}を欄ごと省いて送る", {}),
        (f"誤った{OTP}を二つ重ねて送る", {"otp": ["999999", "999999"]}),
        (f"誤った{OTP}を束にして送る", {"otp[]": ["999999"]}),
        (f"{OTP}の代わりに「空でなければよい」という条件を送る", {"otp[$ne]": [""]}),
    ],
)
def test_a_field_has_another_shape_and_the_rest_stays(
    phrase: str, fields: dict[str, list[str]]
) -> None:
    assert altered(phrase) == {"done": ["0"], "a": ["b"], **fields}


def test_a_mark_turns_no_into_yes_and_never_brings_the_right_value() -> None:
    fields = altered(f"誤った{OTP}に「確認済み」の印を付けて送る")
    assert fields["otp"] == ["999999"]
    assert fields["done"] == ["1"]
    assert fields["a"] == ["b"]
    assert fields["otp_verified"] == ["1"]
    assert fields["otp_required"] == ["0"]


@pytest.mark.parametrize("phrase", ALTERATIONS)
def test_no_alteration_sends_the_right_value(phrase: str) -> None:
    sent = altered(phrase)
    assert all("123456" not in values for values in sent.values())


@pytest.mark.parametrize("phrase", ALTERATIONS)
def test_the_record_says_how_it_was_altered_and_never_the_value(phrase: str) -> None:
    record = f"細工の中身：{ALTERATIONS[phrase].record.format('otp')}"
    assert "項目「otp」" in record
    assert not is_japanese(english(record))
