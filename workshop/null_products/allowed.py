"""What null products may pass: fixtures/faults/allowed_on_null_products.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from otp_conformance.resources import fixtures_dir


@dataclass(frozen=True)
class Allowance:
    """Requirements that some products truly meet, and why."""

    products: tuple[str, ...]
    requirements: tuple[str, ...]
    reason_ja: str
    reason_en: str


def load() -> tuple[Allowance, ...]:
    """Return all allowances, in the order of the file."""
    path = fixtures_dir() / "faults" / "allowed_on_null_products.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("allowed", [])
    return tuple(
        Allowance(
            products=tuple(row["products"]),
            requirements=tuple(row["requirements"]),
            reason_ja=row["reason_ja"],
            reason_en=row["reason_en"],
        )
        for row in rows
    )


def allowed(product: str) -> frozenset[str]:
    """Return the requirements that a product may pass."""
    return frozenset(
        requirement
        for allowance in load()
        if product in allowance.products
        for requirement in allowance.requirements
    )
