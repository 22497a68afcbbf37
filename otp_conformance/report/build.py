"""All reports of a run, from its folder."""

from __future__ import annotations

from pathlib import Path

from otp_conformance.journal.evidence import flaws
from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.report import card, html, junit, matrix, messages
from otp_conformance.report.pages import asset, environment, policy
from otp_conformance.report.reference import Reference
from otp_conformance.report.results import (
    RunResults,
    ScenarioResult,
    count,
    results,
)
from otp_conformance.report.teeth import Teeth
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.verdict.verdict import Verdict

_FILES = (
    ("requirements.html", "要件一覧", "要件ごとの判定、確かめたシナリオ、証拠"),
    ("cucumber.html", "Cucumber の報告", "機能ファイルの文面に沿った手順ごとの結果"),
    ("junit.xml", "JUnit XML", "ビルドサーバーに読み込ませるための結果"),
    ("messages.ndjson", "Cucumber Messages", "ほかの Cucumber 用の道具に渡すための記録"),
    (JOURNAL_FILE, "実行記録", "すべての報告の元になる記録"),
)

_MOST_LISTED = 20
_FLAWED = "証拠の画像 {} 件が、記録したときのままではありません。"


def build(
    run_dir: Path,
    catalogue: Catalogue,
    teeth: Teeth | None = None,
    reference: Reference | None = None,
) -> list[Path]:
    """Write every report of the run in ``run_dir``; return the files written.

    ``teeth``: the faults that each requirement's checks are known to find; ``reference``:
    what the reference bank did.

    Raises `JournalError` when the journal cannot be believed, `ReportError`
    when it lacks what a report needs. Older reports are replaced.
    """
    journal = read(run_dir / JOURNAL_FILE)
    run = results(journal, catalogue)
    header = journal.header
    flawed = {flaw.evidence.evidence_id: flaw.why.ja for flaw in flaws(run_dir, journal)}
    envelopes = list(messages.messages(journal, run_dir))
    cards = card.cards(run, matrix.place, reference)
    texts = {scenario_id: card.text(each) for scenario_id, each in cards.items()}
    title = f"{header.sut_name} {header.sut_version} {header.run_id}"
    pages = {
        "messages.ndjson": messages.ndjson(envelopes),
        "junit.xml": junit.render(journal, run.scenarios, texts),
        "cucumber.html": html.render(envelopes, title),
        "requirements.html": matrix.render(run, teeth, flawed, cards),
        "index.html": index(run, len(flawed)),
    }
    written: list[Path] = []
    for name, text in pages.items():
        target = run_dir / name
        _replace(target, text)
        written.append(target)
    return written


def _replace(target: Path, text: str) -> None:
    """Write a report, all of it or nothing: a former one stays where there is no room."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
    except OSError:
        part.unlink(missing_ok=True)
        raise
    part.replace(target)


def _troubled(run: RunResults) -> list[ScenarioResult]:
    """Return the scenarios that accuse or could not judge, the worst first."""
    order = (Verdict.FAIL, Verdict.INCONCLUSIVE)
    return [s for verdict in order for s in run.scenarios if s.verdict is verdict]


def index(run: RunResults, flawed: int = 0) -> str:
    """Return the landing page of a run; ``flawed``: pictures that are not those taken."""
    style = asset("base.css", "index.css")
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            run=run,
            header=run.journal.header,
            facts_of_run=matrix.facts(run),
            requirement_counts=count(r.verdict for r in run.requirements),
            scenario_counts=count(s.verdict for s in run.scenarios),
            lead=matrix.lead(run) + (_FLAWED.format(flawed) if flawed else ""),
            troubled=_troubled(run),
            most=_MOST_LISTED,
            files=_FILES,
            style=style,
            policy=policy(style),
        )
    )
