"""An earlier run: gone on with in its own folder, or repeated in a new one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from otp_conformance.errors import UsageError
from otp_conformance.journal.events import ScenarioFinished, ScenarioPlanned
from otp_conformance.journal.journal import Journal, JournalWriter
from otp_conformance.language import Text
from otp_conformance.run.header import settings_digest, suite_version
from otp_conformance.run.plan import Turn, Work
from otp_conformance.run.request import EarlierRun, Observer, Request, RunResult
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Cause, Verdict

NOT_PASSED = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_RUN})


def same_scenarios(
    earlier: EarlierRun, features: Sequence[FeaturePlan], *, failed: bool
) -> tuple[ScenarioPlan, ...]:
    """Return the scenarios of an earlier run as they stand today, in the order of the files.

    ``failed``: those alone that did not pass (不合格, 判定不能, 未実施). Found by id,
    whatever they are called today. Raises `UsageError` for one that is gone,
    and where all passed.
    """
    journal = earlier.journal
    if journal.unplanned:
        raise _plan_lost(earlier)
    wanted = [
        planned
        for scenario_id, planned in journal.planned.items()
        if not failed or journal.outcome(scenario_id).verdict in NOT_PASSED
    ]
    if not wanted:
        raise UsageError(
            f"実行 {earlier.run_id} はすべて合格または対象外です。--failed で実施し直すものは"
            "ありません。全部を実施し直すなら --failed を外してください。",
            f"Nothing failed in run {earlier.run_id}: --failed leaves nothing to carry out again. "
            "Leave --failed out to repeat all of it.",
        )
    scenarios = [scenario for feature in features for scenario in feature.scenarios]
    there = {scenario.scenario_id for scenario in scenarios}
    for planned in wanted:
        if planned.scenario_id not in there:
            raise UsageError(
                f"シナリオ {planned.scenario_id}「{planned.name}」は、いまのスイートにありません。"
                "条件を書いて新しく実行してください。",
                f'The scenario {planned.scenario_id} "{planned.name}" is not in the suite any '
                "more. Start a new run with a selection.",
            )
    found = {planned.scenario_id for planned in wanted}
    return tuple(scenario for scenario in scenarios if scenario.scenario_id in found)


def _plan_lost(earlier: EarlierRun) -> UsageError:
    journal = earlier.journal
    total, there = journal.header.planned, len(journal.planned)
    return UsageError(
        f"実行 {earlier.run_id} の記録には、計画したシナリオ {total} 件のうち {there} 件しか"
        "ありません。続けることも実施し直すこともできません。新しく実行してください。",
        f"The journal of run {earlier.run_id} has {there} of {total} planned scenarios: it cannot "
        "go on or be repeated. Start a new run.",
    )


def require_same(earlier: EarlierRun, request: Request, features: Sequence[FeaturePlan]) -> None:
    """Raise `UsageError` that names what differs from the run's beginning.

    A run is one statement about one system: half of it with another
    declaration, agent or suite would state nothing.
    """
    if earlier.journal.unplanned:
        raise _plan_lost(earlier)
    header = earlier.journal.header
    texts = {feature.uri: feature.text for feature in features}
    changed = sorted(u for u, s in earlier.journal.sources.items() if texts.get(u) != s.text)
    selected = request.selection.describe()
    asked: list[tuple[str, str, object, object]] = [
        ("実装宣言", "declaration", header.declaration_sha256, request.loaded.sha256),
        (
            "使うもの（--agent）",
            "--agent",
            header.environment.get("agent"),
            request.agent.kind.value,
        ),
        (
            "要件のセット（--set）",
            "--set",
            header.set,
            request.loaded.declaration.manual.set,
        ),
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
    if request.shard is not None:
        asked.append(("--shard", "--shard", str(header.shard), str(request.shard)))
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


def ended(journal: Journal) -> bool:
    """Tell whether a run came to its own end, with an exit code that says so."""
    return journal.footer is not None and journal.footer.exit_code in {
        ExitCode.PASS,
        ExitCode.FAIL,
        ExitCode.INCONCLUSIVE,
    }


def as_it_was(request: Request, observer: Observer) -> RunResult:
    """Say that the run to go on with has ended, and return how it did."""
    earlier = request.resume
    assert earlier is not None and earlier.journal.footer is not None  # noqa: S101, PT018
    due = [e.due for i in earlier.journal.planned if (e := earlier.journal.outcome(i)).due]
    later = Text("", "")
    if due:
        later = Text(
            f"時刻の来ていないシナリオが {len(due)} 件あります（早いもので {min(due)}）。",
            f" {len(due)} scenario(s) are not due yet (the first at {min(due)}).",
        )
    observer.notice(
        Text(
            f"実行 {earlier.run_id} は終わっています。実施し直すものはありません。{later.ja}",
            f"Run {earlier.run_id} has ended; there is nothing left to carry out.{later.en}",
        )
    )
    code = ExitCode(earlier.journal.footer.exit_code)
    reported = (earlier.run_dir / "index.html").is_file()
    return RunResult(code, earlier.run_dir, earlier.journal, (), reported)


def spoilt(so_far: Journal, done: Sequence[Turn]) -> list[Turn]:
    """Return new turns in the place of those that trouble of the environment ended."""
    numbers = Numbers(so_far)
    found = []
    for turn in done:
        scenario_id = turn.plan.scenario_id
        end = so_far.attempt(scenario_id, turn.attempt).finished
        if end is not None and environment_trouble(end):
            number = numbers.next(scenario_id)
            found.append(Turn(turn.plan, number, instead_of=turn.attempt))
    return found


def announce_resumption(
    observer: Observer, run_id: str, before: Journal, work: Work, cut_off: int
) -> None:
    """Say that a run goes on, and with what."""
    done = len(work.chosen) - len({turn.plan.scenario_id for turn in work.left})
    torn_ja = "書きかけの最後の行は除きました。" if before.cut_line else ""
    torn_en = " A torn last line was left out." if before.cut_line else ""
    observer.notice(
        Text(
            f"実行 {run_id} を続けます: 済んだシナリオ {done} 件はそのまま、"
            f"途中で切れた {cut_off} 件はやり直し、実施するのは {len(work.left)} 件です。"
            f"{torn_ja}",
            f"Going on with run {run_id}: {done} scenarios stay as they are, "
            f"{cut_off} cut off are done anew, {len(work.left)} to be carried out.{torn_en}",
        )
    )


def announce_retries(observer: Observer, number: int) -> None:
    """Say that so many scenarios are carried out anew."""
    observer.notice(
        Text(
            f"試験環境の支障で判定できなかった {number} 件を、新しいお客さまでもう一度実施します。",
            f"{number} scenario(s) spoilt by the environment run again, with new customers.",
        )
    )


@dataclass(frozen=True)
class Change:
    """A scenario whose verdict is another than in the run that was repeated."""

    planned: ScenarioPlanned
    then: Verdict
    now: Verdict


def changes_since(before: Journal, now: Journal) -> tuple[tuple[Change, ...], int]:
    """Return what differs from a run that was repeated, and how many verdicts do not."""
    both = [
        Change(planned, before.outcome(scenario_id).verdict, now.outcome(scenario_id).verdict)
        for scenario_id, planned in now.planned.items()
        if scenario_id in before.planned
    ]
    changed = tuple(change for change in both if change.then is not change.now)
    return changed, len(both) - len(changed)
