"""A bank that refuses for another reason than the one under test passes no refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.cli import bundle
from otp_conformance.journal.events import Check
from otp_conformance.report.results import results
from otp_conformance.run.request import RunResult
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.verdict import Cause, Verdict
from workshop.faults.runs import ALL, carry_out
from workshop.refusals.banks import REFUSERS, Refuser
from workshop.variants.start import write_declaration

#: What each bank refuses always, as the checks of refusals are named.
REFUSED = {
    "every-login": ("ログインが拒否される", "ワンタイムパスワードなしのログインが拒否される"),
    "every-issue": ("発行の申請が拒否される",),
    "every-activation": ("利用開始登録が拒否される",),
    "every-deactivation": ("利用解除が拒否される",),
    "csrf-always-fails": (
        "ログインが拒否される",
        "発行の申請が拒否される",
        "利用開始登録が拒否される",
        "利用解除が拒否される",
    ),
    "session-lost": (
        "発行の申請が拒否される",
        "利用開始登録が拒否される",
        "利用解除が拒否される",
    ),
}
EVERY = [pytest.param(refuser, id=name) for name, refuser in REFUSERS.items()]


def _run(refuser: Refuser, folder: Path, selection: Selection) -> RunResult:
    declaration = write_declaration(folder, "workshop.refusals.serve", refuser.name)
    return carry_out(declaration, folder / "reports", selection=selection)


def _checks(result: RunResult) -> list[Check]:
    journal = result.journal
    return [check for i in journal.planned for check in journal.last(i).checks]


def _believed(refuser: Refuser, result: RunResult) -> list[str]:
    """Return the refusals of what is always refused that were believed."""
    names = REFUSED[refuser.name]
    return [
        f"{check.scenario_id}: {check.name}"
        for check in _checks(result)
        if check.role == "refusal" and check.verdict is Verdict.PASS and check.name in names
    ]


@pytest.mark.parametrize("refuser", EVERY)
def test_no_requirement_of_a_refusal_passes(refuser: Refuser, tmp_path: Path) -> None:
    result = _run(refuser, tmp_path, Selection(requirements=refuser.concerned))
    assert _believed(refuser, result) == []
    known = results(result.journal, bundle.catalogue()).requirements
    verdicts = {r.requirement.id: r.verdict for r in known if r.contributions}
    assert {verdicts[rid] for rid in refuser.concerned} <= {Verdict.INCONCLUSIVE, Verdict.FAIL}
    assert not any(result.journal.outcome(i).suite_fault for i in result.journal.planned)


@pytest.mark.parametrize(
    "name", ["every-login", "every-issue", "every-activation", "every-deactivation"]
)
def test_it_is_the_control_that_tells(name: str, tmp_path: Path) -> None:
    refuser = REFUSERS[name]
    wanted = {"every-login": "TOK-06"}.get(name, refuser.concerned[0])
    result = _run(refuser, tmp_path, Selection(requirements=(wanted,)))
    failed = [c for c in _checks(result) if c.role == "control" and c.verdict is not Verdict.PASS]
    assert failed
    assert {(c.verdict, c.cause) for c in failed} == {(Verdict.INCONCLUSIVE, Cause.PRODUCT)}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("refuser", EVERY)
def test_no_refusal_is_believed_in_the_whole_suite(refuser: Refuser, tmp_path: Path) -> None:
    assert _believed(refuser, _run(refuser, tmp_path, ALL)) == []
