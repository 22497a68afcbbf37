"""The teeth as the suite ships them: which planted faults a requirement's checks are known to find.

The file is fixtures/faults/teeth.json, written by the workshop (``make faults``; ``make mutants``
for the score of what nobody chose); the requirement matrix of every report shows it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from otp_conformance.language import say
from otp_conformance.report.shipped import shipped

NOTE = "make faults ARGS=--write-teeth"


class Tooth(BaseModel):
    """One fault: how it fared, and the requirements whose checks caught it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title_ja: str
    title_en: str
    fault_class: str
    status: str
    scope: str
    agent: str
    requirements: tuple[str, ...]

    @property
    def title(self) -> str:
        """What is wrong with the faulty product, in the current language."""
        return say(self.title_ja, self.title_en)


class Mutants(BaseModel):
    """How the suite alone fared with mutants of the reference bank, a seeded sample of them.

    ``there_are``: mutants of those parts; ``judged``: of the sample, in the time given;
    ``left_out``: of these, what does not start, differs in nothing that anybody sees or stands
    outside every requirement; ``killed``: a check of a requirement was red.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: tuple[str, ...]
    there_are: int = Field(ge=0)
    seed: int
    judged: int = Field(ge=0)
    left_out: int = Field(ge=0)
    killed: int = Field(ge=0)

    @property
    def counted(self) -> int:
        """How many the suite should have noticed."""
        return self.judged - self.left_out


class Teeth(BaseModel):
    """All faults that were planted. ``made_by``: the command that wrote the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["otp-conformance teeth 1"] = "otp-conformance teeth 1"
    made_by: str = NOTE
    requirement_set: str
    mutants: Mutants | None = None
    faults: tuple[Tooth, ...]

    def finds(self, requirement_id: str) -> list[Tooth]:
        """Return the faults that checks of a requirement have caught."""
        return [fault for fault in self.faults if requirement_id in fault.requirements]


def load(path: Path) -> Teeth | None:
    """Read the file; None where there is none.

    Raises `SuiteFaultError`: the file belongs to the suite.
    """
    return shipped(Teeth, path, NOTE)
