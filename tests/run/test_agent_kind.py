"""A run without a browser: what it leaves out, and that it says so."""

import pytest
from tiny_suite import PASSES, scenario

from otp_conformance.agent.port import AgentOptions
from otp_conformance.declaration.needs import unmet_need
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Cause, Verdict

ONLY_BROWSER = scenario("ならば 満たされる", name="ブラウザー専用", tags="@LGN-02 @needs.browser")


def test_browser_is_the_default_and_is_journalled(suite):
    suite.feature(PASSES, ONLY_BROWSER)
    result = suite.run()
    assert result.exit_code is ExitCode.PASS
    assert suite.asked == [AgentOptions()]
    assert result.journal.header.environment["agent"] == "browser"
    assert "remark" not in result.journal.header.environment


def test_fast_agent_leaves_out_what_needs_a_browser(suite):
    suite.feature(PASSES, ONLY_BROWSER)
    result = suite.run(agent=AgentOptions(AgentKind.HTTP))
    assert suite.asked == [AgentOptions(AgentKind.HTTP)]
    assert result.journal.header.environment["agent"] == "http"
    assert "--agent http" in result.journal.header.environment["remark"]
    passed, left_out = map(result.journal.outcome, result.journal.planned)
    assert passed.verdict is Verdict.PASS
    assert (left_out.verdict, left_out.cause) == (Verdict.NOT_RUN, Cause.DECLARATION)
    assert "--agent http" in left_out.observed
    assert result.exit_code is ExitCode.INCONCLUSIVE


def test_headed_reaches_the_maker_of_browsers(suite):
    suite.feature(PASSES)
    suite.run(agent=AgentOptions(headed=True))
    assert suite.asked == [AgentOptions(headed=True)]


@pytest.mark.parametrize("kind", list(AgentKind))
def test_absent_feature_still_outranks_the_missing_browser(suite, kind):
    suite.changes = {"ics": {"on_screen_keyboard": False}}
    declaration = suite.loaded().declaration
    for tags in (["@needs.browser", "@needs.keyboard"], ["@needs.keyboard", "@needs.browser"]):
        assert unmet_need(tags, declaration, kind).verdict is Verdict.NOT_APPLICABLE
