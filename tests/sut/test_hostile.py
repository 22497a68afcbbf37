"""Pages that do their worst: whatever they do, it ends in time, and the next page is read.

The patience is small here, since waiting is what these tests are about.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from otp_conformance.agent.accessibility import Accessibility
from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.http import HttpAgents
from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import UserAgents
from otp_conformance.deployment.reach import reach
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, Outcome
from workshop.hostile.proxy import FAULTS, Plan, faulty_way
from workshop.hostile.site import HostileSite, hostile_site

PATIENCE = 1.0
BROWSER = pytest.mark.browser
# A hang is ended by the test runner, and is then what is red.
pytestmark = pytest.mark.timeout(60)

LOGIN_ID = Control(Role.FIELD, ("ログインID",))
LOGIN, PRESS = Control(Role.BUTTON, ("ログイン",)), Control(Role.BUTTON, ("押す",))
OUT, ON = Control(Role.LINK, ("外へ",)), Control(Role.LINK, ("次へ",))
UNRESPONSIVE = "操作できるように.*could not be operated"


@pytest.fixture(scope="module")
def site() -> Iterator[HostileSite]:
    with hostile_site() as found:
        yield found


@pytest.fixture(scope="module")
def browsers() -> Iterator[BrowserAgents]:
    agents = BrowserAgents(["127.0.0.1"], timeout_seconds=PATIENCE)
    yield agents
    agents.close()


@pytest.fixture(scope="module")
def clients() -> Iterator[HttpAgents]:
    agents = HttpAgents(["127.0.0.1"], timeout_seconds=PATIENCE)
    yield agents
    agents.close()


def ends(
    agents: UserAgents, site: HostileSite, name: str, *, press: Control | None = None, most: float
) -> Outcome | None:
    """Do what a scenario does at a page, the last look and the end included; return the outcome.

    ``most``: seconds until somebody else can use the site.
    """
    begun = time.monotonic()
    agent = agents.new()
    found = None
    try:
        agent.open(f"{site.url}/{name}")
        if press is not None:
            if press is LOGIN:
                agent.fill(LOGIN_ID, "someone")
            agent.press(press)
        agent.view()
    except Outcome as outcome:
        found = outcome
        for look in (agent.view, agent.screenshot):
            last_look(look)
    agent.close()
    works(agents, site)
    assert time.monotonic() - begun < most
    return found


def last_look(look: Callable[[], object]) -> None:
    """Look at what is left, which may be nothing."""
    try:
        look()
    except Outcome:
        return


def works(agents: UserAgents, site: HostileSite) -> None:
    """Require that somebody else can use the site."""
    agent = agents.new()
    agent.open(f"{site.url}/plain")
    assert agent.view().headings == ("ログイン",)
    agent.close()


SLOW = pytest.mark.slow
ALTERED = "Array などの.*altered built-ins"
TOO_LARGE = "大きすぎ.*too large"
KINDS = (
    pytest.param("loop", None, UNRESPONSIVE),
    pytest.param("loop-later", None, UNRESPONSIVE),
    pytest.param("loop-on-press", PRESS, UNRESPONSIVE),
    pytest.param("loop-on-leaving", LOGIN, f"{UNRESPONSIVE}|応答がありません", marks=SLOW),
    pytest.param("loop-in-frame", None, UNRESPONSIVE, marks=SLOW),
    pytest.param("boxes", None, "ダイアログ.*dialog boxes"),
    pytest.param("boxes-on-press", PRESS, "ダイアログ.*dialog boxes", marks=SLOW),
    pytest.param("popups", LOGIN, "ウィンドウ.*windows"),
    pytest.param("refreshes", None, "画面の読み込み.*page loads"),
    pytest.param("reloads", None, "画面の読み込み.*page loads", marks=SLOW),
    pytest.param("redraws", LOGIN, UNRESPONSIVE, marks=SLOW),
    pytest.param("frame-endless", None, UNRESPONSIVE, marks=SLOW),
    pytest.param("inputs", None, TOO_LARGE, marks=SLOW),
    pytest.param("deep", None, TOO_LARGE, marks=SLOW),
    pytest.param("deep-by-script", None, "crashed|too large", marks=SLOW),
    pytest.param("body-endless", None, UNRESPONSIVE),
    pytest.param("body-poured", None, UNRESPONSIVE, marks=SLOW),
    pytest.param("body-stalls", None, "応答がありません|could not be operated", marks=SLOW),
    pytest.param("head-endless", None, "応答がありません", marks=SLOW),
    pytest.param("head-never", None, "応答がありません", marks=SLOW),
    pytest.param("big-text", None, f"{UNRESPONSIVE}|too large|応答が", marks=SLOW),
    pytest.param("big-tags", None, f"{UNRESPONSIVE}|too large|応答が", marks=SLOW),
    pytest.param("big-zipped", None, f"{UNRESPONSIVE}|too large|応答が", marks=SLOW),
    pytest.param("array-without-map", None, ALTERED),
    pytest.param("array-of-nothing", None, ALTERED, marks=SLOW),
    pytest.param("no-sets", None, ALTERED, marks=SLOW),
    pytest.param("circle", None, "転送が続き.*Redirects without end", marks=SLOW),
    pytest.param("further", None, "転送が続き.*Redirects without end"),
)


@BROWSER
@pytest.mark.parametrize(("name", "press", "said"), KINDS)
def test_the_browser_comes_to_an_end(
    browsers: BrowserAgents, site: HostileSite, name: str, press: Control | None, said: str
) -> None:
    found = ends(browsers, site, name, press=press, most=20)
    assert isinstance(found, EnvironmentTrouble)
    assert_said(found, said)


def assert_said(found: Outcome, said: str) -> None:
    """Require what was observed, as a regular expression."""
    with pytest.raises(Outcome, match=said):
        raise found


EXAMINED: dict[str, Callable[[Accessibility], object]] = {
    "loop-on-resize": lambda tools: tools.examine(320, {}),
    "loop-on-focus": lambda tools: tools.tour(),
}


@BROWSER
@pytest.mark.parametrize("name", EXAMINED)
def test_what_is_examined_comes_to_an_end(
    browsers: BrowserAgents, site: HostileSite, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("otp_conformance.agent.browser.agent._EXAMINING_SECONDS", 1.0)
    begun = time.monotonic()
    agent = browsers.new()
    agent.open(f"{site.url}/{name}")
    tools = agent.accessibility()
    with pytest.raises(EnvironmentTrouble, match=f"{UNRESPONSIVE} within 2 s"):
        EXAMINED[name](tools)
    agent.close()
    works(browsers, site)
    assert time.monotonic() - begun < 20


@BROWSER
def test_a_box_every_moment_is_put_away_or_told_of(
    browsers: BrowserAgents, site: HostileSite
) -> None:
    found = ends(browsers, site, "alerts", press=LOGIN, most=20)
    if found is not None:  # else the press fell between two of them
        assert_said(found, f"{UNRESPONSIVE}|dialog boxes")


HARMLESS = (
    pytest.param("asks-before-leaving", ON),
    pytest.param("opens-what-closes", PRESS),
    pytest.param("pushes", LOGIN, marks=SLOW),
    pytest.param("goes-back", LOGIN, marks=SLOW),
    pytest.param("asks-for-ever", LOGIN, marks=SLOW),
    pytest.param("asks-in-vain", PRESS, marks=SLOW),
    pytest.param("service-worker", LOGIN),
    pytest.param("picture-endless", LOGIN, marks=SLOW),
    pytest.param("frame-elsewhere", LOGIN),
    pytest.param("texts-for-things", LOGIN),
)


@BROWSER
@pytest.mark.parametrize(("name", "press"), HARMLESS)
def test_what_a_person_can_live_with_is_lived_with(
    browsers: BrowserAgents, site: HostileSite, name: str, press: Control
) -> None:
    assert ends(browsers, site, name, press=press, most=20) is None


@BROWSER
@pytest.mark.parametrize(
    ("name", "said"), [("download", "a file to download"), ("no-content", "without content")]
)
def test_what_is_no_page(browsers: BrowserAgents, site: HostileSite, name: str, said: str) -> None:
    found = ends(browsers, site, name, most=20)
    assert isinstance(found, DeclarationMismatch)
    assert_said(found, said)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("inputs", TOO_LARGE),
        ("deep", TOO_LARGE),
        ("body-endless", "応答がありません"),
        ("body-poured", "larger than 8 MB"),
        ("body-stalls", "応答がありません"),
        ("body-short", "接続できません"),
        ("head-endless", "応答がありません"),
        ("head-never", "応答がありません"),
        pytest.param("big-text", "larger than 8 MB|応答がありません", marks=SLOW),
        pytest.param("big-tags", "larger than 8 MB|応答がありません", marks=SLOW),
        pytest.param("big-zipped", "larger than 8 MB|応答がありません", marks=SLOW),
        ("circle", "Redirects without end"),
        ("further", "Redirects without end"),
    ],
)
def test_the_agent_without_a_browser_comes_to_an_end(
    clients: HttpAgents, site: HostileSite, name: str, said: str
) -> None:
    found = ends(clients, site, name, most=10)
    assert isinstance(found, EnvironmentTrouble)
    assert_said(found, said)


@pytest.mark.parametrize("name", ["body-endless", "head-endless", "body-poured"])
def test_the_first_question_to_a_site_comes_to_an_end(site: HostileSite, name: str) -> None:
    begun = time.monotonic()
    with pytest.raises(EnvironmentTrouble):
        reach(f"{site.url}/{name}", ["127.0.0.1"], timeout_seconds=PATIENCE)
    assert time.monotonic() - begun < 5


# -- where a site leads ------------------------------------------------------------

NAMED = {
    "javascript": "javascript:",
    "file": "file:",
    "data": "data:",
    "host": "elsewhere.invalid",
    "number": "10.9.8.7",
}
BY_BROWSER = (
    *(("header", where) for where in NAMED),
    *((way, where) for way in ("script", "popup", "meta") for where in ("file", "host", "number")),
    ("script", "data"),
    ("meta", "data"),
    ("link", "file"),
    ("link", "host"),
)


@BROWSER
@pytest.mark.parametrize(("way", "where"), BY_BROWSER)
def test_where_a_site_leads_in_the_browser_is_named(
    browsers: BrowserAgents, site: HostileSite, way: str, where: str
) -> None:
    require_named(browsers, site, way, where)


@pytest.mark.parametrize("where", NAMED)
@pytest.mark.parametrize("way", ["header", "link"])
def test_where_a_site_leads_is_named(
    clients: HttpAgents, site: HostileSite, way: str, where: str
) -> None:
    if (way, where) == ("link", "javascript"):
        pytest.skip("a script, which this agent says it does not run")
    require_named(clients, site, way, where)


def require_named(agents: UserAgents, site: HostileSite, way: str, where: str) -> None:
    """Require that an outcome names where a page leads, and advises nothing dangerous."""
    press = OUT if way == "link" else None
    found = ends(agents, site, f"to/{way}/{where}", press=press, most=20)
    assert isinstance(found, DeclarationMismatch)
    assert NAMED[where] in found.observed
    assert "/etc/hostname" not in f"{found}{found.hint}"
    if where in {"javascript", "file", "data"}:
        assert "allowed_hosts" not in f"{found}{found.hint}"


def test_no_wildcard_allows_what_is_no_site(site: HostileSite) -> None:
    with pytest.raises(DeclarationMismatch, match="file:"):
        reach(f"{site.url}/to/header/file", ["*"])


# -- a way that loses and bends -------------------------------------------------------

LOST = {"reset", "close", "cut", "longer", "silence"}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", [pytest.param("browsers", marks=BROWSER), "clients"])
def test_what_a_network_does_is_told_or_overcome(
    request: pytest.FixtureRequest, site: HostileSite, kind: str, fault: str
) -> None:
    agents = request.getfixturevalue(kind)
    plan = Plan.every(1, fault, delay_seconds=0.3)
    with faulty_way(site.url, plan) as address:
        agent = agents.new()
        if fault in LOST:
            with pytest.raises(EnvironmentTrouble):
                agent.open(f"{address}/plain")
        else:
            agent.open(f"{address}/plain")
            assert agent.view().http_status == 200
        agent.close()
    assert {name for _, name in plan.done} == {fault}
    works(agents, site)
