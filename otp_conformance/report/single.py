"""One page with all its pictures inside, to be sent as it is."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import escape
from urllib.parse import unquote

from otp_conformance.report.pages import source

FILE = "report-single.html"

_SOURCE = re.compile(r' src="(?P<file>evidence/[^"]*)"')
# What a page leads to lies beside it, and is not sent with it.
_BESIDE = re.compile(r' href="(?!#|https?:|data:)[^"]*"')
# There is no picture to open elsewhere: each is shown as large as it has to be to be read.
_STYLE = """
.shots figure { width: 100% }
.shots img { width: auto; max-width: min(100%, 60rem); height: auto }
"""


def single(page: str, images: Mapping[str, tuple[str, bytes]]) -> str:
    """Return a page of a run with its pictures inside and no link to files beside it.

    ``images``: media type and bytes by the file's name; what is not among them stays out.
    """

    def inside(found: re.Match[str]) -> str:
        kind, image = images.get(unquote(found["file"]), ("", b""))
        return f' src="data:{kind};base64,{base64.b64encode(image).decode()}"' if image else ""

    page = page.replace("style-src ", f"style-src {escape(source(_STYLE))} ", 1)
    page = page.replace("</head>", f"<style>{_STYLE}</style></head>", 1)
    return _SOURCE.sub(inside, _BESIDE.sub("", page))
