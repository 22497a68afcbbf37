"""All reports of a run, from its folder."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from otp_conformance.journal.evidence import flaws, picture
from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.language import Language, say, speaking
from otp_conformance.report import (
    allure,
    card,
    earl,
    groups,
    html,
    junit,
    matrix,
    messages,
    single,
    spreadsheet,
)
from otp_conformance.report.pages import asset, environment, policy
from otp_conformance.report.reference import Reference
from otp_conformance.report.results import Aside, RunResults, count, results
from otp_conformance.report.teeth import Teeth
from otp_conformance.specification.catalogue.model import Catalogue

_FILES = (
    ("requirements.html", "要件一覧", "要件ごとの判定、確かめたシナリオ、証拠"),
    (
        "report.xlsx",
        "試験成績書（Excel）",
        "表紙、要件、シナリオ、不合格と判定不能、章ごとの集計。印刷と保管のための表",
    ),
    ("cucumber.html", "Cucumber の報告", "機能ファイルの文面に沿った手順ごとの結果"),
    ("junit.xml", "JUnit XML", "ビルドサーバーに読み込ませるための結果"),
    ("messages.ndjson", "Cucumber Messages", "ほかの Cucumber 用の道具に渡すための記録"),
    (JOURNAL_FILE, "実行記録", "すべての報告の元になる記録"),
)

_FOR_PEOPLE = 2  # of the files; the others are for programs

WORKBOOK = "report.xlsx"
_MOST_LISTED = 12
_MOST_REQUIREMENTS = 3

FORMATS = ("csv", "earl", "allure", "single-file")
"""What is written only when it is asked for."""


def build(
    run_dir: Path,
    catalogue: Catalogue,
    teeth: Teeth | None = None,
    lang: Language = "ja",
    *,
    reference: Reference | None = None,
    formats: Collection[str] = (),
) -> list[Path]:
    """Write every report of the run in ``run_dir``; return the files written.

    ``teeth``: the faults that each requirement's checks are known to find; ``lang``: the
    language of the pages, what a feature file or a product says stays as it is;
    ``reference``: what the reference bank did; ``formats``: which of `FORMATS` as well.

    Raises `JournalError` when the journal cannot be believed, `ReportError`
    when it lacks what a report needs. Older reports are replaced.
    """
    with speaking(lang):
        return _build(run_dir, catalogue, teeth, reference, formats)


def _build(
    run_dir: Path,
    catalogue: Catalogue,
    teeth: Teeth | None,
    reference: Reference | None,
    formats: Collection[str],
) -> list[Path]:
    journal = read(run_dir / JOURNAL_FILE)
    run = results(journal, catalogue)
    header = journal.header
    found = flaws(run_dir, journal)
    flawed = {flaw.evidence.evidence_id: str(flaw.why) for flaw in found}
    altered = len({flaw.evidence.file for flaw in found})  # one may be evidence of many scenarios
    envelopes = list(messages.messages(journal, run_dir))
    cards = card.cards(run, matrix.place, reference)
    texts = {scenario_id: card.text(each) for scenario_id, each in cards.items()}
    title = f"{header.sut_name} {header.sut_version} {header.run_id}"
    pages = {
        "messages.ndjson": messages.ndjson(envelopes),
        "junit.xml": junit.render(run, texts),
        "cucumber.html": html.render(envelopes, title),
        "requirements.html": matrix.render(run, teeth, flawed, cards),
        "index.html": index(run, altered),
    }
    with speaking("ja"):
        bodies: dict[str, str | bytes] = {
            **pages,
            WORKBOOK: spreadsheet.workbook(run),
            **_asked(run, run_dir, formats, pages["requirements.html"]),
        }
    written: list[Path] = []
    for name, body in bodies.items():
        target = run_dir / name
        target.parent.mkdir(exist_ok=True)
        _replace(target, body.encode() if isinstance(body, str) else body)
        written.append(target)
    return written


def _asked(
    run: RunResults, run_dir: Path, formats: Collection[str], page: str
) -> dict[str, str | bytes]:
    """Return the reports that were asked for, by their names in the run's folder."""
    found: dict[str, str | bytes] = {}
    if "csv" in formats:
        found |= spreadsheet.tables(run)
    if "earl" in formats:
        found["earl.jsonld"] = earl.render(run)
    if "allure" in formats:
        results_of = allure.render(run, run_dir)
        found |= {f"{allure.FOLDER}/{name}": body for name, body in results_of.items()}
    if "single-file" in formats:
        found[single.FILE] = single.single(page, _images(run, run_dir))
    return found


def _images(run: RunResults, run_dir: Path) -> dict[str, tuple[str, bytes]]:
    """Return media type and bytes of every picture that is as it was taken, by its file."""
    found: dict[str, tuple[str, bytes]] = {}
    for evidence in (e for s in run.scenarios for e in s.attempt.evidence):
        if evidence.file and evidence.file not in found:
            image = picture(run_dir, evidence)
            if isinstance(image, bytes):
                found[evidence.file] = (evidence.media_type, image)
    return found


def _replace(target: Path, body: bytes) -> None:
    """Write a report, all of it or nothing: a former one stays where there is no room."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.write_bytes(body)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    part.replace(target)


def index(run: RunResults, flawed: int = 0) -> str:
    """Return the landing page of a run; ``flawed``: pictures that are not those taken."""
    style = asset("base.css", "index.css")
    troubled = groups.failures(run)
    altered = say(
        f"証拠の画像 {flawed} 件が、記録したときのままではありません。",
        f" {flawed} picture(s) are not those that were taken.",
    )
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            run=run,
            header=run.journal.header,
            facts_of_run=matrix.facts(run),
            requirement_counts=count(r.verdict for r in run.to_verify),
            scenario_counts=count(s.verdict for s in run.scenarios),
            lead=matrix.lead(run) + (altered if flawed else ""),
            troubled=troubled,
            accused=sum(len(group.scenarios) for group in troubled),
            left_out=groups.left_out(run),
            aside={
                aside: [r for r in run.requirements if r.aside is aside]
                for aside in Aside
                if any(r.aside is aside for r in run.requirements)
            },
            most=_MOST_LISTED,
            requirements={r.requirement.id: r.requirement for r in run.requirements},
            most_requirements=_MOST_REQUIREMENTS,
            files=_FILES,
            most_files=_FOR_PEOPLE,
            style=style,
            policy=policy(style),
        )
    )
