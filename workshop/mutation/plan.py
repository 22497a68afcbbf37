"""What is to be mutated: the configuration, and cosmic-ray's work items made from it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cosmic_ray.commands
import cosmic_ray.plugins
from cosmic_ray.mutating import mutate_code
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import MutationSpec, WorkerOutcome, WorkResult

from workshop.mutation.trees import ROOT

CONFIG = Path(__file__).with_name("config.toml")


@dataclass(frozen=True)
class Group:
    """Modules that are mutated alike.

    ``tests`` are tiers, the cheapest first; ``faults``: the planted faults judge instead,
    and ``products``, tests that run the suite against other wrong products. ``ordinary``: last
    of all, the scenarios of these faults on the bank without fault, where all must pass.
    """

    name: str
    paths: tuple[str, ...]
    operators: re.Pattern[str]
    tests: tuple[tuple[str, ...], ...]
    narrow: dict[str, list[str]] = field(default_factory=dict)
    faults: bool = False
    products: tuple[str, ...] = ()
    ordinary: tuple[str, ...] = ()

    def tiers(self, module: Path) -> tuple[tuple[str, ...], ...]:
        """Return what has to notice a mutant of a module, in this order."""
        first = self.narrow.get(module.name)
        return ((tuple(first), *self.tests) if first else self.tests) if self.tests else ()

    def modules(self) -> list[Path]:
        """Return the modules, relative to the root, in order."""
        found = [ROOT / path for path in self.paths]
        files = [f for p in found for f in ([p] if p.is_file() else sorted(p.glob("*.py")))]
        return [f.relative_to(ROOT) for f in files if f.name != "__init__.py"]


def groups(names: Sequence[str] = ()) -> list[Group]:
    """Return the groups of the configuration; raise `SystemExit` for an unknown name."""
    data = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    known = {row["name"]: _group(row, data["operators"]) for row in data["group"]}
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(
            f"mutation: no such group: {' '.join(unknown)} (there are {' '.join(known)})"
        )
    return [known[name] for name in names or known]


def _group(row: dict[str, object], operators: dict[str, list[str]]) -> Group:
    pattern = re.compile("|".join(f"(?:{one})" for one in operators[str(row.pop("operators"))]))
    tests = tuple(tuple(tier) for tier in row.pop("tests"))  # type: ignore[attr-defined]
    paths = tuple(row.pop("paths"))  # type: ignore[call-overload]
    return Group(paths=paths, operators=pattern, tests=tests, **row)  # type: ignore[arg-type]


def fill(db: WorkDB, group: Group) -> None:
    """Have cosmic-ray list all mutants of a group, and skip those of other operators."""
    cosmic_ray.commands.init(group.modules(), db, {})  # read from the current folder: ROOT
    idle = [
        item.job_id
        for item in db.pending_work_items
        if not group.operators.fullmatch(item.mutations[0].operator_name)
    ]
    db.set_multiple_results(
        idle, WorkResult(output="another operator", worker_outcome=WorkerOutcome.SKIPPED)
    )


def code_of(spec: MutationSpec) -> str | None:
    """Return the mutated module, or None if it would be what it was."""
    source = (ROOT / spec.module_path).read_text(encoding="utf-8")
    operator = cosmic_ray.plugins.get_operator(spec.operator_name)(**spec.operator_args)
    changed = mutate_code(source, operator, spec.occurrence)
    return None if changed is None or changed == source else changed
