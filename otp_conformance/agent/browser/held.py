"""The request that a page's script sends when a button is pressed: caught, and taken apart.

A form can be read; a script's request can only be seen when it is sent. So the
button is pressed and the request held on its way. It can then go on as it was,
go on altered (the page shows the answer, as it would to its own request), or be
dropped. Where the script sends a form that leads to the next page, the page would wait
for that: the request is stopped instead, and is like that of any form from then on.

Two notations of bodies are known: form fields and a JSON object. Only the outermost
level is taken apart; what is no text there (numbers, lists, inner objects) is
kept as it was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import parse_qsl, urlencode

from playwright.sync_api import Page, Request, Route

from otp_conformance.agent import trouble as page_trouble
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.browser.traffic import SCRIPTED, Traffic
from otp_conformance.agent.model import Found
from otp_conformance.agent.page import Control, FormRequest, Parameter, ScriptPart

_READING = ("GET", "HEAD", "OPTIONS")
_ALL = "**/*"
# Set by the browser itself, on every request anew.
_BROWSERS_OWN = (
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "cookie",
    "host",
    "origin",
    "referer",
    "user-agent",
)
_NUMBERS = count(1)
_PATIENCE, _A_WHILE_MS, _A_MOMENT_MS = 30, 100, 20
_NO_NAMES = "送られる内容を項目ごとに読めません（知らない形式です）"


@dataclass(frozen=True)
class Typed:
    """A field that was filled in, with what, and what it holds of it (both may be secret)."""

    control: Control
    found: Found
    value: str = field(repr=False)
    held: str = field(default="", repr=False)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names under which a form would send it."""
        return tuple(name for box in self.found.boxes if (name := box.get("name")))


@dataclass(frozen=True)
class Held:
    """A request on its way, stopped. ``leaves``: for good; it led to the next page."""

    control: Control
    request: FormRequest
    typed: tuple[Typed, ...]
    page: Page
    route: Route
    traffic: Traffic
    leaves: bool = False

    def go_on(self, altered: FormRequest | None = None) -> None:
        """Let it go on, as it was or altered."""
        self.traffic.let_go()
        if altered is None:
            self.route.continue_()
        else:
            self.route.continue_(
                url=altered.address, method=altered.method, post_data=write_body(altered)
            )
        self.page.unroute(_ALL)

    def drop(self) -> None:
        """Give it up; to the page the connection was cut off."""
        if self.leaves:
            return
        self.traffic.held = None
        self.route.abort("aborted")
        self.page.unroute(_ALL)

    def parameter(self, wanted: Control) -> Parameter:
        """Return the name under which a field's value is sent.

        The field's own name where the request has that; else the one value of
        the request that equals what was typed, or what the field made of it (no line
        ends, cut at its length). DeclarationMismatch otherwise.
        """
        typed = next((t for t in self.typed if t.control == wanted), None)
        if typed is None:
            raise page_trouble.unreadable_request(wanted, "この画面でこの欄には入力していません")
        names = [name for name, _ in self.request.fields]
        own = [name for name in typed.parameters if name in names]
        parameter = typed.found.parameter()
        if parameter is not None and len(own) == len(typed.found.boxes):
            return parameter
        meant = {typed.value, typed.held} - {""}
        equal = [n for n, v in self.request.fields if v in meant]
        if len(equal) != 1:
            raise page_trouble.unreadable_request(
                wanted, "送られる内容のどの項目がこの入力欄の値か、決められません"
            )
        return Parameter((equal[0],))


def catch(
    page: Page,
    traffic: Traffic,
    control: Control,
    typed: Sequence[Typed],
    press: Callable[[], None],
    rest: Callable[[], None],
    agree: Callable[[], None],
) -> Held:
    """Press, and hold the first request by which the page changes something or is left.

    ``typed``: what was filled in; ``rest`` waits until the page is at rest; ``agree`` goes on
    from a box that asks first. Raises
    `NothingSent` when no such request came, DeclarationMismatch when its content cannot be
    taken apart.
    """
    caught: list[Route] = []

    def decide(route: Route) -> None:
        if caught or not (traffic.is_own(route.request) or _changes(route.request)):
            route.fallback()
            return
        caught.append(route)
        if traffic.is_own(route.request):
            route.abort("aborted")
        else:
            traffic.held = route.request

    page.route(_ALL, decide)
    press()
    page.wait_for_timeout(_A_MOMENT_MS)
    if not caught or not traffic.is_own(caught[0].request):
        rest()
    if not caught:
        agree()
    for _ in range(_PATIENCE):
        if caught:
            break
        # A busy machine may take its time from the click to the request.
        page.wait_for_timeout(_A_WHILE_MS)
    if not caught:
        page.unroute(_ALL)
        raise page_trouble.nothing_sent(control)
    return _taken(caught[0], page, traffic, control, typed)


@contextmanager
def sending_nothing(page: Page, traffic: Traffic) -> Iterator[list[Request]]:
    """Stop whatever a page would send, or leave for, meanwhile and a moment longer.

    Gives the list of what was stopped.
    """
    stopped: list[Request] = []

    def decide(route: Route) -> None:
        if not (traffic.is_own(route.request) or _changes(route.request)):
            route.fallback()
            return
        stopped.append(route.request)
        route.abort("aborted")

    page.route(_ALL, decide)
    try:
        yield stopped
        page.wait_for_timeout(_A_WHILE_MS)
    finally:
        page.unroute(_ALL, decide)


def _taken(
    route: Route, page: Page, traffic: Traffic, control: Control, typed: Sequence[Typed]
) -> Held:
    """Return a request that was stopped, taken apart."""
    leaves = traffic.is_own(route.request)
    if leaves:
        page.unroute(_ALL)
        route.request.frame.evaluate(script("stayed"))
    request = _form_of(route.request) if leaves else _read(route.request)
    held = Held(control, request or _nothing(), tuple(typed), page, route, traffic, leaves)
    if request is None:
        held.drop()
        raise page_trouble.unreadable_request(control, _NO_NAMES)
    return held


def _changes(request: Request) -> bool:
    return request.resource_type in SCRIPTED and request.method not in _READING


def _form_of(request: Request) -> FormRequest | None:
    """Return the form that a script sends and that leads to the next page."""
    if request.method in _READING:
        address, _, query = request.url.partition("#")[0].partition("?")
        return FormRequest(request.method, address, tuple(parse_qsl(query, keep_blank_values=True)))
    found = read_body(request.headers.get("content-type", ""), request.post_data or "")
    return found and FormRequest(request.method, request.url, found[0])


def _read(request: Request) -> FormRequest | None:
    content_type = request.headers.get("content-type", "")
    found = read_body(content_type, request.post_data or "")
    if found is None:
        return None
    fields, literal = found
    headers = tuple(
        (name, value)
        for name, value in request.headers.items()
        if name not in _BROWSERS_OWN and not name.startswith(("sec-", ":"))
    )
    part = ScriptPart(next(_NUMBERS), content_type, headers, literal)
    return FormRequest(request.method, request.url, fields, part)


def _nothing() -> FormRequest:
    return FormRequest("POST", "", ())


# -- bodies ------------------------------------------------------------

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
Pairs = tuple[tuple[str, str], ...]


def media_type(content_type: str) -> str:
    """Return a content type without its parameters; every kind of JSON is `JSON`."""
    found = content_type.partition(";")[0].strip().casefold()
    return JSON if found.endswith("+json") else found


def read_body(content_type: str, body: str) -> tuple[Pairs, frozenset[tuple[str, str]]] | None:
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


def write_body(request: FormRequest) -> str:
    """Return the body of a script's request; names that come twice stay twice."""
    if request.script is None or media_type(request.script.content_type) != JSON:
        return urlencode(request.fields)
    literal = request.script.literal
    members = (
        f"{json.dumps(name)}:{value if (name, value) in literal else json.dumps(value)}"
        for name, value in request.fields
    )
    return "{" + ",".join(members) + "}"
