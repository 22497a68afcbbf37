"""The page in the foreground of one person's browser, and what every action on it needs."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Frame, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from otp_conformance.agent import trouble as page_trouble
from otp_conformance.agent.browser.held import Held
from otp_conformance.agent.browser.locate import Match, best, matches
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.browser.settling import come_to_rest
from otp_conformance.agent.browser.traffic import Traffic
from otp_conformance.agent.page import Control, PageView, Role
from otp_conformance.agent.views import page_view
from otp_conformance.calls import trouble

_LOG = logging.getLogger(__name__)
_SERVER_ERROR = 500
# The page changed under a script; once more on the new page is right.
_MOVED_ON = ("Execution context was destroyed", "Cannot find context", "frame was detached")
_RESUBMISSION = "ERR_CACHE_MISS"
_RESPONSE_STATUS = "() => performance.getEntriesByType('navigation')[0]?.responseStatus"
_ERROR_PAGE_PATIENCE, _A_WHILE_MS = 100, 30
_UNRESOLVED = "ERR_NAME_NOT_RESOLVED"
# Nobody there or gone in the middle: may be better in a moment.
_PASSING = (
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_CONNECTION_CLOSED",
    "ERR_EMPTY_RESPONSE",
    "ERR_NETWORK_CHANGED",
)


class Foreground:
    """A browser context with one page in the foreground.

    Every method raises `EnvironmentTrouble` when the server cannot be reached,
    answers with 5xx or the browser is gone; `DeclarationMismatch` when a
    control is missing, or a host outside the allowed ones would be contacted.
    ``frame``: name of the frame that the site's screens are in, empty for none.
    """

    def __init__(
        self,
        context: BrowserContext,
        *,
        allowed_hosts: Sequence[str],
        timeout_seconds: float,
        frame: str = "",
    ) -> None:
        self._context = context
        self._frame_name = frame
        self._allowed_hosts = tuple(allowed_hosts)
        self._timeout_seconds = timeout_seconds
        context.set_default_timeout(timeout_seconds * 1000)
        context.set_default_navigation_timeout(timeout_seconds * 1000)
        self._pages: list[tuple[Page, Traffic]] = []
        self._held: Held | None = None
        context.on("page", self._on_page)
        self._page, self._traffic = self._adopt(context.new_page())

    @property
    def _scope(self) -> Frame:
        """The document of the site's screens: the declared frame where it is, else the page."""
        found = self._page.frame(self._frame_name) if self._frame_name else None
        return found or self._page.main_frame

    def _adopt(self, page: Page) -> tuple[Page, Traffic]:
        """Take note of a page, opened by us or by the site (a new window)."""
        for known in self._pages:
            if known[0] == page:
                return known
        self._pages.append((page, Traffic(page)))
        return self._pages[-1]

    def _on_page(self, page: Page) -> None:
        self._adopt(page)

    # -- going places ------------------------------------------------------

    def open(self, address: str) -> None:
        """Go to an absolute address and wait until the page has loaded."""
        if not trouble.host_allowed(address, self._allowed_hosts):
            raise trouble.host_refused("画面を開く", address)
        with self._acting("画面を開く"):
            self._page.goto(address)

    def back(self) -> None:
        """Browser back. An expired form answer stays blank until `reload`."""
        with self._acting("ブラウザーの「戻る」"):
            before, self._traffic.status = self._traffic.status, None
            self._page.go_back()
            if not self._traffic.navigated:  # a step inside one document
                self._traffic.status = before

    def reload(self) -> None:
        """Reload, re-sending a form where the page was the answer to one."""
        unread = self._traffic.unread_address
        with self._acting("再読み込み"):
            if unread:  # the browser's own error page is none to reload
                self._page.goto(unread)
            else:
                self._page.reload()

    # -- looking -----------------------------------------------------------

    def view(self) -> PageView:
        """Return what is on the page now, in one round trip."""
        with self._acting("画面の読み取り", judged=False):
            raw = self._evaluate(script("page_view"))
        return page_view(raw, http_status=self._traffic.status, dialogs=self._traffic.dialogs)

    # -- inner works -------------------------------------------------------

    def _drop_held(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.drop()

    def _find(self, control: Control) -> Match:
        found = best(matches(self._scope, control), control)
        if found is None:
            raise page_trouble.missing(control, self._present(control.role))
        return found

    def _pressable(self, control: Control) -> Match:
        found = self._find(control)
        if not found.enabled:
            raise page_trouble.unusable(control, "押せない状態です（無効）")
        return found

    def _unchecked(self, found: Match) -> tuple[str, ...]:
        """Take the browser's own check of a form out of the way, and return what it would say.

        What the page will not send is sent all the same: the refusal to be seen is the
        server's. A person would have been told by the browser (SCR-62).
        """
        told = found.locator.evaluate(script("unchecked"))
        return () if told is None else (f"{page_trouble.STOPPED_BY_BROWSER}（{told}）",)

    def _present(self, role: Role) -> list[str]:
        view = self.view()
        if role is Role.FIELD:
            return [field.label for field in view.fields]
        return [action.name for action in view.actions if role is not Role.LINK or action.is_link]

    def _evaluate(self, expression: str) -> Any:  # noqa: ANN401 - what the script returns
        for attempt in (1, 2, 3):
            try:
                return self._scope.evaluate(expression)
            except PlaywrightError as error:
                if attempt == 3 or not any(sign in error.message for sign in _MOVED_ON):
                    raise
                self._page.wait_for_load_state()
        return None

    def _settle(self) -> None:
        """Bring a window that the site has opened to the front and let it load."""
        alive = [known for known in self._pages if not known[0].is_closed()]
        changed = bool(alive) and alive[-1][0] != self._page
        if alive:
            self._pages = alive
            self._page, self._traffic = alive[-1]
        self._page.wait_for_load_state()
        self._scope.wait_for_load_state()
        if changed and self._traffic.status is None:
            # A window's first response comes before we can listen to it.
            self._traffic.status = self._page.evaluate(_RESPONSE_STATUS) or None
        come_to_rest(self._page, self._traffic, self._evaluate, self._timeout_seconds)

    def _await_error_page(self) -> None:
        """Let Chromium put up its own error page, which would cut off what comes next."""
        try:
            for _ in range(_ERROR_PAGE_PATIENCE):
                if self._traffic.error_page:
                    break
                self._page.wait_for_timeout(_A_WHILE_MS)
            self._page.wait_for_load_state()
        except PlaywrightError as error:
            _LOG.debug("エラー画面になりません：%s", first_line(error))

    @contextmanager
    def _acting(
        self, what: str, control: Control | None = None, *, judged: bool = True
    ) -> Iterator[None]:
        """Turn Playwright's errors into outcomes; ``judged``: the page may have changed."""
        label = f"{page_trouble.named(control)}の{what}" if control else what
        if judged:
            self._drop_held()
            self._traffic.forget_failure()
        try:
            yield
            if judged:
                if self._traffic.failure:
                    self._await_error_page()
                self._settle()
        except PlaywrightTimeout as error:
            address = self._traffic.pending_address or self._page.url
            raise trouble.timed_out(label, address, self._timeout_seconds) from error
        except PlaywrightError as error:
            if not (judged and self._traffic.failure):
                raise page_trouble.browser_gone(label, first_line(error)) from error
            self._await_error_page()
        if judged:
            self._judge(label)

    def _judge(self, label: str) -> None:
        """Raise for a page that is not an answer of the site."""
        failure, address = self._traffic.failure, self._traffic.failed_address
        if failure and _RESUBMISSION not in failure:
            if _UNRESOLVED in failure and not trouble.host_allowed(address, self._allowed_hosts):
                raise trouble.host_refused(label, address)
            passing = self._traffic.reads and any(sign in failure for sign in _PASSING)
            raise trouble.unreachable(label, address, failure, passing=passing)
        status = self._traffic.status
        if status is not None and status >= _SERVER_ERROR:
            reads = self._traffic.reads
            raise trouble.server_error(label, self._page.url, status, reads=reads)
        if self._traffic.script_trouble is not None:
            where, what = self._traffic.script_trouble
            if isinstance(what, int):
                raise trouble.server_error(label, where, what)
            raise trouble.unreachable(label, where, what)


def first_line(error: PlaywrightError) -> str:
    """Return the first line of what Playwright says."""
    return error.message.splitlines()[0] if error.message else type(error).__name__
