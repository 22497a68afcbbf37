"""--agent on the command line, and that the fast agent needs no browser's library."""

import subprocess
import sys
from pathlib import Path

from tiny_suite import PASSES, scenario

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.port import AgentOptions
from otp_conformance.cli import bundle

HERE = Path(__file__).parent


def test_fast_agent_is_named_and_modest(cli, suite):
    suite.feature(PASSES, scenario("ならば 満たされない", name="だめ", tags="@LGN-02"))
    code, out, _ = cli("run", "--agent", "http")
    assert code == 1
    assert "高速エージェント（ブラウザーなし）: fake 1.0" in out
    assert out.count("合否の判定はブラウザーでの実施によります") == 1  # before the run
    assert "ブラウザーなしの試行で、不合格が 1 シナリオ見つかりました。" in out
    assert "合否の判定には、ブラウザーでの実施が要ります。" in out
    assert "otp-conformance run --agent http --rerun " in out


def test_browser_run_makes_no_reservation(cli, suite):
    suite.feature(PASSES)
    _, out, _ = cli("run")
    assert "ブラウザー: fake 1.0" in out
    assert "によります" not in out


def test_no_window_without_a_browser(cli, suite):
    suite.feature(PASSES)
    code, _, err = cli("run", "--agent", "http", "--headed")
    assert code == 2
    assert "--agent browser" in err


def test_unknown_agent(cli, suite):
    code, _, err = cli("run", "--agent", "carrier-pigeon")
    assert code == 2
    assert "--agent" in err


def test_fast_agents_load_no_browser_library():
    script = (
        "import sys\n"
        "sys.modules['playwright'] = None\n"
        "from otp_conformance.cli import bundle, main\n"
        "from otp_conformance.agent.port import AgentOptions\n"
        "from otp_conformance.specification.words import AgentKind\n"
        "parts = bundle.parts(bundle.catalogue())\n"
        "system = bundle.load_declaration(None).declaration\n"
        "agents = parts.make_agents(AgentOptions(AgentKind.HTTP), system)\n"
        "agents.new()\n"
        "print(agents.product())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("httpx ")


def test_browser_agents_are_as_asked_for_and_as_declared():
    ours = {"accept_any_certificate": True, "frame": "main", "locale": "en"}
    declaration = bundle.load_declaration(None).declaration
    system = declaration.sut.model_copy(update=ours)
    declared = declaration.model_copy(
        update={"sut": system, "selectors": {"login.password": "#pw"}}
    )
    made = bundle.make_agents(AgentOptions(headed=True), declared)
    assert isinstance(made, BrowserAgents)
    seen = (made._options.headed, made._any_certificate, made._frame, made._locale)
    assert seen == (True, True, "main", "en")
    assert made._selectors == ("#pw",)
