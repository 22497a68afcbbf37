"""Faults in what is shown: templates edited before, and answers rewritten after they are made.

The helpers of `workshop.faults.banks` for screens. What is to be replaced must be
there: a fault without hold is an error of the bank, not a fault nobody notices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask.templating import DispatchingJinjaLoader

from reference_impl.domain.words import Status
from reference_impl.face import pages
from reference_impl.face.pages import the_bank
from reference_impl.service.procedures import portal
from reference_impl.web import visitor as door
from reference_impl.web.visitor import Visitor
from workshop.faults.swap import FaultError, wrap, wrap_method

Change = tuple[str, str]
When = Callable[[Visitor], bool]


def edit(template: str, *changes: Change) -> None:
    """Change the source of a template. A change without hold is an error when it is rendered."""

    def get_source(original: Any, self: Any, environment: Any, name: str) -> Any:
        source, *rest = original(self, environment, name)
        if name == template:
            source = _changed(source, template, changes)
        return source, *rest

    wrap_method(DispatchingJinjaLoader, "get_source", get_source)


def rewrite(template: str, *changes: Change, when: When = lambda *_: True) -> None:
    """Change the finished page of a template, for the customers that ``when`` chooses."""

    def page(original: Any, visitor: Visitor, name: str, *rest: Any, **values: Any) -> Response:
        response: Response = original(visitor, name, *rest, **values)
        if name == template and when(visitor):
            text = response.get_data(as_text=True)
            response.set_data(_changed(text, template, changes))
        return response

    wrap(door.page, page)


def serve_changed(file: str, *changes: Change) -> None:
    """Change a style sheet or script of the bank as it is served."""

    def answer(original: Any, response: Response) -> Response:
        if request.endpoint == "face.static" and request.path.endswith(f"/{file}"):
            response.direct_passthrough = False
            response.set_data(_changed(response.get_data(as_text=True), file, changes))
        done: Response = original(response)
        return done

    wrap(pages.secure_headers, answer)


def in_status(*statuses: Status) -> When:
    """Return a choice of the customers who are in one of these statuses."""
    return lambda visitor: portal(the_bank(), visitor.customer_id).status in statuses


def _changed(text: str, template: str, changes: tuple[Change, ...]) -> str:
    for old, new in changes:
        if old not in text:
            raise FaultError(f"{template} does not hold {old}")
        text = text.replace(old, new)
    return text
