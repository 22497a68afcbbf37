"""The test-control API: prepares and steers a bank under test, on loopback only.

Never part of a bank that serves customers. Described by `openapi.json`, so that
a vendor can put the same API in front of a staging system.
"""

from __future__ import annotations

from flask import Blueprint

from reference_impl.service.bank import Bank
from reference_impl.settings import Settings
from reference_impl.test_control import errors, guard, routes

PREFIX = "/test-control/v1"


def blueprint(bank: Bank, settings: Settings) -> Blueprint:
    """Return the API as a blueprint. ValueError without a key in the settings."""
    if not settings.test_control_key:
        msg = "the test-control API needs a key"
        raise ValueError(msg)
    made = Blueprint("test_control", __name__, url_prefix=PREFIX)
    guard.install(made, settings.test_control_key)
    errors.install(made)
    routes.install(made, bank, settings)
    return made
