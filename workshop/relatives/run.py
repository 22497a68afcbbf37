"""``python -m workshop.relatives.run [--set SET] DIR [NAME…]``: all of a set on relatives.

Without a set: all that verifies the manual, to which the relatives conform.
Reports go to a folder of DIR for each NAME (none: all but the very slow one).
Exit code 0 when nothing was red or without a verdict, else 1; 130 after Ctrl-C.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from otp_conformance.journal.events import OWN_SET
from otp_conformance.run.request import RunResult
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode
from workshop.faults.runs import ALL, carry_out
from workshop.null_products.run import row
from workshop.relatives.family import FAMILY, Relative
from workshop.variants.start import not_green, write_declaration


def run(
    relative: Relative,
    folder: Path,
    *,
    selection: Selection = ALL,
    agent: AgentKind = AgentKind.HTTP,
    set_name: str = OWN_SET,
) -> RunResult:
    """Run scenarios against a relative."""
    declaration = write_declaration(
        folder,
        "workshop.relatives.serve",
        relative.name,
        policy=relative.policy,
        declared=relative.declaration(),
        tables=relative.tables,
    )
    reports = folder / "reports"
    return carry_out(declaration, reports, selection=selection, agent=agent, set_name=set_name)


def main(arguments: list[str]) -> int:
    """Print a table row for each (docs/null-products.md) and everything that is not green."""
    wrong = 0
    judged = arguments[1] if arguments[0] == "--set" else OWN_SET
    reports, *names = arguments[2:] if arguments[0] == "--set" else arguments
    for name in names or [name for name in FAMILY if name != "very-slow-answers"]:
        folder = Path(reports) / name
        folder.mkdir(parents=True, exist_ok=True)
        begun = time.perf_counter()
        result = run(FAMILY[name], folder, set_name=judged)
        if result.exit_code is ExitCode.INTERRUPTED:
            return result.exit_code
        print(row(name, result, f"{time.perf_counter() - begun:.0f} s"), flush=True)
        for line in not_green(result):
            wrong += 1
            print(f"  {line}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
