"""From the verdicts of a run to its exit code: one small, tested table.

The same table for readers is docs/exit-codes.md; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum

from otp_conformance.verdict.verdict import Verdict


class ExitCode(IntEnum):
    """What a process that started the suite can read off the exit code."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    INCONCLUSIVE = 3
    SUITE_FAULT = 4
    EVIDENCE = 5
    INTERRUPTED = 130


def exit_code_for(
    verdicts: Collection[Verdict], *, suite_fault: bool = False, interrupted: bool = False
) -> ExitCode:
    """Return the exit code of a run whose scenarios ended in ``verdicts``.

    A suite fault comes before every verdict, because a reading of a broken
    instrument is not to be relied upon; 対象外 alone is not a defect, yet a
    run in which nothing was judged 合格 or 不合格 has shown nothing.
    """
    present = set(verdicts)
    if interrupted:
        return ExitCode.INTERRUPTED
    if suite_fault:
        return ExitCode.SUITE_FAULT
    if Verdict.FAIL in present:
        return ExitCode.FAIL
    if present & {Verdict.INCONCLUSIVE, Verdict.NOT_RUN}:
        return ExitCode.INCONCLUSIVE
    if Verdict.PASS in present:
        return ExitCode.PASS
    return ExitCode.INCONCLUSIVE
