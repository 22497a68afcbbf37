"""The catalogue of faults of the reference bank: fixtures/faults/catalogue.toml."""

from __future__ import annotations

from otp_conformance.resources import fixtures_dir
from workshop.sets import whole_catalogue
from workshop.teeth import catalogue
from workshop.teeth.catalogue import Fault, FaultCatalogue

__all__ = ["Fault", "load", "whole"]


def whole() -> FaultCatalogue:
    """Return the catalogue. Raises `UsageError` for one that cannot be used."""
    path = fixtures_dir() / "faults" / "catalogue.toml"
    return catalogue.load(path, whole_catalogue().requirements)


def load() -> dict[str, Fault]:
    """Return all faults by name, in the order of the file."""
    return dict(whole().faults)
