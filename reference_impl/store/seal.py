"""Seeds at rest: one Fernet key per bank, and keys derived from it."""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reference_impl.store.errors import StoreError

KEY_VARIABLE = "OTP_BANK_KEY"


@dataclass(frozen=True)
class Seal:
    """Encrypts seeds and makes keyed digests."""

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

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes that depend on the key and the purpose only."""
        raw = base64.urlsafe_b64decode(self.key)
        return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(raw)

    def digest(self, *parts: str) -> str:
        """Return a keyed digest of texts; useless for guessing them without the key."""
        framed = b"".join(
            len(raw).to_bytes(8, "big") + raw
            for raw in (part.encode("utf-8", "surrogatepass") for part in parts)
        )
        return hmac.new(self.derive("digest"), framed, sha256).hexdigest()


def key_from_environment(given: str | None) -> bytes | None:
    """Return the key of the environment variable, None if unset. StoreError if unusable."""
    if not given:
        return None
    try:
        Fernet(given)
    except ValueError as error:
        raise StoreError(
            f"環境変数 {KEY_VARIABLE} が Fernet の鍵ではありません。",
            f"environment variable {KEY_VARIABLE} is not a Fernet key",
        ) from error
    return given.encode()


def key_from_file(path: Path) -> bytes:
    """Return the key of a file, creating it (mode 0600) when missing.

    StoreError if it is unreadable, open to other users, or no key.
    """
    try:
        if not path.exists():
            _create(path)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise StoreError(
                f"鍵ファイル {path} を他の利用者が読めます。chmod 600 を行ってください。",
                f"key file {path} is open to other users; run chmod 600",
            )
        key = path.read_text(encoding="ascii").strip()
        Fernet(key)
    except OSError as error:
        raise StoreError(
            f"鍵ファイル {path} を使えません（{error.strerror}）。",
            f"cannot use key file {path}: {error.strerror}",
        ) from error
    except ValueError as error:
        raise StoreError(
            f"鍵ファイル {path} の中身が鍵ではありません。", f"key file {path} holds no key"
        ) from error
    return key.encode()


def _create(path: Path) -> None:
    """Write a new key whole or not at all; of two starters one wins."""
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
