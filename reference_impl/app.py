"""Puts the faces of one bank behind one WSGI application."""

from flask import Flask

from reference_impl import demo, staff, test_control, web
from reference_impl.face.forms import MAX_FORM_BYTES
from reference_impl.face.pages import install
from reference_impl.service.bank import Bank


def create_app(bank: Bank) -> Flask:
    """Return the application of one bank; several may live in one process.

    The demonstration pages and the test-control API are there only when the
    settings ask for them.
    """
    app = Flask("reference_impl", static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_FORM_BYTES)
    install(app, bank)
    app.register_blueprint(web.pages)
    app.register_blueprint(staff.pages)
    if bank.settings.demo:
        app.register_blueprint(demo.pages)
    if bank.settings.test_control:
        app.register_blueprint(test_control.api)
    return app
