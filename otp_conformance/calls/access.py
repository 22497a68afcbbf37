"""What a web server wants of whoever connects, before the system itself shows anything."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from otp_conformance.verdict.outcome import DeclarationMismatch

_KEY = "sut.client_certificate"


@dataclass(frozen=True)
class Certificate:
    """A client certificate and its key: PEM files, and the key's password if it has one."""

    file: Path
    key: Path
    password: str = field(default="", repr=False)

    def load_into(self, context: ssl.SSLContext) -> None:
        """Have a TLS context show it. Raises `DeclarationMismatch` where it cannot be read."""
        try:
            # Without a password OpenSSL would ask for one at the terminal.
            context.load_cert_chain(self.file, self.key, password=self.password)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            why = getattr(error, "reason", "") or getattr(error, "strerror", "")
            raise DeclarationMismatch(
                expected=f"宣言の {_KEY} の証明書（{self.file}）と秘密鍵を読めること",
                observed=f"{self.file.name} か {self.key.name} を読めません"
                f"（{why or '書式が違うか、対になっていません'}）",
                hint=f"宣言の {_KEY} の file、key（PEM）と password を確かめてください。",
            ) from None


@dataclass(frozen=True)
class Access:
    """What is shown to one origin (scheme, host and port), and to no other.

    ``user``, ``password``: for HTTP basic authentication, empty for none.
    """

    origin: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    certificate: Certificate | None = None

    def covers(self, address: str) -> bool:
        """Tell whether an address is of that origin."""
        return bool(self.origin) and origin_of(address) == self.origin


NO_ACCESS = Access()


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address, the usual port left out."""
    parts = urlsplit(address)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
