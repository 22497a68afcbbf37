"""What ends a scenario: from whatever escaped to a verdict, its cause and its texts."""

from __future__ import annotations

from dataclasses import dataclass

from otp_conformance.errors import is_full
from otp_conformance.verdict.outcome import Nonconformity, NotYet, Outcome
from otp_conformance.verdict.verdict import Cause, Verdict

NO_CONTROL = "拒否の対照がありません"
NO_CHECKS = "確認が一つも行われませんでした"


@dataclass(frozen=True)
class End:
    """A candidate for the scenario's end; the worst one wins, the first of equals."""

    verdict: Verdict
    cause: Cause | None = None
    expected: str = ""
    observed: str = ""
    hint: str = ""
    suite_fault: bool = False
    cut_short: bool = False
    due: str | None = None


def end_of(error: BaseException | None, *, during_setup: bool) -> End:
    """Translate what escaped from the scenario."""
    match error:
        case None:
            return End(Verdict.PASS)
        case Nonconformity() if during_setup:
            return End(
                Verdict.INCONCLUSIVE,
                Cause.PRODUCT,
                error.expected,
                f"前提を整えられませんでした: {error.observed}",
                error.hint,
            )
        case NotYet():
            return End(
                error.verdict,
                error.cause,
                error.expected,
                error.observed,
                error.hint,
                due=error.due.isoformat(),
            )
        case Outcome():
            return End(error.verdict, error.cause, error.expected, error.observed, error.hint)
        case KeyboardInterrupt():
            return End(
                Verdict.NOT_RUN,
                Cause.ENVIRONMENT,
                "シナリオが最後まで実施されること",
                "実行が中断されました",
                "もう一度実行してください",
                cut_short=True,
            )
        case OSError() if is_full(error):
            return End(
                Verdict.INCONCLUSIVE,
                Cause.ENVIRONMENT,
                "試験に使うファイルを書けること",
                f"空き容量がありません{_where(error)}",
                "空き容量を作ってから、もう一度実行してください",
            )
        case _:
            return End(
                Verdict.INCONCLUSIVE,
                Cause.SUITE,
                "スイートが誤りなく動くこと",
                f"試験装置異常: {type(error).__name__}: {error}",
                "この結果は製品の合否を示しません。スイートの不具合として報告してください",
                suite_fault=True,
            )


def _where(error: OSError) -> str:
    return f"（{error.filename}）" if error.filename else ""
