"""``python -m workshop.skins --seeds 1-20 [--workers 2]`` or ``--shrink SEED``.

Prints a row for each skin and writes nothing outside reports/. Exit code 0 when every
skin passed, else 1.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from otp_conformance.verdict.verdict import Verdict
from workshop.skins.skin import Skin
from workshop.skins.trials import choices, shrunk, try_skin
from workshop.variants.trial import Trial

_COLUMNS = (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_RUN)
_HEAD = "| skin | 合格 | 不合格 | 判定不能 | 未実施 | rounds | followed | first complaint |"
_LONGEST = 160


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _row(name: str, trial: Trial) -> str:
    verdicts = Counter(end.verdict for end in trial.ends.values())
    counts = " | ".join(str(verdicts[verdict]) for verdict in _COLUMNS)
    first = trial.complaints[0][:_LONGEST].replace("|", "/") if trial.complaints else "—"
    return f"| {name} | {counts} | {trial.rounds} | {len(trial.followed)} | {first} |"


def _tried(name: str, reports: Path) -> tuple[str, bool]:
    trial = try_skin(Skin.named(name), reports / name.partition(":")[0])
    return _row(name, trial), not trial.complaints


def main(arguments: Sequence[str]) -> int:
    """Try skins, or shrink one, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m workshop.skins")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--seeds", type=_seeds, metavar="A-B")
    what.add_argument("--shrink", type=int, metavar="SEED")
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args(arguments)
    reports = Path("reports") / "skins"
    if given.shrink is not None:
        skin = Skin(given.shrink)
        print(f"{len(choices(skin))} choices", flush=True)
        found = shrunk(skin, reports / "shrink", lambda text: print(text, flush=True))
        for choice in sorted(found.only or ()):
            print(f"{choice} = {skin.way(*choice.split('/', 1))}")
        print(f'skin = "{found.name}"')
        return 1
    passed = 0
    print(_HEAD + "\n" + "|---" * _HEAD.count(" | ") + "|---|", flush=True)
    context = get_context("spawn")
    with ProcessPoolExecutor(given.workers, mp_context=context) as pool:
        names = [str(seed) for seed in given.seeds]
        for row, well in pool.map(_tried, names, [reports] * len(names)):
            print(row, flush=True)
            passed += well
    print(f"{passed} of {len(given.seeds)}")
    return 0 if passed == len(given.seeds) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
