"""The run's own folder, and the pointer to the latest one."""

from __future__ import annotations

import os
import secrets
import tempfile
from datetime import datetime
from pathlib import Path

from otp_conformance.errors import UsageError

FAULTS_NAME = "faults.log"
LATEST = "latest"


def make_run_folder(reports: Path, now: datetime) -> Path:
    """Create ``reports/YYYYMMDD-HHMMSS-xxxx`` and return it.

    ``now`` is the harness machine's local time. Raises `UsageError` when
    the folder cannot be written.
    """
    for _ in range(10):
        run_dir = reports / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        try:
            run_dir.mkdir(parents=True)
        except FileExistsError as error:
            if not reports.is_dir():
                raise _unwritable(reports, "フォルダーではありません", error) from error
            continue
        except OSError as error:
            raise _unwritable(reports, error.strerror or "", error) from error
        return run_dir
    raise _unwritable(reports, "空いている名前がありません", None)


def point_latest(run_dir: Path) -> bool:
    """Let ``reports/latest`` point to a run; return False where that is impossible.

    A symbolic link where the system allows one, else a text file that holds
    the folder's name. Something else of that name is never overwritten.
    """
    latest = run_dir.parent / LATEST
    if latest.exists() and not latest.is_symlink() and not latest.is_file():
        return False
    scratch = Path(tempfile.mkdtemp(dir=run_dir.parent, prefix=".latest-"))
    try:
        new = scratch / LATEST
        try:
            new.symlink_to(run_dir.name, target_is_directory=True)
        except OSError:
            new.write_text(run_dir.name + "\n", encoding="utf-8")
        os.replace(new, latest)  # noqa: PTH105 - replaces the link itself, in one step
    finally:
        scratch.rmdir()
    return True


def _unwritable(reports: Path, why: str, cause: OSError | None) -> UsageError:
    detail = (cause.strerror or "") if cause else "no free name"
    return UsageError(
        f"報告の出力先 {reports} に書き込めません（{why}）。"
        "--reports で別の場所を指定してください。",
        f"The reports folder {reports} cannot be written ({detail}). Give another with --reports.",
    )
