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

from otp_conformance.language import Language, Text, current
from otp_conformance.language import say as say_now
from otp_conformance.report.declared import of_name
from otp_conformance.report.phrases import marked, spoken
from otp_conformance.report.results import ScenarioResult
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Cause, Verdict

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


def environment(lang: Language | None = None) -> Environment:
    """Return the template environment for a language, the current one unless given.

    Everything is escaped unless vendored with us. Globals: ``lang``; ``say(ja, en)``, which
    every fixed text goes through; ``word(verdict)``;
    ``declared_of(scenario)``. Filters: ``told`` for texts of the
    journal's findings (`phrases.spoken`), ``quoted`` for Japanese quotations,
    ``mixed`` for English texts that quote.
    """
    return _environment(lang or current())


@lru_cache
def _environment(lang: Language) -> Environment:
    env = Environment(
        loader=PackageLoader("otp_conformance.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_in_page,
    )

    def say(ja: str, en: str) -> str:
        return ja if lang == "ja" else en

    def told(text: str) -> str | Markup:
        return text if lang == "ja" else spoken(visible(text))

    def mixed(text: str) -> str | Markup:
        return text if lang == "ja" else marked(visible(text))

    def quoted(text: str) -> str | Markup:
        return text if lang == "ja" else Markup('<span lang="ja">{}</span>').format(visible(text))

    def word(thing: Verdict | Cause | Text) -> str:
        return thing.ja if lang == "ja" else thing.en

    env.globals |= {"sign": SIGN, "lang": lang, "say": say, "word": word}
    env.globals |= {"declared_of": declared_of}
    env.filters |= {"jst": jst, "seconds": seconds, "told": told}
    env.filters |= {"quoted": quoted, "mixed": mixed}
    return env


def declared_of(scenario: ScenarioResult) -> str:
    """Return what was declared of all that a scenario's name leaves open."""
    return of_name(scenario.attempt, scenario.planned.name)


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
    """Return an RFC 3339 time in Japan's, as readers of the current language write it."""
    if not value:
        return "—"
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        return value
    zone = say_now("（日本時間）", " (Japan)")
    return moment.astimezone(_TOKYO).strftime("%Y-%m-%d %H:%M:%S") + zone


def seconds(value: float) -> str:
    """Return a duration given in seconds, in words."""
    whole = round(value)
    if whole < 60:
        return f"{value:.1f} " + say_now("秒", "s")
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    if hours:
        return say_now(f"{hours} 時間 {minutes} 分", f"{hours} h {minutes} min")
    return say_now(f"{minutes} 分 {secs} 秒", f"{minutes} min {secs} s")
