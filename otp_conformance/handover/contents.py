"""What is in a bundle: the run, its reports built anew, versions, and a manifest of it all."""

from __future__ import annotations

import hashlib
import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict

from otp_conformance.handover.keys import signed
from otp_conformance.handover.statement import canonical, statement
from otp_conformance.journal.journal import JOURNAL_FILE, Journal
from otp_conformance.language import speaking
from otp_conformance.leftovers import private_folder
from otp_conformance.report.build import build
from otp_conformance.report.results import RunResults, results
from otp_conformance.specification.catalogue.model import Catalogue

MANIFEST = "manifest.json"
STATEMENT = "statement.json"
ENVELOPE = "statement.dsse.json"
VERSIONS = "versions.json"
DECLARATION = "declaration.json"
UNLISTED = frozenset({MANIFEST, STATEMENT, ENVELOPE})
"""What the manifest does not list: itself, and what speaks of it."""
OF_THE_BUNDLE = frozenset({*UNLISTED, VERSIONS, DECLARATION, JOURNAL_FILE})

_ROOMS = ("journal", "report", "specification", "verdict", "language.py", "text.py")
_LIBRARIES = ("gherkin-official", "Jinja2", "XlsxWriter")


class Listed(BaseModel):
    """A file of a bundle as its manifest lists it; ``size`` in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sha256: str
    size: int


class Manifest(BaseModel):
    """What a bundle holds. ``maker``: digest of what made its reports (`Reporter.digest`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    bundle_version: int = 1
    run_id: str
    maker: str
    files: dict[str, Listed]


@dataclass(frozen=True)
class Reporter:
    """What reports are built with besides the journal; ``given``: what `build` takes more."""

    catalogue: Catalogue
    given: Mapping[str, Any]

    def build(self, folder: Path) -> list[Path]:
        """Write the reports of the run in a folder; return the files."""
        return build(folder, self.catalogue, **self.given)

    @property
    def digest(self) -> str:
        """A digest of all that reports depend on besides the journal.

        That is our own text (reports, their templates, how a journal is read), the
        requirements, and the libraries that write. Equal digests, equal reports.
        """
        found = hashlib.sha256()
        root = files("otp_conformance")
        for room in _ROOMS:
            for name, part in _texts(root / room, room):
                found.update(f"{name} ".encode() + hashlib.sha256(part.read_bytes()).digest())
        for library in _LIBRARIES:
            found.update(f"{library} {version(library)} ".encode())
        with speaking("ja"):
            for row in self.catalogue.requirements.values():
                found.update(f"{row!r} {self.catalogue.chapter_name(row.chapter)}".encode())
        found.update(f"{sorted(self.given.items())!r} {zlib.ZLIB_RUNTIME_VERSION}".encode())
        return found.hexdigest()


def gather(
    run_dir: Path,
    journal: Journal,
    reporter: Reporter,
    *,
    declared: Mapping[str, Any] | None = None,
    key: Ed25519PrivateKey | None = None,
) -> dict[str, bytes]:
    """Return everything that a bundle of a run holds, by name.

    Its reports are built anew, never taken from the run's folder; of that only the
    journal and the pictures that it names are. ``declared``: the declared values in
    force, secrets by reference. Without a ``key`` the statement is not signed.
    """
    with private_folder() as folder:
        copy_run(run_dir, folder, journal)
        reports = reporter.build(folder)
        names = [JOURNAL_FILE, *pictures(journal), *(path.name for path in reports)]
        held = {name: (folder / name).read_bytes() for name in names}
    held[VERSIONS] = canonical(versions(journal))
    if declared is not None:
        held[DECLARATION] = canonical(declared)
    listed = {n: Listed(sha256=digest(body), size=len(body)) for n, body in held.items()}
    manifest = Manifest(run_id=journal.header.run_id, maker=reporter.digest, files=listed)
    held[MANIFEST] = canonical(manifest.model_dump())
    said = told(results(journal, reporter.catalogue), held[MANIFEST])
    if key is None:
        held[STATEMENT] = said
    else:
        held[ENVELOPE] = canonical(signed(said, key))
    return held


def told(run: RunResults, manifest: bytes) -> bytes:
    """Return the statement that a run and a manifest come to."""
    return statement(run, digest(manifest))


def pictures(journal: Journal) -> list[str]:
    """Return the files of all pictures that a journal names, each once."""
    named = {
        evidence.file
        for attempts in journal.attempts.values()
        for attempt in attempts.values()
        for evidence in attempt.evidence
        if evidence.file
    }
    return sorted(named)


def copy_run(run_dir: Path, folder: Path, journal: Journal) -> None:
    """Copy a run's journal and the pictures that it names, without its reports."""
    for name in (JOURNAL_FILE, *pictures(journal)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(run_dir / name, folder / name)


def versions(journal: Journal) -> dict[str, Any]:
    """Return with what a run was carried out: a function of its journal."""
    header = journal.header
    return {
        "suite": header.suite_version,
        "requirement_set": header.requirement_set,
        "journal_version": header.journal_version,
        "environment": header.environment,
    }


def _texts(part: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    if part.is_file():
        yield name, part
        return
    for inner in sorted(part.iterdir(), key=lambda each: each.name):
        if inner.name != "__pycache__":
            yield from _texts(inner, f"{name}/{inner.name}")


def digest(body: bytes) -> str:
    """Return the SHA-256 of some bytes in hex."""
    return hashlib.sha256(body).hexdigest()
