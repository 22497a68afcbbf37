"""One writer a journal: held by the process that writes it, let go with its end, however it ends."""

from __future__ import annotations

from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows: the file itself refuses a second writer's rename only
    fcntl = None  # type: ignore[assignment]


class JournalBusyError(Exception):
    """Another process is writing this journal."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path}: ほかの実行がこの記録を書いています。終わるのを待ってください。")


def hold(file: IO[bytes], path: Path) -> None:
    """Hold an open journal until it is closed or its process ends.

    Raises `JournalBusyError` (and closes the file) when somebody else holds it.
    A file system that knows no locks is taken as it is.
    """
    if fcntl is None:
        return
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise JournalBusyError(path) from None
    except OSError:
        return  # no locks on this file system: a second writer is not noticed
