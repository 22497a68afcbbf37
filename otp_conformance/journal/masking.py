"""Keeps passwords, seeds and codes out of everything that is written down, in whatever shape."""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote, quote_plus

MASK = "＊＊＊"

Span = tuple[int, int]

_SHORT = 4
_LONGEST_CODE = 12  # longer runs of digits may be a seed in hex
_LEAST_SEED_BYTES = 10
# From how many signs on a secret is looked for in other shapes than its own: shorter ones
# would be found where nobody wrote them.
_SHAPES_OF_CODES = 6
_SHAPES_OF_WORDS = 8
_SHAPES_OF_MIXED_WORDS = 6
_LEAST_PIECE = 4
_MOST_BETWEEN_PIECES = 40
_MOST_BETWEEN_HALVES = 30
_MOST_BETWEEN_GROUPS = 3
_MOST_GROUPS = 4
_NESTED = 2
_LONGEST_TOKEN = 512

# How `otp_conformance.text.visible` writes what cannot be seen: it separates, and is no digit.
_UNSEEN = re.compile(r"⟨U\+[0-9A-F]{4,6}⟩")
_DECIMALS = re.compile(r"\d+")
# Digits that are not decimal by Unicode's tables (²①⑴⒈❶), and those of kanji.
_OTHER_DIGITS = "²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒\U0001f100-\U0001f10a"
_KANJI = "〇一二三四五六七八九"
_DIGITS = re.compile(rf"[\d{_OTHER_DIGITS}{_KANJI}零]+")
_ESCAPES = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<html>&(?:\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});?)"
    r"|\\+(?:u\{(?P<braced>[0-9A-Fa-f]{1,6})\}|u(?P<four>[0-9A-Fa-f]{4})|x(?P<two>[0-9A-Fa-f]{2}))"
)
_TOKENS = (re.compile(r"[0-9A-Za-z+/_-]{8,}={0,6}"), re.compile(r"[0-9A-Za-z]{8,}={0,6}"))
_SPACED_HEX = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Fa-f]{2}(?:(?P<gap>\W{1,3})(?:0x)?[0-9A-Fa-f]{2})"
    r"(?:(?P=gap)(?:0x)?[0-9A-Fa-f]{2}){4,}(?![0-9A-Za-z])"
)
_TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3])[:：][0-5]\d[:：][0-5]\d")
_DATE = re.compile(r"\d\d([-/.])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True)
class _Reading:
    """A text as it stands, or with its escapes undone; ``spans``: of each sign, where it stood."""

    text: str
    spans: tuple[Span, ...] | None = None

    def where(self, start: int, end: int) -> Span:
        """Return what a part of it was in the text as it stands."""
        if self.spans is None:
            return start, end
        return self.spans[start][0], self.spans[end - 1][1]


class Masker:
    """Replaces registered secrets by ＊＊＊ in any text.

    A secret of digits alone (a code, a PIN) is replaced where it is a whole run of
    digits of any script, so that serials, years and line numbers that merely contain
    it survive; from six digits on also spaced or grouped, halved, and backwards.
    Any other secret is replaced wherever it stands; from eight signs on (from six,
    where it has letters and digits) in whatever case and width, with anything but
    letters and digits between its signs, backwards, and in two pieces near each other.
    Both also with percent, HTML, JSON and Unicode escapes, in hex, base32 and base64;
    a base32 or hex seed also in the other two notations.
    A non-digit secret of fewer than 4 characters is replaced as a whole word only.
    """

    def __init__(self) -> None:
        self._codes: set[str] = set()
        self._lengths: tuple[int, ...] = ()
        self._known: set[str] = set()
        self._plain = _Index()
        self._shapes = _Index()
        self._words: tuple[str, ...] = ()

    def add(self, *secrets: str) -> None:
        """Register secrets; empty ones are ignored."""
        for secret in secrets:
            if not secret.strip() or secret in self._known:
                continue
            self._known.add(secret)
            if secret.isdecimal():
                self._add_code("".join(str(unicodedata.decimal(digit)) for digit in secret))
            if secret.isdecimal() and len(secret) <= _LONGEST_CODE:
                continue
            if len(secret) < _SHORT:
                self._words = (*self._words, secret)
            else:
                self._add_word(secret)

    def mask(self, text: str) -> str:
        """Return the text without any registered secret."""
        return replaced(text, self.spans(text))

    def spans(self, text: str) -> list[Span]:
        """Return where registered secrets stand in a text, in order."""
        return _merged(self._found(text, _NESTED)) if self._known else []

    def finds(self, text: str) -> bool:
        """Tell whether a registered secret stands in a text."""
        return bool(self.spans(text))

    # -- what is looked for ---------------------------------------------------

    def _add_code(self, code: str) -> None:
        self._codes.add(code)
        if len(code) >= _SHAPES_OF_CODES and len(code) not in self._lengths:
            self._lengths = (*self._lengths, len(code))

    def _add_word(self, secret: str) -> None:
        forms = _forms(secret)
        for form in forms:
            if len(form) >= _SHORT:
                self._plain.add(form, form)
        folded = _folded(secret)
        mixed = not folded.isalpha() and not folded.isdigit()
        if len(folded) < (_SHAPES_OF_MIXED_WORDS if mixed else _SHAPES_OF_WORDS):
            return
        for form in {folded, folded[::-1], *map(_folded, forms)}:
            if len(form) >= _SHAPES_OF_MIXED_WORDS:
                self._shapes.add(form, form)

    # -- where it stands ------------------------------------------------------

    def _found(self, text: str, nested: int) -> list[Span]:
        """Return the places of all secrets; ``nested``: in so many layers of encoding."""
        found: list[Span] = []
        reading: _Reading | None = _Reading(text)
        for _ in range(_NESTED + 1):
            if reading is None:
                break
            found += [reading.where(*span) for span in self._read(reading.text, nested)]
            reading = _unescaped(reading)
        return found

    def _read(self, text: str, nested: int) -> Iterator[Span]:
        yield from self._plain.find(text, pieces=False)
        for word in self._words:
            if word in text:
                pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
                yield from (match.span() for match in re.finditer(pattern, text))
        if self._shapes:
            signs, places = _stream(text)
            for start, end in self._shapes.find(signs, pieces=True):
                yield places[start], _padded(text, places[end - 1] + 1)
        if self._codes:
            for digits in (_DECIMALS, _DIGITS):
                yield from self._runs(text, digits)
        if nested:
            yield from self._encoded(text, nested - 1)

    def _is_code(self, digits: str) -> bool:
        return digits in self._codes or (
            len(digits) >= _SHAPES_OF_CODES and digits[::-1] in self._codes
        )

    def _runs(self, text: str, pattern: re.Pattern[str]) -> Iterator[Span]:
        """Yield codes among the runs of digits: whole ones, and several that belong together."""
        bare = _UNSEEN.sub(lambda match: "\0" * len(match.group()), text)
        runs = [(_digits(m.group()), *m.span()) for m in pattern.finditer(bare)]
        for place, (digits, start, end) in enumerate(runs):
            if self._is_code(digits):
                yield start, end
            for length in self._lengths:
                several = _together(bare, runs[place : place + length], length)
                if several and any(map(self._is_code, several)):
                    yield start, _end_of(runs[place:], length)

    def _encoded(self, text: str, nested: int) -> Iterator[Span]:
        for pattern in _TOKENS:
            for match in pattern.finditer(text):
                if any(self._found(inner, nested) for inner in _decoded(match.group())):
                    yield match.span()
        for match in _SPACED_HEX.finditer(text):
            held = bytes.fromhex(re.sub("0x|[^0-9A-Fa-f]", "", match.group()))
            inner = "".join(chr(b) if 0x20 <= b < 0x7F else "\n" for b in held)
            if self._found(inner, nested):
                yield match.span()


def replaced(text: str, spans: Iterable[Span]) -> str:
    """Return a text with these parts of it masked."""
    masked, last = [], 0
    for start, end in spans:
        masked += [text[last:start], MASK]
        last = end
    return "".join([*masked, text[last:]])


class _Index:
    """Finds any of thousands of forms in one pass: by their first four signs."""

    def __init__(self) -> None:
        self._by_head: dict[str, tuple[str, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_head)

    def add(self, form: str, head: str) -> None:
        """Take a form in; replaces the row as a whole, since others may be reading."""
        row = self._by_head.get(head[:_SHORT], ())
        if form not in row:
            self._by_head[head[:_SHORT]] = (*row, form)

    def find(self, text: str, *, pieces: bool) -> Iterator[Span]:
        """Yield where a form stands; ``pieces``: also where two parts of it stand close by."""
        rows = self._by_head
        if not rows:
            return
        for place in range(len(text) - _SHORT + 1):
            for form in rows.get(text[place : place + _SHORT], ()):
                if text.startswith(form, place):
                    yield place, place + len(form)
                elif pieces and len(form) >= 2 * _LEAST_PIECE:
                    yield from _in_pieces(text, place, form)


def _in_pieces(text: str, place: int, form: str) -> Iterator[Span]:
    """Yield both parts of a form whose first part stands here and whose rest close by."""
    same = _LEAST_PIECE
    while same < len(form) and text[place + same : place + same + 1] == form[same]:
        same += 1
    for cut in range(min(same, len(form) - _LEAST_PIECE), _LEAST_PIECE - 1, -1):
        rest, end = form[cut:], place + cut
        after = text.find(rest, end, end + _MOST_BETWEEN_PIECES + len(rest))
        before = text.rfind(rest, max(place - _MOST_BETWEEN_PIECES - len(rest), 0), place)
        for found in (after, before):
            if found >= 0:
                yield place, end
                yield found, found + len(rest)
                return


Run = tuple[str, int, int]


def _together(text: str, runs: list[Run], length: int) -> list[str]:
    """Return what the first of these runs make with so many digits: nothing, or what to look up.

    They belong together when they are single digits or groups of about one size with the
    like of a blank or a hyphen between them, or two halves with a few words between.
    """
    several, total = [], 0
    for run in runs:
        if total >= length:
            break
        several.append(run)
        total += len(run[0])
    if total != length or len(several) < 2:
        return []
    sizes = [len(digits) for digits, _, _ in several]
    gaps = [text[a[2] : b[1]] for a, b in pairwise(several)]
    joined = "".join(digits for digits, _, _ in several)
    alike = max(sizes) - min(sizes) <= 1
    grouped = max(sizes) == 1 or (alike and min(sizes) > 1 and len(several) <= _MOST_GROUPS)
    if grouped and all(map(_separates, gaps)):
        whole = text[several[0][1] : several[-1][2]]
        return [] if _TIME_OF_DAY.fullmatch(whole) or _DATE.fullmatch(whole) else [joined]
    if alike and len(several) == 2 and len(gaps[0]) <= _MOST_BETWEEN_HALVES:
        return [joined, several[1][0] + several[0][0]]
    return []


def _separates(gap: str) -> bool:
    seen = gap.replace("\0", "")
    return len(seen) <= _MOST_BETWEEN_GROUPS and not any(sign.isalnum() for sign in seen)


def _end_of(runs: list[Run], length: int) -> int:
    total = 0
    for digits, _, end in runs:
        total += len(digits)
        if total >= length:
            return end
    raise AssertionError(runs)


def _digits(run: str) -> str:
    return "".join(map(_digit, run))


@lru_cache(maxsize=1024)
def _digit(sign: str) -> str:
    if sign in _KANJI:
        return str(_KANJI.index(sign))
    return "0" if sign == "零" else str(unicodedata.digit(sign))


# -- how a text may be read -----------------------------------------------------


def _unescaped(reading: _Reading) -> _Reading | None:
    """Return a text with one layer of its escapes undone, None where there are none."""
    if _ESCAPES.search(reading.text) is None:
        return None
    signs: list[str] = []
    spans: list[Span] = []
    last = 0

    def take(text: str, places: Iterable[Span]) -> None:
        signs.append(text)
        spans.extend(reading.where(*place) for place in places)

    for match in _ESCAPES.finditer(reading.text):
        start, end = match.span()
        take(reading.text[last:start], ((i, i + 1) for i in range(last, start)))
        undone = _undone(match)
        step = (end - start) // max(len(undone), 1)
        if match["percent"] and len(undone) * step == end - start:  # three signs each
            take(undone, ((i, i + step) for i in range(start, end, step)))
        else:
            take(undone, [(start, end)] * len(undone))
        last = end
    take(reading.text[last:], ((i, i + 1) for i in range(last, len(reading.text))))
    return _Reading("".join(signs), tuple(spans))


def _undone(match: re.Match[str]) -> str:
    if match["percent"]:
        return bytes.fromhex(match["percent"].replace("%", "")).decode("utf-8", "replace")
    if match["html"]:
        return html.unescape(match["html"])
    number = int(match["braced"] or match["four"] or match["two"], 16)
    return chr(number) if number < 0x110000 else match.group()


def _stream(text: str) -> tuple[str, list[int]]:
    """Return a text's letters and digits, folded, and where each stands."""
    signs: list[str] = []
    places: list[int] = []
    unseen = {i for match in _UNSEEN.finditer(text) for i in range(*match.span())}
    for place, sign in enumerate(text):
        folded = "" if place in unseen else _folded_sign(sign)
        signs.append(folded)
        places.extend([place] * len(folded))
    return "".join(signs), places


def _folded(text: str) -> str:
    return "".join(map(_folded_sign, text))


@lru_cache(maxsize=8192)
def _folded_sign(sign: str) -> str:
    """Return a sign without its width, case and marks; nothing if it is no letter or digit."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    kept = (c for c in plain if c.isalnum())
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in kept)


def _padded(text: str, end: int) -> int:
    """Return where a notation ends that may be filled up with equals signs."""
    while text[end : end + 1] == "=":
        end += 1
    return end


def _decoded(token: str) -> Iterator[str]:
    """Yield the texts that a token may stand for."""
    if len(token) > _LONGEST_TOKEN:
        return
    bare = token.rstrip("=")
    ways: tuple[tuple[Callable[[str], bytes], str], ...] = (
        (bytes.fromhex, bare),
        (base64.b32decode, bare.upper() + "=" * (-len(bare) % 8)),
        (base64.urlsafe_b64decode, bare.translate(_URL_SAFE) + "=" * (-len(bare) % 4)),
    )
    for decode, whole in ways:
        try:
            text = decode(whole).decode("utf-8")
        except (ValueError, binascii.Error):
            continue
        if text.isprintable():
            yield text


_URL_SAFE = str.maketrans("+/", "-_")


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


# -- how a secret may be written ------------------------------------------------


def _forms(secret: str) -> set[str]:
    full_width = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in secret)
    raw = secret.encode("utf-8", "surrogatepass")
    forms = {secret, full_width, html.escape(secret), quote(raw, safe=""), quote_plus(raw)}
    forms |= _notations(raw)
    for seed in _as_seed(secret):
        forms |= _notations(seed)
    lower_percent = {re.sub("%[0-9A-F]{2}", lambda m: m.group().lower(), f) for f in forms}
    return forms | lower_percent


def _notations(raw: bytes) -> set[str]:
    b32 = base64.b32encode(raw).decode()
    b64 = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    plain = {raw.hex(), raw.hex().upper(), b32, b32.lower()} | b64
    plain |= {form.rstrip("=") for form in plain}
    return plain | {quote(form, safe="") for form in plain if not form.isalnum()}


def _as_seed(text: str) -> list[bytes]:
    seeds: list[bytes] = []
    compact = re.sub(r"[\s-]", "", text).upper().rstrip("=")
    try:
        seeds.append(base64.b32decode(compact + "=" * (-len(compact) % 8)))
    except ValueError:
        seeds.clear()  # not base32; it may still be hex
    if len(compact) % 2 == 0 and re.fullmatch("[0-9A-F]+", compact):
        seeds.append(bytes.fromhex(compact))
    return [seed for seed in seeds if len(seed) >= _LEAST_SEED_BYTES]
