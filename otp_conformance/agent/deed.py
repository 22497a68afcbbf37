"""Proof of the deed: did what was typed leave the page when the button was pressed.

Values are compared in this process alone and never kept, logged or shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, unquote_plus

from otp_conformance.agent.page import Control


class Carried(StrEnum):
    """What became of a typed value."""

    YES = "yes"
    NO = "no"
    OPAQUE = "opaque"  # something went in its place: encrypted, hashed, or rewritten


@dataclass(frozen=True)
class Delivery:
    """What the latest press sent.

    ``requests``: how many requests left the page; ``fields``: each field that was filled
    in, and whether a request carried its value.
    """

    requests: int = 0
    fields: tuple[tuple[Control, Carried], ...] = ()

    @property
    def missing(self) -> tuple[Control, ...]:
        """The fields whose values did not leave the page."""
        return tuple(control for control, carried in self.fields if carried is Carried.NO)


@dataclass(frozen=True)
class Sent:
    """A request as it left: its query and body, and the names under which values stand."""

    address: str
    content_type: str = ""
    body: bytes = b""

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the named values that can be read."""
        yield from parse_qsl(self.address.partition("?")[2], keep_blank_values=True)
        kind = self.content_type.casefold()
        text = self.body.decode("utf-8", errors="replace")
        if "json" in kind:
            try:
                yield from _members(json.loads(text))
            except ValueError:
                return
        elif "multipart/form-data" in kind:
            yield from _parts(text, self.content_type)
        else:
            yield from parse_qsl(text, keep_blank_values=True)

    @property
    def readable(self) -> bool:
        """Whether there is anything that can be read as named values."""
        return any(True for _ in self.pairs())

    def holds(self, value: str) -> bool:
        """Tell whether the value stands anywhere in it, as it is."""
        text = self.body.decode("utf-8", errors="replace")
        return value in text or value in unquote_plus(text) or value in unquote_plus(self.address)


def _members(found: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _members(value, str(key))
    elif isinstance(found, list):
        for value in found:
            yield from _members(value, name)
    elif found is not None:
        yield name, found if isinstance(found, str) else json.dumps(found)


def _parts(text: str, content_type: str) -> Iterator[tuple[str, str]]:
    boundary = content_type.partition("boundary=")[2].strip('" ')
    for part in text.split(f"--{boundary}") if boundary else ():
        head, _, value = part.partition("\r\n\r\n")
        _, found, rest = head.partition('name="')
        if found:
            yield rest.partition('"')[0], value.removesuffix("\r\n")


def carried(value: str, parameters: Sequence[str], requests: Sequence[Sent]) -> Carried:
    """Return whether any request carried a typed value.

    ``parameters``: names under which the page may send it (may be empty). A value that is
    empty is carried by any request. A part of the value under its name is no delivery.
    """
    if not requests:
        return Carried.NO
    if not value:
        return Carried.YES
    pairs = [pair for request in requests for pair in request.pairs()]
    if any(given == value for _, given in pairs):
        return Carried.YES
    if any(request.holds(value) for request in requests):
        return Carried.YES
    if value in _joined(pairs, parameters):
        return Carried.YES
    instead = [given for name, given in pairs if name in parameters]
    if any(not given or given in value for given in instead):
        return Carried.NO
    if instead:
        return Carried.OPAQUE
    # Nothing goes under its name: a body that cannot be read may hold it.
    blind = any(request.body and not request.readable for request in requests)
    foreign = any(len(given) > len(value) for _, given in pairs)
    return Carried.OPAQUE if blind or (foreign and not parameters) else Carried.NO


def _joined(pairs: Iterable[tuple[str, str]], parameters: Sequence[str]) -> str:
    """Return what inputs for one sign each send, put together."""
    return "".join(given for name, given in pairs if name in parameters)
