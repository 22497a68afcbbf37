"""Whether each prepared customer is in the state that the list says (IX-44)."""

from __future__ import annotations

from otp_conformance.assets.port import Listed, Provisioned
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.language import say
from otp_conformance.preflight.finding import Findings, State
from otp_conformance.preflight.fresh import Codes
from otp_conformance.preflight.screens import seen
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import STATUS_NAMES, Status

_SHOWN_AS = {
    Status.NOT_REGISTERED: Status.NOT_REGISTERED,
    Status.ISSUED: Status.ISSUED,
    Status.IN_SERVICE: Status.IN_SERVICE,
    Status.DEACTIVATED: Status.NOT_REGISTERED,
}


class RollCall:
    """Logs every free customer of a prepared list in, and out again.

    Those in service and the suspended are each asked for one OTP, whose time step
    is booked. Nothing else is used up: each is put back on the list.
    """

    def __init__(self, sut: Sut, declaration: Declaration, findings: Findings) -> None:
        self._sut = sut
        self._declaration = declaration
        self._findings = findings
        self._right: dict[Status, int] = {}

    def everybody(self) -> None:
        """Look at all; who is as listed is told of in sums, everybody else by name."""
        provisioner = self._sut.provisioner
        for listed in provisioner.unused():
            with self._findings.about(_name(listed), _state()):
                lent = provisioner.lend(listed.login_id)
                if lent is None:
                    continue  # a run has come first
                try:
                    self._look_at(listed, lent)
                finally:
                    provisioner.give_back(listed.login_id)
        for status, number in self._right.items():
            self._findings.ok(
                say("一覧のお客さま", "customers of the list"),
                str(STATUS_NAMES[status]),
                say(f"{number} 人は一覧のとおりです", f"{number} as listed"),
            )

    # -- one customer ------------------------------------------------------

    def _look_at(self, listed: Listed, lent: Provisioned) -> None:
        site = Site(
            self._sut.agents.new(), self._declaration, self._sut.base_url, self._sut.login_extras
        )
        try:
            wanted = self._wanted(listed.status)
            asked = self._log_in(site, lent, with_code=_has_token(wanted))
            if self._judge(site, listed, wanted, asked=asked):
                self._right[listed.status] = self._right.get(listed.status, 0) + 1
            if site.top.is_shown() or site.portal.is_shown():
                site.logout()
        finally:
            site.agent.close()

    def _wanted(self, status: Status) -> Status:
        """Return the state to be met: whom the suite is to suspend is in service yet (IX-44)."""
        here = self._declaration.adapters.provisioning.suspend == "wrong_codes"
        return Status.IN_SERVICE if status is Status.SUSPENDED and here else status

    def _log_in(self, site: Site, lent: Provisioned, *, with_code: bool) -> bool:
        """Log in as far as it goes; return whether an OTP was asked for."""
        account, one_page = lent.account, self._declaration.login.flow == "one_page"
        code = None
        if with_code and lent.token is not None:
            code = Codes(self._sut, self._declaration, lent, lent.token).fresh()
        site.login.open(account.login_id)
        site.login.require()
        site.login.submit(account.login_id, account.login_password, code if one_page else None)
        if one_page:
            return code is not None
        asked = site.login_otp.is_shown()
        if asked and code is not None:
            site.login_otp.submit(code)
        return asked

    def _judge(self, site: Site, listed: Listed, wanted: Status, *, asked: bool) -> bool:
        inside = site.top.is_shown()
        if wanted is Status.SUSPENDED:
            return not inside or self._wrong(
                site, listed, say("ログインできました。", "The login succeeded.")
            )
        if not inside:
            told = (
                say("ログインできません。", "The login fails.")
                if _has_token(wanted) or not asked
                else say("ワンタイムパスワードを求められました。", "An OTP is asked for.")
            )
            return self._wrong(site, listed, told)
        if _has_token(wanted) and not asked:
            told = say(
                "ワンタイムパスワードなしでログインできました。", "The login asks for no OTP."
            )
            return self._wrong(site, listed, told)
        return self._status_shown(site, listed, _SHOWN_AS[wanted])

    def _status_shown(self, site: Site, listed: Listed, wanted: Status) -> bool:
        if not self._declaration.ics.portal:
            return True
        site.top.open_portal()
        site.portal.require()
        shown = site.portal.status()
        if shown is wanted:
            return True
        text = site.portal.status_text()
        return self._wrong(
            site, listed, say(f"登録状況は「{text}」です。", f"The status shown is 「{text}」.")
        )

    def _wrong(self, site: Site, listed: Listed, told: str) -> bool:
        page = say(site.describe(), seen(site))
        self._findings.add(
            _name(listed),
            _state(),
            State.WRONG,
            say(f"{told}{page}", f"{told} {page}"),
            say(
                "検査対象でこのお客さまを一覧の状態に戻す（失敗の回数も 0 に）か、"
                "一覧の status、パスワード、トークンを直してください。",
                "Bring this customer into the listed state again (with a failure count of 0), or "
                "correct status, passwords and token in the list.",
            ),
        )
        return False


def _has_token(status: Status) -> bool:
    return status in {Status.IN_SERVICE, Status.SUSPENDED}


def _state() -> str:
    return say("一覧の状態", "state in the list")


def _name(listed: Listed) -> str:
    status = STATUS_NAMES[listed.status]
    return say(
        f"お客さま {listed.login_id}（一覧では{status.ja}）",
        f"customer {listed.login_id} (listed as {status.en})",
    )
