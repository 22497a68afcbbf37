"""The survey: how many mutants were noticed, and which were not."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cosmic_ray.work_db
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome

from workshop.mutation.trees import ROOT

EXPLAINED = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True)
class Survivor:
    """A mutant that nobody noticed. ``why`` is empty for one that nobody has explained."""

    group: str
    module: str
    function: str
    line: int
    text: str
    operator: str
    how: str
    why: str


@dataclass
class Survey:
    """Figures by package, and the survivors."""

    figures: dict[str, Counter[str]] = field(default_factory=dict)
    survivors: list[Survivor] = field(default_factory=list)
    seconds: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def unexplained(self) -> list[Survivor]:
        """Survivors that nobody has explained."""
        return [one for one in self.survivors if not one.why]


def survey(names: Sequence[str], out: Path) -> Survey:
    """Read the sessions of these groups."""
    found = Survey()
    rows = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("survivor", [])
    for name in names:
        file = out / f"{name}.sqlite"
        if not file.exists():
            continue
        with cosmic_ray.work_db.use_db(str(file), WorkDB.Mode.open) as db:
            _count(db, name, rows, found)
    times = out / "times.txt"
    for line in times.read_text(encoding="utf-8").splitlines() if times.exists() else ():
        name, wall, cpu = line.split()
        before = found.seconds.get(name, (0.0, 0.0))
        found.seconds[name] = (before[0] + float(wall), before[1] + float(cpu))
    return found


def _count(db: WorkDB, group: str, rows: list[dict[str, str]], found: Survey) -> None:
    for item, result in db.completed_work_items:
        if result.worker_outcome is WorkerOutcome.SKIPPED:
            continue
        spec = item.mutations[0]
        figures = found.figures.setdefault(f"{group}: {spec.module_path.parent}", Counter())
        figures["mutants"] += 1
        if result.test_outcome is not TestOutcome.SURVIVED:
            figures["time-outs" if result.output == "timeout" else "killed"] += 1
            continue
        figures["survived"] += 1
        survivor = _survivor(group, spec, result.output or "", rows)
        figures["explained"] += bool(survivor.why)
        found.survivors.append(survivor)
    found.survivors.sort(key=lambda s: (s.module, s.line, s.operator))


def _survivor(group: str, spec: MutationSpec, how: str, rows: list[dict[str, str]]) -> Survivor:
    module = spec.module_path
    line = spec.start_pos[0]
    text = (ROOT / module).read_text(encoding="utf-8").splitlines()[line - 1].strip()
    function, operator = spec.definition_name or "", spec.operator_name.split("/")[1]
    mine = {"module": str(module), "function": function, "operator": operator, "line": text}
    why = next(_reasons(rows, mine), "")
    return Survivor(group, str(module), function, line, text, operator, how, why)


def _reasons(rows: list[dict[str, str]], mine: dict[str, str]) -> Iterator[str]:
    for row in rows:
        if all(mine[key] == value for key, value in row.items() if key in mine):
            yield row["why"]


def write(found: Survey, out: Path, say: Callable[[str], None]) -> None:
    """Write ``survey.json`` and print the same for people."""
    heads = ("mutants", "killed", "time-outs", "survived", "explained")
    for name, figures in found.figures.items():
        say(f"{name}: " + ", ".join(f"{figures[head]} {head}" for head in heads))
    for name, (wall, cpu) in found.seconds.items():
        say(f"{name}: {wall:.0f} s, CPU {cpu:.0f} s")
    for one in found.unexplained:
        where = f"{one.module}:{one.line} {one.function} {one.operator}"
        say(f"SURVIVED {where}: {one.text}  ({one.how})")
    data = {
        "figures": found.figures,
        "seconds": found.seconds,
        "survivors": [asdict(one) for one in found.survivors],
    }
    (out / "survey.json").write_text(
        json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
