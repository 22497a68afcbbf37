"""Secrets at rest: seeds under a key of the bank, passwords by argon2id."""

import base64
import hmac
import os
import secrets
import threading
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_VARIABLE = "OTP_BANK_KEY"
LONGEST_PASSWORD = 1024
"""Characters; anything longer is no password of ours and is not hashed whole."""


class StoreError(Exception):
    """The database or its key cannot be used; one line, Japanese / English."""

    def __init__(self, japanese: str, english: str) -> None:
        super().__init__(f"{japanese} / {english}")


@dataclass(frozen=True)
class Seal:
    """Encrypts seeds and makes keyed digests, all by one Fernet key of the bank."""

    key: bytes = field(repr=False)

    def close(self, secret: bytes) -> str:
        """Encrypt a seed for the store."""
        return Fernet(self.key).encrypt(secret).decode()

    def open(self, sealed: str) -> bytes:
        """Decrypt a seed. StoreError if it was sealed with another key or altered."""
        try:
            return Fernet(self.key).decrypt(sealed.encode())
        except InvalidToken as error:
            raise StoreError(
                f"鍵がデータベースと合いません。{KEY_VARIABLE} か鍵ファイルを確かめてください。",
                f"the key does not fit this database; check {KEY_VARIABLE} or the key file",
            ) from error

    def digest(self, *parts: str) -> str:
        """Return a keyed digest of texts; useless for guessing them without the key."""
        framed = b"".join(
            len(raw).to_bytes(8, "big") + raw
            for raw in (part.encode("utf-8", "surrogatepass") for part in parts)
        )
        raw = base64.urlsafe_b64decode(self.key)
        key = HKDF(SHA256(), 32, salt=None, info=b"digest").derive(raw)  # not the seal's own
        return hmac.new(key, framed, sha256).hexdigest()


def read_key(beside: Path) -> bytes:
    """Return the key of OTP_BANK_KEY, else of the file beside the database, made when missing.

    StoreError if it is unreadable, open to other users, or no key.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given:
        return _fernet(
            given,
            f"環境変数 {KEY_VARIABLE} が Fernet の鍵ではありません。",
            f"environment variable {KEY_VARIABLE} is not a Fernet key",
        )
    path = Path(f"{beside}.key")
    try:
        if not path.exists():
            _create(path)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise StoreError(
                f"鍵ファイル {path} を他の利用者が読めます。chmod 600 を行ってください。",
                f"key file {path} is open to other users; run chmod 600",
            )
        text = path.read_bytes().decode("ascii", "replace").strip()
    except OSError as error:
        raise StoreError(
            f"鍵ファイル {path} を使えません（{error.strerror}）。",
            f"cannot use key file {path}: {error.strerror}",
        ) from error
    return _fernet(
        text, f"鍵ファイル {path} の中身が鍵ではありません。", f"key file {path} holds no key"
    )


def _fernet(text: str, japanese: str, english: str) -> bytes:
    try:
        Fernet(text.encode())
    except ValueError as error:
        raise StoreError(japanese, english) from error
    return text.encode()


def _create(path: Path) -> None:
    """Write a new key (mode 0600) whole or not at all; of two starters one wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(Fernet.generate_key())
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # the other starter's key is as good
    finally:
        draft.unlink()


class Passwords:
    """Hashes and verifies by argon2id with the given costs (OWASP Password Storage)."""

    def __init__(self, time_cost: int, memory_kib: int, parallelism: int) -> None:
        self._hasher = PasswordHasher(time_cost, memory_kib, parallelism, type=Type.ID)
        # More at once than there are processors for their lanes are slower, all of them together.
        self._room = threading.Semaphore(max(1, (os.cpu_count() or 1) // parallelism))
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """Return the encoded hash of a password."""
        with self._room:
            return self._hasher.hash(_raw(password))

    def verify(self, encoded: str | None, password: str) -> bool:
        """Tell whether a password fits. None costs one verification too and never fits."""
        too_long = len(password) > LONGEST_PASSWORD
        try:
            with self._room:
                self._hasher.verify(encoded or self._nobody, _raw(password[:LONGEST_PASSWORD]))
        except (VerificationError, InvalidHashError):
            return False
        return encoded is not None and not too_long


def _raw(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
