"""The teeth as the suite ships them: which faults the checks of a requirement are known to find.

The file is fixtures/faults/teeth.json, written by ``otp-conformance faults
--write-teeth``; the requirement matrix of every report shows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from otp_conformance.language import say
from otp_conformance.run.errors import SuiteFaultError
from otp_conformance.teeth.catalogue import Fault, FaultClass
from otp_conformance.teeth.matrix import FaultRow, KillMatrix, Status
from otp_conformance.teeth.scope import Scope

NOTE = "otp-conformance faults --write-teeth"


class Tooth(BaseModel):
    """One fault: how it fared, and the requirements whose checks caught it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title_ja: str
    title_en: str
    fault_class: FaultClass
    status: Status
    scope: Scope
    agent: str
    requirements: tuple[str, ...]

    @property
    def title(self) -> str:
        """What is wrong with the faulty product, in the current language."""
        return say(self.title_ja, self.title_en)


class Teeth(BaseModel):
    """All faults that were planted. ``made_by``: the command that wrote the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["otp-conformance teeth 1"] = "otp-conformance teeth 1"
    made_by: str = NOTE
    requirement_set: str
    faults: tuple[Tooth, ...]

    def finds(self, requirement_id: str) -> list[Tooth]:
        """Return the faults that checks of a requirement have caught."""
        return [fault for fault in self.faults if requirement_id in fault.requirements]


def load(path: Path) -> Teeth | None:
    """Read the file; None where there is none.

    Raises `SuiteFaultError`: the file belongs to the suite.
    """
    try:
        return Teeth.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        why = str(error).splitlines()[0]
        raise SuiteFaultError(
            f"{path} を読めません（{why}）。`{NOTE}` で作り直せます。",
            f"{path} cannot be read ({why}). `{NOTE}` rewrites it.",
        ) from error


def merged(before: Teeth | None, matrix: KillMatrix, known: Mapping[str, Fault]) -> Teeth:
    """Return the teeth with a matrix worked in.

    Faults that the matrix decided replace what was known of them; those no
    longer in the catalogue (``known``) go; the order is the catalogue's.
    """
    decided = matrix.of(Status.CAUGHT, Status.SURVIVED)
    found = {tooth.id: tooth for tooth in (before.faults if before else ())}
    found |= {row.id: _tooth(row, matrix.scope) for row in decided}
    return Teeth(
        requirement_set=matrix.requirement_set,
        faults=tuple(found[fault_id] for fault_id in known if fault_id in found),
    )


def dump(teeth: Teeth) -> str:
    """Return it as JSON text, one fault a line."""
    rows = [json.dumps(t.model_dump(mode="json"), ensure_ascii=False) for t in teeth.faults]
    head = json.dumps(teeth.model_dump(mode="json", exclude={"faults"}), ensure_ascii=False)
    return f'{head[:-1]}, "faults": [\n{_joined(rows)}\n]}}\n'


def _joined(rows: Sequence[str]) -> str:
    return ",\n".join(f"  {row}" for row in rows)


def _tooth(row: FaultRow, scope: Scope) -> Tooth:
    return Tooth(
        id=row.id,
        title_ja=row.title_ja,
        title_en=row.title_en,
        fault_class=row.fault_class,
        status=row.status,
        scope=scope,
        agent=row.agent,
        requirements=row.requirements,
    )
