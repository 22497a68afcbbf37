"""``python -m workshop.teeth``: what the suite finds in products with planted faults."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import cluster_option, declaration_option
from otp_conformance.cli.console import echo
from otp_conformance.errors import UsageError
from otp_conformance.language import Text, say
from otp_conformance.report.teeth import load as load_teeth
from otp_conformance.resources import bundle_root, fixtures_dir, steps_dir
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode
from workshop.sets import whole_catalogue, whole_suite
from workshop.teeth import matrix as matrices
from workshop.teeth import shipped
from workshop.teeth.campaign import carry_out
from workshop.teeth.catalogue import Fault, FaultCatalogue, FaultClass, choose
from workshop.teeth.catalogue import load as load_catalogue
from workshop.teeth.matrix import FaultRow, KillMatrix, Status
from workshop.teeth.meeting import Bench, Meeting
from workshop.teeth.page import render
from workshop.teeth.product import environment, faulty, ordinary
from workshop.teeth.scope import Scope, scenarios_for
from workshop.teeth.terminal import print_matrix, print_row

MATRIX_FILE = "kill-matrix"


@click.command(
    "faults",
    cls=BilingualCommand,
    text=Text(
        "欠陥を植え付けた製品に対して検査を実施し、見つけられるかを表にします"
        "（欠陥 × 要件の検出表）。\n"
        "FAULT は欠陥の名前か番号（省略すると目録のすべて）。破られる要件の確認が"
        "不合格になったときだけ、検出とみなします。\n"
        "終了コード: 0 すべて検出 / 1 見逃しあり / 2 指定か目録の誤り / 4 実施できない欠陥あり / "
        "130 中断",
        "Run the suite against products with planted faults and write the kill matrix "
        "(fault x requirement).\n"
        "FAULT: id or number of a fault (default: all of the catalogue). Caught means that a "
        "check of a violated requirement failed.\n"
        "Exit codes: 0 all caught / 1 a fault survived / 2 bad usage or catalogue / "
        "4 a fault could not be run / 130 interrupted",
    ),
)
@click.argument("wishes", nargs=-1, metavar="[FAULT]...")
@option(
    "--class",
    "classes",
    multiple=True,
    type=click.Choice([kind.value for kind in FaultClass]),
    ja="この種類の欠陥だけ（繰り返してもよい）。",
    en="Only faults of this class (may be repeated).",
)
@option(
    "--full/--quick",
    "full",
    default=False,
    ja="--quick（既定）: 見つけるはずのシナリオだけ。"
    "--full: 破られる要件のシナリオがある feature ファイルのすべて。",
    en="--quick (default): the scenarios expected to catch it. "
    "--full: all of each feature file with a scenario of a violated requirement.",
)
@option(
    "--agent",
    type=click.Choice([kind.value for kind in AgentKind]),
    default=None,
    ja="すべてをこれで実施します（既定: 目録のとおり。ブラウザーの要る欠陥だけブラウザー）。",
    en="Run everything with this (default: as the catalogue says, a browser only where needed).",
)
@option(
    "--jobs",
    "-j",
    type=click.IntRange(1, 64),
    default=None,
    metavar="N",
    ja="同時に使うプロセスの数（既定: CPU の数、2 まで）。",
    en="Processes at a time (default: the number of CPUs, at most 2).",
)
@cluster_option
@option(
    "--catalogue",
    "catalogue_file",
    metavar="FILE",
    ja="欠陥の目録（既定: 参照実装のもの）。",
    en="Catalogue of faults (default: the reference bank's).",
)
@declaration_option
@option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    ja="標準出力に表示する形式（表はどの形式でも --out に書きます）。",
    en="Format on standard output (the matrix is written to --out in any case).",
)
@option(
    "--out",
    default="reports/faults",
    show_default=True,
    metavar="DIR",
    ja="検出表と実施の記録の出力先。",
    en="Folder for the matrix and the runs.",
)
@option(
    "--compare",
    metavar="FILE",
    default=None,
    ja="以前の kill-matrix.json と比べ、違いがあれば終了コード 1（時刻と観測の文面は除く）。",
    en="Compare with an earlier kill-matrix.json; exit code 1 when they differ (times aside).",
)
@option(
    "--write-teeth",
    is_flag=True,
    ja="結果を目録の隣の teeth.json に書きます（要件別の結果の「見つけられる不具合」になります）。",
    en="Write the result to teeth.json beside the catalogue (shown in the requirement matrix).",
)
@common_options
def faults(
    wishes: tuple[str, ...],
    classes: tuple[str, ...],
    agent: str | None,
    jobs: int | None,
    cluster: str | None,
    catalogue_file: str | None,
    declaration_file: str | None,
    output: str,
    out: str,
    compare: str | None,
    *,
    full: bool,
    write_teeth: bool,
) -> int:
    """Hold every meeting, write the matrix and return the exit code."""
    known = whole_catalogue()
    path = Path(catalogue_file) if catalogue_file else fixtures_dir() / "faults" / "catalogue.toml"
    catalogue = load_catalogue(path, known.requirements)
    other = matrices.read(Path(compare)) if compare else None
    scope = Scope.FULL if full else Scope.QUICK
    chosen = choose(catalogue, wishes, [FaultClass(kind) for kind in classes])
    declared = Path(declaration_file) if declaration_file else None
    product, meetings = _meetings(catalogue, chosen, scope, agent, declared)
    folder = _folder(Path(out))
    begun = time.perf_counter()
    talk = output == "text"
    if talk:
        _head(meetings, scope)
    with Interrupt(_stopping) as interrupt:
        rows = carry_out(
            meetings,
            partial(make_bench, folder / "runs", dict(environment(catalogue))),
            jobs=jobs or min(2, os.cpu_count() or 1),
            cluster=cluster or "",
            interrupt=interrupt,
            heard=print_row if talk else _silent,
        )
    found = KillMatrix(
        requirement_set=f"{known.id} {known.version}",
        suite_version=version("otp-conformance"),
        product=product,
        catalogue=catalogue.path.name,
        catalogue_sha256=catalogue.sha256,
        scope=scope,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - begun, 1),
        faults=rows,
    )
    page = render(found, known)
    (folder / f"{MATRIX_FILE}.json").write_text(found.dump(), encoding="utf-8", newline="\n")
    (folder / f"{MATRIX_FILE}.html").write_text(page, encoding="utf-8", newline="\n")
    match output:
        case "json":
            click.echo(found.dump(), nl=False)
        case "html":
            click.echo(page, nl=False)
        case _:
            print_matrix(found, known, folder / f"{MATRIX_FILE}.html")
    if write_teeth and not interrupt.requested:
        _write_teeth(catalogue, found)
    same = other is None or _same(found, other)
    code = exit_code(found, interrupted=interrupt.requested)
    return ExitCode.FAIL if code is ExitCode.PASS and not same else code


def exit_code(found: KillMatrix, *, interrupted: bool = False) -> ExitCode:
    """Return the exit code of a matrix (docs/exit-codes.md).

    What could not be run, or where the suite broke, comes before a survivor:
    such an instrument has not measured yet.
    """
    if interrupted:
        return ExitCode.INTERRUPTED
    if found.of(Status.ERROR, Status.NOT_RUN) or any(row.suite_fault for row in found.faults):
        return ExitCode.SUITE_FAULT
    return ExitCode.FAIL if found.of(Status.SURVIVED) else ExitCode.PASS


def make_bench(reports: Path, env: dict[str, str]) -> Bench:
    """Return what all runs of this process share; the runs build no reports."""
    known = whole_catalogue()
    return Bench(
        parts=bundle.parts(known, reporting=False),
        root=bundle_root(),
        steps=steps_dir(),
        known_requirements=known.requirements,
        requirement_set=f"{known.id} {known.version}",
        reports=reports,
        env=env,
    )


def _meetings(
    catalogue: FaultCatalogue,
    chosen: Sequence[Fault],
    scope: Scope,
    agent: str | None,
    other: Path | None,
) -> tuple[str, list[Meeting]]:
    """Return the product's name and all meetings, everything checked before anything runs."""
    loaded = ordinary(catalogue, other)
    features = whole_suite()
    meetings = [
        Meeting(
            fault=fault,
            loaded=faulty(catalogue, fault, loaded),
            scenarios=tuple(s.scenario_id for s in scenarios_for(fault, features, scope)),
            agent=AgentKind(agent) if agent else fault.agent,
        )
        for fault in chosen
    ]
    sut = loaded.declaration.sut
    return f"{sut.institution} {sut.product} {sut.version}", meetings


def _folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{MATRIX_FILE}.json").touch()
    except OSError as error:
        raise UsageError(
            f"出力先 {folder} に書き込めません（{error.strerror}）。"
            "--out で別の場所を指定してください。",
            f"The folder {folder} cannot be written ({error.strerror}). Give another with --out.",
        ) from error
    return folder


def _head(meetings: Sequence[Meeting], scope: Scope) -> None:
    count = sum(len(meeting.scenarios) for meeting in meetings)
    echo(
        say(
            f"欠陥 {len(meetings)} 件 × {scope.text.ja}（延べ {count} シナリオ）",
            f"{len(meetings)} faults x {scope.text.en} ({count} scenarios in all)",
        )
    )


def _stopping() -> None:
    text = say(
        "中断します。ここまでの結果を表にします（もう一度 Ctrl-C で打ち切ります）。",
        "Stopping; the matrix will hold the results so far (press Ctrl-C again to give up).",
    )
    click.echo(text, err=True)


def _silent(row: FaultRow) -> None:
    del row


def _write_teeth(catalogue: FaultCatalogue, found: KillMatrix) -> None:
    target = catalogue.path.parent / "teeth.json"
    teeth = shipped.merged(load_teeth(target), found, catalogue.faults)
    target.write_text(shipped.dump(teeth), encoding="utf-8", newline="\n")
    click.echo(say(f"書き込みました: {target}", f"Written: {target}"), err=True)


def _same(found: KillMatrix, other: KillMatrix) -> bool:
    differences = matrices.differences(found, other)
    for line in differences:
        click.echo(say(f"前回との違い: {line}", f"Differs: {line}"), err=True)
    if not differences:
        click.echo(say("前回と同じ結果です。", "The same result as before."), err=True)
    return not differences
