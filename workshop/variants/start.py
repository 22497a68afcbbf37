"""Declarations of deployments that differ from the reference bank, and their runs.

Each is started by a module of its own instead of ``reference_impl``:
``python -m MODULE NAME -- ARGUMENTS``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from otp_conformance.cli import bundle
from otp_conformance.run.request import RunResult
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.runs import put, to_toml


def write_declaration(
    folder: Path,
    module: str,
    name: str,
    *,
    policy: Mapping[str, object] | None = None,
    declared: Mapping[str, object] | None = None,
    tables: str = "",
) -> Path:
    """Write the reference bank's declaration with another start; return its path.

    ``policy``: settings of the bank; ``declared``: dotted keys of the
    declaration and their values; ``tables``: TOML text to put at its end.
    """
    data = tomllib.loads(bundle.builtin_declaration().read_text(encoding="utf-8"))
    python, dash_m, replaced, *arguments = data["sut"]["start"]["command"]
    assert (dash_m, replaced) == ("-m", "reference_impl")
    command = [python, dash_m, module, name, "--", *arguments]
    if policy:
        settings = folder / "settings.toml"
        settings.write_text(to_toml({"policy": policy}) + "\n", encoding="utf-8")
        command += ["--settings", str(settings)]
    data["sut"]["start"]["command"] = command
    data["sut"]["product"] += f" ({name})"
    for key, value in (declared or {}).items():
        put(data, key, value)
    path = folder / "declaration.toml"
    path.write_text(f"{to_toml(data)}\n{tables}\n", encoding="utf-8")
    return path


def not_green(result: RunResult) -> list[str]:
    """Return what did not pass, beside what is declared away or needs a browser."""
    found = []
    for scenario_id, plan in result.journal.planned.items():
        end = result.journal.outcome(scenario_id)
        if end.verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE} and not end.suite_fault:
            continue
        if end.verdict is Verdict.NOT_RUN and "@needs.browser" in plan.tags:
            continue
        found.append(f"{end.verdict.value}: {plan.name}: {end.expected} / {end.observed}")
    return found
