"""``python -m workshop.exploration.run MINUTES SEED NAME…``: explore banks, a table row for each.

NAME: a planted fault, a relative, or ``reference``; ``core:N`` draws N of the catalogue's core
faults, by the seed. Each is explored without a browser until the first difference (a relative
and the reference until the time is up). Scenarios found follow the table.
Exit code 1 when a relative or the reference differs, else 0.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from otp_conformance.cli import bundle
from otp_conformance.explore.product import Product
from otp_conformance.explore.scenario import feature
from otp_conformance.explore.search import Difference, Explored, Limits, explore
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from workshop.faults import catalogue
from workshop.faults.runs import Watcher, request_for, write_declaration
from workshop.relatives.family import FAMILY
from workshop.variants import start

REFERENCE = "reference"


def declared(name: str, folder: Path) -> Path:
    """Write the declaration of a bank and return its path."""
    if name not in FAMILY:
        return write_declaration(folder, fault="" if name == REFERENCE else name)
    relative = FAMILY[name]
    return start.write_declaration(
        folder,
        "workshop.relatives.serve",
        name,
        policy=relative.policy,
        declared=relative.declaration(),
        tables=relative.tables,
    )


def explored(name: str, minutes: float, seed: int, *, rounds: int | None) -> Explored:
    """Explore a bank in this process."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        known = bundle.catalogue()
        path = declared(name, folder)
        request = request_for(path, folder / "reports", known, Selection(), AgentKind.HTTP)
        parts = bundle.parts(known, reporting=False)
        product = Product(request, parts, Watcher(), stack, folder)
        limits = Limits(seed, minutes * 60, rounds)
        return explore(request.loaded.declaration, product.walk, limits, lambda _: None)


def chosen(words: list[str], seed: int) -> list[str]:
    """Return the names meant; ``core:N`` is drawn from the catalogue."""
    core = [fault.id for fault in catalogue.load().values() if fault.fault_class == "core"]
    names: list[str] = []
    for word in words:
        drawn, _, number = word.partition(":")
        if drawn == "core" and number:
            names += random.Random(seed).sample(core, int(number))  # noqa: S311 - no secret
        else:
            names.append(word)
    return names


def main(arguments: list[str]) -> int:
    """Print a row for each bank, then the scenarios."""
    minutes, seed, *words = arguments
    wrong = 0
    shown: list[tuple[str, Difference]] = []
    print("| bank | found | paths | deeds | inconclusive | seconds | line | requirements |")
    print("|---|---|---|---|---|---|---|---|")
    for name in chosen(words, int(seed)):
        right = name in FAMILY or name == REFERENCE
        begun = time.monotonic()
        found = explored(name, float(minutes), int(seed), rounds=None if right else 1)
        wrong += right and bool(found.differences)
        first = found.differences[0] if found.differences else None
        told = ("–", "") if first is None else (first.line.text, " ".join(first.requirements))
        cells = (
            *(name, str(len(found.differences)), str(found.paths), str(found.deeds)),
            *(str(found.troubles.total()), f"{time.monotonic() - begun:.0f}", *told),
        )
        print(f"| {' | '.join(cells)} |", flush=True)
        shown += [(name, each) for each in found.differences]
        for cause, times in found.troubles.most_common(3):
            print(f"  {times}: {cause}", flush=True)
    for name, difference in shown:
        print(f"\n== {name}\n\n{feature(difference.story)}")
        print(f"{difference.line.text}: {difference.expected} / {difference.observed}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
