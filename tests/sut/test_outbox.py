"""Notices to customers, read as declared."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace as Some
from typing import Any

import pytest

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.adapters.outbox import OutboxAdapter
from otp_conformance.deployment.connect import outbox
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

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


def connection(
    adapter: OutboxAdapter | None, answer: Any = None, folder: Path = Path()
) -> tuple[Any, Vendor]:
    vendor = Vendor(answer)
    declared = Some(adapters=Some(outbox=adapter))
    made = Some(
        declaration=declared,
        control=lambda key: vendor,
        caller=lambda what, key: vendor,
        base=folder,
        env=dict(os.environ),
    )
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


def test_a_command_prints_the_subjects(tmp_path: Path) -> None:
    words = (sys.executable, "-c", "import sys; print('[\"' + sys.argv[1] + '\"]')", "{login_id}")
    read = outbox(connection(OutboxAdapter(kind="command", command=words), None, tmp_path)[0])
    assert read is not None
    assert read("a001") == ("a001",)


def mailing(folder: Path) -> Any:
    """Return what reads the mails in a folder."""
    adapter = OutboxAdapter(kind="folder", folder="mails", recipient="{login_id}@test.example")
    return outbox(connection(adapter, None, folder)[0])


def test_mails_in_a_folder_are_those_to_the_customer_oldest_first(tmp_path: Path) -> None:
    mails = tmp_path / "mails" / "new"
    mails.mkdir(parents=True)
    for number, (to, subject) in enumerate(
        [
            ("=?utf-8?b?44GK5a6i?= <A001@test.example>", "=?utf-8?b?5YWI?="),
            ("a0010@test.example", "other"),
            ("b@test.example, a001@test.example", "later"),
        ]
    ):
        mail = mails / f"{9 - number}.eml"
        mail.write_text(f"To: {to}\nSubject: {subject}\n\na001@test.example\n", encoding="utf-8")
        os.utime(mail, (number, number))
    (mails / "noise.bin").write_bytes(bytes(range(256)))
    assert mailing(tmp_path)("a001") == ("先", "later")
    assert mailing(tmp_path)("nobody") == ()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentTrouble, match="フォルダー"):
        mailing(tmp_path)("a001")
