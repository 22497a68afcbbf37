"""One-way verdict arithmetic (ISO/IEC 9646 words; TTCN-3 overwriting rule)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """Verdict of a check, a scenario or a requirement.

    The members are written in the order of severity: a later one overwrites
    an earlier one and never the reverse.
    """

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not_applicable"
    NOT_RUN = "not_run"
    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"

    @property
    def severity(self) -> int:
        """Rank in the one-way order; 0 is the best."""
        return list(Verdict).index(self)

    @property
    def ja(self) -> str:
        """The glossary's Japanese word."""
        return _JA[self]

    @property
    def en(self) -> str:
        """The English word, as readers see it."""
        return self.value.replace("_", " ")


_JA = {
    Verdict.PASS: "合格",
    Verdict.NOT_APPLICABLE: "対象外",
    Verdict.NOT_RUN: "未実施",
    Verdict.INCONCLUSIVE: "判定不能",
    Verdict.FAIL: "不合格",
}


def worse(a: Verdict, b: Verdict) -> Verdict:
    """Return the more severe of two verdicts."""
    return a if a.severity >= b.severity else b


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the most severe verdict; nothing at all is 未実施, never 合格."""
    result: Verdict | None = None
    for verdict in verdicts:
        result = verdict if result is None else worse(result, verdict)
    return Verdict.NOT_RUN if result is None else result


class Cause(StrEnum):
    """Whose matter a non-pass is; every non-pass carries one."""

    PRODUCT = "product"
    DECLARATION = "declaration"
    ENVIRONMENT = "environment"
    SUITE = "suite"

    @property
    def ja(self) -> str:
        """The word shown to readers."""
        return {
            Cause.PRODUCT: "製品",
            Cause.DECLARATION: "宣言・設定",
            Cause.ENVIRONMENT: "試験環境",
            Cause.SUITE: "スイート",
        }[self]

    @property
    def en(self) -> str:
        """The word shown to readers of English."""
        return {
            Cause.PRODUCT: "product",
            Cause.DECLARATION: "declaration or settings",
            Cause.ENVIRONMENT: "test environment",
            Cause.SUITE: "suite",
        }[self]
