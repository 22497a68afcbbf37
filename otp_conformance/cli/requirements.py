"""``otp-conformance requirements``: the catalogue, and which scenarios check what."""

from __future__ import annotations

from itertools import zip_longest

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options
from otp_conformance.cli.choosing import manual_option, set_option
from otp_conformance.cli.console import echo, pad, table
from otp_conformance.language import Text, say
from otp_conformance.resources import bundle_root
from otp_conformance.specification.basis import BASES
from otp_conformance.specification.catalogue.model import Catalogue, Requirement
from otp_conformance.specification.scenarios import ScenarioPlan, plan_features
from otp_conformance.specification.selection import requirement_ids

_KINDS = {
    "behaviour": "動作",
    "screen content": "画面表示",
    "navigation": "画面遷移",
    "input rule": "入力規則",
    "policy": "方針",
    "physical-world": "画面の外の事柄",
}
_OBSERVABILITY = {
    "yes": "できる",
    "with clock control": "時刻を進められればできる",
    "with staff access": "職員の画面を使えればできる",
    "not observable": "できない",
}
"""The catalogue's words in Japanese, as the requirement matrix has them."""


@click.command(
    "requirements",
    cls=BilingualCommand,
    text=Text(
        "要件と、それを確かめるシナリオを表示します。",
        "Show requirements and the scenarios that check them.",
    ),
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@manual_option
@set_option
@common_options
def requirements(ids: tuple[str, ...], manual_folder: str | None, set_name: str) -> int:
    """Print all requirements in a table, or the named ones in full."""
    manual = bundle.manual_in(manual_folder, set_name)
    catalogue = bundle.catalogue(manual)
    wanted = requirement_ids(ids, catalogue.requirements)
    scenarios: dict[str, list[ScenarioPlan]] = {}
    for feature in plan_features(bundle_root(), manual):
        for plan in feature.scenarios:
            for requirement in plan.requirements:
                scenarios.setdefault(requirement, []).append(plan)
    if wanted:
        for identifier, row in catalogue.requirements.items():
            if identifier in wanted:
                _print_one(catalogue, row, scenarios.get(identifier, []))
        return 0
    head = [
        "ID",
        *([say("出典", "Source")] if manual.is_set else []),
        say("区分", "Force"),
        say("根拠", "Basis"),
        say("シナリオ", "Scenarios"),
        say("内容", "Wording"),
    ]
    rows = [
        [
            identifier,
            *([row.source] if manual.is_set else []),
            str(row.force.text),
            str(BASES[row.basis]),
            str(len(scenarios.get(identifier, [])) or "—"),
            row.text,
        ]
        for identifier, row in catalogue.requirements.items()
    ]
    table(rows, head)
    tested = sum(1 for identifier in catalogue.requirements if identifier in scenarios)
    echo("")
    echo(
        say(
            f"{len(rows)} 件（シナリオのあるもの {tested} 件）",
            f"{len(rows)} requirements, {tested} with scenarios",
        )
    )
    for gone in manual.withdrawn.values():
        echo(say(f"この手順書にない要件 {gone.id}: ", f"Withdrawn {gone.id}: ") + gone.reason)
    return 0


def _places(row: Requirement) -> str:
    """Return section and step of each place; both columns list them with semicolons."""
    sections = [part.strip() for part in row.section.split(";")]
    steps = [part.strip().strip("—") for part in row.step.split(";")]
    pairs = zip_longest(sections, steps, fillvalue="")
    return say("、", "; ").join(f"{section} {step}".strip() for section, step in pairs)


def _print_one(catalogue: Catalogue, row: Requirement, scenarios: list[ScenarioPlan]) -> None:
    echo(f"{row.id}  {row.text}", bold=True)
    for name, value in (
        (say("章", "Chapter"), catalogue.chapter_name(row.chapter)),
        (say("出典", "Source"), row.source)
        if row.source
        else (say("手順書の箇所", "In the manual"), _places(row)),
        (say("根拠", "Basis"), str(BASES[row.basis])),
        (say("種類", "Kind"), say(_KINDS[row.kind], row.kind)),
        (say("区分", "Force"), str(row.force.text)),
        (say("観測", "Observability"), say(_OBSERVABILITY[row.observability], row.observability)),
    ):
        echo(f"  {pad(name, 14)} {value}")
    echo("  " + say("シナリオ", "Scenarios"))
    for plan in scenarios:
        echo(f"    {plan.scenario_id}  {plan.name}")
    if not scenarios:
        echo("    " + say("なし（未検査）", "none (not tested)"))
    echo("")
