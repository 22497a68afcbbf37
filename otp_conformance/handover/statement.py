"""The in-toto Statement of a run: what was tested with what, and which tests passed.

https://in-toto.io/Statement/v1 with https://in-toto.io/attestation/test-result/v0.1.
"""

from __future__ import annotations

import json
from typing import Any

from otp_conformance.report.results import RunResults
from otp_conformance.verdict.verdict import Verdict

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"

_RESULT = {Verdict.PASS: "PASSED", Verdict.FAIL: "FAILED"}
_TESTS = {
    Verdict.PASS: "passedTests",
    Verdict.FAIL: "failedTests",
    Verdict.INCONCLUSIVE: "warnedTests",
    Verdict.NOT_RUN: "warnedTests",
}
"""The list that a scenario stands in; one that does not apply (対象外) stands in none."""


def statement(run: RunResults, manifest_sha256: str) -> bytes:
    """Return the statement about a run (JSON, the same bytes every time).

    Its subject is the manifest, which names everything else by its digest. A run that was
    cut off never reads PASSED.
    """
    header = run.journal.header
    tests: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for scenario in run.scenarios:
        if place := _TESTS.get(scenario.verdict):
            tests[place].append(scenario.planned.scenario_id)
    declared = {"name": header.declaration_file, "digest": {"sha256": header.declaration_sha256}}
    return canonical(
        {
            "_type": STATEMENT,
            "subject": [{"name": "manifest.json", "digest": {"sha256": manifest_sha256}}],
            "predicateType": PREDICATE,
            "predicate": {
                "result": _result(run),
                "configuration": [declared],
                **tests,
            },
        }
    )


def canonical(value: Any) -> bytes:  # noqa: ANN401 - JSON is what it is
    """Return JSON of the same bytes for the same value, one line an entry for readers."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _result(run: RunResults) -> str:
    whole = not run.journal.cut_off
    return _RESULT.get(run.verdict, "WARNED") if whole or run.verdict is Verdict.FAIL else "WARNED"
