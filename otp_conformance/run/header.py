"""The head of a run's journal: what was asked, of what, and which scenarios are planned."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from otp_conformance.agent.port import server_of
from otp_conformance.journal.events import (
    Deviation,
    RunStarted,
    ScenarioPlanned,
    Shard,
    Source,
)
from otp_conformance.journal.journal import JournalWriter
from otp_conformance.resources import features_dir, steps_dir
from otp_conformance.run.request import Request
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan
from otp_conformance.specification.words import FAST_AGENT_REMARK, AgentKind

COMMIT_VARIABLE = "OTP_CONFORMANCE_COMMIT"
"""Environment variable by which the product's commit comes into the journal."""
_LONGEST_COMMIT = 80


def suite_version() -> str:
    """Return the version of the suite."""
    return version("otp-conformance")


@cache
def suite_digest() -> str:
    """Return a digest of the suite's own files: the same commit has the same one.

    Programs, features and step definitions, by their places in the suite; nothing that a
    run writes. Read once by a process, which goes on with what it has loaded by then.
    """
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    folders = ((package, "*.py"), (features_dir(), "*"), (steps_dir(), "*.py"))
    for number, (folder, pattern) in enumerate(folders):
        files = (path for path in folder.rglob(pattern) if path.is_file())
        named = sorted((path.relative_to(folder).as_posix(), path) for path in files)
        for name, path in named:
            if "_bundle" in name or "__pycache__" in name:
                continue
            digest.update(f"{number}/{name}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def settings_digest(request: Request) -> str:
    """Return a digest of what the system is started with besides its declaration.

    Of a file its contents count, not its name. Empty when there is nothing.
    """
    if not request.sut_arguments:
        return ""
    digest = hashlib.sha256()
    for argument in request.sut_arguments:
        path = Path(argument)
        digest.update(path.read_bytes() if path.is_file() else argument.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def environment(request: Request, browser: str) -> dict[str, str]:
    """Return what the run is carried out with; ``browser``: the agent's product.

    ``commit`` is that of the product, where whoever starts the run tells it: of a build
    server's own variables nobody knows whether they are about the product.
    """
    commit = os.environ.get(COMMIT_VARIABLE, "").strip()[:_LONGEST_COMMIT]
    return {
        **({"commit": commit} if commit else {}),
        "agent": request.agent.kind.value,
        "browser": browser,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "behave": version("behave"),
        **({"browser_at": server_of(request.agent.at)} if request.agent.at else {}),
        **({"cluster": request.cluster} if request.cluster else {}),
        **({"workers": str(request.workers)} if (request.workers or 1) > 1 else {}),
        **({"remark": FAST_AGENT_REMARK.ja} if request.agent.kind is AgentKind.HTTP else {}),
    }


def write_header(
    journal: JournalWriter,
    request: Request,
    *,
    run_id: str,
    base_url: str,
    browser: str,
    planned: int,
    shard: Shard | None,
) -> RunStarted:
    """Journal the run's header and return it."""
    declaration = request.loaded.declaration
    sut, manual = declaration.sut, declaration.manual
    return journal.write(
        RunStarted(
            at=journal.stamp(),
            run_id=run_id,
            suite_version=suite_version(),
            requirement_set=request.requirement_set,
            sut_name=f"{sut.institution} {sut.product}".strip(),
            sut_version=sut.version,
            base_url=base_url,
            # The name alone: a report that is handed on must not tell of somebody's disk.
            declaration_file=request.loaded.path.name,
            declaration_sha256=request.loaded.sha256,
            selection=request.described(),
            planned=planned,
            repeat=request.repeat,
            seed=request.seed,
            # What the manual asks for and is not there is no matter of a set beyond it.
            absent_functions=[] if manual.is_set else list(declaration.ics.absent_functions),
            set=manual.set,
            known_deviations=[
                Deviation(
                    requirement=known.requirement,
                    reason=known.reason,
                    until=known.until.isoformat(),
                )
                for known in declaration.known_deviations
            ],
            environment=environment(request, browser),
            settings_sha256=settings_digest(request),
            rerun_of=request.rerun.run_id if request.rerun else "",
            suite_sha256=suite_digest(),
            shard=shard,
            again=None if request.again is None else list(request.again),
        )
    )


def write_plan(
    journal: JournalWriter, features: Sequence[FeaturePlan], chosen: Sequence[ScenarioPlan]
) -> None:
    """Journal the sources in use and every planned scenario, before the first one runs."""
    used = {plan.uri for plan in chosen}
    for feature in features:
        if feature.uri in used:
            journal.write(Source(at=journal.stamp(), uri=feature.uri, text=feature.text))
    for plan in chosen:
        journal.write(
            ScenarioPlanned(
                at=journal.stamp(),
                scenario_id=plan.scenario_id,
                uri=plan.uri,
                line=plan.line,
                name=plan.name,
                feature=plan.feature,
                rule=plan.rule,
                chapter=plan.chapter,
                tags=list(plan.tags),
                requirements=list(plan.requirements),
                steps=list(plan.steps),
            )
        )
