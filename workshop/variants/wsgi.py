"""Changing a bank from outside: its answers are rewritten on their way, its code is not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Response

from reference_impl import app, server
from reference_impl.server import EXIT_USAGE
from workshop.faults.swap import wrap

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Around = Callable[[Application], Application]
#: Paths that no customer sees.
BEHIND = ("/staff", "/test-control", "/static")


def put_around(around: Around) -> None:
    """Let the bank's application be served through another one."""

    def create(original: Callable[..., Application], *arguments: Any) -> Application:
        return around(original(*arguments))

    assert server.create_app is app.create_app
    wrap(app.create_app, create)


def rewriting(change: Callable[[str], str]) -> Around:
    """Return what rewrites every HTML page of the customers' site."""

    def around(inner: Application) -> Application:
        def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if environ["PATH_INFO"].startswith(BEHIND):
                return inner(environ, start_response)
            answer = Response.from_app(inner, environ)
            if answer.mimetype == "text/html" and answer.data:
                answer.set_data(change(answer.get_data(as_text=True)))
            return answer(environ, start_response)

        return outer

    return around


def serve(module: str, known: dict[str, Callable[[], None]], arguments: list[str]) -> int:
    """Prepare the bank of a name, run it and return its exit code."""
    if len(arguments) < 2 or arguments[1] != "--" or arguments[0] not in known:
        names = " ".join(sorted(known))
        sys.stderr.write(f"使い方 / usage: python -m {module} NAME -- ARGUMENTS; NAME: {names}\n")
        return EXIT_USAGE
    known[arguments[0]]()
    return server.main(arguments[2:])
