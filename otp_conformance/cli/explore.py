"""``otp-conformance explore``: paths that nobody wrote, compared with a model of the manual."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import click

from otp_conformance.agent.port import AgentOptions
from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import agent_options, declaration_option, manual_option
from otp_conformance.cli.console import echo
from otp_conformance.cli.progress import Progress
from otp_conformance.errors import UsageError
from otp_conformance.explore.search import Difference, Explored, Limits, Product, explore, feature
from otp_conformance.language import Text, say
from otp_conformance.resources import bundle_root, steps_dir
from otp_conformance.run.plan import new_seed
from otp_conformance.run.request import Request
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.exit_codes import ExitCode

_SHOWN_TROUBLES = 5


@click.command(
    "explore",
    cls=BilingualCommand,
    text=Text(
        "手順書の模型と検査対象を、でたらめな順の操作で並べて動かし、食い違いを探します。\n"
        "食い違いは短くして、そのまま使えるシナリオとして示します（同じ --seed で再現します）。\n"
        "終了コード: 0 食い違いなし / 1 食い違いあり / 3 何も試せなかった / 130 中断",
        "Walk a model of the manual and the system at random, side by side, and look for "
        "differences.\n"
        "Each is made short and printed as a scenario ready to use; --seed finds it again.\n"
        "Exit codes: 0 no difference / 1 a difference / 3 nothing could be tried / 130 interrupted",
    ),
)
@declaration_option
@manual_option
@agent_options(
    "browser: ブラウザー。http: ブラウザーなし（速い）。",
    "browser, or http: without a browser, which is faster.",
)
@option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True, max=1440),
    default=10.0,
    show_default=True,
    metavar="M",
    ja="探す時間（分）。",
    en="Minutes to go on.",
)
@option(
    "--seed",
    type=click.IntRange(min=0),
    default=None,
    metavar="S",
    ja="最初の回の種（省略すると新しいもの。何を試すかは種だけで決まります）。",
    en="Seed of the first round (default: a new one); it alone decides what is tried.",
)
@option(
    "--rounds",
    type=click.IntRange(min=1),
    default=None,
    metavar="N",
    ja="回数（省略すると時間の許すかぎり。1 は種一つ分の再現）。",
    en="Rounds (default: as many as there is time for); 1 repeats one seed.",
)
@option(
    "--output",
    "folder",
    default="reports/explore",
    show_default=True,
    metavar="DIR",
    ja="見つけたシナリオを書くフォルダー。",
    en="Folder for the scenarios found.",
)
@common_options
def explore_command(
    declaration_file: str | None,
    manual_folder: str | None,
    agent: AgentOptions,
    minutes: float,
    seed: int | None,
    rounds: int | None,
    folder: str,
) -> int:
    """Explore and return the exit code."""
    loaded = bundle.load_declaration(declaration_file, manual_folder)
    declaration = loaded.declaration
    if declaration.adapters.provisioning.listed:
        raise UsageError(
            f"{loaded.path}: 探索は何百人ものお客さまを使うため、用意した一覧"
            "（adapters.provisioning）では実施できません。お客さまを作れる試験環境を"
            "宣言してください。",
            f"{loaded.path}: exploring takes hundreds of customers, which no prepared list "
            "(adapters.provisioning) has. Declare an environment that makes customers.",
        )
    if not declaration.adapters.clock.reversible:
        raise UsageError(
            f"{loaded.path}: 探索には、時刻を戻せる時計（adapters.clock）が要ります。",
            f"{loaded.path}: exploring needs a clock that can be put back (adapters.clock).",
        )
    catalogue = bundle.catalogue(declaration.manual)
    request = Request(
        loaded=loaded,
        selection=Selection(),
        root=bundle_root(),
        steps=steps_dir(),
        known_requirements=catalogue.requirements,
        requirement_set=f"{catalogue.id} {catalogue.version}",
        reports=Path(folder),
        agent=agent,
    )
    limits = Limits(new_seed() if seed is None else seed, minutes * 60, rounds)
    output = Path(folder)
    with Progress(quiet=True) as progress, ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="otp-conformance-")))
        product = Product(request, bundle.parts(catalogue, progress), progress, stack, work)
        echo(say(f"種 {limits.seed} から探索します。", f"Exploring from seed {limits.seed}."))
        begun = time.monotonic()
        found = explore(
            declaration, product.walk, limits, lambda difference: _show(difference, output)
        )
        _close(found, time.monotonic() - begun)
    if found.differences:
        return ExitCode.FAIL
    walked = found.paths - found.troubles.total()
    return ExitCode.PASS if walked else ExitCode.INCONCLUSIVE


def _show(difference: Difference, folder: Path) -> None:
    """Print a difference and write it as a feature file."""
    text = feature(difference.story)
    name = f"seed-{difference.seed}.feature"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{folder / name} に書き込めません（{error.strerror}）。",
            f"{folder / name} cannot be written ({error.strerror}).",
        ) from error
    echo("")
    echo(say("× 食い違いが見つかりました。", "× A difference was found."), bold=True)
    for label, value in (
        (say("成り立たない行", "Line that does not hold"), difference.line.text),
        (say("要件", "Requirements"), "、".join(difference.line.requirements)),
        (say("期待", "Expected"), difference.expected),
        (say("観測", "Observed"), difference.observed),
        (say("再現", "Again"), f"--seed {difference.seed} --rounds 1"),
        (say("ファイル", "File"), str(folder / name)),
    ):
        echo(f"  {label}: {value}")
    echo("")
    echo(text)


def _close(found: Explored, seconds: float) -> None:
    first, last = found.seeds[0], found.seeds[-1]
    ja = (
        f"道筋 {found.paths} 本、操作 {found.deeds} 回（種 {first}〜{last}、{seconds:.0f} 秒）:",
        f"食い違い {len(found.differences)} 種類、",
        f"判定できなかった道筋 {found.troubles.total()} 本",
    )
    en = (
        f"{found.paths} paths, {found.deeds} deeds (seeds {first} to {last}, {seconds:.0f} s):",
        f"{len(found.differences)} kinds of difference,",
        f"{found.troubles.total()} paths inconclusive",
    )
    echo(say(f"{ja[0]} {ja[1]}{ja[2]}", " ".join(en)))
    for cause, times in found.troubles.most_common(_SHOWN_TROUBLES):
        echo(f"  ？ {times}: {cause}")
