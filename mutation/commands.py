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


def fault(name: str) -> Command:
    """Return the command that lets the suite meet one planted fault, as tests/faults does.

    0: the fault is found as the catalogue expects; anything else is what
    tests/faults/test_faults.py would be red about.
    """
    return partial(_fault, name, ())


def fault_with_trail(name: str, trail: Path) -> Command:
    """Return the same, writing down through which lines each judgement came."""
    return partial(_fault, name, (trail,))


def _fault(name: str, trail: tuple[Path, ...]) -> int:
    from mutation import meeting  # the mutant's modules, not the parent's

    for path in trail:
        from mutation.trail import watch

        watch(path)
    found = meeting.met(name)
    sys.stdout.write(f"{found}\n")
    return 0 if found == meeting.AS_EXPECTED else 1
