"""Puts the client, its API and the staff's API behind one application."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, abort, send_from_directory

from reference_impl.service.bank import Bank
from reference_impl.test_control import api as test_control
from workshop.second_bank import customer_api, preparation_api, staff_api

CLIENT = Path(__file__).with_name("client")
_APART = ("api/", "branch/", "test-control/", "client/")


def create_app(bank: Bank, authorization: str) -> Flask:
    """Return the application. Every address outside the APIs is the client's own."""
    app = Flask("second_bank", static_folder=str(CLIENT), static_url_path="/client")
    app.config.update(MAX_CONTENT_LENGTH=64 * 1024, SEND_FILE_MAX_AGE_DEFAULT=0)
    app.extensions["bank"] = bank
    app.register_blueprint(customer_api.blueprint(bank))
    app.register_blueprint(staff_api.blueprint(bank, authorization))
    if bank.settings.test_control:
        app.register_blueprint(preparation_api.blueprint(bank, authorization))
        app.register_blueprint(test_control)

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def client(path: str) -> Response:
        if path.startswith(_APART):
            abort(404)
        return send_from_directory(CLIENT, "index.html")

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
