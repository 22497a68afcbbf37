"""A person's client without a browser: the `UserAgent` port over plain forms."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from lxml.etree import _Element as Element

from otp_conformance import encoding
from otp_conformance.agent import trouble as page_trouble
from otp_conformance.agent.accessibility import Accessibility
from otp_conformance.agent.deed import Carried, Delivery
from otp_conformance.agent.endings import Endings
from otp_conformance.agent.exchange import Exchange, Exchanges, form_of
from otp_conformance.agent.http import forms
from otp_conformance.agent.http.tree import Document, Parsed, kind, parse, text_of
from otp_conformance.agent.http.wire import Wire
from otp_conformance.agent.model import Found, PageModel
from otp_conformance.agent.page import ELSEWHERE, Control, Cookie, FormRequest, PageView, Parameter
from otp_conformance.agent.port import Box, language_of, nothing_secret
from otp_conformance.agent.tree import MOST_ELEMENTS
from otp_conformance.calls import trouble
from otp_conformance.calls.access import NO_ACCESS, Access
from otp_conformance.declaration.model import Declaration
from otp_conformance.text import same
from otp_conformance.verdict.outcome import NotRun

_TAGS_EACH = 3  # an element's two, and what the page says of others


@dataclass
class _Page:
    """One entry of the history: the request that led here, and the answer."""

    request: FormRequest | None = None
    address: str = "about:blank"
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    source: bytes = field(default=b"", repr=False)
    document: Document = field(default_factory=Document)
    encoding: str = "utf-8"  # its letters', and those of the forms that it sends
    stored: bool = False  # whether the answer may be shown again without asking
    told: tuple[str, ...] = ()  # what a browser would have said instead of sending
    parsed: Parsed | None = None  # read once; nothing but typing changes a page here
    model: PageModel | None = None
    typed: dict[Control, tuple[Found, str]] = field(default_factory=dict, repr=False)


def _letters(answer: httpx.Response) -> tuple[Document, str]:
    """Return an answer as a page, and its encoding: as its header says, else as it says itself."""
    content, said = answer.content, answer.charset_encoding
    if (tags := content.count(b"<")) > MOST_ELEMENTS * _TAGS_EACH:
        raise page_trouble.too_large("画面の読み取り", f"{tags} tags")
    if content.startswith(codecs.BOM_UTF8):
        content, said = content.removeprefix(codecs.BOM_UTF8), "utf-8"
    if not said:
        from bs4.dammit import EncodingDetector

        said = EncodingDetector.find_declared_encoding(content, is_html=True) or ""
    try:
        return Document(encoding.read(content, said)), encoding.codec_of(said)
    except LookupError:
        return _guessed(content)


def _guessed(content: bytes) -> tuple[Document, str]:
    from bs4.dammit import EncodingDetector

    detector = EncodingDetector(content, is_html=True)
    for codec in detector.encodings:
        with suppress(LookupError):
            return Document(encoding.read(detector.markup, codec)), codec
    return Document(), "utf-8"


def _needs_browser(what: str) -> NotRun:
    return NotRun(
        expected=f"{what}を確かめること",
        observed="ブラウザーを使わない実行では、画面のスクリプトが動かないため確かめられません",
        hint="ブラウザーを使って実行してください。",
    )


class HttpAgent:
    """Reads pages and sends forms as a browser would, without scripts or pixels.

    Raises what `BrowserAgent` raises; `NotRun` for what only scripts can do.
    """

    def __init__(
        self, wire: Wire, selectors: Sequence[str] = (), endings: Endings | None = None
    ) -> None:
        self._wire = wire
        self._endings = endings or Endings()
        self._selectors = tuple(selectors)
        self._history: list[_Page] = [_Page()]
        self._delivery = Delivery()
        self._exchanges = Exchanges()

    @property
    def is_browser(self) -> bool:
        """No scripts run, no pixels exist."""
        return False

    # -- going places ------------------------------------------------------

    def open(self, address: str) -> None:
        """Go to an absolute address."""
        self._go("画面を開く", FormRequest("GET", address, ()), typed=True)

    def back(self) -> None:
        """Go back. An expired form answer stays blank until `reload`."""
        if len(self._history) <= 1:
            return
        self._history.pop()
        page = self._page
        if page.stored or page.request is None:
            return
        if page.request.method == "GET":
            self._reload("ブラウザーの「戻る」")
        else:
            self._history[-1] = _Page(request=page.request, address=page.address)

    def reload(self) -> None:
        """Reload, re-sending a form where the page was the answer to one."""
        self._reload("再読み込み")

    def forget_cookies(self) -> None:
        """Drop all cookies."""
        self._wire.forget_cookies()

    def cookies(self) -> tuple[Cookie, ...]:
        """Return everything that the client remembers."""
        return self._wire.cookies()

    def claim(self, headers: Mapping[str, str]) -> None:
        """Send these headers with every request from now on."""
        self._wire.claim(headers)

    def take_cookies(self, cookies: Sequence[Cookie]) -> None:
        """Remember these cookies and no others."""
        self._wire.take_cookies(cookies)

    # -- looking -----------------------------------------------------------

    def view(self) -> PageView:
        """Return what is on the page now."""
        page = self._page
        return self._model().view(http_status=page.status, told=page.told, headers=page.headers)

    def has(self, control: Control) -> bool:
        """Tell whether the control is on the page, enabled or not."""
        return bool(self._model().find(control))

    def look_again(self) -> bool:
        """Return False: without scripts a page stays as it is."""
        return False

    def delivery(self) -> Delivery:
        """Return what the latest press sent of what had been typed."""
        return self._delivery

    def ends_early(self) -> bool:
        """Tell whether the page in sight came without its end."""
        return self._endings.lacks(self._source)

    def _source(self) -> bytes:
        return self._page.source

    def exchanges(self) -> tuple[Exchange, ...]:
        """Return the latest requests and answers, and forget them."""
        return self._exchanges.take()

    def screenshot(
        self, marked: Sequence[Control] = (), secret: Callable[[str], bool] = nothing_secret
    ) -> bytes | None:
        """Return None: there are no pixels."""
        del marked, secret
        return None

    def marks(self) -> tuple[Box, ...]:
        """Return nothing: there are no pixels."""
        return ()

    # -- acting ------------------------------------------------------------

    def fill(self, control: Control, value: str) -> str:
        """Replace a field's value as typing would; maxlength cuts it. Return what it holds."""
        found = self._find(control)
        if not found.node.editable:
            raise page_trouble.unusable(control, "入力できない状態です（読み取り専用または無効）")
        if found.node.tag not in {"input", "textarea"}:
            raise _needs_browser(f"{page_trouble.named(control)}への入力")
        parts = found.parts(value)
        typed = "".join(parts)
        held = "".join(
            self._write(self._tag(box.number), part)
            for box, part in zip(found.boxes, parts, strict=True)
        )
        self._page.typed[control] = found, typed
        self._page.parsed = self._page.model = None
        return held

    def _write(self, tag: Element, value: str) -> str:
        """Put a value into a field; return what it holds: an input knows no line ends."""
        held = value if tag.tag == "textarea" else value.replace("\r", "").replace("\n", "")
        self._page.document.typed[tag] = held
        return held

    def try_on(self, control: Control, value: str) -> bool:
        """Fill as `fill` does: nothing is sent without a press."""
        self.fill(control, value)
        return True

    def choose(self, control: Control, option: str = "") -> None:
        """Check a box or a radio button, or choose from a list."""
        found = self._find(control)
        if not found.node.enabled:
            raise page_trouble.unusable(control, "選べない状態です（無効）")
        tag = self._tag(found.node.number)
        if tag.tag == "select":
            options = {text_of(each): each for each in tag.iter("option")}
            fitting = [each for text, each in options.items() if same(text, [option])]
            if not fitting:
                raise page_trouble.no_option(control, option, tuple(options))
            forms.select(tag, fitting[0])
        elif tag.tag != "input":
            raise _needs_browser(f"{page_trouble.named(control)}を選ぶこと")
        else:
            forms.check(self._page.document, tag)
        self._page.parsed = self._page.model = None

    def type_again(self) -> None:
        """Do nothing: without scripts no page waits for keys."""

    def press(self, control: Control) -> None:
        """Follow a link or send a button's form."""
        self._press(control, times=1)

    def press_twice(self, control: Control) -> None:
        """Send a button's form twice, as an impatient double-click does."""
        self._press(control, times=2)

    def _press(self, control: Control, *, times: int) -> None:
        request, told = self._pressed(control)
        typed = dict(self._page.typed)
        if request is not None:
            for _ in range(times):
                self._go(f"{page_trouble.named(control)}の操作", request)
            self._page.told = told
        self._delivery = _delivered(request, typed)

    def type_by_clicks(self, field: Control, opener: Control, value: str) -> None:
        """Raise `NotRun`: an on-screen keyboard is a script."""
        raise _needs_browser("ソフトウェアキーボードによる入力")

    # -- requests ----------------------------------------------------------

    def form_request(self, button: Control) -> FormRequest:
        """Return the request that pressing the button would send now."""
        found = self._find(button)
        self._exchanges.expect(form_of(self._model(), found.node))
        return self._request_of(button, self._tag(found.node.number))

    def _request_of(self, button: Control, tag: Element) -> FormRequest:
        if tag.tag == "a":
            return forms.link_request(self._base(), tag.get("href", ""))
        form = self._page.document.form_of(tag)
        if form is None:
            raise page_trouble.unusable(button, "フォームに属していないため、送る内容がありません")
        return forms.form_request(self._page.document, self._page.address, form, tag)

    def field_name(self, control: Control) -> Parameter:
        """Return the parameter under which a field is sent."""
        found = self._find(control)
        parameter = found.parameter()
        if parameter is None:
            raise page_trouble.nameless(control, len(found.boxes))
        return parameter

    def send(self, request: FormRequest) -> None:
        """Send a kept or altered request as this person, show the answer."""
        there, here = urlsplit(request.address), urlsplit(self._page.address)
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            self.open(f"{there.scheme}://{there.netloc}/")
        self._go("要求の送信", request)
        self._delivery = Delivery(requests=1)

    def send_from_elsewhere(self, request: FormRequest) -> None:
        """Send a form as a page of another site would: without the cookies kept for this one."""
        self._history.append(_Page(FormRequest("GET", ELSEWHERE, ()), ELSEWHERE))
        with self._wire.across_sites():
            self._go("ほかのサイトからの送信", request)
        self._delivery = Delivery(requests=1)

    @contextmanager
    def sending(self, request: FormRequest, *, at: float) -> Iterator[None]:
        """Send from a thread of its own at a moment; leaving waits for the answer."""
        with ThreadPoolExecutor(max_workers=1) as thread:
            answer = thread.submit(self._send_at, at, request)
            yield
            answer.result()

    def _send_at(self, moment: float, request: FormRequest) -> None:
        time.sleep(max(0.0, moment - time.time()))
        self.send(request)

    def accessibility(self) -> Accessibility:
        """Nothing is painted and no script runs."""
        raise _needs_browser("支援技術から見た画面")

    def alive(self) -> bool:
        """Return True: nothing but this process is behind it."""
        return True

    def close(self) -> None:
        """Close the connection. Idempotent."""
        self._wire.close()
        self._history = [_Page()]  # pages are large, and nobody looks at them any more

    # -- finding -----------------------------------------------------------

    @property
    def _page(self) -> _Page:
        return self._history[-1]

    def _base(self) -> str:
        return forms.base_of(self._page.document, self._page.address)

    def _parsed(self) -> Parsed:
        page = self._page
        if page.parsed is None:
            page.parsed = parse(page.document, page.address, self._selectors)
        return page.parsed

    def _model(self) -> PageModel:
        page = self._page
        if page.model is None:
            page.model = PageModel(self._parsed().tree, self._selectors)
        return page.model

    def _tag(self, number: int) -> Element:
        return self._parsed().tags[number]

    def _find(self, control: Control) -> Found:
        model = self._model()
        found = model.best(control, [each for each, _ in self._page.typed.values()])
        if found is None:
            raise page_trouble.missing(control, model, cut=self.ends_early())
        return found

    def _pressed(self, control: Control) -> tuple[FormRequest | None, tuple[str, ...]]:
        """Return the request that pressing starts, None where it stays on the page.

        And what a browser would tell instead of sending it.
        """
        found = self._find(control)
        tag = self._tag(found.node.number)
        if not found.node.enabled:
            raise page_trouble.disabled(control, self._model())
        self._exchanges.expect(form_of(self._model(), found.node))
        if tag.tag == "a" and "href" in tag.attrib:
            href = tag.get("href", "").strip()
            if href.lower().startswith("javascript:"):
                raise _needs_browser(f"{page_trouble.named(control)}の操作")
            return (None if href.startswith("#") else self._request_of(control, tag)), ()
        if kind(tag) not in {"submit", "image"}:
            raise _needs_browser(f"{page_trouble.named(control)}の操作")
        form = self._page.document.form_of(tag)
        if form is None:
            return None, ()
        stopped = forms.held_back(self._page.document, form, tag)
        request = self._request_of(control, tag)
        return request, (page_trouble.STOPPED_BY_BROWSER,) * stopped

    # -- the wire ----------------------------------------------------------

    def _reload(self, what: str) -> None:
        page = self._page
        if page.request is not None:
            self._history.pop()
            self._go(what, page.request, typed=True)

    def _go(self, what: str, request: FormRequest, *, typed: bool = False) -> None:
        """Send a request, follow redirects, show the answer.

        ``typed``: the request comes from no page (no Referer).
        """
        before = self._page
        page = _Page(request=request, address=request.address)
        self._history.append(page)
        origin = None if typed or before.request is None else before.address
        arrived = self._wire.go(what, request, origin, before.encoding, self._exchanges)
        answer = arrived.answer
        page.request, page.address = arrived.request, str(answer.url)
        page.status = answer.status_code
        page.headers = dict(answer.headers)
        page.stored = "no-store" not in answer.headers.get("cache-control", "")
        page.source = answer.content
        page.document, page.encoding = _letters(answer)
        self._endings.learn(self._source)
        if answer.is_server_error:
            reads = request.method == "GET"
            raise trouble.server_error(what, page.address, answer.status_code, reads=reads)


def _delivered(request: FormRequest | None, typed: Mapping[Control, tuple[Found, str]]) -> Delivery:
    if request is None:
        return Delivery()
    values = [value for _, value in request.fields]

    def sent(found: Found, value: str) -> Carried:
        whole = value in values or all(part in values for part in found.parts(value))
        return Carried.YES if whole else Carried.NO

    return Delivery(1, tuple((each, sent(*given)) for each, given in typed.items()))


class HttpAgents:
    """A fresh connection and cookie jar for every person.

    ``allowed_hosts``: the only hosts that may be contacted (declaration
    ``sut.allowed_hosts``). ``transport``: for a WSGI application in this
    process, `httpx.WSGITransport`; otherwise the network. ``any_certificate``:
    take those that cannot be verified, too (declared, for staging). ``access``: what
    the web server itself asks for. ``selectors``: the declared ones by which controls and
    texts are found.
    """

    def __init__(
        self,
        allowed_hosts: Sequence[str],
        *,
        any_certificate: bool = False,
        access: Access = NO_ACCESS,
        locale: str = "ja-JP",
        timeout_seconds: float = 30.0,
        transport: httpx.BaseTransport | None = None,
        selectors: Sequence[str] = (),
    ) -> None:
        self._selectors = tuple(selectors)
        self._allowed_hosts = tuple(allowed_hosts)
        self._timeout_seconds = timeout_seconds
        self._any_certificate = any_certificate
        self._access = access
        self._locale = locale
        self._transport = transport
        self._made: list[HttpAgent] = []
        self._endings = Endings()

    @classmethod
    def declared(cls, declaration: Declaration, access: Access = NO_ACCESS) -> HttpAgents:
        """Return the agents for a declared system."""
        return cls(
            declaration.sut.allowed_hosts,
            any_certificate=declaration.sut.accept_any_certificate,
            access=access,
            locale=language_of(declaration.sut),
            timeout_seconds=declaration.sut.timeout_seconds,
            selectors=declaration.every_selector,
        )

    def product(self) -> str:
        """Return the client's name and version, for the head of a report."""
        return f"httpx {httpx.__version__}"

    def new(self) -> HttpAgent:
        """Return a fresh client without cookies."""
        wire = Wire(
            self._allowed_hosts,
            timeout_seconds=self._timeout_seconds,
            transport=self._transport,
            any_certificate=self._any_certificate,
            access=self._access,
            locale=self._locale,
        )
        agent = HttpAgent(wire, self._selectors, self._endings)
        self._made.append(agent)
        return agent

    def keep_traces(self, stem: Path | None) -> tuple[Path, ...]:
        """Nothing: without a browser there is no trace."""
        del stem
        return ()

    def close(self) -> None:
        """Close every client. Idempotent."""
        for agent in self._made:
            agent.close()
        self._made.clear()
