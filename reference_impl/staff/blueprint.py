"""Assembles the staff site."""

from __future__ import annotations

from flask import Blueprint

from reference_impl.face.install import on_register
from reference_impl.face.site import site_of
from reference_impl.service.bank import Bank
from reference_impl.settings import Settings
from reference_impl.staff import customers, login, orders, stock
from reference_impl.staff.office import Office


def blueprint(bank: Bank, settings: Settings) -> Blueprint:
    """Return the staff site of a bank, to be registered at the root (pages under /staff)."""
    pages = Blueprint("staff", __name__, template_folder="templates", url_prefix="/staff")
    on_register(pages, site_of(settings))
    office = Office(bank)
    office.guard(pages)
    for screen in (login, orders, stock, customers):
        screen.register(pages, office)
    return pages
