"""What all of our own HTML pages share: templates, words, and the door kept shut.

The pages are one file each, load nothing from elsewhere and run no script but
the one whose hash their content security policy names.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

_TOKYO = ZoneInfo("Asia/Tokyo")
_TEMPLATES = files("otp_conformance.report") / "templates"

SIGN = {
    Verdict.PASS: "✓",
    Verdict.NOT_APPLICABLE: "／",
    Verdict.NOT_RUN: "－",
    Verdict.INCONCLUSIVE: "？",
    Verdict.FAIL: "✕",
}


def _in_page(value: object) -> object:
    """Return a value as it may stand in a page: nothing in a text acts unseen."""
    return type(value)(visible(value)) if isinstance(value, str) else value


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the template environment; everything is escaped unless vendored with us."""
    env = Environment(
        loader=PackageLoader("otp_conformance.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_in_page,
    )
    env.globals["sign"] = SIGN
    env.filters["jst"] = jst
    env.filters["seconds"] = seconds
    return env


def asset(*names: str) -> Markup:
    """Return our own style sheets or scripts, joined, to stand in a page as they are."""
    return Markup("\n".join((_TEMPLATES / name).read_text("utf-8") for name in names))  # noqa: S704


def policy(style: str, script: str = "") -> str:
    """Return a content security policy that lets exactly these two run."""
    rules = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    rules += ["img-src 'self' file: data:", f"style-src {source(style)}"]
    rules += [f"script-src {source(script)}"] if script else []
    return "; ".join(rules)


def source(text: str) -> str:
    """Return by what a policy knows a style sheet or a script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def jst(value: str | None) -> str:
    """Return an RFC 3339 time as readers in Japan write it."""
    if not value:
        return "—"
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        return value
    return moment.astimezone(_TOKYO).strftime("%Y-%m-%d %H:%M:%S") + "（日本時間）"


def seconds(value: float) -> str:
    """Return a duration given in seconds, in words."""
    whole = round(value)
    if whole < 60:
        return f"{value:.1f} 秒"
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours} 時間 {minutes} 分" if hours else f"{minutes} 分 {secs} 秒"
