"""Codes are stamped when sent; an edge excuses the product, and only an edge does."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from otp_conformance.agent.page import Control, FormRequest, Role
from otp_conformance.clock.start import SCENARIO_START
from otp_conformance.people.sending import Sendings, watched
from otp_conformance.people.timeline import Timeline
from otp_conformance.verdict.outcome import EnvironmentTrouble, Nonconformity, NotRun, SetupFailed
from otp_conformance.verdict.verdict import Cause, Verdict

FIELD = Control(Role.FIELD, ("OTP",))
BUTTON = Control(Role.BUTTON, ("次へ",))
CODE = "314159"
STEP = int(SCENARIO_START.timestamp()) // 60
FOUND = Nonconformity(expected="ログインできること", observed="エラーが出た")


class Clock:
    """A clock that goes on by itself when a page is asked for."""

    steerable = reversible = False

    def __init__(self, second: float, guard: int = 5) -> None:
        self.moment = SCENARIO_START.replace(second=0) + timedelta(seconds=second)
        self.guard_seconds = guard
        self.trouble: EnvironmentTrouble | None = None

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        raise NotRun(expected="", observed=str(moment))

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def recheck(self) -> None:
        if self.trouble:
            raise self.trouble


class Agent:
    """A user agent whose every answer takes so long."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.clock = clock
        self.seconds = seconds
        self.done: list[str] = []

    def fill(self, control: Control, value: str) -> None:
        del value
        self.done.append(f"fill {control.names[0]}")

    def _answer(self, what: str) -> None:
        self.done.append(what)
        self.clock.pass_by(self.seconds)

    def press(self, control: Control) -> None:
        self._answer(f"press {control.names[0]}")

    def press_twice(self, control: Control) -> None:
        self._answer(f"press twice {control.names[0]}")

    def send(self, request: FormRequest) -> None:
        self._answer(f"send {request.address}")

    @contextmanager
    def sending(self, request: FormRequest, *, at: float) -> Any:
        yield
        self._answer(f"send {request.address} at {at}")

    def view(self) -> str:
        return "page"


class Scene:
    def __init__(self, second: float, takes: float, guard: int = 5) -> None:
        self.clock = Clock(second, guard)
        self.stamps: list[dict[str, Any]] = []
        case = SimpleNamespace(code_sent=lambda **stamp: self.stamps.append(stamp))
        self.sendings = Sendings(Timeline(self.clock, 60), case)  # type: ignore[arg-type]
        self.inner = Agent(self.clock, takes)
        self.agent = watched(self.inner, self.sendings)  # type: ignore[arg-type]

    def enter(self, code: str = CODE, *, timely: bool = True, after: float = 0.0) -> None:
        self.sendings.chosen(code, timely=timely)
        self.clock.pass_by(after)
        self.agent.fill(FIELD, code)
        self.agent.press(BUTTON)


def request(value: str = CODE) -> FormRequest:
    return FormRequest("POST", "http://bank/login", (("otp", value),))


def test_a_code_is_stamped_at_the_moment_of_sending() -> None:
    scene = Scene(20.0, takes=1.5)
    scene.enter(after=3.25)
    assert scene.stamps == [
        {
            "chosen_step": STEP,
            "time_step": STEP,
            "answered_step": STEP,
            "since_start_s": 23.2,
            "until_end_s": 36.8,
            "edge": False,
            "made": "",
        }
    ]
    assert scene.inner.done == ["fill OTP", "press 次へ"]
    assert CODE not in str(scene.stamps)


def test_a_stamp_tells_how_the_code_was_made_and_a_wrong_one_stays_wrong() -> None:
    scene = Scene(20.0, takes=0.5)
    for made, code in (("誤った", CODE), ("同じ", CODE), ("新しい", "271828"), ("同じ", "271828")):
        scene.sendings.chosen(code, timely=True, made=made)
        scene.agent.send(request(code))
    assert [stamp["made"] for stamp in scene.stamps] == ["誤った", "誤った", "新しい", "同じ"]


def test_what_is_no_code_is_not_stamped() -> None:
    scene = Scene(20.0, takes=1.5)
    scene.sendings.chosen("", timely=True)
    scene.agent.fill(FIELD, "pass-word")
    scene.agent.fill(BUTTON, "")
    scene.agent.press(BUTTON)
    scene.agent.send(request("pass-word"))
    assert scene.stamps == []
    assert scene.agent.view() == "page"


def test_a_typed_code_goes_with_one_press_only() -> None:
    scene = Scene(20.0, takes=1.5)
    scene.enter()
    scene.agent.press(BUTTON)
    assert len(scene.stamps) == 1


def test_every_way_to_send_is_stamped() -> None:
    scene = Scene(20.0, takes=0.5)
    scene.sendings.chosen(CODE, timely=True)
    scene.agent.send(request())
    scene.agent.fill(FIELD, CODE)
    scene.agent.press_twice(BUTTON)
    with scene.agent.sending(request(), at=5.0), scene.agent.sending(request(), at=5.0):
        pass
    assert len(scene.stamps) == 4


@pytest.mark.parametrize(
    ("second", "after", "takes", "edge"),
    [
        (20.0, 0.0, 1.0, False),
        (50.0, 0.0, 4.9, False),
        (50.0, 0.0, 5.0, True),  # answered inside the guard band
        (50.0, 0.0, 12.0, True),  # answered in the next step
        (50.0, 12.0, 1.0, True),  # sent in the next step
        (4.9, 0.0, 1.0, True),
        (5.0, 0.0, 1.0, False),
    ],
)
def test_a_finding_after_an_edge_is_inconclusive_with_the_numbers(
    second: float, after: float, takes: float, *, edge: bool
) -> None:
    scene = Scene(second, takes)
    scene.enter(after=after)
    assert scene.stamps[0]["edge"] is edge
    worth = scene.sendings.doubt(FOUND)
    if not edge:
        assert worth is FOUND
        return
    assert (worth.verdict, worth.cause) == (Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)
    assert FOUND.observed in worth.observed
    assert str(STEP) in worth.observed
    assert "もう一度" in worth.hint


def test_an_edge_excuses_a_setup_too_but_no_mistake_of_others() -> None:
    scene = Scene(50.0, takes=12.0)
    scene.enter()
    setup = SetupFailed(expected="", observed="")
    assert scene.sendings.doubt(setup).cause is Cause.ENVIRONMENT
    trouble = EnvironmentTrouble(expected="", observed="")
    assert scene.sendings.doubt(trouble) is trouble


def test_codes_that_are_wrong_at_any_time_excuse_nothing() -> None:
    scene = Scene(50.0, takes=12.0)
    scene.enter(timely=False)
    assert scene.stamps[0]["answered_step"] == STEP + 1
    assert scene.sendings.doubt(FOUND) is FOUND


def test_a_code_sent_again_later_is_a_used_code() -> None:
    scene = Scene(20.0, takes=1.0)
    scene.enter()
    scene.clock.pass_by(60)
    scene.agent.send(request())
    assert [stamp["edge"] for stamp in scene.stamps] == [False, False]
    assert [stamp["time_step"] for stamp in scene.stamps] == [STEP, STEP + 1]


def test_where_time_stands_still_nothing_is_excused() -> None:
    scene = Scene(59.0, takes=0.0, guard=0)
    scene.enter(after=1.0)  # moved on purpose
    assert scene.stamps[0]["edge"] is False
    assert scene.sendings.doubt(FOUND) is FOUND


def test_a_clock_that_was_wrong_excuses_the_product() -> None:
    scene = Scene(20.0, takes=1.0)
    scene.enter()
    scene.clock.trouble = EnvironmentTrouble(
        expected="飛ばないこと", observed="60 秒飛びました", hint="時刻合わせ"
    )
    worth = scene.sendings.doubt(FOUND)
    assert (worth.verdict, worth.cause, worth.hint) == (
        Verdict.INCONCLUSIVE,
        Cause.ENVIRONMENT,
        "時刻合わせ",
    )
    assert "60 秒飛びました" in worth.observed
    assert FOUND.observed in worth.observed
