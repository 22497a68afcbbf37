"""A bank that is killed: what the run says of it, and what the bank still knows afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from bank_process import FROZEN, KEY, BankProcess, children, running

from otp_conformance.agent.http import HttpAgents
from otp_conformance.assets.port import Account, Need, Provisioned
from otp_conformance.assets.test_control import TestControlProvisioner
from otp_conformance.calls.test_control import TestControl
from otp_conformance.clock.moved import SteeredClock
from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.journal.journal import read
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Status
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.verdict import Cause, Verdict

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="needs /proc")


# -- the run --------------------------------------------------------------------


def bank_of(run: subprocess.Popen[str]) -> int:
    """Return the process id of the bank that a run has started."""
    for process in children(run, b"reference_impl"):
        return process
    raise AssertionError("the run has no bank")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "otp_conformance", "run", "--agent", "http"),
            *("--requirement", "LCK-01,LCK-05,LGN-06"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANG": "ja_JP.UTF-8", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    yield process
    process.kill()
    process.communicate()


@LINUX
def test_a_bank_killed_in_the_middle_of_a_run(run: subprocess.Popen[str], tmp_path: Path) -> None:
    assert run.stdout is not None
    for line in run.stdout:
        if line.replace(" ", "").startswith("[2/"):
            break
    os.kill(bank_of(run), 9)
    out, err = run.communicate(timeout=240)
    assert run.returncode == 3, err
    assert "Traceback" not in err

    journal = read(tmp_path / "reports" / "latest" / "journal.ndjson")
    outcomes = [journal.outcome(scenario_id) for scenario_id in journal.planned]
    verdicts = [outcome.verdict for outcome in outcomes]
    passed = verdicts.count(Verdict.PASS)
    # Those before it, the one that it hit, and all that were still to come.
    assert passed >= 2
    left = len(verdicts) - passed - 1
    assert left > 0
    assert verdicts == [
        *([Verdict.PASS] * passed),
        Verdict.INCONCLUSIVE,
        *([Verdict.NOT_RUN] * left),
    ]
    assert {outcome.cause for outcome in outcomes[passed:]} == {Cause.ENVIRONMENT}
    assert not any(outcome.suite_fault for outcome in outcomes)
    assert all("検査対象のプロセスが終了しました" in o.observed for o in outcomes[passed:])

    assert "試験環境" in out
    assert "検査対象のプロセスが終了しました（終了コード -9）" in out
    assert "× 不合格" not in out
    assert (tmp_path / "reports" / "latest" / "index.html").is_file()


# -- the bank ---------------------------------------------------------------------


class Visit:
    """One start of the bank: its ports, and sites for people at it."""

    def __init__(self, bank: BankProcess, declaration: LoadedDeclaration) -> None:
        self.bank = bank
        self._declaration = declaration.declaration
        self._control = TestControl(bank.url, "/test-control/v1", KEY)
        self.clock = SteeredClock(self._control)
        self.provisioner = TestControlProvisioner(self._control)
        self._agents = HttpAgents(["127.0.0.1"])

    def close(self) -> None:
        self._agents.close()
        self._control.close()

    def site(self) -> Site:
        return Site(self._agents.new(), self._declaration, self.bank.url)

    def at_minute(self, minute: int) -> datetime:
        """Bring the clock so many minutes past the beginning: each has its own code."""
        moment = datetime.fromisoformat(FROZEN).replace(minute=minute)
        self.clock.move_to(moment)
        return moment

    def log_in(self, who: Account, code: str | None) -> Site:
        site = self.site()
        site.login.open()
        site.login.submit(who.login_id, who.login_password)
        if code is not None:
            site.login_otp.require()
            site.login_otp.submit(code)
        return site

    def at_portal(self, who: Account, code: str | None) -> Site:
        site = self.log_in(who, code)
        site.top.open_portal()
        site.portal.require()
        return site


@contextmanager
def visit(folder: Path) -> Iterator[Visit]:
    """Start the bank on the folder's database; it ends by being killed."""
    declaration = load(ROOT / "fixtures" / "declarations" / "reference.toml")
    with running(folder) as bank:
        visit = Visit(bank, declaration)
        try:
            yield visit
        finally:
            visit.close()
            bank.process.kill()
            bank.process.wait(timeout=30)


def token_of(person: Provisioned) -> TokenDevice:
    assert person.token is not None
    return person.token


def wrong_code(*right: str) -> str:
    """Return a well-formed code that is none of these."""
    return next(code for code in ("000000", "000001", "000002", "000003") if code not in right)


def test_what_a_page_has_confirmed_survives_a_kill(tmp_path: Path) -> None:
    with visit(tmp_path) as before:
        states = (Status.NOT_REGISTERED, Status.ISSUED, Status.IN_SERVICE, Status.IN_SERVICE)
        made = [before.provisioner.customer(Need(status)) for status in states]
        applicant, starter, leaver, guesser = made

        site = before.at_portal(applicant.account, None)
        site.portal.press("issue")
        site.kind_selection.choose(token_of(starter).asset.kind)
        site.issue_confirm.submit(applicant.account.confirmation_password)
        site.issue_complete.require()

        moment = before.at_minute(1)
        site = before.at_portal(starter.account, None)
        site.portal.press("activate")
        token = token_of(starter)
        site.activation.submit(token.asset.serial, token.code_at(moment))
        site.activation_complete.require()

        site = before.at_portal(leaver.account, token_of(leaver).code_at(moment))
        moment = before.at_minute(2)
        site.portal.press("deactivate")
        site.deactivation.submit(
            leaver.account.confirmation_password, token_of(leaver).code_at(moment)
        )
        site.deactivation_complete.require()

        right = {token_of(guesser).code_at(before.at_minute(m)) for m in (0, 1, 2, 3)}
        for _ in range(4):  # one fewer than the declared threshold
            site = before.log_in(guesser.account, wrong_code(*right))
            site.login_otp.require()

    with visit(tmp_path) as after:
        moment = after.at_minute(5)
        portal = after.at_portal(applicant.account, None).portal
        assert portal.status() is Status.ISSUED
        orders = after.bank.call("GET", f"/staff/orders?login_id={applicant.account.login_id}")
        assert len(orders["orders"]) == 1

        portal = after.at_portal(starter.account, token_of(starter).code_at(moment)).portal
        assert portal.status() is Status.IN_SERVICE

        portal = after.at_portal(leaver.account, None).portal
        assert portal.status() is Status.NOT_REGISTERED

        # The four mistakes before the kill count: the next one suspends.
        nearby = {token_of(guesser).code_at(after.at_minute(m)) for m in (4, 6, 5)}
        after.log_in(guesser.account, wrong_code(*nearby))
        site = after.log_in(guesser.account, None)
        if site.login_otp.is_shown():
            site.login_otp.submit(token_of(guesser).code_at(moment))
        assert site.suspension_shown()

    with visit(tmp_path) as again:
        moment = again.at_minute(8)
        site = again.log_in(guesser.account, None)
        if site.login_otp.is_shown():
            site.login_otp.submit(token_of(guesser).code_at(moment))
        assert site.suspension_shown()
        assert not site.top.is_shown()
