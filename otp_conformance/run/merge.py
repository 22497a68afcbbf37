"""The parts of a divided run (``--shard``) put together: one journal, one verdict."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from otp_conformance.errors import UnreadyError, UnrecordableError, UsageError
from otp_conformance.journal.events import (
    EVENT,
    Event,
    Resumed,
    RunFinished,
    RunStarted,
    ScenarioPlanned,
    Source,
)
from otp_conformance.journal.evidence import FOLDER
from otp_conformance.journal.journal import JOURNAL_FILE, JournalWriter, read
from otp_conformance.language import Text
from otp_conformance.run.engine import concluded
from otp_conformance.run.folder import (
    FAULTS_NAME,
    make_run_folder,
    point_latest,
    remove_run_folder,
    require_intact,
)
from otp_conformance.run.request import EarlierRun
from otp_conformance.verdict.exit_codes import ExitCode

_Read = Callable[[RunStarted], object]

_SAME: Sequence[tuple[Text, _Read]] = (
    (Text("スイートの版", "version of the suite"), lambda h: h.suite_version),
    (Text("スイートの中身（コミット）", "the suite itself (commit)"), lambda h: h.suite_sha256),
    (Text("実装宣言", "declaration"), lambda h: h.declaration_sha256),
    (Text("シナリオの条件", "selection"), lambda h: (h.selection, h.rerun_of)),
    (Text("要件のセット（--set）", "--set"), lambda h: h.set),
    (Text("要件集合", "requirement set"), lambda h: h.requirement_set),
    (Text("使うもの（--agent）", "--agent"), lambda h: h.environment.get("agent")),
    (Text("--settings の内容", "contents of --settings"), lambda h: h.settings_sha256),
    (Text("--repeat", "--repeat"), lambda h: h.repeat),
    (Text("--shuffle", "--shuffle"), lambda h: h.seed),
)
_DIVISION = Text(
    "分け方（用意した一覧か台帳が、始めたときに同じではありませんでした）",
    "the division (the prepared list or its ledger was another one at the beginning)",
)


def merge(runs: Sequence[EarlierRun], reports: Path) -> EarlierRun:
    """Write the journal of the whole run into a new folder of ``reports``; return it.

    Raises `UsageError` that names everything that keeps these runs from being one: a missing
    or doubled part, one of another suite, declaration or selection. `EvidenceError`: see
    `require_intact`.
    """
    found = list(_wrong(runs))
    if found:
        raise UsageError(
            "一つの実行にまとめられません。" + "".join(f"\n  {text.ja}" for text in found),
            "These are not the parts of one run:" + "".join(f"\n  {text.en}" for text in found),
        )
    for run in runs:
        require_intact(run)
    run_dir = make_run_folder(reports, datetime.now(UTC).astimezone())
    try:
        _write(sorted(runs, key=_number), run_dir)
    except (OSError, UnrecordableError) as error:
        shutil.rmtree(run_dir / FOLDER, ignore_errors=True)
        remove_run_folder(run_dir)
        why = error.text if isinstance(error, UnrecordableError) else Text(*[str(error)] * 2)
        raise UnreadyError(
            f"まとめた記録を書けません。{why.ja}", f"The merged journal cannot be written. {why.en}"
        ) from error
    point_latest(run_dir)
    return EarlierRun(run_dir, read(run_dir / JOURNAL_FILE))


def _number(run: EarlierRun) -> int:
    return run.journal.header.shard.number if run.journal.header.shard else 0


def _name(run: EarlierRun) -> str:
    return f"{run.journal.header.shard} {run.run_id}"


def _wrong(runs: Sequence[EarlierRun]) -> Iterator[Text]:
    """Yield why these runs are not all parts of one run, once each."""
    whole = [run.run_id for run in runs if run.journal.header.shard is None]
    for run_id in whole:
        yield Text(
            f"{run_id}: --shard を付けた実行ではありません。",
            f"{run_id}: is no run with --shard.",
        )
    parts = [run for run in runs if run.journal.header.shard is not None]
    yield from _numbers(parts)
    for run in parts:
        if run.journal.unplanned:
            yield Text(
                f"{_name(run)}: 計画の行が欠けています。",
                f"{_name(run)}: lines of its plan are missing.",
            )
    for what, value in _SAME:
        yield from _odd_ones(parts, what, value)
    differing = {
        run.run_id for run in parts for _, value in _SAME if value(_h(run)) != _usual(parts, value)
    }
    same = [run for run in parts if run.run_id not in differing]
    # With another suite or selection the division differs in any case: told once is enough.
    yield from _odd_ones(same, _DIVISION, lambda h: h.shard and h.shard.division)


def _h(run: EarlierRun) -> RunStarted:
    return run.journal.header


def _usual(runs: Sequence[EarlierRun], value: _Read) -> object:
    return Counter(value(_h(run)) for run in runs).most_common(1)[0][0]


def _odd_ones(runs: Sequence[EarlierRun], what: Text, value: _Read) -> Iterator[Text]:
    for run in runs:
        if value(_h(run)) != _usual(runs, value):
            yield Text(
                f"{_name(run)}: {what.ja}が、ほかの台と違います。",
                f"{_name(run)}: differs from the others in {what.en}.",
            )


def _numbers(parts: Sequence[EarlierRun]) -> Iterator[Text]:
    by_number: dict[tuple[int, int], list[str]] = {}
    for run in parts:
        shard = _h(run).shard
        assert shard is not None  # noqa: S101 - filtered by the caller
        by_number.setdefault((shard.of, shard.number), []).append(run.run_id)
    for (of, number), ids in sorted(by_number.items()):
        if len(ids) > 1:
            yield Text(
                f"{number}/{of} が {len(ids)} つあります（{'、'.join(ids)}）。一つにしてください。",
                f"{number}/{of} is there {len(ids)} times ({', '.join(ids)}). Leave one.",
            )
    for of in sorted({of for of, _ in by_number}):
        lacking = [n for n in range(1, of + 1) if (of, n) not in by_number]
        if lacking:
            named = ", ".join(f"{n}/{of}" for n in lacking)
            yield Text(
                f"{named} がありません。その台の実行フォルダーを足してください。",
                f"{named} missing. Add the run folder of that machine.",
            )


def _write(runs: Sequence[EarlierRun], run_dir: Path) -> None:
    with JournalWriter(run_dir / f"{JOURNAL_FILE}.part") as journal:
        journal.write(_header(runs, run_dir.name))
        sources = {uri: s for run in runs for uri, s in run.journal.sources.items()}
        for _, source in sorted(sources.items()):
            journal.write(source)
        planned = [p for run in runs for p in run.journal.planned.values()]
        for plan in sorted(planned, key=lambda p: (p.uri, p.line)):
            journal.write(plan)
        for run in runs:
            for event in _happened(run):
                journal.write(event)
            _copy_beside(run, run_dir)
        so_far = read(journal.path, details=False)
        footers = [run.journal.footer for run in runs]
        codes = {footer.exit_code for footer in footers if footer is not None}
        code = concluded(
            so_far,
            faulty=ExitCode.SUITE_FAULT in codes,
            interrupted=ExitCode.INTERRUPTED in codes,
        )
        longest = max((footer.duration_s for footer in footers if footer), default=0.0)
        journal.appear_as(run_dir / JOURNAL_FILE)
        journal.finish(so_far.verdict(), int(code), longest)


def _header(runs: Sequence[EarlierRun], run_id: str) -> RunStarted:
    headers = [_h(run) for run in runs]
    keys = dict.fromkeys(key for header in headers for key in header.environment)
    values = {key: dict.fromkeys(h.environment.get(key, "—") for h in headers) for key in keys}
    return headers[0].model_copy(
        update={
            "at": min(header.at for header in headers),
            "run_id": run_id,
            "planned": sum(header.planned for header in headers),
            "environment": {key: " / ".join(found) for key, found in values.items()},
            "shard": None,
            "merged_from": [header.run_id for header in headers],
        }
    )


def _happened(run: EarlierRun) -> Iterator[Event]:
    """Yield what happened in a run, its head, plan, interruptions and end left out."""
    data = (run.run_dir / JOURNAL_FILE).read_bytes()[: run.journal.size]
    for line in data.splitlines():
        event = EVENT.validate_json(line)
        if not isinstance(event, RunStarted | Source | ScenarioPlanned | Resumed | RunFinished):
            yield event


def _copy_beside(run: EarlierRun, run_dir: Path) -> None:
    """Copy the pictures that a run's journal names, and what is known of its faults."""
    for attempts in run.journal.attempts.values():
        for attempt in attempts.values():
            for evidence in attempt.evidence:
                if evidence.file:
                    target = run_dir / evidence.file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(run.run_dir / evidence.file, target)
    with suppress(FileNotFoundError):
        text = (run.run_dir / FAULTS_NAME).read_text(encoding="utf-8")
        with (run_dir / FAULTS_NAME).open("a", encoding="utf-8") as file:
            file.write(text)
