"""``otp-conformance run``: test a system and report."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.again import Again, again_options
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import (
    Seed,
    agent_option,
    declaration_option,
    manual_option,
    selection_of,
    selection_options,
)
from otp_conformance.cli.closing import print_summary
from otp_conformance.cli.consent import asked
from otp_conformance.cli.progress import Progress
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import UsageError
from otp_conformance.language import Text
from otp_conformance.resources import bundle_root, steps_dir
from otp_conformance.run.budget.admission import Admission
from otp_conformance.run.deviations import all_known, check_deviations, stale
from otp_conformance.run.engine import run as carry_out
from otp_conformance.run.request import Request, RunResult
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode


@click.command(
    "run",
    cls=BilingualCommand,
    text=Text(
        "適合試験を実施し、報告書を作ります。\n"
        "何も指定しなければ、参照実装を自動で起動して全シナリオを実施します。\n"
        "終了コード: 0 合格 / 1 不合格 / 2 指定か宣言の誤り / 3 判定不能・未実施あり / "
        "4 試験装置異常 / 130 中断",
        "Test a system and write reports.\n"
        "Without options the reference bank is started and every scenario runs.\n"
        "Exit codes: 0 pass / 1 fail / 2 bad usage or declaration / "
        "3 inconclusive or not run / 4 suite fault / 130 interrupted",
    ),
)
@selection_options
@declaration_option
@manual_option
@option(
    "--settings",
    metavar="FILE",
    ja="参照実装の設定ファイル（内蔵の宣言を使うときだけ）。",
    en="Settings of the reference bank (built-in declaration only).",
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    ja="検査対象を起動するポート（既定は空きポート）。",
    en="Port to start the system on (default: a free one).",
)
@agent_option(
    "browser: ブラウザー。http: ブラウザーなしで速く（合否の判定はブラウザーによります）。",
    "browser, or http: fast, without a browser (whose verdict remains the verdict).",
)
@option(
    "--shuffle",
    type=Seed(),
    is_flag=False,
    flag_value=Seed.ANY,
    default=None,
    metavar="[SEED]",
    ja="シナリオの順番を乱数で入れ替えます（同じ数を指定すると同じ順番。省くと自動で選んで表示）。",
    en="Random order of scenarios; the same SEED gives the same order (default: a printed one).",
)
@option(
    "--repeat",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    metavar="N",
    ja="各シナリオを N 回ずつ実施します（最も悪い判定を採り、判定の揺らぎを知らせます）。",
    en="Run each scenario N times; the worst verdict counts, differing ones are reported.",
)
@option(
    "--keep-work",
    is_flag=True,
    ja="検査対象の作業フォルダー（{work_dir}）を消さずに残します。",
    en="Keep the folder of the system under test ({work_dir}).",
)
@option(
    "--allow-known-deviations",
    is_flag=True,
    ja="不合格が宣言の known_deviations だけなら、終了コードを 0 にします（判定は不合格のまま）。",
    en="Exit with 0 when nothing failed but known_deviations (the verdict stays).",
)
@option("--headed", is_flag=True, ja="ブラウザーを表示します。", en="Show the browser.")
@option(
    "--reports",
    default="reports",
    show_default=True,
    metavar="DIR",
    ja="報告の出力先。",
    en="Folder for reports.",
)
@again_options
@option(
    "--partial",
    is_flag=True,
    ja="用意したお客さまやトークンが足りないとき、実施できるシナリオだけを実施します（残りは未実施）。",
    en="Where prepared assets do not suffice, carry out what they allow; the rest is not run.",
)
@option(
    "--yes",
    "-y",
    is_flag=True,
    ja="お客さまの停止やトークンの失効を、確認なしで承知します。",
    en="Agree beforehand that customers are suspended and tokens retired.",
)
@option(
    "--quiet",
    "-q",
    is_flag=True,
    ja="合格したシナリオの行を省きます。",
    en="Leave out the lines of scenarios that pass.",
)
@common_options
def run(
    paths: tuple[str, ...],
    tags: tuple[str, ...],
    requirements: tuple[str, ...],
    name: str | None,
    declaration_file: str | None,
    manual_folder: str | None,
    settings: str | None,
    port: int,
    agent: str,
    shuffle: int | None,
    repeat: int,
    reports: str,
    resume: str | None,
    rerun: str | None,
    retries: int | None,
    workers: int | None,
    *,
    failed: bool,
    keep_work: bool,
    allow_known_deviations: bool,
    headed: bool,
    partial: bool,
    yes: bool,
    quiet: bool,
) -> int:
    """Carry the run out and return its exit code."""
    again = Again.named(resume, rerun, reports, failed=failed)
    agent = again.as_then("agent", agent)
    if headed and agent == AgentKind.HTTP:
        raise UsageError(
            "--headed はブラウザーを使うとき（--agent browser）だけ使えます。",
            "--headed works with --agent browser only.",
        )
    loaded = bundle.load_declaration(declaration_file, manual_folder)
    catalogue = bundle.catalogue(loaded.declaration.manual)
    check_deviations(loaded, catalogue.requirements, datetime.now(UTC).astimezone().date())
    progress = Progress(quiet=quiet)
    request = again.applied(
        Request(
            loaded=loaded,
            selection=selection_of(paths, tags, requirements, name),
            root=bundle_root(),
            steps=steps_dir(),
            known_requirements=catalogue.requirements,
            requirement_set=f"{catalogue.id} {catalogue.version}",
            reports=Path(reports),
            port=port,
            headed=headed,
            agent=AgentKind(agent),
            repeat=again.as_then("repeat", repeat),
            seed=again.as_then("shuffle", shuffle),
            keep_work=keep_work,
            sut_arguments=_settings(settings, loaded),
            admit=Admission(loaded, AgentKind(agent), partial=partial, yes=yes, ask=asked),
        ),
        retries,
        workers,
    )
    result = carry_out(request, bundle.parts(catalogue), progress)
    progress.flush()
    print_summary(
        result.journal,
        catalogue,
        run_dir=result.run_dir,
        exit_code=result.exit_code,
        repeat=_repeat(declaration_file, manual_folder, settings, reports, agent, headed=headed),
        reported=result.reported,
        changes=again.print_changes,
    )
    return _after_deviations(result, allowed=allow_known_deviations)


def _after_deviations(result: RunResult, *, allowed: bool) -> int:
    """Return the exit code once declared deviations are taken into account."""
    code, journal = result.exit_code, result.journal
    if gone := stale(journal):
        names = "、".join(gone)
        notice = Text(
            f"承知している相違のうち、なくなったもの: {names}。"
            "宣言の known_deviations から消してください。",
            f"Declared deviations that are gone: {names}. Remove them from known_deviations.",
        )
        click.echo(str(notice), err=True)
        return ExitCode.USAGE if code is ExitCode.PASS or all_known(journal) else code
    if allowed and code is ExitCode.FAIL and all_known(journal):
        notice = Text(
            "不合格は、宣言にある承知している相違だけです（--allow-known-deviations）。",
            "Nothing failed but declared deviations (--allow-known-deviations).",
        )
        click.echo(str(notice), err=True)
        return ExitCode.PASS
    return code


def _settings(settings: str | None, loaded: LoadedDeclaration) -> tuple[str, ...]:
    if settings is None:
        return ()
    if not bundle.is_builtin(loaded):
        raise UsageError(
            "--settings は内蔵の宣言（参照実装）でだけ使えます。"
            "ほかの検査対象では宣言の sut.start.command に書いてください。",
            "--settings works with the built-in declaration only. "
            "For another system put it into sut.start.command.",
        )
    path = Path(settings)
    if path.is_dir():
        raise UsageError(
            f"--settings の {settings} はフォルダーです。TOML ファイルを指定してください。",
            f"--settings {settings} is a folder. Name a TOML file.",
        )
    if not path.is_file():
        raise UsageError(
            f"--settings のファイル {settings} がありません。",
            f"The settings file {settings} does not exist.",
        )
    return ("--settings", str(path.resolve()))


def _repeat(
    declaration_file: str | None,
    manual_folder: str | None,
    settings: str | None,
    reports: str,
    agent: str,
    *,
    headed: bool,
) -> list[str]:
    words = ["otp-conformance", "run"]
    if declaration_file is not None:
        words += ["--declaration", declaration_file]
    if manual_folder is not None:
        words += ["--manual", manual_folder]
    if settings is not None:
        words += ["--settings", settings]
    if reports != "reports":
        words += ["--reports", reports]
    if agent != AgentKind.BROWSER:
        words += ["--agent", agent]
    return [*words, "--headed"] if headed else words
