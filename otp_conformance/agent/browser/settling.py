"""When a page that changes without being loaded has come to rest.

Single-page clients answer a press by asking their server and rebuilding the
document. Such a page is at rest when no request of its scripts that began with
the action is under way and the document has stopped changing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.browser.traffic import Traffic

_TICK_MS = 10
# A document that a script has still to fill: nothing to read in it.
_EMPTY = "() => !document.body || !document.body.innerText.trim()"


def come_to_rest(
    page: Page, traffic: Traffic, evaluate: Callable[[str], object], patience_seconds: float
) -> None:
    """Wait until a page that works by script is at rest; others cost next to nothing.

    Raises Playwright's TimeoutError when an answer does not come in time.
    """
    if traffic.navigated and not traffic.scripted and not evaluate(_EMPTY):
        return
    end = time.monotonic() + patience_seconds
    while True:
        while traffic.busy:
            if time.monotonic() > end:
                raise PlaywrightTimeout("no answer to a script's request")
            page.wait_for_timeout(_TICK_MS)
        so_far = traffic.scripted
        evaluate(script("quiet"))
        page.wait_for_load_state()
        if not traffic.busy and traffic.scripted == so_far:
            return
