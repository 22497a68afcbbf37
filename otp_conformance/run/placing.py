"""Where a run writes: into a folder of its own, or into that of the run it goes on with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from otp_conformance.errors import UsageError
from otp_conformance.journal.journal import JOURNAL_FILE, JournalWriter
from otp_conformance.journal.lock import JournalBusyError
from otp_conformance.journal.masking import Masker
from otp_conformance.run.earlier import EarlierRun
from otp_conformance.run.folder import make_run_folder


def place(resume: EarlierRun | None, reports: Path, masker: Masker) -> tuple[Path, JournalWriter]:
    """Return a run's folder and its journal: new, or where it was cut off.

    Raises `UsageError` for a run that still goes on, and for a folder that cannot
    be made.
    """
    if resume is None:
        run_dir = make_run_folder(reports, datetime.now(UTC).astimezone())
        return run_dir, JournalWriter(run_dir / f"{JOURNAL_FILE}.part", masker)
    run_dir = resume.run_dir
    try:
        return run_dir, JournalWriter(run_dir / JOURNAL_FILE, masker, size=resume.journal.size)
    except JournalBusyError as error:
        raise UsageError(
            f"実行 {run_dir.name} はまだ続いています。終わるのを待ってください。",
            f"Run {run_dir.name} is still going on. Wait until it ends.",
        ) from error


def remove_run_folder(run_dir: Path) -> None:
    """Remove the folder of a run that could not begin, if nothing else is in it."""
    for file in run_dir.iterdir():
        if file.is_file():
            file.unlink()
    if not any(run_dir.iterdir()):
        run_dir.rmdir()
