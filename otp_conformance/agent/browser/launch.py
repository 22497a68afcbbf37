"""Finding and starting a browser: Chromium's headless shell first (fastest)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, BrowserType
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.agent.trouble import BrowserMissing, browser_gone

HEADLESS_ONLY = "chromium-headless-shell"
WITH_WINDOW = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
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


def _candidates(executable: Path | None, *, headed: bool) -> Iterator[dict[str, str]]:
    if executable is not None:
        yield {"executable_path": str(executable)}
        return
    for name in WITH_WINDOW if headed else (HEADLESS_ONLY, *WITH_WINDOW):
        found = shutil.which(name)
        if found:
            yield {"executable_path": found}
    yield {}  # Playwright's own build
    for channel in CHANNELS:
        yield {"channel": channel}


def _is_absent(error: PlaywrightError) -> bool:
    message = error.message.casefold()
    return "executable doesn't exist" in message or "is not found" in message


def missing(*, headed: bool = False) -> BrowserMissing:
    """Return the outcome that tells in one line how to get a browser."""
    if headed:
        return BrowserMissing(
            expected="画面を表示できる Chromium 系のブラウザーがあること",
            observed="画面を表示できるブラウザーが見つかりません",
            hint="Debian なら「apt install chromium」、ほかでは「playwright install chromium」で"
            "入ります。画面を表示しないときは --headed を外してください。",
        )
    return BrowserMissing(
        expected="Chromium 系のブラウザーがあること",
        observed="ブラウザーが見つかりません",
        hint="Debian なら「apt install chromium-headless-shell」、"
        "ほかでは「playwright install chromium-headless-shell」で入ります。",
    )


def launch(
    chromium: BrowserType,
    allowed_hosts: Sequence[str],
    executable: Path | None = None,
    *,
    headed: bool = False,
) -> Browser:
    """Start the first browser that is there; ``headed``: one with a visible window.

    Raises `BrowserMissing` when there is none, `EnvironmentTrouble` when one is
    there but does not start.
    """
    arguments = flags(allowed_hosts)
    for candidate in _candidates(executable, headed=headed):
        path, channel = candidate.get("executable_path"), candidate.get("channel")
        try:
            return chromium.launch(
                executable_path=path, channel=channel, args=arguments, headless=not headed
            )
        except PlaywrightError as error:
            if not _is_absent(error):
                first_line = error.message.splitlines()[0]
                raise browser_gone("ブラウザーの起動", first_line) from error
    raise missing(headed=headed)
