"""Cookies that carry a random identifier or a sealed note, and the redirect after a form."""

from __future__ import annotations

from flask import Response, make_response, redirect, request

_LONGEST = 200


def cookie(name: str) -> str:
    """Return the identifier in a cookie, or "" if it cannot be one of the bank's own."""
    value = request.cookies.get(name, "")
    sane = len(value) <= _LONGEST and value.isascii() and value.isprintable()
    return value if sane else ""


def remember(response: Response, name: str, value: str, path: str = "/") -> None:
    """Set a cookie for this browser session, out of reach of scripts and other sites.

    Without expiry: how long a session lives is for the server's clock to say.
    """
    response.set_cookie(
        name, value, path=path, httponly=True, samesite="Lax", secure=request.is_secure
    )


def forget(response: Response, name: str, path: str = "/") -> None:
    """Delete a cookie."""
    response.delete_cookie(name, path=path, httponly=True, samesite="Lax", secure=request.is_secure)


def moved(address: str) -> Response:
    """Redirect so that a reload repeats no action (Post/Redirect/Get)."""
    return make_response(redirect(address, 303))
