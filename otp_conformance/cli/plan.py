"""``otp-conformance plan``: what a run will do, use up and wait for, before it begins."""

from __future__ import annotations

import json
from pathlib import Path

import click

from otp_conformance.assets.consumption import TABLE_FILE, load_table, measure, write_table
from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import (
    agent_option,
    declaration_option,
    format_option,
    manual_option,
    selection_of,
    selection_options,
)
from otp_conformance.cli.coverage import journal_of
from otp_conformance.cli.plan_views import plan_data, show_plan
from otp_conformance.cli.progress import echo
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import SuiteFaultError
from otp_conformance.language import Text, say
from otp_conformance.resources import bundle_root, features_dir
from otp_conformance.run.budget.forecast import forecast
from otp_conformance.run.budget.ordering import in_order
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.selection import select
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode


@click.command(
    "plan",
    cls=BilingualCommand,
    text=Text(
        "何を実施し、何を実施しないか、何をどれだけ使い、どれだけ待つかを、実施の前に示します。\n"
        "検査対象には接続しません。用意したお客さまやトークンが足りなければ終了コード 3 です。",
        "Show what a run will do and leave out, what it uses up and how long it waits.\n"
        "Contacts nobody. Exit code 3 when the prepared assets do not suffice.",
    ),
)
@selection_options
@declaration_option
@manual_option
@agent_option(
    "実施に使うエージェント。",
    "The agent of the run.",
)
@option(
    "--repeat",
    type=click.IntRange(1, 100),
    default=1,
    metavar="N",
    ja="各シナリオの回数。",
    en="How often each scenario runs.",
)
@option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    ja="同時に実施する数（時間の見積もりに使います）。",
    en="How many work at the same time (for the estimate of time).",
)
@option(
    "--measure",
    "measured",
    metavar="RUN_DIR",
    default=None,
    ja="消費量の表を、参照実装での実施の記録から作り直します（スイートの保守用）。",
    en="Rebuild the table of consumption from a run on the reference bank (maintenance).",
)
@format_option
@common_options
def plan(
    paths: tuple[str, ...],
    tags: tuple[str, ...],
    requirements: tuple[str, ...],
    name: str | None,
    declaration_file: str | None,
    manual_folder: str | None,
    agent: str,
    repeat: int,
    workers: int,
    measured: str | None,
    output: str,
) -> int:
    """Print the plan; 3 when assets are lacking."""
    loaded = bundle.load_declaration(declaration_file, manual_folder)
    if measured is not None:
        return _measure(Path(measured), loaded)
    root = bundle_root()
    chosen = select(
        plan_features(root, loaded.declaration.manual),
        selection_of(paths, tags, requirements, name),
        known_requirements=bundle.catalogue(loaded.declaration.manual).requirements,
        root=root,
        cwd=Path.cwd(),
    )
    known = load_table()
    chosen = in_order(chosen, known, loaded.declaration)
    found = forecast(chosen, loaded, known, agent=AgentKind(agent), repeat=repeat)
    if output == "json":
        data = plan_data(found, loaded, workers)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        show_plan(found, loaded, workers)
    return ExitCode.INCONCLUSIVE if found.match.shortages else ExitCode.PASS


def _measure(run_dir: Path, loaded: LoadedDeclaration) -> int:
    try:
        former = load_table().file
    except SuiteFaultError:
        former = None
    known = {p.key for feature in plan_features(bundle_root()) for p in feature.scenarios}
    new = measure(journal_of(run_dir), loaded.declaration, former, known)
    path = features_dir() / TABLE_FILE
    write_table(new, path)
    echo(
        say(
            f"{path}: {len(new.scenarios)} 件（シナリオは {len(known)} 件）",
            f"{path}: {len(new.scenarios)} of {len(known)} scenarios",
        )
    )
    return ExitCode.PASS if len(new.scenarios) == len(known) else ExitCode.INCONCLUSIVE
