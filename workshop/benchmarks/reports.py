"""How long each report takes and how much memory, for a journal of so many scenarios.

``python -m workshop.benchmarks.reports RUN [--scenarios N]...``: the scenarios of a real run
are told again and again under further ids, with their steps, checks and pictures, until there
are N. Each report is then built in a process of its own, so that its peak is its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from otp_conformance.cli import bundle
from otp_conformance.handover.contents import Reporter, gather
from otp_conformance.journal.evidence import flaws
from otp_conformance.journal.journal import JOURNAL_FILE, Journal, read
from otp_conformance.language import speaking
from otp_conformance.report import allure, earl, html, junit, matrix, messages, spreadsheet
from otp_conformance.report.build import build, index
from otp_conformance.report.results import RunResults, results
from otp_conformance.specification.catalogue.model import Catalogue

SIZES = (1_000, 10_000)


def multiplied(source: Path, target: Path, wanted: int) -> None:
    """Write a journal of so many scenarios, told after those of a real one.

    Outlines have no rows to spare, so each round stands in feature files of its own name.
    """
    lines = [json.loads(line) for line in (source / JOURNAL_FILE).read_bytes().splitlines()]
    header, footer = lines[0], lines[-1]
    sources = [line for line in lines if line["event"] == "source"]
    planned = [line for line in lines if line["event"] == "scenario_planned"]
    told = [
        line for line in lines if line.get("scenario_id") and line["event"] != "scenario_planned"
    ]
    rounds = -(-wanted // len(planned))
    left = [planned[: wanted - n * len(planned)] for n in range(rounds)]
    chosen = [{line["scenario_id"] for line in part} for part in left]
    out = [{**header, "planned": wanted}]
    for n, part in enumerate(left):
        used = {line["uri"] for line in part}
        out += [_again(line, n) for line in sources if line["uri"] in used]
    out += [_again(line, n) for n, part in enumerate(left) for line in part]
    out += [
        _again(line, n)
        for n, ids in enumerate(chosen)
        for line in told
        if line["scenario_id"] in ids
    ]
    target.mkdir(parents=True)
    digest = hashlib.sha256()
    with (target / JOURNAL_FILE).open("wb") as journal:
        for line in out:
            digest.update(written := _line(line))
            journal.write(written)
        journal.write(_line({**footer, "journal_sha256": digest.hexdigest()}))
    (target / "evidence").mkdir()
    for picture in (source / "evidence").glob("*"):  # a run without a browser has none
        (target / "evidence" / picture.name).hardlink_to(picture)


def _again(line: dict[str, object], n: int) -> dict[str, object]:
    changed = dict(line)
    if n:
        for key in ("scenario_id", "evidence_id"):
            changed |= {key: f"{line[key]}~{n}"} if key in line else {}
        changed |= {"uri": f"round{n}/{line['uri']}"} if "uri" in line else {}
        changed |= (
            {"evidence": [f"{e}~{n}" for e in line["evidence"]]} if line.get("evidence") else {}
        )
    return changed


def _line(line: dict[str, object]) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _reports(run_dir: Path) -> dict[str, Callable[[], object]]:
    """Return what is measured: each from the journal on, as `report` would build it alone."""
    catalogue: Catalogue = bundle.catalogue()

    def told() -> Journal:
        return read(run_dir / JOURNAL_FILE)

    def run() -> RunResults:
        return results(told(), catalogue)

    def envelopes() -> list[dict[str, object]]:
        return list(messages.messages(told(), run_dir))

    def xml() -> str:
        found = run()
        return junit.render(found.journal, found.scenarios)

    return {
        "journal (read)": told,
        "pictures (digests)": lambda: flaws(run_dir, told()),
        "index.html": lambda: index(run()),
        "requirements.html": lambda: matrix.render(run(), bundle.teeth()),
        "messages.ndjson": lambda: messages.ndjson(envelopes()),
        "cucumber.html": lambda: html.render(envelopes(), "x"),
        "junit.xml": xml,
        "report.xlsx": lambda: spreadsheet.workbook(run()),
        "*.csv": lambda: spreadsheet.tables(run()),
        "earl.jsonld": lambda: earl.render(run()),
        "allure-results": lambda: allure.render(run(), run_dir),
        "all as usual": lambda: [
            p.stat().st_size for p in build(run_dir, catalogue, bundle.teeth())
        ],
        "bundle": lambda: gather(run_dir, told(), Reporter(catalogue, {"teeth": bundle.teeth()})),
    }


def _size(made: object) -> int:
    match made:
        case str():
            return len(made.encode())
        case bytes():
            return len(made)
        case dict():
            return sum(len(body) for body in made.values())
        case [int(), *_]:
            return sum(made)
    return 0


def measure(run_dir: Path, name: str) -> None:
    """Print the seconds, the megabytes at the peak and the megabytes written of one report."""
    make = _reports(run_dir)[name]
    begun = time.process_time()
    with speaking("ja"):
        made = make()
    spent = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([round(spent, 2), round(peak), round(_size(made) / 1e6, 2)]))


def main() -> None:
    """Measure every report for every size and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("run", type=Path)
    options.add_argument("--scenarios", type=int, action="append")
    options.add_argument("--only", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.only:
        measure(given.run, given.only)
        return
    sizes = given.scenarios or SIZES
    rows: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            run_dir = Path(scratch) / str(size)
            multiplied(given.run.resolve(), run_dir, size)
            for name in _reports(run_dir):
                command = [sys.executable, "-m", "workshop.benchmarks.reports", str(run_dir)]
                done = subprocess.run(
                    [*command, "--only", name], capture_output=True, text=True, check=True
                )
                seconds, peak, written = json.loads(done.stdout)
                rows.setdefault(name, []).append(f"{seconds} s, {peak} MB, {written} MB")
    print(f"| | {' | '.join(map(str, sizes))} |\n|---{'|---' * len(sizes)}|")
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
