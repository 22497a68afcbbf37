"""The record of the running scenario: what judgements report facts to.

Facts fall into the journal as they are judged, and `Case.finish` turns them
into the scenario's one verdict. Nothing here can raise a verdict again once
something worse was seen (one-way law).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Unpack

from otp_conformance.journal.ending import NO_CHECKS, NO_CONTROL, End, end_of
from otp_conformance.journal.events import Check, ScenarioFinished
from otp_conformance.journal.record import Record, RecordKeeping, rfc3339
from otp_conformance.verdict.outcome import ControlFailed, Nonconformity, Outcome
from otp_conformance.verdict.verdict import Cause, Verdict


@dataclass(frozen=True)
class _Refusal:
    """A refusal that was observed and waits for its control."""

    name: str
    step_index: int
    requirements: list[str]
    expected: str
    observed: str
    sut_time: str | None
    evidence: list[str]


class Case(Record):
    """What happens in one attempt at one scenario.

    ``requirements`` are those of the scenario's tags; a check that names none
    counts for all of them. What it writes down without judging is `Record`'s.
    The runner calls `start`, `enter_step`, `leave_step` and `finish`; steps and
    judgements call `confirm`, `refused`, `control`, `note` and `keep`.
    """

    def __init__(
        self, scenario_id: str, *, requirements: Sequence[str], **record: Unpack[RecordKeeping]
    ) -> None:
        super().__init__(scenario_id, **record)
        self.requirements = tuple(requirements)
        self._pending: list[_Refusal] = []
        self._counted = 0
        self._worst = End(Verdict.PASS)
        self._evidenced: BaseException | None = None
        self._question: Callable[[Outcome], Outcome] = lambda error: error
        #: What was judged so far, controls apart: the kind of check, and what it expected.
        self.expectations: list[tuple[str, str]] = []

    # -- for steps and judgements ---------------------------------------------

    def confirm(
        self,
        name: str,
        ok: bool,
        *,
        expected: str,
        observed: str,
        requirements: Sequence[str] | None = None,
    ) -> None:
        """Judge a fact. Raise `Nonconformity` when it does not hold.

        In a 前提 step nothing is tested yet: what does not hold there is
        journalled as 判定不能, and a fact that holds does not count as a check
        of the scenario (a scenario that checks nothing else is vacuous).
        ``requirements`` empty: all that it would verify is withdrawn from the
        manual, and nothing is judged.
        """
        required = self._required(requirements)
        if requirements is not None and not required:
            return
        self.expectations.append(("fact", expected))
        if ok:
            self._counted += not self.in_setup
            self._check(name, "fact", Verdict.PASS, required, expected, observed)
            return
        verdict = Verdict.INCONCLUSIVE if self.in_setup else Verdict.FAIL
        self._fail(
            name, "fact", verdict, required, Nonconformity(expected=expected, observed=observed)
        )

    def refused(
        self,
        name: str,
        ok: bool,
        *,
        expected: str,
        observed: str,
        requirements: Sequence[str] | None = None,
    ) -> None:
        """Judge the refusal of the tested request; ``ok``: it was refused.

        Raise `Nonconformity` when the request was accepted. A refusal counts
        only together with a `control` that succeeds after it: until then
        nothing is journalled but the picture.
        """
        required = self._required(requirements)
        self.expectations.append(("refusal", expected))
        if not ok:
            verdict = Verdict.INCONCLUSIVE if self.in_setup else Verdict.FAIL
            error = Nonconformity(expected=expected, observed=observed)
            self._fail(name, "refusal", verdict, required, error)
        self._counted += not self.in_setup
        refusal = _Refusal(
            name,
            self.step_index,
            required,
            expected,
            observed,
            rfc3339(self._read_clock()),
            self._seen(name),
        )
        self._pending.append(refusal)

    def control(
        self,
        name: str,
        ok: bool,
        *,
        expected: str,
        observed: str,
    ) -> None:
        """Judge the control of a refusal: the same request, only the tested property right.

        Raise `ControlFailed` when it does not succeed: the refusal was then
        not shown to happen for its own reason (architecture rule 5). A control
        alone does not count as a check.
        """
        required = list(self.requirements)
        if not ok:
            error = ControlFailed(expected=expected, observed=observed)
            self._fail(name, "control", Verdict.INCONCLUSIVE, required, error)
        self._settle(Verdict.PASS)
        self._check(name, "control", Verdict.PASS, required, expected, observed)

    def question_with(self, question: Callable[[Outcome], Outcome]) -> None:
        """Have every finding looked at before it counts.

        ``question`` returns it, or what it is worth instead: a code that met
        the edge of its time step says nothing about the product.
        """
        self._question = question

    # -- the end ----------------------------------------------------------

    def finish(
        self,
        error: BaseException | None,
        during_setup: bool,
        *,
        failing_step: str = "",
        duration_s: float | None = None,
    ) -> ScenarioFinished:
        """Journal the scenario's end and return it, as written (without secrets).

        ``error`` is what escaped from a step or hook, ``during_setup`` whether
        it escaped from a 前提 step or from preparing the scenario. The verdict
        is the worst of what the error says and of all checks; a refusal left
        without control, or a scenario without checks, is 判定不能.
        """
        error = self._questioned(error)
        end = end_of(error, during_setup=during_setup)
        ends = [end] if error is not None else []
        if (
            error is not None
            and error is not self._evidenced
            and end.verdict is not Verdict.NOT_APPLICABLE
        ):
            self.keep("シナリオが終わったときの画面")
        if self._pending and (end.cut_short or end.verdict is Verdict.NOT_RUN):
            # The control never had its turn, or cannot be had: nothing was found out.
            self._settle(Verdict.NOT_RUN, end.cause)
        elif self._pending:
            lonely = End(Verdict.INCONCLUSIVE, Cause.SUITE, self._pending[0].expected, NO_CONTROL)
            ends.append(lonely)
            self._settle(Verdict.INCONCLUSIVE, end.cause or Cause.SUITE)
        elif error is None and not self._counted:
            ends.append(
                End(Verdict.INCONCLUSIVE, Cause.SUITE, "要件の確認が行われること", NO_CHECKS)
            )
        ends.append(self._worst)
        final = max(ends, key=lambda e: e.verdict.severity)  # max keeps the first of equals
        failed = failing_step or (self._step_text if error is not None else "")
        finished = ScenarioFinished(
            at=self._journal.stamp(),
            scenario_id=self.scenario_id,
            attempt=self.attempt,
            verdict=final.verdict,
            cause=final.cause,
            suite_fault=any(e.suite_fault for e in ends),
            expected=final.expected,
            observed=final.observed,
            hint=final.hint,
            failing_step=failed,
            cut_short=final.cut_short,
            due=final.due,
            duration_s=self._timer() - self._begun if duration_s is None else duration_s,
        )
        return self._journal.write(finished)

    # -- inside -----------------------------------------------------------

    def _required(self, requirements: Sequence[str] | None) -> list[str]:
        return list(self.requirements if requirements is None else requirements)

    def _fail(
        self, name: str, role: str, verdict: Verdict, requirements: list[str], error: Outcome
    ) -> None:
        questioned = self._question(error)
        if questioned is not error:
            error, verdict = questioned, questioned.verdict
        self._evidenced = error
        evidence = self._seen(name)
        self._check(
            name, role, verdict, requirements, error.expected, error.observed, error.cause, evidence
        )
        raise error

    def _questioned(self, error: BaseException | None) -> BaseException | None:
        if not isinstance(error, Outcome) or error is self._evidenced:
            return error
        return self._question(error)

    def _settle(self, verdict: Verdict, cause: Cause | None = None) -> None:
        pending, self._pending = self._pending, []
        for refusal in pending:
            alone = "" if verdict is Verdict.PASS else f"（{NO_CONTROL}）"
            self._write(
                Check(
                    at=self._journal.stamp(),
                    scenario_id=self.scenario_id,
                    attempt=self.attempt,
                    step_index=refusal.step_index,
                    name=refusal.name,
                    role="refusal",
                    requirements=refusal.requirements,
                    verdict=verdict,
                    cause=cause,
                    expected=refusal.expected,
                    observed=f"{refusal.observed}{alone}",
                    sut_time=refusal.sut_time,
                    evidence=refusal.evidence,
                )
            )

    def _check(
        self,
        name: str,
        role: str,
        verdict: Verdict,
        requirements: list[str],
        expected: str,
        observed: str,
        cause: Cause | None = None,
        evidence: Sequence[str] = (),
    ) -> None:
        self._write(
            Check.model_validate(
                {
                    "at": self._journal.stamp(),
                    "scenario_id": self.scenario_id,
                    "attempt": self.attempt,
                    "step_index": self.step_index,
                    "name": name,
                    "role": role,
                    "requirements": requirements,
                    "verdict": verdict,
                    "cause": cause,
                    "expected": expected,
                    "observed": observed,
                    "sut_time": rfc3339(self._read_clock()),
                    "evidence": list(evidence),
                }
            )
        )

    def _write(self, check: Check) -> None:
        self._journal.write(check)
        if check.verdict.severity > self._worst.verdict.severity:
            self._worst = End(check.verdict, check.cause, check.expected, check.observed)
