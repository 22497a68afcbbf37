"""Puts the faces of one bank behind one WSGI application."""

from __future__ import annotations

from flask import Flask

from reference_impl import staff, web
from reference_impl.service.bank import Bank
from reference_impl.settings import Settings

MAX_REQUEST_BYTES = 4 * 1024 * 1024  # a stock file of some thousand tokens


def create_app(bank: Bank, settings: Settings) -> Flask:
    """Return the application of one bank; several may live in one process.

    The demonstration pages and the test-control API are registered only when
    the settings ask for them.
    """
    app = Flask("reference_impl", static_folder=None, template_folder=None)
    app.secret_key = bank.cookie_key
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.register_blueprint(web.blueprint(bank, settings))
    app.register_blueprint(staff.blueprint(bank, settings))
    if settings.demo:
        from reference_impl import demo

        app.register_blueprint(demo.blueprint(bank, settings))
    if settings.test_control:
        from reference_impl import test_control

        app.register_blueprint(test_control.blueprint(bank, settings))
    return app
