"""Altered requests: what becomes of the fields."""

from __future__ import annotations

import pytest

from otp_conformance.agent.page import FormRequest
from otp_conformance.people.alterations import ALTERATIONS

REQUEST = FormRequest("POST", "https://bank.test/x", (("otp", "123456"), ("done", "0"), ("a", "b")))
OTP = "ワンタイムパスワード"


def altered(phrase: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in ALTERATIONS[phrase][1](REQUEST, "otp", "999999").fields:
        fields.setdefault(name, []).append(value)
    return fields


@pytest.mark.parametrize(
    ("phrase", "fields"),
    [
        (f"{OTP}の項目を抜いた", {}),
        (f"{OTP}の誤った値を二つ並べた", {"otp": ["999999", "999999"]}),
        (f"{OTP}の誤った値を配列にした", {"otp[]": ["999999"]}),
        (f"{OTP}の項目を「空でない」という条件に替えた", {"otp[$ne]": [""]}),
    ],
)
def test_a_field_has_another_shape_and_the_rest_stays(
    phrase: str, fields: dict[str, list[str]]
) -> None:
    assert altered(phrase) == {"done": ["0"], "a": ["b"], **fields}


def test_a_mark_turns_no_into_yes_and_never_brings_the_right_value() -> None:
    fields = altered(f"{OTP}を誤った値にし、確認済みの印を付けた")
    assert fields["otp"] == ["999999"]
    assert fields["done"] == ["1"]
    assert fields["a"] == ["b"]
    assert fields["otp_verified"] == ["1"]
    assert fields["otp_required"] == ["0"]


@pytest.mark.parametrize("phrase", ALTERATIONS)
def test_no_alteration_sends_the_right_value(phrase: str) -> None:
    sent = altered(phrase)
    assert all("123456" not in values for values in sent.values())
