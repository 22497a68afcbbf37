"""How the system's time is read: from a described call, or from the header ``Date``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median

from otp_conformance.calls.described import HttpCaller, member
from otp_conformance.clock.port import require_aware
from otp_conformance.declaration.adapters.clock import ClockAdapter
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.verdict.outcome import EnvironmentTrouble

SAMPLES = 5
# Between samples: not a divisor of a second, so that they fall on different parts of one.
_PAUSE_SECONDS = 0.23


@dataclass(frozen=True)
class Told:
    """What the system said its time is, cut to ``resolution_seconds`` (0: exact)."""

    moment: datetime
    resolution_seconds: float


@dataclass(frozen=True)
class Offset:
    """The system's time minus ours, and by how much that may be wrong (seconds)."""

    seconds: float
    uncertainty_seconds: float


Read = Callable[[], Told]


def local_now() -> datetime:
    """Return this machine's time, aware."""
    return datetime.now(UTC)


def called(caller: HttpCaller, adapter: ClockAdapter, call: HttpCall) -> Read:
    """Return what reads the time with the call that the declaration describes.

    The reader raises what `HttpCaller.json` does, and `EnvironmentTrouble` when
    the declared member is no moment.
    """

    def read() -> Told:
        answer = caller.json(call, {})
        try:
            value = member(answer, adapter.read_member)
            return _told(value, adapter.read_format)
        except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
            where = adapter.read_member or "応答全体"
            raise caller.unreadable(
                f"{where} を {adapter.read_format} の時刻として読めません（{type(error).__name__}）"
            ) from error

    return read


def _told(value: object, form: str) -> Told:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(type(value).__name__)
    if form == "iso":
        moment = require_aware(datetime.fromisoformat(str(value)))
    else:
        moment = datetime.fromtimestamp(float(value), tz=UTC)
    # A time without fraction was cut, as far as one can tell.
    return Told(moment, 0.0 if moment.microsecond else 1.0)


def date_header(caller: HttpCaller, path: str) -> Read:
    """Return what reads the header ``Date`` (RFC 9110, 6.6.1) of a page's answer.

    A cached answer's ``Age`` is added. The reader raises `EnvironmentTrouble`
    where the header is missing or unreadable.
    """
    call = HttpCall(method="GET", url=path, headers={"Cache-Control": "no-cache"})

    def read() -> Told:
        answer = caller.send(call, {})
        try:
            stamp = require_aware(parsedate_to_datetime(answer.headers["Date"]))
            age = timedelta(seconds=int(answer.headers.get("Age", "0")))
        except (KeyError, ValueError) as error:
            raise EnvironmentTrouble(
                expected="応答の Date ヘッダーから検査対象の時刻が分かること",
                observed=f"Date ヘッダーを読めません（{type(error).__name__}）",
                hint="[adapters.clock.read] に、時刻を読む呼び出しを宣言してください。",
            ) from error
        return Told(stamp + age, 1.0)

    return read


def measured(
    read: Read,
    *,
    now: Callable[[], datetime] = local_now,
    pause: Callable[[float], None],
    samples: int = SAMPLES,
) -> Offset:
    """Return by how much the system's time differs from ours: the median of several.

    Each reading is taken to be of the middle of its round trip, and of the
    middle of what its resolution leaves open. Raises what ``read`` raises.
    """
    found: list[Offset] = []
    for number in range(samples):
        if number:
            pause(_PAUSE_SECONDS)
        before = now()
        told = read()
        round_trip = (now() - before).total_seconds()
        middle = before + timedelta(seconds=round_trip / 2)
        half = told.resolution_seconds / 2
        ahead = (told.moment - middle).total_seconds() + half
        found.append(Offset(ahead, half + round_trip / 2))
    return Offset(
        median(sample.seconds for sample in found),
        max(sample.uncertainty_seconds for sample in found),
    )
