"""``python -m workshop.mutation.run [GROUP…]``: mutate the suite and say what is not noticed.

Exit codes: 0 every survivor is explained in survivors.toml, 1 one is not,
2 wrong usage, 4 the unmutated tree is not green.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import cosmic_ray.work_db
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkItem, WorkResult

from workshop.executor import executor
from workshop.mutation import commands, forked, operators, trail
from workshop.mutation.forked import Ended
from workshop.mutation.plan import Group, fill, groups
from workshop.mutation.report import survey, write
from workshop.mutation.runner import Known, NotGreenError, do, judge
from workshop.mutation.trees import ROOT, copy_to

T, R = TypeVar("T"), TypeVar("R")

_TREES: list[Path] = []  # of the processes of a pool: each takes the one of its number


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _all(trees: Sequence[Path], work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Yield what becomes of items, in processes that have the libraries loaded.

    Each has a tree of its own.
    """
    numbers = multiprocessing.get_context("fork").Queue()
    for tree in trees:
        numbers.put(tree)
    with executor(len(trees), begin=_take_tree, given=(numbers,), start="fork") as pool:
        for future in as_completed([pool.submit(work, item) for item in items]):
            yield future.result()


def _take_tree(trees: Any) -> None:
    _TREES[:] = [trees.get()]


# -- without a mutant ---------------------------------------------------------


def baseline(group: Group, only: str, tree: Path) -> tuple[dict[object, float], float]:
    """Run all tests once on the unmutated tree: they must be green; their time bounds mutants."""
    needs: dict[object, float] = {}
    cpu_s = 0.0
    judges: dict[object, commands.Command] = {
        tier: commands.tests(tier)
        for module in group.modules()
        for tier in group.tiers(module)
        if only in str(module)
    }
    judges |= {f"ordinary {name}": commands.ordinary(name) for name in group.ordinary}
    for what, command in judges.items():
        ended = do(command, tree, keep=True)
        if ended.code != 0:
            raise NotGreenError(f"{what}\n{ended.output[-2000:]}")
        needs[what] = ended.wall_s
        cpu_s += ended.cpu_s
    return needs, cpu_s


def trails(out: Path, trees: Sequence[Path], more: Sequence[str]) -> tuple[Known, float]:
    """Meet every fault once, to learn which statements it makes red; what is known stays known."""
    folder = out / "trails"
    folder.mkdir(parents=True, exist_ok=True)
    names = [*_faults(trees[0]), *more]
    lacking = [name for name in names if not _file(folder, name, "seconds").exists()]
    cpu_s = 0.0
    for name, ended in _all(trees, partial(_meet, folder), lacking):
        cpu_s += ended.cpu_s
        last = (ended.output.strip().splitlines() or [""])[-1]
        say(f"trail {name}: {last} ({ended.wall_s:.0f} s, CPU {ended.cpu_s:.1f} s)")
        if ended.code == 0:  # else known to survive: no mutant could be seen by it
            _file(folder, name, "seconds").write_text(f"{ended.wall_s:.1f}\n", "utf-8")
    met = [name for name in names if _file(folder, name, "seconds").exists()]
    return Known(
        {n: float(_file(folder, n, "seconds").read_text("utf-8")) for n in met},
        {n: trail.read(_file(folder, n, "ndjson")) for n in met},
    ), cpu_s


def _file(folder: Path, name: str, kind: str) -> Path:
    return folder / f"{name.rpartition('::')[2]}.{kind}"


def _meet(folder: Path, name: str) -> tuple[str, Ended]:
    path = _file(folder, name, "ndjson")
    path.unlink(missing_ok=True)
    return name, do(commands.meet_with_trail(name, path.resolve()), _TREES[0], keep=True)


def _faults(tree: Path) -> list[str]:
    """Return the faults that the fast agent meets: a browser for each mutant would take days."""
    path = tree / "fixtures" / "faults" / "catalogue.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    return [row["id"] for row in rows if row.get("agent", "http") == "http"]


# -- with mutants -------------------------------------------------------------


def carry_out(
    db: WorkDB, items: Iterable[WorkItem], judge_one: Callable[..., Any], trees: Sequence[Path]
) -> float:
    """Judge what is pending and return the processor time; a session can be gone on with."""
    cpu_s = 0.0
    for item, result, spent in _all(trees, judge_one, items):
        db.set_result(item.job_id, result)
        cpu_s += spent
        if result.worker_outcome is WorkerOutcome.NORMAL:
            _tell(item, result)
    return cpu_s


def _judge(group: Group, known: Known, item: WorkItem) -> tuple[WorkItem, WorkResult, float]:
    return item, *judge(item, group, known, _TREES[0])


def _tell(item: WorkItem, result: WorkResult) -> None:
    spec = item.mutations[0]
    outcome = result.test_outcome.value if result.test_outcome else ""
    by = (result.output or "").splitlines()[0]
    name = spec.operator_name.split("/")[1]
    say(f"{outcome:9} {spec.module_path}:{spec.start_pos[0]} {name}: {by}")


def _chosen(db: WorkDB, only: str, every: int, *, retry: bool) -> list[WorkItem]:
    """Return what is to be judged: what never was, or what survived (after a new test).

    ``every``: of each so many, in the order of the source, one.
    """
    places = [item.mutations[0] for item in db.pending_work_items]
    places.sort(key=lambda spec: (spec.module_path, spec.start_pos, spec.operator_name))
    sample = {(s.module_path, s.operator_name, s.occurrence) for s in places[::every]}
    items = [item for item in db.pending_work_items if _place(item) in sample]
    if retry:
        survived = TestOutcome.SURVIVED
        items = [
            item for item, result in db.completed_work_items if result.test_outcome is survived
        ]
    return [item for item in items if only in str(item.mutations[0].module_path)]


def _place(item: WorkItem) -> tuple[Path, str, int]:
    spec = item.mutations[0]
    return spec.module_path, spec.operator_name, spec.occurrence


def run_group(group: Group, out: Path, given: argparse.Namespace) -> None:
    """Judge what is pending in a group's session; cosmic-ray's own tools read it as well."""
    begun = time.monotonic()
    file = out / f"{group.name}.sqlite"
    new = not file.exists()
    with (
        tempfile.TemporaryDirectory(prefix="mutation-") as folder,
        cosmic_ray.work_db.use_db(str(file)) as db,
    ):
        if new:
            fill(db, group)
        tree = copy_to(Path(folder) / "tree-0")
        needs, cpu_s = baseline(group, given.only, tree)
        more = [Path(folder) / f"tree-{number}" for number in range(1, given.jobs)]
        trees = [tree, *(Path(shutil.copytree(tree, other)) for other in more)]
        known = Known(needs)
        if group.faults:
            met, spent = trails(out, trees, group.products)
            known = Known({**needs, **met.needs}, met.trails)
            cpu_s += spent
        items = _chosen(db, given.only, given.every, retry=given.retry)
        cpu_s += carry_out(db, items, partial(_judge, group, known), trees)
    with (out / "times.txt").open("a", encoding="utf-8") as times:
        times.write(f"{group.name} {time.monotonic() - begun:.0f} {cpu_s:.0f}\n")


def main(arguments: Sequence[str]) -> int:
    """Run the groups, write the survey and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m workshop.mutation.run")
    parser.add_argument("groups", nargs="*", help="names of groups in config.toml (default: all)")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "mutation")
    parser.add_argument("--only", default="", help="part of the path of the modules to mutate")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--every", type=int, default=1, help="a sample: one of each so many")
    parser.add_argument("--again", action="store_true", help="forget earlier sessions")
    parser.add_argument("--retry", action="store_true", help="judge survivors once more")
    parser.add_argument("--survey", action="store_true", help="only count what was judged")
    given = parser.parse_args(arguments)
    chosen = groups(given.groups)
    out = given.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    operators.register()
    if not given.survey:
        forked.preload()
        for group in chosen:
            if given.again:
                (out / f"{group.name}.sqlite").unlink(missing_ok=True)
            try:
                run_group(group, out, given)
            except NotGreenError as error:
                say(f"mutation: the unmutated tree is not green: {error}")
                return 4
    found = survey([group.name for group in chosen], out)
    write(found, out, say)
    return 1 if found.unexplained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
