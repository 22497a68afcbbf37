"""Pages as a deployment might write them, served inside the test process."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx

from otp_conformance.agent.http import HttpAgents
from otp_conformance.declaration.load import load
from otp_conformance.declaration.model import Declaration

BASE = "http://127.0.0.1:8000"
REFERENCE = Path(__file__).parents[2] / "fixtures" / "declarations" / "reference.toml"
Answer = str | tuple[int, str] | httpx.Response
Form = Mapping[str, str]


def declaration(**changes: Any) -> Declaration:
    """Return the reference's declaration with some tables changed: login={"flow": …}."""
    raw = load(REFERENCE).declaration
    updated = {
        table: getattr(raw, table).model_copy(update=values)
        if table != "labels"
        else {**raw.labels, **values}
        for table, values in changes.items()
    }
    return raw.model_copy(update=updated)


def page(title: str, body: str = "", *, alert: str = "", window: str | None = None) -> str:
    """Return a page; ``window`` other than None is the window title, without headings."""
    told = f'<div role="alert">{html.escape(alert)}</div>' if alert else ""
    heading = f"<h1>{title}</h1>" if window is None else ""
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8">'
        f"<title>{window or f'{title}｜みほん'}</title></head>"
        f"<body>{told}{heading}{body}</body></html>"
    )


def form(action: str, *controls: str, button: str) -> str:
    """Return a form; a control is ``label=name`` or ``label=name:password``."""
    fields = ""
    for control in controls:
        label, _, name = control.partition("=")
        name, _, kind = name.partition(":")
        fields += f"<label>{label}<input name={name} type={kind or 'text'}></label>"
    return f'<form method="post" action="{action}">{fields}<button>{button}</button></form>'


class PretendBank:
    """Answers "METHOD /path" by functions of the form sent; remembers what it was asked."""

    def __init__(self, pages: Mapping[str, Answer | Callable[[Form], Answer]]) -> None:
        self.pages = dict(pages)
        self.asked: list[tuple[str, dict[str, str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        raw = request.content.decode() or request.url.query.decode()
        sent = {name: values[-1] for name, values in parse_qs(raw, True).items()}
        what = f"{request.method} {request.url.path}"
        self.asked.append((what, sent))
        answer = self.pages[what]
        if callable(answer):
            answer = answer(sent)
        if isinstance(answer, httpx.Response):
            return answer
        status, text = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status, html=text)

    def agents(self) -> HttpAgents:
        return HttpAgents(("127.0.0.1",), transport=httpx.MockTransport(self))


def go(address: str) -> httpx.Response:
    """Return a redirect after a form."""
    return httpx.Response(303, headers={"Location": address})
