"""The folder of a run: made, found again, pointed to by ``latest``."""

from __future__ import annotations

import os
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from otp_conformance.errors import EvidenceError, UsageError
from otp_conformance.journal.evidence import flaws
from otp_conformance.journal.journal import (
    JOURNAL_FILE,
    AlteredError,
    JournalError,
    JournalWriter,
    read,
)
from otp_conformance.journal.lock import JournalBusyError
from otp_conformance.journal.masking import Masker
from otp_conformance.run.request import EarlierRun

FAULTS_NAME = "faults.log"

LATEST = "latest"
_MOST_NAMED = 10


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


def place(resume: EarlierRun | None, reports: Path, masker: Masker) -> tuple[Path, JournalWriter]:
    """Return a run's folder and its journal: new, or where it was cut off.

    Raises `UsageError` for a run that still goes on, and for a folder that cannot
    be made.
    """
    if resume is None:
        run_dir = make_run_folder(reports, datetime.now(UTC).astimezone())
        try:
            return run_dir, JournalWriter(run_dir / f"{JOURNAL_FILE}.part", masker)
        except OSError as error:
            raise _unwritable(reports, error.strerror or "", error) from error
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


def find_run(given: str, reports: Path) -> EarlierRun:
    """Return the run that somebody means: a folder, a folder's name in ``reports``, or ``latest``.

    Raises `UsageError` when there is none, or its journal cannot be read, and
    `EvidenceError` when that is not as it was written.
    """
    for folder in (Path(given), reports / given):
        pointed = _pointed(folder)
        if (pointed / JOURNAL_FILE).is_file():
            try:
                return EarlierRun(pointed, read(pointed / JOURNAL_FILE))
            except AlteredError as error:
                raise EvidenceError(
                    f"実行記録は書いたときのままではありません: {error}。",
                    f"The journal is not as it was written: {error}",
                ) from error
            except JournalError as error:
                raise UsageError(
                    f"実行記録を読めません: {error}。",
                    f"The journal cannot be used: {error}",
                ) from error
    bare = next((each for each in (Path(given), reports / given) if _pointed(each).is_dir()), None)
    if bare is not None:
        raise UsageError(
            f"{bare} に実行記録（{JOURNAL_FILE}）がありません。始まらなかった実行か、実行フォルダー"
            "ではないフォルダーです。実行フォルダーか latest を指定してください。",
            f"{bare} holds no journal ({JOURNAL_FILE}): a run that never began, or no run's "
            "folder. Name a run's folder or latest.",
        )
    what = "最新の実行" if given == LATEST else f"実行 {given} "
    raise UsageError(
        f"{what}が見つかりません（探した場所: {reports}）。"
        "実行フォルダーか latest を指定してください。--reports を変えたときは同じものを付けます。",
        f"Run {given} was not found in {reports}. Name a run's folder or latest, "
        "with the same --reports as then.",
    )


def require_intact(run: EarlierRun) -> None:
    """Raise `EvidenceError` that names the pictures which are not those that were taken."""
    # One picture may be the evidence of many scenarios: it is named once.
    found = list({flaw.evidence.file: flaw for flaw in flaws(run.run_dir, run.journal)}.values())
    if not found:
        return
    told = [f"{flaw.evidence.file}（{flaw.why.ja}）" for flaw in found[:_MOST_NAMED]]
    told_en = [f"{flaw.evidence.file} ({flaw.why.en})" for flaw in found[:_MOST_NAMED]]
    rest = len(found) - _MOST_NAMED
    more, more_en = (f" ほか {rest} 件", f" and {rest} more") if rest > 0 else ("", "")
    raise EvidenceError(
        f"実行 {run.run_id} の証拠 {len(found)} 件が、記録したときのままではありません: "
        f"{'、'.join(told)}{more}。元のファイルに戻すか、新しく実行してください。",
        f"{len(found)} picture(s) of run {run.run_id} are not those that were taken: "
        f"{', '.join(told_en)}{more_en}. Put the files back, or start a new run.",
    )


def _pointed(folder: Path) -> Path:
    """Follow ``latest``: a symbolic link, or a file that holds the folder's name."""
    if folder.name == LATEST and folder.is_file():
        return folder.parent / folder.read_text(encoding="utf-8").strip()
    return folder.parent / folder.readlink() if folder.is_symlink() else folder
