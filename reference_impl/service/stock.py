"""Tokens into stock from a PSKC file (RFC 6030), read by python-pskc."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from xml.parsers import expat

from pskc import PSKC
from pskc.exceptions import DecryptionError, PSKCError
from pskc.key import EncryptedValue, Key

from reference_impl.clock import JAPAN
from reference_impl.domain import inputs
from reference_impl.domain.policy import Policy
from reference_impl.domain.words import Kind
from reference_impl.service.bank import SHORTEST_SECRET, Bank, Work, audit
from reference_impl.service.staff import StaffError
from reference_impl.store import tokens

_PSKC = "urn:ietf:params:xml:ns:keyprov:pskc"
_TOTP = f"{_PSKC}:totp"
_UNREADABLE = "復号できないか、MAC が一致しません。"
_MOST_ITERATIONS = 5_000_000
_BASE64 = re.compile(r"([A-Za-z0-9+/\s]{4,})?={0,2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_FORMS = {"ExpiryDate": _DATE_TIME, "CipherValue": _BASE64, "ValueMAC": _BASE64}


@dataclass(frozen=True)
class ImportReport:
    """Result of a stock import: how many new, and one line for each refused entry."""

    imported: int
    refused: tuple[str, ...]


def import_pskc(bank: Bank, actor: str, data: bytes, password: str | None) -> ImportReport:
    """Import hardware tokens; one Japanese line with the serial for each refused entry.

    StaffError if the file as a whole cannot be read: no PSKC, nothing in it, a
    password missing or wrong, a value in it that the library cannot read.
    """
    keys = _read(data, password)
    complaints = [_complaint(bank, key) for key in keys]
    if all(why == _UNREADABLE for why in complaints):
        raise StaffError("パスワードが違うか、ファイルが壊れているため、復号できません。")

    def act(work: Work) -> ImportReport:
        refused: list[str] = []
        for number, (key, complaint) in enumerate(zip(keys, complaints, strict=True), start=1):
            why = complaint or _store(work, key)
            if why:
                refused.append(f"{number}件目（シリアル番号 {_shown(key.serial)}）：{why}")
        report = ImportReport(len(keys) - len(refused), tuple(refused))
        detail = f"imported {report.imported}, refused {len(refused)}"
        audit(work, actor, "import", "stock", detail)
        return report

    return bank.write(act)


def _read(data: bytes, password: str | None) -> list[Key]:
    """Return the keys of a file, ready to be decrypted."""
    _check_form(data)
    try:
        pskc = PSKC(io.BytesIO(data))
    except Exception as error:  # the library lets any error of its parsers through
        raise StaffError("ファイルの中に読めない値があります（シード、日付、数値）。") from error
    if not pskc.keys:
        raise StaffError("ファイルにトークンが一つもありません。")
    if any(isinstance(value, EncryptedValue) for key in pskc.keys for value in vars(key).values()):
        _derive_key(pskc, password)
    return list(pskc.keys)


def _check_form(data: bytes) -> None:
    """Refuse what is no PSKC, document types, and values that the library would guess at.

    Its date parser takes "31 of March" for one of this year, its Base64 skips what
    it does not know; a document type could name entities and outside files.
    """
    path: list[str] = []
    texts: list[str] = []

    def doctype(*_: object) -> None:
        raise StaffError("文書型宣言（DOCTYPE）を含むファイルは取り込めません。")

    def begin(name: str, _: object) -> None:
        if not path and name != f"{_PSKC} KeyContainer":
            raise StaffError("PSKC ファイルではありません（KeyContainer がありません）。")
        path.append(name.rpartition(" ")[2])
        texts.clear()

    def end(_: object) -> None:
        text, name = "".join(texts).strip(), path.pop()
        form = _BASE64 if name == "PlainValue" and path[-1] == "Secret" else _FORMS.get(name)
        if form is not None and not form.fullmatch(text):
            line = parser.CurrentLineNumber
            raise StaffError(f"ファイルの{line}行目の {name} の書式に誤りがあります。")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = texts.append
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise StaffError("PSKC ファイルとして読めません（XML の誤り）。") from error


def _derive_key(pskc: PSKC, password: str | None) -> None:
    if not password:
        raise StaffError("このファイルは暗号化されています。パスワードを入力してください。")
    if (pskc.encryption.derivation.pbkdf2_iterations or 0) > _MOST_ITERATIONS:
        raise StaffError("PBKDF2 の反復回数が多すぎるため、取り込めません。")
    try:
        pskc.encryption.derive_key(password)
    except (PSKCError, ValueError, TypeError) as error:
        raise StaffError("このファイルの暗号化方式には対応していません。") from error


def _complaint(bank: Bank, key: Key) -> str | None:
    """Return why a key is no token of this bank, or None. Its MACs are checked first."""
    try:
        key.check()
        return next(chain(_other_kind(bank.policy, key), _bad_values(bank.policy, key)), None)
    except (DecryptionError, ValueError, TypeError):
        return _UNREADABLE


def _other_kind(policy: Policy, key: Key) -> Iterator[str]:
    if len(key.device.keys) != 1:
        yield "鍵（Key）がちょうど一つではありません。"
    if (key.algorithm or "").lower() != _TOTP:
        yield "時刻同期型（TOTP）のトークンではありません。"
    if (key.algorithm_suite or "HMAC-SHA1").upper().replace("HMAC-", "") not in ("SHA1", "SHA-1"):
        yield "HMAC-SHA1 以外の方式には対応していません。"
    if (key.response_encoding or "DECIMAL").upper() != "DECIMAL":
        yield "ワンタイムパスワードが数字ではありません。"
    if key.response_length != policy.otp_digits:
        yield f"ワンタイムパスワードの桁数が{policy.otp_digits}桁ではありません。"
    if key.time_interval != policy.otp_step_seconds:
        yield f"ワンタイムパスワードの間隔が{policy.otp_step_seconds}秒ではありません。"
    if key.time_offset or key.time_drift:
        yield "時刻のずれ（Time、TimeDrift）のあるトークンには対応していません。"


def _bad_values(policy: Policy, key: Key) -> Iterator[str]:
    sealed = getattr(key, "_secret", None)  # the value as it stands in the file
    wrapped = "#kw-" in (key.device.pskc.encryption.algorithm or "")  # which checks itself
    if isinstance(sealed, EncryptedValue) and sealed.mac_value is None and not wrapped:
        yield "改ざんを検出する値（ValueMAC）がありません（RFC 6030 6.1.1）。"
    if key.secret is None:
        yield "シード（Secret）がありません。"
    elif len(key.secret) < SHORTEST_SECRET:
        yield f"シードが短すぎます（{SHORTEST_SECRET}バイト以上が必要です）。"
    if not inputs.is_serial(key.serial or "", policy):
        yield f"シリアル番号が半角数字{policy.serial_min}～{policy.serial_max}桁ではありません。"


def _store(work: Work, key: Key) -> str | None:
    """Store one token, or return why not."""
    expires_at = key.expiry_date or key.policy.expiry_date
    if expires_at is None:
        return "有効期限（ExpiryDate）がありません。"
    if expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=JAPAN)  # the date printed on the token
    if expires_at <= work.now:
        return "有効期限が過ぎています。"
    if tokens.by_serial(work.db, key.serial) is not None:
        return "既に登録されています。"
    sealed = work.bank.store.seal.close(key.secret or b"")
    tokens.add(work.db, serial=key.serial, kind=Kind.HARDWARE, expires_at=expires_at, sealed=sealed)
    return None


def _shown(serial: str | None) -> str:
    """Return the serial for a message; it comes from a file and may be anything."""
    text = "".join(char if char.isprintable() else "�" for char in (serial or "")[:32])
    return text or "なし"
