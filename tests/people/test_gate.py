"""The next-day gate as the suite expects it, by the declaration."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

import pytest

from otp_conformance.clock.port import TOKYO
from otp_conformance.declaration.model import Declaration
from otp_conformance.people.gate import is_open
from otp_conformance.people.timeline import parse_date, parse_span
from otp_conformance.specification.words import Kind


@dataclass
class _Switching:
    gate: str = "issue"
    covers_same_kind: bool = False
    covers_handset_change: bool = False
    time_zone: str = "Asia/Tokyo"
    cutover_minutes: int = 0
    business_days_only: bool = False
    holidays: tuple[date, ...] = ()


@dataclass
class _Declared:
    switching: _Switching = field(default_factory=_Switching)


def _open(
    deactivated: str,
    now: str,
    former: Kind = Kind.SOFTWARE,
    new: Kind = Kind.HARDWARE,
    **switching: object,
) -> bool:
    declared = _Declared(_Switching(**switching))  # type: ignore[arg-type]
    return is_open(
        cast("Declaration", declared),
        deactivated=parse_date(deactivated),
        now=parse_date(now),
        former=former,
        new=new,
    )


@pytest.mark.parametrize(
    ("deactivated", "now", "expected"),
    [
        ("2026年12月8日10時00分00秒", "2026年12月8日23時59分59秒", False),
        ("2026年12月8日23時59分59秒", "2026年12月9日00時00分00秒", True),
        ("2026年12月31日23時59分00秒", "2027年1月1日00時00分00秒", True),
        ("2028年2月28日10時00分00秒", "2028年2月29日00時00分00秒", True),
        ("2026年12月8日08時30分00秒", "2026年12月8日09時30分00秒", False),
    ],
)
def test_the_day_changes_at_midnight_in_japan(deactivated: str, now: str, expected: bool) -> None:
    assert _open(deactivated, now) is expected


def test_a_declared_cutover_moves_the_border() -> None:
    late = "2026年12月9日02時00分00秒"
    assert not _open("2026年12月8日10時00分00秒", late, cutover_minutes=180)
    assert _open("2026年12月8日10時00分00秒", "2026年12月9日03時00分00秒", cutover_minutes=180)


@pytest.mark.parametrize(
    ("deactivated", "opens"),
    [
        ("2026年12月10日10時00分00秒", "2026年12月11日00時00分00秒"),  # Thursday
        ("2026年12月11日10時00分00秒", "2026年12月14日00時00分00秒"),  # Friday
        ("2026年12月12日10時00分00秒", "2026年12月14日00時00分00秒"),  # Saturday
        ("2026年12月30日10時00分00秒", "2027年1月4日00時00分00秒"),  # two holidays and a weekend
    ],
)
def test_where_business_days_count_the_gate_opens_on_the_next_one(
    deactivated: str, opens: str
) -> None:
    holidays = (date(2026, 12, 31), date(2027, 1, 1))
    calendar = {"business_days_only": True, "holidays": holidays}
    before = (parse_date(opens) - parse_span("1秒")).strftime("%Y年%m月%d日%H時%M分%S秒")
    assert not _open(deactivated, before, **calendar)
    assert _open(deactivated, opens, **calendar)


def test_only_a_change_of_kind_waits_unless_declared() -> None:
    day = ("2026年12月8日10時00分00秒", "2026年12月8日11時00分00秒")
    assert _open(*day, Kind.HARDWARE, Kind.HARDWARE)
    assert not _open(*day, Kind.HARDWARE, Kind.HARDWARE, covers_same_kind=True)
    assert _open(*day, Kind.SOFTWARE, Kind.SOFTWARE)
    assert not _open(*day, Kind.SOFTWARE, Kind.SOFTWARE, covers_handset_change=True)
    assert _open(*day, gate="none")


def test_dates_and_spans_are_read_in_japan() -> None:
    assert parse_date("2026年12月8日10時00分00秒") == datetime(2026, 12, 8, 10, tzinfo=TOKYO)
    assert parse_span("24時間") == parse_span("1日")


@pytest.mark.parametrize("text", ["2026-12-08", "12月8日10時00分00秒", ""])
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="日時"):
        parse_date(text)


@pytest.mark.parametrize("text", ["1週間", "分", "-1日"])
def test_other_spans_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="時間"):
        parse_span(text)
