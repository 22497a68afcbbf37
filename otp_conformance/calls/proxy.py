"""The proxy that the environment names: read once here, for every way of asking.

HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in small or capital letters, as curl
reads them. This machine itself is never asked for by a proxy.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Proxies:
    """A proxy's address for each scheme, empty for none, and the hosts that need none."""

    http: str = ""
    https: str = ""
    exempt: tuple[str, ...] = ()

    def of(self, address: str) -> str:
        """Return the proxy through which an address is asked for, empty for none."""
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
        if host in _LOOPBACK or any(_covers(entry, host, parts.netloc) for entry in self.exempt):
            return ""
        return self.https if parts.scheme == "https" else self.http

    def flags(self) -> Iterator[str]:
        """Yield Chromium's flags for the same; it knows no other environment then."""
        servers = {"http": self.http, "https": self.https}
        named = [f"{scheme}={_bare(server)}" for scheme, server in servers.items() if server]
        if not named or "*" in self.exempt:
            yield "--no-proxy-server"
            return
        yield f"--proxy-server={';'.join(named)}"
        hosts = [h for e in self.exempt for h in ((e,) if "/" in e or ":" in e else (e, f"*.{e}"))]
        if hosts:
            yield f"--proxy-bypass-list={';'.join(hosts)}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The proxies' own hosts, whose names must be found."""
        return tuple({urlsplit(s).hostname or "" for s in (self.http, self.https) if s})


def environment_proxies(env: Mapping[str, str] | None = None) -> Proxies:
    """Return what the environment says; an address without scheme is HTTP's."""
    found = {name.lower(): value for name, value in (env or os.environ).items() if value}
    # Small letters win, as with curl.
    found |= {name: value for name, value in (env or os.environ).items() if value}

    def server(name: str) -> str:
        value = (found.get(name) or found.get("all_proxy") or "").strip()
        return value if "://" in value or not value else f"http://{value}"

    exempt = (entry.strip().lower() for entry in found.get("no_proxy", "").split(","))
    return Proxies(
        server("http_proxy"),
        server("https_proxy"),
        tuple(entry.removeprefix("*.").removeprefix(".") for entry in exempt if entry),
    )


def _covers(entry: str, host: str, netloc: str) -> bool:
    if "/" in entry:
        try:
            return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    return entry in {"*", host, netloc.lower()} or host.endswith(f".{entry}")


def _bare(server: str) -> str:
    """Return a proxy's address without name and password."""
    parts = urlsplit(server)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", ""))
