"""Fit an application with what all faces share. Safe to call once per face."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.sansio.app import App
from werkzeug.exceptions import HTTPException

from reference_impl.face.errors import STANDARD, Link, ShownError
from reference_impl.face.site import Site
from reference_impl.face.texts import kind_name, minutes, seconds

_STATIC = Path(__file__).parent / "static"
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def on_register(blueprint: Blueprint, site: Site) -> None:
    """Make a face's blueprint bring the shared parts along when it is registered."""

    def fit(state: BlueprintSetupState) -> None:
        install(state.app, site)

    blueprint.record_once(fit)


def install(app: App, site: Site) -> None:
    """Add base templates, style, headers and error pages to an application."""
    if "face" in app.blueprints:
        return
    shared = Blueprint(
        "face", __name__, static_folder="static", template_folder="templates", url_prefix="/assets"
    )
    app.register_blueprint(shared)
    app.jinja_env.globals.update(site=site, asset=asset)
    app.jinja_env.filters.update(minutes=minutes, seconds=seconds, kind_name=kind_name)
    app.after_request(secure_headers)
    app.register_error_handler(ShownError, _shown)
    app.register_error_handler(HTTPException, _standard)


@cache
def asset(name: str) -> str:
    """Return the address of a static file; it changes whenever the content does."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/assets/static/{name}?v={digest}"


def secure_headers(response: Response) -> Response:
    """Add the headers that every answer carries (ASVS 3.4, F105)."""
    headers = response.headers
    headers["Content-Security-Policy"] = _CSP
    headers["X-Frame-Options"] = "DENY"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    is_asset = request.endpoint == "face.static" and response.status_code in (200, 304)
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_asset else "no-store"
    return response


def _page(status: int, title: str, message: str, link: Link | None) -> Response:
    on_staff = request.path == "/staff" or request.path.startswith("/staff/")
    onwards = link or (
        Link("/staff", "発行申請一覧へ") if on_staff else Link("/", "トップページへ")
    )
    text = render_template(
        "face/error.html", title=title, alerts=[message], link=onwards, staff=on_staff
    )
    return make_response(text, status)


def _shown(error: ShownError) -> Response:
    return _page(error.status, error.title, error.message, error.link)


def _standard(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 or request.path.startswith("/test-control/"):
        # Redirects are no errors, and the test-control API speaks JSON for itself.
        return make_response(error.get_response())
    title, message = STANDARD.get(status, STANDARD[500 if status >= 500 else 400])
    response = _page(status, title, message, None)
    allow = dict(error.get_headers()).get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response
