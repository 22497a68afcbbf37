"""One person's browser: the `UserAgent` port on Playwright."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import ElementHandle, Frame, Page, Request
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from otp_conformance.agent import boxes, facts
from otp_conformance.agent import trouble as page_trouble
from otp_conformance.agent.browser import hands
from otp_conformance.agent.browser.accessibility import BrowserAccessibility
from otp_conformance.agent.browser.covered import StillShownError, covered
from otp_conformance.agent.browser.held import Held, Typed, catch, sending_nothing, write_body
from otp_conformance.agent.browser.patience import Patience
from otp_conformance.agent.browser.picture import small
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.browser.snapshot import (
    Element,
    Reading,
    Snapshot,
    call_on_each,
    read,
    settle,
)
from otp_conformance.agent.browser.traffic import (
    MOST_OF_A_KIND,
    Settled,
    Traffic,
    come_to_rest,
    content_of,
)
from otp_conformance.agent.deed import Carried, Delivery, carried
from otp_conformance.agent.endings import Endings
from otp_conformance.agent.exchange import Exchange, Exchanges, form_of
from otp_conformance.agent.model import Found, PageModel, selector_of
from otp_conformance.agent.page import ELSEWHERE, Control, Cookie, FormRequest, PageView, Parameter
from otp_conformance.agent.port import Box, nothing_secret
from otp_conformance.agent.tree import TEXT_FIELDS
from otp_conformance.calls import trouble
from otp_conformance.verdict.outcome import EnvironmentTrouble, Outcome

_SERVER_ERROR = 500
_RESUBMISSION = "ERR_CACHE_MISS"
_RESPONSE_STATUS = "() => performance.getEntriesByType('navigation')[0]?.responseStatus"
_ERROR_PAGE_PATIENCE_MS = 3000
_UNSAFE, _CIRCLE = "ERR_UNSAFE_REDIRECT", "ERR_TOO_MANY_REDIRECTS"
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
_CRASHED = "crashed"
# How a script of ours breaks off on a page that has altered what scripts build on.
_BROKE_OFF = re.compile(r"\b(?:Type|Reference|Range)Error: ")
_SCRIPT_LINK, _BEGIN_PATIENCE_MS, _TICK_MS = "javascript:", 2000, 20
_LOOK_AGAIN_MS = 1500
_MOST_MARKS = 6
# A login may pass through several pages, a script's among them.
_MOST_MOVES = 10
_BLANK, _BLANK_PATIENCE_MS = "about:blank", 3000
# Playwright's own time-outs come first: they spare the browser.
_GRACE_SECONDS = 2.0
# What follows a page that did not answer (a last look, closing) is not worth more.
_LAST_LOOK_SECONDS, _PICTURE_SECONDS, _CLOSING_SECONDS = 2.0, 10.0, 3.0
# axe-core and the way around by Tab, on the largest page that is read.
_EXAMINING_SECONDS = 60.0
_T = TypeVar("_T")
_CLICK_TWICE = "(e) => { e.click(); e.click(); }"
_FRAME = "(e) => { e.style.outline = '4px solid #d0021b'; e.style.outlineOffset = '2px'; }"


class BrowserAgent:
    """A browser context with one ``page`` in the foreground (port `UserAgent`).

    Every method raises `EnvironmentTrouble` when the server cannot be reached,
    answers with 5xx or the browser is gone; `DeclarationMismatch` when a
    control is missing, or a host outside the allowed ones would be contacted.
    ``frame``: name of the frame that the site's screens are in, empty for none;
    ``selectors``: the declared ones. ``timeout_seconds``: patience with the system; what
    takes longer still is ended by force (``patience``), and the browser with it.

    A page is read once; it is read anew after whatever this person does.
    """

    def __init__(
        self,
        page: Page,
        *,
        allowed_hosts: Sequence[str],
        timeout_seconds: float,
        patience: Patience,
        frame: str = "",
        selectors: Sequence[str] = (),
        endings: Endings | None = None,
    ) -> None:
        self._context = context = page.context
        self._endings = endings or Endings()
        self._patience = patience
        self._unanswered = False
        self._selectors = tuple(selectors)
        self._snapshot: Snapshot | None = None
        self._reading: Reading | None = None
        self._typed: list[Typed] = []
        self._delivery = Delivery()
        self._exchanges = Exchanges()
        self._typed_on: Page | None = None
        self._frame_name = frame
        self._allowed_hosts = tuple(allowed_hosts)
        self._timeout_seconds = timeout_seconds
        context.set_default_timeout(timeout_seconds * 1000)
        context.set_default_navigation_timeout(timeout_seconds * 1000)
        self._pages: list[tuple[Page, Traffic]] = []
        self._held: Held | None = None
        self._last_request: FormRequest | None = None
        self._astray = ""
        context.on("page", self._on_page)
        context.on("requestfailed", self._on_failed)
        self._page, self._traffic = self._adopt(page)

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
        self._pages.append((page, Traffic(page, self._frame_name, self._exchanges)))
        return self._pages[-1]

    def _on_page(self, page: Page) -> None:
        self._adopt(page)

    def _on_failed(self, request: Request) -> None:
        """Take note of a page that leads to an undeclared host, a new window's first one too."""
        allowed = trouble.host_allowed(request.url, self._allowed_hosts)
        if not allowed and request.is_navigation_request() and self._shows_screens(request):
            self._astray = request.url

    def _shows_screens(self, request: Request) -> bool:
        """Tell whether a page is asked for as a whole, or for the frame of the site's screens."""
        try:
            frame = request.frame
        except PlaywrightError:
            return True  # a new window's first request has no frame yet
        return frame.parent_frame is None or bool(frame.name and frame.name == self._frame_name)

    @property
    def is_browser(self) -> bool:
        """Scripts run and pixels exist."""
        return True

    def alive(self) -> bool:
        """Tell whether the page is there and still answers."""
        try:
            with self._patience.within(_LAST_LOOK_SECONDS):
                self._page.evaluate("0")
        except PlaywrightError:
            return False
        return True

    def close(self) -> None:
        """End this person's browser. Idempotent."""
        try:
            with self._patience.within(_CLOSING_SECONDS):
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
        self._endings.learn(self._traffic.source)

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

    def cookies(self) -> tuple[Cookie, ...]:
        """Return everything that the browser remembers."""
        with self._acting("Cookie の読み取り"):
            found = self._context.cookies()
        return tuple(
            Cookie(each["name"], each["value"], each["domain"], each["path"]) for each in found
        )

    def claim(self, headers: Mapping[str, str]) -> None:
        """Send these headers with every request from now on."""
        with self._acting("ヘッダーの追加"):
            self._context.set_extra_http_headers(dict(headers))

    def take_cookies(self, cookies: Sequence[Cookie]) -> None:
        """Remember these cookies and no others."""
        with self._acting("Cookie の書き込み"):
            self._context.clear_cookies()
            self._context.add_cookies(
                [
                    {
                        "name": each.name,
                        "value": each.value,
                        "domain": each.domain,
                        "path": each.path,
                        "secure": self._page.url.startswith("https:"),
                    }
                    for each in cookies
                ]
            )

    # -- looking -----------------------------------------------------------

    def view(self) -> PageView:
        """Return what is on the page now."""
        with self._acting("画面の読み取り", judged=False):
            return self._model().view(
                http_status=self._traffic.status,
                told=self._traffic.dialogs,
                headers=self._traffic.headers,
            )

    def has(self, control: Control) -> bool:
        """Tell whether the control is on the page, enabled or not. Never waits."""
        with self._acting("画面の読み取り", judged=False):
            return self._model().best(control, self._filled) is not None

    def look_again(self) -> bool:
        """Give the page a moment to go on by itself; tell whether it did."""
        before = self._snapshot
        with self._acting("画面の読み取り", judged=False):
            seen = before.model.lines if before is not None else []
            if self._close_what_tells():
                return True
            if not self._await(lambda: self._read_anew().lines != seen, _LOOK_AGAIN_MS, 100):
                return False
            self._settle()
        return True

    def _close_what_tells(self) -> bool:
        """Close a box that only tells something; what it told stays among the page's messages.

        A person has read it then and sees the page behind. A box with a heading may be a
        screen of its own.
        """
        model = self._model()
        if model.dialog is None or len(model.dialog_actions) != 1 or model.dialog_headed:
            return False
        told = model.dialog_said
        self._element(model.dialog_actions[0]).handle().click()
        self._settle()
        self._traffic.dialogs.append(told)
        return True

    @property
    def _filled(self) -> list[Found]:
        return [typed.found for typed in self._typed]

    def _read(self) -> Snapshot:
        """Return the page as it was read last; read it where that is yet to be done."""
        if self._snapshot is None:
            self._snapshot = self._on_the_page(
                lambda: Snapshot(self._last_reading(), self._selectors)
            )
        return self._snapshot

    def _last_reading(self) -> Reading:
        """Return how the page was found at rest, once; else read it."""
        found, self._reading = self._reading, None
        if found is not None and found.frame == self._scope and not self._page.is_closed():
            return found
        return read(self._scope, self._selectors)

    def _changed(self) -> None:
        """Forget what was read: something has been done to the page."""
        self._snapshot = self._reading = None

    def _model(self) -> PageModel:
        return self._read().model

    def _read_anew(self) -> PageModel:
        self._changed()
        return self._model()

    def _element(self, found: Found) -> Element:
        return self._read().element(found.handle)

    def screenshot(
        self, marked: Sequence[Control] = (), secret: Callable[[str], bool] = nothing_secret
    ) -> bytes | None:
        """Return a picture of the whole page with every input masked, None if it fails twice.

        ``marked``: controls to draw a frame around, where they are there; ``secret`` tells
        whether a text holds what no picture may show: what shows it is covered.
        """
        seconds = _LAST_LOOK_SECONDS if self._unanswered else _PICTURE_SECONDS
        with self._patience.within(seconds):
            for _ in range(2):
                try:
                    return self._picture(marked, secret, seconds * 1000 / 2)
                except StillShownError:
                    return None
                except PlaywrightError as error:
                    _LOG.warning("画面を撮影できませんでした：%s", first_line(error))
                    self._changed()
        return None

    def _picture(
        self, marked: Sequence[Control], secret: Callable[[str], bool], patience_ms: float
    ) -> bytes:
        self._page.wait_for_load_state(timeout=patience_ms)
        for control in marked:
            if found := self._model().best(control):
                self._element(found).call(_FRAME)
        fields = f"{TEXT_FIELDS},select"
        with covered(self._page, secret, fields) as moving:
            taken = self._page.screenshot(
                type="png",
                full_page=True,
                mask=[self._scope.locator(fields)] if moving else None,
                mask_color="#808080",
                animations="disabled",
                timeout=patience_ms,
            )
        return small(taken)

    def marks(self) -> tuple[Box, ...]:
        """Return where on a picture of the page its title and its messages stand."""
        try:
            with self._patience.within(_LAST_LOOK_SECONDS):
                told = facts.told_by(self._model().tree)[:_MOST_MARKS]
                elements = [self._read().element(node) for node in told]
                found = call_on_each(elements, script("box"))
        except PlaywrightError as error:
            _LOG.debug("場所を調べられませんでした：%s", first_line(error))
            return ()
        return tuple((left, top, width, height) for left, top, width, height in filter(None, found))

    def accessibility(self) -> BrowserAccessibility:
        """Return what assistive technology gets from the page; it is read anew afterwards."""
        with self._examining("アクセシビリティーの検査"):
            self._page.wait_for_load_state()
        self._changed()
        return BrowserAccessibility(
            self._page,
            self._frame_name,
            self._fresh_element,
            self._selector_of,
            self._acting,
            self._examining,
        )

    @contextmanager
    def _examining(self, what: str) -> Iterator[None]:
        """Turn Playwright's errors into outcomes; the examination has time for itself, too."""
        seconds = self._timeout_seconds + _EXAMINING_SECONDS
        try:
            with self._patience.within(seconds):
                yield
        except PlaywrightError as error:
            if self._patience.over:
                raise self._gave_up(what, seconds) from error
            if ended := self._ended(error):
                raise page_trouble.browser_gone(what, ended) from error
            raise page_trouble.not_examined(what, first_line(error)) from error

    def _fresh_element(self, control: Control) -> ElementHandle:
        """Return a control's element on the page as it is now; it may change after this."""
        self._changed()
        element = self._element(self._find(control)).handle()
        self._changed()
        return element

    def _selector_of(self, control: Control) -> str:
        """Return a CSS selector of a control, empty where the page has none such."""
        found = self._read_anew().best(control)
        return selector_of(found.node) if found is not None else ""

    # -- acting ------------------------------------------------------------

    def fill(self, control: Control, value: str) -> str:
        """Replace a field's value as typing would; maxlength cuts it. Return what it holds.

        A form that sends itself with the last sign has been sent then.
        """
        self._drop_held()
        with self._acting("入力", judged=False):
            found = self._find(control)
            if not self._typed:
                self._traffic.sent.clear()
            self._typed_on = self._page
            self._typed = [each for each in self._typed if each.control != control]
            self._typed.append(Typed(control, found, value))
            try:
                held = hands.enter(control, found, value, self._page, self._read().element)
            except PlaywrightError as error:
                if not hands.moved_on(error):
                    raise
                held = value
            self._typed[-1] = Typed(control, found, value, held)
            self._changed()
        return held

    def try_on(self, control: Control, value: str) -> bool:
        """Fill as `fill` does what must not be sent; tell whether the page left it at that."""
        with sending_nothing(self._page, self._traffic) as stopped:
            self.fill(control, value)
        return not stopped

    def choose(self, control: Control, option: str = "") -> None:
        """Check a box or a radio button, or choose from a list; what that sets off is awaited."""
        typed = list(self._typed)
        with self._acting("選択", control):
            hands.choose(control, self._find(control), option, self._read().element)
        if not self._delivery.requests:
            self._typed = typed  # what was typed before is still to be sent

    def press(self, control: Control) -> None:
        """Press a button or link and wait until the page has settled.

        Playwright's click returns once a navigation that it started has
        committed; what is left is the new page's loading.
        """
        held, typed = self._take_held(control), list(self._typed)
        if held is not None and held.leaves:
            self.send(held.request)
            return
        with self._acting("操作", control):
            if held is not None:
                held.go_on()
            elif not self._has_sent_itself(control):
                self._click(control)
        if not control.leads_only and not self._delivery.requests:
            self._answer(control, typed)

    def _click(self, control: Control, *, twice: bool = False) -> None:
        for _ in range(_MOST_MOVES):
            try:
                self._click_once(control, twice=twice)
            except PlaywrightError as error:
                if not hands.built_anew(error):
                    raise
                # The page was drawn anew under the hand, before anything was pressed.
                self._settle()
                if self._traffic.sent and self._has_sent_itself(control):
                    return  # it was drawn anew because the last sign had sent the form
            else:
                return
        self._click_once(control, twice=twice)

    def _click_once(self, control: Control, *, twice: bool) -> None:
        found = self._pressable(control)
        self._exchanges.expect(form_of(self._model(), found.node))
        element = self._element(found)
        asked = self._asked_in_all
        ready = hands.press(control, element, self._page, twice=twice)
        if ready.opens_window and not twice:
            self._await(lambda: self._asked_in_all > asked)
        if (told := ready.told) is not None:
            # What the page will not send is sent all the same: the refusal to be seen is the
            # server's. A person would have been told by the browser (SCR-62).
            self._traffic.dialogs.append(f"{page_trouble.STOPPED_BY_BROWSER}（{told}）")
        if found.node.get("href").strip().casefold().startswith(_SCRIPT_LINK):
            # What a link that is a script sets off begins after the click.
            self._await(lambda: self._traffic.navigated or bool(self._traffic.scripted))

    @property
    def _asked_in_all(self) -> int:
        """How many documents were asked for in any window, and windows opened."""
        return len(self._pages) + sum(traffic.asked for _, traffic in self._pages)

    def _await(
        self,
        begun: Callable[[], bool],
        patience_ms: int = _BEGIN_PATIENCE_MS,
        tick_ms: int = _TICK_MS,
    ) -> bool:
        """Wait until something is so, for a while; tell whether it came to be."""
        for _ in range(patience_ms // tick_ms):
            if begun():
                return True
            self._page.wait_for_timeout(tick_ms)
        return begun()

    def _has_sent_itself(self, control: Control) -> bool:
        """Tell whether the form went off with the last sign, before its button was pressed."""
        if not self._typed:
            return False
        if self._model().best(control, self._filled) and self._traffic.sent == []:
            return False
        self._settle()
        left = [self._model().best(typed.control) for typed in self._typed]
        if not any(left):
            return True
        # The same form again, empty, after a request with what was typed: it was refused.
        went = all(fate is Carried.YES for _, fate in self._fates())
        return went and not any(found.node.value for found in left if found is not None)

    def _answer(self, control: Control, typed: list[Typed], *, twice: bool = False) -> None:
        """Go on from a box of the page that asks whether to send what was typed."""
        with self._acting("画面の読み取り", judged=False):
            going_on = self._going_on(control)
            element = self._element(going_on).handle() if going_on is not None else None
        if element is None:
            return
        self._typed = typed
        with self._acting("操作", control):
            element.click() if not twice else element.evaluate(_CLICK_TWICE)

    def _going_on(self, control: Control) -> Found | None:
        """Return the button of the box in front that goes on with what was pressed."""
        model = self._model()
        asked, text = model.dialog_actions, model.dialog.text() if model.dialog else ""
        place = boxes.going_on([each.name for each in asked], control.names, text)
        return None if place is None else asked[place]

    def press_twice(self, control: Control) -> None:
        """Double-click a button and wait until neither click has anything under way."""
        typed = list(self._typed)
        with self._acting("操作", control):
            self._click(control, twice=True)
            self._page.wait_for_load_state("networkidle")
        if not self._delivery.requests:
            self._answer(control, typed, twice=True)

    def type_by_clicks(self, field: Control, opener: Control, value: str) -> None:
        """Empty a field, open its on-screen keyboard and click the value in, key by key."""
        with self._acting("ソフトウェアキーボードを開く", opener):
            found = self._find(field)
            target = self._element(found).handle()
            if found.node.editable:
                target.fill("")
            target.focus()
            self._click(opener)
        self._typed.append(Typed(field, found, value))
        with self._acting("ソフトウェアキーボードによる入力", judged=False):
            for character in value:
                self._key(character, opener).click()
                self._changed()

    def _key(self, character: str, opener: Control) -> ElementHandle:
        """Return the key of a character, after the shift key where it takes that."""
        key = self._named(lambda name: name.strip() == character)
        if key is None:
            shift = self._named(lambda name: bool(_SHIFT.match(name)))
            if shift is not None:
                self._element(shift).handle().click()
                self._changed()
            key = self._named(lambda name: name.strip() == character)
        if key is None:
            # The character may be part of a secret: it is not named.
            raise page_trouble.unusable(opener, "入力する文字のキーがキーボードにありません")
        return self._element(key).handle()

    def _named(self, fits: Callable[[str], bool]) -> Found | None:
        return next((a for a in self._model().actions if any(map(fits, a.names))), None)

    # -- proof ---------------------------------------------------------------

    def delivery(self) -> Delivery:
        """Return what the latest press sent of what had been typed."""
        return self._delivery

    def ends_early(self) -> bool:
        """Tell whether the page in sight came without its end; no, where that cannot be known."""
        with suppress(PlaywrightError), self._patience.within(_LAST_LOOK_SECONDS):
            return self._endings.lacks(self._traffic.source)
        return False

    def exchanges(self) -> tuple[Exchange, ...]:
        """Return the latest requests and answers, and forget them."""
        return self._exchanges.take()

    def _fates(self) -> list[tuple[Control, Carried]]:
        """Return what became of each typed value in what was sent so far."""
        requests = [content_of(request) for request in self._traffic.sent]
        return [(t.control, carried(t.value, t.parameters, requests)) for t in self._typed]

    def _note_delivery(self) -> None:
        found = self._fates()
        if self._typed_on not in (None, self._page):
            # The first request of a new window cannot be seen.
            found = [(c, Carried.YES if k is Carried.YES else Carried.OPAQUE) for c, k in found]
        self._delivery = Delivery(len(self._traffic.sent), tuple(found))
        self._typed.clear()
        self._traffic.sent.clear()

    # -- requests ----------------------------------------------------------

    def form_request(self, button: Control) -> FormRequest:
        """Return the request that pressing the button would send now.

        One that only the page's script knows is caught by pressing: it is held
        until it is sent on (`send`, `press`) or something else is done.
        """
        with self._acting("フォームの読み取り", judged=False):
            found = self._find(button)
            self._exchanges.expect(form_of(self._model(), found.node))
            request = self._read_form(found, as_it_stands=False)
        if request is None:
            try:
                request = self._caught(button)
            except page_trouble.NothingSent:  # the page's own check of what was entered, say
                there = self._read_anew().best(button)
                request = self._read_form(there, as_it_stands=True) if there else None
                if request is None:
                    raise
        self._last_request = request
        return request

    def _read_form(self, found: Found, *, as_it_stands: bool) -> FormRequest | None:
        raw = self._element(found).call(script("form_request"), as_it_stands)
        if raw is None:
            return None
        fields = tuple((name, value) for name, value in raw["fields"])
        return FormRequest(raw["method"], raw["address"], fields)

    def field_name(self, control: Control) -> Parameter:
        """Return the parameter name under which a field is sent.

        The field's own; without one, the one under which the latest read request has what
        was typed.
        """
        if self._held is not None:
            return self._held.parameter(control)
        with self._acting("フォームの読み取り", judged=False):
            found = self._find(control)
        parameter = found.parameter()
        if parameter is not None:
            return parameter
        typed = next((each.value for each in self._typed if each.control == control), "")
        request = self._last_request
        equal = [n for n, v in request.fields if typed and v == typed] if request else []
        if len(equal) != 1:
            raise page_trouble.nameless(control, len(found.boxes))
        return Parameter((equal[0],))

    def send(self, request: FormRequest) -> None:
        """Send a request as a form in the present page would, show the answer."""
        if request.script is not None and not self._is_held(request):
            self._require_allowed(request)
            self._to_origin_of(request)
            self._send_again(request)
            return
        with self.sending(request):
            pass

    def send_from_elsewhere(self, request: FormRequest) -> None:
        """Send a form from a page of another site, which this browser makes up itself.

        So the browser decides, as ever, which cookies and which Origin go along.
        """
        self._require_allowed(request)
        self._typed.clear()
        place = f"{ELSEWHERE}**"
        self._page.route(place, lambda route: route.fulfill(content_type="text/html", body=""))
        try:
            with self._acting("ほかのサイトの画面"):
                self._page.goto(ELSEWHERE)
            main = self._page.main_frame
            with (
                self._acting("ほかのサイトからの送信"),
                self._page.expect_event("framenavigated", lambda frame: frame == main),
            ):
                main.evaluate(script("send"), _content(request))
        finally:
            self._page.unroute(place)

    @contextmanager
    def sending(self, request: FormRequest, *, at: float = 0.0) -> Iterator[None]:
        """Let the page itself send a form at a moment; leaving waits for the answer.

        A held request of a script goes on at that moment; one that is sent once
        more goes out on leaving.
        """
        self._require_allowed(request)
        held = self._take_held_for(request)
        self._typed.clear()  # what goes out is the request's, not what stands in the fields
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
        content = _content(request, at)
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
            element = self._element(self._pressable(button))
            hands.ready(button, element, self._page)
            handle = element.handle()
            self._held = catch(
                self._page,
                self._traffic,
                button,
                self._typed,
                lambda: handle.click(no_wait_after=True),
                self._settle,
                lambda: self._agree(button),
            )
        return self._held.request

    def _agree(self, button: Control) -> None:
        """Go on from the box that asks before the request of a button leaves, if there is one."""
        self._changed()
        going_on = self._going_on(button)
        if going_on is not None:
            self._element(going_on).handle().click(no_wait_after=True)
            self._settle()

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
        """Give a held request up; what the page then says of it is there before one goes on."""
        held, self._held = self._held, None
        if held is not None:
            with suppress(PlaywrightError), self._patience.within(_LAST_LOOK_SECONDS):
                held.drop()
                self._settle()

    def _find(self, control: Control) -> Found:
        found = self._model().best(control, self._filled)
        if found is None and self.look_again():
            found = self._model().best(control, self._filled)
        if found is None:
            raise page_trouble.missing(control, self._model(), cut=self.ends_early())
        if not self._model().in_dialog(found):
            self._put_dialog_away(control)
            return self._find(control)
        return found

    def _put_dialog_away(self, control: Control) -> None:
        """Close a box that tells something, as a person does before going on behind it."""
        buttons = self._model().dialog_actions
        place = boxes.putting_away([each.name for each in buttons])
        if place is None:
            raise page_trouble.unusable(control, "前に出ている問い合わせに答えないと操作できません")
        before = self._model().lines
        self._element(buttons[place]).handle().click()
        self._settle()
        if self._model().lines == before:
            raise page_trouble.unusable(control, "前に出ているものを閉じられません")

    def _pressable(self, control: Control) -> Found:
        found = self._find(control)
        if not found.node.enabled and self._typed:
            self._type_by_keys()
            found = self._find(control)
        if not found.node.enabled:
            raise page_trouble.disabled(control, self._model())
        return found

    def type_again(self) -> None:
        """Type what was filled in once more, key by key: some pages wait for keys."""
        with self._acting("入力", judged=False):
            self._type_by_keys()

    def _type_by_keys(self) -> None:
        try:
            for typed in self._typed:
                field = self._model().best(typed.control) if len(typed.found.boxes) == 1 else None
                if field is not None and hands.editable(self._element(field)):
                    hands.type_by_keys(self._element(field), typed.value)
                    self._changed()
        except PlaywrightError as error:
            if not hands.moved_on(error):  # else the last key has sent the form by itself
                raise
        self._settle()

    def _on_the_page(self, read: Callable[[], _T]) -> _T:
        """Carry a script out, once more on the new page where the page changed under it."""
        for times in range(_MOST_MOVES):
            try:
                return read()
            except PlaywrightError as error:
                if not hands.moved_on(error):
                    raise
                if times:
                    self._page.wait_for_timeout(_TICK_MS)
                self._page.wait_for_load_state()
        return read()

    def _to_the_front(self) -> bool:
        """Bring the window opened last to the front, or one left by one that has closed.

        Returns whether that is another one than before.
        """
        alive = [known for known in self._pages if not known[0].is_closed()]
        if len(alive) > MOST_OF_A_KIND:
            raise PlaywrightTimeout("windows without end")
        if not alive or alive[-1][0] == self._page:
            return False
        self._pages = alive
        self._page, self._traffic = alive[-1]
        self._changed()
        return True

    def _settle(self) -> None:
        """Let the window in front load; one that the site opens comes to the front.

        What was read before is forgotten: something was done to the page.
        """
        self._changed()
        while True:
            try:
                self._settle_in_front()
            except PlaywrightError:
                if not (self._page.is_closed() and self._to_the_front()):
                    raise
            else:
                return

    def _settle_in_front(self) -> None:
        changed = self._to_the_front()
        if changed:  # a new window begins blank, and is then sent somewhere
            self._await(lambda: self._page.url != _BLANK, _BLANK_PATIENCE_MS)
        self._page.wait_for_load_state()
        self._scope.wait_for_load_state()
        if changed and self._traffic.status is None:
            # A window's first response comes before we can listen to it.
            self._traffic.status = self._page.evaluate(_RESPONSE_STATUS) or None
        resting = come_to_rest(
            self._page, self._traffic, self._look, self._be_quiet, self._timeout_seconds
        )
        if not resting:
            self._changed()

    def _look(self, reading: bool) -> Settled:
        found, self._reading = self._on_the_page(
            lambda: settle(self._scope, self._selectors, reading=reading)
        )
        return found

    def _be_quiet(self) -> None:
        self._on_the_page(lambda: self._scope.evaluate(script("quiet")))

    def _await_error_page(self) -> None:
        """Let Chromium put up its own error page, which would cut off what comes next."""
        try:
            self._await(lambda: self._traffic.error_page, _ERROR_PAGE_PATIENCE_MS)
            self._page.wait_for_load_state()
        except PlaywrightError as error:
            _LOG.debug("エラー画面になりません：%s", first_line(error))

    @contextmanager
    def _acting(
        self, what: str, control: Control | None = None, *, judged: bool = True
    ) -> Iterator[None]:
        """Turn Playwright's errors into outcomes; ``judged``: the page may have changed."""
        label = f"{page_trouble.named(control)}の{what}" if control else what
        last_look = self._unanswered and not judged
        seconds = _LAST_LOOK_SECONDS if last_look else self._timeout_seconds + _GRACE_SECONDS
        at_rest = False
        try:
            with self._patience.within(seconds):
                self._begin(judged=judged)
                yield
                if judged:
                    self._rest()
                    at_rest = True
        except PlaywrightError as error:
            self._refuse_what_led_astray(label)
            if self._patience.over or isinstance(error, PlaywrightTimeout):
                raise self._gave_up(label, self._timeout_seconds) from error
            if not (judged and self._traffic.failure):
                raise self._gone(label, error) from error
            self._await_error_page()
        finally:
            if judged:
                self._snapshot = None
                self._reading = self._reading if at_rest else None
                self._note_delivery()
        if judged:
            self._judge(label)

    def _begin(self, *, judged: bool) -> None:
        if judged:
            self._drop_held()
            self._traffic.forget_failure()
        if self._page.is_closed():
            self._to_the_front()

    def _rest(self) -> None:
        if self._traffic.failure:
            self._await_error_page()
        self._settle()
        self._unanswered = False

    def _refuse_what_led_astray(self, label: str) -> None:
        """Raise where the site led to an undeclared host, or to what is no site at all."""
        astray = self._astray or self._traffic.astray
        self._astray = self._traffic.astray = ""
        if astray:
            raise trouble.host_refused(label, astray)

    def _refuse_redirect(self, label: str, address: str) -> None:
        """Raise where an answer that the browser gave up leads to what is no site.

        The browser does not tell where to. What only reads is asked for once more.
        """
        location = ""
        if self._traffic.reads and trouble.host_allowed(address, self._allowed_hosts):
            with suppress(PlaywrightError):
                answer = self._context.request.get(
                    address, max_redirects=0, timeout=_LAST_LOOK_SECONDS * 1000
                )
                location = answer.headers.get("location", "")
        if location and not trouble.is_of_the_web(urljoin(address, location)):
            raise trouble.host_refused(label, location)

    def _gave_up(self, label: str, seconds: float) -> EnvironmentTrouble:
        """Return the outcome for what did not come to an end, with what kept it from it.

        ``seconds``: how long it was waited for.
        """
        self._unanswered = True
        known = [traffic for _, traffic in self._pages]
        found = {
            page_trouble.BOXES: sum(traffic.boxes for traffic in known),
            page_trouble.WINDOWS: len(self._pages),
            page_trouble.PAGES: self._traffic.loads,
        }
        for what, number in found.items():
            if number > MOST_OF_A_KIND:
                return page_trouble.without_end(label, what, number)
        pending = self._traffic.pending_address
        if pending and not self._patience.over:
            return trouble.timed_out(label, pending, seconds)
        return page_trouble.unresponsive(label, self._page.url, seconds)

    def _gone(self, label: str, error: PlaywrightError) -> Outcome:
        """Return the outcome for a page that cannot be operated, with what has ended."""
        if hands.moved_on(error):
            self._unanswered = True
            return page_trouble.without_end(label, page_trouble.PAGES, self._traffic.asked)
        if ended := self._ended(error):
            return page_trouble.browser_gone(label, ended)
        if self._traffic.aborted:
            self._refuse_redirect(label, self._traffic.aborted)
        for sign, what in page_trouble.NO_PAGES.items():
            if sign in error.message:
                return page_trouble.no_page(label, what)
        if _BROKE_OFF.search(error.message):
            return page_trouble.tools_altered(label, first_line(error))
        return page_trouble.browser_gone(label, first_line(error))

    def _ended(self, error: PlaywrightError) -> str:
        """Return what an error says has ended: the browser, the page's process, or "" for none."""
        browser = self._context.browser
        if browser is None or not browser.is_connected():
            return page_trouble.BROWSER_ENDED
        if _CRASHED in error.message:
            self._unanswered = True
            return page_trouble.PAGE_CRASHED
        return ""

    def _judge(self, label: str) -> None:
        """Raise for a page that is not an answer of the site."""
        self._refuse_what_led_astray(label)
        failure, address = self._traffic.failure, self._traffic.failed_address
        if failure and _RESUBMISSION not in failure:
            if _UNSAFE in failure:
                self._refuse_redirect(label, address)
                raise trouble.host_refused(label, "")
            if _CIRCLE in failure:
                raise trouble.redirected_for_ever(label, address)
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


def _content(request: FormRequest, at: float = 0.0) -> dict[str, object]:
    """Return what the script that sends a form is told; ``at``: s since 1970."""
    return {
        "method": request.method,
        "address": request.address,
        "fields": [list(pair) for pair in request.fields],
        "at": at * 1000,
    }
