"""``python -m workshop.mutants.run [PART…]``: mutate the bank and see whether the suite notices.

The suite alone judges. Exit codes: 0 every survivor is classed in survivors.toml, 1 one is
not, 2 wrong usage, 4 the unmutated bank is not green.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, as_completed
from dataclasses import asdict
from functools import partial
from pathlib import Path

from otp_conformance.report.teeth import Mutants, load
from otp_conformance.resources import fixtures_dir
from workshop.executor import executor
from workshop.faults.runs import ROOT
from workshop.mutants.judge import Fate, Judged, judge
from workshop.mutants.known import Known, learn
from workshop.mutants.plan import PARTS, Mutant, mutants, sample
from workshop.teeth.shipped import dump

OUT = ROOT / "reports" / "mutants"
TEETH = fixtures_dir() / "faults" / "teeth.json"
SURVIVORS = Path(__file__).with_name("survivors.toml")
CLASSES = ("equivalent", "outside", "gap")
_ALL = 10_000


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def classed() -> dict[tuple[str, str, str], str]:
    """Return the class of each survivor that somebody has looked at, by module, line and change.

    Raises `ValueError` for a class that is none.
    """
    rows = tomllib.loads(SURVIVORS.read_text(encoding="utf-8")).get("survivor", [])
    if wrong := [row for row in rows if row["class"] not in CLASSES]:
        raise ValueError(f"{SURVIVORS.name}: {wrong[0]['class']} is none of {CLASSES}")
    return {(row["module"], row["code"], row["changed"]): row["class"] for row in rows}


def class_of(judged: Judged, known: dict[tuple[str, str, str], str]) -> str:
    """Return the class of a mutant that lives, empty for one nobody has looked at."""
    mutant = judged.mutant
    return known.get((mutant.module, mutant.code, mutant.changed), "")


def carry_out(
    chosen: Sequence[Mutant],
    known: Known,
    *,
    jobs: int,
    most: int,
    minutes: float,
    cluster: str = "",
) -> list[Judged]:
    """Judge mutants in several processes; those that nobody began in time are left out."""
    end = time.monotonic() + 60 * minutes
    done: list[Judged] = []
    left = list(chosen)[::-1]
    with executor(jobs, cluster) as pool:
        work = partial(judge, known=known, most=most)
        waiting: set[Future[Judged]] = set()
        while left or waiting:
            while left and len(waiting) < jobs and time.monotonic() < end:
                waiting.add(pool.submit(work, left.pop()))
            if not waiting:
                break
            finished = next(as_completed(waiting))
            waiting.remove(finished)
            done.append(finished.result())
            say(f"{done[-1].fate:9}{done[-1].mutant.name}  ({done[-1].by[:110]})")
    return done


def table(judged: Sequence[Judged]) -> list[str]:
    """Return the figures by part: the score is killed of those that are no equivalents."""
    known = classed()
    columns = ["part", "judged", *Fate, *CLASSES[:2], "score"]
    rows = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for part in [*PARTS, "all"]:
        of_part = [j for j in judged if part in {j.mutant.part, "all"}]
        if not of_part:
            continue
        fates = Counter(j.fate for j in of_part)
        classes = Counter(
            class_of(j, known) for j in of_part if j.fate not in {Fate.KILLED, Fate.DEAD}
        )
        real = len(of_part) - fates[Fate.DEAD] - classes["equivalent"] - classes["outside"]
        score = f"{fates[Fate.KILLED] / real:.0%}" if real else "—"
        cells = [*(str(fates[f]) for f in Fate), str(classes["equivalent"])]
        cells += [str(classes["outside"]), score]
        rows.append(f"| {part} | {len(of_part)} | " + " | ".join(cells) + " |")
    return rows


def score(judged: Sequence[Judged], parts: Sequence[str], there_are: int, seed: int) -> Mutants:
    """Return the figures that the reports show."""
    known = classed()
    left_out = sum(
        j.fate == Fate.DEAD
        or (j.fate != Fate.KILLED and class_of(j, known) in {"equivalent", "outside"})
        for j in judged
    )
    return Mutants(
        parts=tuple(parts),
        there_are=there_are,
        seed=seed,
        judged=len(judged),
        left_out=left_out,
        killed=sum(j.fate == Fate.KILLED for j in judged),
    )


def write_teeth(found: Mutants) -> None:
    """Put the figures beside the planted faults that the suite ships.

    Raises `SuiteFaultError`: the file belongs to the suite.
    """
    if (teeth := load(TEETH)) is None:
        raise SystemExit(f"{TEETH}: make faults ARGS=--write-teeth")
    TEETH.write_text(dump(teeth.model_copy(update={"mutants": found})), "utf-8", newline="\n")


def main(arguments: Sequence[str]) -> int:
    """Judge a sample, or all, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m workshop.mutants.run")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--sample", type=int, default=_ALL, metavar="N", help="so many; all")
    parser.add_argument("--seed", type=int, default=1, help="of the sample and the order")
    parser.add_argument("--minutes", type=float, default=_ALL, help="begin none after so long")
    parser.add_argument("--most", type=int, default=_ALL, metavar="N", help="scenarios for each")
    parser.add_argument("--jobs", type=int, default=2, help="at a time, on a cluster as well")
    parser.add_argument("--cluster", default="", metavar="ADDRESS", help="of a Dask scheduler")
    parser.add_argument("--only", default="", metavar="TEXT", help="in module:line or the change")
    parser.add_argument("--write-teeth", action="store_true", help="for the reports to show")
    given = parser.parse_args(arguments)
    if wrong := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {' '.join(sorted(wrong))} (there are {', '.join(PARTS)})")
    OUT.mkdir(parents=True, exist_ok=True)
    known = learn(OUT)
    if not known.seconds:
        say("the unmutated bank passes no scenario")
        return 4
    wanted = [m for m in mutants(OUT) if m.part in (given.parts or PARTS) and given.only in m.name]
    chosen = sample(wanted, given.sample, given.seed)
    how = {"jobs": given.jobs, "most": given.most, "minutes": given.minutes}
    judged = carry_out(chosen, known, **how, cluster=given.cluster)
    survey = [asdict(each) for each in judged]
    (OUT / "survey.json").write_text(json.dumps(survey, ensure_ascii=False, indent=1), "utf-8")
    if given.write_teeth:
        write_teeth(score(judged, given.parts or tuple(PARTS), len(wanted), given.seed))
    classes = classed()
    alive = [j for j in judged if j.fate not in {Fate.KILLED, Fate.DEAD}]
    unknown = [j for j in alive if not class_of(j, classes)]
    say(f"\n{len(wanted)} mutants, {len(judged)} judged, seed {given.seed}")
    say("\n".join(table(judged)))
    for each in unknown:
        say(f"not classed: {each.fate} {each.mutant.name}  <- {each.mutant.code}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
