"""``otp-conformance list``: what would run."""

from __future__ import annotations

from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options
from otp_conformance.cli.choosing import declaration_option, selection_of, selection_options
from otp_conformance.cli.console import echo, table, verdict_word
from otp_conformance.declaration.needs import unmet_need
from otp_conformance.language import Text, say
from otp_conformance.resources import bundle_root
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.selection import select


@click.command(
    "list",
    cls=BilingualCommand,
    text=Text(
        "実施されるシナリオを一覧します（番号・要件・場所・名前）。",
        "List the scenarios that would run (id, requirements, place, name).",
    ),
)
@selection_options
@declaration_option
@common_options
def list_scenarios(
    paths: tuple[str, ...],
    ids: tuple[str, ...],
    tags: tuple[str, ...],
    requirements: tuple[str, ...],
    name: str | None,
    declaration_file: str | None,
) -> int:
    """Print the plan without carrying it out."""
    declaration = bundle.load_declaration(declaration_file).declaration
    root = bundle_root()
    chosen = select(
        plan_features(root),
        selection_of(paths, ids, tags, requirements, name),
        known_requirements=bundle.catalogue().requirements,
        root=root,
        cwd=Path.cwd(),
    )
    rows = []
    left_out = 0
    for plan in chosen:
        unmet = unmet_need(plan.tags, declaration)
        left_out += unmet is not None
        why = f"［{verdict_word(unmet.verdict)}: {unmet.observed}］" if unmet else ""
        verified = ",".join(plan.requirements) or "—"
        rows.append([plan.scenario_id, verified, plan.place, f"{plan.name} {why}"])
    table(rows)
    echo("")
    echo(
        say(
            f"{len(chosen)} 件（うち宣言により実施しないもの {left_out} 件）",
            f"{len(chosen)} scenarios ({left_out} left out by the declaration)",
        )
    )
    return 0
