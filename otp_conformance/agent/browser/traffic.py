"""What became of a page's own requests, and when a page has come to rest.

Single-page clients answer a press by asking their server and rebuilding the
document. Such a page is at rest when no request of its scripts that began with
the action is under way and the document has stopped changing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Frame, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from otp_conformance.agent.browser.scripts import script

# The browser itself gave up a request: a second click overtook the first, the
# answer was a download or had no content. The page stays; nothing is wrong.
HARMLESS = ("net::ERR_ABORTED",)
# Requests that a page's scripts send and wait for.
SCRIPTED = ("fetch", "xhr")
# A further part of a client-side application, loaded when a screen first needs it.
_PART = "script"
_SERVER_ERROR = 500
_ERROR_PAGE = "chrome-error://"


class Traffic:
    """Listens to one page. ``status`` is that of the document shown (or None).

    Since the latest action began: ``navigated`` (a document was asked for),
    ``reads`` (nothing but GET was sent, and nothing by a script),
    ``scripted`` (how many requests the page's scripts sent to their own host, further
    parts of themselves included),
    ``error_page`` (the browser has put up its own),
    ``script_trouble`` (address and what went wrong with one of them, or its
    status of 5xx). ``held``: a request that is stopped on purpose.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self.status: int | None = None
        self.failure: str = ""
        self.failed_address: str = ""
        self.pending_address: str = ""
        self.error_page = False
        self.dialogs: list[str] = []
        self.navigated = False
        self.reads = True
        self.scripted = 0
        self.script_trouble: tuple[str, str | int] | None = None
        self.held: Request | None = None
        self._under_way: list[Request] = []
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("requestfailed", self._on_failed)
        page.on("requestfinished", self._on_finished)
        page.on("dialog", self._on_dialog)
        page.on("framenavigated", self._on_shown)

    def forget_failure(self) -> None:
        """Start a new action: earlier failures and messages are history."""
        self.failure = self.failed_address = ""
        self.dialogs.clear()
        self.error_page = False
        self.navigated = False
        self.reads = True
        self.scripted = 0
        self.script_trouble = None
        # What was under way before is not the action's: it may be waiting for news for ever.
        self._under_way.clear()

    def let_go(self) -> None:
        """Wait for the held request from now on: it goes on."""
        if self.held is not None:
            self._under_way.append(self.held)
            self.scripted += 1
            self.held = None

    @property
    def unread_address(self) -> str:
        """Address of a page that nothing but GET asked for and that never came; else empty."""
        return self.failed_address if self.reads else ""

    @property
    def busy(self) -> bool:
        """Whether a request of the page's scripts is under way that is not held."""
        return any(request != self.held for request in self._under_way)

    def _is_scripted(self, request: Request) -> bool:
        # The scripts of a page that is being loaded are that page's, and waited for with it.
        if request.resource_type not in SCRIPTED and not self._is_part(request):
            return False
        return urlsplit(request.url).netloc == urlsplit(self._page.url).netloc

    def _is_part(self, request: Request) -> bool:
        return request.resource_type == _PART and not self.navigated

    def _on_finished(self, request: Request) -> None:
        if request in self._under_way:
            self._under_way.remove(request)

    def _is_own(self, request: Request) -> bool:
        if not request.is_navigation_request():
            return False
        try:
            return request.frame == self._page.main_frame
        except PlaywrightError:
            return True  # a new window's first request has no frame yet

    def _on_request(self, request: Request) -> None:
        if self._is_own(request):
            self.pending_address = request.url
            self.failure = self.failed_address = ""
            self.navigated = True
            self.reads = self.reads and request.method == "GET"
            self._under_way.clear()
        elif self._is_scripted(request):
            self.scripted += 1
            self.reads = self.reads and self._is_part(request)
            self._under_way.append(request)

    def _on_response(self, response: Response) -> None:
        if self._is_own(response.request):
            self.status = response.status
            self.pending_address = ""
        elif response.status >= _SERVER_ERROR and response.request in self._under_way:
            self.script_trouble = (response.url, response.status)

    def _on_failed(self, request: Request) -> None:
        failure = request.failure or "net::ERR_FAILED"
        if not self._is_own(request):
            if request in self._under_way:
                self._under_way.remove(request)
                if failure not in HARMLESS:
                    self.script_trouble = (request.url, failure)
            return
        self.pending_address = ""
        if failure not in HARMLESS:
            self.failure, self.failed_address = failure, request.url
            self.status = None

    def _on_shown(self, frame: Frame) -> None:
        if frame == self._page.main_frame and frame.url.startswith(_ERROR_PAGE):
            self.error_page = True

    def _on_dialog(self, dialog: Dialog) -> None:
        # A person reads the question and goes on; the text counts as a message.
        self.dialogs.append(dialog.message)
        dialog.accept()


_TICK_MS = 10
# A document that a script has still to fill: nothing to read in it.
_EMPTY = "() => !document.body || !document.body.innerText.trim()"


def come_to_rest(
    page: Page, traffic: Traffic, evaluate: Callable[[str], object], patience_seconds: float
) -> None:
    """Wait until a page that works by script is at rest; others cost next to nothing.

    Raises Playwright's TimeoutError when an answer does not come in time.
    """
    if traffic.navigated and not traffic.scripted and not evaluate(_EMPTY):
        return
    end = time.monotonic() + patience_seconds
    while True:
        while traffic.busy:
            if time.monotonic() > end:
                raise PlaywrightTimeout("no answer to a script's request")
            page.wait_for_timeout(_TICK_MS)
        so_far = traffic.scripted
        evaluate(script("quiet"))
        page.wait_for_load_state()
        if not traffic.busy and traffic.scripted == so_far:
            return
