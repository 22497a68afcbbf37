"""Only judges accuse the product: a closed way on the way is nobody's 不合格."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.verdict.outcome import SetupFailed

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("otp_conformance/people", "otp_conformance/judging", "otp_conformance/screens", "steps")


def _accusations(path: Path) -> list[int]:
    """Return the lines that make a Nonconformity, as only `Case` may."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Nonconformity"
    ]


def test_nothing_but_a_check_finds_a_nonconformity() -> None:
    files = [path for place in PLACES for path in (ROOT / place).rglob("*.py")]
    found = [f"{path.name}:{line}" for path in files for line in _accusations(path)]
    assert files
    assert found == []


def _attempt(*, accepted: bool) -> Attempt:
    return Attempt(Action.LOGIN, accepted=accepted, told=True, seen="画面「トップページ」")


def test_what_a_scenario_builds_on_must_succeed() -> None:
    _attempt(accepted=True).require_accepted()
    with pytest.raises(SetupFailed, match="ログインが受け付けられること"):
        _attempt(accepted=False).require_accepted()


def test_a_mistake_on_the_way_must_be_refused() -> None:
    _attempt(accepted=False).require_refused("誤った値")
    with pytest.raises(SetupFailed, match="誤った値ではログインできないこと"):
        _attempt(accepted=True).require_refused("誤った値")


def test_people_judge_nothing() -> None:
    """Whatever compares something with what it should be belongs to the room `judging`."""
    judgements = {"confirm", "refused", "control"}
    found = [
        f"{path.name}:{node.lineno} {node.attr}"
        for path in (ROOT / "otp_conformance/people").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in judgements
    ]
    assert found == []
