"""Copies of the source tree: a mutant never stands in the tree that people work in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NEEDED = (
    "otp_conformance",
    "reference_impl",
    "steps",
    "features",
    "fixtures",
    "tests",
    "workshop",
)
_ALSO = ("docs", "scripts", "pyproject.toml", "Makefile", "README.md", "README.ja.md")


def copy_to(folder: Path) -> Path:
    """Copy what a run needs and return the copy's root. Compiled files are made there anew."""
    leave_out = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in (*_NEEDED, *_ALSO):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=leave_out)
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


@contextmanager
def mutated(file: Path, code: str) -> Iterator[None]:
    """Have a file hold other code for a while.

    Afterwards it has its old time as well, so that its compiled file fits again;
    meanwhile the time differs, so that the compiled file is not taken.
    """
    original, stat = file.read_bytes(), file.stat()
    file.write_text(code, encoding="utf-8")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 7_000_000_000))
    try:
        yield
    finally:
        file.write_bytes(original)
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
