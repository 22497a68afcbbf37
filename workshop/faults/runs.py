"""Carrying out runs of the suite against a changed bank, in this process.

The bank is a process of its own, started by a declaration that differs from
the reference bank's in its start command and, where wished, in other keys.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from otp_conformance.agent.port import AgentOptions
from otp_conformance.cli import bundle
from otp_conformance.declaration.load import load
from otp_conformance.declaration.unread import READ_WHEN
from otp_conformance.journal.events import OWN_SET, RunStarted, ScenarioFinished
from otp_conformance.language import Text
from otp_conformance.run.engine import run
from otp_conformance.run.request import Observer, Request, RunResult
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from workshop.teeth.decide import Red, reds, troubles

__all__ = [
    "ALL",
    "ROOT",
    "Red",
    "carry_out",
    "put",
    "reds",
    "to_toml",
    "troubles",
    "write_declaration",
]

ALL = Selection()
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Watcher:
    """An observer that keeps what is said."""

    notices: list[Text] = field(default_factory=list)

    def begun(self, header: RunStarted, run_dir: Path, left: Sequence[ScenarioPlan]) -> None:
        """Hear that the run begins."""

    def started(self, plan: ScenarioPlan) -> None:
        """Hear that a scenario begins to run."""

    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        """Hear that a scenario ended."""

    def notice(self, text: Text) -> None:
        """Keep it."""
        self.notices.append(text)


def to_toml(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """Return a declaration's data as TOML text.

    Enough for tables, dates, texts, numbers, truth values and lists of those; JSON
    writes all but dates as TOML does.
    """
    plain = {k: v for k, v in table.items() if not isinstance(v, Mapping)}
    lines = [f"{json.dumps(k)} = {_value(v)}" for k, v in plain.items()]
    head = [f"[{'.'.join(json.dumps(p) for p in path)}]"] if path and lines else []
    inner = [to_toml(v, (*path, k)) for k, v in table.items() if isinstance(v, Mapping)]
    return "\n".join([*head, *lines, *inner])


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{json.dumps(name)} = {_value(each)}" for name, each in value.items())
        return f"{{{pairs}}}"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def put(table: dict[str, Any], dotted: str, value: object) -> None:
    """Set ``a.b.c`` in nested tables; what nobody reads then goes, as a vendor would do it."""
    *way, last = dotted.split(".")
    inner = table
    for key in way:
        inner = inner.setdefault(key, {})
    inner[last] = value
    for rule in READ_WHEN:
        if rule.by == (dotted,) and value not in (rule.values or (value,)):
            for key in rule.keys:
                _drop(table, key)


def _drop(table: dict[str, Any], dotted: str) -> None:
    *way, last = dotted.split(".")
    for key in way:
        table = table.get(key, {})
    table.pop(last, None)


def write_declaration(
    folder: Path,
    *,
    fault: str = "",
    declared: Mapping[str, object] | None = None,
    settings: Path | None = None,
) -> Path:
    """Write a changed declaration of the reference bank and return its path."""
    data = tomllib.loads(bundle.builtin_declaration().read_text(encoding="utf-8"))
    command = data["sut"]["start"]["command"]
    python, dash_m, module, *arguments = command
    if fault:
        command = [python, dash_m, "workshop.faults.serve", fault, "--", *arguments]
        data["sut"]["product"] += f" ({fault})"
    if settings is not None:
        command = [*command, "--settings", str(settings)]
    assert (dash_m, module) == ("-m", "reference_impl")
    data["sut"]["start"]["command"] = command
    for key, value in (declared or {}).items():
        put(data, key, value)
    path = folder / "declaration.toml"
    path.write_text(to_toml(data) + "\n", encoding="utf-8")
    return path


def carry_out(
    declaration: Path,
    folder: Path,
    *,
    selection: Selection = ALL,
    agent: AgentKind = AgentKind.HTTP,
    catalogue: Catalogue | None = None,
    set_name: str = OWN_SET,
    reports: bool = False,
    observer: Observer | None = None,
) -> RunResult:
    """Run the selected scenarios of a set; ``observer`` hears of each.

    Raises what the engine raises when a run cannot begin.
    """
    known = catalogue or bundle.catalogue(bundle.manual_in(None, set_name))
    parts = bundle.parts(known, reporting=reports)
    request = request_for(declaration, folder, known, selection, agent, set_name)
    return run(request, parts, observer or Watcher())


def request_for(
    declaration: Path,
    folder: Path,
    known: Catalogue,
    selection: Selection,
    agent: AgentKind,
    set_name: str = OWN_SET,
) -> Request:
    """Return what is asked of the suite, by name from wherever it is called."""
    paths_on = os.environ.get("PYTHONPATH", "")
    return replace(
        bundle.whole(load(declaration, None, set_name), known, folder, AgentOptions(agent)),
        selection=selection,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), paths_on]))},
        cwd=ROOT,
    )
