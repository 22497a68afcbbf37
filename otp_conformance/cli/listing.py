"""``otp-conformance list``: what would run."""

from __future__ import annotations

from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options
from otp_conformance.cli.choosing import (
    declaration_option,
    manual_option,
    selection_options,
    set_option,
)
from otp_conformance.cli.console import echo, table, verdict_word
from otp_conformance.declaration.needs import unmet_need
from otp_conformance.language import Text, say
from otp_conformance.resources import bundle_root
from otp_conformance.specification.basis import BASES
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.selection import Selection, select


@click.command(
    "list",
    cls=BilingualCommand,
    text=Text(
        "実施されるシナリオを一覧します（番号・根拠・要件・場所・名前）。",
        "List the scenarios that would run (id, basis, requirements, place, name).",
    ),
)
@selection_options
@declaration_option
@manual_option
@set_option
@common_options
def list_scenarios(
    selection: Selection,
    declaration_file: str | None,
    manual_folder: str | None,
    set_name: str,
) -> int:
    """Print the plan without carrying it out."""
    declaration = bundle.load_declaration(declaration_file, manual_folder, set_name).declaration
    root, catalogue = bundle_root(), bundle.catalogue(declaration.manual).requirements
    chosen = select(
        plan_features(root, declaration.manual),
        selection,
        known_requirements=catalogue,
        root=root,
        cwd=Path.cwd(),
    )
    rows = []
    left_out = 0
    for plan in chosen:
        unmet = unmet_need(plan.tags, declaration)
        left_out += unmet is not None
        why = f"［{verdict_word(unmet.verdict)}: {unmet.observed}］" if unmet else ""
        bases = {catalogue[each].basis for each in plan.requirements if each in catalogue}
        basis = next((str(word) for key, word in BASES.items() if key in bases), "—")
        tagged = ",".join(plan.requirements) or "—"
        rows.append([plan.scenario_id, basis, tagged, plan.place, f"{plan.name} {why}"])
    table(rows)
    echo("")
    echo(
        say(
            f"{len(chosen)} 件（うち宣言により実施しないもの {left_out} 件）",
            f"{len(chosen)} scenarios ({left_out} left out by the declaration)",
        )
    )
    return 0
