"""The suite in real time, in fast motion: every scenario passes or says beforehand why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from fast_forward import carry_out

from otp_conformance.verdict.verdict import Verdict

MINUTES_WITH_STEPS = 60.0


def test_fresh_codes_wait_for_steps(tmp_path: Path) -> None:
    result, fast = carry_out(["features/10_otp/once_only.feature"], tmp_path)
    # A clock that goes on by itself cannot be set back, and says so.
    unable = {cost.plan.scenario_id for cost in fast.costs if cost.verdict is not Verdict.PASS}
    assert unable == {"TOK-03/7", "TOK-03/12", "TOK-03/14"}, fast.costs
    # Most use two codes of one token, of which the second has to be waited for.
    assert sum(cost.waits > 0 for cost in fast.costs) > len(fast.costs) / 2
    for cost in fast.costs:
        assert cost.waits <= 3
        # After a code of a step to come, the next unused one is a step further off.
        further = cost.plan.scenario_id == "TOK-03/16"
        assert cost.waited_seconds <= (cost.waits + further) * MINUTES_WITH_STEPS
    journal = result.journal
    codes = [code for s in journal.planned for code in journal.last(s).codes]
    assert codes
    assert not any(code.edge for code in codes)
    assert all(code.until_end_s > 5 for code in codes)


def test_dates_and_the_night_are_not_run_and_say_so(tmp_path: Path) -> None:
    paths = ["features/08_switching/software_to_hardware.feature"]
    _, fast = carry_out(paths, tmp_path)
    left = {c.plan.scenario_id: c.observed for c in fast.costs if c.verdict is Verdict.NOT_RUN}
    assert any(name.startswith("SWT-04/1.") for name in left)
    assert "SWT-05/1" in left
    assert all("adapters.clock" in reason for reason in left.values())
    others = {c.verdict for c in fast.costs} - {Verdict.NOT_RUN}
    assert others == {Verdict.PASS}, [c for c in fast.costs if c.verdict is Verdict.FAIL]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("overnight", [False, True])
def test_the_whole_suite(tmp_path: Path, *, overnight: bool) -> None:
    _, fast = carry_out([], tmp_path, overnight=overnight)
    judged = [c for c in fast.costs if c.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)]
    assert judged == []
    assert sum(c.verdict is Verdict.PASS for c in fast.costs) > len(fast.costs) * 0.8
