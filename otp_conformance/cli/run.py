"""``otp-conformance run``: test a system and report."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from otp_conformance.agent.port import AgentOptions
from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import (
    Seed,
    agent_options,
    agent_words,
    cluster_option,
    declaration_option,
    manual_option,
    selection_options,
    set_of,
    set_option,
    shard_option,
)
from otp_conformance.cli.console import complain, echo, verdict_word
from otp_conformance.cli.failure import Failures
from otp_conformance.cli.progress import Progress
from otp_conformance.cli.summary import print_some, print_summary
from otp_conformance.cli.terminal import agreed
from otp_conformance.cli.watching import (
    Pause,
    print_traces,
    require_person,
    require_traces,
    require_visible,
)
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import UsageError
from otp_conformance.journal.events import OWN_SET
from otp_conformance.journal.journal import Journal
from otp_conformance.language import Text, say
from otp_conformance.report.card import Maker
from otp_conformance.report.matrix import place
from otp_conformance.report.reference import fitting
from otp_conformance.report.summary import Summary
from otp_conformance.resources import bundle_root, steps_dir
from otp_conformance.run.budget import Admission
from otp_conformance.run.deviations import check_deviations, exit_code_beside
from otp_conformance.run.durations import expected, real_waits
from otp_conformance.run.engine import run as carry_out
from otp_conformance.run.folder import find_run, require_intact
from otp_conformance.run.request import EarlierRun, Part, Request, RunResult
from otp_conformance.run.resume import changes_since
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode

F = TypeVar("F", bound=Callable[..., Any])

_PATIENCE_SECONDS = 60.0


def again_options(function: F) -> F:
    """Add --resume, --rerun, --failed, --retries and --workers."""
    for decorate in (
        option(
            "--workers",
            type=click.IntRange(1, 32),
            default=None,
            metavar="N",
            ja="同時に進めるシナリオの数（既定は CPU の数まで。検査対象によっては 1、"
            "実時間で待つときは 8）。",
            en="Scenarios at the same time (default: as many as CPUs; 1 where the system allows "
            "no more, 8 where they wait in real time).",
        ),
        option(
            "--retries",
            type=click.IntRange(0, 5),
            default=None,
            metavar="N",
            ja="試験環境の支障で判定不能になったシナリオを実施し直す回数"
            "（既定は 1、検査対象をこちらで起動するときは 0）。",
            en="Further attempts at what trouble of the environment spoilt "
            "(default: 1, but 0 for a system that the run starts).",
        ),
        option(
            "--failed",
            is_flag=True,
            ja="--rerun とともに: 合格しなかったシナリオだけ（不合格・判定不能・未実施）。",
            en="With --rerun: only what did not pass.",
        ),
        option(
            "--rerun",
            default=None,
            metavar="RUN",
            ja="前の実行（実行フォルダーか latest）と同じシナリオを、新しく実施します。",
            en="A new run of an earlier run's scenarios (its folder, or latest).",
        ),
        option(
            "--resume",
            default=None,
            metavar="RUN",
            ja="途中で切れた実行（実行フォルダーか latest）の残りを、同じフォルダーで続けます。",
            en="Go on with a run that was cut off (its folder, or latest).",
        ),
    ):
        function = decorate(function)
    return function


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
@set_option
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
@agent_options(
    "browser: ブラウザー。http: ブラウザーなしで速く（合否の判定はブラウザーによります）。",
    "browser, or http: fast, without a browser (whose verdict remains the verdict).",
)
@option(
    "--trace",
    is_flag=True,
    ja="合格しなかったシナリオの Playwright のトレースを残します。パスワードなどの秘密がそのまま"
    "入るので、報告書とは別の、本人だけが読めるフォルダーに置きます。",
    en="Keep Playwright's trace of what did not pass. It holds passwords and other secrets as "
    "they are, so it goes into a folder apart from the reports that only you can read.",
)
@option(
    "--pause-on-fail",
    is_flag=True,
    ja="ブラウザーを表示し、不合格か判定不能になったところで、開いたまま Enter を待ちます。",
    en="Show the browser, and at a fail or an inconclusive verdict leave it open until Enter.",
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
@option(
    "--reports",
    default="reports",
    show_default=True,
    metavar="DIR",
    ja="報告の出力先。",
    en="Folder for reports.",
)
@again_options
@shard_option
@cluster_option
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
    ja="お客さまの停止やトークンの失効を、承諾済みとして確認を省きます。",
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
    selection: Selection,
    declaration_file: str | None,
    manual_folder: str | None,
    set_name: str,
    settings: str | None,
    port: int,
    agent: AgentOptions,
    shuffle: int | None,
    repeat: int,
    reports: str,
    resume: str | None,
    rerun: str | None,
    retries: int | None,
    workers: int | None,
    shard: Part | None,
    cluster: str | None,
    *,
    failed: bool,
    trace: bool,
    pause_on_fail: bool,
    keep_work: bool,
    allow_known_deviations: bool,
    partial: bool,
    yes: bool,
    quiet: bool,
) -> int:
    """Carry the run out and return its exit code."""
    again = Again.named(resume, rerun, reports, failed=failed)
    agent = replace(
        agent,
        kind=AgentKind(again.as_then("agent", agent.kind)),
        headed=agent.headed or pause_on_fail,
        trace=trace,
    )
    require_visible(agent, "--pause-on-fail" if pause_on_fail else "--headed")
    if pause_on_fail:
        workers = require_person(workers)
    if trace:
        require_traces(agent)
    earlier = again.resume or again.rerun
    judged = set_name if earlier is None else set_of(earlier.journal, set_name)
    loaded = bundle.load_declaration(declaration_file, manual_folder, judged)
    catalogue = bundle.catalogue(loaded.declaration.manual)
    check_deviations(
        loaded,
        bundle.all_requirements(loaded.declaration.manual),
        datetime.now(UTC).astimezone().date(),
    )
    files = {
        "--declaration": declaration_file,
        "--manual": manual_folder,
        "--settings": settings,
    }
    set_words = [] if judged == OWN_SET else ["--set", judged]
    request = again.applied(
        Request(
            loaded=loaded,
            selection=selection,
            root=bundle_root(),
            steps=steps_dir(),
            known_requirements=catalogue.requirements,
            requirement_set=f"{catalogue.id} {catalogue.version}",
            reports=Path(reports),
            port=port,
            agent=agent,
            shard=shard,
            cluster=cluster or "",
            repeat=again.as_then("repeat", repeat),
            seed=again.as_then("shuffle", shuffle),
            again=(*_words(_named(files)), *agent_words(replace(agent, headed=False)), *set_words),
            keep_work=keep_work,
            sut_arguments=_settings(settings, loaded),
            admit=Admission(loaded, agent.kind, partial=partial, yes=yes, ask=agreed),
        ),
        # What a process of a cluster was busy with when it died is done anew.
        1 if retries is None and cluster else retries,
        workers,
    )
    words = [*_words(files), *([] if reports == "reports" else ["--reports", reports])]
    words += ["--cluster", cluster] if cluster else []
    words += agent_words(agent)
    failures = Failures(
        Maker(
            catalogue.requirements,
            place,
            fitting(bundle.reference(), request.requirement_set),
            (*words, *set_words),
        )
    )
    takes = expected(agent.kind, loaded, Path(reports)).of
    with Progress(
        quiet=quiet, waits=real_waits(loaded), usual=takes, failures=failures
    ) as progress:
        parts = bundle.parts(catalogue, progress)
        if pause_on_fail:
            parts = replace(parts, at_end=Pause(progress.asking))
        result = carry_out(request, parts, progress)
    echo("")
    if again.rerun is not None:
        _print_changes(again.rerun, result.journal)
    summary = print_summary(result.journal, catalogue)
    _print_next(summary, result, ["otp-conformance", "run", *words])
    if trace:
        print_traces(result.run_dir)
    code, told = exit_code_beside(result.journal, result.exit_code, allowed=allow_known_deviations)
    if told is not None:
        complain(str(told))
    return code


def _words(files: Mapping[str, str | None]) -> list[str]:
    """Return the options that name these files once more."""
    return [part for word, value in files.items() if value is not None for part in (word, value)]


def _named(files: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the files by their names alone.

    A report that is handed on must not tell of somebody's disk.
    """
    return {word: value and Path(value).name for word, value in files.items()}


def _print_changes(earlier: EarlierRun, journal: Journal) -> None:
    """Print which verdicts differ from the run that was repeated."""
    changes, same = changes_since(earlier.journal, journal)
    echo(
        say(
            f"前の実行 {earlier.run_id} からの変化: {len(changes)} 件（変わらないもの {same} 件）",
            f"Changed since run {earlier.run_id}: {len(changes)} ({same} as before)",
        ),
        bold=True,
    )
    print_some(
        f"  {verdict_word(change.then)} → {verdict_word(change.now)}  "
        f"{change.planned.scenario_id}  {change.planned.name}"
        for change in changes
    )
    echo("")


def _print_next(summary: Summary, result: RunResult, command: Sequence[str]) -> None:
    """Print what to do and to read next."""
    if summary.cut_off or summary.exit_code is ExitCode.INTERRUPTED:
        echo(say("続きを実施する:", "Go on with the rest:"))
        echo(f"  {shlex.join([*command, '--resume', summary.run_id])}")
    elif summary.to_repeat:
        echo(say("合格しなかったものだけをもう一度実施する:", "Re-run just what did not pass:"))
        echo(f"  {shlex.join([*command, '--rerun', summary.run_id, '--failed'])}")
    if result.reported:
        page = result.run_dir / "index.html"
        echo(say(f"報告書: {page}", f"Report: {page}"))
    echo(say(f"実施の記録: {result.run_dir}", f"Run folder: {result.run_dir}"))


@dataclass(frozen=True)
class Again:
    """The earlier run that was named, if any: to go on with, or to repeat."""

    resume: EarlierRun | None = None
    rerun: EarlierRun | None = None
    failed: bool = False

    @classmethod
    def named(cls, resume: str | None, rerun: str | None, reports: str, *, failed: bool) -> Again:
        """Find it. `UsageError`: options contradict each other, no such run.

        `EvidenceError` for one to go on with whose pictures are not those that were taken.
        """
        if resume is not None and rerun is not None:
            raise UsageError(
                "--resume と --rerun は同時に使えません。続けるなら --resume、"
                "新しく実施するなら --rerun です。",
                "--resume and --rerun exclude each other: go on, or start anew.",
            )
        if failed and rerun is None:
            raise UsageError(
                "--failed は --rerun とともに使います（例: --rerun latest --failed）。",
                "--failed goes with --rerun, e.g. --rerun latest --failed.",
            )
        earlier = None if resume is None else find_run(resume, Path(reports))
        if earlier is not None:
            require_intact(earlier)
            # What was seen then is not asked for again: only what is left to do.
            earlier = replace(earlier, journal=earlier.journal.without_details())
        return cls(
            earlier,
            None if rerun is None else find_run(rerun, Path(reports)),
            failed,
        )

    def as_then(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any option's value
        """Return an option's value: of a run to go on with its own, unless one was given now."""
        source = click.get_current_context().get_parameter_source(name)
        if self.resume is None or source is not ParameterSource.DEFAULT:
            return value
        header = self.resume.journal.header
        then = {
            "agent": header.environment.get("agent", value),
            "repeat": header.repeat,
            "shuffle": header.seed,
        }
        return then[name]

    def applied(self, request: Request, retries: int | None, workers: int | None) -> Request:
        """Return the request with all of it.

        Raises `UsageError` for a selection besides --rerun.
        """
        if self.rerun is not None and request.selection.given:
            raise UsageError(
                "--rerun はシナリオの条件とは同時に使えません（実施するシナリオは前の実行が"
                "決めます）。",
                "--rerun takes no selection: the earlier run is the selection.",
            )
        declaration = request.loaded.declaration
        ours = declaration.sut.start is not None
        return replace(
            request,
            resume=self.resume,
            rerun=self.rerun,
            failed=self.failed,
            retries=(0 if ours else 1) if retries is None else retries,
            workers=workers,
            patience_seconds=0.0 if ours else _PATIENCE_SECONDS,
        )


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
