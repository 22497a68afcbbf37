"""Restarting the system under test, and waiting until it answers again."""

from __future__ import annotations

import time
from collections.abc import Callable

from otp_conformance.deployment.process import SutProcess
from otp_conformance.errors import RunError
from otp_conformance.verdict.outcome import EnvironmentTrouble

Restart = Callable[[], None]
"""Restarts the system, returns once it answers; raises `EnvironmentTrouble` if it never does."""

_LOOK_AGAIN_SECONDS = 0.5
_EXPECTED = "検査対象が再起動し、もう一度応答すること"
_HINT = "検査対象を手で再起動してみて、宣言の [adapters.restart] を確かめてください。"


def of_process(process: SutProcess) -> Restart:
    """Return what restarts a system that the run has started itself."""

    def restart() -> None:
        try:
            process.restart()
        except RunError as error:
            raise EnvironmentTrouble(
                expected=_EXPECTED, observed=error.text.ja, hint=_HINT
            ) from error

    return restart


def told(
    tell: Callable[[], object],
    look: Callable[[], object],
    *,
    settle_seconds: float,
    patience_seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Restart:
    """Return what restarts a system of somebody else's.

    ``tell`` has it restarted, by a declared command or call; ``look`` raises
    `EnvironmentTrouble` as long as it does not answer. ``settle_seconds``: how long it may
    still answer from before; ``patience_seconds``: how long it may take to answer again.
    """

    def restart() -> None:
        tell()
        sleep(settle_seconds)
        deadline = monotonic() + patience_seconds
        while True:
            try:
                look()
            except EnvironmentTrouble as trouble:
                if monotonic() >= deadline:
                    raise EnvironmentTrouble(
                        expected=f"{_EXPECTED}（{patience_seconds:g} 秒以内）",
                        observed=trouble.observed,
                        hint=_HINT,
                    ) from trouble
                sleep(_LOOK_AGAIN_SECONDS)
            else:
                return

    return restart
