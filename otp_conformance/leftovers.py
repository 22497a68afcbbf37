"""Private folders for as long as something goes on, and what killed runs have left of theirs.

A folder is held by a lock of the process that made it, which ends with the process,
however that ends: a folder that somebody can lock is nobody's any more.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

_PREFIX = "otp-conformance-"
_KEPT = f"{_PREFIX}kept-"
_HELD, _TAKEN = ".held", ".taken"


@contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder that only this user can enter (0700), and remove it at the end.

    What runs that were killed have left of theirs is removed first.
    """
    _remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        with (folder / _TAKEN).open("wb") as file:
            # Named only once it is held: until then it would look like nobody's.
            if _hold(file):
                (folder / _TAKEN).rename(folder / _HELD)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kept_folder() -> Path:
    """Make a folder that only this user can enter, and that stays."""
    return Path(tempfile.mkdtemp(prefix=_KEPT))


def _remove_leftovers() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if _is_ours(folder) and _is_left(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Tell whether it is a folder, no link to one, that this user has made."""
    try:
        return not folder.is_symlink() and folder.is_dir() and folder.stat().st_uid == _user()
    except OSError:
        return False


def _is_left(folder: Path) -> bool:
    try:
        with (folder / _HELD).open("r+b") as file:
            return _hold(file)
    except OSError:
        return False  # not made here, or only just


def _hold(file: IO[bytes]) -> bool:
    """Lock a file as long as it is open; tell whether that was possible."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _user() -> int:
    return os.getuid() if sys.platform != "win32" else 0
