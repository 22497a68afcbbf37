"""Requests that a page would send: read, altered, sent on, sent again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from otp_conformance.agent import bodies
from otp_conformance.agent.browser.foreground import Foreground
from otp_conformance.agent.browser.held import Held, catch
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.page import Control, FormRequest
from otp_conformance.calls import trouble

_REFUSED = 400


class Requesting(Foreground):
    """The part of the agent that deals with requests rather than with controls."""

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
            "body": bodies.write(request),
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
