"""The committed sample journals are what the code writes today."""

import pytest
import sample_runs

from otp_conformance.verdict.verdict import Verdict


@pytest.mark.parametrize("kind", list(sample_runs.RUNS))
def test_samples_are_up_to_date(tmp_path, kind, journals):
    written = sample_runs.write(tmp_path, kind)
    committed = sample_runs.Path(__file__).parents[2] / "fixtures" / "journals" / kind
    assert written.read_bytes() == (committed / written.name).read_bytes()
    files = {p.relative_to(tmp_path) for p in tmp_path.rglob("*.png")}
    assert files == {p.relative_to(committed) for p in committed.rglob("*.png")}


def test_samples_hold_every_verdict_and_no_secret(journals):
    seen = {journal.outcome(s).verdict for journal in journals.values() for s in journal.planned}
    assert seen == set(Verdict)
    folder = sample_runs.Path(__file__).parents[2] / "fixtures" / "journals"
    texts = "".join(path.read_text() for path in folder.rglob("*.ndjson"))
    assert sample_runs.CODE not in texts
    assert sample_runs.PASSWORD not in texts
