"""Playwright's traces of what did not pass: they hold secrets, so they are kept apart.

Never in the run's folder, which people hand on, but in one beside the reports that only its
owner can enter.
"""

from __future__ import annotations

from pathlib import Path

from otp_conformance.journal.events import ScenarioFinished
from otp_conformance.language import Text
from otp_conformance.verdict.verdict import Verdict

_SUFFIX = "-traces"
_OWNER_ONLY = 0o700
_NOTHING_WRONG = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE})

NOTE = "READ-ME-FIRST.txt"
SECRET = Text(
    "トレースには、入力したパスワード、ワンタイムパスワード、Cookie、画面の内容がそのまま"
    "入ります。人に渡さず、調べ終えたら消してください。",
    "A trace holds passwords, one-time passwords, cookies and pages just as they were. "
    "Hand it to nobody, and delete it when you are done.",
)
_HOW_TO_OPEN = Text(
    "開くには: playwright show-trace FILE（.venv/bin にあります）",
    "To open one: playwright show-trace FILE (in .venv/bin)",
)


def traces_of(run_dir: Path) -> Path:
    """Return where the traces of a run are, if it has any."""
    reports = run_dir.resolve().parent
    return reports.with_name(reports.name + _SUFFIX) / run_dir.name


def kept_traces(run_dir: Path) -> tuple[Path, ...]:
    """Return the traces of a run."""
    return tuple(sorted(traces_of(run_dir).glob("*.zip")))


def stem_of(run_dir: Path, finished: ScenarioFinished) -> Path | None:
    """Return the beginning of the files' names for an attempt, None for one to forget.

    The folder is made with the first that is to be kept.
    """
    if finished.verdict in _NOTHING_WRONG:
        return None
    nth = f"-again{finished.attempt}" if finished.attempt else ""
    return _folder(run_dir) / f"{finished.scenario_id.replace('/', '_')}{nth}"


def _folder(run_dir: Path) -> Path:
    folder = traces_of(run_dir)
    for each in (folder.parent, folder):
        each.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        each.chmod(_OWNER_ONLY)
    # Not even by mistake into somebody's repository.
    (folder.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    note = "".join(f"{text.ja}\n{text.en}\n\n" for text in (SECRET, _HOW_TO_OPEN))
    (folder / NOTE).write_text(note, encoding="utf-8")
    return folder
