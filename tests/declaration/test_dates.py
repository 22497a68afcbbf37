"""Dates as customers read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from otp_conformance.dates import read, tells_moment, written

MOMENT = datetime(2030, 2, 7, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%Y年%m月%d日 %H時%M分", "2030年02月07日 14時05分"),
        ("%EY%m月%d日", "令和12年02月07日"),
        ("%EC%Ey年%m月%d日 %H:%M", "令和12年02月07日 14:05"),
        ("R%Ey.%m.%d", "R12.02.07"),
        ("%Y/%m/%d（100%%）", "2030/02/07（100%）"),
    ],
)
def test_a_declared_format_is_written_and_read(pattern: str, text: str) -> None:
    assert written(MOMENT, pattern) == text
    assert read(text, pattern).date() == MOMENT.date()


def test_the_first_year_of_the_era() -> None:
    first = datetime(2019, 5, 1, tzinfo=UTC)
    assert written(first, "%EY%m月") == "令和元年05月"
    assert read("令和元年05月01日", "%EY%m月%d日") == first.replace(tzinfo=None)


@pytest.mark.parametrize("text", ["", "いつか", "令和12年13月01日", "12年02月07日"])
def test_what_is_no_date_of_the_format(text: str) -> None:
    with pytest.raises(ValueError, match="does not match"):
        read(text, "%EY%m月%d日")


@pytest.mark.parametrize(
    "text",
    [
        "2030年2月7日 14時5分",
        "２０３０年２月７日",
        "2030/02/07 14:05",
        "2030-02-07 14:05:59",
        "令和12年2月7日 午後2時05分",
        "R12.2.7",
        "2030年2月7日（木）まで（あと1,160日）",
    ],
)
def test_the_same_moment_in_other_words(text: str) -> None:
    assert tells_moment(text, MOMENT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2030年2月8日",
        "2029年2月7日 14時05分",
        "2030年2月7日 15時05分",
        "2030年2月7日 2時05分",
        "令和11年2月7日",
        "14時05分",
        "2030年2月",
    ],
)
def test_another_moment(text: str) -> None:
    assert not tells_moment(text, MOMENT)
