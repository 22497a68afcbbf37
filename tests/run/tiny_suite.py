"""A suite in miniature: features in a temporary folder, fake ports, a tiny system."""

import os
import re
import sys
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from otp_conformance.agent.reconnecting import Reconnecting
from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.declaration.system import Start
from otp_conformance.deployment.sut import Sut
from otp_conformance.journal.events import RunStarted, ScenarioFinished
from otp_conformance.journal.evidence import Look
from otp_conformance.language import Text
from otp_conformance.resources import fixtures_dir
from otp_conformance.run.engine import run
from otp_conformance.run.request import Parts, Request, RunResult, Story
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.outcome import EnvironmentTrouble

HERE = Path(__file__).parent
KNOWN = {"LGN-01": object(), "LGN-02": object(), "ACT-01": object(), "DEA-01": object()}
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def scenario(*steps: str, name: str = "ひとつ", tags: str = "@LGN-01") -> str:
    lines = "\n".join(f"    {step}" for step in steps)
    return f"  {tags}\n  シナリオ: {name}\n{lines}\n"


def numbered(text: str, taken: Collection[str] = ()) -> str:
    """Give every scenario and row of a feature's text an id that is not taken yet."""
    found, used, tags, row = [], set(taken), None, None
    for line in text.splitlines():
        plain = line.strip()
        if plain.startswith("@"):
            tags = len(found)
        elif plain.startswith("シナリオ") and (tags is None or "@id:" not in found[tags]):
            under = re.search(r"@([A-Z]{3}-\d\d)", "" if tags is None else found[tags])
            under = under.group(1) if under else "LGN-01"
            identifier = next(i for n in range(1, 999) if (i := f"{under}/{n}") not in used)
            used.add(identifier)
            if tags is None:
                tags = len(found)
                found.append("  ")
            found[tags] += f" @id:{identifier}"
            row = 0
        elif plain.startswith("|") and row is not None and "番号" not in text:
            line = f"| {row or '番号'} {plain}"
            row += 1
        if plain and not plain.startswith("@"):
            tags = None
        found.append(line)
    return "\n".join(found) + "\n"


PASSES = scenario("前提 準備がある", "ならば 満たされる", name="合格する")
FAILS = scenario("前提 準備がある", "ならば 満たされない", name="不合格になる", tags="@LGN-02")


class FakeBrowser:
    def __init__(self, *, missing: bool = False) -> None:
        self.missing = missing
        self.closed = 0

    def product(self) -> str:
        if self.missing:
            raise EnvironmentTrouble(
                expected="ブラウザーがあること",
                observed="ブラウザーが見つかりません",
                hint="apt install chromium-headless-shell",
            )
        return "fake 1.0"

    def new(self) -> object:
        return object()

    def close(self) -> None:
        self.closed += 1


class FakeWorld:
    made = 0

    def __init__(self, sut, declaration, case, *, keep_secret) -> None:
        type(self).made += 1
        self.base_url = sut.base_url
        self.reconnecting = sut.reconnecting
        self.secret = "himitsu-" + "no-mojiretsu"
        keep_secret(self.secret)
        self.closed = False

    def look(self, secret) -> Look | None:
        return Look(self.base_url + "/page", 200, b"\xff\xd8not really a picture")

    def story(self) -> Story:
        return Story()

    def wait(self) -> None:
        threading.Event().wait()

    def close(self) -> None:
        self.closed = True


def tiny_connect(loaded, base_url, env, agents, *, on_secret) -> Sut:
    clock = SimpleNamespace(steerable=True, now=lambda: NOON, move_to=lambda _: None)
    reconnecting = Reconnecting(lambda _: None)
    nobody = SimpleNamespace()
    return Sut(base_url, agents, clock, nobody, nobody, reconnecting=reconnecting)


def worker_parts(on_wait) -> Parts:
    """Make the parts of a worker (`Parts.for_worker`)."""
    return Parts(
        make_agents=lambda *_: FakeBrowser(),
        connect=tiny_connect,
        make_world=FakeWorld,
        build_reports=lambda _: None,
    )


@dataclass
class Watcher:
    """Remembers what an observer is told."""

    headers: list[RunStarted] = field(default_factory=list)
    finished: list[ScenarioFinished] = field(default_factory=list)
    notices: list[Text] = field(default_factory=list)
    on_scenario: object = None
    left: list[str] = field(default_factory=list)
    begun_names: list[str] = field(default_factory=list)

    def begun(self, header, run_dir, left) -> None:
        self.headers.append(header)
        self.left = [plan.name for plan in left]

    def started(self, plan) -> None:
        self.begun_names.append(plan.name)

    def scenario(self, plan, finished) -> None:
        self.finished.append(finished)
        if self.on_scenario:
            self.on_scenario(finished)

    def notice(self, text) -> None:
        self.notices.append(text)


@dataclass
class Suite:
    """A bundle in a temporary folder, with everything to run it."""

    root: Path
    browser: FakeBrowser = field(default_factory=FakeBrowser)
    watcher: Watcher = field(default_factory=Watcher)
    mode: str = "normal"
    work: str = ""
    built: list[Path] = field(default_factory=list)
    asked: list[tuple] = field(default_factory=list)
    report_error: Exception | None = None
    connect_error: Exception | None = None
    make_world: object = FakeWorld
    changes: dict = field(default_factory=dict)

    def feature(
        self, *scenarios: str, path: str = "04_login/login.feature", head: str = ""
    ) -> Path:
        file = self.root / "features" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = f"# language: ja\n{head}機能: 小さな機能\n\n" + "\n".join(scenarios)
        others = [f for f in (self.root / "features").rglob("*.feature") if f != file]
        taken = [i for f in others for i in re.findall(r"@id:(\S+)", f.read_text("utf-8"))]
        file.write_text(numbered(text, taken), encoding="utf-8")
        return file

    def loaded(self) -> LoadedDeclaration:
        loaded = load(fixtures_dir() / "declarations" / "reference.toml")
        declaration = loaded.declaration
        start = Start(
            command=(
                sys.executable,
                str(HERE / "tiny_sut.py"),
                self.mode,
                "{port}",
                *self.work.split(),
            ),
            generated_secrets=("TINY_SECRET",),
            ready_timeout_seconds=30,
        )
        sut = declaration.sut.model_copy(update={"start": start, **self.changes.get("sut", {})})
        ics = declaration.ics.model_copy(update=self.changes.get("ics", {}))
        adapters = declaration.adapters.model_copy(update=self.changes.get("adapters", {}))
        update = {"sut": sut, "ics": ics, "adapters": adapters, **self.changes.get("top", {})}
        return LoadedDeclaration(declaration.model_copy(update=update), loaded.path, loaded.sha256)

    def request(self, **changes) -> Request:
        selection = {k: changes.pop(k) for k in list(changes) if k in vars(Selection())}
        values = {
            "loaded": self.loaded(),
            "selection": Selection(**selection),
            "root": self.root,
            "steps": self.root / "steps",
            "known_requirements": KNOWN,
            "requirement_set": "test",
            "reports": self.root / "reports",
            "env": dict(os.environ),
            "cwd": self.root,
        }
        return Request(**{**values, **changes})

    def connect(self, loaded, base_url, env, agents, *, on_secret) -> Sut:
        if self.connect_error:
            raise self.connect_error
        return tiny_connect(loaded, base_url, env, agents, on_secret=on_secret)

    def make_agents(self, options, declaration, access) -> FakeBrowser:
        self.asked.append(options)
        return self.browser

    def build(self, run_dir: Path) -> None:
        if self.report_error:
            raise self.report_error
        self.built.append(run_dir)

    def run(self, **changes) -> RunResult:
        parts = Parts(
            make_agents=self.make_agents,
            connect=self.connect,
            make_world=self.make_world,
            build_reports=self.build,
            for_worker="tiny_suite:worker_parts",
        )
        return run(self.request(**changes), parts, self.watcher)
