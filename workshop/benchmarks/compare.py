"""`make bench`: what the suite costs over a bare Playwright script, as a ratio.

The same flows three ways, in turn, so that a noisy machine disturbs all alike:
(a) a bare script, (b) the suite in the browser, (c) the suite's fast agent.
Each way starts a reference bank of its own. Medians; nothing is judged by time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import bare
from playwright.sync_api import sync_playwright

from otp_conformance.agent.browser.launch import launch
from otp_conformance.cli.bundle import load_declaration
from otp_conformance.deployment.process import StartPlan, SutProcess
from otp_conformance.journal.journal import read
from otp_conformance.journal.masking import Masker
from otp_conformance.resources import bundle_root
from otp_conformance.specification.scenarios import plan_features

LATEST = Path(__file__).with_name("latest.json")
BARE, BROWSER, FAST = "a", "b", "c"
TITLES = {
    BARE: "素の Playwright / bare Playwright",
    BROWSER: "スイート・ブラウザー / suite, browser",
    FAST: "スイート・高速エージェント / suite, fast agent",
}


@dataclass(frozen=True)
class Round:
    """One repetition of all flows in one way, in seconds.

    ``whole``: from the first process started to the last one ended, reports
    included; ``flows``: each flow by its scenario's id, set-up included.
    """

    whole: float
    flows: dict[str, float]


def bare_round() -> Round:
    start = load_declaration(None).declaration.sut.start
    if start is None:
        raise SystemExit("the built-in declaration starts no bank")
    secret = {name: secrets.token_urlsafe(24) for name in start.generated_secrets}
    plan = StartPlan(
        command=tuple(start.command),
        ready_line=start.ready_line,
        ready_timeout_seconds=start.ready_timeout_seconds,
        env={**os.environ, **secret},
    )
    begun = time.perf_counter()
    flows = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        SutProcess(plan, Path(folder), Masker()) as process,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright.chromium, ["127.0.0.1"])
        bank = bare.Bank(
            process.base_url,
            browser,
            key=secret["OTP_TEST_CONTROL_KEY"],
            staff_password=secret["OTP_STAFF_PASSWORD"],
        )
        for scenario_id in bare.FLOWS:
            at = time.perf_counter()
            bare.play(bank, scenario_id)
            flows[scenario_id] = time.perf_counter() - at
        browser.close()
    return Round(time.perf_counter() - begun, flows)


def suite_round(agent: str) -> Round:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "otp_conformance", "run", "--quiet", "--workers", "1"),
                *("--agent", agent, "--reports", folder, "--id", ",".join(bare.FLOWS)),
            ],
            check=False,
            capture_output=True,
            encoding="utf-8",
        )
        whole = time.perf_counter() - begun
        if done.returncode:
            raise SystemExit(f"--agent {agent}: {done.returncode}\n{done.stdout}{done.stderr}")
        journal = read(Path(folder) / "latest" / "journal.ndjson")
    return Round(whole, {i: journal.outcome(i).duration_s for i in bare.FLOWS})


def names() -> dict[str, str]:
    """Return what the mirrored scenarios are called, by id."""
    known = {
        scenario.scenario_id: scenario.name
        for feature in plan_features(bundle_root())
        for scenario in feature.scenarios
    }
    return {scenario_id: f"{scenario_id} {known[scenario_id]}" for scenario_id in bare.FLOWS}


def measure(repetitions: int) -> dict[str, list[Round]]:
    ways: dict[str, Callable[[], Round]] = {
        BARE: bare_round,
        BROWSER: lambda: suite_round("browser"),
        FAST: lambda: suite_round("http"),
    }
    rounds: dict[str, list[Round]] = {way: [] for way in ways}
    for number in range(1, repetitions + 1):
        for way, play in ways.items():
            rounds[way].append(play())
            took = sum(rounds[way][-1].flows.values())
            print(f"{number}/{repetitions} ({way}) {took:6.2f} s", file=sys.stderr)
    return rounds


# -- presentation -------------------------------------------------------------------


def columns(text: str) -> int:
    """Return how wide a text is on a terminal; Japanese characters take two columns."""
    return sum(1 if ord(character) < 0x1100 else 2 for character in text)


def row(name: str, figures: Sequence[str], width: int) -> str:
    return name + " " * (width - columns(name)) + "".join(f"{figure:>9}" for figure in figures)


def ratio(one: float, other: float) -> str:
    return f"{one / other:.2f}"


def table(rounds: dict[str, list[Round]]) -> str:
    middle = {
        way: {i: median(r.flows[i] for r in played) for i in bare.FLOWS}
        for way, played in rounds.items()
    }
    sums = {way: sum(flows.values()) for way, flows in middle.items()}
    whole = {way: median(r.whole for r in played) for way, played in rounds.items()}
    # A disturbance only ever slows a round down: the fastest is the least disturbed.
    fastest = {way: min(sum(r.flows.values()) for r in played) for way, played in rounds.items()}
    called = names()
    titles = [
        *called.values(),
        "計 / total",
        "最も速い回の計 / total of the fastest round",
        "全体（起動・報告を含む） / whole, with start and reports",
    ]
    width = max(columns(title) for title in titles) + 2
    lines = [f"({way}) {title}" for way, title in TITLES.items()]
    lines += ["", row("秒 / seconds", ["(a)", "(b)", "(c)", "(b)/(a)", "(c)/(b)"], width)]
    for scenario_id, title in called.items():
        lines.append(_line(title, {way: middle[way][scenario_id] for way in TITLES}, width))
    totals = zip(titles[len(called) :], (sums, fastest, whole), strict=True)
    lines += [_line(name, seconds, width) for name, seconds in totals]
    return "\n".join(lines)


def _line(name: str, seconds: dict[str, float], width: int) -> str:
    figures = [f"{seconds[way]:.2f}" for way in TITLES]
    figures += [ratio(seconds[BROWSER], seconds[BARE]), ratio(seconds[FAST], seconds[BROWSER])]
    return row(name, figures, width)


def machine() -> dict[str, str]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": str(os.cpu_count()),
        "load": " ".join(f"{value:.1f}" for value in os.getloadavg()),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3, metavar="N")
    options = parser.parse_args()
    if options.repetitions < 1:
        parser.error("--repetitions は 1 以上です / must be at least 1")
    facts = machine()
    rounds = measure(options.repetitions)
    print(table(rounds))
    kept = {way: [asdict(played) for played in all_] for way, all_ in rounds.items()}
    LATEST.write_text(
        json.dumps({"machine": facts, "rounds": kept}, ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
    print(f"\n{os.path.relpath(LATEST)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
