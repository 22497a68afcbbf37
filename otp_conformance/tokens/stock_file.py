"""Seeds out of a PSKC file (RFC 6030): plain, under a pre-shared key, or under a password.

Only the package of the token that is asked for is handed to python-pskc, which
reads a file whole or not at all: one odd entry does not spoil the others.
"""

from __future__ import annotations

import base64
import binascii
import copy
import io
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.parsers import expat

from pskc import PSKC
from pskc.exceptions import DecryptionError, KeyDerivationError, PSKCError
from pskc.key import Key

from otp_conformance.tokens.port import Display
from otp_conformance.verdict.outcome import DeclarationMismatch

_PSKC = "{urn:ietf:params:xml:ns:keyprov:pskc}"
_MOST_ITERATIONS = 5_000_000
_BROKEN = (PSKCError, ValueError, TypeError, KeyError, AttributeError, OverflowError)
_FILE_KEY, _KEY_KEY = "adapters.tokens.file", "adapters.tokens.key"


class _UnreadableError(Exception):
    """Why a file or an entry cannot be read (Japanese), and which key to look at."""

    def __init__(self, why: str, key: str = _FILE_KEY) -> None:
        self.key = key
        super().__init__(why)


class StockFile:
    """One PSKC file. ``secret``: pre-shared key (hex or Base64) or password, as it needs.

    Everything raises `DeclarationMismatch` that names the file and the key of
    the declaration, never a secret.
    """

    def __init__(self, path: Path, secret: str | None, expected: Display) -> None:
        self._path = path
        self._secret = secret
        self._expected = expected

    def seed(self, serial: str) -> bytes:
        """Return the seed of the token with this serial."""
        try:
            return self._read(serial)
        except _UnreadableError as error:
            raise DeclarationMismatch(
                expected=f"PSKC ファイル {self._path} からトークン {serial} の種を読めること",
                observed=str(error),
                hint=f"宣言の {error.key} と、ファイルの中身を確かめてください。",
            ) from None

    def _read(self, serial: str) -> bytes:
        container = copy.copy(self._root)
        packages = [p for p in self._root.iter(f"{_PSKC}KeyPackage") if _serial(p) == serial]
        if len(packages) != 1:
            raise _UnreadableError(
                f"同じシリアル番号のトークンが {len(packages)} 件あります"
                if packages
                else "そのシリアル番号のトークンがありません"
            )
        for package in self._root.findall(f"{_PSKC}KeyPackage"):
            if package is not packages[0]:
                container.remove(package)
        try:
            pskc = _parsed(container)
            if len(pskc.keys) != 1:
                raise _UnreadableError("鍵（Key）がちょうど一つではありません")
            key = pskc.keys[0]
            if packages[0].find(f".//{_PSKC}EncryptedValue") is not None:
                pskc.encryption.key = self._key
            key.check()
            if (why := next(_differences(key, self._expected), None)) is not None:
                raise _UnreadableError(*why)
            secret = key.secret
        except DecryptionError:
            why_not = "復号できないか、MAC が一致しません（鍵が違うか、ファイルが壊れています）"
            raise _UnreadableError(why_not, _KEY_KEY) from None
        except _BROKEN:
            raise _UnreadableError("PSKC（RFC 6030）として書式に誤りがあります") from None
        if not secret:
            raise _UnreadableError("種（Secret）がありません")
        return bytes(secret)

    @cached_property
    def _root(self) -> Element:
        try:
            data = self._path.read_bytes()
        except OSError as error:
            raise _UnreadableError(f"ファイルを読めません（{error.strerror}）") from None
        return _xml(data)

    @cached_property
    def _key(self) -> bytes:
        """The key that the file is encrypted under, derived once."""
        if not self._secret:
            raise _UnreadableError("ファイルは暗号化されていますが、鍵がありません", _KEY_KEY)
        header = copy.copy(self._root)
        packages = header.findall(f"{_PSKC}KeyPackage")
        for package in packages[1:]:
            header.remove(package)
        encryption = _parsed(header).encryption
        if encryption.derivation.algorithm:
            if (encryption.derivation.pbkdf2_iterations or 0) > _MOST_ITERATIONS:
                raise _UnreadableError("PBKDF2 の反復回数が多すぎます")
            try:
                encryption.derive_key(self._secret)
            except KeyDerivationError:
                raise _UnreadableError("鍵の導出方式に対応していません") from None
            return bytes(encryption.key or b"")
        return _preshared(self._secret, tuple(encryption.algorithm_key_lengths))


def _xml(data: bytes) -> Element:
    """Parse XML without document type: no entities, no outside files."""
    try:
        checker = expat.ParserCreate()
        checker.StartDoctypeDeclHandler = _refuse_doctype
        checker.Parse(data, True)
        root = ET.fromstring(data)  # noqa: S314 - document types refused above
    except (expat.ExpatError, ET.ParseError, ValueError, LookupError):
        raise _UnreadableError("XML として読めません") from None
    if root.tag != f"{_PSKC}KeyContainer":
        raise _UnreadableError("PSKC ファイルではありません（KeyContainer がありません）")
    return root


def _refuse_doctype(*_: object) -> None:
    raise _UnreadableError("文書型宣言（DOCTYPE）を含むファイルは読みません")


def _parsed(container: Element) -> PSKC:
    return PSKC(io.BytesIO(ET.tostring(container)))


def _serial(package: Element) -> str:
    return (package.findtext(f"{_PSKC}DeviceInfo/{_PSKC}SerialNo") or "").strip()


def _preshared(text: str, lengths: tuple[int, ...]) -> bytes:
    """Return a written key: of hex and Base64 the one whose length fits the cipher."""
    compact = "".join(text.split())
    readings = []
    for decode in (bytes.fromhex, lambda t: base64.b64decode(t, validate=True)):
        try:
            readings.append(decode(compact))
        except (ValueError, binascii.Error):
            continue
    for key in readings:
        if not lengths or len(key) in lengths:
            return key
    wanted = "か ".join(f"{length} バイト" for length in lengths)
    raise _UnreadableError(f"鍵が16進でも Base64 でもないか、{wanted}ではありません", _KEY_KEY)


def _differences(key: Key, expected: Display) -> Iterator[tuple[str, str]]:
    """Yield what an entry says otherwise than the declaration, and the declared key."""
    if not (key.algorithm or "").lower().endswith(":totp"):
        yield "時刻同期型（TOTP）のトークンではありません", _FILE_KEY
    suite = (key.algorithm_suite or "SHA1").upper().replace("HMAC-", "").replace("SHA-", "SHA")
    if suite != expected.algorithm:
        yield (
            f"ハッシュ関数はファイルでは {suite}、宣言では {expected.algorithm} です",
            "adapters.tokens.algorithm",
        )
    if (key.response_encoding or "DECIMAL").upper() != "DECIMAL" or key.response_check:
        yield "値が10進の数字だけではありません", _FILE_KEY
    if key.response_length not in (None, expected.digits):
        yield (
            f"桁数はファイルでは {key.response_length}、宣言では {expected.digits} です",
            "otp.digits",
        )
    if key.time_interval not in (None, expected.step_seconds):
        found, declared = key.time_interval, expected.step_seconds
        yield (
            f"時間ステップはファイルでは {found} 秒、宣言では {declared} 秒です",
            "otp.step_seconds",
        )
    if key.time_offset or key.time_drift:
        yield "時刻のずれ（Time、TimeDrift）のあるトークンには対応していません", _FILE_KEY
