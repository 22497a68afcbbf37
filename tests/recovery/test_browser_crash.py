"""A browser, a renderer or a driver that dies or stands still: the next scenario has one again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import UserAgent
from otp_conformance.verdict.outcome import EnvironmentTrouble
from workshop.hostile.site import HostileSite, hostile_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

PATIENCE = 1.0
LOGIN_ID, LOGIN = Control(Role.FIELD, ("ログインID",)), Control(Role.BUTTON, ("ログイン",))


@pytest.fixture
def site() -> Iterator[HostileSite]:
    with hostile_site() as found:
        yield found


@pytest.fixture
def agents() -> Iterator[BrowserAgents]:
    made = BrowserAgents(["127.0.0.1"], timeout_seconds=PATIENCE)
    yield made
    made.close()


def works(agents: BrowserAgents, site: HostileSite) -> None:
    """Require that somebody can use the site."""
    agent = agents.new()
    agent.open(f"{site.url}/plain")
    assert agent.view().headings == ("ログイン",)
    agent.close()


def processes(*signs: str) -> list[psutil.Process]:
    """Return this process's descendants by a sign in their command line."""
    found = []
    for each in psutil.Process().children(recursive=True):
        try:
            line = " ".join(each.cmdline())
        except psutil.Error:
            continue
        if any(sign in line for sign in signs):
            found.append(each)
    return found


def main_of_browser() -> list[psutil.Process]:
    return [p for p in processes("--headless") if "--type=" not in " ".join(p.cmdline())]


VICTIMS: dict[str, Callable[[], list[psutil.Process]]] = {
    "browser": main_of_browser,
    "renderer": lambda: processes("--type=renderer"),
    "driver": lambda: processes("run-driver"),
    "all": lambda: processes("run-driver", "--headless"),
}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
@pytest.mark.parametrize("victim", VICTIMS)
def test_what_dies_under_a_scenario_is_there_for_the_next(
    agents: BrowserAgents, site: HostileSite, victim: str, number: signal.Signals
) -> None:
    agent: UserAgent = agents.new()
    agent.open(f"{site.url}/plain")
    agent.fill(LOGIN_ID, "someone")
    known = VICTIMS[victim]()
    assert known
    for each in known:
        os.kill(each.pid, number)
    begun = time.monotonic()
    with pytest.raises(EnvironmentTrouble):
        agent.press(LOGIN)
    assert agent.screenshot() is None
    assert not agent.alive()
    agent.close()
    works(agents, site)
    assert time.monotonic() - begun < 20
    # Nothing is left of any of them.
    gone, left = psutil.wait_procs(known, timeout=5)
    assert not [p for p in left if p.status() != psutil.STATUS_ZOMBIE], gone


@pytest.mark.parametrize("victim", ["browser", "renderer", "driver"])
def test_what_dies_between_two_scenarios_is_not_noticed(
    agents: BrowserAgents, site: HostileSite, victim: str
) -> None:
    works(agents, site)
    agents.new()  # somebody whose page is kept, the staff's for example
    for each in VICTIMS[victim]():
        os.kill(each.pid, signal.SIGKILL)
    works(agents, site)
