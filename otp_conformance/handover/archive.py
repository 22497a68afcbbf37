"""The bundle's file: a zip of the same bytes for the same contents, and one read with suspicion."""

from __future__ import annotations

import re
import shutil
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

from otp_conformance.errors import EvidenceError, UsageError

MOST_BYTES = 1 << 30
"""Of all files of a bundle together, unpacked."""
MOST_FILES = 50_000

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_LONGEST_NAME = 200
# Not the workbook: it is a zip itself, and of a bundle that was cut it could be taken for all.
_PACKED_ALREADY = (".webp", ".png", ".jpg")
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can tell
_ENCRYPTED = 0x1


def write(target: Path, files: Mapping[str, bytes]) -> None:
    """Write a zip, all of it or nothing: sorted, without times, owners or places.

    Raises `OSError` where there is no room.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as packed:
            for name in sorted(files):
                info = zipfile.ZipInfo(name, _BEGINNING)
                info.create_system = 3  # Unix, wherever this runs
                info.external_attr = (stat.S_IFREG | 0o644) << 16
                plain = name.endswith(_PACKED_ALREADY)
                info.compress_type = zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED
                packed.writestr(info, files[name], compresslevel=9)
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def unpack(bundle: Path, folder: Path) -> frozenset[str]:
    """Unpack a bundle into an empty folder and return the names of its files.

    Nothing is written before every name has been looked at. Raises `UsageError` for what
    is no zip or cannot be read, `EvidenceError` for one that no bundle is like: a path that
    leads elsewhere, a name given twice, a link, something encrypted, far too much.
    """
    try:
        with zipfile.ZipFile(bundle) as packed:
            members = packed.infolist()
            _require_harmless(bundle, members)
            for member in members:
                _unpack(packed, member, folder / member.filename)
    except OSError as error:
        raise UsageError(
            f"証拠一式 {bundle} を読めません（{error.strerror}）。場所と権限を確かめてください。",
            f"The bundle {bundle} cannot be read ({error.strerror}). Check path and rights.",
        ) from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise EvidenceError(
            f"{bundle} は証拠一式（zip）として読めません: {error}。"
            "途中までしか届いていないか、壊れています。もう一度受け取ってください。",
            f"{bundle} cannot be read as a bundle (zip): {error}. "
            "It arrived in part or is damaged; get it again.",
        ) from error
    return frozenset(member.filename for member in members)


def _require_harmless(bundle: Path, members: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for member in members:
        if why := _strange(member, seen):
            raise _refused(bundle, f"{member.orig_filename!r}: {why[0]}", why[1])
        seen.add(member.filename.casefold())
    if len(members) > MOST_FILES:
        raise _refused(
            bundle, f"ファイルが {MOST_FILES} を超えています", f"more than {MOST_FILES} files"
        )
    if sum(member.file_size for member in members) > MOST_BYTES:
        size = MOST_BYTES >> 20
        raise _refused(
            bundle,
            f"展開すると {size} MB を超えます",
            f"it unpacks to more than {size} MB",
        )


def _strange(member: zipfile.ZipInfo, seen: set[str]) -> tuple[str, str] | None:
    """Return why a member is none of a bundle's (Japanese, English), or nothing."""
    name = member.orig_filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "リンクです", f"{name!r} is a link"
    if kind not in {0, stat.S_IFREG}:
        return "ファイルではありません", f"{name!r} is no file"
    # No "..", no drive, no backslash, no folder, nothing hidden: all of them need other signs.
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name) or name != member.filename:
        return "使えない名前です", f"{name!r} is no name of a bundle's file"
    if name.casefold() in seen:
        return "同じ名前が二度あります", f"{name!r} is there twice"
    if member.flag_bits & _ENCRYPTED:
        return "暗号化されています", f"{name!r} is encrypted"
    return None


def _refused(bundle: Path, ja: str, en: str) -> EvidenceError:
    return EvidenceError(
        f"{bundle} は証拠一式として受け付けられません。{ja}。何も展開していません。",
        f"{bundle} is refused as a bundle: {en}. Nothing was unpacked.",
    )


def _unpack(packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Reading ends at the declared size and compares a checksum: no more can come out.
    with packed.open(member) as source, target.open("xb") as sink:
        shutil.copyfileobj(source, sink)
