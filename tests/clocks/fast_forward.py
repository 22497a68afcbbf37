"""The reference bank in real time, in fast motion: what would a real run wait for?

The harness has a `RealClock` like any deployment without steering, but its
sleep moves the bank's clock, and each page costs a moment. Run as a program it
prints how many scenarios a real run carries out and what it waits:

    python tests/clocks/fast_forward.py [PATH ...]
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from otp_conformance.agent.port import AgentOptions, UserAgents
from otp_conformance.assets.port import Provisioned
from otp_conformance.calls.test_control import TestControl
from otp_conformance.cli.bundle import make_agents
from otp_conformance.clock.reading import Offset
from otp_conformance.clock.real import RealClock, Waiting, WaitRules
from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.deployment.connect import Connection, connect
from otp_conformance.deployment.sut import Sut
from otp_conformance.journal.events import RunStarted, ScenarioFinished
from otp_conformance.language import Text
from otp_conformance.run.engine import run
from otp_conformance.run.folder import find_run
from otp_conformance.run.request import EarlierRun, Parts, Request, RunResult
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.requirements import load as load_catalogue
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Verdict

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "fixtures" / "declarations" / "reference.toml"
CLOCK = re.compile(r'(\[adapters\.clock\][^\n]*\n)kind = "test_control"')
PAGE_SECONDS = 0.7
_ACTIONS = frozenset({"open", "press", "press_twice", "send", "back", "reload", "type_by_clicks"})


@dataclass
class Cost:
    """What one scenario would take in reality."""

    plan: ScenarioPlan
    verdict: Verdict
    observed: str
    waits: int
    waited_seconds: float
    seconds: float


class Killed(BaseException):
    """Stands for a kill: nothing in the run catches it, nothing is tidied up."""


class Bank:
    """The bank's time, kept here and told to it before anything happens to it.

    ``killed_after``: seconds of waiting after which the run is killed, None for never.
    """

    def __init__(self, control: TestControl, killed_after: float | None = None) -> None:
        self._control = control
        self._killed_after = killed_after
        self.now = control.now()
        self._begun = self.now
        self.waits = 0
        self.waited = 0.0

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        self.waited += seconds
        self.pass_by(seconds)
        if self._killed_after is not None and self.waited > self._killed_after:
            raise Killed

    def announced(self, waiting: Waiting) -> None:
        if waiting.left_seconds <= 0:
            self.waits += 1
            self.tell()

    def tell(self) -> None:
        self._control.move_clock(self.now)

    def monotonic(self) -> float:
        return (self.now - self._begun).total_seconds()


class SlowAgent:
    """A user agent whose every page takes its time."""

    def __init__(self, agent: Any, bank: Bank) -> None:
        self._agent = agent
        self._bank = bank

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._agent, name)
        if name not in _ACTIONS:
            return found

        def acting(*args: Any) -> Any:
            self._bank.pass_by(PAGE_SECONDS)
            self._bank.tell()
            return found(*args)

        return acting


class SlowAgents:
    def __init__(self, agents: UserAgents, bank: Bank) -> None:
        self._agents = agents
        self._bank = bank

    def new(self) -> Any:
        return SlowAgent(self._agents.new(), self._bank)

    def close(self) -> None:
        self._agents.close()


class Prepared:
    """Customers of whom it is known that their tokens' codes were never used."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def customer(self, *args: Any, **kwargs: Any) -> Provisioned:
        return replace(self._inner.customer(*args, **kwargs), last_used=None)


@dataclass
class FastForward:
    """Connects as usual, then puts the simulated parts in place; also watches the run."""

    killed_after: float | None = None
    bank: Bank | None = None
    costs: list[Cost] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    _before: tuple[int, float, float] = (0, 0.0, 0.0)

    def connect(
        self, loaded: LoadedDeclaration, base_url: str, env: Any, agents: Any, **more: Any
    ) -> Sut:
        sut = connect(loaded, base_url, env, agents, **more)
        connection = Connection(
            loaded.declaration, loaded.path.parent, base_url, env, agents, more["on_secret"]
        )
        bank = self.bank = Bank(connection.control("test"), self.killed_after)
        clock = loaded.declaration.adapters.clock
        rules = WaitRules(
            guard_seconds=clock.guard_seconds,
            tolerance_seconds=clock.tolerance_seconds,
            max_wait=timedelta(minutes=clock.max_wait_minutes),
            overnight=clock.wait_overnight,
        )
        real = RealClock(
            rules,
            lambda: Offset(0.0, 0.5),
            now=lambda: bank.now,
            monotonic=bank.monotonic,
            sleep=bank.sleep,
            announce=bank.announced,
        )
        return replace(
            sut,
            clock=real,
            agents=cast("UserAgents", SlowAgents(sut.agents, bank)),
            provisioner=Prepared(sut.provisioner),
        )

    # -- observer

    def begun(self, header: RunStarted, run_dir: Path, left: Sequence[ScenarioPlan]) -> None:
        del header, run_dir, left

    def notice(self, text: Text) -> None:
        self.notices.append(text.ja)

    def started(self, plan: ScenarioPlan) -> None:
        """Hear that a scenario begins to run."""

    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        bank = self.bank
        now = (bank.waits, bank.waited, bank.monotonic()) if bank else (0, 0.0, 0.0)
        waits, waited, seconds = (a - b for a, b in zip(now, self._before, strict=True))
        self._before = now
        self.costs.append(
            Cost(plan, finished.verdict, finished.observed, int(waits), waited, seconds)
        )

    def __getattr__(self, name: str) -> Any:
        """Whatever else an observer may hear does not matter here."""
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_more: None


def carry_out(
    paths: Sequence[str], work: Path, *, overnight: bool = False, killed_after: float | None = None
) -> tuple[RunResult, FastForward]:
    """Run in fast motion. Raises `Killed` after so many seconds of waiting, None for never."""
    fast = FastForward(killed_after)
    return _run(fast, _declared(work, overnight=overnight), paths, work), fast


def go_on(work: Path) -> tuple[RunResult, FastForward]:
    """Go on with the latest run in ``work``, as --resume does."""
    fast = FastForward()
    return _run(fast, work / "real.toml", (), work, find_run("latest", work / "reports")), fast


def _declared(work: Path, *, overnight: bool) -> Path:
    text = REFERENCE.read_text(encoding="utf-8")
    real, found = CLOCK.subn(rf'\1wait_overnight = {str(overnight).lower()}\nkind = "real"', text)
    assert found == 1
    declaration = work / "real.toml"
    declaration.write_text(real, encoding="utf-8")
    return declaration


def _run(
    fast: FastForward,
    declaration: Path,
    paths: Sequence[str],
    work: Path,
    resume: EarlierRun | None = None,
) -> RunResult:
    from otp_conformance.run.world import World

    return run(
        Request(
            loaded=load(declaration),
            selection=Selection(paths=tuple(paths)),
            root=ROOT,
            steps=ROOT / "steps",
            known_requirements=load_catalogue(bundled()).requirements,
            requirement_set="fast-forward",
            reports=work / "reports",
            agent=AgentOptions(AgentKind.HTTP),
            cwd=ROOT,
            resume=resume,
        ),
        Parts(
            make_agents=make_agents,
            connect=cast("Any", fast.connect),
            make_world=World,
            build_reports=lambda _: None,
        ),
        cast("Any", fast),
    )


def table(costs: Sequence[Cost]) -> str:
    """Return the figures of a run, the longest scenarios first."""
    done = [c for c in costs if c.verdict not in (Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)]
    lines = [f"{verdict.ja}: {sum(c.verdict is verdict for c in costs)}" for verdict in Verdict]
    lines.append(
        f"{len(done)} scenarios in real time, "
        f"{sum(c.waits for c in costs)} waits of {sum(c.waited_seconds for c in costs) / 60:.1f} "
        f"min in all, {sum(c.seconds for c in costs) / 60:.1f} min with pages"
    )
    for c in sorted(costs, key=lambda c: -c.waited_seconds)[:12]:
        lines.append(f"{c.waited_seconds:8.0f} s {c.waits:3d} waits {c.verdict.ja} {c.plan.name}")
    for c in costs:
        if c.verdict is not Verdict.PASS:
            lines.append(f"{c.verdict.ja} {c.plan.scenario_id} {c.plan.name}: {c.observed}")
    return "\n".join(lines)


if __name__ == "__main__":
    overnight = "--overnight" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        result, fast = carry_out(
            [a for a in sys.argv[1:] if not a.startswith("-")], Path(folder), overnight=overnight
        )
        print(table(fast.costs))
        print("\n".join(fast.notices))
    sys.exit(int(result.exit_code))
