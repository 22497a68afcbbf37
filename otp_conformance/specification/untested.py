"""The requirements that no scenario verifies, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from otp_conformance.language import say
from otp_conformance.specification.catalogue import read
from otp_conformance.specification.catalogue.model import Entry, Filled, RequirementId
from otp_conformance.specification.manual import Manual
from otp_conformance.specification.requirements import FOLDER

FILE = "untested.toml"
_TABLE = "untested"


class Untested(Entry):
    """Why nothing verifies a requirement."""

    id: RequirementId
    reason_ja: Filled
    reason_en: Filled

    @property
    def reason(self) -> str:
        """The reason in the current language."""
        return say(self.reason_ja, self.reason_en)


def load(manual: Manual, root: Path) -> Mapping[str, Untested]:
    """Return a manual's entries by ID, with those of the suite that it extends.

    ``root`` holds the suite's features/. Raises `CatalogueError` for a
    file of another form and for an ID twice.
    """
    found: dict[str, Untested] = {}
    for folder in manual.feature_folders(root):
        found |= _load(folder / FOLDER)
    return {identifier: found[identifier] for identifier in manual.kept(found)}


def _load(folder: Path) -> Mapping[str, Untested]:
    if not (folder / FILE).exists() or not read.toml(folder, FILE):
        return {}
    found: dict[str, Untested] = {}
    for entry in read.entries(Untested, folder, FILE, _TABLE, "id"):
        if entry.id in found:
            raise read.failed(FILE, entry.id, "IDが重複しています。", "the ID is there twice.")
        found[entry.id] = entry
    return found
