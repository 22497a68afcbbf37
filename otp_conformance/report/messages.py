"""Cucumber Messages (NDJSON) from the journal.

How our verdicts become Cucumber's statuses, and why, is written down in
docs/decisions/0005-messages-mapping.md. Identifiers are deterministic: the
same journal gives the same bytes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from otp_conformance.journal.events import Evidence, ScenarioFinished, ScenarioPlanned, StepFinished
from otp_conformance.journal.evidence import picture
from otp_conformance.journal.journal import Attempt, Journal
from otp_conformance.language import Text
from otp_conformance.report.envelopes import (
    Envelope,
    duration,
    earlier,
    log,
    plain,
    step_finished,
    step_started,
    timestamp,
)
from otp_conformance.report.gherkin_ast import ParsedSources, stable_id
from otp_conformance.report.words import check_text, outcome_text, stamps
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

PROTOCOL_VERSION = "34.2.0"

STATUS = {
    Verdict.PASS: "PASSED",
    Verdict.NOT_APPLICABLE: "SKIPPED",
    Verdict.NOT_RUN: "SKIPPED",
    Verdict.INCONCLUSIVE: "PENDING",
    Verdict.FAIL: "FAILED",
}
_STEP = {"passed": "PASSED", "skipped": "SKIPPED", "undefined": "UNDEFINED"}
_STEP |= {"ambiguous": "AMBIGUOUS", "pending": "PENDING"}

_HOOK = "判定"


def messages(journal: Journal, run_dir: Path, *, embed: bool = False) -> Iterator[Envelope]:
    """Yield the envelopes of a run.

    Pictures are attachments by the address of their file, which the official page
    shows and `ndjson` puts into today's form; ``embed`` puts them into the stream
    (base64). Raises `ReportError` when a planned scenario is in no source.
    """
    parsed = ParsedSources(journal)
    run = stable_id(f"run {journal.header.run_id}")
    hook = stable_id(f"hook {journal.header.run_id}")
    yield {"meta": _meta(journal)}
    for uri, source in journal.sources.items():
        yield {
            "source": {
                "uri": uri,
                "data": source.text,
                "mediaType": "text/x.cucumber.gherkin+plain",
            }
        }
        yield {"gherkinDocument": parsed.documents[uri]}
    pickles = {sid: parsed.pickle(planned) for sid, planned in journal.planned.items()}
    for pickle in pickles.values():
        yield {"pickle": pickle}
    yield {
        "hook": {
            "id": hook,
            "name": _HOOK,
            "type": "AFTER_TEST_CASE",
            "sourceReference": {"uri": "otp_conformance/journal/case.py"},
        }
    }
    yield {"testRunStarted": {"id": run, "timestamp": timestamp(journal.header.at)}}
    for scenario_id, planned in journal.planned.items():
        case = _Case(journal, planned, pickles[scenario_id], hook, run_dir, embed=embed)
        yield case.definition(run)
        yield from case.attempts()
    yield {"testRunFinished": _run_finished(journal, run)}


def ndjson(envelopes: Iterable[Envelope]) -> str:
    """Return envelopes as newline-delimited JSON."""
    told = (each for envelope in envelopes for each in _external(envelope))
    return "".join(
        visible(json.dumps(e, ensure_ascii=False, separators=(",", ":"))) + "\n" for e in told
    )


def _external(envelope: Envelope) -> Iterator[Envelope]:
    """Yield an attachment by address as an `externalAttachment`, which bears no name: a log does.

    Everything else comes as it is.
    """
    told = envelope.get("attachment", {})
    if "url" not in told:
        yield envelope
        return
    left_out = {"body", "contentEncoding", "fileName"}
    external = {key: value for key, value in told.items() if key not in left_out}
    place = {key: value for key, value in external.items() if key not in {"url", "mediaType"}}
    yield {"attachment": {**plain(told["fileName"]), **place}}
    yield {"externalAttachment": external}


class _Case:
    """The envelopes of one scenario."""

    def __init__(
        self,
        journal: Journal,
        planned: ScenarioPlanned,
        pickle: Envelope,
        hook: str,
        run_dir: Path,
        *,
        embed: bool,
    ) -> None:
        self._journal = journal
        self._planned = planned
        self._pickle = pickle
        self._hook = hook
        self._run_dir = run_dir
        self._embed = embed
        self._id = stable_id(f"case {planned.scenario_id}")
        self._found = journal.attempts.get(planned.scenario_id) or {0: Attempt()}
        # A plain pass needs no closing step: its steps tell everything.
        steps = range(len(pickle["steps"]))
        self._told_apart = any(
            journal.outcome(planned.scenario_id, number).verdict is not Verdict.PASS
            or any(index not in steps for index in _indexes(attempt))
            for number, attempt in self._found.items()
        )
        self._steps = [stable_id(f"{self._id} {n}") for n in range(len(pickle["steps"]))]
        self._verdict_step = stable_id(f"{self._id} verdict")

    def definition(self, run: str) -> Envelope:
        steps: list[Envelope] = [
            {"id": step_id, "pickleStepId": step["id"]}
            for step_id, step in zip(self._steps, self._pickle["steps"], strict=True)
        ]
        if self._told_apart:
            steps.append({"id": self._verdict_step, "hookId": self._hook})
        case = {"id": self._id, "pickleId": self._pickle["id"], "testRunStartedId": run}
        return {"testCase": {**case, "testSteps": steps}}

    def attempts(self) -> Iterator[Envelope]:
        scenario_id = self._planned.scenario_id
        # The page takes the one attempt that is not retried for the result: the worst.
        counted = self._journal.decisive(scenario_id)
        for number, attempt in sorted(self._found.items()):
            outcome = self._journal.outcome(scenario_id, number)
            yield from self._attempt(number, attempt, outcome, retried=number != counted)

    def _attempt(
        self, number: int, attempt: Attempt, outcome: ScenarioFinished, *, retried: bool
    ) -> Iterator[Envelope]:
        started = stable_id(f"{self._id} attempt {number}")
        begun = attempt.started.at if attempt.started else outcome.at
        yield {
            "testCaseStarted": {
                "id": started,
                "testCaseId": self._id,
                "attempt": number,
                "timestamp": timestamp(begun),
            }
        }
        done = {step.index: step for step in attempt.steps}
        at = begun
        untold = STATUS[outcome.verdict] == "SKIPPED"
        for index, step_id in enumerate(self._steps):
            step = done.get(index)
            result = _step_result(step, outcome)
            first = earlier(step.at, step.duration_s) if step else at
            at = step.at if step else at
            yield step_started(started, step_id, first)
            yield from self._attached(attempt, index, started, step_id, at)
            if untold and result["status"] == "SKIPPED":
                # The official page hides skipped hooks: tell the reason where it is seen.
                yield log(outcome_text(outcome), started, step_id, at)
                untold = False
            yield step_finished(started, step_id, at, result)
        if self._told_apart:
            yield from self._verdict(attempt, outcome, started)
        yield {
            "testCaseFinished": {
                "testCaseStartedId": started,
                "timestamp": timestamp(outcome.at),
                "willBeRetried": retried,
            }
        }

    def _verdict(
        self, attempt: Attempt, outcome: ScenarioFinished, started: str
    ) -> Iterator[Envelope]:
        """Yield the closing step that bears the verdict, and what no step bears."""
        yield step_started(started, self._verdict_step, outcome.at)
        if STATUS[outcome.verdict] == "PENDING":
            # The official page shows a pending step's message without line breaks.
            yield log(outcome_text(outcome), started, self._verdict_step, outcome.at)
        for index in sorted(_indexes(attempt)):
            if not 0 <= index < len(self._steps):
                yield from self._attached(attempt, index, started, self._verdict_step, outcome.at)
        result = {"status": STATUS[outcome.verdict], "duration": duration(0.0)}
        if outcome.verdict is not Verdict.PASS:
            result["message"] = outcome_text(outcome)
        yield step_finished(started, self._verdict_step, outcome.at, result)

    def _attached(
        self, attempt: Attempt, index: int, started: str, step_id: str, at: str
    ) -> Iterator[Envelope]:
        checks = [check for check in attempt.checks if check.step_index == index]
        if checks:
            yield log("\n".join(map(check_text, checks)), started, step_id, at)
        for when, text in stamps(attempt, lambda step: step == index):
            yield log(text, started, step_id, when)
        for evidence in attempt.evidence:
            if evidence.step_index == index:
                yield self._evidence(evidence, started, step_id)

    def _evidence(self, evidence: Evidence, started: str, step_id: str) -> Envelope:
        if not evidence.file:
            return log(evidence.label, started, step_id, evidence.at)
        place = {
            "testCaseStartedId": started,
            "testStepId": step_id,
            "mediaType": evidence.media_type,
            "timestamp": timestamp(evidence.at),
        }
        image = picture(self._run_dir, evidence)
        if isinstance(image, Text):
            return log(f"{evidence.label}: 証拠の{image.ja}", started, step_id, evidence.at)
        attachment = {"body": "", "contentEncoding": "IDENTITY", "url": quote(evidence.file)}
        if self._embed:
            body = base64.b64encode(image).decode()
            attachment = {"body": body, "contentEncoding": "BASE64"}
        return {"attachment": {**attachment, "fileName": evidence.label, **place}}


def _indexes(attempt: Attempt) -> set[int]:
    """Return the steps to which something is attached; -1 is before the first."""
    told = (attempt.checks, attempt.codes, attempt.reconnected, attempt.evidence)
    return {each.step_index for several in told for each in several}


def _step_result(step: StepFinished | None, outcome: ScenarioFinished) -> Envelope:
    if step is None:
        return {"status": "SKIPPED", "duration": duration(0.0)}
    if step.status == "failed":
        # A failed step in a passed scenario would be a contradiction: never show it green.
        passed = outcome.verdict is Verdict.PASS
        status = STATUS[Verdict.INCONCLUSIVE if passed else outcome.verdict]
    else:
        status = _STEP[step.status]
    result: Envelope = {"status": status, "duration": duration(step.duration_s)}
    if step.message:
        result["message"] = step.message
    return result


def _run_finished(journal: Journal, run: str) -> Envelope:
    verdict = journal.verdict()
    success = not journal.cut_off and verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE}
    finished = {
        "testRunStartedId": run,
        "timestamp": timestamp(journal.last_at),
        "success": success,
    }
    if journal.cut_off:
        finished["message"] = "実行は途中で終わりました。終わっていないシナリオは未実施です。"
    return finished


def _meta(journal: Journal) -> Envelope:
    header = journal.header
    return {
        "protocolVersion": PROTOCOL_VERSION,
        "implementation": {"name": "otp-conformance", "version": header.suite_version},
        "runtime": {
            "name": "CPython",
            "version": header.environment.get("python", "unknown"),
        },
        "os": {"name": header.environment.get("os", "unknown")},
        "cpu": {"name": header.environment.get("cpu", "unknown")},
    }
