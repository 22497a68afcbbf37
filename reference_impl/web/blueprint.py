"""Assembles the customer site."""

from __future__ import annotations

from flask import Blueprint

from reference_impl.face.install import on_register
from reference_impl.face.site import site_of
from reference_impl.service.bank import Bank
from reference_impl.settings import Settings
from reference_impl.web import activate, deactivate, issue, login, pages
from reference_impl.web.door import Door


def blueprint(bank: Bank, settings: Settings) -> Blueprint:
    """Return the customer site of a bank, to be registered at the root."""
    site = site_of(settings)
    site_pages = Blueprint("web", __name__, template_folder="templates")
    on_register(site_pages, site)
    door = Door(bank, site)
    door.guard(site_pages)
    for screen in (login, pages, issue, activate, deactivate):
        screen.register(site_pages, door)
    return site_pages
