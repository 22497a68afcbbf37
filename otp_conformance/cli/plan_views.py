"""The plan of a run as text for readers and as data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from otp_conformance.assets.consumption import load_table
from otp_conformance.assets.pool.ledger import Assets
from otp_conformance.assets.pool.shelf import free_customers, free_tokens, name_of, serves
from otp_conformance.assets.port import Need
from otp_conformance.cli.columns import table
from otp_conformance.cli.progress import echo, verdict_word
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.language import say
from otp_conformance.run.budget import Forecast, steps_of_a_person, warning
from otp_conformance.run.plan import waits_long

_HOUR = 3600


def show_plan(found: Forecast, loaded: LoadedDeclaration, workers: int) -> None:
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
    sections = (
        (say("必要なもの（約）", "Needs (about)"), table(_uses(found))),
        (say("時間", "Time"), list(_time(found, loaded, workers))),
        (say("人の操作", "Steps of a person"), list(_people(found, loaded))),
        (say("順番", "Order"), list(_order(found, loaded))),
        (say("足りないもの", "Lacking"), [str(s) for s in found.match.shortages]),
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
        left = sum(t.kind is need.kind for t in free_tokens(found.pool, spent))
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


def _duration(seconds: int) -> str:
    """Return a length of time in hours and minutes, rounded up."""
    minutes = -(-seconds // 60)
    if seconds < _HOUR:
        return say(f"{minutes} 分", f"{minutes} min")
    return say(f"{minutes // 60} 時間 {minutes % 60} 分", f"{minutes // 60} h {minutes % 60} min")


def _time(found: Forecast, loaded: LoadedDeclaration, workers: int) -> Iterator[str]:
    if loaded.declaration.adapters.clock.movable:
        yield say(
            "時刻を進めるので、待ち時間はありません。", "The clock is moved: nothing is waited for."
        )
        return
    total, together = _duration(found.wanted.waited), _duration(found.wanted.seconds(workers))
    yield say(
        f"実時間の待ちの合計 {total}、いちばん長いシナリオ {_duration(found.wanted.longest_wait)}"
        "（画面の操作の時間は別）",
        f"waits of {total} in all, {_duration(found.wanted.longest_wait)} in the longest scenario "
        "(working the screens comes on top)",
    )
    if workers > 1:
        yield say(
            f"{workers} つ同時なら、待ちは約 {together}", f"{workers} at a time: about {together}"
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


def plan_data(found: Forecast, loaded: LoadedDeclaration, workers: int) -> dict[str, object]:
    """Return the plan for programs (``--format json``)."""
    sums, known = found.wanted, load_table()
    return {
        "selected": len(found.chosen),
        "to_run": [
            {"scenario": p.scenario_id, "name": p.name, **_consumed(known.sums(p.key))}
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
    }


def _consumed(sums: dict[str, int] | None) -> dict[str, object]:
    return {"consumes": sums} if sums is not None else {"consumes": None}
