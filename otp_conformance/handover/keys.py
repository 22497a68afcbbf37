"""Ed25519 keys by reference, and what is signed with them (DSSE, by securesystemslib)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]

from otp_conformance.declaration.secrets import SecretError, resolve
from otp_conformance.errors import UsageError

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_SCHEMES = ("env:", "file:", "command:")


def _pem(reference: str, env: Mapping[str, str]) -> bytes:
    """Return a key's text: of a file, or of what a reference names as in a declaration."""
    by = reference if reference.startswith(_SCHEMES) else f"file:{reference}"
    try:
        return resolve(by, env).encode()
    except SecretError as error:
        raise UsageError(f"鍵: {error}", f"Key: {error}") from None


def private_key(reference: str, env: Mapping[str, str]) -> Ed25519PrivateKey:
    """Return the signing key behind a path, ``env:NAME``, ``file:PATH`` or ``command:WORDS``.

    Raises `UsageError`, which never holds any of the key.
    """
    try:
        key = load_pem_private_key(_pem(reference, env), None)
    except TypeError:  # it asks for a pass phrase
        key = None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise UsageError(
        f"--key {reference} は、パスフレーズのない Ed25519 の秘密鍵（PEM）ではありません。"
        "`openssl genpkey -algorithm ed25519 -out key.pem` で作れます。パスフレーズの"
        "ある鍵は --key 'command:openssl pkey -in key.pem' で渡してください。",
        f"--key {reference} is no private Ed25519 key (PEM) without a pass phrase. Make one with "
        "`openssl genpkey -algorithm ed25519 -out key.pem`; give one with a pass phrase as "
        "--key 'command:openssl pkey -in key.pem'.",
    )


def public_key(reference: str, env: Mapping[str, str]) -> Ed25519PublicKey:
    """Return the key that signatures are checked with. Raises `UsageError`."""
    try:
        key = load_pem_public_key(_pem(reference, env))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PublicKey):
        return key
    raise UsageError(
        f"--key {reference} は Ed25519 の公開鍵（PEM）ではありません。"
        "`openssl pkey -in key.pem -pubout -out public.pem` で取り出せます。",
        f"--key {reference} is no public Ed25519 key (PEM). Take it out of the private one with "
        "`openssl pkey -in key.pem -pubout -out public.pem`.",
    )


def signed(payload: bytes, key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return an envelope (DSSE) around a statement, signed."""
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(CryptoSigner(key))
    return envelope.to_dict()


def opened(text: bytes) -> Envelope:
    """Return an envelope that was read. Raises `ValueError` for what is none."""
    try:
        envelope = Envelope.from_dict(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, Error) as error:
        raise ValueError(str(error)) from error
    if envelope.payload_type != PAYLOAD_TYPE:
        raise ValueError(envelope.payload_type)
    return envelope


def is_by(envelope: Envelope, key: Ed25519PublicKey) -> bool:
    """Tell whether an envelope bears a signature by this key."""
    try:
        envelope.verify([SSlibKey.from_crypto(key)], 1)
    except Error:
        return False
    return True
