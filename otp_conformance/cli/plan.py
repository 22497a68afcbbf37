"""``otp-conformance plan``: what a run will do, use up and wait for, before it begins."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from otp_conformance.assets.consumption import TABLE_FILE, load_table, measure, write_table
from otp_conformance.assets.pool.doubts import expired, made_unknown, one_date
from otp_conformance.assets.pool.ledger import Assets
from otp_conformance.assets.pool.shelf import fits, free_customers, free_tokens, name_of, serves
from otp_conformance.assets.port import Need
from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import (
    agent_option,
    declaration_option,
    format_option,
    manual_option,
    selection_options,
    set_option,
)
from otp_conformance.cli.console import duration, echo, table, verdict_word
from otp_conformance.declaration.adapters.provisioning import ProvisioningAdapter
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import SuiteFaultError
from otp_conformance.language import Text, say
from otp_conformance.resources import bundle_root
from otp_conformance.run import durations
from otp_conformance.run.budget import (
    Forecast,
    calls_needed,
    expiries,
    forecast,
    missing_list,
    steps_of_a_person,
    warning,
)
from otp_conformance.run.folder import find_run
from otp_conformance.run.plan import in_order, unmet_of, waits_long
from otp_conformance.run.pool import shares_clock, side_by_side_allowed
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.selection import Selection, select
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
@set_option
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
    ja="消費量と所要時間の表を、参照実装での実施の記録から作り直します（スイートの保守用）。",
    en="Rebuild the tables of consumption and durations from a run on the reference bank "
    "(maintenance).",
)
@option(
    "--reports",
    default="reports",
    show_default=True,
    metavar="DIR",
    ja="所要時間を見積もるために、同じ宣言の前の実行を探す場所。",
    en="Where to look for an earlier run of the declaration, to estimate the time.",
)
@format_option
@common_options
def plan(
    selection: Selection,
    declaration_file: str | None,
    manual_folder: str | None,
    set_name: str,
    agent: str,
    repeat: int,
    workers: int,
    measured: str | None,
    reports: str,
    output: str,
) -> int:
    """Print the plan; 3 when assets are lacking."""
    loaded = bundle.load_declaration(declaration_file, manual_folder, set_name)
    if measured is not None:
        return _measure(measured, loaded, Path(reports))
    root = bundle_root()
    chosen = select(
        plan_features(root, loaded.declaration.manual),
        selection,
        known_requirements=bundle.catalogue(loaded.declaration.manual).requirements,
        root=root,
        cwd=Path.cwd(),
    )
    known = load_table()
    chosen = in_order(chosen, known, loaded.declaration)
    missing = missing_list(loaded)
    kind = AgentKind(agent)
    found = forecast(chosen, loaded, known, agent=kind, repeat=repeat, listed=missing is None)
    working = [_working(found, loaded, each, workers, Path(reports)) for each in AgentKind]
    if output == "json":
        data = _as_data(found, loaded, workers)
        data["working_seconds"] = {each.agent.value: round(each.seconds) for each in working}
        data["working_at_the_pace_of"] = {e.agent.value: e.run_id for e in working if e.run_id}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _show(found, loaded, workers, working, kind)
    return ExitCode.INCONCLUSIVE if missing or found.match.shortages else ExitCode.PASS


@dataclass(frozen=True)
class Working:
    """How long working the screens takes with an agent, and after which earlier run.

    ``each``: seconds of every scenario, real time included, in the order of the run.
    """

    agent: AgentKind
    seconds: float
    run_id: str
    each: tuple[tuple[str, float], ...]


def _working(
    found: Forecast, loaded: LoadedDeclaration, agent: AgentKind, workers: int, reports: Path
) -> Working:
    """Return how long the chosen scenarios take with an agent; real time comes on top."""
    usual = durations.expected(agent, loaded, reports)
    able = [plan for plan in found.chosen if plan.scenario_id in found.able]
    left_out = unmet_of(able, loaded.declaration, agent)
    each = [plan.scenario_id for plan in able if plan.scenario_id not in left_out] * found.repeat
    waits = durations.real_waits(loaded)
    return Working(
        agent,
        usual.total(each, workers),
        usual.run_id,
        tuple((scenario_id, usual.of(scenario_id) + waits(scenario_id)) for scenario_id in each),
    )


def _measure(run_dir: str, loaded: LoadedDeclaration, reports: Path) -> int:
    journal = find_run(run_dir, reports).journal
    measured = bundle.manual_in(None, journal.header.set)
    path = measured.folder / TABLE_FILE
    try:
        former = load_table(path).file
    except SuiteFaultError:
        former = None
    plans = plan_features(bundle_root(), measured)
    known = {p.scenario_id for feature in plans for p in feature.scenarios}
    new = measure(journal, loaded.declaration, former, known)
    write_table(new, path)
    times = measured.folder / durations.TABLE_FILE
    before = durations.load_table(times) if times.is_file() else {}
    durations.write_table(durations.measure(journal, before, known), times)
    echo(
        say(
            f"{path}: {len(new.scenarios)} 件（シナリオは {len(known)} 件）",
            f"{path}: {len(new.scenarios)} of {len(known)} scenarios",
        )
    )
    return ExitCode.PASS if len(new.scenarios) == len(known) else ExitCode.INCONCLUSIVE


def _show(
    found: Forecast,
    loaded: LoadedDeclaration,
    workers: int,
    working: Sequence[Working],
    kind: AgentKind,
) -> None:
    """Print the plan for readers."""
    verdicts = Counter(verdict_word(why.verdict) for why in found.unmet.values())
    counts = [f"{word} {number}" for word, number in verdicts.items()]
    echo(
        say(
            f"選んだシナリオ {len(found.chosen)} 件: 実施 {len(found.runnable)}",
            f"{len(found.chosen)} scenarios: {len(found.runnable)} to run",
        )
        + "".join(f" / {count}" for count in counts),
        bold=True,
    )
    lacking = found.match.lacking
    short = say(
        "用意した一覧では足りません（下の「足りないもの」）",
        "the prepared assets do not suffice (see Lacking, below)",
    )
    reasons = Counter(
        (verdict_word(why.verdict), short if scenario_id in lacking else why.observed)
        for scenario_id, why in found.unmet.items()
    )
    for (word, observed), number in reasons.most_common():
        echo(f"  {word} {number}: {observed}")
    echo("")
    if uses := _uses(found):
        echo(say("必要なもの（約）", "Needs (about)"), bold=True)
        table(uses, indent=2)
        echo("")
    sections = (
        (
            say("時間", "Time"),
            [
                *_time(found, loaded, workers, working),
                *_bound(next(e for e in working if e.agent is kind), loaded, workers),
            ],
        ),
        (say("人の操作", "Steps of a person"), list(_people(found, loaded))),
        (say("順番", "Order"), list(_order(found, loaded))),
        (say("お客さまの作り方", "How customers are made"), list(_making(found, loaded))),
        (say("足りないもの", "Lacking"), list(_lacking(found, loaded))),
        (say("一覧について", "About the list"), list(_doubts(found, loaded))),
    )
    for title, lines in sections:
        if lines:
            echo(title, bold=True)
            for line in lines:
                echo(f"  {line}")
            echo("")
    if loaded.declaration.sut.start is None and found.totals.irreversible:
        echo(str(warning(found.totals)), "yellow")
        echo(say("run には --yes が要ります。", "run will need --yes."), "yellow")


def _left(found: Forecast, need: Need) -> str:
    if found.pool is None or found.ledger is None:
        return ""
    spent: Assets = found.ledger.spent()
    if need.status is None:
        left = sum(fits(t, need) for t in free_tokens(found.pool, spent))
    else:
        left = sum(serves(e, need) for e in free_customers(found.pool, spent))
    return say(f"残り {left}", f"left {left}")


def _uses(found: Forecast) -> list[list[str]]:
    sums = found.wanted
    rows = [
        [name_of(need), str(number), _left(found, need)]
        for need, number in sorted(sums.needs.items(), key=lambda item: str(item[0]))
    ]
    for ja, en, number in (
        ("予約したソフトウェアトークン", "reserved software tokens", sums.software_tokens),
        ("受け付けられるワンタイムパスワード", "accepted OTPs", sums.codes),
        ("誤ったワンタイムパスワードの入力", "wrong OTPs", sums.wrong_attempts),
        ("停止するお客さま", "customers suspended", sums.suspended),
        ("使えなくなるトークン", "tokens retired", sums.burnt),
        ("職員による発送", "staff: dispatches", sums.dispatched),
        ("職員による停止状態の解除", "staff: unlocks", sums.unlocked),
        ("職員による失効", "staff: revocations", sums.revoked),
        ("消費量の分からないシナリオ", "scenarios never measured", sums.unknown),
    ):
        if number:
            rows.append([say(ja, en), str(number), ""])
    return rows


def _time(
    found: Forecast, loaded: LoadedDeclaration, workers: int, working: Sequence[Working]
) -> Iterator[str]:
    for each in working:
        about, name = duration(each.seconds), each.agent.text
        after = each.run_id
        basis = (
            say(f"前の実行 {after} の速さから", f"at the pace of run {after}")
            if after
            else say("参照実装での実測から", "as measured with the reference bank")
        )
        side = say(f"、{workers} つ同時", f", {workers} at a time") if workers > 1 else ""
        yield say(f"{name}で約 {about}（{basis}{side}）", f"{name}: about {about} ({basis}{side})")
    if loaded.declaration.adapters.clock.movable:
        yield say(
            "時刻を進めるので、待ち時間はありません。", "The clock is moved: nothing is waited for."
        )
        return
    total, together = duration(found.wanted.waited), duration(found.wanted.seconds(workers))
    yield say(
        f"実時間の待ちの合計 {total}、いちばん長いシナリオ {duration(found.wanted.longest_wait)}"
        "（上の時間に加わります）",
        f"waits of {total} in all, {duration(found.wanted.longest_wait)} in the longest scenario "
        "(on top of the times above)",
    )
    if workers > 1:
        yield say(
            f"{workers} つ同時なら、待ちは約 {together}", f"{workers} at a time: about {together}"
        )


def _bound(working: Working, loaded: LoadedDeclaration, workers: int) -> Iterator[str]:
    """Yield how long several workers take in all, and what it is that sets the bound."""
    if workers == 1 or not working.each:
        return
    if not side_by_side_allowed(loaded.declaration):
        yield say(
            "この宣言では同時に実施できません（run の --workers は 1 だけ）。",
            "This declaration allows no scenarios at a time (--workers of run must be 1).",
        )
        return
    seconds = [took for _, took in working.each]
    whole = duration(durations.side_by_side(seconds, workers))
    longest_id, longest = max(working.each, key=lambda each: each[1])
    enough = durations.useful_workers(seconds)
    if enough <= workers:
        yield say(
            f"{workers} つ同時なら全部で約 {whole}。いちばん長い {longest_id}（約 "
            f"{duration(longest)}）で決まり、{enough} つより増やしても縮みません。",
            f"{workers} at a time: about {whole} in all, bound by the longest scenario "
            f"{longest_id} (about {duration(longest)}): more than {enough} do not help.",
        )
    else:
        yield say(
            f"{workers} つ同時なら全部で約 {whole}。数で決まり、{enough} つまで増やすと縮みます"
            f"（検査対象の応答が遅くならなければ）。",
            f"{workers} at a time: about {whole} in all, bound by their number: up to {enough} "
            "make it shorter (as long as the system answers as fast).",
        )
    if shares_clock(loaded.declaration):
        yield say(
            "一つの時計を全員で使うので、互いに待つ分だけ、これより長くかかります。",
            "All share one clock: it takes longer by what they wait for each other.",
        )


def _people(found: Forecast, loaded: LoadedDeclaration) -> Iterator[str]:
    steps = steps_of_a_person(loaded.declaration, found.wanted)
    if "codes" in steps:
        yield say(
            f"トークンの表示を読む: {steps['codes']} 回以上",
            f"reading a token's display: at least {steps['codes']} times",
        )
    if "staff" in steps:
        yield say(f"職員の操作: {steps['staff']} 回", f"work of staff: {steps['staff']} times")


def _order(found: Forecast, loaded: LoadedDeclaration) -> Iterator[str]:
    if loaded.declaration.adapters.clock.reversible:
        return
    late = [p for p in found.runnable if waits_long(p, load_table(), loaded.declaration)]
    if late:
        yield say(
            f"時刻を戻せないので、1 時間以上待つ {len(late)} 件を最後に実施します"
            f"（例 {late[0].scenario_id}）。",
            f"The clock cannot be put back: {len(late)} scenarios that wait for an hour or more "
            f"come last (such as {late[0].scenario_id}).",
        )


def _making(found: Forecast, loaded: LoadedDeclaration) -> Iterator[str]:
    """Yield what the procedures need beyond the numbers: until when tokens are valid."""
    adapter = loaded.declaration.adapters.provisioning
    if adapter.described:
        yield from _calls(found, adapter)
    if adapter.kind != "procedures":
        return
    yield say(
        "未登録のお客さまが画面で申請し、職員が在庫のトークンを発送し、利用開始・停止・利用解除"
        "までを画面の手続きで行います。",
        "Unregistered customers apply on the screens, staff send tokens of the stock; activation, "
        "suspension and deactivation are done on the screens.",
    )
    wanted = expiries(found, load_table(), loaded.declaration)
    left = sum(number for _, number in wanted.last)
    for day, number in wanted.last:
        # Each date with all that must last until it or longer.
        yield say(
            f"在庫のトークンのうち {left} 個は、{day:%Y-%m-%d} まで有効なもの",
            f"of the tokens in stock, {left} valid until {day:%Y-%m-%d}",
        )
        left -= number
    if wanted.expiring:
        listed = "、".join(wanted.expiring)
        yield say(
            f"トークンの有効期限を過ぎるシナリオ（{listed}）では、先に期限の来るトークンを使い、"
            "もう一つは、その期限の 2 日後より長く有効なもの",
            f"scenarios that let a token expire ({', '.join(wanted.expiring)}): the one that "
            "expires first is used, and another that is valid for more than two days longer",
        )


def _calls(found: Forecast, adapter: ProvisioningAdapter) -> Iterator[str]:
    """Yield how often each described call or command is made, and for what."""
    table = "calls" if adapter.kind == "http" else "commands"
    for verb, states in calls_needed(found.wanted, adapter).items():
        total = sum(states.values())
        told = "、".join(f"{state} {number}" for state, number in states.items())
        yield say(
            f"adapters.provisioning.{table}.{verb} を {total} 回（{told}）",
            f"adapters.provisioning.{table}.{verb}: {total} times ({told})",
        )


def _lacking(found: Forecast, loaded: LoadedDeclaration) -> Iterator[str]:
    missing = missing_list(loaded)
    if missing is not None:
        yield say(
            f"一覧 {missing} がまだありません。上の数のお客さまとトークンを書いてください"
            "（ひな形: fixtures/declarations）。",
            f"The list {missing} does not exist yet. Write the customers and tokens named above "
            "into it (templates: fixtures/declarations).",
        )
    yield from map(str, found.match.shortages)
    if found.pool is not None and found.match.shortages:
        name = found.pool.path.name
        yield say(
            f"{name} の [[customer]] と [[token]] か、{name} の customers_csv と tokens_csv が指す "
            "CSV に足してください。",
            f"Add them to [[customer]] and [[token]] of {name}, or to the CSV files that its "
            "customers_csv and tokens_csv name.",
        )


def _doubts(found: Forecast, loaded: LoadedDeclaration) -> Iterator[str]:
    if found.pool is None:
        return
    if told := expired(found.pool, datetime.now(UTC)):
        yield told
    chosen = {plan.scenario_id for plan in found.chosen}
    yield from one_date(found.pool, loaded.declaration, chosen)
    yield from made_unknown(found.pool, loaded.declaration)


def _as_data(found: Forecast, loaded: LoadedDeclaration, workers: int) -> dict[str, object]:
    """Return the plan for programs (``--format json``)."""
    sums, known = found.wanted, load_table()
    wanted = expiries(found, known, loaded.declaration)
    return {
        "selected": len(found.chosen),
        "to_run": [
            {"scenario": p.scenario_id, "name": p.name, **_consumed(known.sums(p.scenario_id))}
            for p in found.runnable
        ],
        "left_out": [
            {"scenario": scenario_id, "verdict": str(why.verdict), "reason": why.observed}
            for scenario_id, why in found.unmet.items()
        ],
        "needs": {str(need): number for need, number in sums.needs.items()},
        "software_tokens": sums.software_tokens,
        "codes": sums.codes,
        "wrong_attempts": sums.wrong_attempts,
        "suspended": sums.suspended,
        "retired_tokens": sums.burnt,
        "staff": {
            "dispatched": sums.dispatched,
            "unlocked": sums.unlocked,
            "revoked": sums.revoked,
        },
        "waits": {
            "real_time": not loaded.declaration.adapters.clock.movable,
            "total_seconds": sums.waited,
            "longest_scenario_seconds": sums.longest_wait,
            "workers": workers,
            "estimated_seconds": sums.seconds(workers),
        },
        "steps_of_a_person": steps_of_a_person(loaded.declaration, sums),
        "lacking": [
            {"what": s.name, "needed": s.needed, "left": s.left} for s in found.match.shortages
        ],
        "unknown_scenarios": sums.unknown,
        "doubts": list(_doubts(found, loaded)),
        "stock_valid_until": [
            {"date": day.isoformat(), "tokens": number} for day, number in wanted.last
        ],
        "letting_a_token_expire": list(wanted.expiring),
        "provisioning_calls": {
            verb: dict(states)
            for verb, states in calls_needed(sums, loaded.declaration.adapters.provisioning).items()
        },
    }


def _consumed(sums: dict[str, int] | None) -> dict[str, object]:
    return {"consumes": sums} if sums is not None else {"consumes": None}
