"""Walks, read-only, to every screen that can be reached without submitting anything."""

from __future__ import annotations

from datetime import UTC, datetime

from otp_conformance.actors.codes import Ledger, right_code
from otp_conformance.actors.timeline import Timeline
from otp_conformance.declaration.model import Declaration
from otp_conformance.run.preflight.finding import Findings, State
from otp_conformance.run.preflight.screens import KeepPicture, ScreenCheck
from otp_conformance.screens.keys import ScreenKey
from otp_conformance.screens.portal import ACTIVATE, DEACTIVATE, ISSUE
from otp_conformance.screens.site import Site
from otp_conformance.sut.ports import Kind, Provisioned, Status, Sut, TakesBack

_STATUS_LABELS = {
    Status.NOT_REGISTERED: "status.not_registered",
    Status.ISSUED: "status.issued",
    Status.IN_SERVICE: "status.in_service",
}
_BUTTONS = {
    Status.NOT_REGISTERED: ISSUE,
    Status.ISSUED: ACTIVATE,
    Status.IN_SERVICE: DEACTIVATE,
}
_PEOPLE = {
    Status.NOT_REGISTERED: "未登録のお客さま",
    Status.ISSUED: "トークン発行済のお客さま",
    Status.IN_SERVICE: "サービス利用中のお客さま",
}


class Walk:
    """One preflight over a connected system. Nothing is applied for, changed or given up."""

    def __init__(
        self, sut: Sut, declaration: Declaration, findings: Findings, keep: KeepPicture | None
    ) -> None:
        self._sut = sut
        self._declaration = declaration
        self._findings = findings
        self._keep = keep

    def clock(self) -> None:
        """Compare the system's time with this machine's."""
        with self._findings.about("時刻", "時刻の読み取り"):
            ahead = (self._sut.clock.now() - datetime.now(UTC)).total_seconds()
            if self._sut.clock.steerable:
                self._findings.ok("時刻", "時刻を進める手段", "実施中は検査側が進めます")
                return
            allowed = self._declaration.adapters.clock.tolerance_seconds
            self._findings.judge(
                "時刻",
                "検査対象の時刻のずれ",
                right=abs(ahead) <= allowed,
                observed=f"{ahead:+.1f} 秒（許容 {allowed} 秒）",
                fix="検査対象と検査機の時刻を合わせる（NTP）か、"
                "adapters.clock.tolerance_seconds を見直してください。",
            )

    def people(self) -> None:
        """Look at the site as a customer of each status."""
        for status, who in _PEOPLE.items():
            if status is Status.ISSUED and not self._declaration.ics.self_service_activation:
                continue  # no scenario needs such a customer
            with self._findings.about(who, "お客さまの用意"):
                provisioned = self._sut.provisioner.customer(status, Kind.HARDWARE)
                try:
                    with self._findings.about(who, "画面の移動"):
                        self._customer(status, who, provisioned)
                finally:
                    self._give_back(provisioned)

    def staff(self, login_id: str = "") -> None:
        """Ask the staff desk for somebody's orders."""
        area = "職員"
        if not self._declaration.ics.staff_access:
            self._findings.add(area, "職員の操作", State.UNKNOWN, "宣言で「なし」とされています")
            return
        with self._findings.about(area, "発行申請の一覧"):
            orders = self._sut.staff.orders(login_id or self._login_id)
            self._findings.ok(area, "発行申請の一覧", f"{len(orders)} 件を読めました")

    _login_id = ""

    def _give_back(self, provisioned: Provisioned) -> None:
        """Put a prepared customer back: a preflight uses nothing up but codes."""
        if isinstance(self._sut.provisioner, TakesBack):
            self._sut.provisioner.give_back(provisioned.account.login_id)

    def _customer(self, status: Status, who: str, provisioned: Provisioned) -> None:
        self._login_id = provisioned.account.login_id
        site = Site(
            self._sut.agents.new(), self._declaration, self._sut.base_url, self._sut.login_extras
        )
        check = ScreenCheck(site, self._declaration, self._findings, self._keep)
        try:
            site.login.open()
            if check.look(ScreenKey.LOGIN) and self._log_in(site, check, status, provisioned):
                self._beyond(site, check, status, who)
        finally:
            site.agent.close()

    def _log_in(
        self, site: Site, check: ScreenCheck, status: Status, provisioned: Provisioned
    ) -> bool:
        account, code = provisioned.account, None
        if status is Status.IN_SERVICE and provisioned.token is not None:
            timeline = Timeline(self._sut.clock, self._declaration.otp.step_seconds)
            ledger = Ledger()
            if provisioned.last_used is not None:
                ledger.book(provisioned.token, timeline.step(provisioned.last_used))
            code = right_code(provisioned.token, timeline, ledger, offset=0, fresh=True)
        one_page = self._declaration.login.flow == "one_page"
        site.login.submit(account.login_id, account.login_password, code if one_page else None)
        if code is not None and not one_page:
            if not check.look(ScreenKey.LOGIN_OTP):
                return False
            site.login_otp.submit(code)
        if code is not None and (site.top.is_shown() or _refused(site)):
            # A page that nobody knows says nothing about the code: its title is declared first.
            self._findings.judge(
                "トークン",
                "トークンの値でのログイン",
                right=site.top.is_shown(),
                observed=site.describe(),
                fix="このトークンの種（または PSKC・コマンド）とシリアル番号、桁数、"
                "検査対象の時刻を確かめてください。",
            )
        return check.look(ScreenKey.TOP)

    def _beyond(self, site: Site, check: ScreenCheck, status: Status, who: str) -> None:
        if not self._declaration.ics.portal:
            return
        site.top.open_portal()
        if not check.look(ScreenKey.PORTAL):
            return
        check.status(_STATUS_LABELS[status])
        button = _BUTTONS[status]
        if not site.portal.can_press(button):
            self._findings.judge(
                who,
                f"{self._declaration.labels[button][0]}（{button}）",
                right=False,
                observed="押せるボタンが見つかりません",
                fix=f'表示が違うなら [labels] に "{button}" を、状態が違うなら'
                "用意したお客さまを確かめてください。",
            )
            return
        self._findings.ok(who, f"{self._declaration.labels[button][0]}（{button}）")
        site.portal.press(button)
        match status:
            case Status.NOT_REGISTERED:
                if check.look(ScreenKey.KIND):
                    site.kind_selection.choose(Kind.HARDWARE)
                    check.look(ScreenKey.ISSUE_CONFIRM)
            case Status.ISSUED:
                check.look(ScreenKey.ACTIVATION)
            case _:
                check.look(ScreenKey.DEACTIVATION)


def _refused(site: Site) -> bool:
    """Tell whether the login was refused, as far as the screens are known."""
    back = (ScreenKey.LOGIN, ScreenKey.LOGIN_OTP, ScreenKey.SUSPENSION)
    return site.current() in back or bool(site.error_text())
