"""A user who follows check's advice to the letter, and where that leads in a circle."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from otp_conformance.journal.events import ScenarioFinished
from otp_conformance.preflight.finding import Finding, State
from otp_conformance.verdict.verdict import Verdict
from workshop.variants import trial
from workshop.variants.trial import Entry, advised, carry_out

PASSED = ScenarioFinished(
    at="2026-04-01T00:00:00+00:00", scenario_id="LGN-04/1", verdict=Verdict.PASS, duration_s=0.0
)
Bank = Callable[[Mapping[str, object]], list[Finding]]


def _wrong(fix: str) -> Finding:
    return Finding("トップページ", "画面の題名", State.WRONG, "別の画面", fix)


def _title(text: str) -> Finding:
    return _wrong(f'宣言の [labels] に "top.title" = ["{text}"] を書いてください。')


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., trial.Trial]:
    """Let a user meet a bank of which ``check`` says what a function does."""

    def meet(bank: Bank, *, hasty: bool = False) -> trial.Trial:
        file = tmp_path / "declaration.toml"
        file.write_text('[sut]\nversion = "1"\n', encoding="utf-8")

        def check(declaration: Path, _: object) -> tuple[Finding, ...]:
            return tuple(bank(tomllib.loads(declaration.read_text(encoding="utf-8"))))

        monkeypatch.setattr(trial, "_check", check)
        monkeypatch.setattr(trial, "_run", lambda *_: {"LGN-04/1": PASSED})
        return carry_out(file, (), hasty=hasty)

    return meet


def test_advice_that_works_is_followed_until_all_agrees(user: Callable[..., trial.Trial]) -> None:
    def bank(declared: Mapping[str, object]) -> list[Finding]:
        return [] if "labels" in declared else [_title("■ トップページ")]

    met = user(bank)
    assert (met.rounds, met.findings, met.circles) == (2, (), ())
    assert met.followed == (Entry(("labels", "top", "title"), ["■ トップページ"]),)
    assert met.complaints == []


def test_the_text_of_something_else_is_misleading(user: Callable[..., trial.Trial]) -> None:
    def bank(declared: Mapping[str, object]) -> list[Finding]:
        return [] if "labels" in declared else [_title("お知らせ")]

    assert len(user(bank).complaints) == len(user(bank).misleading) == 1


def test_the_same_advice_again_is_a_circle(user: Callable[..., trial.Trial]) -> None:
    met = user(lambda _: [_title("ホーム")])
    assert met.rounds == 2
    assert met.circles == (Entry(("labels", "top", "title"), ["ホーム"]),)
    assert any("circle" in complaint for complaint in met.complaints)


def test_of_two_proposals_the_second_is_tried_after_the_first(
    user: Callable[..., trial.Trial],
) -> None:
    fix = '[labels] に "top.title" = ["ホーム"]、または [screen_marks] に "top" = ["ようこそ"]。'

    def bank(declared: Mapping[str, object]) -> list[Finding]:
        return [] if "screen_marks" in declared else [_wrong(fix)]

    met = user(bank)
    assert [entry.way[0] for entry in met.followed] == ["labels", "screen_marks"]
    assert met.circles == ()


def test_advice_that_only_goes_to_and_fro_comes_to_an_end(user: Callable[..., trial.Trial]) -> None:
    def bank(declared: Mapping[str, object]) -> list[Finding]:
        return [_title("乙" if "甲" in str(declared) else "甲")]

    met = user(bank)
    assert met.rounds == trial.MOST_ROUNDS
    assert met.differing


def test_where_nothing_can_be_pasted_the_user_stops(user: Callable[..., trial.Trial]) -> None:
    met = user(lambda _: [_wrong("種とシリアル番号を確かめてください。")])
    assert (met.rounds, met.followed, met.circles) == (1, (), ())
    assert met.ends


def test_the_hasty_do_not_run_what_does_not_agree(user: Callable[..., trial.Trial]) -> None:
    assert not user(lambda _: [_wrong("")], hasty=True).ends
    assert user(lambda _: [], hasty=True).ends


@pytest.mark.parametrize(
    ("fix", "entries"),
    [
        (
            'この画面で正しければ、宣言の [labels] に "top.title" = ["ホーム"] を書いてください。',
            [Entry(("labels", "top", "title"), ["ホーム"])],
        ),
        (
            '[labels] に "a.b" = ["一", "二"] を、または [screen_marks] に "top" = ["三"] を。',
            [Entry(("labels", "a", "b"), ["一", "二"]), Entry(("screen_marks", "top"), ["三"])],
        ),
        (
            "宣言の screen_ids.top を直すか、ics.screen_ids = false にしてください。",
            [Entry(("ics", "screen_ids"), False)],
        ),
        ('[labels] に "top.title" = ["実際の題名"] を書いてください。', []),
        ("種とシリアル番号を確かめてください。", []),
    ],
)
def test_advice_is_what_can_be_pasted(fix: str, entries: list[Entry]) -> None:
    assert list(advised(fix)) == entries
