"""Seeds out of a PSKC file (RFC 6030): plain, under a pre-shared key, or under a password.

Only the package of the token that is asked for is handed to python-pskc, which
reads a file whole or not at all: one odd entry does not spoil the others.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import copy
import io
import re
import warnings
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.parsers import expat

from pskc import PSKC
from pskc.encryption import Encryption
from pskc.exceptions import DecryptionError, KeyDerivationError, PSKCError
from pskc.key import EncryptedValue, Key

from otp_conformance.encoding import codec_of
from otp_conformance.tokens.port import Display
from otp_conformance.tokens.simulated import SeedError, long_enough
from otp_conformance.verdict.outcome import DeclarationMismatch

_NAMESPACE = "urn:ietf:params:xml:ns:keyprov:pskc"
_PSKC = f"{{{_NAMESPACE}}}"
_MOST_ITERATIONS = 5_000_000
# How a file begins tells how its letters are written (XML 1.0, appendix F).
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
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
        self._derived: bytes | None = None

    def seed(self, serial: str) -> bytes:
        """Return the seed of the token with this serial."""
        try:
            return self._read(serial)
        except _UnreadableError as error:
            raise DeclarationMismatch(
                expected=f"PSKC ファイル {self._path} からトークン {serial} の種を読めること",
                observed=f"{self._path.name}: {error}",
                hint=f"宣言の {error.key} と、ファイルの中身を確かめてください。",
            ) from None

    def _read(self, serial: str) -> bytes:
        container = copy.copy(self._root)
        packages = [p for p in _packages(self._root) if _serial(p) == serial]
        if len(packages) != 1:
            raise _UnreadableError(
                f"同じシリアル番号のトークンが {len(packages)} 件あります"
                if packages
                else "そのシリアル番号のトークンがありません"
            )
        for package in _packages(self._root):
            if package is not packages[0]:
                container.remove(package)
        try:
            with warnings.catch_warnings():
                # Of ciphers that go out of use: nothing that the reader of a file could mend.
                warnings.simplefilter("ignore")
                return long_enough(self._secret_in(container))
        except DecryptionError as error:
            if str(error).startswith("Unsupported"):
                raise _UnreadableError(f"対応していない暗号の方式です（{error}）") from None
            why_not = "復号できないか、MAC が一致しません（鍵が違うか、ファイルが壊れています）"
            raise _UnreadableError(why_not, _KEY_KEY) from None
        except SeedError as error:
            raise _UnreadableError(f"種が {error}") from None
        except _BROKEN:
            raise _UnreadableError("PSKC（RFC 6030）として書式に誤りがあります") from None

    def _secret_in(self, container: Element) -> bytes:
        """Return the secret of the one package that is left in a container."""
        pskc = _parsed(container)
        if len(pskc.keys) != 1:
            raise _UnreadableError("鍵（Key）がちょうど一つではありません")
        key = pskc.keys[0]
        if container.find(f".//{_PSKC}EncryptedValue") is not None:
            pskc.encryption.key = self._key(pskc.encryption)
        key.check()
        if (why := next(_differences(key, self._expected), None)) is not None:
            raise _UnreadableError(*why)
        if _unguarded(key, pskc.encryption):
            raise _UnreadableError(
                "改ざんを検出する値（ValueMAC）がありません（RFC 6030 の 6.1.1 で求められています）"
            )
        if not key.secret:
            raise _UnreadableError("種（Secret）がありません")
        return bytes(key.secret)

    @cached_property
    def _root(self) -> Element:
        try:
            data = self._path.read_bytes()
        except OSError as error:
            raise _UnreadableError(f"ファイルを読めません（{error.strerror}）") from None
        return _xml(data)

    def _key(self, encryption: Encryption) -> bytes:
        """Return the key that a file is encrypted under; a password is stretched once."""
        if not self._secret:
            raise _UnreadableError("ファイルは暗号化されていますが、鍵がありません", _KEY_KEY)
        if not encryption.derivation.algorithm:
            return _preshared(self._secret, tuple(encryption.algorithm_key_lengths))
        if self._derived is None:
            if (encryption.derivation.pbkdf2_iterations or 0) > _MOST_ITERATIONS:
                raise _UnreadableError("PBKDF2 の反復回数が多すぎます")
            try:
                encryption.derive_key(self._secret)
            except KeyDerivationError:
                raise _UnreadableError("鍵の導出方式に対応していません") from None
            self._derived = bytes(encryption.key or b"")
        return self._derived


def _text(data: bytes) -> str:
    """Return the letters of an XML file, in whichever encoding it says that it is written.

    The XML parser itself knows four encodings, none of them Japanese.
    """
    declared = _DECLARED.match(data)
    name = declared[1].decode("ascii") if declared else "utf-8"
    name = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), name)
    try:
        return data.decode(codec_of(name))
    except LookupError:
        raise _UnreadableError(f"知らない文字コード {name} が宣言されています") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(
            f"{line} 行目に、文字コード {name} では読めないバイトがあります"
        ) from None


def _xml(data: bytes) -> Element:
    """Parse XML without document type: no entities, no outside files.

    The namespaces of the drafts of RFC 6030 are taken for its own.
    """
    text = _text(data)
    try:
        checker = expat.ParserCreate()
        checker.StartDoctypeDeclHandler = _refuse_doctype
        checker.Parse(text, True)
        root = ET.fromstring(text)  # noqa: S314 - document types refused above
    except expat.ExpatError as error:
        raise _UnreadableError(f"{error.lineno} 行目が XML として読めません") from None
    except (ET.ParseError, ValueError):
        raise _UnreadableError("XML として読めません") from None
    found, _, name = root.tag.rpartition("}")
    found = found.removeprefix("{")
    if name != "KeyContainer":
        raise _UnreadableError(
            f"PSKC ファイルではありません（{name} で始まり、KeyContainer ではありません）"
        )
    if found != _NAMESPACE and not found.startswith((f"{_NAMESPACE}:", f"{_NAMESPACE}#")):
        raise _UnreadableError(
            f"KeyContainer の名前空間は {found or '（なし）'} です（必要なのは {_NAMESPACE}）"
        )
    for element in root.iter():
        if element.tag.startswith(f"{{{found}}}"):
            element.tag = _PSKC + element.tag.rpartition("}")[2]
    return root


def _refuse_doctype(*_: object) -> None:
    raise _UnreadableError("文書型宣言（DOCTYPE）を含むファイルは読みません")


def _parsed(container: Element) -> PSKC:
    return PSKC(io.BytesIO(ET.tostring(container)))


def _packages(root: Element) -> list[Element]:
    """Return the entries of a file; in drafts they have another name."""
    return [child for child in root if child.tag in {f"{_PSKC}KeyPackage", f"{_PSKC}Device"}]


def _serial(package: Element) -> str:
    names = ("DeviceInfo", "DeviceId")
    found = (package.findtext(f"{_PSKC}{name}/{_PSKC}SerialNo") for name in names)
    return next((serial for serial in found if serial), "").strip()


def _unguarded(key: Key, encryption: Encryption) -> bool:
    """Tell whether a secret is encrypted without anything that shows a change to it.

    RFC 6030 section 6.1.1: a ValueMAC, unless the cipher checks itself (key wraps).
    """
    sealed = getattr(key, "_secret", None)  # the value as it stands in the file
    if not isinstance(sealed, EncryptedValue) or sealed.mac_value is not None:
        return False
    return "kw-" not in (sealed.algorithm or encryption.algorithm or "").lower()


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
    # Spelt …:pskc:totp by RFC 6030's extension, …:pskc#totp by its drafts.
    if re.split(r"[:#/]", (key.algorithm or "").lower())[-1] != "totp":
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
