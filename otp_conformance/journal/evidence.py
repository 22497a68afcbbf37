"""Screenshots and observations that are kept for readers."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from otp_conformance.errors import why_unwritten
from otp_conformance.journal.events import Evidence
from otp_conformance.journal.journal import Journal, JournalWriter
from otp_conformance.language import Text

FOLDER = "evidence"
_NAME_SIGNS = 20  # of a digest: two pictures never share them, and a name stays short


@dataclass(frozen=True)
class Look:
    """What a user agent shows at one moment; ``image`` has every input masked.

    ``remark`` tells what else was taken out of it, or why there is none; ``marks``: see
    `otp_conformance.journal.events.Evidence`.
    """

    address: str = ""
    http_status: int | None = None
    image: bytes | None = field(default=None, repr=False)
    remark: str = ""
    marks: tuple[tuple[int, int, int, int], ...] = ()


class EvidenceStore:
    """Keeps pictures in the run's folder and books each one in the journal.

    A picture is named by its SHA-256, which goes into the journal as well, so that a
    changed one can be recognised; the same screen, seen again, is kept once.
    """

    def __init__(self, run_dir: Path, journal: JournalWriter) -> None:
        self._run_dir = run_dir
        self._journal = journal
        self._count: dict[str, int] = {}

    def keep(
        self,
        scenario_id: str,
        step_index: int,
        label: str,
        look: Look | None = None,
        *,
        attempt: int = 0,
        sut_time: datetime | None = None,
    ) -> str:
        """Keep a look (or, without one, the label alone) and return its evidence id."""
        look = look or Look()
        label += f"（{look.remark}）" if look.remark else ""
        number = self._count[scenario_id] = self._count.get(scenario_id, 0) + 1
        file = sha256 = ""
        media_type = "text/plain"
        if look.image is not None:
            media_type, suffix = _image_type(look.image)
            sha256 = hashlib.sha256(look.image).hexdigest()
            file = f"{FOLDER}/{sha256[:_NAME_SIGNS]}.{suffix}"
            try:
                _write(self._run_dir / file, look.image)
            except OSError as error:  # a picture that is lost must not hide what is judged
                label = f"{label}（画面を保存できませんでした: {why_unwritten(error).ja}）"
                file = sha256 = ""
                media_type = "text/plain"
        evidence_id = f"{slug(scenario_id)}-{attempt}-{step_index:02d}-{number:03d}"
        self._journal.write(
            Evidence(
                at=self._journal.stamp(),
                scenario_id=scenario_id,
                attempt=attempt,
                step_index=step_index,
                evidence_id=evidence_id,
                label=label,
                media_type=media_type,
                file=file,
                sha256=sha256,
                address=look.address,
                http_status=look.http_status,
                marks=list(look.marks) if file else [],
                sut_time=sut_time.isoformat() if sut_time else None,
            )
        )
        return evidence_id


@dataclass(frozen=True)
class Flaw:
    """A kept picture that is not the one that was taken; ``why`` for readers."""

    evidence: Evidence
    why: Text


_GONE = Text("ファイルがありません", "the file is missing")
_CHANGED = Text("記録のときから変わっています", "it has changed since it was taken")
_ELSEWHERE = Text("フォルダーの外を指しています", "it points out of the folder")
_LINK = Text("ファイルではなくリンクです", "it is a link, not a file")


def flaws(run_dir: Path, journal: Journal) -> list[Flaw]:
    """Return the pictures of a run that are missing, changed or linked from elsewhere."""
    kept = [
        evidence
        for attempts in journal.attempts.values()
        for attempt in attempts.values()
        for evidence in attempt.evidence
        if evidence.file
    ]
    found = ((evidence, picture(run_dir, evidence)) for evidence in kept)
    return [Flaw(evidence, why) for evidence, why in found if isinstance(why, Text)]


def picture(run_dir: Path, evidence: Evidence) -> bytes | Text:
    """Return a kept picture, or why it is not the one that was taken."""
    place = PurePosixPath(evidence.file)
    if place.is_absolute() or ".." in place.parts or "\\" in evidence.file:
        return _ELSEWHERE
    file = run_dir / place
    if any((run_dir / step).is_symlink() for step in (place, *place.parents[:-1])):
        return _LINK
    try:
        image = file.read_bytes()
    except OSError:
        return _GONE
    return image if hashlib.sha256(image).hexdigest() == evidence.sha256 else _CHANGED


def _write(target: Path, image: bytes) -> None:
    """Have a picture in its file, all of it or nothing; workers of a run may write the same one.

    What a power failure left of it, or a link in its place, is replaced.
    """
    if not target.is_symlink() and target.is_file() and target.read_bytes() == image:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(image)
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def slug(scenario_id: str) -> str:
    """Return a name that any file system takes, distinct for distinct ids."""
    plain = re.sub(r"[^0-9A-Za-z._-]+", "-", scenario_id).strip("-.")
    if plain == scenario_id.replace("/", "-") and len(plain) <= 80:
        return plain
    return f"{plain[:60].strip('-.')}-{hashlib.sha256(scenario_id.encode()).hexdigest()[:8]}"


def _image_type(image: bytes) -> tuple[str, str]:
    if image.startswith(b"\xff\xd8"):
        return "image/jpeg", "jpg"
    if image.startswith(b"RIFF") and image[8:12] == b"WEBP":
        return "image/webp", "webp"
    return "image/png", "png"
