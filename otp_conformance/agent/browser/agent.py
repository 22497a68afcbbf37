"""One person's browser: the `UserAgent` port on Playwright."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Frame, Locator, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from otp_conformance.agent import trouble as page_trouble
from otp_conformance.agent.browser.held import Held, catch, write_body
from otp_conformance.agent.browser.locate import Match, best, matches
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.browser.traffic import Traffic, come_to_rest
from otp_conformance.agent.page import TEXT_FIELDS, Control, FormRequest, PageView, Role, page_view
from otp_conformance.calls import trouble

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
_REFUSED = 400
_LOG = logging.getLogger(__name__)
# How keyboards name the key between small and capital letters.
_SHIFT = re.compile(r"^\s*(大文字|小文字|シフト|[Ss]hift|⇧).*$")
_FRAME = "(e) => { e.style.outline = '4px solid #d0021b'; e.style.outlineOffset = '2px'; }"


class BrowserAgent:
    """A browser context with one page in the foreground (port `UserAgent`).

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

    @property
    def is_browser(self) -> bool:
        """Scripts run and pixels exist."""
        return True

    def close(self) -> None:
        """End this person's browser. Idempotent."""
        try:
            self._context.close()
        except PlaywrightError as error:
            _LOG.debug("ブラウザーは既に終了しています：%s", first_line(error))

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

    def forget_cookies(self) -> None:
        """Drop all cookies."""
        with self._acting("Cookie の消去"):
            self._context.clear_cookies()

    # -- looking -----------------------------------------------------------

    def view(self) -> PageView:
        """Return what is on the page now, in one round trip."""
        with self._acting("画面の読み取り", judged=False):
            raw = self._evaluate(script("page_view"))
        return page_view(raw, http_status=self._traffic.status, dialogs=self._traffic.dialogs)

    def has(self, control: Control) -> bool:
        """Tell whether the control is on the page, enabled or not. Never waits."""
        with self._acting("画面の読み取り", judged=False):
            return bool(matches(self._scope, control))

    def screenshot(self, marked: Sequence[Control] = ()) -> bytes | None:
        """Return a JPEG of the whole page with every input masked, None if it fails twice.

        ``marked``: controls to draw a frame around, where they are there.
        """
        for _ in range(2):
            try:
                self._page.wait_for_load_state()
                for control in marked:
                    if found := best(matches(self._scope, control), control):
                        found.locator.evaluate(_FRAME)
                return self._page.screenshot(
                    type="jpeg",
                    quality=70,
                    full_page=True,
                    mask=[self._scope.locator(f"{TEXT_FIELDS},select")],
                    mask_color="#808080",
                    animations="disabled",
                )
            except PlaywrightError as error:
                _LOG.warning("画面を撮影できませんでした：%s", first_line(error))
        return None

    # -- acting ------------------------------------------------------------

    def fill(self, control: Control, value: str) -> None:
        """Replace a field's value as typing would; maxlength cuts it."""
        self._drop_held()
        with self._acting("入力", judged=False):
            field = self._find(control)
            if not field.editable:
                raise page_trouble.unusable(
                    control, "入力できない状態です（読み取り専用または無効）"
                )
            typed = value if field.max_length is None else value[: field.max_length]
            if field.kind == "number":
                # Only real keys can show what a number field does with letters.
                field.locator.clear()
                field.locator.press_sequentially(typed)
            else:
                field.locator.fill(typed)

    def press(self, control: Control) -> None:
        """Press a button or link and wait until the page has settled.

        Playwright's click returns once a navigation that it started has
        committed; what is left is the new page's loading.
        """
        held = self._take_held(control)
        with self._acting("操作", control):
            if held is not None:
                held.go_on()
                return
            found = self._pressable(control)
            told = self._unchecked(found)
            if found.opens_window:
                with self._context.expect_page():
                    found.locator.click()
            else:
                found.locator.click()
            self._traffic.dialogs.extend(told)

    def press_twice(self, control: Control) -> None:
        """Double-click a button and wait until neither click has anything under way."""
        with self._acting("操作", control):
            found = self._pressable(control)
            told = self._unchecked(found)
            found.locator.dblclick()
            self._traffic.dialogs.extend(told)
            self._page.wait_for_load_state("networkidle")

    def type_by_clicks(self, field: Control, opener: Control, value: str) -> None:
        """Empty a field, open its on-screen keyboard and click the value in, key by key."""
        with self._acting("ソフトウェアキーボードを開く", opener):
            target = self._find(field)
            if target.editable:
                target.locator.clear()
            target.locator.focus()
            self._pressable(opener).locator.click()
        with self._acting("ソフトウェアキーボードによる入力", judged=False):
            for character in value:
                self._key(character, opener).click()

    def _key(self, character: str, opener: Control) -> Locator:
        """Return the key of a character, after the shift key where it takes that."""
        key = self._scope.get_by_role("button", name=character, exact=True)
        if not key.count():
            shift = self._scope.get_by_role("button", name=_SHIFT)
            if shift.count():
                shift.first.click()
        if not key.count():
            # The character may be part of a secret: it is not named.
            raise page_trouble.unusable(opener, "入力する文字のキーがキーボードにありません")
        return key.first

    # -- requests ----------------------------------------------------------

    def form_request(self, button: Control) -> FormRequest:
        """Return the request that pressing the button would send now.

        One that only the page's script knows is caught by pressing: it is held
        until it is sent on (`send`, `press`) or something else is done.
        """
        with self._acting("フォームの読み取り", judged=False):
            raw = self._find(button).locator.evaluate(script("form_request"))
        if raw is None:
            return self._caught(button)
        fields = tuple((name, value) for name, value in raw["fields"])
        return FormRequest(raw["method"], raw["address"], fields)

    def field_name(self, control: Control) -> str:
        """Return the parameter name under which a field is sent."""
        if self._held is not None:
            return self._held.parameter(control)
        with self._acting("フォームの読み取り", judged=False):
            return self._find(control).parameter

    def send(self, request: FormRequest) -> None:
        """Send a request as a form in the present page would, show the answer."""
        if request.script is not None and not self._is_held(request):
            self._require_allowed(request)
            self._to_origin_of(request)
            self._send_again(request)
            return
        with self.sending(request):
            pass

    @contextmanager
    def sending(self, request: FormRequest, *, at: float = 0.0) -> Iterator[None]:
        """Let the page itself send a form at a moment; leaving waits for the answer.

        A held request of a script goes on at that moment; one that is sent once
        more goes out on leaving.
        """
        self._require_allowed(request)
        held = self._take_held_for(request)
        if held is not None:
            with self._acting("要求の送信"):
                self._page.wait_for_timeout(max(0.0, (at - time.time()) * 1000))
                held.go_on(request)
                yield
            return
        if request.script is not None:
            yield
            self.send(request)
            return
        self._to_origin_of(request)
        content = {
            "method": request.method,
            "address": request.address,
            "fields": [list(pair) for pair in request.fields],
            "at": at * 1000,
        }
        scope = self._scope
        with (
            self._acting("要求の送信"),
            self._page.expect_event("framenavigated", lambda frame: frame == scope),
        ):
            scope.evaluate(script("send"), content)
            yield

    def _require_allowed(self, request: FormRequest) -> None:
        if not trouble.host_allowed(request.address, self._allowed_hosts):
            raise trouble.host_refused("要求の送信", request.address)

    def _to_origin_of(self, request: FormRequest) -> None:
        """From a page of another origin open the site's own start first.

        So the request carries the Origin that a person's would.
        """
        there, here = urlsplit(request.address), urlsplit(self._scope.url)
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            self.open(f"{there.scheme}://{there.netloc}/")

    def _caught(self, button: Control) -> FormRequest:
        """Press a button whose request a script sends, and hold that request."""
        with self._acting("送信内容の読み取り", button):
            found = self._pressable(button)
            self._unchecked(found)
            self._held = catch(
                self._page,
                self._traffic,
                button,
                lambda: found.locator.click(no_wait_after=True),
                self._settle,
            )
        return self._held.request

    def _is_held(self, request: FormRequest) -> bool:
        held = self._held.request.script if self._held else None
        wanted = request.script
        return held is not None and wanted is not None and held.number == wanted.number

    def _take_held_for(self, request: FormRequest) -> Held | None:
        """Return the held request if this is what is to become of it."""
        if not self._is_held(request):
            return None
        held, self._held = self._held, None
        return held

    def _send_again(self, request: FormRequest) -> None:
        """Send a script's request once more; the page, loaded anew, shows what came of it."""
        part = request.script
        content = {
            "method": request.method,
            "address": request.address,
            "headers": dict(part.headers if part else ()),
            "body": write_body(request),
        }
        with self._acting("要求の送信"):
            answer = self._scope.evaluate(script("refetch"), content)
        self.reload()
        if answer["status"] >= _REFUSED:
            # A person at this page would have been told what the server said.
            self._traffic.dialogs.append(f"HTTP {answer['status']} {answer['text']}")

    def _take_held(self, control: Control) -> Held | None:
        """Return the held request if this control sends it; any other is dropped."""
        held = self._held
        if held is None or held.control != control:
            self._drop_held()
            return None
        self._held = None
        return held

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
