"""The run's journal as it is read back: every attempt, every check, indexed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from otp_conformance.journal.consistency import end_contradicts, footer_contradicts
from otp_conformance.journal.events import (
    EVENT,
    JOURNAL_VERSION,
    Check,
    CodeSent,
    Consumed,
    CustomerUsed,
    DeclaredRead,
    Event,
    Evidence,
    Exchanged,
    Reconnected,
    Resumed,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ScenarioPlanned,
    ScenarioStarted,
    Source,
    StepFinished,
)
from otp_conformance.verdict.verdict import Cause, Verdict, worst


class JournalError(Exception):
    """A journal that cannot be believed; names the file, the line (0: all of it) and the matter."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        self.path = path
        self.line = line
        self.problem = problem
        super().__init__(f"{path}:{line}: {problem}" if line else f"{path}: {problem}")


class AlteredError(JournalError):
    """A journal that is not as it was written, or concludes what it does not show."""


@dataclass
class Attempt:
    """What the journal holds about one attempt at a scenario."""

    started: ScenarioStarted | None = None
    steps: list[StepFinished] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    consumed: Consumed | None = None
    codes: list[CodeSent] = field(default_factory=list)
    reconnected: list[Reconnected] = field(default_factory=list)
    customers: list[CustomerUsed] = field(default_factory=list)
    declared: list[DeclaredRead] = field(default_factory=list)
    exchanges: list[Exchanged] = field(default_factory=list)
    finished: ScenarioFinished | None = None

    def ends(self) -> Attempt:
        """Return its begin and its end alone."""
        return Attempt(self.started, finished=self.finished)


@dataclass
class Journal:
    """A run, indexed. Everything a report may know.

    ``size``: bytes of the file that could be read; ``torn_bytes``: of a last
    line that could not, because it was cut while being written.
    """

    header: RunStarted
    sources: dict[str, Source] = field(default_factory=dict)
    planned: dict[str, ScenarioPlanned] = field(default_factory=dict)
    attempts: dict[str, dict[int, Attempt]] = field(default_factory=dict)
    footer: RunFinished | None = None
    resumed: list[Resumed] = field(default_factory=list)
    cut_line: int | None = None
    size: int = 0
    torn_bytes: int = 0
    last_at: str = ""

    @property
    def unplanned(self) -> int:
        """How many scenarios the header counts whose lines are gone: nothing was verified there."""
        return max(self.header.planned - len(self.planned), 0)

    @property
    def cut_off(self) -> bool:
        """Whether the run ended without its footer."""
        return self.footer is None

    def last(self, scenario_id: str) -> Attempt:
        """Return the last attempt at a planned scenario (empty if none began)."""
        attempts = self.attempts.get(scenario_id)
        return attempts[max(attempts)] if attempts else Attempt()

    def attempt(self, scenario_id: str, number: int) -> Attempt:
        """Return one attempt, counted from 0 (empty if it never began)."""
        return self.attempts.get(scenario_id, {}).get(number, Attempt())

    def numbers(self, scenario_id: str) -> range:
        """Return the attempts that a planned scenario was to have, or had.

        One that was not carried out at all (対象外, or without its means) was
        told so once, however often the others are repeated.
        """
        found = self.attempts.get(scenario_id, {})
        wanted = self.header.repeat if self.attempt(scenario_id, 0).started else 1
        return range(max(wanted, *(number + 1 for number in found), 1))

    def counted(self, scenario_id: str) -> list[int]:
        """Return the attempts that count: all but those in whose place another came.

        One that failed counts even so: no attempt undoes a failure (one-way law).
        """
        begun = (attempt.started for attempt in self.attempts.get(scenario_id, {}).values())
        replaced = {started.instead_of for started in begun if started is not None}
        return [
            number
            for number in self.numbers(scenario_id)
            if number not in replaced or self.outcome(scenario_id, number).verdict is Verdict.FAIL
        ]

    def replaced(self, scenario_id: str) -> int:
        """Return how many attempts had to be made anew and do not count."""
        return len(self.numbers(scenario_id)) - len(self.counted(scenario_id))

    def decisive(self, scenario_id: str) -> int:
        """Return the attempt whose verdict is the scenario's: the first of the worst.

        A pass at another attempt does not undo a failure (one-way law).
        """
        return max(
            self.counted(scenario_id),
            key=lambda number: self.outcome(scenario_id, number).verdict.severity,
        )

    def wavers(self, scenario_id: str) -> bool:
        """Tell whether a scenario's attempts ended in different verdicts (揺らぎ)."""
        verdicts = {self.outcome(scenario_id, n).verdict for n in self.counted(scenario_id)}
        return len(verdicts) > 1

    def forget(self, scenario_id: str, number: int) -> None:
        """Keep the begin and the end of an attempt alone."""
        self.attempts[scenario_id][number] = self.attempts[scenario_id][number].ends()

    def without_details(self) -> Journal:
        """Return the same without what was seen in attempts that have ended."""
        ends = {
            scenario_id: {n: a.ends() if a.finished is not None else a for n, a in attempts.items()}
            for scenario_id, attempts in self.attempts.items()
        }
        return replace(self, attempts=ends)

    def outcome(self, scenario_id: str, number: int | None = None) -> ScenarioFinished:
        """Return how a planned scenario ended: at its decisive or the given attempt.

        An attempt that was planned and never finished is 未実施 (試験環境),
        unless it had already journalled something worse: a failure seen is
        not forgotten because the run was cut off afterwards.
        Raise `KeyError` for a scenario that was not planned.
        """
        if scenario_id not in self.planned:
            raise KeyError(scenario_id)
        attempt = self.decisive(scenario_id) if number is None else number
        last = self.attempt(scenario_id, attempt)
        if last.finished is not None:
            return last.finished
        begun = last.started is not None
        how = "このシナリオの途中で" if begun else "このシナリオを始める前に"
        verdict = worst([Verdict.NOT_RUN, *(check.verdict for check in last.checks)])
        if verdict is not Verdict.NOT_RUN:
            check = next(c for c in last.checks if c.verdict is verdict)
            return ScenarioFinished(
                at=self.last_at,
                scenario_id=scenario_id,
                attempt=attempt,
                verdict=verdict,
                cause=check.cause or Cause.SUITE,
                expected=check.expected,
                observed=f"{check.observed}（{how}実行が終わりました）",
                duration_s=0.0,
            )
        return ScenarioFinished(
            at=self.last_at,
            scenario_id=scenario_id,
            attempt=attempt,
            verdict=Verdict.NOT_RUN,
            cause=Cause.ENVIRONMENT,
            expected="計画したシナリオがすべて終わること",
            observed=f"{how}実行が終わりました",
            hint="もう一度実行してください",
            duration_s=0.0,
        )

    def verdict(self) -> Verdict:
        """Return the worst verdict of all planned scenarios."""
        return worst(self.verdicts())

    def verdicts(self) -> list[Verdict]:
        """Return the verdict of each planned scenario; for those whose lines are gone 未実施."""
        lost = [Verdict.NOT_RUN] if self.unplanned else []
        return [*lost, *(self.outcome(scenario_id).verdict for scenario_id in self.planned)]


def read(path: Path, *, details: bool = True) -> Journal:
    """Read a journal.

    ``details`` False: of an attempt that has ended only its begin and its end are kept, when
    they have been checked against what stands between them; who asks just for verdicts needs
    no more memory than that, however much was seen.

    A last line that was cut while being written is left out (``cut_line``
    names it). Anything else that is not as it should be raises `JournalError`.
    """
    try:
        with path.open("rb") as file:
            return _read(path, file, details=details)
    except OSError as error:
        raise JournalError(path, 0, f"実行記録を読めません: {error.strerror}") from None


def _read(path: Path, lines: IO[bytes], *, details: bool) -> Journal:
    journal: Journal | None = None
    cut_line: int | None = None
    offset = torn = 0
    digest = hashlib.sha256()
    for number, raw in enumerate(lines, start=1):
        try:
            event = EVENT.validate_json(raw)
        except ValidationError as error:
            if not raw.endswith(b"\n"):
                cut_line, torn = number, len(raw)
                break
            raise JournalError(path, number, _explain(error)) from None
        if journal is None:
            journal = Journal(_header(path, event))
        else:
            if problem := _add(journal, event):
                raise JournalError(path, number, problem)
            if isinstance(event, RunFinished) and digest.hexdigest() != event.journal_sha256:
                raise _altered(path, number, offset, event.journal_sha256)
            if problem := _contradiction(journal, event):
                raise AlteredError(path, number, problem)
            if isinstance(event, ScenarioFinished) and not details:
                journal.forget(event.scenario_id, event.attempt)
        journal.last_at = event.at
        digest.update(raw)
        offset += len(raw)
    if journal is None:
        raise JournalError(path, 1, "実行記録の見出し（run_started）がありません")
    journal.cut_line = cut_line
    journal.size = offset
    journal.torn_bytes = torn
    return journal


def _altered(path: Path, line: int, size: int, wanted: str) -> JournalError:
    """Return how the first ``size`` bytes of a journal differ from those that were written."""
    data = path.read_bytes()[:size]
    if hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest() == wanted:
        return JournalError(
            path,
            line,
            "中身は元のままですが、改行が LF から CRLF に変わっています（Git の autocrlf や"
            "転送の設定）。LF に戻してください（git config core.autocrlf false、dos2unix など）",
        )
    problem = "実行記録が書き換えられています（journal_sha256 が合いません）"
    return AlteredError(path, line, problem)


def _contradiction(journal: Journal, event: Event) -> str:
    """Return why a conclusion does not follow from the lines before it, or nothing."""
    match event:
        case ScenarioFinished():
            seen = journal.attempts[event.scenario_id][event.attempt]
            return end_contradicts(journal.planned[event.scenario_id], seen, event)
        case RunFinished():
            return footer_contradicts(journal.verdicts(), event)
    return ""


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"実行記録の行として読めません: {where + ': ' if where else ''}{first['msg']}"


def _header(path: Path, event: Event) -> RunStarted:
    if not isinstance(event, RunStarted):
        raise JournalError(path, 1, f"最初の行は run_started のはずですが {event.event} です")
    if event.journal_version != JOURNAL_VERSION:
        found = event.journal_version
        raise JournalError(
            path,
            1,
            f"この実行記録の形式（journal_version {found}）は読めません"
            f"（このスイートが読むのは {JOURNAL_VERSION}）。"
            "記録したときの版で読むか、新しく実行してください",
        )
    return event


def _add(journal: Journal, event: Event) -> str:
    """Put one event in its place; return what is wrong with it, or nothing."""
    if isinstance(event, Resumed):
        journal.footer = None
        journal.resumed.append(event)
        return ""
    if journal.footer is not None:
        return "run_finished の後に行があります"
    match event:
        case RunStarted():
            return "run_started が2つあります"
        case RunFinished():
            journal.footer = event
        case Source():
            journal.sources[event.uri] = event
        case ScenarioPlanned():
            if event.scenario_id in journal.planned:
                return f"シナリオ {event.scenario_id} が2回計画されています"
            journal.planned[event.scenario_id] = event
        case _:
            return _add_to_attempt(journal, event)
    return ""


_Inside = (
    StepFinished
    | CustomerUsed
    | DeclaredRead
    | Exchanged
    | CodeSent
    | Reconnected
    | Check
    | Evidence
)


IN_ATTEMPT = (
    ScenarioStarted,
    StepFinished,
    CustomerUsed,
    DeclaredRead,
    Exchanged,
    CodeSent,
    Reconnected,
    Check,
    Evidence,
    Consumed,
    ScenarioFinished,
)
"""The events that belong to an attempt."""


def put(attempt: Attempt, event: ScenarioStarted | _Inside | Consumed | ScenarioFinished) -> None:
    """Put an event into its attempt."""
    match event:
        case ScenarioStarted():
            attempt.started = event
        case Consumed():
            attempt.consumed = event
        case ScenarioFinished():
            attempt.finished = event
        case _:
            _append(attempt, event)


def _add_to_attempt(
    journal: Journal, event: ScenarioStarted | _Inside | Consumed | ScenarioFinished
) -> str:
    if event.scenario_id not in journal.planned:
        return f"計画にないシナリオ {event.scenario_id} の行です"
    attempts = journal.attempts.setdefault(event.scenario_id, {})
    attempt = attempts.setdefault(event.attempt, Attempt())
    if attempt.finished is not None:
        return f"シナリオ {event.scenario_id} は終わっているのに {event.event} があります"
    if isinstance(event, ScenarioStarted) and attempt.started is not None:
        return f"シナリオ {event.scenario_id} の {event.attempt} 回目が2度始まっています"
    put(attempt, event)
    return ""


def _append(attempt: Attempt, event: _Inside) -> None:
    match event:
        case StepFinished():
            attempt.steps.append(event)
        case CustomerUsed():
            attempt.customers.append(event)
        case DeclaredRead():
            attempt.declared.append(event)
        case Exchanged():
            attempt.exchanges.append(event)
        case CodeSent():
            attempt.codes.append(event)
        case Reconnected():
            attempt.reconnected.append(event)
        case Check():
            attempt.checks.append(event)
        case Evidence():
            attempt.evidence.append(event)
