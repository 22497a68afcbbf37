"""One writer a journal: held by the process that writes it, until it ends, however it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl


class JournalBusyError(Exception):
    """Another process is writing this journal."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path}: ほかの実行がこの記録を書いています。終わるのを待ってください。")


def hold(file: IO[bytes], path: Path) -> None:
    """Hold an open journal until it is closed or its process ends.

    Raises `JournalBusyError` (and closes the file) when somebody else holds it.
    A system that knows no such locks is taken as it is.
    """
    if sys.platform != "win32":
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise JournalBusyError(path) from None
        except OSError:
            return  # no locks on this file system: a second writer is not noticed
