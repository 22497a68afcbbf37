"""Time as the scenarios speak of it: time steps, next days, dates in Japan."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from otp_conformance.sut.ports import Clock

JST = ZoneInfo("Asia/Tokyo")

# Every scenario begins here, so that a run can be repeated to the second: a
# Tuesday morning, 20 s into a minute, far from month end and year end.
SCENARIO_START = datetime(2026, 11, 24, 10, 0, 20, tzinfo=JST)

# Where in a step a person acts unless the edge itself is the subject.
COMFORTABLE_SECOND = 20

_DATE = re.compile(
    r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
    r"(?P<hour>\d{1,2})時(?P<minute>\d{2})分(?P<second>\d{2})秒"
)
_UNITS = {
    "秒": timedelta(seconds=1),
    "分": timedelta(minutes=1),
    "時間": timedelta(hours=1),
    "日": timedelta(days=1),
}
_SPAN = re.compile(r"(?P<count>\d+)(?P<unit>秒|分|時間|日)")

DATE_PATTERN = r"\d{4}年\d{1,2}月\d{1,2}日\d{1,2}時\d{2}分\d{2}秒"
SPAN_PATTERN = r"\d+(?:秒|分|時間|日)"


def parse_date(text: str) -> datetime:
    """Read 2026年12月8日10時00分00秒 as a moment in Japan. Raise ValueError otherwise."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"日時「{text}」は YYYY年M月D日H時MM分SS秒 の形ではありません")
    return datetime(**{k: int(v) for k, v in match.groupdict().items()}, tzinfo=JST)


def parse_span(text: str) -> timedelta:
    """Read 1分, 24時間, 7日 as a length of time. Raise ValueError otherwise."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"時間「{text}」は 1分・24時間・7日 のような形ではありません")
    return int(match["count"]) * _UNITS[match["unit"]]


class Timeline:
    """Moves the SUT's clock in the units of the manual.

    ``step_seconds`` is the declared time step (IX-07).
    """

    def __init__(self, clock: Clock, step_seconds: int) -> None:
        self._clock = clock
        self.zone = JST
        self.step_seconds = step_seconds

    def begin(self) -> None:
        """Bring a steerable clock to the scenarios' common beginning."""
        if self._clock.steerable:
            self._clock.move_to(SCENARIO_START)

    def now(self) -> datetime:
        """Return the SUT's time."""
        return self._clock.now()

    def step(self, moment: datetime | None = None) -> int:
        """Return the number of the time step of a moment (RFC 6238, T0 = 0)."""
        at = self.now() if moment is None else moment
        return int(at.timestamp()) // self.step_seconds

    def moment_in(self, step: int, second: int = COMFORTABLE_SECOND) -> datetime:
        """Return the moment ``second`` seconds into a time step."""
        return datetime.fromtimestamp(step * self.step_seconds + second, tz=JST)

    def move_to(self, moment: datetime) -> None:
        """Bring the SUT's clock to a moment."""
        self._clock.move_to(moment)

    def advance(self, span: timedelta) -> None:
        """Move the SUT's clock forward."""
        self._clock.move_to(self.now() + span)

    def to_step(self, step: int, second: int = COMFORTABLE_SECOND) -> None:
        """Move the SUT's clock to a place within a time step."""
        self._clock.move_to(self.moment_in(step, second))

    def to_next_day(self, hour: int, minute: int, time_zone: ZoneInfo = JST) -> None:
        """Move the SUT's clock to a time of the next calendar day (AMB-10)."""
        day = self.now().astimezone(time_zone) + timedelta(days=1)
        self._clock.move_to(day.replace(hour=hour, minute=minute, second=0, microsecond=0))
