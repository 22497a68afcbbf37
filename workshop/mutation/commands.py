"""What judges a mutant, run in a process of its own; 0 means: nothing was noticed."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

Command = Callable[[], int]


def tests(paths: Sequence[str]) -> Command:
    """Return the command that runs unit tests until one fails."""
    return partial(_tests, tuple(paths))


def _tests(paths: tuple[str, ...]) -> int:
    import hypothesis  # in the child alone

    hypothesis.settings.register_profile(
        "mutation", max_examples=30, derandomize=True, database=None, deadline=None
    )
    hypothesis.settings.load_profile("mutation")
    options = ["-x", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider"]
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        return int(pytest.main([*options, f"--basetemp={folder}/t", *paths]))


def meet(name: str) -> Command:
    """Return the command that lets the suite meet one faulty product.

    ``name``: a planted fault, or (with ``::``) a test that runs the suite against a product.
    0: the suite finds what it should; anything else is what the tests would be red about.
    """
    return partial(_test_or_fault, name, ())


def meet_with_trail(name: str, trail: Path) -> Command:
    """Return the same, writing down through which lines each judgement came."""
    return partial(_test_or_fault, name, (trail,))


def ordinary(name: str) -> Command:
    """Return the command that runs a fault's scenarios on the bank without fault: all must pass."""
    return partial(_ordinary, name)


def _test_or_fault(name: str, trails: tuple[Path, ...]) -> int:
    for path in trails:
        from workshop.mutation.trail import watch

        watch(path)
    return _tests((name,)) if "::" in name else _fault(name)


def _fault(name: str) -> int:
    from workshop.mutation import meeting

    found = meeting.met(name)
    sys.stdout.write(f"{found}\n")
    return 0 if found == meeting.AS_EXPECTED else 1


def _ordinary(name: str) -> int:
    from workshop.mutation import meeting

    found = meeting.without(name)
    sys.stdout.write(f"{found}\n")
    return 1 if found else 0
