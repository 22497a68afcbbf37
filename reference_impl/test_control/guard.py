"""Who may talk to the API: loopback peers that name a loopback host and know the key."""

from __future__ import annotations

import hmac
import ipaddress

from flask import Blueprint, request

from reference_impl.test_control.errors import ApiError

KEY_HEADER = "X-Test-Control-Key"


def install(blueprint: Blueprint, key: str) -> None:
    """Check every request before its view runs."""

    @blueprint.before_request
    def check() -> None:
        # The Host header too: a page of the outside, resolved to 127.0.0.1 by
        # its own name server, would otherwise reach the API through a browser.
        if not (_loopback(request.remote_addr or "") and _loopback(_host(request.host))):
            raise ApiError(403, "not_loopback", "このコンピューター内からだけ利用できます。")
        given = request.headers.get(KEY_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), key.encode()):
            raise ApiError(401, "bad_key", f"{KEY_HEADER} の鍵が正しくありません。")


def _host(header: str) -> str:
    """Return the name of a Host header without its port."""
    if header.startswith("["):
        return header[1:].split("]", 1)[0]
    return header.rsplit(":", 1)[0] if ":" in header else header


def _loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
