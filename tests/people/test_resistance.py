"""What the hardening set compares: answers, frames, names of others, moments."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace as Some
from typing import Any

import pytest

from otp_conformance.agent.page import FormRequest
from otp_conformance.judging.resistance import Resistance
from otp_conformance.people import attacks
from otp_conformance.people.attacks import Answer, answer_in_sight, constant


class Facts:
    """Keeps what is judged."""

    def __init__(self) -> None:
        self.ends: list[bool] = []
        self.seen = ""

    def fact(self, name: str, ok: bool, *, expected: str, observed: str) -> None:
        del name, expected
        self.ends.append(ok)
        self.seen = observed


def judging(**more: Any) -> tuple[Resistance, Facts]:
    facts, people = Facts(), Some(scene=Some(case=None), **more)
    return Resistance(people, facts), facts  # type: ignore[arg-type]


def site(text: str, status: int = 200, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    view = Some(text=text, http_status=status, headers=named)
    return Some(view=lambda: view, describe=lambda: "画面")


@pytest.mark.parametrize(
    ("headers", "ok"),
    [
        ({"content_security_policy": "default-src 'none'; frame-ancestors 'none'"}, True),
        ({"content_security_policy": "frame-ancestors 'self' https://partner.example"}, True),
        ({"content_security_policy": "frame-ancestors *", "x_frame_options": "DENY"}, False),
        ({"content_security_policy": "Frame-Ancestors https:"}, False),
        ({"content_security_policy": "default-src 'self'"}, False),
        ({"x_frame_options": "sameorigin"}, True),
        ({"x_frame_options": "ALLOW-FROM https://partner.example"}, False),
        ({"date": "today"}, False),
    ],
)
def test_who_may_frame_a_page(headers: dict[str, str], ok: bool) -> None:
    judge, facts = judging(acting=lambda: Some(site=site("", **headers)))
    judge.not_framed()
    assert facts.ends == [ok]


def told(*texts: str, status: int = 200) -> list[Answer]:
    return [answer_in_sight(site(text, status)) for text in texts]


def test_what_changes_by_itself_is_no_part_of_an_answer() -> None:
    a, b = constant(told("断り\n受付 12", "断り\n受付 7")), constant(told("断り\n受付 3"))
    assert a == b
    assert constant(told("断り\nabc", "断り\ndef"))[0] == {"断り"}


@pytest.mark.parametrize(
    ("wrong", "ok"),
    [
        (told("断り\n番号 5", "断り\n番号 6"), True),
        (told("断り\n違います", "断り\n違います"), False),
        (told("断り\n番号 5", "断り\n番号 6", status=403), False),
    ],
)
def test_answers_are_the_same_or_not(wrong: list[Answer], ok: bool) -> None:
    judge, facts = judging()
    judge._answers = {"正しい": told("断り\n番号 1", "断り\n番号 2"), "誤った": wrong}
    judge.same_answers()
    assert facts.ends == [ok]
    assert ok or "違います" in facts.seen or "403" in facts.seen


def test_another_is_named_wherever_one_can_be_named() -> None:
    def person(name: str, serial: str) -> Any:
        return Some(
            account=Some(login_id=name), token=Some(asset=Some(serial=serial)), retired=None
        )

    request = FormRequest("POST", "/", (("id", "me"), ("no", "11"), ("user", "x"), ("otp", "1")))
    named = dict(attacks._naming(request, person("me", "11"), person("you", "22")).fields)
    assert (named["id"], named["no"], named["user"]) == ("you", "22", "x")
    assert (named["login_id"], named["token_id"], named["otp"]) == ("you", "22", "1")


def test_only_what_tells_the_present_is_set_back() -> None:
    then = datetime(2026, 1, 1, tzinfo=UTC)
    assert attacks._then("1767225600", then) == str(int(then.timestamp()))
    assert attacks._then("1767225600123", then) == str(int(then.timestamp()) * 1000)
    assert [attacks._then(v, then) for v in ("12345678", "a1767225600")] == [
        "12345678",
        "a1767225600",
    ]
