"""``python -m workshop.null_products.run DIR [NAME…]``: the whole suite on null products.

Prints a table row for each: how many scenarios got which verdict and how many
requirements passed (docs/null-products.md); then the time and those requirements.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from otp_conformance.cli import bundle
from otp_conformance.report.results import results
from otp_conformance.run.request import RunResult
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.runs import ALL, carry_out
from workshop.null_products.frozen import FROZEN
from workshop.null_products.products import PRODUCTS
from workshop.variants.start import write_declaration

NAMES = (*PRODUCTS, *FROZEN)
#: The verdicts in the order of the table's columns.
COLUMNS = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_APPLICABLE,
    Verdict.NOT_RUN,
)
_BY_API = {"adapters.staff": {"kind": "test_control"}}


def run(name: str, folder: Path, *, selection: Selection = ALL) -> RunResult:
    """Run scenarios against a null product."""
    declaration = write_declaration(
        folder,
        "workshop.null_products.serve",
        name,
        declared={} if name in FROZEN else _BY_API,
    )
    return carry_out(declaration, folder / "reports", selection=selection)


def requirements(result: RunResult) -> dict[str, Verdict]:
    """Return the verdict of every requirement that a scenario of the run speaks of."""
    known = results(result.journal, bundle.catalogue())
    return {r.requirement.id: r.verdict for r in known.requirements if r.contributions}


def row(name: str, result: RunResult, last: str) -> str:
    """Return a row of a table: the scenarios by verdict (`COLUMNS`), and a last cell."""
    journal = result.journal
    counted = Counter(journal.outcome(i).verdict for i in journal.planned)
    return f"| `{name}` | " + " | ".join(str(counted[v]) for v in COLUMNS) + f" | {last} |"


def main(arguments: list[str]) -> int:
    """Print the figures of each product."""
    reports, *names = arguments
    for name in names or NAMES:
        folder = Path(reports) / name
        folder.mkdir(parents=True, exist_ok=True)
        begun = time.perf_counter()
        result = run(name, folder)
        if result.exit_code is ExitCode.INTERRUPTED:
            return result.exit_code
        verdicts = requirements(result)
        passed = sorted(r for r, verdict in verdicts.items() if verdict is Verdict.PASS)
        faults = sum(result.journal.outcome(i).suite_fault for i in result.journal.planned)
        seconds = time.perf_counter() - begun
        print(row(name, result, f"{len(passed)} / {len(verdicts)}"))
        print(f"  suite faults {faults}, {seconds:.0f} s, passed: {passed}")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
