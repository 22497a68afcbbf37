"""An earlier run: found by its folder or as the latest one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from otp_conformance.errors import UsageError
from otp_conformance.journal.journal import JOURNAL_FILE, Journal, JournalError, read
from otp_conformance.run.folder import LATEST
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan
from otp_conformance.verdict.verdict import Verdict

NOT_PASSED = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_RUN})


@dataclass(frozen=True)
class EarlierRun:
    """A run's folder and what its journal says; ``journal`` may lack its footer."""

    run_dir: Path
    journal: Journal

    @property
    def run_id(self) -> str:
        """Its identifier, which is its folder's name."""
        return self.journal.header.run_id


def find_run(given: str, reports: Path) -> EarlierRun:
    """Return the run that somebody means: a folder, a folder's name in ``reports``, or ``latest``.

    Raises `UsageError` when there is none, or its journal cannot be believed.
    """
    for folder in (Path(given), reports / given):
        pointed = _pointed(folder)
        if (pointed / JOURNAL_FILE).is_file():
            try:
                return EarlierRun(pointed, read(pointed / JOURNAL_FILE))
            except JournalError as error:
                raise UsageError(
                    f"実行記録を読めません: {error}。この実行は続けられません。",
                    f"The journal cannot be used: {error}",
                ) from error
    what = "最新の実行" if given == LATEST else f"実行 {given} "
    raise UsageError(
        f"{what}が見つかりません（探した場所: {reports}）。"
        "実行フォルダーか latest を指定してください。--reports を変えたときは同じものを付けます。",
        f"Run {given} was not found in {reports}. Name a run's folder or latest, "
        "with the same --reports as then.",
    )


def _pointed(folder: Path) -> Path:
    """Follow ``latest``: a symbolic link, or a file that holds the folder's name."""
    if folder.name == LATEST and folder.is_file():
        return folder.parent / folder.read_text(encoding="utf-8").strip()
    return folder.resolve() if folder.is_symlink() else folder


def same_scenarios(
    earlier: EarlierRun, features: Sequence[FeaturePlan], *, failed: bool
) -> tuple[ScenarioPlan, ...]:
    """Return the scenarios of an earlier run as they stand today, in the order of the files.

    ``failed``: those alone that did not pass (不合格, 判定不能, 未実施). Found by id,
    whatever they are called today. Raises `UsageError` for one that is gone,
    and where all passed.
    """
    journal = earlier.journal
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
