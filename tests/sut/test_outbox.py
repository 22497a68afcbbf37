"""Notices to customers, read as declared."""

from __future__ import annotations

from types import SimpleNamespace as Some
from typing import Any

import pytest

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.adapters.outbox import OutboxAdapter
from otp_conformance.deployment.connect import outbox
from otp_conformance.verdict.outcome import DeclarationMismatch

NOTICES = [
    {"at": "2026-11-24T10:05:00+09:00", "subject": "後"},
    {"at": "2026-11-24T01:00:00+00:00", "subject": "先"},
]


class Vendor:
    """Answers every call alike."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[Any, ...]] = []

    def call(self, *asked: Any, query: dict[str, str]) -> Any:
        self.asked.append((*asked, query))
        return self.answer

    def json(self, call: HttpCall, values: dict[str, str]) -> Any:
        self.asked.append((call.url, values))
        return self.answer

    def unreadable(self, why: str) -> DeclarationMismatch:
        return DeclarationMismatch(expected="件名の配列", observed=why)


def connection(adapter: OutboxAdapter | None, answer: Any = None) -> tuple[Any, Vendor]:
    vendor = Vendor(answer)
    declared = Some(adapters=Some(outbox=adapter))
    made = Some(declaration=declared, control=lambda key: vendor, caller=lambda what, key: vendor)
    return made, vendor


def described(subjects: str = "data.items") -> OutboxAdapter:
    call = HttpCall(method="GET", url="/notices/{login_id}")
    return OutboxAdapter(kind="http", call=call, subjects=subjects)


def test_where_nothing_is_declared_nothing_can_be_read() -> None:
    assert outbox(connection(None)[0]) is None


def test_notices_of_the_test_control_api_are_in_order_of_time() -> None:
    made, vendor = connection(OutboxAdapter(kind="test_control"), {"notices": NOTICES})
    read = outbox(made)
    assert read is not None
    assert read("a") == ("先", "後")
    assert vendor.asked == [("GET", "outbox", {"login_id": "a"})]


@pytest.mark.parametrize("items", [["件名"], [{"subject": "件名"}]])
def test_a_described_call_answers_with_subjects(items: list[Any]) -> None:
    made, vendor = connection(described(), {"data": {"items": items}})
    read = outbox(made)
    assert read is not None
    assert read("a") == ("件名",)
    assert vendor.asked == [("/notices/{login_id}", {"login_id": "a"})]


def test_an_answer_without_subjects_is_told() -> None:
    read = outbox(connection(described("elsewhere"), {"data": []})[0])
    assert read is not None
    with pytest.raises(DeclarationMismatch, match="elsewhere"):
        read("a")
