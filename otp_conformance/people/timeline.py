"""Time as the scenarios speak of it: time steps, next days, dates in Japan."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from otp_conformance.clock.port import TOKYO, Clock
from otp_conformance.clock.start import SCENARIO_START, scenario_start
from otp_conformance.verdict.outcome import NotApplicable, NotRun

# Where in a step a person acts unless the edge itself is the subject.
COMFORTABLE_SECOND = 20

# Between these hours a clock that only goes forward begins a scenario as it is.
_MORNING_HOUR, _EVENING_HOUR = 6, 22
# A scenario begun in real time so near midnight might end on another day.
_BEFORE_MIDNIGHT = timedelta(minutes=4)

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
    return datetime(**{k: int(v) for k, v in match.groupdict().items()}, tzinfo=TOKYO)


def parse_span(text: str) -> timedelta:
    """Read 1分, 24時間, 7日 as a length of time. Raise ValueError otherwise."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"時間「{text}」は 1分・24時間・7日 のような形ではありません")
    return int(match["count"]) * _UNITS[match["unit"]]


def before_the_list(moment: datetime, made: datetime) -> dict[str, str]:
    """Return why nothing is tried at a moment: what was expected, observed, and a hint."""
    form = "%Y年%m月%d日%H時%M分%S秒"
    return {
        "expected": f"検査対象の時刻を{moment:{form}}にすること",
        "observed": f"お客さまとトークンの一覧は{made.astimezone(TOKYO):{form}}に用意されたもので、"
        f"シナリオはその後の{scenario_start(made):{form}}より前には戻れません",
        "hint": "検査対象の時刻をその前に戻してから用意し直し、一覧の made_at を直すと実施でき"
        "ます。",
    }


def first_date(texts: Iterable[str]) -> datetime | None:
    """Return the earliest moment that sentences of a scenario name, None without any."""
    named = [match[0] for text in texts for match in _DATE.finditer(text)]
    return min(map(parse_date, named), default=None)


class Timeline:
    """Moves the SUT's clock in the units of the manual.

    ``step_seconds`` is the declared time step (IX-07). Where time goes on by
    itself, codes keep the clock's guard band away from a step's edges.
    """

    def __init__(self, clock: Clock, step_seconds: int) -> None:
        self._clock = clock
        self._not_before: datetime | None = None
        self._made: datetime | None = None
        self.step_seconds = step_seconds

    def begin(self, made: datetime | None = None) -> None:
        """Bring a steerable clock to the scenarios' common beginning; ``made``: see there.

        One that cannot be put back only leaves the night, so that midnight
        falls into no scenario that does not ask for it. In real time the last
        minutes before midnight are waited for; and the time is read in any
        case, so that a clock not to be trusted shows at once.
        """
        if self._clock.reversible:
            self._made = made
            self._clock.move_to(scenario_start(made))
            return
        now = self._clock.now().astimezone(TOKYO)
        if not self._clock.steerable:
            if (now + _BEFORE_MIDNIGHT).date() > now.date():
                self.to_next_day(0, 0)
            return
        if made is not None and now <= made:
            self._clock.move_to(scenario_start(max(made, now)))
            return
        if _MORNING_HOUR <= now.hour < _EVENING_HOUR:
            return
        day = now if now.hour < _MORNING_HOUR else now + timedelta(days=1)
        self._clock.move_to(SCENARIO_START.replace(year=day.year, month=day.month, day=day.day))

    def now(self) -> datetime:
        """Return the SUT's time."""
        return self._clock.now()

    def step(self, moment: datetime | None = None) -> int:
        """Return the number of the time step of a moment (RFC 6238, T0 = 0)."""
        at = self.now() if moment is None else moment
        return int(at.timestamp()) // self.step_seconds

    def moment_in(self, step: int, second: int = COMFORTABLE_SECOND) -> datetime:
        """Return the moment ``second`` seconds into a time step."""
        return datetime.fromtimestamp(step * self.step_seconds + second, tz=TOKYO)

    def move_to(self, moment: datetime) -> None:
        """Bring the SUT's clock to a moment.

        Raises `NotApplicable` for one at which, as declared, what was just done has
        no effect yet, and `NotRun` for one before the prepared customers were there.
        """
        if self._made is not None and moment < scenario_start(self._made):
            raise NotRun(**before_the_list(moment, self._made))
        if self._not_before is not None and moment < self._not_before:
            raise NotApplicable(
                expected=f"{moment:%Y年%m月%d日%H時%M分%S秒}に試みること",
                observed="直前の手続きの効果は、宣言によれば"
                f"{self._not_before:%Y年%m月%d日%H時%M分%S秒}まで出ません",
            )
        self._clock.move_to(moment)

    def wait_for_effect(self, seconds: int) -> None:
        """Let the declared seconds pass until what was just done takes effect; 0: none.

        Moved where the clock can be moved, waited for where it cannot.
        """
        if seconds:
            self._not_before = self.now() + timedelta(seconds=seconds)
            self._clock.move_to(self._not_before)

    def advance(self, span: timedelta) -> None:
        """Move the SUT's clock forward."""
        self._clock.move_to(self.now() + span)

    def set_back(self, span: timedelta) -> None:
        """Set the SUT's clock back. Raises `NotRun` where that cannot be done."""
        moment = self.now() - span
        if not self._clock.reversible:
            raise NotRun(
                expected=f"時計を{moment.astimezone(TOKYO):%Y年%m月%d日%H時%M分}まで戻すこと",
                observed="この時計は戻せません",
                hint="戻せる時計（adapters.clock）のある環境なら実施できます。",
            )
        self.move_to(moment)

    def to_step(self, step: int, second: int | None = None) -> None:
        """Move the SUT's clock to a place within a time step.

        None: where a person would act; as early as the guard band allows where
        time goes on by itself.
        """
        guard = self._clock.guard_seconds
        usual = guard + 1 if guard else COMFORTABLE_SECOND
        self._clock.move_to(self.moment_in(step, usual if second is None else second))

    def settle(self, step: int | None = None) -> int:
        """Move on to a time step (None: the present one) in which a code can be used.

        Returns the step that it then is: not the wanted one where that is
        past, or nearly over.
        """
        while True:
            now = self.now()
            present = self.step(now)
            if step is not None and present < step:
                self.to_step(step)
            elif self.until_end(now) <= self._clock.guard_seconds:
                self.to_step(present + 1)
            elif self.since_start(now) < self._clock.guard_seconds:
                self.to_step(present)
            else:
                return present

    def since_start(self, moment: datetime) -> float:
        """Return the seconds since the beginning of a moment's time step."""
        return moment.timestamp() % self.step_seconds

    def until_end(self, moment: datetime) -> float:
        """Return the seconds until the end of a moment's time step."""
        return self.step_seconds - self.since_start(moment)

    @property
    def guard_seconds(self) -> int:
        """The guard band at a step's edges; 0 where time stands still."""
        return self._clock.guard_seconds

    def recheck(self) -> None:
        """Make sure that the time was right so far; raises `EnvironmentTrouble` if not."""
        self._clock.recheck()

    def catch_up(self, moment: datetime) -> None:
        """Bring the SUT's clock to where it has been, if it is behind.

        A clock that test control moves may live in the process that was restarted.
        """
        if self.now() < moment:
            self._clock.move_to(moment)

    def to_next_day(self, hour: int, minute: int, time_zone: ZoneInfo = TOKYO) -> None:
        """Move the SUT's clock to a time of the next calendar day (AMB-10)."""
        day = self.now().astimezone(time_zone) + timedelta(days=1)
        self._clock.move_to(day.replace(hour=hour, minute=minute, second=0, microsecond=0))
