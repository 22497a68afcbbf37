"""One browser for a whole run, a fresh context for every person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.agent.browser.agent import BrowserAgent
from otp_conformance.agent.browser.launch import launch
from otp_conformance.agent.trouble import BrowserMissing, browser_gone


def _driver() -> Playwright:
    """Start Playwright's driver; where it cannot start, the machine lacks something."""
    try:
        return sync_playwright().start()
    except Exception as error:  # the driver's death shows itself in many classes
        raise BrowserMissing(
            expected="Playwright の駆動部が起動すること",
            observed="Playwright の駆動部を起動できません",
            hint="Debian では apt-get install libatomic1 で足りることがあります。",
        ) from error


class BrowserAgents:
    """Makes browser agents (port `UserAgents`).

    ``allowed_hosts``: the only hosts that may be contacted (declaration
    ``sut.allowed_hosts``). ``executable``: a browser to use instead of the one
    found. ``headed``: in a visible window. ``any_certificate``: take those that
    cannot be verified, too (declared, for staging).
    ``locale``: language that the browser asks for.
    ``frame``: name of the frame that the site's screens are in, empty for none.
    ``timeout_seconds``: patience with the system under test.
    The browser starts with the first agent; a browser that has died in between
    is started anew.
    """

    def __init__(
        self,
        allowed_hosts: Sequence[str],
        *,
        executable: Path | None = None,
        headed: bool = False,
        any_certificate: bool = False,
        frame: str = "",
        locale: str = "ja-JP",
        timeout_seconds: float = 30.0,
    ) -> None:
        self._allowed_hosts = tuple(allowed_hosts)
        self._executable = executable
        self._headed = headed
        self._any_certificate = any_certificate
        self._frame = frame
        self._locale = locale
        self._timeout_seconds = timeout_seconds
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def _running(self) -> Browser:
        if self._playwright is None:
            self._playwright = _driver()
        if self._browser is None or not self._browser.is_connected():
            self._browser = launch(
                self._playwright.chromium,
                self._allowed_hosts,
                self._executable,
                headed=self._headed,
            )
        return self._browser

    def product(self) -> str:
        """Return the browser's name and version, for the head of a report."""
        browser = self._running()
        return f"{browser.browser_type.name} {browser.version}"

    def new(self) -> BrowserAgent:
        """Return a person's fresh browser: no cookies, the language asked for, Tokyo time.

        A browser that has died unnoticed shows itself only now: once more, then.
        """
        try:
            return self._fresh()
        except PlaywrightError as error:
            if self._browser is not None and self._browser.is_connected():
                raise browser_gone("新しい画面を開く", error.message.splitlines()[0]) from error
        try:
            return self._fresh()
        except PlaywrightError as error:
            raise browser_gone("新しい画面を開く", error.message.splitlines()[0]) from error

    def _fresh(self) -> BrowserAgent:
        context = self._running().new_context(
            locale=self._locale,
            timezone_id="Asia/Tokyo",
            ignore_https_errors=self._any_certificate,
        )
        return BrowserAgent(
            context,
            allowed_hosts=self._allowed_hosts,
            timeout_seconds=self._timeout_seconds,
            frame=self._frame,
        )

    def close(self) -> None:
        """End the browser. Idempotent."""
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        if browser is not None and browser.is_connected():
            browser.close()
        if playwright is not None:
            playwright.stop()
