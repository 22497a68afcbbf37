"""The kill matrix for a terminal: a line as each fault is decided, and the account at the end."""

from __future__ import annotations

from pathlib import Path

from otp_conformance.cli.console import echo, table
from otp_conformance.language import current, say
from otp_conformance.specification.catalogue.model import Catalogue
from workshop.teeth.matrix import FaultRow, KillMatrix, Status

_MARKS = {
    Status.CAUGHT: ("○", "green"),
    Status.SURVIVED: ("×", "red"),
    Status.ERROR: ("！", "red"),
    Status.NOT_RUN: ("・", "yellow"),
}
_MOST_SEEN = 5


def title(row: FaultRow) -> str:
    """Return what is wrong with the product, in the current language."""
    return row.title_ja if current() == "ja" else row.title_en


def print_row(row: FaultRow) -> None:
    """Print one line for a fault that was decided."""
    mark, colour = _MARKS[row.status]
    by = " ".join(row.requirements) or row.problem or str(row.status.text)
    echo(f"{mark} {row.id}  {title(row)}  [{by}]", colour)


def print_matrix(found: KillMatrix, catalogue: Catalogue, page: Path) -> None:
    """Print survivors, what could not be run, what was unexpected, and the counts by class."""
    echo("")
    _survivors(found)
    _errors(found)
    _unexpected(found)
    head = [say("種類", "Class"), say("植え付け", "Planted"), *(str(s.text) for s in Status)]
    rows = [
        [str(kind.text), str(sum(counts.values())), *(str(n) for n in counts.values())]
        for kind, counts in found.counts().items()
    ]
    table(rows, head, numbers=True)
    echo("")
    _verdict(found, catalogue)
    echo(say(f"検出表: {page}", f"Kill matrix: {page}"))


def _survivors(found: KillMatrix) -> None:
    for row in found.of(Status.SURVIVED):
        echo(say(f"見逃し: {row.id}  {row.title_ja}", f"Survived: {row.id}  {row.title_en}"), "red")
        echo(say("  破られる要件: ", "  violates: ") + " ".join(row.violates))
        if row.explained:
            echo(say("  理由: ", "  why: ") + row.explained)
        for seen in row.seen[:_MOST_SEEN]:
            echo(say("  観測: ", "  observed: ") + f"{seen.scenario}: {seen.observed}")
        for kill in row.collateral[:_MOST_SEEN]:
            ids = " ".join(kill.requirements)
            echo(say("  別の要件で不合格: ", "  red elsewhere: ") + f"{ids}: {kill.scenario}")
        for trouble in row.troubles[:_MOST_SEEN]:
            echo(f"  {trouble.kind}: {trouble.scenario}: {trouble.observed}")
        echo("")


def _errors(found: KillMatrix) -> None:
    for row in found.of(Status.ERROR):
        echo(say(f"実施できず: {row.id}: ", f"Could not be run: {row.id}: ") + row.problem, "red")
    for row in found.faults:
        for trouble in row.troubles:
            if trouble.suite_fault:
                text = f"{row.id}: {trouble.scenario}: {trouble.observed}"
                echo(say("試験装置異常: ", "Suite fault: ") + text, "red")


def _unexpected(found: KillMatrix) -> None:
    for row in found.of(Status.CAUGHT):
        if row.unmet:
            ids = " ".join(row.unmet)
            echo(
                say(
                    f"検出したものの、目録の見込み（{ids}）では不合格にならなかった: {row.id}",
                    f"Caught, but not by what the catalogue expects ({ids}): {row.id}",
                ),
                "yellow",
            )


def _verdict(found: KillMatrix, catalogue: Catalogue) -> None:
    caught, planted = len(found.of(Status.CAUGHT)), len(found.faults)
    kills = found.kills()
    count = len(catalogue.requirements)
    echo(
        say(
            f"欠陥 {planted} 件のうち {caught} 件を検出（全 {count} 要件のうち {len(kills)} 要件の"
            f"確認による、{found.seconds:.0f} 秒）",
            f"{caught} of {planted} faults caught, by checks of {len(kills)} of {count} "
            f"requirements ({found.seconds:.0f} s)",
        ),
        "green" if caught == planted else "red",
        bold=True,
    )
    if not_run := found.of(Status.NOT_RUN):
        echo(
            say(
                f"中断のため {len(not_run)} 件は未実施です。",
                f"Interrupted: {len(not_run)} were not run.",
            ),
            "yellow",
        )
