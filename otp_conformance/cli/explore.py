"""``otp-conformance explore``: paths that nobody wrote, compared with a model of the manual."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from otp_conformance.agent.port import AgentOptions
from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import agent_options, declaration_option, manual_option
from otp_conformance.cli.console import complain, echo
from otp_conformance.cli.progress import Progress
from otp_conformance.cli.watching import require_visible
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import UsageError
from otp_conformance.explore.product import Product
from otp_conformance.explore.scenario import feature, tags_of
from otp_conformance.explore.search import Difference, Explored, Limits, explore
from otp_conformance.journal.events import RunStarted, ScenarioFinished
from otp_conformance.language import Text, say
from otp_conformance.leftovers import private_folder
from otp_conformance.run.plan import new_seed
from otp_conformance.specification import ids
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.specification.requirements import FOLDER
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.verdict.exit_codes import ExitCode

_SHOWN_TROUBLES = 5


@click.command(
    "explore",
    cls=BilingualCommand,
    text=Text(
        "手順書の模型と検査対象を、でたらめな順の操作で並べて動かし、食い違いを探します。\n"
        "食い違いは短くして、そのまま使えるシナリオとして示します（同じ --seed で再現します）。\n"
        "終了コード: 0 食い違いなし / 1 食い違いあり / 2 指定の誤り / 3 何も試せない / 130 中断",
        "Walk a model of the manual and the system at random, side by side, and look for "
        "differences.\n"
        "Each is made short and printed as a scenario ready to use; --seed finds it again.\n"
        "Exit codes: 0 no difference / 1 a difference / 2 bad usage / 3 nothing could be tried / "
        "130 interrupted",
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
    ja="回数（省略すると時間の許すかぎり）。一回に種を一つ使い、食い違いを一つまで探します。",
    en="Rounds (default: as many as there is time for), each with a seed and one difference.",
)
@option(
    "--customers",
    type=click.IntRange(min=1),
    default=None,
    metavar="N",
    ja="使ってよいお客さまの人数。一覧から使う検査対象と、自分で起動しない検査対象では必須です。",
    en="How many customers may be used up; must be given for a prepared list, and for a system "
    "that is not started here.",
)
@option(
    "--tokens",
    type=click.IntRange(min=1),
    default=None,
    metavar="N",
    ja="使ってよいトークンの個数（省略すると制限なし）。",
    en="How many tokens may be used up (default: no limit).",
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
    customers: int | None,
    tokens: int | None,
    folder: str,
) -> int:
    """Explore and return the exit code."""
    require_visible(agent)
    loaded = bundle.load_declaration(declaration_file, manual_folder)
    declaration = loaded.declaration
    _check(loaded, customers)
    catalogue = bundle.catalogue(declaration.manual)
    request = bundle.whole(loaded, catalogue, Path(folder), agent)
    first = new_seed() if seed is None else seed
    limits = Limits(first, minutes * 60, rounds, customers, tokens)
    shown = _Findings(loaded, catalogue, limits, Path(folder))
    with Progress(quiet=True) as progress, ExitStack() as stack:
        work = stack.enter_context(private_folder())
        parts = bundle.parts(catalogue, progress)
        product = Product(request, parts, _Silent(), stack, work)
        echo(say(f"種 {first} から探索します。", f"Exploring from seed {first}."))
        begun = time.monotonic()
        found = explore(declaration, product.walk, limits, shown.show)
        _close(found, time.monotonic() - begun)
    if found.differences:
        return ExitCode.FAIL
    walked = found.paths - found.troubles.total()
    return ExitCode.PASS if walked else ExitCode.INCONCLUSIVE


def _check(loaded: LoadedDeclaration, customers: int | None) -> None:
    """Raise `UsageError` for a system that cannot be explored, or not unasked."""
    declaration, path = loaded.declaration, loaded.path
    clock = declaration.adapters.clock
    if not clock.shareable:
        raise UsageError(
            f"{path}: 探索には、時刻を戻せて（adapters.clock.goes_back）、合わせた時刻で止まる"
            "（adapters.clock.stands_still）時計が要ります。",
            f"{path}: exploring needs a clock that goes back (adapters.clock.goes_back) and "
            "stands still (adapters.clock.stands_still).",
        )
    own = declaration.sut.start is not None and not declaration.adapters.provisioning.listed
    if customers is None and not own:
        raise UsageError(
            f"{path}: 探索は大勢のお客さまを停止させ、トークンを使い切ります。使ってよい人数を "
            "--customers N で指定してください（残りは otp-conformance assets で分かります）。",
            f"{path}: exploring suspends many customers and uses tokens up. Say how many it may "
            "use with --customers N (otp-conformance assets tells what is left).",
        )


class _Silent:
    """Hears of every path (`Observer`); only differences are told, at the end of each round."""

    def begun(self, header: RunStarted, run_dir: Path, left: Sequence[ScenarioPlan]) -> None:
        """Say nothing."""

    def started(self, plan: ScenarioPlan) -> None:
        """Say nothing."""

    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        """Say nothing."""

    def notice(self, text: Text) -> None:
        """Tell what is worth knowing of the system or the environment."""
        complain(say(text.ja, text.en))


class _Findings:
    """Prints each difference and writes it as a feature file."""

    def __init__(
        self, loaded: LoadedDeclaration, catalogue: Catalogue, limits: Limits, folder: Path
    ) -> None:
        self._known = catalogue.requirements
        manual = loaded.declaration.manual
        borrowed = bundle.catalogue(manual.base).requirements if manual.base else ()
        self._register = ids.load(manual.folder / FOLDER, borrowed)
        self._limits = limits
        self._folder = folder
        self._number = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(folder, error) from error

    def show(self, difference: Difference) -> None:
        """Show one. Raises `UsageError` where it cannot be written."""
        self._number += 1
        tags = tags_of(difference.story, difference.requirements, self._known, self._register)
        text = feature(difference.story, tags)
        path = self._folder / f"seed-{difference.seed}.feature"
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise self._unwritable(path, error) from error
        # A round passes over what earlier ones have found: all of them find it again.
        first, rounds = self._limits.seed, difference.seed - self._limits.seed + 1
        if self._number == 1:
            first, rounds = difference.seed, 1
        echo("")
        echo(say("× 食い違いが見つかりました。", "× A difference was found."), bold=True)
        for label, value in (
            (say("成り立たない行", "Line that does not hold"), difference.line.text),
            (say("要件", "Requirements"), "、".join(difference.requirements)),
            (say("期待", "Expected"), difference.expected),
            (say("観測", "Observed"), difference.observed),
            (say("再現", "Again"), f"--seed {first} --rounds {rounds}"),
            (say("ファイル", "File"), str(path)),
        ):
            echo(f"  {label}: {value}")
        echo("")
        echo(text)

    def _unwritable(self, path: Path, error: OSError) -> UsageError:
        return UsageError(
            f"{path} に書き込めません（{error.strerror}）。",
            f"{path} cannot be written ({error.strerror}).",
        )


def _close(found: Explored, seconds: float) -> None:
    first, last = found.seeds[0], found.seeds[-1]
    ja = (
        f"道筋 {found.paths} 本、操作 {found.deeds} 回（種 {first}〜{last}、{seconds:.0f} 秒、"
        f"お客さま {found.customers} 名、トークン {found.tokens} 個）: "
        f"食い違い {len(found.differences)} 種類、判定できなかった道筋 {found.troubles.total()} 本"
    )
    en = (
        f"{found.paths} paths, {found.deeds} deeds (seeds {first} to {last}, {seconds:.0f} s, "
        f"{found.customers} customers, {found.tokens} tokens): "
        f"{len(found.differences)} kinds of difference, "
        f"{found.troubles.total()} paths inconclusive"
    )
    echo(say(ja, en))
    if found.over:
        echo(
            say(
                "指定された数を使い切ったか、これ以上試せないため、早く終えました。",
                "Ended early: the given numbers are used up, or nothing more can be tried.",
            )
        )
    for cause, times in found.troubles.most_common(_SHOWN_TROUBLES):
        echo(f"  ？ {times}: {cause}")
