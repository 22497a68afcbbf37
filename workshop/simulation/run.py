"""``python -m workshop.simulation.run``: many workers over a slow system, in simulated time.

The run's own scheduling decides (turns and their order, what is booked for whom, whose moment
it is where one clock is moved), over a system that exists in numbers only. Prints how long
the whole manual would take for each number of workers and latency, and what bounds it: what,
were it lifted, would shorten it most.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import cast

from otp_conformance.assets.consumption import load_table
from otp_conformance.assets.pool.ledger import Assets
from otp_conformance.assets.port import Need
from otp_conformance.cli import bundle
from otp_conformance.cli.console import duration
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.journal.events import RunStarted, ScenarioFinished
from otp_conformance.journal.masking import Masker
from otp_conformance.journal.relay import RelayWriter
from otp_conformance.language import Text, say, set_language
from otp_conformance.resources import bundle_root, steps_dir
from otp_conformance.run.booking import Booking
from otp_conformance.run.budget import match, pool_of
from otp_conformance.run.context import RunContext
from otp_conformance.run.engine import left_of, plan
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.plan import Turn, unmet_of
from otp_conformance.run.pool import WorkerPool
from otp_conformance.run.request import Parts, Request
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from workshop.simulation.model import ClockKind, Load, System, load_of, reliefs
from workshop.simulation.place import Simulated

WORKERS = (1, 4, 16, 64)
LATENCIES = (0.05, 0.5, 2.0)
_AS_GOOD = 0.7
"""Of two bounds that would help about as much, the more special one is named."""
_ALONE = 0.75
"""Such a part of the whole is the longest scenario when it is what bounds."""


@dataclass(frozen=True)
class Asked:
    """What is simulated: turns in the run's order, and what each scenario does."""

    request: Request
    turns: Sequence[Turn]
    loads: Mapping[str, Load]


def asked(clock: ClockKind, selection: Selection | None = None) -> Asked:
    """Return the manual's scenarios as a run would carry them out, in the browser.

    ``clock`` changes the built-in declaration: a system of everybody, moved or in real time.
    """
    loaded = _declared(bundle.load_declaration(None, None, "manual"), clock)
    request = Request(
        loaded=loaded,
        selection=selection or Selection(),
        root=bundle_root(),
        steps=steps_dir(),
        known_requirements=bundle.catalogue(loaded.declaration.manual).requirements,
        requirement_set="",
        reports=Path(),
        workers=None,
    )
    _, chosen = plan(request)
    unmet = unmet_of(chosen, loaded.declaration, AgentKind.BROWSER)
    turns = left_of(request, chosen, unmet)
    return Asked(
        request,
        turns,
        {turn.plan.scenario_id: load_of(turn.plan, loaded.declaration) for turn in turns},
    )


def _declared(loaded: LoadedDeclaration, clock: ClockKind) -> LoadedDeclaration:
    declaration = loaded.declaration
    if clock is ClockKind.OWN:
        return loaded
    adapters = declaration.adapters
    if clock is ClockKind.REAL:
        real = adapters.clock.model_copy(update={"kind": "real", "move": None})
        adapters = adapters.model_copy(update={"clock": real})
    sut = declaration.sut.model_copy(update={"start": None, "base_url": "http://staging.example"})
    return replace(
        loaded, declaration=declaration.model_copy(update={"sut": sut, "adapters": adapters})
    )


def seconds(
    what: Asked, system: System, workers: int, booking: Booking | None = None
) -> tuple[float, Simulated]:
    """Return how long the turns take, and the place that knows what was lent.

    Raises `RuntimeError` where turns wait for each other for ever.
    """
    place = Simulated(what.loads, system, workers, booking)
    with ExitStack() as stack:
        nobody = _Nobody()
        given = (what.request, cast("Parts", nobody), nobody, Interrupt(), stack)
        pool = WorkerPool(RunContext(*given, Path(), Masker()), place)
        pool.start()
        if why := pool.run(what.turns, RelayWriter(lambda _: None, Masker())):
            raise RuntimeError(why)
    return place.now, place


def bound(what: Asked, system: System, workers: int) -> tuple[float, str]:
    """Return how long it takes, and in a sentence what bounds it."""
    took, _ = seconds(what, system, workers)
    longest = max(what.loads.values(), key=lambda load: load.alone(system)).alone(system)
    if longest > _ALONE * took:
        return took, say(
            f"いちばん長いシナリオ（{duration(longest)}）による。ワーカーを増やしても縮まない",
            f"bound by the longest scenario ({duration(longest)}): more workers do not help",
        )
    *special, latency = [
        (ja, en, seconds(what, without, workers)[0]) for ja, en, without in reliefs(system)
    ]
    with_more, _ = seconds(what, system, len(what.turns))
    lifted = [*special, ("ワーカーの数", "the number of workers", with_more), latency]
    gain = took - min(left for _, _, left in lifted)
    ja, en, left = next(each for each in lifted if took - each[2] >= _AS_GOOD * gain)
    return took, say(
        f"{ja}による（それがなければ {duration(left)}）",
        f"bound by {en} (without it {duration(left)})",
    )


def listed(what: Asked, folder: Path, share: float) -> tuple[Asked, Booking]:
    """Return the same on a prepared list, which holds a share of what is needed."""
    needs = [need for turn in what.turns for need in _needs(what, turn.plan)]
    text = "[defaults]\nexpires_at = 2031-03-31T23:59:00+09:00\n"
    text += "".join(f'{key} = "env:X"\n' for key in ("login_password", "confirmation_password"))
    text += 'seed = "env:X"\n'
    kept: dict[object, float] = {}
    for number, need in enumerate(needs):
        kept[need] = kept.get(need, 0.0) + share
        if kept[need] < 1 - 1e-9:
            continue
        kept[need] -= 1
        first = need.serial_prefix or "1"
        serial = first + f"{number:0{(need.serial_length or 9) - len(first)}}"
        has = need.status is None or need.status.value != "not_registered"
        if has:
            text += f'[[token]]\nserial = "{serial}"\nkind = "{need.kind}"\n'
        if need.status is not None:
            text += f'[[customer]]\nlogin_id = "u{number}"\nstatus = "{need.status}"\n'
            text += f'kind = "{need.kind}"\nconfirmation_length = '
            text += f"{need.confirmation_length or 8}\n"
            text += f'token = "{serial}"\n' if has else ""
    (folder / "list.toml").write_text(text, encoding="utf-8")
    loaded = what.request.loaded
    adapters = loaded.declaration.adapters
    provisioning = adapters.provisioning.model_copy(update={"kind": "pool", "file": "list.toml"})
    changed = adapters.model_copy(update={"provisioning": provisioning})
    declaration = loaded.declaration.model_copy(update={"adapters": changed})
    loaded = replace(loaded, path=folder / "bank.toml", declaration=declaration)
    request = replace(what.request, loaded=loaded)
    booking = Booking.of(request, "simulated")
    assert booking is not None, "the declaration names a list"
    return replace(what, request=request), booking


def _needs(what: Asked, plan: ScenarioPlan) -> tuple[Need, ...]:
    return load_table().of(plan.scenario_id, what.request.loaded.declaration).needs


def main() -> None:
    """Print the table, and the sentence for the most workers over the slowest system."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clock", choices=[kind.value for kind in ClockKind], default="own")
    options.add_argument("--workers", type=int, action="append")
    options.add_argument("--latency", type=float, action="append", help="seconds")
    options.add_argument("--at-once", type=float, default=inf, help="requests at a time")
    options.add_argument("--wrong-a-minute", type=float, default=inf)
    options.add_argument("--list", type=float, help="share of what is needed that is prepared")
    options.add_argument("--lang", choices=["ja", "en"], default="ja")
    given = options.parse_args()
    set_language(given.lang)
    what = asked(ClockKind(given.clock))
    latencies = given.latency or LATENCIES
    print(f"| workers | {' | '.join(f'{each:g} s' for each in latencies)} |")
    print(f"|---|{'---|' * len(latencies)}")
    for workers in given.workers or WORKERS:
        cells = []
        for latency in latencies:
            system = System(latency, given.at_once, given.wrong_a_minute, ClockKind(given.clock))
            took, why = bound(what, system, workers)
            cells.append(f"{duration(took)}; {why}")
        print(f"| {workers} | {' | '.join(cells)} |", flush=True)
    if given.list is not None:
        _print_list(what, given.list, max(given.workers or WORKERS))


def _print_list(what: Asked, share: float, workers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        on_list, booking = listed(what, Path(folder), share)
        prepared = pool_of(on_list.request.loaded)
        assert prepared is not None, "the declaration names a list"
        found = match(
            [turn.plan for turn in on_list.turns],
            table=load_table(),
            declaration=on_list.request.loaded.declaration,
            pool=prepared[0],
            spent=Assets(),
        )
        _, place = seconds(on_list, System(0.0), workers, booking)
    taken = [name for lent in place.lent for name in (*lent.customers, *lent.tokens)]
    twice = len(taken) - len(set(taken))
    print()
    for shortage in found.shortages:
        print(shortage)
    print(
        say(
            f"一覧が足りず実施できないシナリオ {len(found.lacking)} 件、"
            f"二重に使われたお客さまとトークン {twice}",
            f"{len(found.lacking)} scenarios cannot be carried out for want of prepared customers "
            f"or tokens; used twice: {twice}",
        )
    )


class _Nobody:
    """Watches, and does nothing."""

    def begun(self, header: RunStarted, run_dir: Path, left: Sequence[ScenarioPlan]) -> None: ...
    def started(self, plan: ScenarioPlan) -> None: ...
    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None: ...
    def notice(self, text: Text) -> None: ...


if __name__ == "__main__":
    main()
