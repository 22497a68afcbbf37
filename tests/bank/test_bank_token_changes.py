"""Activation and deactivation: which token, which secrets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from bank_kit import Kit

from reference_impl.domain.words import Kind, Refusal, Refused
from reference_impl.service import procedures, staff
from reference_impl.service.login import LoginOk
from reference_impl.service.procedures import Activated, Deactivated
from reference_impl.service.staff import StaffError

KitWith = Callable[..., Kit]
WRONG_OTP = Refused(Refusal.OTP_REFUSED, "otp")


class TestActivation:
    def test_only_the_token_sent_to_this_customer(self, kit: Kit) -> None:
        who, other = kit.person("issued"), kit.person("issued")
        spare = kit.token()
        serving = kit.person()
        for token in (other.token, spare, serving.token):
            assert token is not None
            refused = procedures.activate(kit.bank, who.customer_id, token.serial, kit.code(token))
            assert refused == Refused(Refusal.ACTIVATION_REFUSED)
        unknown = procedures.activate(kit.bank, who.customer_id, "99999999", kit.code(who))
        assert unknown == Refused(Refusal.ACTIVATION_REFUSED)
        done = procedures.activate(kit.bank, other.customer_id, other.token.serial, kit.code(other))  # type: ignore[union-attr]
        assert isinstance(done, Activated)

    def test_any_stock_token_where_declared(self, kit_with: KitWith) -> None:
        kit = kit_with(binding="activation")
        who, spare = kit.person("issued", sent=False), kit.token()
        theirs = kit.person("issued")
        refused = procedures.activate(
            kit.bank, who.customer_id, theirs.token.serial, kit.code(theirs)
        )  # type: ignore[union-attr]
        assert refused == Refused(Refusal.ACTIVATION_REFUSED)
        done = procedures.activate(kit.bank, who.customer_id, spare.serial, kit.code(spare))
        assert isinstance(done, Activated)
        assert staff.all_orders(kit.bank, who.login_id)[0].status == "activated"

    def test_serial_and_code_must_belong_together(self, kit: Kit) -> None:
        who, other = kit.person("issued"), kit.person("issued")
        refused = procedures.activate(kit.bank, who.customer_id, who.token.serial, kit.code(other))  # type: ignore[union-attr]
        assert refused == Refused(Refusal.ACTIVATION_REFUSED)
        assert kit.status(who) == "issued"

    def test_format_errors_come_first_and_spend_nothing(self, kit: Kit) -> None:
        who = kit.person("issued")
        assert who.token is not None
        activate = partial(procedures.activate, kit.bank)
        cid, serial, code = who.customer_id, who.token.serial, kit.code(who)
        assert activate(cid, "", code) == Refused(Refusal.SERIAL_REQUIRED, "serial")
        assert activate(cid, serial + "1", code) == Refused(Refusal.SERIAL_FORMAT, "serial")
        assert activate(cid, serial, "") == Refused(Refusal.OTP_REQUIRED, "otp")
        assert activate(cid, "99999999", "") == Refused(Refusal.OTP_REQUIRED, "otp")
        assert activate(cid, serial, "12345") == Refused(Refusal.OTP_FORMAT, "otp")
        assert isinstance(activate(cid, serial, code), Activated)

    def test_a_limit_where_declared(self, kit_with: KitWith) -> None:
        kit = kit_with(activation_failure_limit=3)
        who = kit.person("issued")
        answers = [
            procedures.activate(kit.bank, who.customer_id, serial, kit.wrong(who)).reason
            for serial in ("99999999", who.token.serial, "99999998", who.token.serial)  # type: ignore[union-attr]
        ]
        limit = Refusal.ACTIVATION_LIMIT
        assert answers == [Refusal.ACTIVATION_REFUSED] * 2 + [limit] * 2

    def test_an_expired_token_is_refused_with_the_reason(self, kit: Kit) -> None:
        soon = kit.clock() + timedelta(minutes=5)
        issued = kit.person("issued", token=kit.token(expires_at=soon))
        serving = kit.person(token=kit.token(expires_at=soon))
        kit.clock.move_to(soon - timedelta(seconds=1))
        assert kit.login(serving, kit.code(serving)) == LoginOk(serving.customer_id)
        kit.clock.move_to(soon + timedelta(minutes=1))
        assert kit.login(serving, kit.code(serving)).reason is Refusal.TOKEN_EXPIRED
        refused = procedures.activate(
            kit.bank,
            issued.customer_id,
            issued.token.serial,  # type: ignore[union-attr]
            kit.code(issued),
        )
        assert refused.reason is Refusal.TOKEN_EXPIRED
        assert kit.login(serving, kit.wrong(serving)) == WRONG_OTP


class TestDeactivation:
    @pytest.mark.parametrize(
        ("confirmation", "code", "reason"),
        [
            ("right", "empty", Refusal.OTP_REQUIRED),
            ("right", "wrong", Refusal.OTP_REFUSED),
            ("right", "stale", Refusal.OTP_REFUSED),
            ("wrong", "right", Refusal.CONFIRMATION_WRONG),
            ("empty", "right", Refusal.CONFIRMATION_REQUIRED),
            ("short", "right", Refusal.CONFIRMATION_FORMAT),
            ("wrong", "wrong", Refusal.CONFIRMATION_WRONG),
        ],
    )
    def test_both_secrets_must_be_right(
        self, kit: Kit, confirmation: str, code: str, reason: Refusal
    ) -> None:
        who = kit.person()
        words = {"right": who.confirmation, "wrong": "zzzzzz9", "empty": "", "short": "a1"}
        codes = {
            "right": kit.code(who),
            "wrong": kit.wrong(who),
            "stale": kit.code(who, -9),
            "empty": "",
        }
        refused = procedures.deactivate(kit.bank, who.customer_id, words[confirmation], codes[code])
        assert refused.reason is reason
        assert kit.status(who) == "in_service"
        control = procedures.deactivate(kit.bank, who.customer_id, who.confirmation, kit.code(who))
        assert control == Deactivated(Kind.HARDWARE)

    def test_case_and_tail_of_the_confirmation_password_matter(self, kit: Kit) -> None:
        who = kit.person()
        for text in (who.confirmation.swapcase(), who.confirmation[:-1], who.confirmation + "a"):
            refused = procedures.deactivate(kit.bank, who.customer_id, text, kit.code(who))
            assert isinstance(refused, Refused)
        assert staff.find_customer(kit.bank, who.login_id).failures == 0  # type: ignore[union-attr]

    def test_confirmation_passwords_have_a_limit_of_their_own(self, kit: Kit) -> None:
        who = kit.person()
        answers = [
            procedures.deactivate(kit.bank, who.customer_id, "zzzzzz9", kit.wrong(who)).reason
            for _ in range(11)
        ]
        assert answers == [Refusal.CONFIRMATION_WRONG] * 9 + [Refusal.CONFIRMATION_LOCKED] * 2
        locked = procedures.deactivate(kit.bank, who.customer_id, who.confirmation, kit.code(who))
        assert locked.reason is Refusal.CONFIRMATION_LOCKED
        assert kit.login(who, kit.code(who)) == LoginOk(who.customer_id)
        staff.unlock(kit.bank, "staff01", who.login_id, "窓口で確認")
        kit.tick()
        ended = procedures.deactivate(kit.bank, who.customer_id, who.confirmation, kit.code(who))
        assert ended == Deactivated(Kind.HARDWARE)

    def test_a_retired_token_is_dead_for_everyone_for_ever(self, kit_with: KitWith) -> None:
        kit = kit_with(binding="activation")
        who = kit.person("deactivated")
        other = kit.person("issued", sent=False)
        procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation)
        kit.tick(60 * 24 * 30)
        for person in (who, other):
            refused = procedures.activate(
                kit.bank,
                person.customer_id,
                who.token.serial,  # type: ignore[union-attr]
                kit.code(who),
            )
            assert refused == Refused(Refusal.ACTIVATION_REFUSED)
        order = staff.all_orders(kit.bank, who.login_id)[-1]
        with pytest.raises(StaffError, match="在庫にありません"):
            staff.dispatch(kit.bank, "staff01", order.order_id, who.token.serial)  # type: ignore[union-attr]

    def test_without_an_otp_field(self, kit_with: KitWith) -> None:
        kit = kit_with(deactivation_otp="absent")
        who = kit.person()
        assert not procedures.portal(kit.bank, who.customer_id).deactivation_asks_otp
        ended = procedures.deactivate(kit.bank, who.customer_id, who.confirmation, None)
        assert ended == Deactivated(Kind.HARDWARE)

    def test_a_pending_issue_may_be_cancelled_where_declared(self, kit_with: KitWith) -> None:
        kit = kit_with(deactivate_when_issued="allowed")
        who = kit.person("issued")
        ended = procedures.deactivate(kit.bank, who.customer_id, who.confirmation, None)
        assert ended == Deactivated(Kind.HARDWARE)
        assert kit.status(who) == "not_registered"
        assert [token.state for token in staff.all_tokens(kit.bank)] == ["retired"]
