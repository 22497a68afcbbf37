"""``python -m tests.faults.run [FAULT…]``: show what the suite says about faulty banks.

Each FAULT is a name of fixtures/faults/catalogue.toml or a number of the list
of faults (F031); none: all. Exit code 0 when every fault was found, 1 when
one was not, 2 for a fault that is unknown.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from otp_conformance.run.agents import AgentKind
from otp_conformance.run.selection import Selection
from tests.faults.catalogue import Fault, load
from tests.faults.runs import ALL, Red, carry_out, reds, troubles, write_declaration


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the wished faults and print which scenarios went red."""
    options = _parser().parse_args(arguments)
    faults = load()
    unknown = [wish for wish in options.fault if not _wished(faults, [wish])]
    if unknown:
        sys.stderr.write(
            f"知らない欠陥です / unknown fault: {' '.join(unknown)}。"
            f"一覧 / known: {' '.join(faults)}\n"
        )
        return 2
    chosen = _wished(faults, options.fault) if options.fault else list(faults.values())
    missed = [fault.name for fault in chosen if not _show(fault, options)]
    print(f"\n{len(chosen) - len(missed)} / {len(chosen)} 件の欠陥を検出 / faults found")
    if missed:
        print(f"検出されなかった欠陥 / not found: {' '.join(missed)}")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.run",
        description="欠陥のある銀行に対して検査を実施します。 / Run the suite on faulty banks.",
    )
    add = parser.add_argument
    add("fault", nargs="*", metavar="FAULT", help="欠陥の名前か番号 / name or number of a fault")
    add("--browser", action="store_true", help="ブラウザーで / with the browser (slower)")
    add("--full", action="store_true", help="全シナリオを / every scenario, not the expected ones")
    add("--reports", default="reports/faults", metavar="DIR", help="報告の出力先 / reports")
    return parser


def _wished(faults: dict[str, Fault], wishes: Sequence[str]) -> list[Fault]:
    return [f for f in faults.values() if {f.name, *f.numbers} & set(wishes)]


def _show(fault: Fault, options: argparse.Namespace) -> bool:
    numbers = " ".join(fault.numbers) or "—"
    print(f"\n■ {fault.name}（{numbers}）{fault.title_ja} / {fault.title_en}")
    print(f"  破られる要件 / violates: {' '.join(fault.violates)}")
    folder = Path(options.reports) / fault.name
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    result = carry_out(
        write_declaration(folder, fault=fault.name),
        folder,
        selection=ALL if options.full else Selection(requirements=fault.violates),
        agent=AgentKind.BROWSER if options.browser else AgentKind.HTTP,
        reports=True,
    )
    found = reds(result.journal)
    for red in found:
        _print_red(red)
    for trouble in troubles(result.journal):
        print(f"  △ {trouble}")
    count, seconds = len(result.journal.planned), time.perf_counter() - begun
    print(f"  {count} シナリオ / scenarios, {seconds:.0f} 秒 / s, {result.run_dir}")
    return any(set(red.requirements) & set(fault.violates) for red in found)


def _print_red(red: Red) -> None:
    print(f"  × 不合格 {' '.join(red.requirements)}  {red.scenario}")
    print(f"      期待 / expected: {red.expected}")
    print(f"      観測 / observed: {red.observed}")


if __name__ == "__main__":
    sys.exit(main())
