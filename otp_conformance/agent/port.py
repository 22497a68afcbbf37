"""Port `UserAgent`: one browser-like client of one person.

Every adapter raises `EnvironmentTrouble` when the other side cannot be reached or
answers with a server error, and `DeclarationMismatch` when the declaration names
something that is not there. The same holds for the other ports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from otp_conformance.agent.accessibility import Accessibility
from otp_conformance.agent.deed import Delivery
from otp_conformance.agent.exchange import Exchange
from otp_conformance.agent.page import Control, Cookie, FormRequest, PageView, Parameter
from otp_conformance.declaration.system import SutSection
from otp_conformance.specification.words import AgentKind


@dataclass(frozen=True)
class AgentOptions:
    """Which user agents somebody asks for; all but the kind are matters of the browser.

    ``headed``: with a visible window; ``at``: address of the Playwright server whose browser
    it is, empty for one of this machine: it may hold a password; ``slow_mo_ms``: a pause after
    whatever is done, for eyes to follow, in milliseconds; ``trace``: record what is done
    (`BrowserAgents.keep_traces`).
    """

    kind: AgentKind = AgentKind.BROWSER
    headed: bool = False
    at: str = field(default="", repr=False)
    slow_mo_ms: int = 0
    trace: bool = False


BROWSER = AgentOptions()
"""The browser, without a window: what everybody gets who asks for nothing."""


def server_of(address: str) -> str:
    """Return a browser server's address for readers: paths and queries may hold a password."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


Box = tuple[int, int, int, int]
"""A part of a picture: left, top, width and height, in ten-thousandths of its width or height."""


def nothing_secret(text: str) -> bool:
    """Tell of no text that it holds a secret: where none is known."""
    del text
    return False


def language_of(system: SutSection) -> str:
    """Return the language to ask a system for; Japanese as a browser in Japan says it."""
    return "ja-JP" if system.locale == "ja" else system.locale


class UserAgent(Protocol):
    """One browser-like client of one person, with its own cookies."""

    @property
    def is_browser(self) -> bool:
        """Whether scripts run and pixels exist."""

    def open(self, address: str) -> None:
        """Go to an absolute address and wait until the page has settled."""

    def view(self) -> PageView:
        """Return what is on the page now."""

    def has(self, control: Control) -> bool:
        """Tell whether the control is on the page, enabled or not. Never waits."""

    def look_again(self) -> bool:
        """Give a page that may not be complete a moment; tell whether it has changed."""

    def fill(self, control: Control, value: str) -> str:
        """Replace a field's value as typing would (maxlength applies); return what it holds.

        What is returned may be secret.
        """

    def try_on(self, control: Control, value: str) -> bool:
        """Fill as `fill` does what must not be sent; tell whether the page left it at that."""

    def choose(self, control: Control, option: str = "") -> None:
        """Check a box or a radio button; in a list choose the option of that text.

        Raises `DeclarationMismatch` where the list has no such option.
        """

    def type_again(self) -> None:
        """Type what was filled in once more, key by key, for pages that wait for keys."""

    def press(self, control: Control) -> None:
        """Press a button or link and wait until the page has settled.

        A form that the browser's own check of the fields (required, pattern …) would
        stop is sent all the same: the refusal to be seen is the server's. The view then
        has the browser's message among its alerts, as a person would have been told.
        """

    def delivery(self) -> Delivery:
        """Return what the latest press or request sent of what had been typed."""

    def ends_early(self) -> bool:
        """Tell whether the page in sight came without its end; no, where that cannot be known."""

    def exchanges(self) -> tuple[Exchange, ...]:
        """Return the latest requests and answers, oldest first, and forget them."""

    def press_twice(self, control: Control) -> None:
        """Double-click a button."""

    def type_by_clicks(self, field: Control, opener: Control, value: str) -> None:
        """Open an on-screen keyboard for a field and click the value in."""

    def form_request(self, button: Control) -> FormRequest:
        """Return the request that pressing the button would send now."""

    def field_name(self, control: Control) -> Parameter:
        """Return the parameter name under which a field is sent."""

    def send(self, request: FormRequest) -> None:
        """Send a kept or altered request as this person, show the answer."""

    def send_from_elsewhere(self, request: FormRequest) -> None:
        """Send a form as a page of another site (`page.ELSEWHERE`) in this client would.

        With the cookies that go along across sites, and the other site's Origin.
        """

    def sending(self, request: FormRequest, *, at: float) -> AbstractContextManager[None]:
        """Have a request sent at a moment of this machine's clock (s since 1970).

        Several agents' requests for one moment are truly under way together;
        on leaving, the answer is there and shown.
        """

    def back(self) -> None:
        """Browser back."""

    def reload(self) -> None:
        """Reload, re-sending a form where the page was the answer to one."""

    def forget_cookies(self) -> None:
        """Drop all cookies, as a new device would have none."""

    def cookies(self) -> tuple[Cookie, ...]:
        """Return everything that the client remembers for sites. It may be secret."""

    def take_cookies(self, cookies: Sequence[Cookie]) -> None:
        """Remember these cookies and no others, as somebody else's were planted or stolen."""

    def claim(self, headers: Mapping[str, str]) -> None:
        """Send these headers with every request from now on, instead of those claimed before."""

    def screenshot(
        self, marked: Sequence[Control] = (), secret: Callable[[str], bool] = nothing_secret
    ) -> bytes | None:
        """JPEG or PNG of the page with every input masked; None without pixels.

        ``marked``: controls to draw a frame around (the page keeps it). ``secret`` tells
        whether a text holds what no picture may show; what shows it is covered, and
        without that there is none.
        """

    def marks(self) -> tuple[Box, ...]:
        """Return where on a picture of the page its title and its messages stand.

        None without pixels, or where nobody can say.
        """

    def accessibility(self) -> Accessibility:
        """Return what assistive technology gets from the page in the foreground.

        Raises `NotRun` without a browser.
        """

    def alive(self) -> bool:
        """Tell whether the client still obeys; for one that is kept for long."""

    def close(self) -> None:
        """End the client. Idempotent."""


class UserAgents(Protocol):
    """Makes user agents; one browser behind all of them."""

    def new(self) -> UserAgent:
        """Return a fresh client without cookies."""

    def close(self) -> None:
        """End everything. Idempotent."""


class ForwardingAgent:
    """A user agent that leaves everything to another one (port `UserAgent`).

    What watches or completes an agent derives from it and says only what it does.
    """

    def __init__(self, agent: UserAgent) -> None:
        self._agent = agent

    @property
    def is_browser(self) -> bool:
        """Whether the inner agent is."""
        return self._agent.is_browser

    def open(self, address: str) -> None:
        """Go to an address."""
        self._agent.open(address)

    def view(self) -> PageView:
        """Return what is on the page now."""
        return self._agent.view()

    def has(self, control: Control) -> bool:
        """Tell whether the control is on the page."""
        return self._agent.has(control)

    def look_again(self) -> bool:
        """Give the page a moment."""
        return self._agent.look_again()

    def fill(self, control: Control, value: str) -> str:
        """Replace a field's value."""
        return self._agent.fill(control, value)

    def try_on(self, control: Control, value: str) -> bool:
        """Fill in what must not be sent."""
        return self._agent.try_on(control, value)

    def choose(self, control: Control, option: str = "") -> None:
        """Check a box, or choose from a list."""
        self._agent.choose(control, option)

    def type_again(self) -> None:
        """Type by keys what was filled in."""
        self._agent.type_again()

    def delivery(self) -> Delivery:
        """Return what the latest press sent."""
        return self._agent.delivery()

    def ends_early(self) -> bool:
        """Tell whether the page in sight came without its end."""
        return self._agent.ends_early()

    def exchanges(self) -> tuple[Exchange, ...]:
        """Return the latest requests and answers."""
        return self._agent.exchanges()

    def press(self, control: Control) -> None:
        """Press a button or link."""
        self._agent.press(control)

    def press_twice(self, control: Control) -> None:
        """Double-click a button."""
        self._agent.press_twice(control)

    def type_by_clicks(self, field: Control, opener: Control, value: str) -> None:
        """Click a value in on the on-screen keyboard."""
        self._agent.type_by_clicks(field, opener, value)

    def form_request(self, button: Control) -> FormRequest:
        """Return the request that pressing the button would send now."""
        return self._agent.form_request(button)

    def field_name(self, control: Control) -> Parameter:
        """Return the parameter name under which a field is sent."""
        return self._agent.field_name(control)

    def send(self, request: FormRequest) -> None:
        """Send a kept or altered request."""
        self._agent.send(request)

    def send_from_elsewhere(self, request: FormRequest) -> None:
        """Send a form from another site."""
        self._agent.send_from_elsewhere(request)

    def sending(self, request: FormRequest, *, at: float) -> AbstractContextManager[None]:
        """Have a request sent at a moment."""
        return self._agent.sending(request, at=at)

    def back(self) -> None:
        """Go back."""
        self._agent.back()

    def reload(self) -> None:
        """Reload."""
        self._agent.reload()

    def forget_cookies(self) -> None:
        """Drop all cookies."""
        self._agent.forget_cookies()

    def cookies(self) -> tuple[Cookie, ...]:
        """Return what the client remembers."""
        return self._agent.cookies()

    def take_cookies(self, cookies: Sequence[Cookie]) -> None:
        """Remember these cookies and no others."""
        self._agent.take_cookies(cookies)

    def claim(self, headers: Mapping[str, str]) -> None:
        """Send these headers with every request from now on."""
        self._agent.claim(headers)

    def screenshot(
        self, marked: Sequence[Control] = (), secret: Callable[[str], bool] = nothing_secret
    ) -> bytes | None:
        """Return a picture of the page."""
        return self._agent.screenshot(marked, secret)

    def marks(self) -> tuple[Box, ...]:
        """Return where title and messages stand."""
        return self._agent.marks()

    def accessibility(self) -> Accessibility:
        """Return what assistive technology gets."""
        return self._agent.accessibility()

    def alive(self) -> bool:
        """Tell whether the client still obeys."""
        return self._agent.alive()

    def close(self) -> None:
        """End the client."""
        self._agent.close()


class ForwardingAgents:
    """User agents each of which is wrapped as it is made (port `UserAgents`)."""

    def __init__(self, agents: UserAgents, wrap: Callable[[UserAgent], UserAgent]) -> None:
        self._agents = agents
        self._wrap = wrap

    def new(self) -> UserAgent:
        """Return a fresh client, wrapped."""
        return self._wrap(self._agents.new())

    def close(self) -> None:
        """End everything."""
        self._agents.close()


@dataclass(frozen=True)
class ExtraInput:
    """A field of the login page that the manual does not know, and what goes into it."""

    label: tuple[str, ...]
    value: str = field(repr=False)
