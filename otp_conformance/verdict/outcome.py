"""What a check can end in other than 合格, as exceptions that steps raise.

Anything else that escapes from a step is the suite's own fault (試験装置異常).
"""

from __future__ import annotations

from datetime import datetime

from otp_conformance.verdict.verdict import Cause, Verdict


class Outcome(Exception):  # noqa: N818 - an outcome is not always an error
    """Base of every judged end of a check.

    ``expected`` and ``observed`` are sentences for readers (Japanese first);
    ``hint`` is one next action, or empty.
    """

    verdict = Verdict.INCONCLUSIVE
    cause = Cause.SUITE

    def __init__(self, *, expected: str, observed: str, hint: str = "") -> None:
        self.expected = expected
        self.observed = observed
        self.hint = hint
        super().__init__(f"期待: {expected} / 観測: {observed}")


class Nonconformity(Outcome):
    """不合格: the system under test does what a requirement forbids."""

    verdict = Verdict.FAIL
    cause = Cause.PRODUCT


class ControlFailed(Outcome):
    """判定不能: the control of a refusal did not succeed.

    The refusal was then not shown to happen for its own reason
    (architecture rule 5).
    """

    cause = Cause.PRODUCT


class SetupFailed(Outcome):
    """判定不能: a precondition could not be established on the product."""

    cause = Cause.PRODUCT


class DeclarationMismatch(Outcome):
    """判定不能: the declaration does not describe what is really there."""

    cause = Cause.DECLARATION


class EnvironmentTrouble(Outcome):
    """判定不能: the system could not be reached or did not answer properly."""

    cause = Cause.ENVIRONMENT


class NotApplicable(Outcome):
    """対象外: an optional feature that the declaration says is absent."""

    verdict = Verdict.NOT_APPLICABLE
    cause = Cause.DECLARATION


class NotRun(Outcome):
    """未実施: the run could not or was not asked to carry the check out."""

    verdict = Verdict.NOT_RUN
    cause = Cause.ENVIRONMENT


class NotYet(NotRun):
    """未実施: the check's moment lies further ahead than the run may wait.

    ``due``: the moment at the system under test, aware, from which on the check
    could go on.
    """

    def __init__(self, *, due: datetime, expected: str, observed: str, hint: str = "") -> None:
        super().__init__(expected=expected, observed=observed, hint=hint)
        self.due = due
