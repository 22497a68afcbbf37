"""How a moment is written for customers: declared formats, the Japanese era, and what is read.

The era is Reiwa alone, whose first year was 2019: no token of today expires in another.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

_ERA, _YEAR_BEFORE = "令和", 2018
_FIRST = "元"
_CODES = re.compile(r"%E[YCy]|%%")
_AS_ERA = re.compile(rf"(?:{_ERA}|R)\s*({_FIRST}|\d{{1,2}})(?=\s*[年./-])")
_NUMBER = re.compile(r"\d+")
_TIME = re.compile(r"(\d{1,2})\s*[:時]\s*(\d{1,2})?")
_AFTERNOON = re.compile(r"午後|PM", re.IGNORECASE)


def written(moment: datetime, pattern: str) -> str:
    """Return a moment in a format of strftime; ``%EC`` is the era, ``%Ey`` its year, ``%EY`` both.

    As in the locale of Japan, whatever the locale is: ``%EY%m月`` gives 令和12年02月.
    """
    year = moment.year - _YEAR_BEFORE
    number = _FIRST if year == 1 else str(year)
    eras = {"%EC": _ERA, "%Ey": number, "%EY": f"{_ERA}{number}年"}
    return moment.strftime(_CODES.sub(lambda code: eras.get(code[0], code[0]), pattern))


def read(text: str, pattern: str) -> datetime:
    """Return the moment of a text in such a format, without a zone. ValueError: it is not one."""
    plain = pattern.replace("%EY", "%Y年").replace("%EC%Ey", "%Y").replace("R%Ey", "%Y")
    return datetime.strptime(text if plain == pattern else _western(text), plain)  # noqa: DTZ007


def tells_moment(text: str, moment: datetime) -> bool:
    """Tell whether a text gives the date of a moment, in whatever format; the time, if it has one.

    Year, month and day in this order; ``moment`` in the zone in which it is shown.
    """
    shown = _western(unicodedata.normalize("NFKC", text))
    date = [int(number) for number in _NUMBER.findall(shown)[:3]]
    if date != [moment.year, moment.month, moment.day]:
        return False
    time = _TIME.search(shown)
    if time is None:
        return True
    hour, minute = int(time[1]), int(time[2] or 0)
    return (hour % 12 + 12 if _AFTERNOON.search(shown) else hour, minute) == (
        moment.hour,
        moment.minute if time[2] else 0,
    )


def _western(text: str) -> str:
    """Return a text with the year of its era as one of ours."""
    return _AS_ERA.sub(
        lambda era: str(_YEAR_BEFORE + (1 if era[1] == _FIRST else int(era[1]))), text
    )
