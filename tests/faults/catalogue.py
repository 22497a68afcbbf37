"""The catalogue of faults: fixtures/faults/catalogue.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from otp_conformance.resources import fixtures_dir


@dataclass(frozen=True)
class Fault:
    """A fault: what it violates, and whose checks find it.

    ``numbers``: its numbers in the list of faults (may be empty).
    ``caught_by``: requirements of which at least one check must fail.
    ``scenarios``: part of the names of their scenarios, to run no more than needed.
    ``missing``: why no scenario finds it; empty for a fault that is found.
    """

    name: str
    title_ja: str
    title_en: str
    kind: str
    violates: tuple[str, ...]
    numbers: tuple[str, ...]
    caught_by: tuple[str, ...]
    scenarios: str = ""
    missing: str = ""


def load() -> dict[str, Fault]:
    """Return all faults by name, in the order of the file."""
    path = fixtures_dir() / "faults" / "catalogue.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    found = [
        Fault(
            name=row["id"],
            title_ja=row["title_ja"],
            title_en=row["title_en"],
            kind=row["class"],
            violates=tuple(row["violates"]),
            numbers=tuple(row["faults"]),
            caught_by=tuple(row["caught_by"]),
            scenarios=row.get("scenarios", ""),
            missing=row.get("missing", ""),
        )
        for row in rows
    ]
    return {fault.name: fault for fault in found}
