"""What the declaration has for the web server itself, its references followed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from otp_conformance.calls.access import NO_ACCESS, Access, Certificate, origin_of
from otp_conformance.declaration.system import SutSection


def access_to(
    sut: SutSection, base_url: str, folder: Path, secret: Callable[[str, str], str]
) -> Access:
    """Return what is shown to the server at ``base_url``.

    ``folder``: of the declaration; ``secret`` resolves a reference, the second text
    names it in messages.
    """
    auth, shown = sut.http_auth, sut.client_certificate
    if auth is None and shown is None:
        return NO_ACCESS
    user = password = ""
    if auth is not None:
        user = secret(auth.user, "sut.http_auth.user")
        password = secret(auth.password, "sut.http_auth.password")
    certificate = None
    if shown is not None:
        key = "sut.client_certificate.password"
        certificate = Certificate(
            folder / shown.file,
            folder / shown.key,
            secret(shown.password, key) if shown.password else "",
        )
    return Access(origin_of(base_url), user, password, certificate)
