"""What a mutated harness got away with: defaults, first of equals, borders, closing.

Each test was written for a mutant that all other tests let pass (docs/mutation.md).
"""

import pytest

from otp_conformance.journal.case import Case
from otp_conformance.journal.events import Check, ScenarioFinished, ScenarioStarted
from otp_conformance.journal.evidence import EvidenceStore
from otp_conformance.verdict.outcome import EnvironmentTrouble, Nonconformity, NotApplicable, NotRun
from otp_conformance.verdict.verdict import Cause, Verdict

AT = "2026-04-01T00:00:00+00:00"
TEXTS = {"expected": "期待する", "observed": "見えた"}


# -- the scenario's end -------------------------------------------------------


def test_what_escapes_leaves_a_picture_of_the_end(run, case):
    case.finish(EnvironmentTrouble(**TEXTS), during_setup=False)
    (evidence,) = run.read().last("s1").evidence
    assert evidence.label == "シナリオが終わったときの画面"


def test_a_failure_that_has_its_picture_gets_no_second_one(run, case):
    with pytest.raises(Nonconformity) as caught:
        case.confirm("画面", False, **TEXTS)
    case.finish(caught.value, during_setup=False)
    assert len(run.read().last("s1").evidence) == 1


@pytest.mark.parametrize("error", [None, NotApplicable(**TEXTS)])
def test_an_end_without_trouble_needs_no_picture(run, case, error):
    case.confirm("画面", True, **TEXTS)
    case.finish(error, during_setup=False)
    assert run.read().last("s1").evidence == []


def test_of_two_failures_the_first_is_told(case):
    for observed in ("はじめ", "あと"):
        with pytest.raises(Nonconformity):
            case.confirm("画面", False, expected="期待する", observed=observed)
    assert case.finish(None, during_setup=False).observed == "はじめ"


def test_of_two_lonely_refusals_the_first_is_told(case):
    for expected in ("はじめ", "あと"):
        case.refused("拒否", True, expected=expected, observed="拒否された")
    assert case.finish(None, during_setup=False).expected == "はじめ"


def test_before_the_first_step_nothing_is_a_precondition(run):
    case = Case(
        "s1",
        requirements=["LGN-04"],
        journal=run.writer,
        evidence=EvidenceStore(run.folder, run.writer),
    )
    with pytest.raises(Nonconformity):
        case.confirm("画面", False, **TEXTS)
    end = case.finish(None, during_setup=False)
    assert (end.verdict, end.suite_fault) == (Verdict.FAIL, False)


def test_the_failing_step_is_none_where_nothing_failed(case):
    case.confirm("画面", True, **TEXTS)
    assert case.finish(None, during_setup=False).failing_step == ""


def test_ctrl_c_cuts_the_scenario_short(case):
    end = case.finish(KeyboardInterrupt(), during_setup=False)
    assert (end.verdict, end.cut_short) == (Verdict.NOT_RUN, True)
    assert end.observed == "実行が中断されました"


def test_a_refusal_whose_control_was_cut_off_is_nobodys_fault(run, case):
    case.refused("拒否", True, **TEXTS)
    end = case.finish(KeyboardInterrupt(), during_setup=False)
    assert (end.verdict, end.cause, end.cut_short) == (Verdict.NOT_RUN, Cause.ENVIRONMENT, True)


def test_a_refusal_whose_control_cannot_be_had_is_not_run(case):
    """The reason is what lacks for the control, and no fault of the suite."""
    case.refused("拒否", True, **TEXTS)
    lacking = NotRun(expected="別のお客さまがいること", observed="いません", hint="用意する")
    end = case.finish(lacking, during_setup=False)
    assert (end.verdict, end.observed, end.suite_fault) == (Verdict.NOT_RUN, "いません", False)


def test_what_is_no_interrupt_does_not_cut_short(case):
    assert not case.finish(NotApplicable(**TEXTS), during_setup=False).cut_short


# -- attempts -----------------------------------------------------------------


def attempt(run, number, verdict, instead_of=None):
    cause = None if verdict is Verdict.PASS else Cause.ENVIRONMENT
    run.writer.write(
        ScenarioStarted(at=AT, scenario_id="s1", attempt=number, instead_of=instead_of)
    )
    run.writer.write(
        Check(
            at=AT,
            scenario_id="s1",
            attempt=number,
            step_index=0,
            name="確認",
            requirements=[],
            verdict=verdict,
        )
    )
    run.writer.write(
        ScenarioFinished(
            at=AT, scenario_id="s1", attempt=number, verdict=verdict, cause=cause, duration_s=1.0
        )
    )


def test_an_attempt_in_whose_place_another_came_is_counted_as_replaced(run):
    attempt(run, 0, Verdict.NOT_RUN)
    attempt(run, 1, Verdict.PASS, instead_of=0)
    found = run.read()
    assert found.counted("s1") == [1]
    assert found.replaced("s1") == 1
    assert not found.wavers("s1")
    assert found.outcome("s1").verdict is Verdict.PASS


def test_a_failure_is_not_replaced(run):
    attempt(run, 0, Verdict.FAIL)
    attempt(run, 1, Verdict.PASS, instead_of=0)
    found = run.read()
    assert found.counted("s1") == [0, 1]
    assert found.replaced("s1") == 0
    assert found.wavers("s1")
    assert found.decisive("s1") == 0


def test_of_equals_the_first_attempt_decides(run):
    attempt(run, 0, Verdict.INCONCLUSIVE)
    attempt(run, 1, Verdict.INCONCLUSIVE)
    assert run.read().decisive("s1") == 0


def test_only_what_began_is_wanted_as_often_as_the_run_repeats(run):
    run.writer.write(ScenarioStarted(at=AT, scenario_id="s1"))
    found = run.read()
    found.header = found.header.model_copy(update={"repeat": 3})
    assert list(found.numbers("s1")) == [0, 1, 2]
    assert list(found.numbers("s2")) == [0]


def test_what_never_ended_took_no_time(run):
    run.writer.write(ScenarioStarted(at=AT, scenario_id="s1"))
    run.writer.write(
        Check(
            at=AT,
            scenario_id="s1",
            step_index=0,
            name="確認",
            requirements=["LGN-04"],
            verdict=Verdict.FAIL,
            cause=Cause.PRODUCT,
        )
    )
    found = run.read()
    assert found.outcome("s1").verdict is Verdict.FAIL
    assert found.outcome("s1").duration_s == 0.0
    assert found.outcome("s2").duration_s == 0.0
