"""The name over the door and whom to call: what every page says about the bank."""

from __future__ import annotations

from dataclasses import dataclass

from reference_impl.settings import Settings


@dataclass(frozen=True)
class Site:
    """Texts of the institution that appear on every page."""

    bank_name: str
    contact_desk: str
    contact_phone: str
    contact_hours: str
    demo: bool


def site_of(settings: Settings) -> Site:
    """Return the site of a bank. The telephone number is one that nobody has."""
    return Site(
        bank_name=settings.bank_name,
        contact_desk="お客さま相談窓口",
        contact_phone="0120-000-000",
        contact_hours="平日9時から17時まで",
        demo=settings.demo,
    )
