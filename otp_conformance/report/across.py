"""What the pages that look across runs share: their look, their words for times, their door."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from otp_conformance.language import current, say
from otp_conformance.report.pages import asset, environment, policy

_TOKYO = ZoneInfo("Asia/Tokyo")


def render(template: str, **values: object) -> str:
    """Return a page in the current language: one file, no script, nothing from elsewhere."""
    style = asset("base.css", "across.css")
    env = environment()
    return env.get_template(template).render(
        values,
        say=say,
        lang=current(),
        when=when,
        day=day,
        took=took,
        style=style,
        policy=policy(style),
    )


def when(moment: str) -> str:
    """Return an RFC 3339 time as it is in Japan, with its zone."""
    told = datetime.fromisoformat(moment).astimezone(_TOKYO)
    return f"{told:%Y-%m-%d %H:%M}" + say("（日本時間）", " JST")


def day(moment: str) -> str:
    """Return the day in Japan of an RFC 3339 time."""
    return f"{datetime.fromisoformat(moment).astimezone(_TOKYO):%Y-%m-%d}"


def took(seconds: float | None) -> str:
    """Return a length of time in words; None is not known."""
    if seconds is None:
        return "—"
    sign, rest = ("−" if seconds < 0 else ""), abs(seconds)
    if rest < 59.95:
        return say(f"{sign}{rest:.1f} 秒", f"{sign}{rest:.1f} s")
    minutes, secs = divmod(round(rest), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return say(f"{sign}{hours} 時間 {minutes} 分", f"{sign}{hours} h {minutes} min")
    return say(f"{sign}{minutes} 分 {secs} 秒", f"{sign}{minutes} min {secs} s")
