"""The selection options, the same for every command that has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import click
from click.core import ParameterSource

from otp_conformance.agent.port import AgentOptions, server_of
from otp_conformance.cli.bilingual import option
from otp_conformance.errors import UsageError
from otp_conformance.journal.events import OWN_SET
from otp_conformance.journal.journal import Journal
from otp_conformance.language import did_you_mean
from otp_conformance.run.plan import new_seed
from otp_conformance.run.request import Part
from otp_conformance.specification.manual import sets
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind

F = TypeVar("F", bound=Callable[..., Any])


class Seed(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic since click 8.2
    """A whole number for a random order; without one, a new one is chosen."""

    name = "seed"
    ANY = "any"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the seed. Raises `UsageError` for what is not a whole number."""
        del param, ctx
        if value == self.ANY:
            return new_seed()
        if str(value).isdecimal():
            return int(value)
        raise UsageError(
            f"--shuffle の値 {value} は 0 以上の整数ではありません。"
            "値を省くときは --shuffle をコマンドの最後に書いてください。",
            f"The value {value} of --shuffle is not a whole number. "
            "To leave it out, put --shuffle at the end.",
        )


def selection_options(function: F) -> F:
    """Add PATHS, --id, --tags, --requirement and --name, as one ``selection``."""

    @wraps(function)
    def with_selection(  # click's signature
        paths: tuple[str, ...],
        ids: tuple[str, ...],
        tags: tuple[str, ...],
        requirements: tuple[str, ...],
        name: str | None,
        **others: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        selection = _selection(paths, ids, tags, requirements, name)
        return function(selection=selection, **others)

    offered = cast("F", with_selection)
    for decorate in (
        option(
            "--name",
            default=None,
            metavar="TEXT",
            ja="名前にこの文字列を含むシナリオ（/正規表現/ も可）。",
            en="Scenarios whose name contains TEXT, or matches /regex/.",
        ),
        option(
            "--requirement",
            "-r",
            "requirements",
            multiple=True,
            metavar="ID",
            ja="要件の番号（LGN-01,LGN-02 のように並べても、繰り返してもよい）。",
            en="Requirement IDs: LGN-01,LGN-02 or repeated.",
        ),
        option(
            "--tags",
            "-t",
            multiple=True,
            metavar="EXPR",
            ja="タグの式（例: '@LGN-01 and not @needs.clock'）。",
            en="Tag expression, e.g. '@LGN-01 and not @needs.clock'.",
        ),
        option(
            "--id",
            "-i",
            "ids",
            multiple=True,
            metavar="ID",
            ja="シナリオの番号（LCK-01/3,LCK-01/4.2 のように並べても、繰り返してもよい）。"
            "例のあるシナリオの番号は、そのすべての行。",
            en="Scenario ids: LCK-01/3,LCK-01/4.2 or repeated; an outline's means all its rows.",
        ),
        click.argument("paths", nargs=-1, metavar="[FILE[:LINE]|ID]..."),
    ):
        offered = decorate(offered)
    return offered


def _selection(
    paths: tuple[str, ...],
    ids: tuple[str, ...],
    tags: tuple[str, ...],
    requirements: tuple[str, ...],
    name: str | None,
) -> Selection:
    """Return the selection that the options describe.

    Raises `UsageError` for an empty value: an unset variable of a script
    would otherwise select everything.
    """
    for option_name, values in (
        ("FILE", paths),
        ("--id", [value.strip(",、， ") for value in ids]),
        ("--tags", tags),
        ("--requirement", [value.strip(",、， ") for value in requirements]),
        ("--name", [] if name is None else [name]),
    ):
        if any(not value.strip() for value in values):
            raise UsageError(
                f"{option_name} の値が空です。値を書くか、すべて実施するときは省いてください"
                "（設定されていない変数を渡していませんか）。",
                f"The value of {option_name} is empty. Give one, or leave it out to select "
                "everything (is a variable unset?).",
            )
    return Selection(paths, ids, tags, requirements, name or "")


class PartOfRun(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic since click 8.2
    """One of several parts of a run, as K/N."""

    name = "part"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Part:
        """Return the part. Raises `UsageError` for what is none."""
        del param, ctx
        number, _, of = str(value).partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise UsageError(
                f"--shard の値 {value} は K/N の形ではありません（1 ≦ K ≦ N。例: --shard 2/5）。",
                f"The value {value} of --shard is no K/N with 1 <= K <= N, e.g. --shard 2/5.",
            )
        return Part(int(number), int(of))


def shard_option(function: F) -> F:
    """Add --shard."""
    return option(
        "--shard",
        type=PartOfRun(),
        default=None,
        metavar="K/N",
        ja="N 台に分けたうちの K 番目だけを実施します（結果は otp-conformance merge で一つに）。",
        en="Only part K of N, for N machines; otp-conformance merge puts the results together.",
    )(function)


def cluster_option(function: F) -> F:
    """Add --cluster."""
    return option(
        "--cluster",
        default=None,
        metavar="ADDRESS",
        ja="Dask のクラスターで実施します（scheduler のアドレス。例: tcp://10.0.0.5:8786）。",
        en="Carry out on a Dask cluster (its scheduler's address, e.g. tcp://10.0.0.5:8786).",
    )(function)


def declaration_option(function: F) -> F:
    """Add --declaration."""
    return option(
        "--declaration",
        "-d",
        "declaration_file",
        metavar="FILE",
        ja="検査対象の実装宣言（省略すると参照実装）。",
        en="Declaration of the system under test (default: the reference bank).",
    )(function)


def manual_option(function: F) -> F:
    """Add --manual, as ``manual_folder``."""
    return option(
        "--manual",
        "manual_folder",
        metavar="DIR",
        ja="手順書のフォルダー（features/ と同じ形。省略すると宣言の sut.manual か内蔵の手順書）。",
        en="Folder of the manual, of the shape of features/ (default: sut.manual of the "
        "declaration, or the one that the suite carries).",
    )(function)


def reports_option(function: F) -> F:
    """Add --reports, as ``reports``: where a run that is named is looked for."""
    return option(
        "--reports",
        default="reports",
        show_default=True,
        metavar="DIR",
        ja="実施の記録があるフォルダー（run で --reports を変えたときは同じもの）。",
        en="Folder of the runs (the same --reports as of the run).",
    )(function)


class SetName(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic since click 8.2
    """The name of a set of requirements; the sets are folders, known when one is asked for."""

    name = "set"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        """Return the name. Raises `UsageError` for a set that there is not."""
        del param, ctx
        known = [OWN_SET, *sets()]
        if value in known:
            return str(value)
        hint = did_you_mean(str(value), known)
        raise UsageError(
            f"--set の {value} という要件のセットはありません。{hint.ja}"
            f"使える名前: {'、'.join(known)}",
            f"--set: there is no set {value}.{hint.en} Known: {', '.join(known)}",
        )


def set_option(function: F) -> F:
    """Add --set, as ``set_name``."""
    return option(
        "--set",
        "set_name",
        type=SetName(),
        default=OWN_SET,
        show_default=True,
        metavar="NAME",
        ja="判定する要件のセット（manual: 手順書そのもの。ほかは features/sets のフォルダー名）。",
        en="Requirements to judge: manual (its own), or a folder's name in features/sets.",
    )(function)


def set_of(journal: Journal, asked: str) -> str:
    """Return the set that a run judged; ``asked``: the value of --set, which it may be given by.

    Raises `UsageError` where another one was asked for.
    """
    judged = journal.header.set
    given = click.get_current_context().get_parameter_source("set_name")
    if asked != judged and given is not ParameterSource.DEFAULT:
        raise UsageError(
            f"実行 {journal.header.run_id} の要件のセットは {judged} です（--set {asked} ではありま"
            "せん）。--set を省くか、合わせてください。",
            f"Run {journal.header.run_id} judged the set {judged}, not {asked}. "
            "Leave --set out, or name the same.",
        )
    return judged


def agent_option(ja: str, en: str) -> Callable[[F], F]:
    """Add --agent; the texts say what the choice means to the command."""
    return option(
        "--agent",
        type=click.Choice([kind.value for kind in AgentKind]),
        default=AgentKind.BROWSER.value,
        show_default=True,
        ja=ja,
        en=en,
    )


def agent_options(ja: str, en: str) -> Callable[[F], F]:
    """Add --agent, --headed, --browser-at and --slow-mo, as one ``agent``.

    Texts as in `agent_option`. Whoever slows it down wants to see it: --slow-mo shows the browser.
    """

    def decorate(function: F) -> F:
        @wraps(function)
        def with_options(
            *args: Any,  # noqa: ANN401 - click's signature
            agent: str,
            headed: bool,
            browser_at: str | None,
            slow_mo: int,
            **others: Any,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401
            shown = headed or bool(slow_mo)
            chosen = AgentOptions(
                AgentKind(agent), shown, _server(browser_at, agent, shown), slow_mo
            )
            return function(*args, agent=chosen, **others)

        window = option(
            "--headed", is_flag=True, ja="ブラウザーを表示します。", en="Show the browser."
        )
        elsewhere = option(
            "--browser-at",
            default=None,
            metavar="WS_URL",
            ja="ほかの場所の Playwright サーバーのブラウザーを使います（ws://… か wss://…）。",
            en="Use the browser of a Playwright server somewhere else (ws:// or wss://).",
        )
        slowly = option(
            "--slow-mo",
            type=click.IntRange(0, 5000),
            default=0,
            metavar="MS",
            ja="ブラウザーを表示し、操作のたびに MS ミリ秒待って、目で追えるようにします。",
            en="Show the browser, and pause MS milliseconds after each action, for eyes to follow.",
        )
        return agent_option(ja, en)(window(elsewhere(slowly(cast("F", with_options)))))

    return decorate


def _server(address: str | None, agent: str, headed: bool) -> str:
    """Return the address of a browser's server, empty for none. Raises `UsageError`."""
    if address is None:
        return ""
    if not re.match(r"wss?://[^/\s]+", address):
        raise UsageError(
            "--browser-at には、Playwright サーバーのアドレス（ws:// か wss:// で始まる）を書いて"
            "ください。",
            "--browser-at takes the address of a Playwright server (ws:// or wss://).",
        )
    if agent == AgentKind.HTTP.value or headed:
        raise UsageError(
            "--browser-at は、--agent http や --headed と同時に使えません。",
            "--browser-at excludes --agent http and --headed.",
        )
    return address


def agent_words(agent: AgentOptions) -> list[str]:
    """Return the options that ask for such agents once more."""
    words = [] if agent.kind is AgentKind.BROWSER else ["--agent", agent.kind.value]
    words += ["--browser-at", server_of(agent.at)] if agent.at else []
    if agent.slow_mo_ms:
        return [*words, "--slow-mo", str(agent.slow_mo_ms)]
    return [*words, "--headed"] if agent.headed else words


def format_option(function: F) -> F:
    """Add --format for people or programs, as ``output``."""
    return option(
        "--format",
        "output",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        ja="出力の形式。",
        en="Output format.",
    )(function)
