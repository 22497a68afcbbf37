"""Judgements: what is compared with what, and the controls of refusals."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from otp_conformance.dates import tells_moment, written
from otp_conformance.people import at_once, procedures
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.people.customer import MAIN, Customer
from otp_conformance.people.introduction import People
from otp_conformance.specification.words import Kind, Status
from otp_conformance.text import tells_value, ungrouped
from otp_conformance.verdict.outcome import DeclarationMismatch, NotApplicable

STATUS_WORDS = {
    "未登録": Status.NOT_REGISTERED,
    "トークン発行済": Status.ISSUED,
    "サービス利用中": Status.IN_SERVICE,
}
# What the portal shows once something has been done, not only said to be.
STATUS_AFTER = {
    Action.ISSUE: "トークン発行済",
    Action.ACTIVATION: "サービス利用中",
    Action.DEACTIVATION: "未登録",
}

# One pair may miss the moment between a product's looking and its writing.
_PAIRS = 3


class Judge:
    """Judges facts, refusals and controls of one scenario."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._scene = people.scene
        self._case = people.scene.case

    # -- attempts ---------------------------------------------------------

    def accepted(self, attempt: Attempt | None = None, *, how: str = "") -> None:
        """The latest attempt succeeded; ``how`` is put before it, for readers."""
        tried = attempt or self._scene.latest()
        self._case.confirm(
            f"{how}{tried.action}が受け付けられる",
            tried.succeeded,
            expected=f"{how}{tried.wanted}",
            observed=tried.observed,
            requirements=tried.blamed(self._case.requirements),
        )

    def done(self, customer: Customer) -> None:
        """The latest attempt succeeded, and the customer's registration status shows it."""
        self.accepted()
        self.status(customer, STATUS_AFTER[self._scene.latest().action])

    def refused(self, attempt: Attempt | None = None) -> None:
        """The latest attempt was refused, and the customer could tell (SCR-62)."""
        tried = attempt or self._scene.latest()
        self._case.refused(
            f"{tried.action}が拒否される",
            not tried.accepted,
            expected=f"{tried.action}が拒否されること",
            observed=tried.seen,
        )
        tried.require_clear()
        self._case.confirm(
            "拒否されたことがお客さまに分かる",
            tried.told,
            expected="拒否されたことが画面から分かること",
            observed=tried.seen,
            requirements=self._scene.declaration.manual.verifies("refusal_told"),
        )

    def not_done(self) -> None:
        """The latest attempt did not succeed, whatever was shown instead."""
        tried = self._scene.latest()
        self._case.refused(
            f"ログインが切れた後の{tried.action}が拒否される",
            not tried.accepted,
            expected=f"ログインしていない扱いで、{tried.action}が成立しないこと",
            observed=tried.seen,
        )

    def login_refused(self) -> None:
        """The latest login was refused and left no way in."""
        self.refused()
        self._left_outside()

    def asked_for_otp(self) -> None:
        """The latest login stopped at the question for the OTP, with no way in."""
        tried = self._scene.latest()
        if self._scene.declaration.login.remembered_devices and self._people.acting().remembered:
            self.accepted()  # a device that is known, as declared (LGN-09, IX-05)
            return
        tried.require_known()
        self._case.refused(
            "ワンタイムパスワードなしのログインが拒否される",
            not tried.accepted and tried.asked_otp,
            expected="ワンタイムパスワードを求められ、ログインできないこと",
            observed=tried.seen,
        )
        self._left_outside()

    def _left_outside(self) -> None:
        site = self._people.acting().site
        site.open_start()
        self._case.refused(
            "拒否された後にトップページを開けない",
            not site.top.is_shown(),
            expected="ログインしていない扱いであること",
            observed=site.describe(),
        )

    def all_accepted(self, attempts: Sequence[Attempt]) -> None:
        """Each of several logins succeeded."""
        for attempt in attempts:
            attempt.require_known()
        name = f"{len(attempts)}回のログインがすべて受け付けられる"
        ok = bool(attempts) and all(a.succeeded for a in attempts)
        self._case.confirm(name, ok, expected=f"{name}こと", observed=_each(attempts))

    def all_refused(self, attempts: Sequence[Attempt]) -> None:
        """Each of several logins was refused."""
        name = f"{len(attempts)}回のログインがすべて拒否される"
        ok = bool(attempts) and not any(a.accepted for a in attempts)
        self._case.refused(name, ok, expected=f"{name}こと", observed=_each(attempts))

    def every_repeated_login(self) -> None:
        """Each right login among repeated mistakes succeeded."""
        self.all_accepted(self._scene.repeated_logins)

    def last_logins_refused(self, times: int) -> None:
        """The latest logins were all refused."""
        self.all_refused(self._people.acting().attempts[-times:])

    # -- controls ---------------------------------------------------------

    def control(self, attempt: Attempt) -> None:
        """The same request, only the tested property put right, succeeds."""
        attempt.require_known()
        self._case.control(
            f"対照：{attempt.action}が受け付けられる",
            attempt.succeeded,
            expected=f"対照として、{attempt.wanted}",
            observed=attempt.observed,
        )

    def control_done(self, attempt: Attempt, customer: Customer) -> None:
        """As `control`, and the customer's registration status shows that it was done.

        A completion screen alone would be believed of a product that does nothing.
        """
        if not attempt.accepted or not self._scene.declaration.ics.portal:
            self.control(attempt)
            return
        shown, wanted, seen = self._status_of(customer, STATUS_AFTER[attempt.action])
        self._case.control(
            f"対照：{attempt.action}が受け付けられ、登録状況が「{wanted}」になる",
            shown,
            expected=f"対照として、{attempt.action}が受け付けられ、登録状況が「{wanted}」になること",
            observed=f"{attempt.seen}、その後の登録状況「{seen}」",
        )

    def control_status(self, customer: Customer, word: str) -> None:
        """The status really is the one in which, or after which, something was looked at."""
        if not self._scene.declaration.ics.portal:
            return
        shown, wanted, seen = self._status_of(customer, word)
        self._case.control(
            f"対照：{customer.name}の登録状況が「{wanted}」である",
            shown,
            expected=f"対照として、登録状況「{wanted}」",
            observed=f"登録状況「{seen}」",
        )

    def control_shown(self, what: str, ok: bool, seen: str) -> None:
        """A control that ends in a screen being shown."""
        self._case.control(f"対照：{what}", ok, expected=f"対照として、{what}こと", observed=seen)

    def unlock_control(self, customer: Customer) -> None:
        """After staff lift the suspension, the same customer gets in, with the same token.

        Without an OTP where the declaration says that lifting retires the token.
        """
        procedures.unlock(customer)
        self.control(customer.log_in(None if customer.token is None else "新しい"))

    # -- facts ------------------------------------------------------------

    def fact(self, name: str, ok: bool, *, expected: str, observed: str) -> None:
        """Any other fact."""
        self._case.confirm(name, ok, expected=expected, observed=observed)

    def status(self, customer: Customer, word: str) -> None:
        """The portal shows a registration status, read anew.

        Where the declaration lets トークン発行済 appear only later (IX-16), the
        status before that moment is the one of before. A system that is declared to
        have no portal shows none: what the scenario is about stays judged.
        """
        if not self._scene.declaration.ics.portal:
            return
        shown, wanted, seen = self._status_of(customer, word)
        self.fact(
            f"登録状況が「{wanted}」である",
            shown,
            expected=f"登録状況「{wanted}」",
            observed=f"登録状況「{seen}」",
        )

    def _status_of(self, customer: Customer, word: str) -> tuple[bool, str, str]:
        """Tell whether the portal shows a status, which was to be expected, and what it shows."""
        portal = customer.reopen_portal().portal
        at_once = self._scene.declaration.issue.issued_status_moment == "application"
        if word == "トークン発行済" and customer.awaiting_dispatch and not at_once:
            word = "未登録"
        return portal.status() is STATUS_WORDS[word], word, portal.status_text()

    def completion_serial(self) -> None:
        """The completion screen shows the serial of the token, grouped or not (ACT-31)."""
        customer = self._people.acting()
        serial = customer.in_hand().asset.serial
        shown = customer.site.activation_complete.serial()
        self.fact(
            "完了画面のシリアル番号",
            ungrouped(shown) == serial,
            expected=f"シリアル番号「{serial}」",
            observed=f"シリアル番号「{shown}」（{customer.site.describe()}）",
        )

    def completion_expiry(self) -> None:
        """The completion screen shows the token's expiry as declared, among signs or words or not.

        The right moment in another format is a matter of the declaration (ACT-32, IX-37).
        """
        customer = self._people.acting()
        declared = self._scene.declaration.expiry
        expiry = customer.in_hand().asset.expires_at.astimezone(ZoneInfo(declared.time_zone))
        wanted = written(expiry, declared.display_format)
        shown = customer.site.activation_complete.expiry()
        if not tells_value(shown, wanted) and tells_moment(shown, expiry):
            raise DeclarationMismatch(
                expected=f"有効期限「{wanted}」",
                observed=f"同じ日時が、宣言と違う書式で示されています（「{shown}」）",
                hint="宣言の expiry.display_format を、画面の書式に合わせてください。",
            )
        self.fact(
            "完了画面の有効期限",
            tells_value(shown, wanted),
            expected=f"有効期限「{wanted}」",
            observed=f"有効期限「{shown}」",
        )

    def changes_every_minute(self, customer: Customer) -> None:
        """Within a minute the token keeps its value, and the SUT takes it to the last second.

        The value of the next minute differs (TOK-01); the SUT's part is
        judged by logging in with the new value right after the edge.
        """
        time, device = self._scene.time, customer.in_hand()
        step = time.step() + 1
        first = device.code_at(time.moment_in(step, 0))
        last = device.code_at(time.moment_in(step, time.step_seconds - 1))
        following = {device.code_at(time.moment_in(step + k, 0)) for k in (1, 2)}
        self.fact(
            "トークンの値は1分の間は同じで、次の1分には替わる",
            first == last and following != {first},
            expected="1分の間は同じ値、次の1分には別の値",
            observed="1分の間の値が" + ("同じ" if first == last else "異なる"),
        )
        time.to_step(step + 1, 0)
        self.accepted(customer.log_in("表示中の"))

    def one_of_two_gets_in(self, customer: Customer) -> None:
        """Of two browsers that send the same OTP at one moment one gets in (TOK-03)."""
        for pair in range(1, _PAIRS + 1):
            sites = at_once.log_in_twice_at_once(customer)
            inside = [site.top.is_shown() for site in sites]
            self.fact(
                f"二つのうち一方だけがログインできる（{pair}組目）",
                inside.count(True) == 1,
                expected="同じワンタイムパスワードを同時に送った二つのうち、"
                "一方だけがログインできること",
                observed="、".join(site.describe() for site in sites),
            )

    def one_of_two_is_taken(self, customer: Customer, screen: str) -> None:
        """Of two forms with the same OTP, sent at one moment, one is taken (TOK-03)."""
        done = at_once.twice_at_once(customer, screen)
        self.fact(
            "同時に送った二つのうち一方だけが受け付けられる",
            done.count(True) == 1,
            expected="同じワンタイムパスワードを同時に送った二つのうち、"
            "一方だけが受け付けられること",
            observed=f"二つのうち{done.count(True)}つが受け付けられました",
        )

    def one_of_two_customers(self, customer: Customer, serial: str) -> None:
        """Of two customers who send one token's serial at one moment one is taken (ACT-25)."""
        sites = at_once.activate_for_two_at_once(customer, serial)
        done = [any(s.activation_complete.of(kind).is_shown() for kind in Kind) for s in sites]
        self.fact(
            "同時に登録した二人のうち一人だけが受け付けられる",
            done.count(True) == 1,
            expected="一つのトークンを同時に登録した二人のうち、一人だけが受け付けられること",
            observed="、".join(site.describe() for site in sites),
        )

    def counted_at_once(self, customer: Customer) -> None:
        """Mistakes sent at one moment are counted one by one: they suspend (LCK-01).

        Raises `NotApplicable` where the same pages, sent one after the other, do not count
        either: another page was opened meanwhile.
        """
        at_once.mistakes_at_once(customer, self._scene.threshold)
        attempt = customer.log_in("新しい")
        if attempt.accepted:
            self._require_counting(self._people.control_customer(Status.IN_SERVICE))
        self.refused(attempt)

    def _require_counting(self, other: Customer) -> None:
        at_once.mistakes_at_once(other, self._scene.threshold, together=False)
        if other.log_in("新しい").accepted:
            raise NotApplicable(
                expected="いくつも開いた画面からの誤りが、どれも数えられること",
                observed="続けて送っても数えられません（あとから別の画面を開いたため）",
            )

    def code_format(self, customer: Customer) -> None:
        """Every shown value is made of the declared number of half-width digits (TOK-08)."""
        digits = self._scene.declaration.otp.digits
        exactly = self._scene.declaration.otp.leading_zeros
        time, device = self._scene.time, customer.in_hand()
        codes = [device.code_at(time.moment_in(time.step() + k)) for k in range(100)]
        bad = [
            c
            for c in codes
            if not (c.isascii() and c.isdigit())
            or not (len(c) == digits or (len(c) < digits and not exactly))
        ]
        self.fact(
            "トークンの値は宣言された桁数の半角数字である",
            not bad,
            expected=f"半角数字{digits}桁",
            observed=f"100個の値のうち{len(bad)}個が合わない",
        )

    # -- staff side -------------------------------------------------------

    def orders(self, customer: Customer, count: int, *, dispatched: bool = False) -> None:
        """Staff see exactly so many orders (or dispatches) of the customer."""
        orders = self._scene.staff.orders(customer.account.login_id)
        found = [o for o in orders if o.serial is not None or not dispatched]
        what = "発送の記録" if dispatched else "申請の記録"
        self.fact(
            what, len(found) == count, expected=f"{what}が{count}件", observed=f"{len(found)}件"
        )

    def one_live_order(self, customer: Customer) -> None:
        """Of all orders of the customer exactly one is in force (SHP-06, ISS-26).

        And there is no other, unless a second one is declared to replace the first (IX-19).
        """
        orders = self._scene.staff.orders(customer.account.login_id)
        replaced = self._scene.declaration.issue.reissue_when_issued == "replaces"
        live = [order for order in orders if not (replaced and order.cancelled)]
        self.fact(
            "有効な申請は一件だけである",
            len(live) == 1,
            expected="有効な申請が1件",
            observed=f"{len(live)}件",
        )

    def ship_to(self, customer: Customer) -> None:
        """Every order goes to the address on file, to the letter (SHP-01)."""
        orders = self._scene.staff.orders(customer.account.login_id)
        self.fact(
            "送付先は登録済みの住所である",
            bool(orders) and all(o.ship_to == customer.account.address for o in orders),
            expected=f"送付先「{customer.account.address}」",
            observed="、".join(f"「{o.ship_to}」" for o in orders) or "申請の記録なし",
        )

    def another_token(self) -> None:
        """The dispatched token is not the retired one (RIS-02).

        Whatever order the list has: the retired one was sent once, and another one was.
        """
        customer = self._people.person(MAIN)
        orders = self._scene.staff.orders(customer.account.login_id)
        sent = [o.serial for o in orders if o.serial is not None]
        retired = customer.retired_token().asset.serial
        self.fact(
            "発送されたトークンは別のトークンである",
            any(serial != retired for serial in sent) and sent.count(retired) < 2,
            expected=f"「{retired}」とは別のシリアル番号",
            observed="、".join(f"「{serial}」" for serial in sent) or "発送の記録なし",
        )


def _each(attempts: Sequence[Attempt]) -> str:
    return "、".join(a.observed for a in attempts) or "ログインは試みられていません"
