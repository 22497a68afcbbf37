"""Bodies of requests that a page's script sends, as named values and back again.

Two notations are known: form fields and a JSON object. Only the outermost
level is taken apart; what is no text there (numbers, lists, inner objects) is
kept as it was written.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode

from otp_conformance.agent.page import FormRequest

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
Pairs = tuple[tuple[str, str], ...]


def media_type(content_type: str) -> str:
    """Return a content type without its parameters; every kind of JSON is `JSON`."""
    found = content_type.partition(";")[0].strip().casefold()
    return JSON if found.endswith("+json") else found


def read(content_type: str, body: str) -> tuple[Pairs, frozenset[tuple[str, str]]] | None:
    """Return a body's named values, and those of them that are JSON as written.

    None for a body that has no names: another notation, broken JSON, a list.
    """
    if not body:
        return (), frozenset()
    kind = media_type(content_type)
    if kind == FORM:
        return tuple(parse_qsl(body, keep_blank_values=True)), frozenset()
    if kind != JSON:
        return None
    try:
        found = json.loads(body)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    pairs = tuple(
        (name, value if isinstance(value, str) else json.dumps(value))
        for name, value in found.items()
    )
    written = frozenset(pair for pair in pairs if not isinstance(found[pair[0]], str))
    return pairs, written


def write(request: FormRequest) -> str:
    """Return the body of a script's request; names that come twice stay twice."""
    if request.script is None or media_type(request.script.content_type) != JSON:
        return urlencode(request.fields)
    literal = request.script.literal
    members = (
        f"{json.dumps(name)}:{value if (name, value) in literal else json.dumps(value)}"
        for name, value in request.fields
    )
    return "{" + ",".join(members) + "}"
