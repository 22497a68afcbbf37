from __future__ import annotations

from collections.abc import Iterator

import pytest
from practice_site import PracticeServer, practice_site

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.http import HttpAgents
from otp_conformance.agent.port import UserAgent, UserAgents

HOSTS = ("127.0.0.1",)


@pytest.fixture(scope="module")
def browsers() -> Iterator[BrowserAgents]:
    # Not for the whole session: Playwright's sync side lives once a thread, and
    # other tests want theirs.
    agents = BrowserAgents(HOSTS, timeout_seconds=10)
    yield agents
    agents.close()


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    with practice_site() as site:
        yield site


@pytest.fixture(params=[pytest.param("browser", marks=pytest.mark.browser), "http"])
def agents(request: pytest.FixtureRequest) -> Iterator[UserAgents]:
    if request.param == "browser":
        yield request.getfixturevalue("browsers")
    else:
        fast = HttpAgents(HOSTS, timeout_seconds=10)
        yield fast
        fast.close()


@pytest.fixture
def agent(agents: UserAgents) -> Iterator[UserAgent]:
    made = agents.new()
    yield made
    made.close()


@pytest.fixture
def browser(browsers: BrowserAgents) -> Iterator[UserAgent]:
    made = browsers.new()
    yield made
    made.close()
