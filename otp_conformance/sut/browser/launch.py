"""Finding and starting a browser: Chromium's headless shell first (fastest)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, BrowserType
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.sut.trouble import BrowserMissing, browser_gone

ON_PATH = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
)
CHANNELS = ("chrome", "msedge")
QUIET_FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


def flags(allowed_hosts: Iterable[str]) -> list[str]:
    """Return Chromium's flags: quiet, and no name resolved but the allowed hosts'."""
    rules = ["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in allowed_hosts)]
    result = [*QUIET_FLAGS, f"--host-resolver-rules={', '.join(rules)}"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        # Chromium's sandbox refuses to start as root; anybody else keeps it.
        result.append("--no-sandbox")
    return result


def _candidates(executable: Path | None) -> Iterator[dict[str, str]]:
    if executable is not None:
        yield {"executable_path": str(executable)}
        return
    for name in ON_PATH:
        found = shutil.which(name)
        if found:
            yield {"executable_path": found}
    yield {}  # Playwright's own build
    for channel in CHANNELS:
        yield {"channel": channel}


def _is_absent(error: PlaywrightError) -> bool:
    message = error.message.casefold()
    return "executable doesn't exist" in message or "is not found" in message


def missing() -> BrowserMissing:
    """Return the outcome that tells in one line how to get a browser."""
    return BrowserMissing(
        expected="Chromium 系のブラウザーがあること",
        observed="ブラウザーが見つかりません",
        hint="Debian なら「apt install chromium-headless-shell」、"
        "ほかでは「playwright install chromium-headless-shell」で入ります。",
    )


def launch(
    chromium: BrowserType, allowed_hosts: Sequence[str], executable: Path | None = None
) -> Browser:
    """Start the first browser that is there, headless.

    Raises `BrowserMissing` when there is none, `EnvironmentTrouble` when one is
    there but does not start.
    """
    arguments = flags(allowed_hosts)
    for candidate in _candidates(executable):
        path, channel = candidate.get("executable_path"), candidate.get("channel")
        try:
            return chromium.launch(executable_path=path, channel=channel, args=arguments)
        except PlaywrightError as error:
            if not _is_absent(error):
                first_line = error.message.splitlines()[0]
                raise browser_gone("ブラウザーの起動", first_line) from error
    raise missing()
