"""Declared deviations: of known requirements, not past their day, and still there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import UsageError
from otp_conformance.journal.journal import Journal
from otp_conformance.language import Text, did_you_mean
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Verdict


def check_deviations(
    loaded: LoadedDeclaration, known_requirements: Collection[str], today: date
) -> None:
    """Raise `UsageError` for a deviation of no requirement, twice the same, or past its day."""
    seen: set[str] = set()
    for number, known in enumerate(loaded.declaration.known_deviations):
        where = f"{loaded.path}: known_deviations[{number}]"
        if known.requirement not in known_requirements:
            hint = did_you_mean(known.requirement, list(known_requirements))
            raise UsageError(
                f"{where}.requirement: 要件 {known.requirement} はありません。{hint.ja}",
                f"{where}.requirement: there is no requirement {known.requirement}.{hint.en}",
            )
        if known.requirement in seen:
            raise UsageError(
                f"{where}.requirement: {known.requirement} が二度書かれています。"
                "一つにしてください。",
                f"{where}.requirement: {known.requirement} is listed twice. Keep one.",
            )
        if known.until < today:
            raise UsageError(
                f"{where}.until: {known.requirement} の期日（{known.until}）を過ぎています。"
                "直っていれば項目を消し、まだなら理由と期日を改めてください。",
                f"{where}.until: {known.requirement} was to be reviewed by {known.until}. "
                "Remove it if it is mended, else renew reason and day.",
            )
        seen.add(known.requirement)


def _failing(journal: Journal, scenario_id: str) -> frozenset[str]:
    decisive = journal.attempt(scenario_id, journal.decisive(scenario_id))
    return frozenset(
        requirement
        for check in decisive.checks
        if check.verdict is Verdict.FAIL
        for requirement in check.requirements
    )


def stale(journal: Journal) -> tuple[str, ...]:
    """Return declared deviations that this run shows to be gone.

    That is: every planned scenario of the requirement passed, and there was one.
    """
    gone = []
    for known in journal.header.known_deviations:
        verdicts = [
            journal.outcome(scenario_id).verdict
            for scenario_id, planned in journal.planned.items()
            if known.requirement in planned.requirements
        ]
        if verdicts and all(verdict is Verdict.PASS for verdict in verdicts):
            gone.append(known.requirement)
    return tuple(gone)


def all_known(journal: Journal) -> bool:
    """Tell whether something failed, and nothing but what the declaration owns up to."""
    known = {deviation.requirement for deviation in journal.header.known_deviations}
    failing = [
        _failing(journal, scenario_id)
        for scenario_id in journal.planned
        if journal.outcome(scenario_id).verdict is Verdict.FAIL
    ]
    return bool(failing) and all(names and names <= known for names in failing)


def exit_code_beside(
    journal: Journal, code: ExitCode, *, allowed: bool
) -> tuple[ExitCode, Text | None]:
    """Return the exit code once declared deviations count, and what is to be said of them.

    ``allowed``: what the declaration owns up to is no failure to whoever asked.
    """
    if gone := stale(journal):
        names = "、".join(gone)
        told = Text(
            f"承知している相違のうち、なくなったもの: {names}。"
            "宣言の known_deviations から消してください。",
            f"Declared deviations that are gone: {names}. Remove them from known_deviations.",
        )
        return (ExitCode.USAGE if code is ExitCode.PASS or all_known(journal) else code), told
    if allowed and code is ExitCode.FAIL and all_known(journal):
        return ExitCode.PASS, Text(
            "不合格は、宣言にある承知している相違だけです（--allow-known-deviations）。",
            "Nothing failed but declared deviations (--allow-known-deviations).",
        )
    return code, None
