"""The page scripts, read once. Each is a function of (dom, argument)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from otp_conformance.agent.page import TEXT_FIELDS


def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.js").read_text(encoding="utf-8").strip()


@cache
def script(name: str) -> str:
    """Return a page script, the shared part included, as Playwright evaluates it.

    ``name``: file name without ``.js``. The one argument is Playwright's: an
    element, a list of elements, or a value.
    """
    shared, own = _text("dom"), _text(name)
    known = f"const TEXT_FIELDS = {json.dumps(TEXT_FIELDS)};"
    return f"(argument) => {{ {known} const dom = {shared};\nreturn ({own})(dom, argument); }}"
