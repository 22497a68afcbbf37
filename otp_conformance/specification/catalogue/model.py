"""Requirements, ambiguities and parameters as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from otp_conformance.language import Text, say

RequirementId = Annotated[str, Field(pattern=r"^[A-Z]{3}-[0-9]{2}$")]
AmbiguityId = Annotated[str, Field(pattern=r"^AMB-[0-9]{2}$")]
ParameterId = Annotated[str, Field(pattern=r"^IX-[0-9]{2}$")]
Filled = Annotated[str, Field(min_length=1)]
Lines = Annotated[str, Field(pattern=r"^L[0-9]+(-[0-9]+)?(, L[0-9]+(-[0-9]+)?)*$")]


class Force(StrEnum):
    """Force that a check can give a sentence of the manual."""

    MUST = "MUST"
    MUST_NOT = "MUST NOT"
    MAY = "MAY"
    INFORMATIVE = "informative"

    @property
    def text(self) -> Text:
        """Its word for readers."""
        return Text(_FORCES_JA[self], self.value)


_FORCES_JA = {
    Force.MUST: "必須",
    Force.MUST_NOT: "禁止",
    Force.MAY: "任意",
    Force.INFORMATIVE: "参考",
}


class Entry(BaseModel):
    """One entry of the catalogue's files."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Requirement(Entry):
    """One sentence of the manual, in our own words.

    ``section`` and ``step`` place it in the manual (``;`` between places),
    ``lines`` in the manual's text. ``ambiguities`` and ``ixit`` name the
    entries of the register and the parameters that it depends on. One of a set beyond
    the manual has no place there (—) but a ``source``: the standard and its section.
    """

    id: RequirementId
    chapter: Filled
    section: Filled
    step: Filled
    lines: Lines | Literal["—"]
    ja: Filled
    en: Filled
    basis: Literal["stated", "implied", "silent"]
    kind: Literal[
        "behaviour", "screen content", "navigation", "input rule", "policy", "physical-world"
    ]
    force: Force
    observability: Literal["yes", "with clock control", "with staff access", "not observable"]
    ambiguities: tuple[AmbiguityId, ...]
    ixit: tuple[ParameterId, ...]
    source: str = ""

    @property
    def text(self) -> str:
        """The wording in the current language."""
        return say(self.ja, self.en)

    @property
    def testable(self) -> bool:
        """Whether there can be a scenario for it at all."""
        observable = self.observability != "not observable"
        return observable and self.force is not Force.INFORMATIVE


class Ambiguity(Entry):
    """One entry of the register. ``reading`` is the one that verdicts assume."""

    id: AmbiguityId
    type: Literal["OCR", "ambiguity", "gap", "inconsistency", "notation", "wording"]
    issue: Filled
    readings: Filled
    reading: Filled
    reading_ja: Filled
    vendor_parameter: Filled
    ixit: tuple[ParameterId, ...]
    rows: tuple[RequirementId, ...]


class Parameter(Entry):
    """One thing that a vendor declares (IXIT), with the recommended default."""

    id: ParameterId
    name: Filled
    name_ja: Filled
    question: Filled
    type: Filled
    default: Filled
    rows: tuple[RequirementId, ...]


class Term(Entry):
    """One word of the glossary. ``in_manual`` is false for the field's own words."""

    ja: Filled
    reading: str
    en: Filled
    note: str
    in_manual: bool


class Area(Entry):
    """One area of requirements; ``id`` is the prefix of theirs."""

    id: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    ja: Filled
    en: Filled


class Document(Entry):
    """The document that the requirements come from."""

    title: Filled
    institution: Filled
    date: date


class RequirementSet(Entry):
    """Header of the set: what it is, and what freezes it."""

    id: Filled
    version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    sha256: Mapping[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = {}
    counts: Mapping[str, int] = {}


class Catalogue(Entry):
    """The whole set. Mappings are in the order of the files; ``manual``: the document behind it.

    ``beyond_manual``: it is a set of its own, whose rows come from standards.
    """

    header: RequirementSet
    requirements: Mapping[str, Requirement]
    ambiguities: Mapping[str, Ambiguity]
    parameters: Mapping[str, Parameter]
    chapters: Mapping[str, Area]
    manual: Document
    glossary: tuple[Term, ...]
    beyond_manual: bool = False

    @property
    def id(self) -> str:
        """Name of the set, for run headers."""
        return self.header.id

    @property
    def version(self) -> str:
        """Version of the set (semantic versioning)."""
        return self.header.version

    def chapter_name(self, identifier: str) -> str:
        """Return the chapter's name, in the current language, of ACT or ACT-05.

        Raises `KeyError` for a chapter that does not exist.
        """
        chapter = self.chapters[identifier.partition("-")[0]]
        return say(chapter.ja, chapter.en)

    def in_chapter(self, chapter: str) -> tuple[Requirement, ...]:
        """Return the requirements of a chapter, in order."""
        return tuple(r for r in self.requirements.values() if r.chapter == chapter)
