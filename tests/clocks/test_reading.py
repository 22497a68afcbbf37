"""Reading the system's time: described calls, the Date header, offsets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from otp_conformance.calls.described import HttpCaller
from otp_conformance.clock.reading import Told, called, date_header, measured
from otp_conformance.declaration.adapters.clock import ClockAdapter
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.verdict.outcome import EnvironmentTrouble

NOON = datetime(2026, 11, 24, 3, 0, 20, tzinfo=UTC)
READ = HttpCall(method="GET", url="/time")


def caller(answer: httpx.Response) -> HttpCaller:
    return HttpCaller(
        "https://bank.example/",
        ("bank.example",),
        what="時計",
        key="adapters.clock.read",
        secret=str,
        transport=httpx.MockTransport(lambda _: answer),
    )


@pytest.mark.parametrize(
    ("answer", "member", "form", "told"),
    [
        ({"now": "2026-11-24T12:00:20+09:00"}, "now", "iso", Told(NOON, 1.0)),
        ({"now": "2026-11-24T03:00:20Z"}, "now", "iso", Told(NOON, 1.0)),
        (
            {"a": [{"t": NOON.timestamp() + 0.5}]},
            "a.0.t",
            "unix",
            Told(NOON + timedelta(seconds=0.5), 0.0),
        ),
        (int(NOON.timestamp()), "", "unix", Told(NOON, 1.0)),
        (str(int(NOON.timestamp())), "", "unix", Told(NOON, 1.0)),
    ],
)
def test_a_described_call(answer: object, member: str, form: str, told: Told) -> None:
    adapter = ClockAdapter.model_validate(
        {"kind": "real", "read_member": member, "read_format": form}
    )
    assert called(caller(httpx.Response(200, json=answer)), adapter, READ)() == told


@pytest.mark.parametrize(
    ("answer", "member", "form"),
    [
        ({"now": "2026-11-24T12:00:20"}, "now", "iso"),  # could mean any zone
        ({"now": "noon"}, "now", "iso"),
        ({"now": None}, "now", "iso"),
        ({"now": True}, "now", "unix"),
        ({"now": "noon"}, "now", "unix"),
        ({"now": 1e30}, "now", "unix"),
        ({}, "now", "iso"),
        ([], "0", "iso"),
    ],
)
def test_an_answer_that_is_no_moment(answer: object, member: str, form: str) -> None:
    adapter = ClockAdapter.model_validate(
        {"kind": "real", "read_member": member, "read_format": form}
    )
    with pytest.raises(EnvironmentTrouble, match="時刻として読めません") as caught:
        called(caller(httpx.Response(200, json=answer)), adapter, READ)()
    assert "adapters.clock.read" in caught.value.hint


@pytest.mark.parametrize(("age", "seconds"), [({}, 0), ({"Age": "30"}, 30)])
def test_the_date_header(age: dict[str, str], seconds: int) -> None:
    answer = httpx.Response(302, headers={"Date": "Tue, 24 Nov 2026 03:00:20 GMT", **age})
    assert date_header(caller(answer), "/login")() == Told(NOON + timedelta(seconds=seconds), 1.0)


@pytest.mark.parametrize("headers", [{}, {"Date": "noon"}])
def test_no_date_header(headers: dict[str, str]) -> None:
    with pytest.raises(EnvironmentTrouble, match="Date") as caught:
        date_header(caller(httpx.Response(200, headers=headers)), "/login")()
    assert "adapters.clock.read" in caught.value.hint


class Journey:
    """Requests that take their time to a server whose clock is ahead."""

    def __init__(self, ahead: float, there: list[float], back: float = 0.1) -> None:
        self.wall = NOON + timedelta(seconds=0.4)
        self.ahead = timedelta(seconds=ahead)
        self.there = there
        self.back = back

    def pause(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)

    def read(self) -> Told:
        self.pause(self.there.pop(0))
        told = (self.wall + self.ahead).replace(microsecond=0)
        self.pause(self.back)
        return Told(told, 1.0)


@pytest.mark.parametrize("ahead", [-3600.0, -4.2, 0.0, 7.7])
def test_the_offset_of_header_dates_is_found_within_its_uncertainty(ahead: float) -> None:
    journey = Journey(ahead, [0.1] * 5)
    found = measured(journey.read, now=lambda: journey.wall, pause=journey.pause)
    assert abs(found.seconds - ahead) <= found.uncertainty_seconds
    assert found.uncertainty_seconds == pytest.approx(0.6)
    assert abs(found.seconds - ahead) < 0.3  # the median of several phases of a second


def test_one_slow_answer_does_not_shift_the_median() -> None:
    journey = Journey(2.0, [0.1, 0.1, 8.0, 0.1, 0.1])
    found = measured(journey.read, now=lambda: journey.wall, pause=journey.pause)
    assert abs(found.seconds - 2.0) < 0.5
