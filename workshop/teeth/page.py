"""The kill matrix as one self-contained Japanese page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from otp_conformance.language import speaking
from otp_conformance.report.pages import asset, environment, policy
from otp_conformance.specification.catalogue.model import Catalogue, Force, Requirement
from workshop.teeth.matrix import FaultRow, KillMatrix, Status

HERE = Path(__file__).parent

TONES = {
    Status.CAUGHT: ("pass", "✓"),
    Status.SURVIVED: ("fail", "✕"),
    Status.ERROR: ("inconclusive", "？"),
    Status.NOT_RUN: ("not_run", "－"),
}
"""The style of the verdict that looks alike, and a sign besides the colour."""


@dataclass(frozen=True)
class Line:
    """One requirement of the matrix: faults whose catch is its merit, and those it let pass."""

    requirement: Requirement
    caught: tuple[FaultRow, ...]
    passed: tuple[FaultRow, ...]


def lines(found: KillMatrix, catalogue: Catalogue) -> list[Line]:
    """Return the matrix by requirement, in the catalogue's order; violated ones only."""
    return [
        line
        for requirement in catalogue.requirements.values()
        if (line := _line(found, requirement)).caught or line.passed
    ]


def untouched(found: KillMatrix, catalogue: Catalogue) -> list[Requirement]:
    """Return the MUST and MUST NOT requirements that no fault of the matrix violates."""
    violated = {requirement for fault in found.faults for requirement in fault.violates}
    return [
        requirement
        for requirement in catalogue.requirements.values()
        if requirement.force in {Force.MUST, Force.MUST_NOT} and requirement.id not in violated
    ]


def render(found: KillMatrix, catalogue: Catalogue) -> str:
    """Return the page."""
    own = (HERE / "faults.css").read_text(encoding="utf-8")
    style = f"{asset('base.css', 'matrix.css')}\n{own}"
    with speaking("ja"):
        return (
            environment()
            .from_string((HERE / "faults.html.j2").read_text(encoding="utf-8"))
            .render(
                matrix=found,
                manual=catalogue.manual.title,
                counts={kind.text.ja: n for kind, n in found.counts().items()},
                statuses=list(Status),
                tones=TONES,
                scope=found.scope.text.ja,
                lines=lines(found, catalogue),
                untouched=untouched(found, catalogue),
                survivors=found.of(Status.SURVIVED, Status.ERROR, Status.NOT_RUN),
                style=Markup(style),  # noqa: S704 - our own style sheets
                policy=policy(style),
            )
        )


def _line(found: KillMatrix, requirement: Requirement) -> Line:
    return Line(
        requirement,
        tuple(f for f in found.faults if requirement.id in f.requirements),
        tuple(
            f
            for f in found.faults
            if requirement.id in f.violates and requirement.id not in f.requirements
        ),
    )
