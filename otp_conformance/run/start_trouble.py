"""What is said when a run could not start what it needs."""

from __future__ import annotations

import re

from otp_conformance.agent.trouble import BrowserMissing
from otp_conformance.declaration.secrets import SecretError
from otp_conformance.errors import RunError
from otp_conformance.journal.masking import Masker
from otp_conformance.language import Text
from otp_conformance.verdict.outcome import Outcome
from otp_conformance.verdict.verdict import Cause

NO_NAME = "—"
"""What a browser is called that has not told its name (yet)."""


def cause_of(trouble: Exception) -> Cause:
    """Return whose matter it is that the run could not start."""
    declared = isinstance(trouble, SecretError) or (
        isinstance(trouble, Outcome) and trouble.cause is Cause.DECLARATION
    )
    return Cause.DECLARATION if declared else Cause.ENVIRONMENT


def told(trouble: Exception, masker: Masker, *, browser: str, headed: bool) -> Text:
    """Return the trouble for both readers, without secrets.

    ``browser``: its product's name as far as known; ``headed``: with a window.
    """
    match trouble:
        case RunError():
            text = trouble.text
        case Outcome():
            text = _outcome(trouble, browser=browser, headed=headed)
        case _:
            text = Text(str(trouble), str(trouble))
    return Text(masker.mask(text.ja), masker.mask(text.en))


def _outcome(trouble: Outcome, *, browser: str, headed: bool) -> Text:
    """Return an outcome for both readers: its own sentences are Japanese."""
    ja = f"{trouble.observed}。{trouble.hint}" if trouble.hint else trouble.observed
    details = re.search(r"[（(]([ -~]+)[）)]", trouble.observed)
    why = f" ({details[1].strip()})" if details else ""
    if isinstance(trouble, BrowserMissing):
        package = "chromium" if headed else "chromium-headless-shell"
        en = (
            f"No browser was found{why}. On Debian: apt install {package}; "
            f"elsewhere: playwright install {package}."
        )
    elif browser == NO_NAME:
        en = f"The browser or its driver does not start{why}. Is there enough memory and disk?"
    elif trouble.cause is Cause.DECLARATION:
        en = f"The declaration does not describe the system under test: {ja}"
    else:
        en = f"The system under test could not be made ready: {ja}"
    return Text(ja, en)
