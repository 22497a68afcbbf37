"""What is known of the bank as it is: which scenarios run which line, and how long each takes."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage

from otp_conformance.journal.events import ScenarioFinished
from otp_conformance.resources import bundle_root
from otp_conformance.specification.scenarios import ScenarioPlan, plan_features
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.runs import ROOT, Watcher, carry_out
from workshop.variants.start import write_declaration

SERVE = "workshop.mutants.serve"


@dataclass(frozen=True)
class Known:
    """``seconds`` of each scenario that passes; ``lines``: file to line to scenarios' ids."""

    seconds: Mapping[str, float]
    lines: Mapping[str, Mapping[int, Sequence[str]]]

    def judges(self, module: str, line: int) -> list[str]:
        """Return the scenarios that run a line, those first that differ most in what they run.

        Each next one runs most of the module's lines that those before it do not; the quicker
        of two comes first. A line that runs when the bank starts is met by whoever runs
        anything of its module.
        """
        of_module = self.lines.get(module, {})
        found = set(of_module.get(line, ())) & self.seconds.keys()
        if "" in of_module.get(line, ()):
            found |= {i for ids in of_module.values() for i in ids} & self.seconds.keys()
        ran = {i: {n for n, ids in of_module.items() if i in ids} for i in found}
        left = sorted(found, key=lambda i: (self.seconds[i], i))
        order: list[str] = []
        met: set[int] = set()
        while left:
            best = max(left, key=lambda i: len(ran[i] - met))
            if not ran[best] - met and met:
                met = set()  # every line has been met: once more, by others
                continue
            left.remove(best)
            order.append(best)
            met |= ran[best]
        return order


class _Telling(Watcher):
    """Writes down which scenario is under way, for the traced bank, and how long each took."""

    def __init__(self, context: Path) -> None:
        super().__init__()
        self._context = context
        self.seconds: dict[str, float] = {}

    def started(self, plan: ScenarioPlan) -> None:
        """Name the scenario."""
        self._context.write_text(plan.scenario_id, encoding="utf-8")

    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        """Keep its time if it passed."""
        if finished.verdict is Verdict.PASS:
            self.seconds[plan.scenario_id] = finished.duration_s


def learn(folder: Path) -> Known:
    """Run on the bank as it is, traced, those scenarios that the folder knows nothing of.

    What it knows holds for the bank of that time: when the bank changes, empty the folder.
    """
    kept = folder / "known.json"
    known: dict[str, Any] = {"tried": [], "seconds": {}, "lines": {}}
    if kept.exists():
        known |= json.loads(kept.read_text(encoding="utf-8"))
    wanted = {plan.scenario_id for each in plan_features(bundle_root()) for plan in each.scenarios}
    if new := sorted(wanted - {*known["tried"], *known["seconds"]}):
        seconds, lines = traced(folder / "traced", new)
        known["tried"] = sorted({*known["tried"], *new})
        known["seconds"] |= seconds
        for file, found in lines.items():
            before = known["lines"].setdefault(file, {})
            for line, ids in found.items():
                before[str(line)] = sorted({*before.get(str(line), ()), *ids})
        kept.write_text(json.dumps(known), encoding="utf-8")
    numbered = {f: {int(n): ids for n, ids in ls.items()} for f, ls in known["lines"].items()}
    return Known(known["seconds"], numbered)


def traced(
    folder: Path, ids: Sequence[str]
) -> tuple[dict[str, float], dict[str, dict[int, list[str]]]]:
    """Run scenarios on the traced bank; return their seconds, and who runs which line of a file.

    A line's scenario is empty for what ran when a bank started.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    context, trace = folder / "scenario", folder / "trace"
    context.write_text("", encoding="utf-8")
    declared = write_declaration(folder, SERVE, f"traced={context}={trace}")
    watcher = _Telling(context)
    selection = Selection(ids=tuple(ids))
    carry_out(declared, folder / "reports", selection=selection, observer=watcher)
    found = coverage.CoverageData(no_disk=True)
    for process in folder.glob(f"{trace.name}.*"):
        part = coverage.CoverageData(str(process))
        part.read()
        found.update(part)
    lines: dict[str, dict[int, list[str]]] = defaultdict(dict)
    for file in found.measured_files():
        path = str(Path(file).relative_to(ROOT))
        lines[path] = {n: sorted(set(ids)) for n, ids in found.contexts_by_lineno(file).items()}
    return watcher.seconds, lines
