"""Walks, read-only, to every screen that can be reached without submitting anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from otp_conformance.assets.pool.doubts import expired
from otp_conformance.assets.pool.file import Pool
from otp_conformance.assets.port import Need, Provisioned
from otp_conformance.clock.start import scenario_start
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.language import Text, say
from otp_conformance.preflight.finding import Findings, State
from otp_conformance.preflight.fresh import Codes
from otp_conformance.preflight.screens import KeepPicture, ScreenCheck, refused, seen
from otp_conformance.preflight.untried import untried
from otp_conformance.preflight.windows import WindowProbe
from otp_conformance.screens.portal import ACTIVATE, DEACTIVATE, ISSUE
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind, Status

_BUTTONS = {
    Status.NOT_REGISTERED: ISSUE,
    Status.ISSUED: ACTIVATE,
    Status.IN_SERVICE: DEACTIVATE,
}
_MOST_TROUBLES = 10
_PEOPLE = {
    Status.NOT_REGISTERED: Text("未登録のお客さま", "customer, not registered"),
    Status.ISSUED: Text("トークン発行済のお客さま", "customer, token issued"),
    Status.IN_SERVICE: Text("サービス利用中のお客さま", "customer, in service"),
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
        self._time: datetime | None = None  # the system's, once it has been read
        self._looked_at: list[str] = []  # login IDs
        self._logged_in = False  # with a token's code
        self._timely = True  # nothing is wrong with the time that is known

    def clock(self) -> None:
        """Compare the system's time with this machine's, and see whether it moves."""
        area = say("時刻", "clock")
        self._clock(area)
        told = (finding for finding in self._findings.found if finding.area == area)
        self._timely = all(finding.agrees for finding in told)

    def _clock(self, area: str) -> None:
        with self._findings.about(area, say("時刻の読み取り", "reading the time")):
            self._time = self._sut.clock.now()
            ahead = (self._time - datetime.now(UTC)).total_seconds()
            if self._sut.clock.steerable:
                self._moving(area, self._time)
                return
            allowed = self._declaration.adapters.clock.tolerance_seconds
            self._findings.judge(
                area,
                say("検査対象の時刻のずれ", "how far the system's time is off"),
                right=abs(ahead) <= allowed,
                observed=say(
                    f"{ahead:+.1f} 秒（許容 {allowed} 秒）",
                    f"{ahead:+.1f} s (tolerance {allowed} s)",
                ),
                fix=say(
                    "検査対象と検査機の時刻を合わせる（NTP）か、"
                    "adapters.clock.tolerance_seconds を見直してください。",
                    "Set both machines' clocks (NTP), or reconsider "
                    "adapters.clock.tolerance_seconds.",
                ),
            )

    def _moving(self, area: str, before: datetime) -> None:
        """Move the clock by one time step and back again, where it can be put back."""
        what = say("時刻を進める手段", "means of moving the time")
        clock = self._sut.clock
        if not clock.reversible:
            self._findings.note(
                area,
                what,
                say(
                    "実施中は検査側が進めます（戻せないと宣言されているので、試していません）",
                    "moved by the suite during a run (not tried: declared not to go back)",
                ),
            )
            return
        ahead = before + timedelta(seconds=self._declaration.otp.step_seconds)
        try:
            clock.move_to(ahead)
            off = abs((clock.now() - ahead).total_seconds())
        finally:
            clock.move_to(before)
        off = max(off, abs((clock.now() - before).total_seconds()))
        adapter = self._declaration.adapters.clock
        if adapter.kind in ("http", "faketime") and adapter.read is None:
            self._findings.note(
                area,
                what,
                say(
                    "一歩進めて戻す操作はできました（adapters.clock.read がないので、"
                    "本当に進んだかは確かめられません）",
                    "could be told to move (without adapters.clock.read nobody sees whether "
                    "it did)",
                ),
            )
            return
        allowed = self._declaration.adapters.clock.tolerance_seconds
        self._findings.judge(
            area,
            what,
            right=off <= allowed,
            observed=say(
                "一歩進めて、戻せました"
                if off <= allowed
                else f"一歩進めて戻すと、{off:.1f} 秒違います（許容 {allowed} 秒）",
                "one step forward and back"
                if off <= allowed
                else f"one step forward and back is {off:.1f} s off (tolerance {allowed} s)",
            ),
            fix=say(
                "宣言の [adapters.clock] の進め方と読み方を確かめてください。",
                "Look at how [adapters.clock] moves and reads the time.",
            ),
        )

    def expiry(self, pool: Pool) -> None:
        """Look for tokens of the list that have expired by the system's time."""
        area, what = say("一覧", "list"), say("トークンの有効期限", "expiry of the tokens")
        over = expired(pool, self._time or datetime.now(UTC))
        self._findings.judge(
            area,
            what,
            right=not over,
            observed=over or say("過ぎたものはありません", "none has expired"),
            fix=say(
                "一覧の expires_at を直すか、有効なトークンに替えてください。",
                "Correct expires_at in the list, or take tokens that are valid.",
            ),
        )

    def made(self, pool: Pool) -> None:
        """See whether scenarios begin after the list's customers were there."""
        clock = self._sut.clock
        area, what = (
            say("一覧", "list"),
            say("用意した日時（made_at）", "when it was made (made_at)"),
        )
        now, made = self._time or datetime.now(UTC), pool.made_at
        if not clock.steerable:
            if made is not None:
                self._findings.judge(
                    area,
                    what,
                    right=made <= now,
                    observed=f"{made:%Y-%m-%d %H:%M}",
                    fix=say(
                        "検査対象の時刻ではまだ来ていません。made_at か時計を直してください。",
                        "That is still to come by the system's time. Correct made_at or the clock.",
                    ),
                )
            return
        begin = scenario_start(made) if clock.reversible else max(now, made or now)
        if made is None and begin < now and clock.reversible:
            self._findings.add(
                area,
                what,
                State.UNKNOWN,
                say(
                    f"書かれていません。シナリオは、いまの検査対象の時刻より前の "
                    f"{begin:%Y-%m-%d %H:%M} から始まります",
                    f"not written; scenarios begin on {begin:%Y-%m-%d %H:%M}, before the system's "
                    "present time",
                ),
                say(
                    "お客さまとトークンを用意し終えた日時（検査対象の時刻で）を、一覧の made_at に"
                    "書いてください。",
                    "Write when all customers and tokens were ready, by the system's time, into "
                    "made_at of the list.",
                ),
            )
            return
        self._findings.ok(
            area,
            what,
            say(
                f"シナリオは {begin:%Y-%m-%d %H:%M} から始まります",
                f"scenarios begin on {begin:%Y-%m-%d %H:%M}",
            ),
        )

    def supplies(self) -> None:
        """Read all that the list refers to: passwords and seeds of whoever is not used yet."""
        if not self._declaration.adapters.provisioning.listed:
            return
        area, what = say("一覧", "list"), say("パスワードと種の参照", "passwords and seeds")
        troubles = self._sut.provisioner.unreadable()
        for trouble in troubles[:_MOST_TROUBLES]:
            with self._findings.about(area, what):
                raise trouble
        if (more := len(troubles) - _MOST_TROUBLES) > 0:
            left = say(f"ほかに {more} 件", f"{more} more")
            self._findings.add(area, what, State.WRONG, left)
        if not troubles:
            number = len(self._sut.provisioner.unused())
            self._findings.ok(
                area,
                what,
                say(
                    f"読めました（未使用のお客さま {number}）",
                    f"readable ({number} customers not used yet)",
                ),
            )

    def people(self) -> None:
        """Look at the site as a customer of each status."""
        for status, name in _PEOPLE.items():
            who = str(name)
            if status is Status.ISSUED and not self._declaration.ics.self_service_activation:
                continue  # no scenario needs such a customer
            with self._findings.about(who, say("お客さまの用意", "providing the customer")):
                if status is Status.IN_SERVICE and not self._timely:
                    told = say(
                        "時刻の相違を直すまで、トークンの値は試しません（正しくても断られます）",
                        "no code is tried until the time is right: a right one would be refused",
                    )
                    self._findings.note(who, say("画面の移動", "going about"), told)
                    continue
                if made := self._made_by_procedures(status):
                    self._findings.add(who, say("画面の移動", "going about"), State.UNKNOWN, *made)
                    continue
                provisioned = self._sut.provisioner.customer(Need(status))
                try:
                    with self._findings.about(who, say("画面の移動", "going about")):
                        self._customer(status, who, provisioned)
                finally:
                    self._give_back(provisioned)

    def _made_by_procedures(self, status: Status) -> tuple[str, str] | None:
        """Return what is said of customers whom only procedures would bring into a status."""
        kind = self._declaration.adapters.provisioning.kind
        if kind != "procedures" or status is Status.NOT_REGISTERED:
            return None
        ids = "ACT-31/1" if status is Status.ISSUED else "DEA-01/1"
        return (
            say(
                "このお客さまは実施のときに手続きで作るので、何も変えないこの確認では見られません",
                "such a customer is made by the procedures during a run; a preflight changes "
                "nothing and cannot look",
            ),
            say(
                f"otp-conformance run --id {ids} で、画面を一通り確かめられます"
                "（お客さま一人とトークン一個を使います）。",
                f"otp-conformance run --id {ids} walks over these screens (it uses up one "
                "customer and one token).",
            ),
        )

    def staff(self) -> None:
        """Ask the staff desk for somebody's orders, which changes nothing."""
        area, orders_read = say("職員", "staff"), say("発行申請の一覧", "list of applications")
        if not self._declaration.ics.staff_access:
            self._findings.add(
                area,
                say("職員の操作", "the staff's work"),
                State.OK,
                say("宣言で「なし」とされています", "declared absent (ics.staff_access = false)"),
            )
            return
        named = self._declaration.adapters.staff
        if named is not None and named.kind in ("http", "command"):
            key = f"adapters.staff.{'calls' if named.kind == 'http' else 'commands'}.orders"
            orders_read += say(f"（{key}）", f" ({key})")
        if named is not None and named.kind == "screens" and named.recipes.orders:
            key = "adapters.staff.recipes.orders"
            orders_read += say(f"（{key}）", f" ({key})")
        if not self._looked_at:
            self._findings.add(
                area,
                orders_read,
                State.UNKNOWN,
                say(
                    "お客さまを用意できなかったので、試していません",
                    "not tried: there is no customer to ask about",
                ),
            )
            return
        with self._findings.about(area, orders_read):
            # Whoever has a token has applied for it; who has not may have nothing to be read.
            number = next((n for n in map(self._orders_of, reversed(self._looked_at)) if n), 0)
            told = say(f"{number} 件を読めました", f"{number} could be read")
            described = named is not None and named.kind in ("http", "command")
            if number or named is None or not (described or named.recipes.orders):
                self._findings.ok(area, orders_read, told)
                return
            untested = (
                say(
                    "だれにも申請がないので、adapters.staff.order_members は確かめられていません",
                    "nobody has any, so that adapters.staff.order_members is not tested",
                )
                if described
                else say(
                    "だれにも申請がないので、rows のうち列の見出し以外は確かめられていません",
                    "nobody has any, so that rows is tested by the headings of its columns only",
                )
            )
            self._findings.note(area, orders_read, f"{told}: {untested}")

    def _orders_of(self, login_id: str) -> int:
        return len(self._sut.staff.orders(login_id))

    def notices(self) -> None:
        """Read somebody's notices, which changes nothing."""
        outbox = self._sut.outbox
        if outbox is None or not self._looked_at:
            return
        area, what = say("通知", "notices"), say("通知の読み取り", "reading notices")
        what += say("（[adapters.outbox]）", " ([adapters.outbox])")
        with self._findings.about(area, what):
            read = len(outbox(self._looked_at[-1]))
            self._findings.ok(area, what, say(f"{read} 件を読めました", f"{read} could be read"))

    def left_alone(self) -> None:
        """Name the described calls and commands that nobody has tried here."""
        if keys := tuple(untried(self._declaration)):
            self._findings.note(
                say("呼び出し・コマンド・職員の手順", "calls, commands and staff's steps"),
                say("試していないもの", "not tried"),
                say(
                    f"{'、'.join(keys)}（試すと何かが変わるか、まだ答えがないため）",
                    f"{', '.join(keys)} (they change something, or have no answer yet)",
                ),
            )

    def windows(self) -> None:
        """See how far from the present time step a login takes codes."""
        WindowProbe(self._sut, self._declaration, self._findings).look(logged_in=self._logged_in)

    def _give_back(self, provisioned: Provisioned) -> None:
        """Put a prepared customer back: a preflight uses nothing up but codes."""
        self._sut.provisioner.give_back(provisioned.account.login_id)

    def _customer(self, status: Status, who: str, provisioned: Provisioned) -> None:
        self._looked_at.append(provisioned.account.login_id)
        site = Site(
            self._sut.agents.new(), self._declaration, self._sut.base_url, self._sut.login_extras
        )
        check = ScreenCheck(site, self._declaration, self._findings, self._keep)
        try:
            site.login.open(provisioned.account.login_id)
            if self._stopped_before(site):
                return
            if check.look(site.login) and self._log_in(site, check, status, provisioned):
                self._beyond(site, check, status, who)
        finally:
            site.agent.close()

    def _stopped_before(self, site: Site) -> bool:
        """Tell of an error page where the login should be: its heading is no title to declare."""
        if site.login.is_shown() or not site.view().is_error:
            return False
        path = self._declaration.login.path
        self._findings.judge(
            site.login.title,
            say("ログイン画面を開く", "opening the login screen"),
            right=False,
            observed=say(f"表示されたのは {site.describe()}", f"shown instead: {seen(site)}"),
            fix=say(
                f"ログイン画面の場所を確かめ、宣言の login.path（いまは「{path}」。sut.base_url の"
                "ホストの直下から数えます）を直してください。場所が正しければ、検査対象の前に"
                "あるもの（保守の案内、利用制限など）を確かめてください。",
                f'See where the login screen is and correct login.path (now "{path}", counted '
                "from the root of the host in sut.base_url). If it is right, look at what stands "
                "before the system (maintenance, restrictions).",
            ),
        )
        return True

    def _log_in(
        self, site: Site, check: ScreenCheck, status: Status, provisioned: Provisioned
    ) -> bool:
        account, code = provisioned.account, None
        if status is Status.IN_SERVICE and provisioned.token is not None:
            code = Codes(self._sut, self._declaration, provisioned, provisioned.token).fresh()
        one_page = self._declaration.login.flow == "one_page"
        site.login.submit(account.login_id, account.login_password, code if one_page else None)
        if code is not None and not one_page:
            if not check.look(site.login_otp):
                return False
            site.login_otp.submit(code)
        if code is not None and (site.top.is_shown() or refused(site)):
            # A page that nobody knows says nothing about the code: its title is declared first.
            self._token(site, provisioned)
            if not site.top.is_shown():
                return False
            self._logged_in = True
        return check.look(site.top)

    def _token(self, site: Site, provisioned: Provisioned) -> None:
        """Tell whether the token's code led in; where not, whether another time step would."""
        inside = site.top.is_shown()
        shown = say(site.describe(), seen(site))
        fix = say(
            "このトークンの種（または PSKC・コマンド）とシリアル番号、桁数、"
            "計算方法（adapters.tokens.algorithm）、検査対象の時刻を確かめてください。",
            "Look at this token's seed (or PSKC, command), serial number, digits and "
            "algorithm (adapters.tokens.algorithm), and at the system's time.",
        )
        probe = WindowProbe(self._sut, self._declaration, self._findings)
        seconds = None if inside else probe.other_step(provisioned)
        if seconds is not None:
            shown += say(
                f"。時間枠を {seconds} 秒とした値では受け付けられました",
                f"; with a time step of {seconds} s the code is accepted",
            )
            fix = say(
                f"宣言を otp.step_seconds = {seconds} に直してください。",
                f"Declare otp.step_seconds = {seconds}.",
            )
        self._findings.judge(
            say("トークン", "token"),
            say("トークンの値でのログイン", "login with the token's code"),
            right=inside,
            observed=shown,
            fix=fix,
        )

    def _beyond(self, site: Site, check: ScreenCheck, status: Status, who: str) -> None:
        if not self._declaration.ics.portal:
            return
        site.top.open_portal()
        if not check.look(site.portal):
            return
        check.status(f"status.{status}")
        check.buttons(status)
        button = _BUTTONS[status]
        if not site.portal.can_press(button):
            self._findings.judge(
                who,
                f"{self._declaration.labels[button][0]}（{button}）",
                right=False,
                observed=say("押せるボタンが見つかりません", "no button that can be pressed"),
                fix=say(
                    f'表示が違うなら [labels] に "{button}" を書き、状態が違うなら'
                    "用意したお客さまを確かめてください。",
                    f'If the wording differs, declare "{button}" under [labels]; if the status '
                    "does, look at the prepared customer.",
                ),
            )
            return
        self._findings.ok(who, f"{self._declaration.labels[button][0]}（{button}）")
        site.portal.press(button)
        match status:
            case Status.NOT_REGISTERED:
                if check.look(site.kind_selection):
                    site.kind_selection.choose(Kind.HARDWARE)
                    if check.look(site.issue_confirm) and self._declaration.ics.software_tokens:
                        self._choose_software(site, check)
            case Status.ISSUED:
                check.look(site.activation)
            case _:
                check.look(site.deactivation)

    def _choose_software(self, site: Site, check: ScreenCheck) -> None:
        """Go back for the other kind: its confirmation is a screen of its own."""
        site.top.open_portal()
        site.portal.press(_BUTTONS[Status.NOT_REGISTERED])
        if site.kind_selection.is_shown() and site.kind_selection.can_choose(Kind.SOFTWARE):
            site.kind_selection.choose(Kind.SOFTWARE)
            check.look(site.issue_confirm.of(Kind.SOFTWARE))
