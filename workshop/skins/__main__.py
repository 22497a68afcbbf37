"""``python -m workshop.skins --seeds 1-20 [--workers 2]`` or ``--shrink SEED``.

Prints a row for each skin and writes nothing outside reports/. Exit code 0 when every
skin passed, else 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from workshop.skins.skin import Skin
from workshop.skins.trials import HEAD, choices, shrunk, tried


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


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
    print(HEAD + "\n" + "|---" * HEAD.count(" | ") + "|---|", flush=True)
    context = get_context("spawn")
    with ProcessPoolExecutor(given.workers, mp_context=context) as pool:
        names = [str(seed) for seed in given.seeds]
        for row, well in pool.map(tried, names, [reports] * len(names)):
            print(row, flush=True)
            passed += well
    print(f"{passed} of {len(given.seeds)}")
    return 0 if passed == len(given.seeds) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
