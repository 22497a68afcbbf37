"""A declaration that tells of what is read of it: each value, with its key and its line."""

from __future__ import annotations

from typing import Annotated

import pytest

from otp_conformance.declaration.base import Section, ix
from otp_conformance.declaration.load import load
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.procedures import Buttons
from otp_conformance.declaration.read import Read, shown, telling
from otp_conformance.journal.masking import MASK
from otp_conformance.resources import fixtures_dir

REFERENCE = fixtures_dir() / "declarations" / "reference.toml"


@pytest.fixture(scope="module")
def plain() -> Declaration:
    return load(REFERENCE).declaration


@pytest.fixture
def told() -> list[Read]:
    return []


@pytest.fixture
def declared(plain: Declaration, told: list[Read]) -> Declaration:
    return telling(plain, told.append)


def test_a_value_is_told_of_with_its_key_and_line(declared, told):
    assert declared.lockout.threshold == 5
    (read,) = told
    assert (read.key, read.value) == ("lockout.threshold", "5")
    line = REFERENCE.read_text(encoding="utf-8").splitlines()[read.line - 1]
    assert line.startswith("threshold = 5")


def test_a_table_alone_is_no_value(declared, told):
    assert declared.lockout.unlock is not None
    assert told == []


def test_what_a_method_reads_is_told_of_too(declared, told):
    assert declared.meets({"ics.software_tokens": True, "lockout.threshold": 5})
    assert [read.key for read in told] == ["ics.software_tokens", "lockout.threshold"]


def test_a_label_is_told_of_by_its_own_key_and_has_no_line_by_default(declared, told):
    assert declared.labels["login.title"]
    assert len(declared.labels) == len(list(declared.labels))
    assert [(read.key, read.line) for read in told] == [("labels.login.title", 0)]


def test_how_the_system_is_reached_is_not_told_of(declared, told):
    assert declared.sut.product
    assert declared.adapters.clock.kind
    assert told == []


def test_to_everybody_else_it_is_the_declaration(declared, plain):
    assert isinstance(declared, Declaration)
    assert isinstance(declared.buttons, Buttons)
    assert declared.manual is plain.manual
    assert declared.selector("otp.field") == plain.selector("otp.field")
    assert declared.line_of("lockout.threshold") == plain.line_of("lockout.threshold") > 0
    assert declared.line_of("otp.nothing") == 0


def test_a_secret_is_told_of_without_its_value(plain, told, monkeypatch):
    class Withheld(Section):
        word: Annotated[str, ix("IX-00", "秘密", "Secret", secret=True)] = "env:WORD"

    file = plain.model_copy()
    monkeypatch.setitem(file.__dict__, "login", Withheld())
    assert telling(file, told.append).login.word == "env:WORD"
    assert [(read.key, read.value) for read in told] == [("login.word", MASK)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (True, "true"),
        ("cut", '"cut"'),
        (("a", "b"), '["a", "b"]'),
        (None, "—"),
        ("x" * 300, '"' + "x" * 199 + "…"),
    ],
)
def test_values_are_shown_as_one_writes_them(value, text):
    assert shown(value) == text
