"""What a scenario's record makes of everything that can happen in it."""

from datetime import UTC, datetime

import pytest

from otp_conformance.journal.case import Case
from otp_conformance.journal.ending import NO_CHECKS, NO_CONTROL
from otp_conformance.journal.evidence import EvidenceStore, Look
from otp_conformance.verdict.outcome import (
    ControlFailed,
    DeclarationMismatch,
    EnvironmentTrouble,
    Nonconformity,
    NotApplicable,
    NotRun,
    SetupFailed,
)
from otp_conformance.verdict.verdict import Cause, Verdict

TEXTS = {"expected": "期待する", "observed": "見えた"}
SUT_TIME = datetime(2012, 2, 22, 10, 0, tzinfo=UTC)


def new_case(run, **more):
    options = {
        "requirements": ["LGN-04", "LGN-06"],
        "journal": run.writer,
        "evidence": EvidenceStore(run.folder, run.writer),
        "sut_time": lambda: SUT_TIME,
        "look": lambda: Look("http://127.0.0.1/login", 200, b"\x89PNG picture"),
    }
    return Case("s1", **(options | more))


@pytest.fixture
def case(run):
    case = new_case(run)
    case.start()
    case.enter_step(1, "ならば ログインできない")
    return case


def checks(run):
    return run.read().last("s1").checks


def test_a_fact_that_holds_passes(run, case):
    case.confirm("画面", True, **TEXTS)
    end = case.finish(None, during_setup=False)
    assert (end.verdict, end.cause, end.suite_fault) == (Verdict.PASS, None, False)
    (check,) = checks(run)
    assert check.verdict is Verdict.PASS
    assert check.requirements == ["LGN-04", "LGN-06"]
    assert check.step_index == 1
    assert check.sut_time == SUT_TIME.isoformat()


def test_a_fact_that_does_not_hold_fails_with_a_picture(run, case):
    with pytest.raises(Nonconformity) as caught:
        case.confirm("画面", False, requirements=["LGN-06"], **TEXTS)
    end = case.finish(caught.value, during_setup=False)
    assert (end.verdict, end.cause) == (Verdict.FAIL, Cause.PRODUCT)
    assert (end.expected, end.observed) == ("期待する", "見えた")
    assert end.failing_step == "ならば ログインできない"
    (check,) = checks(run)
    assert (check.verdict, check.cause) == (Verdict.FAIL, Cause.PRODUCT)
    assert check.requirements == ["LGN-06"]
    (evidence,) = run.read().last("s1").evidence
    assert check.evidence == [evidence.evidence_id]
    assert (run.folder / evidence.file).read_bytes() == b"\x89PNG picture"


def test_a_refusal_counts_once_its_control_has_succeeded(run, case):
    case.refused("拒否", True, requirements=["LGN-06"], **TEXTS)
    assert checks(run) == []
    case.control("対照", True, **TEXTS)
    assert [(c.role, c.verdict) for c in checks(run)] == [
        ("refusal", Verdict.PASS),
        ("control", Verdict.PASS),
    ]
    assert checks(run)[0].requirements == ["LGN-06"]
    assert case.finish(None, during_setup=False).verdict is Verdict.PASS


def test_one_control_settles_all_refusals_before_it_and_none_after(run, case):
    case.refused("拒否1", True, **TEXTS)
    case.refused("拒否2", True, **TEXTS)
    case.control("対照", True, **TEXTS)
    case.refused("拒否3", True, **TEXTS)
    end = case.finish(None, during_setup=False)
    assert (end.verdict, end.cause, end.observed) == (
        Verdict.INCONCLUSIVE,
        Cause.SUITE,
        NO_CONTROL,
    )
    assert not end.suite_fault
    found = {c.name: c.verdict for c in checks(run)}
    assert found == {
        "拒否1": Verdict.PASS,
        "拒否2": Verdict.PASS,
        "対照": Verdict.PASS,
        "拒否3": Verdict.INCONCLUSIVE,
    }


def test_an_accepted_request_that_had_to_be_refused_fails_at_once(run, case):
    with pytest.raises(Nonconformity) as caught:
        case.refused("拒否", False, **TEXTS)
    assert [c.verdict for c in checks(run)] == [Verdict.FAIL]
    assert case.finish(caught.value, during_setup=False).verdict is Verdict.FAIL


def test_a_failed_control_leaves_the_refusal_unproven(run, case):
    case.refused("拒否", True, **TEXTS)
    with pytest.raises(ControlFailed) as caught:
        case.control("対照", False, expected="受け付けられる", observed="拒否された")
    end = case.finish(caught.value, during_setup=False)
    assert (end.verdict, end.cause) == (Verdict.INCONCLUSIVE, Cause.PRODUCT)
    assert end.observed == "拒否された"
    assert {c.role: c.verdict for c in checks(run)} == {
        "control": Verdict.INCONCLUSIVE,
        "refusal": Verdict.INCONCLUSIVE,
    }
    assert all(c.cause is Cause.PRODUCT for c in checks(run))


def test_a_scenario_that_checks_nothing_is_not_a_pass(case):
    end = case.finish(None, during_setup=False)
    assert (end.verdict, end.cause, end.observed) == (Verdict.INCONCLUSIVE, Cause.SUITE, NO_CHECKS)


@pytest.mark.parametrize("act", ["control", "setup fact", "note"])
def test_what_is_not_a_check_of_the_scenario_does_not_count_as_one(case, act):
    if act == "control":
        case.control("対照", True, **TEXTS)
    elif act == "note":
        case.note("記録")
    else:
        case.enter_step(0, "前提", setup=True)
        case.confirm("前提の画面", True, **TEXTS)
        case.enter_step(1, "ならば")
    assert case.finish(None, during_setup=False).observed == NO_CHECKS


def test_a_precondition_that_cannot_be_established_is_no_nonconformity(run, case):
    case.enter_step(0, "前提 お客さまがいる", setup=True)
    with pytest.raises(Nonconformity) as caught:
        case.confirm("画面", False, **TEXTS)
    end = case.finish(caught.value, during_setup=True)
    assert (end.verdict, end.cause) == (Verdict.INCONCLUSIVE, Cause.PRODUCT)
    assert "前提" in end.observed
    assert [c.verdict for c in checks(run)] == [Verdict.INCONCLUSIVE]


@pytest.mark.parametrize(
    ("error", "during_setup", "verdict", "cause", "suite_fault"),
    [
        (Nonconformity(**TEXTS), False, Verdict.FAIL, Cause.PRODUCT, False),
        (Nonconformity(**TEXTS), True, Verdict.INCONCLUSIVE, Cause.PRODUCT, False),
        (ControlFailed(**TEXTS), False, Verdict.INCONCLUSIVE, Cause.PRODUCT, False),
        (SetupFailed(**TEXTS), True, Verdict.INCONCLUSIVE, Cause.PRODUCT, False),
        (DeclarationMismatch(**TEXTS), False, Verdict.INCONCLUSIVE, Cause.DECLARATION, False),
        (EnvironmentTrouble(**TEXTS), True, Verdict.INCONCLUSIVE, Cause.ENVIRONMENT, False),
        (NotApplicable(**TEXTS), False, Verdict.NOT_APPLICABLE, Cause.DECLARATION, False),
        (NotRun(**TEXTS), False, Verdict.NOT_RUN, Cause.ENVIRONMENT, False),
        (KeyboardInterrupt(), False, Verdict.NOT_RUN, Cause.ENVIRONMENT, False),
        (AssertionError("x"), False, Verdict.INCONCLUSIVE, Cause.SUITE, True),
        (ZeroDivisionError("x"), True, Verdict.INCONCLUSIVE, Cause.SUITE, True),
        (SystemExit(1), False, Verdict.INCONCLUSIVE, Cause.SUITE, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_what_escapes_decides(case, error, during_setup, verdict, cause, suite_fault):
    end = case.finish(error, during_setup=during_setup)
    assert (end.verdict, end.cause, end.suite_fault) == (verdict, cause, suite_fault)
    assert end.expected
    assert end.observed


def test_a_failure_seen_is_not_forgotten_by_whatever_comes_after(case):
    with pytest.raises(Nonconformity):
        case.confirm("画面", False, **TEXTS)
    end = case.finish(EnvironmentTrouble(expected="応答", observed="なし"), during_setup=False)
    assert (end.verdict, end.cause) == (Verdict.FAIL, Cause.PRODUCT)


def test_a_swallowed_failure_still_fails_the_scenario(case):
    with pytest.raises(Nonconformity):
        case.confirm("画面", False, **TEXTS)
    assert case.finish(None, during_setup=False).verdict is Verdict.FAIL


def test_a_lonely_refusal_is_worse_than_not_applicable(case):
    case.refused("拒否", True, **TEXTS)
    end = case.finish(NotApplicable(**TEXTS), during_setup=False)
    assert end.verdict is Verdict.INCONCLUSIVE


def test_trouble_with_the_picture_does_not_hide_the_verdict(run):
    def broken():
        raise RuntimeError("browser is gone")

    case = new_case(run, look=broken)
    case.start()
    with pytest.raises(Nonconformity) as caught:
        case.confirm("画面", False, **TEXTS)
    assert case.finish(caught.value, during_setup=False).verdict is Verdict.FAIL
    (evidence,) = run.read().last("s1").evidence
    assert "RuntimeError" in evidence.label
    assert evidence.file == ""


def test_an_unreadable_clock_is_left_out(run):
    def broken():
        raise EnvironmentTrouble(**TEXTS)

    case = new_case(run, sut_time=broken)
    case.start()
    case.confirm("画面", True, **TEXTS)
    assert checks(run)[0].sut_time is None


def test_where_no_page_is_open_nothing_is_kept(run):
    case = new_case(run, look=lambda: None)
    case.start()
    case.finish(ZeroDivisionError(), during_setup=True)
    assert run.read().last("s1").evidence == []


def test_what_finish_returns_holds_no_secret(run, case):
    run.masker.add("483920")
    end = case.finish(Nonconformity(expected="x", observed="483920 が通った"), during_setup=False)
    assert end.observed == "＊＊＊ が通った"
    assert "483920" not in run.path.read_text()


def test_the_duration_is_measured_from_the_start(run):
    ticks = iter([0.0, 10.0, 12.5])
    case = new_case(run, timer=lambda: next(ticks))
    case.start()
    case.confirm("画面", True, **TEXTS)
    assert case.finish(None, during_setup=False).duration_s == 2.5


def test_steps_are_journalled_where_they_were_entered(run, case):
    case.leave_step(
        keyword="ならば", text="できない", line=7, status="passed", duration_s=0.1, message=""
    )
    (step,) = run.read().last("s1").steps
    assert (step.index, step.line, step.status) == (1, 7, "passed")


# -- findings that are looked at before they count --------------------------

EDGE = EnvironmentTrouble(expected="期待する", observed="境目でした", hint="もう一度")


def excused(error):
    return EDGE if error.cause is Cause.PRODUCT else error


def test_a_finding_that_is_excused_is_inconclusive(run, case):
    case.question_with(excused)
    with pytest.raises(EnvironmentTrouble) as caught:
        case.confirm("画面", False, **TEXTS)
    end = case.finish(caught.value, during_setup=False)
    assert (end.verdict, end.cause, end.hint) == (
        Verdict.INCONCLUSIVE,
        Cause.ENVIRONMENT,
        "もう一度",
    )
    (check,) = checks(run)
    assert (check.verdict, check.cause) == (Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)
    assert check.observed == "境目でした"


def test_an_accepted_request_and_a_failed_control_are_looked_at_too(run, case):
    case.question_with(excused)
    for judge in (case.refused, case.control):
        with pytest.raises(EnvironmentTrouble):
            judge("拒否", False, **TEXTS)
    assert {check.cause for check in checks(run)} == {Cause.ENVIRONMENT}


def test_what_escapes_from_an_actor_is_looked_at(run, case):
    case.question_with(excused)
    end = case.finish(Nonconformity(**TEXTS), during_setup=False)
    assert (end.verdict, end.observed) == (Verdict.INCONCLUSIVE, "境目でした")


def test_a_finding_is_looked_at_once(run, case):
    asked = []
    case.question_with(lambda error: asked.append(error) or error)
    with pytest.raises(Nonconformity) as caught:
        case.confirm("画面", False, **TEXTS)
    assert case.finish(caught.value, during_setup=False).verdict is Verdict.FAIL
    assert asked == [caught.value]


def test_what_holds_is_not_looked_at(run, case):
    case.question_with(excused)
    case.confirm("画面", True, **TEXTS)
    assert case.finish(None, during_setup=False).verdict is Verdict.PASS


def test_a_sent_code_is_stamped_in_the_journal(run, case):
    case.code_sent(
        chosen_step=7,
        time_step=7,
        answered_step=8,
        since_start_s=55.5,
        until_end_s=4.5,
        edge=True,
    )
    (stamp,) = run.read().last("s1").codes
    assert (stamp.step_index, stamp.time_step, stamp.answered_step) == (1, 7, 8)
    assert (stamp.since_start_s, stamp.until_end_s, stamp.edge) == (55.5, 4.5, True)
