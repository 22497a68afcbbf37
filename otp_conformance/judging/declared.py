"""Judgements that follow the declaration, whatever it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otp_conformance.people import stories
from otp_conformance.people.attempt import Action
from otp_conformance.people.places import is_shown
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.outcome import NotApplicable

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

MAIN = "お客さま"


class Declared:
    """Judges what the manual leaves open, by what the vendor declares."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._judge = world.judge

    def start(self, kind: Kind) -> None:
        """A start again after a deactivation is open or shut by the declared gate.

        Sources: SWT-03, SWT-04, SWT-10, RIS-04; IX-30 to IX-32.
        """
        self.gate(kind)
        self.next_day_control(self._world.acting(), kind)

    def next_day_control(self, customer: Customer, kind: Kind = Kind.HARDWARE) -> None:
        """On the next day the same request succeeds, as the control of a refusal."""
        if not stories.gate_is_open(self._world, customer, kind):
            stories.wait_for_gate(self._world, customer, kind)
            self._judge.control_done(stories.retry_start(self._world, customer, kind), customer)

    def gate(self, kind: Kind = Kind.HARDWARE) -> None:
        """The latest start was refused iff the declared gate was shut at that time."""
        customer = self._world.acting()
        if stories.gate_is_open(self._world, customer, kind):
            self._judge.done(customer)
            return
        self._judge.refused()
        refusal = self._world.declaration.switching.refusal
        if refusal != "error":
            self._judge.fact(
                "早すぎる手続きの見せ方",
                customer.way_closed,
                expected=f"宣言どおり（{refusal}）、その先へ進めないこと",
                observed=customer.site.describe(),
            )

    def reissue(self) -> None:
        """Issue again while issued (ISS-26, IX-19): never two usable tokens."""
        customer = self._world.person(MAIN)
        if self._world.declaration.issue.reissue_when_issued == "refused":
            self._judge.refused()
            other = self._world.control_customer(Status.NOT_REGISTERED)
            attempt = other.issue(Kind.HARDWARE, other.confirmation("正しい"))
            self._judge.control_done(attempt, other)
            return
        self._judge.accepted()
        orders = self._world.sut.staff.orders(customer.account.login_id)
        live = [o for o in orders if not o.cancelled]
        self._judge.fact(
            "有効な申請は一件だけである",
            len(live) == 1,
            expected="有効な申請が1件",
            observed=f"{len(live)}件",
        )

    def hardware_to_software(self) -> None:
        """From hardware to software after a deactivation (SWT-06, IX-34).

        Where that is open, the declared gate still makes it wait (IX-30).
        """
        customer = self._world.person(MAIN)
        switching = self._world.declaration.switching
        barred = switching.hardware_to_software == "refused"
        place = switching.hardware_to_software_at
        # A gate at the activation alone does not hold the application up.
        waits = switching.gate in ("issue", "both") and not stories.gate_is_open(
            self._world, customer, Kind.SOFTWARE
        )
        if not barred and not waits:
            self._judge.accepted()
            return
        self._judge.refused()
        if barred and place != "any":
            self._judge.fact(
                "ソフトウェアトークンへの切替を断る場所",
                customer.issue_ended_at == place,
                expected=f"宣言された場所（{place}）",
                observed=f"{customer.issue_ended_at}（{customer.site.describe()}）",
            )
        self._judge.status(customer, "未登録")

    def stock_token(self) -> None:
        """A stock token that was not sent to this customer (ISS-20, IX-15, IX-16).

        Even where possession is enough, トークン発行済 may come only later.
        """
        issue = self._world.declaration.issue
        customer = self._world.acting()
        if issue.binding == "activation" and issue.issued_status_moment == "application":
            self._judge.done(customer)
            return
        self._judge.refused()
        stories.deliver(self._world, customer)
        serial = customer.serial("届いたトークンの")
        code = customer.code("新しい", "activation")
        self._judge.control_done(customer.activate(serial, code), customer)

    def token_of_another(self) -> None:
        """A token sent to another customer who has not activated it yet (ACT-25, IX-15).

        Refused, its owner can still use it. Where tokens are bound at activation the
        manual leaves it to possession (AMB-22): once taken, it is no longer the
        owner's to register.
        """
        customer = self._world.acting()
        owner = self._world.other_of(customer)
        serial = owner.serial("届いたトークンの")
        by_possession = self._world.declaration.issue.binding == "activation"
        if by_possession and self._world.latest().accepted:
            late = owner.activate(serial, owner.code("新しい", "activation"))
            self._judge.refused(late)
            self._judge.control(customer.log_in(customer.code("そのトークンの", "login")))
            return
        self._judge.refused()
        attempt = owner.activate(serial, owner.code("新しい", "activation"))
        self._judge.control_done(attempt, owner)

    def full_width(self) -> None:
        """Full-width digits in the serial (ACT-13, IX-14)."""
        customer = self._world.acting()
        if self._world.declaration.serial.full_width == "converted":
            self._in_service(customer)
            return
        self._judge.refused()
        serial = customer.serial("届いたトークンの")
        code = customer.code("同じ", "activation")
        self._judge.control_done(customer.activate(serial, code), customer)

    def trimmed(self) -> None:
        """Blanks around the serial (ACT-14, IX-14)."""
        customer = self._world.acting()
        if self._world.declaration.serial.trim_blanks:
            self._in_service(customer)
            return
        self._judge.refused()
        serial = customer.serial("届いたトークンの")
        attempt = customer.activate(serial, customer.code("新しい", "activation"))
        self._judge.control_done(attempt, customer)

    def _in_service(self, customer: Customer) -> None:
        """The activation was taken, for the token in hand, and took effect."""
        self._judge.accepted()
        self._judge.completion_serial()
        self._judge.status(customer, "サービス利用中")

    def deactivation_when_issued(self) -> None:
        """Deactivation while issued (DEA-27, IX-20)."""
        customer = self._world.acting()
        shown = is_shown(customer.site, "利用解除の画面")
        if self._world.declaration.issue.deactivate_when_issued == "allowed":
            self._judge.accepted(customer.try_deactivation("正しい", "新しい"))
            self._judge.status(customer, "未登録")
            return
        self._world.case.refused(
            "発行済みの段階では利用解除へ進めない",
            not shown,
            expected="利用解除へ進めないこと",
            observed=customer.site.describe(),
        )
        other = self._world.control_customer(Status.IN_SERVICE)
        self._judge.control_shown(
            "利用中のお客さまは利用解除へ進める", other.go_to_deactivation(), other.site.describe()
        )

    def code_after_refusal(self) -> None:
        """An OTP that was right in a refused deactivation (AMB-19, IX-10)."""
        customer = self._world.person(MAIN)
        if self._world.declaration.otp.consumption == "on_success":
            self._judge.done(customer)
            return
        self._judge.refused()
        self._judge.control_done(customer.try_deactivation("正しい", "新しい"), customer)

    def live_session(self) -> None:
        """A session opened before the suspension is cut or kept (LCK-17, IX-25)."""
        customer = self._world.person(MAIN)
        shown, seen = customer.site.portal.is_shown(), customer.site.describe()
        if self._world.declaration.lockout.live_sessions == "kept":
            self._judge.fact(
                "停止の前からの画面が続く", shown, expected="申請内容選択の画面", observed=seen
            )
            return
        self._world.case.refused(
            "停止の前からの画面では先へ進めない",
            not shown,
            expected="ログインし直すよう求められること",
            observed=seen,
        )
        self._judge.unlock_control(customer)

    def login_flow(self, customer: Customer) -> None:
        """The OTP is asked on the page that the declaration names (IX-05)."""
        site = customer.site
        site.login.open()
        one_page = site.login.has_otp_field()
        asked = one_page or customer.log_in(None).asked_otp
        declared = self._world.declaration.login.flow == "one_page"
        places = {True: "ログインパスワードと同じ画面", False: "次の画面"}
        self._judge.fact(
            "ワンタイムパスワードを求める画面",
            asked and one_page is declared,
            expected=places[declared],
            observed=places[one_page] if asked else site.describe(),
        )

    def letter_case(self) -> None:
        """A confirmation password with upper and lower case exchanged (ISS-16, DEA-11, IX-28)."""
        customer = self._world.acting()
        latest = self._world.latest()
        if customer.account.confirmation_password.swapcase() == (
            customer.account.confirmation_password
        ):
            raise NotApplicable(
                expected="英字の大文字と小文字を入れ替えて確かめること",
                observed=f"{customer.name}の確認用パスワードに英字がありません",
            )
        if not self._world.declaration.confirmation_password.case_sensitive:
            self._judge.done(customer)
            return
        self._judge.refused()
        if latest.action is Action.ISSUE:
            self._judge.status(customer, "未登録")
            again = customer.issue(Kind.HARDWARE, customer.confirmation("正しい"))
        else:
            self._judge.status(customer, "サービス利用中")
            again = customer.try_deactivation("正しい", "新しい")
        self._judge.control_done(again, customer)

    def full_width_code(self) -> None:
        """Full-width digits in an OTP at login (LGN-12, IX-14)."""
        if self._world.declaration.otp.full_width == "converted":
            self._judge.accepted()
            return
        self._judge.refused()
        customer = self._world.acting()
        self._judge.control(customer.log_in(customer.code("新しい", "login")))

    def trimmed_code(self) -> None:
        """Blanks around an OTP at login (LGN-12, IX-14)."""
        if self._world.declaration.otp.trim_blanks:
            self._judge.accepted()
            return
        self._judge.login_refused()
        customer = self._world.acting()
        self._judge.control(customer.log_in(customer.code("新しい", "login")))

    def full_cycles(self, customer: Customer, times: int) -> None:
        """Issue, activation and deactivation can be repeated (RIS-05)."""
        for _ in range(times):
            stories.wait_for_gate(self._world, customer, Kind.HARDWARE)
            confirmation = customer.confirmation("正しい")
            self._judge.accepted(customer.issue(Kind.HARDWARE, confirmation))
            stories.deliver(self._world, customer)
            self._judge.accepted(stories.try_activation(customer))
            self._judge.accepted(customer.try_deactivation("正しい", "新しい"))
            self._judge.status(customer, "未登録")
