"""Every page is one form that posts to itself: the way of web forms with a view state.

What is on a page stands in one form around all of it, under names made longer; links
and buttons call one script, which writes down what was pressed. The server keeps
nothing of it: a hidden field says which of the bank's forms there were.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any

from bs4 import Tag
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from workshop.pages.markup import Page, parse, put_in_place, submits, words
from workshop.pages.told import behind, put_back, telling
from workshop.variants.wsgi import Application, Around

_STATE, _TARGET = "__VIEWSTATE", "__EVENTTARGET"
_NAME = re.compile(r"^ctl00\$Main\$f(\d+)\$(.+)$")
_PRESSED = re.compile(r"^ctl00\$Main\$btn(\d+)_(\d+)(?:\.x)?$")
_BUTTONS = {
    "buttons": '<input type="submit" name="{target}" value="{text}">',
    "commands": '<input type="button" value="{text}"'
    " onclick=\"theForm.__EVENTTARGET.value='{target}';theForm.submit()\">",
    "links": "<a href=\"javascript:__doPostBack('{target}','')\">{text}</a>",
}
WAYS = tuple(_BUTTONS)
_SCRIPT = """
var theForm = document.forms['aspnetForm'];
function __doPostBack(target, argument) {
  if (!theForm.onsubmit || theForm.onsubmit() !== false) {
    theForm.__EVENTTARGET.value = target; theForm.__EVENTARGUMENT.value = argument;
    theForm.submit();
  }
}
"""


def _wrapped(page: Page, way: str) -> None:
    body = page.body
    told: list[dict[str, Any]] = []
    for number, form in enumerate(body.find_all("form")):
        told.append(_unmade(form, number, way))
    outer = page.new_tag("form", attrs={"method": "post", "action": "", "id": "aspnetForm"})
    for part in list(body.contents):
        outer.append(part.extract())
    body.append(outer)
    state = base64.b64encode(json.dumps(told).encode()).decode()
    hidden = {_TARGET: "", "__EVENTARGUMENT": "", _STATE: state}
    for name, value in hidden.items():
        outer.append(page.new_tag("input", attrs={"type": "hidden", "name": name, "value": value}))
    script = page.new_tag("script")
    script.string = _SCRIPT
    body.append(script)


def _unmade(form: Tag, number: int, way: str) -> dict[str, Any]:
    """Take a form of the bank apart and return what the server has to know of it."""
    hidden = []
    for each in form.find_all("input", type="hidden"):
        hidden.append([each.get("name"), each.get("value", "")])
        each.extract()
    for each in form.find_all(["input", "select", "textarea"]):
        if name := each.get("name"):
            each["name"] = f"ctl00$Main$f{number}${name}"
    buttons = []
    for place, button in enumerate(list(submits(form))):
        buttons.append([button.get("name"), button.get("value", ""), button.get("formaction")])
        target = f"ctl00$Main$btn{number}_{place}"
        put_in_place(button, _BUTTONS[way].format(target=target, text=words(button)))
    found = {"action": form["action"], "method": form.get("method", "get").lower()}
    form.name = "div"
    for attribute in list(form.attrs):
        del form[attribute]
    return {**found, "hidden": hidden, "buttons": buttons}


def _undone(inner: Application) -> Application:
    """Make the bank's own form of what such a page sends."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if behind(environ) or request.method != "POST" or _STATE not in request.form:
            return inner(environ, start_response)
        pairs = list(request.form.items(multi=True))
        try:
            told = json.loads(base64.b64decode(request.form[_STATE], validate=True))
            pressed = next(
                found
                for name in (request.form[_TARGET], *(name for name, _ in pairs))
                if (found := _PRESSED.match(name))
            )
            form = told[int(pressed[1])]
            name, value, elsewhere = form["buttons"][int(pressed[2])]
        except (ValueError, LookupError, StopIteration):
            return Response("不正な操作です。", status=400)(environ, start_response)
        sent = [(name, value) for name, value in form["hidden"]]
        for told_name, typed in pairs:
            if (found := _NAME.match(told_name)) and found[1] == pressed[1]:
                sent.append((found[2], typed))
        if name:
            sent.append((name, value))
        if form["method"] == "get":
            return redirect(elsewhere or form["action"], 303)(environ, start_response)
        environ["PATH_INFO"] = elsewhere or form["action"]
        put_back(environ, sent)
        return inner(environ, start_response)

    return outer


def posting_back(way: str) -> Around:
    """Let every page post back to itself; ``way``: of `WAYS`, by what."""

    def change(html: str) -> str:
        page = parse(html)
        if page.head is not None and page.body is not None:
            _wrapped(page, way)
        return str(page)

    return lambda inner: _undone(telling(change)(inner))
