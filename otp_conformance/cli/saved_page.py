"""Pages that somebody saved with a browser: which letters their bytes are, and what is in them."""

from __future__ import annotations

import codecs
import email
import email.policy
import re
from pathlib import Path

from otp_conformance.agent.page import PageView
from otp_conformance.encoding import codec_of
from otp_conformance.errors import UsageError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?([\w-]+)""", re.I)
_JIS_ESCAPE = b"\x1b$"
_GUESSED = ("cp932", "euc_jp")
_TAG = re.compile(r"<(?:html|head|title|body|form|input|h[1-6]|div|table|p|span|a)[\s>/]", re.I)
_MHTML = re.compile(rb"\A(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n", re.ASCII)


def saved_page(name: str) -> PageView:
    """Return what is on a saved page: HTML, or HTML in a browser's single file (MHTML).

    Raises `UsageError` for a file that cannot be read or is no page.
    """
    from otp_conformance.agent.http.tree import Document, parse
    from otp_conformance.agent.model import PageModel

    try:
        content = Path(name).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{name} を読めません（{error.strerror}）。保存した HTML ファイルを指定してください。",
            f"{name} cannot be read ({error.strerror}). Name a saved HTML file.",
        ) from None
    text = _letters(name, *_unpacked(content))
    if not _TAG.search(text):
        raise UsageError(
            f"{name} は HTML ではありません。ブラウザーで「名前を付けて保存」したものを"
            "指定してください。",
            f"{name} is not HTML. Save the page with a browser first.",
        )
    return PageModel(parse(Document(text), name).tree).view(http_status=None)


def _unpacked(content: bytes) -> tuple[bytes, str]:
    """Return the page in a single-file page (MHTML) and its declared encoding, else the content."""
    if not _MHTML.match(content):
        return content, ""
    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes):
                return page, part.get_content_charset("")
    return content, ""


def _letters(name: str, content: bytes, charset: str) -> str:
    """Return a page's text: as it declares, where its bytes bear that out.

    Bytes that are UTF-8 are hardly ever anything else, whatever is declared.
    """
    declared = _DECLARED.search(content)
    said = charset or (declared[1].decode("ascii") if declared else "")
    marked = next((codec for mark, codec in _MARKS if content.startswith(mark)), "")
    escaped = "iso2022_jp" if _JIS_ESCAPE in content else ""
    tried = (marked, escaped, "utf-8", codec_of(said))
    for codec in filter(None, tried):
        if (text := _decoded(content, codec)) is not None:
            return text
    guesses = [text for codec in _GUESSED if (text := _decoded(content, codec)) is not None]
    if not guesses:
        raise UsageError(
            f"{name} の文字コードが分かりません（宣言は {said or 'なし'}）。UTF-8 で保存し直して"
            "ください。",
            f"The encoding of {name} is not clear (declared: {said or 'none'}). Save it as UTF-8.",
        )
    return max(guesses, key=_japanese)


def _decoded(content: bytes, codec: str) -> str | None:
    try:
        text = content.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if "\0" in text else text


def _japanese(text: str) -> int:
    """Return how much a text looks like Japanese: bytes read wrongly give half-width kana."""
    likely = len(re.findall("[ぁ-んァ-ヴー一-龠、。]", text))
    return likely - 3 * len(re.findall("[\uff61-\uff9f]", text))
