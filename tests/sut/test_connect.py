"""From a declaration to the five ports."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from otp_conformance.agent.http import HttpAgents
from otp_conformance.clock.moved import SteeredClock
from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.deployment.connect import connect
from otp_conformance.staff.screens import ScreensStaffDesk
from otp_conformance.staff.test_control import TestControlStaffDesk
from otp_conformance.verdict.outcome import DeclarationMismatch

REFERENCE = Path(__file__).parents[2] / "fixtures" / "declarations" / "reference.toml"
ENV = {"OTP_TEST_CONTROL_KEY": "key-of-the-run", "OTP_STAFF_PASSWORD": "password-of-the-run"}
BASE = "http://127.0.0.1:1"


def declared(tmp_path: Path, *replacements: tuple[str, str]) -> LoadedDeclaration:
    text = REFERENCE.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "declaration.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def ports(loaded: LoadedDeclaration, env: dict[str, str] = ENV) -> tuple[Any, list[str]]:
    learnt: list[str] = []
    agents = HttpAgents(("127.0.0.1",))
    return connect(loaded, BASE, env, agents, on_secret=learnt.append), learnt


def test_the_reference(tmp_path: Path) -> None:
    sut, learnt = ports(declared(tmp_path))
    assert isinstance(sut.clock._inner, SteeredClock)
    assert isinstance(sut.staff._inner, ScreensStaffDesk)
    assert sut.base_url == BASE
    assert sorted(learnt) == sorted(ENV.values())


def test_staff_over_test_control(tmp_path: Path) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    by_screens = re.search(r'kind = "screens".*\n(?:(?:login_id|password|path) = .*\n)+', text)
    assert by_screens is not None
    sut, _ = ports(declared(tmp_path, (by_screens.group(), 'kind = "test_control"\n')))
    assert isinstance(sut.staff._inner, TestControlStaffDesk)


def test_a_secret_that_is_not_set(tmp_path: Path) -> None:
    with pytest.raises(DeclarationMismatch, match="OTP_TEST_CONTROL_KEY") as caught:
        ports(declared(tmp_path), {"OTP_STAFF_PASSWORD": "x"})
    assert "adapters.test_control.key" in caught.value.expected
