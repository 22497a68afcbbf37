"""A token that is wrong itself: no bank can make it so, hence a command that plays one.

What TOK-01 and TOK-08 say of the token is judged on what the device shows
(docs/mutation.md, "Judgements that no planted fault makes red").
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Some

import pytest
from pretend_world import attempt, judge

from otp_conformance.commands import Commands
from otp_conformance.specification.words import Kind
from otp_conformance.tokens.port import TokenAsset
from otp_conformance.tokens.reading import CommandToken, Display
from otp_conformance.verdict.outcome import DeclarationMismatch

START = datetime(2026, 11, 24, 1, 0, 0, tzinfo=UTC)
BY_STEP = "print(f'{int(sys.argv[1]) % 1000000:06d}')"


class Time:
    """Time as the judgements ask for it."""

    step_seconds = 60

    def step(self):
        return int(START.timestamp()) // 60

    def moment_in(self, step, second=20):
        return datetime.fromtimestamp(step * 60 + second, tz=UTC)

    def to_step(self, step, second):
        assert step > self.step()


@pytest.fixture
def customer_with(tmp_path):
    """Return what makes a customer whose token is a command that prints."""

    def make(prints):
        (tmp_path / "fob.py").write_text(f"import sys\n{prints}\n", encoding="utf-8")
        token = CommandToken(
            TokenAsset("101109980101", Kind.HARDWARE, START + timedelta(days=365)),
            Display(6, 60),
            (sys.executable, "fob.py", "{step}"),
            Commands(tmp_path, {"PYTHONIOENCODING": "utf-8"}, 20),
            any_moment=True,
            now=lambda: START,
            on_secret=lambda code: None,
        )
        return Some(in_hand=lambda: token, log_in=lambda phrase: attempt(accepted=True))

    return make


def in_world():
    return judge(time=Time(), declaration=Some(otp=Some(digits=6, leading_zeros=True)))


@pytest.mark.parametrize(("prints", "right"), [(BY_STEP, True), ("print('271828')", False)])
def test_a_token_whose_value_never_changes_is_found(customer_with, prints, right):
    world = in_world()
    world.judge.changes_every_minute(customer_with(prints))
    assert world.case.ends == [("fact", right), ("fact", True)]


@pytest.mark.parametrize("prints", ["print('２７１８２８')", "print('27182')", "print('2718281')"])
def test_a_value_of_another_form_never_passes_and_is_not_blamed_on_the_bank(customer_with, prints):
    world = in_world()
    with pytest.raises(DeclarationMismatch, match="6 桁の数字だけ"):
        world.judge.code_format(customer_with(prints))
    assert world.case.ends == []
