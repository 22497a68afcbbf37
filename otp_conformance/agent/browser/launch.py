"""One browser for a whole run: found, started, and a fresh context for every person.

Chromium's headless shell comes first (fastest).
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import (
    Browser,
    BrowserType,
    HttpCredentials,
    Page,
    Playwright,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.agent.browser.agent import BrowserAgent, first_line
from otp_conformance.agent.browser.elsewhere import connect, wall
from otp_conformance.agent.browser.patience import Patience, Processes
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.endings import Endings
from otp_conformance.agent.port import BROWSER, AgentOptions, language_of
from otp_conformance.agent.trouble import BrowserMissing, browser_gone
from otp_conformance.calls.access import NO_ACCESS, Access
from otp_conformance.calls.proxy import environment_proxies
from otp_conformance.declaration.model import Declaration
from otp_conformance.leftovers import private_folder

if TYPE_CHECKING:  # Playwright exports it nowhere else
    from playwright._impl._api_structures import ClientCertificate

HEADLESS_ONLY = "chromium-headless-shell"
WITH_WINDOW = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
CHANNELS = ("chrome", "msedge")
OWNER_ONLY = 0o600
QUIET_FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)

_LOG = logging.getLogger(__name__)
_TEMPORARY = "TMPDIR"
_DRIVER_ENDED = "Connection closed while reading from the driver"
_LAUNCHING_SECONDS, _STARTING_SECONDS, _ENDING_SECONDS = 60.0, 20.0, 3.0
# With slow motion: so many pauses may lie in what is waited for as one.
_PAUSES_IN_ONE = 20
_TRACING_SECONDS = 60.0


def flags(allowed_hosts: Iterable[str]) -> list[str]:
    """Return Chromium's flags: quiet, the environment's proxy, names of allowed hosts only."""
    proxies = environment_proxies()
    named = dict.fromkeys((*allowed_hosts, *proxies.hosts))
    rules = ["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in named)]
    result = [*QUIET_FLAGS, *proxies.flags(), f"--host-resolver-rules={', '.join(rules)}"]
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
    options: AgentOptions = BROWSER,
) -> Browser:
    """Start the first browser that is there, with a visible window where that is asked for.

    Raises `BrowserMissing` when there is none, `EnvironmentTrouble` when one is
    there but does not start.
    """
    arguments = flags(allowed_hosts)
    headed = options.headed
    for candidate in _candidates(executable, headed=headed):
        path, channel = candidate.get("executable_path"), candidate.get("channel")
        try:
            return chromium.launch(
                executable_path=path,
                channel=channel,
                args=arguments,
                headless=not headed,
                slow_mo=options.slow_mo_ms,
                env=dict(os.environ),
            )
        except PlaywrightError as error:
            if not _is_absent(error):
                raise browser_gone("ブラウザーの起動", first_line(error)) from error
    raise missing(headed=headed)


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether asyncio says more than that the driver has ended, which is told elsewhere."""
    # When Python itself ends, the names of modules may be gone before the last record comes.
    return _DRIVER_ENDED is None or _DRIVER_ENDED not in record.getMessage()


def _driver() -> Playwright:
    """Start Playwright's driver; where it cannot start, the machine lacks something."""
    logging.getLogger("asyncio").addFilter(_is_news)
    try:
        return sync_playwright().start()
    except Exception as error:  # the driver's death shows itself in many classes
        raise BrowserMissing(
            expected="Playwright の駆動部が起動すること",
            observed="Playwright の駆動部を起動できません",
            hint="Debian では apt-get install libatomic1 で足りることがあります。",
        ) from error


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Have what is started in the ``with`` block keep its temporary files in a folder.

    A driver that is killed leaves the browser's profile behind, cookies included.
    """
    before = os.environ.get(_TEMPORARY)
    os.environ[_TEMPORARY] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(_TEMPORARY)
        if before is not None:
            os.environ[_TEMPORARY] = before


def _credentials(access: Access) -> HttpCredentials | None:
    if not access.user:
        return None
    return {"username": access.user, "password": access.password, "origin": access.origin}


def _certificates(access: Access) -> list[ClientCertificate] | None:
    shown = access.certificate
    if shown is None:
        return None
    files: ClientCertificate = {
        "origin": access.origin,
        "certPath": shown.file,
        "keyPath": shown.key,
    }
    return [{**files, "passphrase": shown.password} if shown.password else files]


class BrowserAgents:
    """Makes browser agents (port `UserAgents`).

    ``allowed_hosts``: the only hosts that may be contacted (declaration
    ``sut.allowed_hosts``). ``executable``: a browser to use instead of the one
    found. ``any_certificate``: take those that cannot be verified, too (declared,
    for staging). ``access``: what the web server itself asks for.
    ``locale``: language that the browser asks for.
    ``frame``: name of the frame that the site's screens are in, empty for none.
    ``timeout_seconds``: patience with the system under test. ``selectors``: the declared
    ones by which controls and texts are found.
    Whoever is next finds a page that was opened while the one before looked at theirs.
    The browser starts with the first agent; a browser or a driver that has died in between,
    or had to be ended by force, is started anew.
    """

    def __init__(
        self,
        allowed_hosts: Sequence[str],
        *,
        executable: Path | None = None,
        options: AgentOptions = BROWSER,
        any_certificate: bool = False,
        access: Access = NO_ACCESS,
        frame: str = "",
        locale: str = "ja-JP",
        timeout_seconds: float = 30.0,
        selectors: Sequence[str] = (),
    ) -> None:
        self._selectors = tuple(selectors)
        self._allowed_hosts = tuple(allowed_hosts)
        self._executable = executable
        self._options = options
        self._any_certificate = any_certificate
        self._access = access
        self._frame = frame
        self._locale = locale
        self._timeout_seconds = timeout_seconds
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._own = ExitStack()
        self._processes = Processes()
        self._spare: Page | None = None
        self._endings = Endings()
        self._preparing = False
        self._patience = Patience(self._processes, _PAUSES_IN_ONE * options.slow_mo_ms / 1000)

    @classmethod
    def declared(
        cls, declaration: Declaration, options: AgentOptions, access: Access = NO_ACCESS
    ) -> BrowserAgents:
        """Return the agents for a declared system."""
        return cls(
            declaration.sut.allowed_hosts,
            options=options,
            any_certificate=declaration.sut.accept_any_certificate,
            access=access,
            frame=declaration.sut.frame,
            locale=language_of(declaration.sut),
            timeout_seconds=declaration.sut.timeout_seconds,
            selectors=declaration.every_selector,
        )

    def _running(self) -> Browser:
        if not self._processes.driver_lives:
            self.close()
        if self._playwright is None:
            folder = self._own.enter_context(private_folder())
            with _temporary_files_in(folder):
                self._playwright = self._processes.starting_driver(_driver)
        if self._browser is None or not self._browser.is_connected():
            self._processes.end_browser()  # whatever is left of one that has died
            with self._patience.within(_LAUNCHING_SECONDS):
                self._browser = self._obtain(self._playwright.chromium)
            self._processes.note_browser()
        return self._browser

    def _obtain(self, chromium: BrowserType) -> Browser:
        if self._options.at:
            return connect(chromium, self._options.at)
        return launch(chromium, self._allowed_hosts, self._executable, options=self._options)

    def product(self) -> str:
        """Return the browser's name and version, for the head of a report."""
        browser = self._running()
        return f"{browser.browser_type.name} {browser.version}"

    def new(self) -> BrowserAgent:
        """Return a person's fresh browser: no cookies, the language asked for, Tokyo time.

        A browser or a driver that has died unnoticed, or does nothing any more, shows itself
        only now: a new one, then.
        """
        try:
            return self._fresh()
        except PlaywrightError:
            self._processes.end_driver()
            self.close()
        try:
            return self._fresh()
        except PlaywrightError as error:
            raise browser_gone("新しい画面を開く", first_line(error)) from error

    def _fresh(self) -> BrowserAgent:
        browser = self._running()
        with self._patience.within(_STARTING_SECONDS):
            return self._on(browser)

    def _on(self, browser: Browser) -> BrowserAgent:
        page = self._spare_page(browser) or self._open(browser)
        if not (self._options.trace or self._options.headed or self._options.slow_mo_ms):
            page.once("load", lambda _: self._prepare(browser))
        return BrowserAgent(
            page,
            allowed_hosts=self._allowed_hosts,
            timeout_seconds=self._timeout_seconds,
            frame=self._frame,
            selectors=self._selectors,
            patience=self._patience,
            endings=self._endings,
        )

    def _open(self, browser: Browser) -> Page:
        context = browser.new_context(
            locale=self._locale,
            timezone_id="Asia/Tokyo",
            ignore_https_errors=self._any_certificate,
            http_credentials=_credentials(self._access),
            client_certificates=_certificates(self._access),
            service_workers="block",  # what they answer is not the site's answer
            # One that we started has the wall in its flags.
            proxy=wall(self._allowed_hosts) if self._options.at else None,
        )
        context.add_init_script(f"({script('watch')})();")
        if self._options.trace:
            context.tracing.start(screenshots=True, snapshots=True)
        return context.new_page()

    def _prepare(self, browser: Browser) -> None:
        """Open the next person's page, while this one's is being looked at."""
        if self._preparing or self._spare is not None:
            return
        self._preparing = True
        try:
            self._spare = self._open(browser)
        except PlaywrightError as error:
            _LOG.debug("次の画面を用意できませんでした：%s", first_line(error))
        finally:
            self._preparing = False

    def _spare_page(self, browser: Browser) -> Page | None:
        """Return the page that was prepared, if there is one in this browser and it answers.

        Raises Playwright's error where it does not.
        """
        page, self._spare = self._spare, None
        if page is None or page.is_closed() or page.context.browser != browser:
            return None
        page.evaluate("0")
        return page

    def keep_traces(self, stem: Path | None) -> tuple[Path, ...]:
        """Write what every open page's person did since the last time, and record anew.

        Into ``stem``-1.zip and so on, one for each person, readable by their owner alone: they
        hold whatever was typed and shown, secrets too. None: forget it. Returns the files; one
        of a browser that has ended is not there.
        """
        contexts = self._browser.contexts if self._browser is not None else []
        kept: list[Path] = []
        for context in contexts if self._options.trace else ():
            file = stem and stem.with_name(f"{stem.name}-{len(kept) + 1}.zip")
            with suppress(PlaywrightError), self._patience.within(_TRACING_SECONDS):
                context.tracing.stop_chunk(path=file)
                if file is not None:
                    file.chmod(OWNER_ONLY)
                    kept.append(file)
                context.tracing.start_chunk()
        return tuple(kept)

    def close(self) -> None:
        """End the browser, by force where it does not end by itself. Idempotent."""
        self._spare, self._preparing = None, False
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        with suppress(PlaywrightError), self._patience.within(_ENDING_SECONDS):
            if browser is not None and browser.is_connected():
                browser.close()
        with suppress(PlaywrightError), self._patience.within(_ENDING_SECONDS):
            if playwright is not None:
                playwright.stop()
        self._processes.end_driver()
        self._own.close()
