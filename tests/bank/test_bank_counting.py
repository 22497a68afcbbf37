"""Failures that suspend, and forms that count once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from bank_kit import Kit, Person

from reference_impl.domain.policy import FailureClass, OtpFunction
from reference_impl.domain.words import Refusal, Refused
from reference_impl.service import control, login, procedures, staff
from reference_impl.service.login import LoginOk
from reference_impl.service.procedures import Activated

KitWith = Callable[..., Kit]
WRONG_OTP = Refused(Refusal.OTP_REFUSED, "otp")


class TestSuspension:
    def fail(self, kit: Kit, who: Person, times: int) -> list[object]:
        return [kit.login(who, kit.wrong(who)) for _ in range(times)]

    def test_by_the_nth_failure_and_it_says_so(self, kit: Kit) -> None:
        who = kit.person()
        answers = self.fail(kit, who, 5)
        assert answers == [WRONG_OTP] * 4 + [Refused(Refusal.SUSPENDED)]
        assert kit.login(who, kit.code(who)) == Refused(Refusal.SUSPENDED)
        for code in (kit.code(who), kit.wrong(who), "", "x"):
            assert login.authenticate_otp(kit.bank, who.customer_id, code) == Refused(
                Refusal.SUSPENDED
            )
        kit.tick(60 * 24 * 400)
        assert kit.login(who, kit.code(who)) == Refused(Refusal.SUSPENDED)
        assert login.authenticate(kit.bank, who.login_id, "nope", None) == Refused(
            Refusal.BAD_CREDENTIALS
        )
        assert [n.subject for n in control.outbox(kit.bank, who.login_id)] == [
            "ワンタイムパスワード認証の停止"
        ]

    def test_a_success_starts_the_count_anew_a_password_does_not(self, kit: Kit) -> None:
        who = kit.person()
        for _ in range(3):
            self.fail(kit, who, 4)
            kit.tick()
            assert kit.login(who, kit.code(who)) == LoginOk(who.customer_id)
        self.fail(kit, who, 4)
        login.authenticate(kit.bank, who.login_id, who.password, None)
        assert self.fail(kit, who, 1) == [Refused(Refusal.SUSPENDED)]

    def test_login_and_deactivation_share_one_counter(self, kit: Kit) -> None:
        who = kit.person()
        self.fail(kit, who, 4)
        last = procedures.deactivate(kit.bank, who.customer_id, who.confirmation, kit.wrong(who))
        assert last == Refused(Refusal.SUSPENDED)
        assert kit.status(who) == "suspended"

    def test_activation_does_not_suspend_unless_declared(self, kit: Kit) -> None:
        who = kit.person("issued")
        for _ in range(9):
            refused = procedures.activate(
                kit.bank, who.customer_id, who.token.serial, kit.wrong(who)
            )  # type: ignore[union-attr]
            assert refused == Refused(Refusal.ACTIVATION_REFUSED)
        done = procedures.activate(kit.bank, who.customer_id, who.token.serial, kit.code(who))  # type: ignore[union-attr]
        assert isinstance(done, Activated)

    def test_activation_as_a_declared_source(self, kit_with: KitWith) -> None:
        kit = kit_with(lock_threshold=3, lock_sources=frozenset(OtpFunction))
        who = kit.person("issued")
        tries = [
            procedures.activate(kit.bank, who.customer_id, who.token.serial, kit.wrong(who))  # type: ignore[union-attr]
            for _ in range(3)
        ]
        assert tries[-1] == Refused(Refusal.SUSPENDED)
        assert kit.login(who, "") == Refused(Refusal.SUSPENDED)
        staff.unlock(kit.bank, "staff01", who.login_id, "本人と確認")
        assert kit.status(who) == "issued"

    def test_what_counts_is_declared(self, kit_with: KitWith) -> None:
        kit = kit_with(lock_threshold=2, lock_classes=frozenset({FailureClass.OTHER_TOKEN}))
        who, other = kit.person(), kit.person()
        for code in (kit.wrong(who), "", "12345", kit.code(who, -5), kit.code(who, 5)):
            kit.login(who, code)
        assert kit.status(who) == "in_service"
        kit.login(who, kit.code(other))
        assert kit.login(who, kit.code(other)) == Refused(Refusal.SUSPENDED)

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "１２３４５６", "12345a"])
    def test_malformed_and_empty_codes_do_not_count(self, kit: Kit, code: str) -> None:
        who = kit.person()
        for _ in range(7):
            kit.login(who, code)
        assert kit.login(who, kit.code(who)) == LoginOk(who.customer_id)

    def test_a_wrong_password_neither_counts_nor_burns(self, kit: Kit) -> None:
        who = kit.person()
        self.fail(kit, who, 4)
        for _ in range(9):
            refused = login.authenticate(kit.bank, who.login_id, "wrong", kit.code(who))
            assert refused == Refused(Refusal.BAD_CREDENTIALS)
        assert kit.login(who, kit.code(who)) == LoginOk(who.customer_id)

    def test_unlock_keeps_the_token_and_starts_anew(self, kit: Kit) -> None:
        who = kit.person("suspended")
        staff.unlock(kit.bank, "staff01", who.login_id, "電話で本人と確認")
        assert kit.status(who) == "in_service"
        self.fail(kit, who, 4)
        assert kit.login(who, kit.code(who)) == LoginOk(who.customer_id)

    def test_only_that_customer(self, kit: Kit) -> None:
        a, b = kit.person(), kit.person()
        self.fail(kit, a, 5)
        assert kit.login(b, kit.code(b)) == LoginOk(b.customer_id)

    def test_a_suspended_customer_does_nothing_by_self_service(self, kit: Kit) -> None:
        who = kit.person("suspended")
        bank = kit.bank
        suspended = Refused(Refusal.SUSPENDED)
        assert (
            procedures.deactivate(bank, who.customer_id, who.confirmation, kit.code(who))
            == suspended
        )
        assert procedures.may_deactivate(bank, who.customer_id) == suspended
        in_service = Refused(Refusal.IN_SERVICE)
        assert procedures.issue(bank, who.customer_id, "hardware", who.confirmation) == in_service
        assert procedures.activate(bank, who.customer_id, "12345678", "123456") == suspended
        assert kit.status(who) == "suspended"


class TestRepeatedForms:
    def test_the_same_form_is_answered_like_the_first(self, kit: Kit) -> None:
        who = kit.person("not_registered")
        first = procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation, "form-1")
        again = procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation, "form-1")
        assert first == again
        assert len(staff.all_orders(kit.bank, who.login_id)) == 1
        other = procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation, "form-2")
        assert other == Refused(Refusal.ALREADY_ISSUED)

    def test_refusals_count_once(self, kit: Kit) -> None:
        who = kit.person()
        wrong = kit.wrong(who)
        for _ in range(9):
            assert kit.login(who, wrong, "form-1") == WRONG_OTP
        assert staff.find_customer(kit.bank, who.login_id).failures == 1  # type: ignore[union-attr]

    def test_the_same_form_with_another_content_is_new(self, kit: Kit) -> None:
        who = kit.person()
        assert kit.login(who, kit.wrong(who), "form-1") == WRONG_OTP
        assert kit.login(who, kit.code(who), "form-1") == LoginOk(who.customer_id)

    def test_activation_and_deactivation(self, kit: Kit) -> None:
        who = kit.person("issued")
        form = (who.customer_id, who.token.serial, kit.code(who), "form-1")  # type: ignore[union-attr]
        done = procedures.activate(kit.bank, *form)
        assert isinstance(done, Activated)
        assert procedures.activate(kit.bank, *form) == done
        kit.tick()
        end = (who.customer_id, who.confirmation, kit.code(who), "form-2")
        assert procedures.deactivate(kit.bank, *end) == procedures.deactivate(kit.bank, *end)

    def test_a_login_form_dies_with_logout_and_soon_by_itself(self, kit: Kit) -> None:
        who = kit.person()
        code = kit.code(who)
        assert kit.login(who, code, "form-1") == LoginOk(who.customer_id)
        session = login.open_session(kit.bank, who.customer_id)
        assert kit.login(who, code, "form-1") == LoginOk(who.customer_id)
        login.close_session(kit.bank, session)
        assert kit.login(who, code, "form-1") == WRONG_OTP
        kit.tick()
        code = kit.code(who)
        assert kit.login(who, code, "form-2") == LoginOk(who.customer_id)
        kit.clock.move_to(kit.clock() + timedelta(seconds=11))
        assert kit.login(who, code, "form-2") == WRONG_OTP

    def test_another_customers_form_number_means_nothing(self, kit: Kit) -> None:
        a, b = kit.person("not_registered"), kit.person("not_registered")
        procedures.issue(kit.bank, a.customer_id, "hardware", a.confirmation, "form-1")
        procedures.issue(kit.bank, b.customer_id, "hardware", b.confirmation, "form-1")
        assert len(staff.all_orders(kit.bank, b.login_id)) == 1
