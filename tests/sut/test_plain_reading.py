"""What the agent without a browser makes of a page's bytes, where markup is odd."""

from __future__ import annotations

import httpx

from otp_conformance.agent.http.agent import HttpAgent, HttpAgents
from otp_conformance.agent.page import Control, Role

_FIELD = Control(Role.FIELD, ("名前",))
_FORM = (
    '<form method="post"><label for="n">名前</label><input id="n" name="n"><button>送信</button>'
)


def _at(content: bytes, *selectors: str) -> HttpAgent:
    page = httpx.Response(200, headers={"content-type": "text/html"}, content=content)
    transport = httpx.MockTransport(lambda _: page)
    agent = HttpAgents(["site.test"], transport=transport, selectors=selectors).new()
    agent.open("http://site.test/")
    return agent


def test_a_mark_at_the_beginning_tells_the_encoding() -> None:
    assert _at("\ufeff<h1>残高照会</h1>".encode("utf-16-le")).view().headings == ("残高照会",)


def test_any_sign_can_be_typed_and_is_sent() -> None:
    agent = _at(_FORM.encode())
    assert agent.fill(_FIELD, "a\0b\x1b") == "a\0b\x1b"
    assert agent.view().fields[0].value == "a\0b\x1b"
    request = agent.form_request(Control(Role.BUTTON, ("送信",)))
    assert request.fields == (("n", "a\0b\x1b"),)


def test_a_document_type_in_the_middle_is_no_text() -> None:
    assert _at("<p>前</p><!DOCTYPE html><p>後</p>".encode()).view().text == "前\n後"


def test_selectors_fit_as_in_a_browser_and_leave_no_trace() -> None:
    agent = _at(_FORM.encode(), "label:has(+ input)", "input:not([type], .x)", "no[")
    view = agent.view()
    assert view.declared == {"label:has(+ input)": "名前", "input:not([type], .x)": ""}
    assert not any("number" in name for tag in agent._model().tree.nodes for name in tag.attributes)
