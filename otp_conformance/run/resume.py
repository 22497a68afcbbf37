"""Going on with a run that was cut off: in its folder, in its journal, with what is left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from otp_conformance.errors import UsageError
from otp_conformance.journal.events import ScenarioFinished
from otp_conformance.journal.journal import Journal, JournalWriter
from otp_conformance.run.earlier import EarlierRun
from otp_conformance.run.order import Turn
from otp_conformance.run.record import settings_digest, suite_version
from otp_conformance.run.request import Request
from otp_conformance.specification.scenarios import FeaturePlan
from otp_conformance.verdict.verdict import Cause, Verdict


def require_same(earlier: EarlierRun, request: Request, features: Sequence[FeaturePlan]) -> None:
    """Raise `UsageError` that names what differs from the run's beginning.

    A run is one statement about one system: half of it with another
    declaration, agent or suite would state nothing.
    """
    header = earlier.journal.header
    texts = {feature.uri: feature.text for feature in features}
    changed = sorted(u for u, s in earlier.journal.sources.items() if texts.get(u) != s.text)
    selected = request.selection.describe()
    asked: list[tuple[str, str, object, object]] = [
        ("実装宣言", "declaration", header.declaration_sha256, request.loaded.sha256),
        ("使うもの（--agent）", "--agent", header.environment.get("agent"), request.agent.value),
        ("要件集合", "requirement set", header.requirement_set, request.requirement_set),
        ("ツールのバージョン", "version of the suite", header.suite_version, suite_version()),
        (
            "--settings の内容",
            "contents of --settings",
            header.settings_sha256,
            settings_digest(request),
        ),
        ("--repeat", "--repeat", header.repeat, request.repeat),
        ("--shuffle", "--shuffle", header.seed, request.seed),
        ("シナリオの文面", "text of the features", [], changed),
    ]
    if request.selection.given:
        asked.append(("シナリオの条件", "selection", header.selection, selected))
    different = [(ja, en) for ja, en, then, now in asked if then != now]
    if different:
        raise UsageError(
            f"実行 {earlier.run_id} を続けられません。始めたときと違うもの: "
            f"{'、'.join(ja for ja, _ in different)}（実装宣言は {header.declaration_file}、"
            f"条件は {header.selection}）。同じ指定で続けるか、新しく実行してください。",
            f"Run {earlier.run_id} cannot go on. Different from its beginning: "
            f"{', '.join(en for _, en in different)} (declaration then {header.declaration_file}, "
            f"selection {header.selection}). Use the same, or start a new run.",
        )


def left_turns(
    journal: Journal, order: Sequence[Turn], unmet: Collection[str], now: datetime
) -> tuple[Turn, ...]:
    """Return what is still to be carried out, in the order of the run.

    ``order`` are the turns of the whole run; ``unmet``: scenarios that need
    what there is not. Finished scenarios stay as they are; one that was cut
    off, not reached, not due then but by ``now``, or judged 判定不能 for the
    environment's sake gets an attempt in the former one's place.
    """
    numbers = Numbers(journal)
    found = []
    for turn in order:
        scenario_id = turn.plan.scenario_id
        if scenario_id in unmet:
            continue
        last = _last_in_place(journal, scenario_id, turn.attempt)
        attempt = journal.attempt(scenario_id, last)
        if attempt.finished is None and attempt.started is None:
            found.append(turn)
        elif attempt.finished is None or calls_again(
            attempt.finished, now, started=attempt.started is not None
        ):
            found.append(Turn(turn.plan, numbers.next(scenario_id), instead_of=last))
    return tuple(found)


def calls_again(end: ScenarioFinished, now: datetime, *, started: bool) -> bool:
    """Tell whether another attempt may end otherwise, now that the surroundings may."""
    if end.cut_short or (end.verdict is Verdict.NOT_RUN and not started):
        return True
    if end.due is not None:
        return datetime.fromisoformat(end.due) <= now
    return environment_trouble(end)


def environment_trouble(end: ScenarioFinished) -> bool:
    """Tell whether an attempt ended 判定不能 for the environment's sake."""
    return end.verdict is Verdict.INCONCLUSIVE and end.cause is Cause.ENVIRONMENT


def close_cut_off(journal: Journal, writer: JournalWriter) -> tuple[ScenarioFinished, ...]:
    """Journal the end of every attempt in whose middle the run was cut off; return them."""
    return tuple(
        writer.write(
            journal.outcome(scenario_id, number).model_copy(
                update={"at": writer.stamp(), "attempt": number, "cut_short": True}
            )
        )
        for scenario_id, number in _cut_off(journal)
    )


def spent_seconds(journal: Journal) -> float:
    """Return for how long the run was at work until it was cut off last."""
    last = journal.resumed[-1] if journal.resumed else None
    begun = last.at if last else journal.header.at
    session = datetime.fromisoformat(journal.last_at) - datetime.fromisoformat(begun)
    return (last.spent_s if last else 0.0) + max(session.total_seconds(), 0.0)


class Numbers:
    """Gives out numbers of further attempts: none that was or will be used otherwise."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._given: dict[str, int] = {}

    def next(self, scenario_id: str) -> int:
        """Return the number of a scenario's next further attempt."""
        journal = self._journal
        least = max(
            journal.header.repeat, *(n + 1 for n in journal.attempts.get(scenario_id, ())), 1
        )
        number = self._given.get(scenario_id, least)
        self._given[scenario_id] = number + 1
        return number


def _last_in_place(journal: Journal, scenario_id: str, number: int) -> int:
    """Return the attempt that stands in the place of one, after all that were made anew."""
    places = {
        attempt.started.instead_of: number
        for number, attempt in journal.attempts.get(scenario_id, {}).items()
        if attempt.started is not None and attempt.started.instead_of is not None
    }
    while number in places:
        number = places[number]
    return number


def _cut_off(journal: Journal) -> Iterator[tuple[str, int]]:
    for scenario_id, attempts in journal.attempts.items():
        for number, attempt in attempts.items():
            if attempt.started is not None and attempt.finished is None:
                yield scenario_id, number
