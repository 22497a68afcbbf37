"""The bank's mutants: the changed module is what runs, and nothing else is changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workshop.faults.runs import ROOT
from workshop.mutants.judge import Fate, Judged
from workshop.mutants.known import Known, traced
from workshop.mutants.plan import Mutant
from workshop.mutants.run import classed, score

OTP = ROOT / "reference_impl" / "domain" / "otp.py"


def served(what: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start the bank with arguments that it refuses at once."""
    command = [sys.executable, "-m", "workshop.mutants.serve", what, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_changed_module_runs_in_its_place(tmp_path: Path) -> None:
    changed = tmp_path / "otp.py"
    changed.write_text(
        OTP.read_text(encoding="utf-8") + "\nraise SystemExit('changed ' + __name__)\n", "utf-8"
    )
    ended = served(f"mutant=reference_impl.domain.otp={changed}", "--", "--port", "x")
    assert ended.stderr.strip() == "changed reference_impl.domain.otp"


def test_the_same_source_is_the_same_bank() -> None:
    plain = subprocess.run(
        [sys.executable, "-m", "reference_impl", "--port", "x"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    ended = served(f"mutant=reference_impl.domain.otp={OTP}", "--", "--port", "x")
    assert plain.returncode == ended.returncode == 2
    assert ended.stderr == plain.stderr


@pytest.mark.parametrize("what", ["", "mutant=one", "other=a=b"])
def test_what_is_asked_must_be_known(what: str) -> None:
    assert served(what, "--").returncode == 2


def test_a_line_is_judged_by_those_who_run_it_the_most_different_first() -> None:
    lines = {
        "a.py": {1: [""], 5: ["X-01/1", "X-01/2", "X-01/3"], 9: ["X-01/3"], 7: ["X-01/1"]},
        "b.py": {2: ["X-01/4"]},
    }
    known = Known({"X-01/1": 2.0, "X-01/2": 1.0, "X-01/3": 3.0, "X-01/4": 0.1}, lines)
    assert known.judges("a.py", 5) == ["X-01/1", "X-01/3", "X-01/2"]
    assert known.judges("a.py", 9) == ["X-01/3"]
    assert known.judges("a.py", 1) == known.judges("a.py", 5)  # runs when the bank starts
    assert known.judges("a.py", 6) == []
    assert known.judges("c.py", 5) == []


@pytest.mark.bank
def test_what_ran_before_the_bank_was_started_again_is_known_too(tmp_path: Path) -> None:
    plain, restarts = "LGN-04/1", "LCK-05/3"
    seconds, lines = traced(tmp_path / "traced", [plain, restarts])
    assert seconds.keys() == {plain, restarts}
    login = lines["reference_impl/service/login.py"]
    assert {plain, restarts} <= {name for names in login.values() for name in names}


def test_the_score_leaves_out_what_is_no_bank_or_was_classed_as_outside() -> None:
    module, code, changed = next(key for key, kind in classed().items() if kind == "outside")

    def judged(fate: Fate, code: str) -> Judged:
        return Judged(Mutant("domain", module, "operator", 0, 1, code, changed), fate)

    fates = [Fate.KILLED, Fate.DEAD, Fate.SURVIVED]
    found = score([judged(each, "unknown") for each in fates], ["domain"], 40, 3)
    assert (found.judged, found.left_out, found.killed, found.counted) == (3, 1, 1, 2)
    known = score([judged(Fate.SURVIVED, code)], ["domain"], 40, 3)
    assert (known.left_out, known.counted) == (1, 0)
    assert score([judged(Fate.KILLED, code)], ["domain"], 40, 3).left_out == 0
