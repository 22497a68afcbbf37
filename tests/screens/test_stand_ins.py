"""What looks right on a page that lets nothing else be sent."""

from __future__ import annotations

import pytest

from otp_conformance.cli import bundle
from otp_conformance.declaration.load import load
from otp_conformance.screens.stand_ins import stand_ins


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("otp.field", ""),
        ("otp.field", "12a456"),
        ("otp.field", "１２３４５６"),
        ("otp.field", " 123456"),
        ("activation.serial", "1"),
        ("activation.serial", "1234567890123"),
        ("activation.serial", "１２３４５６７８"),
        ("login.password", ""),
        ("confirmation.field", ""),
        ("confirmation.field", "x" * 99),
    ],
)
def test_what_looks_wrong_has_a_stand_in_that_does_not(key: str, wrong: str) -> None:
    declared = load(bundle.builtin_declaration()).declaration
    (found,) = stand_ins({key: wrong}, declared).values()
    assert found != wrong
    assert stand_ins({key: found}, declared) == {key: found}


def test_what_looks_right_stays() -> None:
    declared = load(bundle.builtin_declaration()).declaration
    right = {
        "otp.field": "123456",
        "activation.serial": "12345678",
        "login.password": "x",
        "confirmation.field": "abc12345",
    }
    assert stand_ins(right, declared) == right


def test_no_two_stand_ins_are_equal() -> None:
    declared = load(bundle.builtin_declaration()).declaration
    keys = ("otp.field", "activation.serial", "confirmation.field")
    assert len(set(stand_ins(dict.fromkeys(keys, ""), declared).values())) == len(keys)
