"""Judgements that follow the declaration, whatever it says."""

from __future__ import annotations

from datetime import timedelta

from otp_conformance.judging.judge import Judge
from otp_conformance.people import procedures
from otp_conformance.people.attempt import Action
from otp_conformance.people.customer import MAIN, Customer
from otp_conformance.people.introduction import People
from otp_conformance.people.places import is_shown
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.outcome import NotApplicable

_A_TRY = timedelta(minutes=2)


class Declared:
    """Judges what the manual leaves open, by what the vendor declares."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._scene = people.scene
        self._judge = Judge(people)

    def start(self, kind: Kind) -> None:
        """A start again after a deactivation is open or shut by the declared gate.

        Sources: SWT-03, SWT-04, SWT-10, RIS-04; IX-30 to IX-32.
        """
        self.gate(kind)
        self.next_day_control(self._people.acting(), kind)

    def next_day_control(self, customer: Customer, kind: Kind = Kind.HARDWARE) -> None:
        """On the next day the same request succeeds, as the control of a refusal."""
        if not procedures.gate_is_open(customer, kind):
            procedures.wait_for_gate(customer, kind)
            self._judge.control_done(procedures.retry_start(customer, kind), customer)

    def gate(self, kind: Kind = Kind.HARDWARE) -> None:
        """The latest start was refused iff the declared gate was shut at that time."""
        customer = self._people.acting()
        if procedures.gate_is_open(customer, kind):
            self._judge.done(customer)
            return
        self._judge.refused()
        self._refused_again(customer, kind)
        refusal = self._scene.declaration.switching.refusal
        if refusal != "error":
            self._judge.fact(
                "早すぎる手続きの見せ方",
                customer.way_closed,
                expected=f"宣言どおり（{refusal}）、その先へ進めないこと",
                observed=customer.site.describe(),
            )

    def _refused_again(self, customer: Customer, kind: Kind) -> None:
        """A second try is refused like the first, where the gate stays shut for that long."""
        if not procedures.gate_is_open(customer, kind, within=_A_TRY):
            self._judge.refused(procedures.retry_start(customer, kind))

    def reissue(self) -> None:
        """Issue again while issued (ISS-26, IX-19): never two usable tokens."""
        customer = self._people.person(MAIN)
        if self._scene.declaration.issue.reissue_when_issued == "refused":
            self._judge.refused()
            other = self._people.control_customer(Status.NOT_REGISTERED)
            attempt = other.issue()
            self._judge.control_done(attempt, other)
            return
        self._judge.accepted()
        self._judge.one_live_order(customer)

    def hardware_to_software(self) -> None:
        """From hardware to software after a deactivation (SWT-06, IX-34).

        Where that is open, the declared gate still makes it wait (IX-30).
        """
        customer = self._people.person(MAIN)
        switching = self._scene.declaration.switching
        barred = switching.hardware_to_software == "refused"
        place = switching.hardware_to_software_at
        # A gate at the activation alone does not hold the application up.
        waits = switching.gate in ("issue", "both") and not procedures.gate_is_open(
            customer, Kind.SOFTWARE
        )
        if not barred and not waits:
            self._judge.accepted()
            return
        self._judge.refused()
        if barred:
            self._judge.refused(customer.issue(Kind.SOFTWARE))
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
        issue = self._scene.declaration.issue
        customer = self._people.acting()
        if issue.binding == "activation" and issue.issued_status_moment == "application":
            self._judge.done(customer)
            return
        self._judge.refused()
        procedures.deliver(customer)
        self._judge.control_done(customer.activate(), customer)

    def token_of_another(self) -> None:
        """A token sent to another customer who has not activated it yet (ACT-25, IX-15).

        Refused, its owner can still use it. Where tokens are bound at activation the
        manual leaves it to possession (AMB-22): once taken, it is no longer the
        owner's to register.
        """
        customer = self._people.acting()
        owner = customer.other()
        by_possession = self._scene.declaration.issue.binding == "activation"
        if by_possession and self._scene.latest().accepted:
            self._judge.refused(owner.activate())
            self._judge.control(customer.log_in("そのトークンの"))
            return
        self._judge.refused()
        self._judge.control_done(owner.activate(), owner)

    def full_width(self) -> None:
        """Full-width digits in the serial (ACT-13, IX-14)."""
        customer = self._people.acting()
        if self._scene.declaration.serial.full_width == "converted":
            self._in_service(customer)
            return
        self._judge.refused()
        self._judge.control_done(customer.activate(code="同じ"), customer)

    def trimmed(self) -> None:
        """Blanks around the serial (ACT-14, IX-14)."""
        customer = self._people.acting()
        if self._scene.declaration.serial.trim_blanks:
            self._in_service(customer)
            return
        self._judge.refused()
        self._judge.control_done(customer.activate(), customer)

    def _in_service(self, customer: Customer) -> None:
        """The activation was taken, for the token in hand, and took effect."""
        self._judge.accepted()
        self._judge.completion_serial()
        self._judge.status(customer, "サービス利用中")

    def deactivation_when_issued(self) -> None:
        """Deactivation while issued (DEA-27, IX-20)."""
        customer = self._people.acting()
        shown = is_shown(customer.site, "利用解除の画面")
        if self._scene.declaration.issue.deactivate_when_issued == "allowed":
            self._judge.accepted(customer.deactivate())
            self._judge.status(customer, "未登録")
            return
        self._scene.case.refused(
            "発行済みの段階では利用解除へ進めない",
            not shown,
            expected="利用解除へ進めないこと",
            observed=customer.site.describe(),
        )
        other = self._people.control_customer(Status.IN_SERVICE)
        self._judge.control_shown(
            "利用中のお客さまは利用解除へ進める", other.go_to_deactivation(), other.site.describe()
        )

    def code_after_refusal(self) -> None:
        """An OTP that was right in a refused deactivation (AMB-19, IX-10)."""
        customer = self._people.person(MAIN)
        if self._scene.declaration.otp.consumption == "on_success":
            self._judge.done(customer)
            return
        self._judge.refused()
        self._judge.control_done(customer.deactivate(), customer)

    def code_after_wrong_serial(self) -> None:
        """An OTP that was right in an activation refused for its serial (TOK-07, IX-10).

        Whether one that is burnt by being entered is burnt with another token's serial, too,
        is nowhere said.
        """
        if self._scene.declaration.otp.consumption != "on_success":
            raise NotApplicable(
                expected="シリアル番号の誤りで拒否された後に、同じワンタイムパスワードで登録すること",
                observed="入力しただけで使用済みになると宣言されています（otp.consumption）",
            )
        self._judge.done(self._people.person(MAIN))

    def live_session(self) -> None:
        """A session opened before the suspension is cut or kept (LCK-17, IX-25)."""
        customer = self._people.person(MAIN)
        shown, seen = customer.site.portal.is_shown(), customer.site.describe()
        if self._scene.declaration.lockout.live_sessions == "kept":
            self._judge.fact(
                "停止の前からの画面が続く", shown, expected="申請内容選択の画面", observed=seen
            )
            return
        self._scene.case.refused(
            "停止の前からの画面では先へ進めない",
            not shown,
            expected="ログインし直すよう求められること",
            observed=seen,
        )
        self._judge.unlock_control(customer)

    def login_after_restart(self) -> None:
        """A login from before a restart goes on, or is over (LGN-02, IX-41)."""
        customer = self._people.acting()
        shown, seen = customer.site.portal.is_shown(), customer.site.describe()
        adapter = self._scene.declaration.adapters.restart
        if adapter is not None and adapter.sessions == "kept":
            self._judge.fact(
                "再起動の前からのログインが続く",
                shown,
                expected="申請内容選択の画面",
                observed=seen,
            )
            return
        self._scene.case.refused(
            "再起動の前からのログインでは先へ進めない",
            not shown,
            expected="ログインし直すよう求められること",
            observed=seen,
        )
        again = customer.go_to_portal()
        self._judge.control_shown(
            "ログインし直せば申請内容選択の画面を開ける", again, customer.site.describe()
        )

    def deactivation_when_stopped(self) -> None:
        """A page kept open from before the suspension deactivates nothing (LCK-17, IX-25)."""
        if self._scene.declaration.lockout.live_sessions == "kept":
            raise NotApplicable(
                expected="停止した後に、開いたままの利用解除の画面から解除できないこと",
                observed="停止しても、ログイン中の画面は続くと宣言されています",
            )
        self._judge.refused()
        self._judge.unlock_control(self._people.person(MAIN))

    def login_flow(self, customer: Customer) -> None:
        """The OTP is asked on the page that the declaration names (IX-05)."""
        site = customer.site
        site.login.open(customer.account.login_id)
        one_page = site.login.has_otp_field()
        asked = one_page or customer.log_in(None).asked_otp
        declared = self._scene.declaration.login.flow == "one_page"
        places = {True: "ログインパスワードと同じ画面", False: "次の画面"}
        self._judge.fact(
            "ワンタイムパスワードを求める画面",
            asked and one_page is declared,
            expected=places[declared],
            observed=places[one_page] if asked else site.describe(),
        )

    def letter_case(self) -> None:
        """A confirmation password with upper and lower case exchanged (ISS-16, DEA-11, IX-28)."""
        customer = self._people.acting()
        latest = self._scene.latest()
        if customer.account.confirmation_password.swapcase() == (
            customer.account.confirmation_password
        ):
            raise NotApplicable(
                expected="英字の大文字と小文字を入れ替えて確かめること",
                observed=f"{customer.name}の確認用パスワードに英字がありません",
            )
        if not self._scene.declaration.confirmation_password.case_sensitive:
            self._judge.done(customer)
            return
        self._judge.refused()
        if latest.action is Action.ISSUE:
            self._judge.status(customer, "未登録")
            again = customer.issue()
        else:
            self._judge.status(customer, "サービス利用中")
            again = customer.deactivate()
        self._judge.control_done(again, customer)

    def full_width_code(self) -> None:
        """Full-width digits in the OTP just entered (ACT-21, LGN-12, DEA-12; IX-14)."""
        self._put_right(self._scene.declaration.otp.full_width == "converted")

    def trimmed_code(self) -> None:
        """Blanks around the OTP just entered (ACT-21, LGN-12, DEA-12; IX-14)."""
        self._put_right(self._scene.declaration.otp.trim_blanks)

    def _put_right(self, taken: bool) -> None:
        """The latest attempt, with an OTP that may be put right, succeeded iff it is."""
        customer, action = self._people.acting(), self._scene.latest().action
        if taken and action is Action.LOGIN:
            self._judge.accepted()
        elif taken:
            self._judge.done(customer)
        elif action is Action.LOGIN:
            self._judge.login_refused()
            self._judge.control(customer.log_in("新しい"))
        else:
            self._judge.refused()
            activating = action is Action.ACTIVATION
            again = customer.activate() if activating else customer.deactivate()
            self._judge.control_done(again, customer)

    def code_beside_wrong_password(self) -> None:
        """The latest login, with the OTP of one refused for its password (LGN-07, IX-10).

        An OTP that is asked for only after the password has not been sent at all.
        """
        declared = self._scene.declaration
        if not (declared.otp.consumed_with_wrong_password and declared.login.flow == "one_page"):
            self._judge.accepted()
            return
        self._judge.login_refused()
        self._judge.control(self._people.acting().log_in("新しい"))

    def older_after_newer(self) -> None:
        """The latest login, with an unused OTP older than the one used last (TOK-05, IX-10).

        RFC 6238 forbids the same OTP twice, and says nothing of an older one.
        """
        declared = self._scene.declaration.otp.older_after_newer
        if declared is None:
            raise NotApplicable(
                expected="使わなかった前の値を、新しい値の後に入力すること",
                observed="受け付けるかどうかが宣言されていません（otp.older_after_newer）",
            )
        if declared == "accepted":
            self._judge.accepted()
            return
        self._judge.login_refused()
        self._judge.control(self._people.acting().log_in("新しい"))

    def drifted_code(self) -> None:
        """The latest login, with the OTP of a token that has fallen behind further (IX-09)."""
        declared = self._scene.declaration.otp
        learns = declared.resynchronisation == "drift_learning"
        late = declared.window.login.backward
        if declared.resynchronisation == "procedure" or (learns and not late):
            raise NotApplicable(
                expected="トークンの時刻のずれを、ログインのたびに学ぶこと",
                observed="同期は手続きで行うか、遅れた値は受け付けないと宣言されています"
                "（otp.resynchronisation、otp.window.login）",
            )
        if learns:
            self._judge.accepted()
            return
        self._judge.login_refused()
        self._judge.control(self._people.acting().log_in("新しい"))

    def full_cycles(self, customer: Customer, times: int) -> None:
        """Issue, activation and deactivation can be repeated (RIS-05)."""
        for _ in range(times):
            procedures.wait_for_gate(customer, Kind.HARDWARE)
            self._judge.accepted(customer.issue())
            procedures.deliver(customer)
            self._judge.accepted(customer.activate_token_in_hand())
            self._judge.completion_serial()
            self._judge.completion_expiry()
            self._judge.accepted(customer.deactivate())
            self._judge.status(customer, "未登録")

    # -- a deactivated token (DEA-20, DEA-21, RIS-03; IX-35, AMB-29, AMB-60) --

    def retired_token(self, owner: Customer) -> None:
        """The latest activation, tried with the token that ``owner`` has deactivated.

        Refused at the activation, or, where so declared, at the login behind it; only to
        the former owner, or only for some days, where so declared. Whatever is declared,
        a token that is refused never lets anybody in.
        """
        customer = self._people.acting()
        if procedures.retired_is_free(customer, owner):
            self._judge.done(customer)
            return
        if self._scene.declaration.retired.refused_at == "login":
            self._retired_at_login(customer)
            return
        self._judge.refused()
        self._judge.status(customer, "トークン発行済")
        self._judge.accepted(customer.log_in(None))
        self._judge.control_done(customer.activate_token_in_hand(), customer)

    def _retired_at_login(self, customer: Customer) -> None:
        """The activation seems to be done; the token still does not let its user in."""
        self._judge.accepted(how="ログインで断られるまでは、")
        customer.log_out()
        customer.log_in("そのトークンの")
        self._judge.login_refused()
        other = self._people.control_customer(Status.ISSUED)
        procedures.activate(other)
        self._judge.control(other.log_in("新しい"))

    # -- what counts towards a suspension (LCK-18 to LCK-20, IX-21 to IX-24) --

    def counted(self, failure_class: str, *, failures: int) -> None:
        """The latest login was refused iff a class of failures counts (LCK-20, IX-23)."""
        before = 0 if failure_class == "reused" else self._scene.threshold - 1
        counts = failure_class in self._scene.declaration.lockout.classes
        self._suspended(suspended=counts and before + failures >= self._scene.threshold)

    def deactivation_mistakes(self) -> None:
        """The latest login was refused iff deactivation counts (LCK-18, IX-22)."""
        declaration = self._scene.declaration
        counts = "deactivation" in declaration.lockout.sources
        self._suspended(suspended=counts and declaration.ics.otp_on_deactivation)

    def mixed_mistakes(self) -> None:
        """The latest login was refused iff both functions count into one (LCK-18, IX-22)."""
        declaration = self._scene.declaration
        lockout = declaration.lockout
        together = (
            lockout.shared_counter
            and {"login", "deactivation"} <= set(lockout.sources)
            and declaration.ics.otp_on_deactivation
        )
        self._suspended(suspended=together or lockout.threshold == 1)

    def over_revocation(self) -> None:
        """Mistakes with a revoked token do not count for the next one (IX-24, IX-43).

        Where a new activation is not declared to clear the count, nobody can say.
        """
        lockout = self._scene.declaration.lockout
        if lockout.threshold > 1 and "reactivation" not in lockout.resets:
            raise NotApplicable(
                expected="失効したトークンでの誤りが、新しいトークンでは数えられないこと",
                observed="新しく利用を始めると0に戻るとは宣言されていません（lockout.resets）",
            )
        self._suspended(suspended=lockout.threshold == 1)

    def over_midnight(self) -> None:
        """The latest login was refused iff a change of date leaves the count alone (IX-24)."""
        lockout = self._scene.declaration.lockout
        if "time" in lockout.resets:
            raise NotApplicable(
                expected="日付をまたいで誤りの回数を確かめること",
                observed="時間がたつと誤りの回数が0に戻ると宣言されています"
                "（lockout.resets の time）",
            )
        afresh = "date_change" in lockout.resets
        self._suspended(suspended=not afresh or lockout.threshold == 1)

    def activation_mistakes(self) -> None:
        """The latest activation was refused iff activation failures count (IX-22, IX-48)."""
        declaration = self._scene.declaration
        customer = self._people.acting()
        limit = declaration.activation.failure_limit
        if (
            "activation" not in declaration.lockout.sources
            and not 0 < limit <= self._scene.threshold
        ):
            self._judge.done(customer)
            return
        self._judge.refused()
        if limit and declaration.activation.limit_effect == "application_cancelled":
            self._judge.status(customer, "未登録")
            procedures.receive_new_token(customer)
            self._judge.control_done(customer.activate_token_in_hand(), customer)
            return
        procedures.unlock(customer)
        self._judge.control_done(procedures.activate_after_new_login(customer), customer)

    def confirmation_limit(self) -> None:
        """The latest deactivation, after mistakes in the confirmation password (AMB-57, IX-28).

        Login is left alone.
        """
        customer = self._people.acting()
        if not self._scene.declaration.confirmation_password.failure_limit:
            self._judge.done(customer)
            return
        self._judge.refused()
        customer.change_browser()
        self._judge.accepted(customer.log_in("新しい"))
        self._judge.status(customer, "サービス利用中")
        other = self._people.control_customer(Status.IN_SERVICE)
        self._judge.control_done(other.deactivate(), other)

    def unlocked_login(self, customer: Customer) -> None:
        """Once staff have lifted the suspension, the customer gets in (LCK-11; IX-26, AMB-17).

        With the same token, or by password where it is retired.
        """
        kept = self._scene.declaration.lockout.unlock.token == "kept"  # noqa: S105 - no secret
        self._judge.accepted(
            customer.log_in("新しい" if kept else None),
            how="同じトークンで、" if kept else "ログインパスワードだけで、",
        )
        self._judge.status(customer, "サービス利用中" if kept else "未登録")

    def _suspended(self, *, suspended: bool) -> None:
        if not suspended:
            self._judge.accepted()
            return
        customer = self._people.acting()
        self._judge.login_refused()
        self._judge.unlock_control(customer)

    # -- tokens past their expiry (TOK-11, AMB-42) ------------------------

    def expired_login(self) -> None:
        """The latest login, past the token's expiry, was refused iff declared so (IX-37)."""
        if self._scene.declaration.expiry.after == "accepted":
            self._judge.accepted()
            return
        self._judge.login_refused()
        other = self._with_valid_token(Status.IN_SERVICE)
        self._judge.control(other.log_in("新しい"))

    def expired_activation(self) -> None:
        """The latest activation, past the token's expiry, was refused iff declared so (IX-37)."""
        if self._scene.declaration.expiry.after == "accepted":
            self._judge.done(self._people.acting())
            return
        self._judge.refused()
        other = self._with_valid_token(Status.ISSUED)
        self._judge.control_done(other.activate_token_in_hand(), other)

    def _with_valid_token(self, status: Status) -> Customer:
        """Return a customer for a control, whose token has not expired yet at the SUT's time."""
        other = self._people.control_customer(status)
        procedures.require_valid_token(other)
        return other
