"""What waits for the next day in real time: left alone for a night, and cut off in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fast_forward import Killed, carry_out, go_on

from otp_conformance.run.folder import find_run
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Verdict

FEATURE = "features/08_switching/handset_change.feature"
NEXT_DAY = "新しい端末で発行と利用開始をやり直すと、新しい端末のワンタイムパスワードだけが通用する"
HOUR = 3600.0


def test_a_run_left_alone_for_the_night_completes_it(tmp_path: Path) -> None:
    result, fast = carry_out([FEATURE], tmp_path, overnight=True)
    assert {cost.verdict for cost in fast.costs} == {Verdict.PASS}, fast.costs
    assert result.exit_code is ExitCode.PASS
    waited = {cost.plan.name: cost.waited_seconds for cost in fast.costs}
    # The reference begins at ten in the morning.
    assert 10 * HOUR < waited.pop(NEXT_DAY) < 24 * HOUR
    assert all(seconds < HOUR for seconds in waited.values())


def test_cut_off_in_the_night_it_goes_on_and_waits_for_the_next_one(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        carry_out([FEATURE], tmp_path, overnight=True, killed_after=6 * HOUR)
    before = find_run("latest", tmp_path / "reports").journal
    assert before.cut_off
    done = [i for i in before.planned if before.last(i).finished]
    assert len(done) == len(before.planned) - 1
    assert all(before.outcome(i).verdict is Verdict.PASS for i in done)

    result, fast = go_on(tmp_path)
    assert result.exit_code is ExitCode.PASS
    assert [cost.plan.name for cost in fast.costs] == [NEXT_DAY]
    assert fast.costs[0].waited_seconds > 10 * HOUR
    (anew,) = [i for i in result.journal.planned if i not in done]
    first, second = (result.journal.attempt(anew, n).finished for n in (0, 1))
    assert first is not None
    assert first.cut_short
    assert second is not None
    assert second.verdict is Verdict.PASS
    assert all(len(result.journal.attempts[i]) == 1 for i in done)


def test_without_it_the_night_is_not_run_and_going_on_changes_nothing(tmp_path: Path) -> None:
    result, _ = carry_out([FEATURE], tmp_path)
    assert result.exit_code is ExitCode.INCONCLUSIVE
    again, fast = go_on(tmp_path)
    assert fast.costs == []
    assert again.exit_code is ExitCode.INCONCLUSIVE
    left = [again.journal.outcome(i) for i in again.journal.planned]
    told = [end.observed for end in left if end.verdict is Verdict.NOT_RUN]
    assert len(told) == 1
    assert "wait_overnight" in told[0]
