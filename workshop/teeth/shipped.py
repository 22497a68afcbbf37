"""Writes the teeth that the suite ships (`otp_conformance.report.teeth` reads them)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from otp_conformance.report.teeth import Teeth, Tooth
from workshop.teeth.catalogue import Fault
from workshop.teeth.matrix import FaultRow, KillMatrix, Status
from workshop.teeth.scope import Scope


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
        mutants=before.mutants if before else None,
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
