"""Reading an RFC 6030 (PSKC) file entry by entry.

The file is cut into its KeyPackages first, so that one broken entry never
spoils the others: python-pskc reads a file whole or not at all.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.parsers import expat
from zoneinfo import ZoneInfo

from pskc import PSKC
from pskc.exceptions import DecryptionError, KeyDerivationError, PSKCError
from pskc.key import Key

from reference_impl.service.contract import StaffError

_PSKC = "{urn:ietf:params:xml:ns:keyprov:pskc}"
_TOTP = "urn:ietf:params:xml:ns:keyprov:pskc:totp"
_MOST_ITERATIONS = 5_000_000
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_JAPAN = ZoneInfo("Asia/Tokyo")  # dates in a file without an offset are printed ones
_BROKEN = (PSKCError, ValueError, TypeError, KeyError, AttributeError, OverflowError)


@dataclass(frozen=True)
class Profile:
    """What the bank's tokens are like; anything else is refused."""

    digits: int
    step_seconds: int


@dataclass(frozen=True)
class Entry:
    """One readable entry."""

    serial: str
    expires_at: datetime
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class BadEntry:
    """One entry that cannot be used: its serial if known, and why (Japanese)."""

    serial: str
    why: str
    undecryptable: bool = False


def read_entries(data: bytes, password: str | None, profile: Profile) -> list[Entry | BadEntry]:
    """Return the entries of a file in order.

    StaffError if the file is no PSKC file, holds nothing, needs a password, or
    the password is wrong.
    """
    root = _parse(data)
    packages = list(root.findall(f"{_PSKC}KeyPackage"))
    if not packages:
        raise StaffError("ファイルにトークンが一つもありません。")
    for package in packages:
        root.remove(package)
    encrypted = any(_encrypted(package) for package in packages)
    key = _key(root, password) if encrypted else None
    entries = [_entry(root, package, key, profile) for package in packages]
    sealed = [
        entry for entry, package in zip(entries, packages, strict=True) if _encrypted(package)
    ]
    if sealed and all(isinstance(entry, BadEntry) and entry.undecryptable for entry in sealed):
        raise StaffError("パスワードが違うか、ファイルが壊れているため、復号できません。")
    return entries


def _parse(data: bytes) -> Element:
    """Parse XML without document type: no entities, no outside files."""
    try:
        checker = expat.ParserCreate()
        checker.StartDoctypeDeclHandler = _refuse_doctype
        checker.Parse(data, True)
        root = ET.fromstring(data)  # noqa: S314 - document types refused above
    except (expat.ExpatError, ET.ParseError, ValueError, LookupError) as error:
        raise StaffError("PSKC ファイルとして読めません（XML の誤り）。") from error
    if root.tag != f"{_PSKC}KeyContainer":
        raise StaffError("PSKC ファイルではありません（KeyContainer がありません）。")
    return root


def _refuse_doctype(*_: object) -> None:
    raise StaffError("文書型宣言（DOCTYPE）を含むファイルは取り込めません。")


def _encrypted(package: Element) -> bool:
    return package.find(f".//{_PSKC}EncryptedValue") is not None


def _key(header: Element, password: str | None) -> bytes | None:
    """Derive the decryption key once for the whole file."""
    if not password:
        raise StaffError("このファイルは暗号化されています。パスワードを入力してください。")
    try:
        pskc = _read(header)
        if (pskc.encryption.derivation.pbkdf2_iterations or 0) > _MOST_ITERATIONS:
            raise StaffError("PBKDF2 の反復回数が多すぎるため、取り込めません。")
        pskc.encryption.derive_key(password)
    except KeyDerivationError as error:
        raise StaffError("このファイルの暗号化方式には対応していません。") from error
    except _BROKEN as error:
        raise StaffError("PSKC ファイルの暗号化情報が読めません。") from error
    return pskc.encryption.key


def _read(container: Element) -> PSKC:
    return PSKC(io.BytesIO(ET.tostring(container)))


def _entry(
    header: Element, package: Element, key: bytes | None, profile: Profile
) -> Entry | BadEntry:
    serial = (package.findtext(f"{_PSKC}DeviceInfo/{_PSKC}SerialNo") or "").strip()
    container = copy.deepcopy(header)
    container.append(package)
    try:
        pskc = _read(container)
        pskc.encryption.key = key
        keys = pskc.keys
        if len(keys) != 1:
            return BadEntry(serial, "鍵（Key）がちょうど一つではありません。")
        keys[0].check()
        why = next(_complaints(keys[0], package, profile), None)
        secret = keys[0].secret
        expires_at = _expiry(package)
    except DecryptionError:
        return BadEntry(serial, "復号できないか、MAC が一致しません。", undecryptable=True)
    except _BROKEN:
        return BadEntry(serial, "書式に誤りがあります。")
    if why is not None:
        return BadEntry(serial, why)
    if secret is None:
        return BadEntry(serial, "シード（Secret）がありません。")
    if expires_at is None:
        return BadEntry(serial, "有効期限（ExpiryDate）がありません。")
    return Entry(serial, expires_at, secret)


def _complaints(key: Key, package: Element, profile: Profile) -> Iterator[str]:
    if (key.algorithm or "").lower() != _TOTP:
        yield "時刻同期型（TOTP）のトークンではありません。"
    if (key.algorithm_suite or "HMAC-SHA1").upper().replace("HMAC-", "") not in ("SHA1", "SHA-1"):
        yield "HMAC-SHA1 以外の方式には対応していません。"
    if (key.response_encoding or "DECIMAL").upper() != "DECIMAL":
        yield "ワンタイムパスワードが数字ではありません。"
    if key.response_length != profile.digits:
        yield f"ワンタイムパスワードの桁数が{profile.digits}桁ではありません。"
    if key.time_interval != profile.step_seconds:
        yield f"ワンタイムパスワードの間隔が{profile.step_seconds}秒ではありません。"
    if key.time_offset or key.time_drift:
        yield "時刻のずれ（Time、TimeDrift）のあるトークンには対応していません。"
    secret = package.find(f".//{_PSKC}Data/{_PSKC}Secret")
    plain = None if secret is None else secret.findtext(f"{_PSKC}PlainValue")
    if plain is not None and not _BASE64.fullmatch("".join(plain.split())):
        yield "書式に誤りがあります（Secret が Base64 ではありません）。"
    if (
        secret is not None
        and secret.find(f"{_PSKC}EncryptedValue") is not None
        and secret.find(f"{_PSKC}ValueMAC") is None
        and "#kw-" not in (key.device.pskc.encryption.algorithm or "")
    ):
        yield "改ざんを検出する値（ValueMAC）がありません。"


def _expiry(package: Element) -> datetime | None:
    """Return the expiry, None if there is none. ValueError unless it is an xs:dateTime.

    Read here, because the library's date parser takes "31 of March" for the
    31st of March of this year.
    """
    places = (f"{_PSKC}DeviceInfo/{_PSKC}ExpiryDate", f"{_PSKC}Key/{_PSKC}Policy/{_PSKC}ExpiryDate")
    text = next((found for place in places if (found := package.findtext(place))), None)
    if text is None:
        return None
    if not _DATE_TIME.fullmatch(text.strip()):
        msg = "not an xs:dateTime"
        raise ValueError(msg)
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=_JAPAN)
