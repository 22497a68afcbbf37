"""What is right as a list and still keeps scenarios from being carried out: the tokens' expiry."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from otp_conformance.assets.pool.file import Pool
from otp_conformance.clock.start import SCENARIO_START
from otp_conformance.declaration.model import Declaration
from otp_conformance.language import say
from otp_conformance.specification.words import Kind, Status

_MOST_NAMED = 3
# Of each status the scenario that lets one customer's token expire, and needs another
# customer's that has not: requirement TOK-11 (features/10_otp/expiry.feature).
_TWO_DATES = {Status.IN_SERVICE: "TOK-11/1", Status.ISSUED: "TOK-11/2"}


def expired(pool: Pool, now: datetime) -> str:
    """Return which tokens have expired, empty for none. ``now``: aware, at the system if known."""
    over = {serial: date for serial, date in _dates(pool).items() if date <= now}
    if not over:
        return ""
    named = [f"{serial} ({date:%Y-%m-%d})" for serial, date in list(over.items())[:_MOST_NAMED]]
    return say(
        f"{pool.path.name}: 有効期限の過ぎたトークンが {len(over)} 個あります"
        f"（例 {'、'.join(named)}）。expires_at を確かめてください。",
        f"{pool.path.name}: {len(over)} tokens have expired (such as {', '.join(named)}). "
        "Look at expires_at.",
    )


def one_date(
    pool: Pool, declaration: Declaration, scenarios: Collection[str] = tuple(_TWO_DATES.values())
) -> Iterator[str]:
    """Yield a sentence for each scenario that needs two dates of expiry where all are one.

    ``scenarios``: those that matter.
    """
    if declaration.expiry.after == "accepted" or not declaration.adapters.clock.reversible:
        return
    zone, dates = ZoneInfo(declaration.expiry.time_zone), _dates(pool)
    for status, scenario in _TWO_DATES.items():
        held = [e for e in pool.entries if e.status is status and e.kind is Kind.HARDWARE]
        days = {dates[e.token.serial].astimezone(zone).date() for e in held if e.token}
        if len(days) == 1 and scenario in scenarios:
            day = f"{days.pop():%Y-%m-%d}"
            yield say(
                f"{pool.path.name}: 状態 {status} のお客さまのトークンの有効期限が、すべて同じ日"
                f"（{day}）です。シナリオ {scenario} には、有効期限の違う二人が要ります。",
                f"{pool.path.name}: the tokens of all customers with status {status} expire on "
                f"one day ({day}). Scenario {scenario} needs two customers with different dates.",
            )


def made_unknown(pool: Pool, declaration: Declaration) -> Iterator[str]:
    """Yield a sentence where nobody knows whether scenarios begin before the list was made."""
    if pool.made_at is None and declaration.adapters.clock.reversible:
        begin = f"{SCENARIO_START:%Y-%m-%d %H:%M}"
        yield say(
            f"{pool.path.name}: made_at がありません。シナリオは検査対象の時刻で {begin} から"
            "始まります。お客さまとトークンがそれより後に用意されたものなら、用意し終えた日時を "
            "made_at に書いてください。",
            f"{pool.path.name}: no made_at. Scenarios begin on {begin} (Japan), by the system's "
            "time. If customers and tokens were made ready later than that, write when into "
            "made_at.",
        )


def _dates(pool: Pool) -> dict[str, datetime]:
    default = pool.file.defaults.expires_at
    found = {token.serial: token.expires_at or default for token in pool.file.token}
    return {serial: date for serial, date in found.items() if date is not None}
