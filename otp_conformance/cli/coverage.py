"""``otp-conformance coverage``: which requirements a run really verified."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import (
    format_option,
    manual_option,
    reports_option,
    set_of,
    set_option,
)
from otp_conformance.cli.console import echo, table
from otp_conformance.errors import UsageError
from otp_conformance.journal.journal import Journal
from otp_conformance.language import Text, say
from otp_conformance.report.coverage import Claim, Coverage, Row, Status, claims_of_run, coverage
from otp_conformance.resources import bundle_root
from otp_conformance.run.folder import find_run, require_intact
from otp_conformance.run.request import EarlierRun
from otp_conformance.specification import untested
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.specification.manual import Manual
from otp_conformance.specification.scenarios import plan_features

_WORDS = {
    Status.COVERED: Text("確認済み", "covered"),
    Status.EXCUSED: Text("未検査（理由あり）", "untested, with reason"),
    Status.NOT_APPLICABLE: Text("対象外", "not applicable"),
    Status.UNTESTED: Text("未検査", "untested"),
    Status.ASIDE: Text("シナリオ不要", "needs none"),
}


@click.command(
    "coverage",
    cls=BilingualCommand,
    text=Text(
        "実施の記録から、どの要件が実際に確かめられたかを表示します（省略すると最新の記録）。\n"
        "理由のない未検査の要件、知らない要件ID、要件のないシナリオがあれば終了コード 1 です。",
        "Show which requirements a run really verified (default: the latest run).\n"
        "Exit code 1: untested without a reason, an unknown ID, or a scenario without one.",
    ),
)
@click.argument("run_dir", metavar="[RUN_DIR]", default="latest")
@option(
    "--static",
    is_flag=True,
    ja="実施の記録を使わず、シナリオのタグだけで調べます。",
    en="Go by the scenarios' tags alone, without a run.",
)
@format_option
@reports_option
@manual_option
@set_option
@common_options
def coverage_command(
    run_dir: str,
    reports: str,
    output: str,
    manual_folder: str | None,
    set_name: str,
    *,
    static: bool,
) -> int:
    """Print the account; 1 when something is to be put right."""
    run = None if static else _run_of(run_dir, Path(reports))
    journal = None if run is None else run.journal
    judged = set_name if journal is None else set_of(journal, set_name)
    manual = bundle.manual_in(manual_folder, judged)
    catalogue = bundle.catalogue(manual)
    claims = _static_claims(manual) if journal is None else claims_of_run(journal)
    excuses = untested.load(manual, bundle_root())
    found = coverage(catalogue, excuses, claims)
    if output == "json":
        click.echo(json.dumps(_as_data(found, catalogue, journal), ensure_ascii=False, indent=2))
    else:
        _print(found, catalogue, journal)
    if run is not None:
        require_intact(run)
    return 0 if found.sound else 1


def _run_of(run_dir: str, reports: Path) -> EarlierRun:
    try:
        return find_run(run_dir, reports)
    except UsageError as error:
        raise UsageError(
            f"{error.text.ja}実施の記録なしで調べるには --static を付けてください。",
            f"{error.text.en} Give --static to go without a run.",
        ) from error


def _static_claims(manual: Manual) -> Iterator[Claim]:
    for feature in plan_features(bundle_root(), manual):
        for plan in feature.scenarios:
            yield Claim(plan.scenario_id, plan.requirements, frozenset(plan.requirements))


def _print(found: Coverage, catalogue: Catalogue, journal: Journal | None) -> None:
    _source(journal)
    head = [say("章", "Chapter"), *(str(_WORDS[s]) for s in Status), say("計", "Total")]
    chapters = dict.fromkeys(row.requirement.chapter for row in found.rows)
    rows = [
        [catalogue.chapter_name(name), *_cells(found.counts(name).values())] for name in chapters
    ]
    total = [say("計", "Total"), *_cells(found.counts().values())]
    table([*rows, total], head, numbers=True)
    echo("")
    for title, unsound, lines in (
        (_WORDS[Status.UNTESTED], True, _lines(found.of(Status.UNTESTED))),
        (_WORDS[Status.EXCUSED], False, _lines(found.of(Status.EXCUSED))),
        (_WORDS[Status.NOT_APPLICABLE], False, _lines(found.of(Status.NOT_APPLICABLE))),
        (
            Text("要件目録にない要件ID", "Unknown requirement IDs"),
            True,
            [f"{rid}  {scenario_id}" for scenario_id, rid in found.dangling],
        ),
        (
            Text("要件のないシナリオ", "Scenarios without a requirement"),
            True,
            found.without_requirement,
        ),
        (
            Text(
                "確認済みなのに untested.toml に残っている要件（項目を消してください）",
                "Covered, yet still in untested.toml (remove the entries)",
            ),
            True,
            found.stale,
        ),
        (
            Text("untested.toml にある、目録にない要件ID", "Unknown IDs in untested.toml"),
            True,
            found.unknown_excuses,
        ),
    ):
        if lines:
            count = sum(not line.startswith(" ") for line in lines)
            echo(f"{title} ({count})", "red" if unsound else None, bold=True)
            for line in lines:
                echo(f"  {line}")
            echo("")
    echo(
        say("要件の確認: 問題はありません。", "Coverage: sound.")
        if found.sound
        else say(
            "要件の確認: 直すべき点があります（終了コード 1）。",
            "Coverage: not sound (exit code 1).",
        ),
        "green" if found.sound else "red",
        bold=True,
    )


def _source(journal: Journal | None) -> None:
    if journal is None:
        echo(say("タグだけによる集計です（実施の記録は見ていません）。", "By tags alone."))
    else:
        header = journal.header
        echo(say(f"実施の記録: {header.run_id}", f"Run: {header.run_id}"))
        if header.judges_a_set:
            echo(say(f"要件のセット: {header.set}", f"Set: {header.set}"))
        if header.partial or journal.cut_off:
            echo(
                say(
                    "一部だけの実施です。実施しなかったシナリオの要件は未検査になります。",
                    "Only a part was run: requirements of the other scenarios read as untested.",
                ),
                "yellow",
            )
    echo("")


def _cells(counts: Iterable[int]) -> list[str]:
    numbers = list(counts)
    return [*(str(n) if n else "·" for n in numbers), str(sum(numbers))]


def _lines(rows: Sequence[Row]) -> list[str]:
    lines = []
    for row in rows:
        lines.append(f"{row.requirement.id}  {row.requirement.text}")
        if row.reason is not None:
            lines.append("        " + say("理由: ", "reason: ") + row.reason.reason)
        lines += [
            "        " + say("確認に至らなかったシナリオ: ", "did not get to check it: ") + scenario
            for scenario in row.named_by
        ]
    return lines


def _as_data(found: Coverage, catalogue: Catalogue, journal: Journal | None) -> dict[str, object]:
    chapters = dict.fromkeys(row.requirement.chapter for row in found.rows)
    return {
        "requirement_set": f"{catalogue.id} {catalogue.version}",
        "run_id": journal.header.run_id if journal else None,
        "partial": bool(journal and (journal.header.partial or journal.cut_off)),
        "sound": found.sound,
        "totals": dict(found.counts()),
        "chapters": [
            {"id": c, "name": catalogue.chapter_name(c), **found.counts(c)} for c in chapters
        ],
        "requirements": [
            {
                "id": row.requirement.id,
                "status": row.status,
                "verified_by": row.verified_by,
                "named_by": row.named_by,
                "reason": row.reason.reason if row.reason else None,
            }
            for row in found.rows
        ],
        "dangling": [{"scenario": s, "id": rid} for s, rid in found.dangling],
        "without_requirement": found.without_requirement,
        "stale": found.stale,
        "unknown_in_untested": found.unknown_excuses,
    }
