"""Makes fixtures/reference/steps.json anew: what the reference bank did, step by step.

    otp-conformance run                        # and one run for each set (--set NAME)
    python -m workshop.reference RUN...        # folders of finished runs of the reference bank

Scenarios of later runs replace those of earlier ones and those of the file; what is no
scenario any more goes. So a few new scenarios need a run of theirs alone. One that is 対象外
or 未実施 is written down as such; one that failed, or of which no run tells, is named.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from otp_conformance.cli import bundle
from otp_conformance.journal.journal import JOURNAL_FILE, Journal, read
from otp_conformance.report.reference import Known, Reference, known_of, load
from otp_conformance.resources import bundle_root, fixtures_dir
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.verdict.verdict import Verdict

FILE = fixtures_dir() / "reference" / "steps.json"


def scenario_ids() -> list[str]:
    """Return the ids of all scenarios, of the manual and of the sets beyond it."""
    manual = bundled()
    return [
        scenario.scenario_id
        for each in (manual, *bundle.sets_beyond(manual))
        for feature in plan_features(bundle_root(), each)
        for scenario in feature.scenarios
    ]


def of_run(journal: Journal) -> Iterator[tuple[str, Known | None]]:
    """Yield what the passed scenarios of a run did; None for what could not be carried out."""
    for scenario_id, planned in journal.planned.items():
        verdict = journal.outcome(scenario_id).verdict
        if verdict is Verdict.PASS:
            attempt = journal.attempt(scenario_id, journal.decisive(scenario_id))
            yield scenario_id, known_of(planned.steps, attempt)
        elif verdict in {Verdict.NOT_APPLICABLE, Verdict.NOT_RUN}:
            yield scenario_id, None


def dump(reference: Reference) -> str:
    """Return it as JSON text, one scenario a line."""
    rows = [
        f"  {json.dumps(name)}: {json.dumps(known.model_dump(mode='json'), ensure_ascii=False)}"
        for name, known in reference.scenarios.items()
    ]
    head = json.dumps(reference.model_dump(mode="json", exclude={"scenarios"}), ensure_ascii=False)
    joined = ",\n".join(rows)
    return f'{head[:-1]}, "scenarios": {{\n{joined}\n}}}}\n'


def main(folders: Sequence[str]) -> int:
    """Write the file; return 1 where a scenario has no reference, 2 without runs."""
    if not folders:
        print(__doc__)
        return 2
    before = load(FILE)
    found: dict[str, Known | None] = dict.fromkeys(before.without) if before else {}
    found |= dict(before.scenarios) if before else {}
    for folder in folders:
        for name, known in of_run(read(Path(folder) / JOURNAL_FILE)):
            found[name] = known or found.get(name)  # a browser sees what another run could not
    ids = scenario_ids()
    manual = bundled()
    screens = {
        screen.key: screen.words or manual.labels[screen.title_key][0]
        for screen in manual.screens.values()
    }
    kept = {name: known for name in ids if (known := found.get(name)) is not None}
    without = tuple(name for name in ids if name in found and name not in kept)
    FILE.parent.mkdir(exist_ok=True)
    sets = tuple(bundle.catalogue(each).id for each in (manual, *bundle.sets_beyond(manual)))
    written = Reference(screens=screens, sets=sets, without=without, scenarios=kept)
    FILE.write_text(dump(written), encoding="utf-8")
    missing = [name for name in ids if name not in found]
    print(f"{len(kept)} scenarios, {len(without)} not carried out: {FILE}")
    if missing:
        print(f"without reference: {', '.join(missing)}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
