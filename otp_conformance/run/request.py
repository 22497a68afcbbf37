"""What a run is asked to do, what it is made of, who watches it, and how it ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from otp_conformance.agent.port import BROWSER, AgentOptions, UserAgents
from otp_conformance.calls.access import NO_ACCESS, Access
from otp_conformance.clock.real import Waiting
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.journal.case import Case
from otp_conformance.journal.events import (
    RunStarted,
    ScenarioFinished,
)
from otp_conformance.journal.evidence import Look
from otp_conformance.journal.journal import Journal
from otp_conformance.journal.record import Sent
from otp_conformance.language import Text
from otp_conformance.run.budget import Admit, admit_all
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.exit_codes import ExitCode


@dataclass(frozen=True)
class EarlierRun:
    """A run's folder and what its journal says; ``journal`` may lack its footer."""

    run_dir: Path
    journal: Journal

    @property
    def run_id(self) -> str:
        """Its identifier, which is its folder's name."""
        return self.journal.header.run_id


@dataclass(frozen=True)
class Story:
    """What happened since it was last told: for readers who must find out why.

    ``customers``: name, login ID and serial (empty without a token) of all so far;
    ``requests`` and their answers; ``screen``: key of the one recognised last.
    """

    customers: tuple[tuple[str, str, str], ...] = ()
    requests: tuple[Sent, ...] = ()
    screen: str = ""


class World(Protocol):
    """What the steps of one scenario act in (`otp_conformance.run.world.World`)."""

    def story(self) -> Story:
        """Return what happened since the last time."""

    def look(self, secret: Callable[[str], bool]) -> Look | None:
        """Return a picture of the screen in sight, without texts of which ``secret`` is true."""

    def close(self) -> None:
        """End all persons' clients of this scenario."""


class MakeWorld(Protocol):
    """Makes a scenario's world; the constructor of the real one is one."""

    def __call__(
        self, sut: Sut, declaration: Declaration, case: Case, *, keep_secret: Callable[[str], None]
    ) -> World:
        """Return a fresh world. ``keep_secret`` registers what must never be written down."""


class Observer(Protocol):
    """Somebody who watches a run: the command line, or a test."""

    def begun(self, header: RunStarted, run_dir: Path, left: Sequence[ScenarioPlan]) -> None:
        """Hear that the run begins: in which folder, and what it is to carry out."""

    def started(self, plan: ScenarioPlan) -> None:
        """Hear that a scenario begins to run."""

    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        """Hear that a scenario ended."""

    def notice(self, text: Text) -> None:
        """Hear of something worth knowing."""


AtEnd = Callable[[ScenarioFinished], None]
"""Hears how a scenario ended while its browsers are still open."""


def look_on(finished: ScenarioFinished) -> None:
    """Do nothing at a scenario's end."""
    del finished


def tell_nobody_of_all(waits: Sequence[Waiting]) -> None:
    """Announce waits to nobody."""
    del waits


class Agents(UserAgents, Protocol):
    """What makes all user agents of a run: the one browser, or the fast agent."""

    def product(self) -> str:
        """Return its name and version. Raises `EnvironmentTrouble` when there is none."""

    def keep_traces(self, stem: Path | None) -> tuple[Path, ...]:
        """Write what was recorded since the last time to files (None: forget it); return them."""


class MakeAgents(Protocol):
    """Makes a run's agents, as somebody asks for them and as the system is declared.

    ``access``: what the web server itself asks for.
    """

    def __call__(
        self, options: AgentOptions, declaration: Declaration, access: Access = NO_ACCESS
    ) -> Agents:
        """Return them; nothing needs to be started yet."""


class Connect(Protocol):
    """Puts the ports in front of a deployment (`otp_conformance.deployment.connect.connect`)."""

    def __call__(
        self,
        loaded: LoadedDeclaration,
        base_url: str,
        env: Mapping[str, str],
        agents: UserAgents,
        *,
        on_secret: Callable[[str], None],
    ) -> Sut:
        """Return the deployment's ports. ``on_secret`` is told what to mask."""


@dataclass(frozen=True)
class Parts:
    """What a run is made of besides itself; tests put small ones in their place.

    ``build_reports`` receives the run's folder alone: reports read the
    journal and nothing else. ``on_waits`` is told of all waits that go on in
    workers; ``at_end`` may take its time, with the browsers of a scenario still
    open (in this process only, not in workers); ``for_worker`` names what makes a
    worker's parts, as ``module:function`` (see `otp_conformance.run.worker`).
    """

    make_agents: MakeAgents
    connect: Connect
    make_world: MakeWorld
    build_reports: Callable[[Path], None]
    on_waits: Callable[[Sequence[Waiting]], None] = tell_nobody_of_all
    at_end: AtEnd = look_on
    for_worker: str = ""


@dataclass(frozen=True)
class Part:
    """One of ``of`` parts of a run, each for a machine of its own; ``number`` counts from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        """Return it as it is asked for (``--shard``)."""
        return f"{self.number}/{self.of}"


@dataclass(frozen=True)
class Request:
    """What somebody asked for. ``root`` holds features/, ``steps`` the step modules.

    ``known_requirements`` and ``requirement_set`` come from the catalogue.
    ``sut_arguments`` are appended to the declaration's start command.
    ``repeat``: how often each scenario runs; ``seed``: of a random order, None
    for the plan's; ``again``: the words of a command for this system besides the scenarios
    (`RunStarted.again`); ``keep_work``: keep the system's own folder.
    ``shard``: carry out this part alone; ``resume``: go on with this run instead of a new
    one; ``rerun``: repeat the scenarios of that run, with ``failed`` those alone that did not pass.
    ``retries``: how often a scenario is carried out anew that met trouble of
    the environment; ``workers``: how many work at the same time, None for as
    many as machine and deployment allow; ``cluster``: address of the scheduler of the
    cluster that works instead, empty for this machine;
    ``patience_seconds``: how long a system that somebody else started may be
    away before the run gives up. ``admit`` lets scenarios begin, or not.
    """

    loaded: LoadedDeclaration
    selection: Selection
    root: Path
    steps: Path
    known_requirements: Mapping[str, object]
    requirement_set: str
    reports: Path
    port: int = 0
    agent: AgentOptions = BROWSER
    repeat: int = 1
    seed: int | None = None
    again: tuple[str, ...] | None = None
    keep_work: bool = False
    sut_arguments: tuple[str, ...] = ()
    shard: Part | None = None
    resume: EarlierRun | None = None
    rerun: EarlierRun | None = None
    failed: bool = False
    retries: int = 0
    workers: int | None = 1
    cluster: str = ""
    patience_seconds: float = 0.0
    admit: Admit = admit_all
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path = field(default_factory=Path.cwd)

    def described(self) -> str:
        """Return what was asked for, for the journal."""
        if self.rerun is None:
            return self.selection.describe()
        if self.failed:
            return f"--rerun {self.rerun.run_id} --failed"
        return self.rerun.journal.header.selection


@dataclass(frozen=True)
class RunResult:
    """How it ended. ``problems`` are for readers; ``reported`` tells whether reports exist."""

    exit_code: ExitCode
    run_dir: Path
    journal: Journal
    problems: tuple[Text, ...]
    reported: bool
