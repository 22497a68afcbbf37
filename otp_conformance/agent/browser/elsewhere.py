"""A browser on another machine, behind a Playwright server (``--browser-at``).

Its process is not ours: it is started without our flags and cannot be ended by force. So the
wall of allowed hosts is a rule of each context, and ending the own driver ends the connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from playwright.sync_api import Browser, BrowserType, ProxySettings
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.agent.browser.agent import first_line
from otp_conformance.agent.port import server_of
from otp_conformance.agent.trouble import BrowserMissing
from otp_conformance.errors import UsageError

CONNECTING_SECONDS = 30.0
_NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there (port 9, discard): whatever goes to it arrives nowhere."""

_MISMATCH = re.compile(
    r"version mismatch.*?server version: v(?P<server>[\d.]+).*?client version: v(?P<client>[\d.]+)",
    re.DOTALL,
)


def connect(chromium: BrowserType, address: str) -> Browser:
    """Return the browser behind a Playwright server.

    Raises `UsageError` for a server of another version, `BrowserMissing` for one that does
    not answer or has no browser.
    """
    try:
        return chromium.connect(address, timeout=CONNECTING_SECONDS * 1000)
    except PlaywrightError as error:
        versions = _MISMATCH.search(error.message)
        if versions is not None:
            raise UsageError(
                f"--browser-at {server_of(address)}: Playwright の版が合いません（サーバー "
                f"{versions['server']}、こちら {versions['client']}）。どちらかを合わせて"
                "ください（例: npx -y playwright@"
                f"{versions['client']} run-server）。",
                f"--browser-at {server_of(address)}: Playwright's versions differ (server "
                f"{versions['server']}, here {versions['client']}). Bring them in line, e.g. "
                f"npx -y playwright@{versions['client']} run-server.",
            ) from error
        raise BrowserMissing(
            expected=f"{server_of(address)} の Playwright サーバーにブラウザーがあること",
            observed="ブラウザーのサーバーにつながりません"
            f"（{first_line(error).replace(address, server_of(address))}）",
            hint="サーバーが起動しているか、アドレスとブラウザーを確かめてください。",
        ) from error


def wall(allowed_hosts: Iterable[str]) -> ProxySettings:
    """Return the rule of a context that lets nothing but allowed hosts be contacted.

    Intercepting requests would not do: it does not see where a redirection leads, nor the
    WebSockets of workers, nor connections that are opened beforehand. Chromium's own rule for
    proxies holds for all of them; loopback is no exception to it (``<-loopback>``, which has
    to come first: later entries win).
    """
    return {"server": _NOWHERE, "bypass": ",".join(("<-loopback>", *allowed_hosts))}
