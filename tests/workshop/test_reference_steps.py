"""The reference bank's own run, as the suite ships it, goes with the scenarios as they are."""

from __future__ import annotations

import pytest
import small

from otp_conformance.cli import bundle
from otp_conformance.errors import SuiteFaultError
from otp_conformance.report.reference import NOTE, Known, Reference, load
from otp_conformance.resources import bundle_root
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.scenarios import plan_features
from workshop import reference


def test_every_scenario_has_its_reference_with_as_many_steps() -> None:
    known = bundle.reference()
    assert known is not None
    manual = bundled()
    steps = {
        scenario.scenario_id: len(scenario.steps)
        for each in (manual, *bundle.sets_beyond(manual))
        for feature in plan_features(bundle_root(), each)
        for scenario in feature.scenarios
    }
    assert list(steps) == reference.scenario_ids()
    told = {name: len(each.steps) for name, each in known.scenarios.items()}
    wrong = {name for name in steps if told.get(name, steps[name]) != steps[name]}
    missing = set(steps) - set(told) - set(known.without)
    gone = (set(told) | set(known.without)) - set(steps)
    assert not (wrong | missing | gone), f"run these, then: {NOTE}"


def test_every_screen_has_its_name() -> None:
    known = bundle.reference()
    assert known is not None
    met = {screen for each in known.scenarios.values() for screen, _ in each.steps if screen}
    assert met <= set(known.screens)
    assert known.screens["portal"] == "申請内容選択の画面"


def test_the_command_takes_a_run_in_and_keeps_the_rest(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(reference, "FILE", tmp_path / "steps.json")
    monkeypatch.setattr(reference, "scenario_ids", lambda: ["LGN-06/1", "OLD-01/1"])
    before = Reference(screens={}, sets=(), scenarios={"OLD-01/1": Known(steps=(("top", ()),))})
    reference.FILE.write_text(reference.dump(before), encoding="utf-8")
    journal = small.journal(
        tmp_path / "run", ([small.checked("pass", "LGN-06")], small.ended("pass"))
    )
    (scenario_id,) = journal.planned
    monkeypatch.setattr(reference, "scenario_ids", lambda: [scenario_id, "OLD-01/1", "NEW-01/1"])
    assert reference.main([str(tmp_path / "run")]) == 1
    assert "NEW-01/1" in capsys.readouterr().out
    found = load(reference.FILE)
    assert found is not None
    assert list(found.scenarios) == [scenario_id, "OLD-01/1"]


def test_without_a_run_it_tells_how_it_is_used(capsys) -> None:
    assert reference.main([]) == 2
    assert "python -m workshop.reference" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_is_a_fault_of_the_suite(tmp_path) -> None:
    assert load(tmp_path / "none.json") is None
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(SuiteFaultError, match="workshop"):
        load(tmp_path / "broken.json")
