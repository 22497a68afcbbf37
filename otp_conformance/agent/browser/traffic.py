"""What became of a page's own requests, and when a page has come to rest.

Single-page clients answer a press by asking their server and rebuilding the
document. Such a page is at rest when no request of its scripts that began with
the action is under way and the document has stopped changing.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Dialog, Frame, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from otp_conformance.agent.deed import Sent
from otp_conformance.agent.exchange import Exchange, Exchanges

# The browser itself gave up a request: a second click overtook the first, the
# answer was a download or had no content. The page stays; nothing is wrong.
HARMLESS = ("net::ERR_ABORTED",)
# Requests that a page's scripts send and wait for.
SCRIPTED = ("fetch", "xhr")
# A further part of a client-side application, loaded when a screen first needs it.
_PART = "script"
_SERVER_ERROR = 500
# What the browser writes when it does not let a page go somewhere.
_NOT_ALLOWED = re.compile(
    r"Not allowed to (?:load local resource|navigate top frame to data URL): ?'?(?P<address>\S+)"
)
_ERROR_PAGE = "chrome-error://"
_MOST_REPEATED = 2
_UNREAD_SECONDS = 1.0


class Traffic:
    """Listens to one page. ``status`` and ``headers`` are those of the document shown.

    Since the latest action began: ``navigated`` (a document was asked for),
    ``reads`` (nothing but GET was sent, and nothing by a script),
    ``scripted`` (how many requests the page's scripts sent to their own host, further
    parts of themselves included),
    ``error_page`` (the browser has put up its own),
    ``loads`` (how many documents were asked for),
    ``script_trouble`` (address and what went wrong with one of them, or its
    status of 5xx). ``held``: a request that is stopped on purpose.
    ``asked``: how many documents were asked for in all, ``loading``: one of them has not come
    yet. ``sent``: the requests by which the page may have sent what was typed, since they were
    last cleared.
    ``aborted``: address of the page that the browser gave up last; ``astray``: an address of no
    site that the page wanted to go to and the browser did not let it, kept until it is told.
    ``boxes``: how many boxes the page has ever put up.
    ``frame``: name of the frame that the site's screens are in, empty for the page itself.
    ``exchanges``: where its requests and answers are remembered.
    """

    def __init__(self, page: Page, frame: str = "", exchanges: Exchanges | None = None) -> None:
        self._exchanges = exchanges or Exchanges()
        self._exchanged: dict[Request, Exchange] = {}
        self._page = page
        self._frame = frame
        self.asked = self.loads = 0
        self.loading = False
        self.sent: list[Request] = []
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.failure: str = ""
        self.failed_address: str = ""
        self.pending_address: str = ""
        self.error_page = False
        self.dialogs: list[str] = []
        self.boxes = 0
        self.aborted = self.astray = ""
        self.navigated = False
        self.reads = True
        self.scripted = 0
        self.script_trouble: tuple[str, str | int] | None = None
        self.held: Request | None = None
        self._document: Response | None = None
        self._under_way: list[Request] = []
        self._answered: dict[Request, float] = {}
        self._repeated: Counter[tuple[str, str]] = Counter()
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("requestfailed", self._on_failed)
        page.on("requestfinished", self._on_finished)
        page.on("dialog", self._on_dialog)
        page.on("framenavigated", self._on_shown)
        page.on("console", self._on_console)

    def forget_failure(self) -> None:
        """Start a new action: earlier failures and messages are history."""
        self.failure = self.failed_address = ""
        self.dialogs.clear()
        self.error_page = False
        self.navigated = False
        self.reads = True
        self.scripted = 0
        self.script_trouble = None
        self._repeated.clear()
        self.loads = 0
        # What was under way before is not the action's: it may be waiting for news for ever.
        self._under_way.clear()
        self._answered.clear()
        self._exchanged.clear()

    def let_go(self) -> None:
        """Wait for the held request from now on: it goes on."""
        if self.held is not None:
            self._under_way.append(self.held)
            self.scripted += 1
            self.held = None

    def source(self) -> bytes:
        """Return the page as it came; nothing, where that cannot be had (any more)."""
        if self._document is None or self._document.request.timing["responseEnd"] < 0:
            return b""  # there is none, or it is still on its way
        with suppress(PlaywrightError):  # the browser keeps the last page's alone
            return self._document.body()
        return b""

    @property
    def unread_address(self) -> str:
        """Address of a page that nothing but GET asked for and that never came; else empty."""
        return self.failed_address if self.reads else ""

    @property
    def busy(self) -> bool:
        """Whether a request of the page's scripts is under way that is not held.

        One whose answer has begun and that nobody reads to its end never finishes.
        """
        now = time.monotonic()
        return any(
            request != self.held and now - self._answered.get(request, now) < _UNREAD_SECONDS
            for request in self._under_way
        )

    def _is_scripted(self, request: Request) -> bool:
        if self._in_a_frame(request):
            return urlsplit(request.url).netloc == urlsplit(self._page.url).netloc
        # The scripts of a page that is being loaded are that page's, and waited for with it.
        if request.resource_type not in SCRIPTED and not self._is_part(request):
            return False
        return urlsplit(request.url).netloc == urlsplit(self._page.url).netloc

    def _is_ticking(self, request: Request) -> bool:
        """Whether a script asks for the same again and again: it never comes to an end."""
        same = request.method, request.url.partition("?")[0]
        self._repeated[same] += 1
        return self._repeated[same] > _MOST_REPEATED

    def _is_part(self, request: Request) -> bool:
        return request.resource_type == _PART and not self.navigated

    def _on_finished(self, request: Request) -> None:
        if request in self._under_way:
            self._under_way.remove(request)

    def is_own(self, request: Request) -> bool:
        """Whether a request asks for the page's next document, not for one in a frame of it."""
        if not request.is_navigation_request():
            return False
        try:
            frame = request.frame
            return frame == self._page.main_frame or bool(self._frame and frame.name == self._frame)
        except PlaywrightError:
            return True  # a new window's first request has no frame yet

    def _in_a_frame(self, request: Request) -> bool:
        """Whether a frame of the page is asked for anew: a screen within the screen."""
        return request.is_navigation_request() and not self.is_own(request)

    def _on_request(self, request: Request) -> None:
        if self.is_own(request):
            self.pending_address = request.url
            self.failure = self.failed_address = self.aborted = ""
            self.navigated = self.loading = True
            self.asked += 1
            self.loads += 1
            self.sent.append(request)
            self._remember(request)
            self.reads = self.reads and request.method == "GET"
            self._under_way.clear()
        elif self._is_scripted(request) and not self._is_ticking(request):
            self.scripted += 1
            self.sent.append(request)
            if not self._is_part(request):
                self._remember(request)
            self.reads = self.reads and self._is_part(request)
            self._under_way.append(request)

    def _remember(self, request: Request) -> None:
        pairs = content_of(request).pairs()
        self._exchanged[request] = self._exchanges.add(request.method, request.url, pairs)

    def _on_response(self, response: Response) -> None:
        if response.request in self._exchanged:
            self._exchanged[response.request].status = response.status
        if self.is_own(response.request):
            self.status, self.headers = response.status, response.headers
            self._document = response
            self.pending_address = ""
            return
        self._answered[response.request] = time.monotonic()
        if response.status >= _SERVER_ERROR and response.request in self._under_way:
            self.script_trouble = (response.url, response.status)

    def _on_failed(self, request: Request) -> None:
        failure = request.failure or "net::ERR_FAILED"
        if not self.is_own(request):
            if request in self._under_way:
                self._under_way.remove(request)
                if failure not in HARMLESS and not self._in_a_frame(request):
                    self.script_trouble = (request.url, failure)
            return
        self.pending_address = ""
        self.loading = False
        if failure in HARMLESS:
            self.aborted = request.url
        else:
            self.failure, self.failed_address = failure, request.url
            self.status = None

    def _on_shown(self, frame: Frame) -> None:
        main = frame == self._page.main_frame
        if main or (self._frame and frame.name == self._frame):
            self.loading = False
        if main and frame.url.startswith(_ERROR_PAGE):
            self.error_page = True

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and (found := _NOT_ALLOWED.match(message.text)):
            self.astray = found["address"]

    def _on_dialog(self, dialog: Dialog) -> None:
        # A person reads the question and goes on; the text counts as a message.
        self.boxes += 1
        self.dialogs.append(dialog.message)
        with suppress(PlaywrightError):  # the page may have been left meanwhile
            dialog.accept()


def content_of(request: Request) -> Sent:
    """Return a request as it left."""
    try:
        body = request.post_data_buffer or b""
    except PlaywrightError:
        body = b""
    return Sent(request.url, request.headers.get("content-type", ""), body)


_TICK_MS = 10
_REFRESH_GRACE_SECONDS = 5.0
MOST_OF_A_KIND = 20
"""No site of customers opens so many windows or boxes, or loads so many pages, for one press."""


@dataclass(frozen=True)
class Settled:
    """What a page says about itself (keys as in settled.js)."""

    done: bool
    leaving: bool
    sent_on_ms: float


def come_to_rest(
    page: Page,
    traffic: Traffic,
    look: Callable[[bool], Settled],
    be_quiet: Callable[[], None],
    patience_seconds: float,
) -> bool:
    """Wait until a page that works by script, or sends on by itself, is at rest.

    Others cost next to nothing. ``look`` asks the page, and reads it in the same moment where
    it is told that this may be all; ``be_quiet`` waits until it has stopped changing. Returns
    whether it was left as ``look`` found it. Raises Playwright's TimeoutError when an answer
    does not come in time.
    """
    end = time.monotonic() + patience_seconds
    while not traffic.astray:
        if traffic.loads > MOST_OF_A_KIND:
            raise PlaywrightTimeout("pages without end")
        found = look(traffic.navigated and not traffic.scripted)
        if traffic.loading:  # the page that it asked was still the one before
            _while(page, lambda: traffic.loading, end)
            continue
        patient = time.monotonic() < end
        if found.leaving and patient and not traffic.aborted:
            page.wait_for_timeout(_TICK_MS)
            continue
        if found.sent_on_ms >= 0 and patient:
            _await_refresh(page, traffic, found.sent_on_ms / 1000 + _REFRESH_GRACE_SECONDS)
            continue
        if traffic.navigated and not traffic.scripted and found.done:
            return True
        _while(page, lambda: traffic.busy, end)
        so_far = traffic.scripted, traffic.asked
        be_quiet()
        page.wait_for_load_state()
        resting = not traffic.busy and not traffic.loading
        if resting and ((traffic.scripted, traffic.asked) == so_far or not patient):
            return False  # what never rests is judged as it stands when patience ends
    return False


def _while(page: Page, something: Callable[[], bool], end: float) -> None:
    """Wait as long as something is so. Raises Playwright's TimeoutError at the ``end``."""
    while something():
        if time.monotonic() > end:
            raise PlaywrightTimeout("no answer in time")
        page.wait_for_timeout(_TICK_MS)


def _await_refresh(page: Page, traffic: Traffic, patience_seconds: float) -> None:
    """Wait until a page that sends its reader on (meta refresh) has done so."""
    end, before = time.monotonic() + patience_seconds, traffic.asked
    while traffic.asked == before and not traffic.astray:
        if time.monotonic() > end:
            raise PlaywrightTimeout("the page announced another one, which did not come")
        page.wait_for_timeout(_TICK_MS)
    page.wait_for_load_state()
