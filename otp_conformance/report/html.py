"""The official Cucumber HTML page, filled without Node and readable offline.

The page's template, script and style sheet are the distribution files of
@cucumber/html-formatter (assets/cucumber-html, MIT licence).
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from importlib.resources import files

from otp_conformance.report.envelopes import Envelope
from otp_conformance.text import visible

_ASSETS = files("otp_conformance.report") / "assets" / "cucumber-html"


# The page stands at the very edge of the window and does not narrow for telephones.
_OUR_CSS = "body { padding: 0 1rem } #content { max-width: 100%; overflow-x: auto }"


def render(envelopes: Iterable[Envelope], title: str) -> str:
    """Return the page as one self-contained HTML text."""
    page = (_ASSETS / "index.mustache").read_text(encoding="utf-8")
    page = page.replace('<html lang="en">', '<html lang="ja">')
    parts = {
        "title": html.escape(visible(title)),
        "icon": _asset("icon.url").strip(),
        "css": _asset("main.css"),
        "custom_css": _OUR_CSS,
        "messages": ",\n".join(map(_in_script, envelopes)),
        "script": _asset("main.js"),
        "custom_script": "",
    }
    head, *rest = page.split("{{")
    filled = [head]
    for piece in rest:
        name, _, after = piece.partition("}}")
        filled += [parts[name], after]
    return "".join(filled)


def _in_script(envelope: Envelope) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = visible(json.dumps(envelope, ensure_ascii=False, separators=(",", ":")))
    return text.replace("/", "\\/").replace("<", "\\u003c")


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")
