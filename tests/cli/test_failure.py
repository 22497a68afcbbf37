"""The card on the terminal: made of the journal's new lines, whoever writes them."""

from __future__ import annotations

from types import SimpleNamespace

from otp_conformance.cli.failure import Failures
from otp_conformance.journal.events import CustomerUsed, ScenarioFinished
from otp_conformance.journal.journal import JOURNAL_FILE
from otp_conformance.report.card import Maker
from otp_conformance.verdict.verdict import Cause, Verdict

AT = "2026-04-01T00:00:00+00:00"


def used(scenario_id: str, login_id: str, attempt: int = 0) -> str:
    event = CustomerUsed(
        at=AT,
        scenario_id=scenario_id,
        attempt=attempt,
        step_index=0,
        name="お客さま",
        login_id=login_id,
    )
    return event.model_dump_json() + "\n"


def ended(scenario_id: str, attempt: int = 0) -> ScenarioFinished:
    return ScenarioFinished(
        at=AT,
        scenario_id=scenario_id,
        attempt=attempt,
        verdict=Verdict.FAIL,
        cause=Cause.PRODUCT,
        expected="x",
        observed="y",
        duration_s=0,
    )


def plan(scenario_id: str) -> SimpleNamespace:
    return SimpleNamespace(scenario_id=scenario_id, requirements=[], steps=[])


def customers(failures: Failures, scenario_id: str, attempt: int = 0) -> str | None:
    rows = dict(failures.rows(plan(scenario_id), ended(scenario_id, attempt)))
    return rows.get("お客さま")


def test_lines_of_several_workers_are_kept_apart_and_a_torn_one_is_waited_for(tmp_path):
    journal = tmp_path / JOURNAL_FILE
    journal.write_text(used("LGN-01/1", "before"))
    failures = Failures(Maker({}, lambda _: "", None, ()))
    failures.begun(tmp_path)
    with journal.open("a") as file:
        file.write(used("LGN-01/1", "t1") + used("LGN-02/1", "t2") + used("LGN-01/1", "t3")[:20])
    assert customers(failures, "LGN-01/1") == "お客さま t1"
    with journal.open("a") as file:
        file.write(used("LGN-01/1", "t3")[20:])
    assert customers(failures, "LGN-01/1") == "お客さま t1\nお客さま t3"
    failures.forget("LGN-01/1")
    assert customers(failures, "LGN-01/1") is None
    assert customers(failures, "LGN-02/1") == "お客さま t2"


def test_another_attempt_is_another_story(tmp_path):
    failures = Failures(Maker({}, lambda _: "", None, ()))
    failures.begun(tmp_path)
    (tmp_path / JOURNAL_FILE).write_text(used("LGN-01/1", "t1") + used("LGN-01/1", "t2", 1))
    assert customers(failures, "LGN-01/1", attempt=1) == "お客さま t2"
    assert customers(failures, "LGN-01/1") == "お客さま t1"


def test_without_a_journal_there_is_still_a_card(tmp_path):
    failures = Failures(Maker({}, lambda _: "", None, ()))
    failures.forget("LGN-01/1")
    assert customers(failures, "LGN-01/1") is None
