"""What customers can and cannot do, through the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from bank_kit import EXPIRY, Kit

from reference_impl.domain.policy import (
    Consumption,
    IssuedMoment,
    LoginFlow,
    Reissue,
)
from reference_impl.service.contract import (
    Activated,
    Deactivated,
    Issued,
    Kind,
    LoginOk,
    OtpNeeded,
    Refusal,
    Refused,
    Status,
)

KitWith = Callable[..., Kit]
WRONG_OTP = Refused(Refusal.OTP_REFUSED, "otp")


def test_the_whole_way_of_the_manual(kit: Kit) -> None:
    who, token = kit.person("not_registered"), kit.token()
    assert kit.login(who, "") == LoginOk(who.customer_id)
    issued = kit.customers.issue(who.customer_id, "hardware", who.confirmation)
    assert issued == Issued(Kind.HARDWARE, issued.order_id)
    assert kit.status(who) == "issued"
    assert kit.login(who, "") == LoginOk(who.customer_id)
    order = kit.bank.staff.dispatch("staff01", issued.order_id, token.serial)
    assert (order.status, order.serial, order.ship_to) == (
        "dispatched",
        token.serial,
        kit.bank.staff.find_customer(who.login_id).address,  # type: ignore[union-attr]
    )
    done = kit.customers.activate(who.customer_id, token.serial, kit.code(token))
    assert done == Activated(Kind.HARDWARE, token.serial, EXPIRY)
    assert kit.customers.authenticate(who.login_id, who.password, None) == OtpNeeded(
        who.customer_id
    )
    kit.tick()
    assert kit.login(who, kit.code(token)) == LoginOk(who.customer_id)
    kit.tick()
    ended = kit.customers.deactivate(who.customer_id, who.confirmation, kit.code(token))
    assert ended == Deactivated(Kind.HARDWARE)
    assert kit.status(who) == "not_registered"
    assert kit.login(who, "") == LoginOk(who.customer_id)
    subjects = [notice.subject for notice in kit.bank.control.outbox(who.login_id)]
    assert subjects == [
        "トークン発行の受付",
        "ハードウェアトークンの発送",
        "ワンタイムパスワード利用開始の完了",
        "ワンタイムパスワード利用解除の受付",
    ]


def test_software_needs_no_dispatch(kit: Kit) -> None:
    who = kit.person("not_registered")
    made = kit.token("software")
    assert isinstance(kit.customers.issue(who.customer_id, "software", who.confirmation), Issued)
    assert kit.customers.portal(who.customer_id).serial == made.serial
    done = kit.customers.activate(who.customer_id, "ignored", kit.code(made))
    assert done == Activated(Kind.SOFTWARE, made.serial, EXPIRY)


def test_a_reserved_software_token_goes_to_nobody_else(kit: Kit) -> None:
    mine, other = kit.person("not_registered"), kit.person("not_registered")
    kit.bank.control.add_token(
        serial="20000001",
        secret=b"another-made-up-secret",
        kind="software",
        expires_at=EXPIRY,
        reserved_for=mine.login_id,
    )
    for who in (other, mine):
        kit.customers.issue(who.customer_id, "software", who.confirmation)
    assert kit.customers.portal(mine.customer_id).serial == "20000001"
    assert kit.customers.portal(other.customer_id).serial != "20000001"


@pytest.mark.parametrize("function", ["login", "deactivate"])
def test_a_code_used_at_activation_is_used_everywhere(kit: Kit, function: str) -> None:
    who = kit.person("issued")
    code = kit.code(who)
    assert isinstance(kit.customers.activate(who.customer_id, who.token.serial, code), Activated)  # type: ignore[union-attr]
    if function == "login":
        assert kit.login(who, code) == WRONG_OTP
    else:
        assert kit.customers.deactivate(who.customer_id, who.confirmation, code) == WRONG_OTP


def test_a_login_code_does_not_deactivate_nor_log_in_again(kit: Kit) -> None:
    who = kit.person()
    code = kit.code(who)
    assert kit.login(who, code) == LoginOk(who.customer_id)
    assert kit.customers.deactivate(who.customer_id, who.confirmation, code) == WRONG_OTP
    kit.tick()  # still inside the backward window
    assert kit.login(who, code) == WRONG_OTP
    assert kit.login(who, kit.code(who)) == LoginOk(who.customer_id)


@pytest.mark.parametrize(
    ("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_the_window(kit: Kit, steps: int, *, good: bool) -> None:
    who = kit.person()
    assert (kit.login(who, kit.code(who, steps)) == LoginOk(who.customer_id)) is good


def test_an_equal_code_of_somebody_elses_token_is_theirs_to_use(kit: Kit) -> None:
    a = kit.person()
    b = kit.person()
    assert kit.login(a, kit.code(b)) == WRONG_OTP
    assert kit.login(b, kit.code(b)) == LoginOk(b.customer_id)


def test_issue_again_replaces_where_declared(kit_with: KitWith) -> None:
    kit = kit_with(reissue_when_issued=Reissue.REPLACES)
    who = kit.person("issued")
    again = kit.customers.issue(who.customer_id, "hardware", who.confirmation)
    assert isinstance(again, Issued)
    assert [o.status for o in kit.bank.staff.orders(who.login_id)] == ["cancelled", "accepted"]
    late = kit.customers.activate(who.customer_id, who.token.serial, kit.code(who))  # type: ignore[union-attr]
    assert late == Refused(Refusal.ACTIVATION_REFUSED)


def test_status_at_dispatch_where_declared(kit_with: KitWith) -> None:
    kit = kit_with(issued_moment=IssuedMoment.DISPATCH)
    who, token = kit.person("not_registered"), kit.token()
    order = kit.customers.issue(who.customer_id, "hardware", who.confirmation)
    assert kit.customers.portal(who.customer_id).status is Status.NOT_REGISTERED
    again = kit.customers.issue(who.customer_id, "hardware", who.confirmation)
    assert again == Refused(Refusal.ALREADY_ISSUED)
    assert kit.customers.may_activate(who.customer_id) == Refused(Refusal.NOT_ISSUED)
    kit.bank.staff.dispatch("staff01", order.order_id)
    assert kit.customers.portal(who.customer_id).status is Status.ISSUED
    done = kit.customers.activate(who.customer_id, token.serial, kit.code(token))
    assert isinstance(done, Activated)


def test_burnt_on_submission_where_declared(kit_with: KitWith) -> None:
    kit = kit_with(consumption=Consumption.ON_SUBMISSION, login_flow=LoginFlow.ONE_PAGE)
    who = kit.person()
    authenticate = kit.customers.authenticate
    assert authenticate(who.login_id, "wrong", kit.code(who)) == Refused(Refusal.BAD_CREDENTIALS)
    assert authenticate(who.login_id, who.password, kit.code(who)) == WRONG_OTP
    kit.tick()
    refused = kit.customers.deactivate(who.customer_id, "zzzzzz9", kit.code(who))
    assert refused.reason is Refusal.CONFIRMATION_WRONG
    assert authenticate(who.login_id, who.password, kit.code(who)) == WRONG_OTP


def test_one_page_login(kit_with: KitWith) -> None:
    kit = kit_with(login_flow=LoginFlow.ONE_PAGE)
    who, plain = kit.person(), kit.person("not_registered")
    authenticate = kit.customers.authenticate
    for missing in (None, ""):
        required = Refused(Refusal.OTP_REQUIRED, "otp")
        assert authenticate(who.login_id, who.password, missing) == required
    assert authenticate(who.login_id, who.password, kit.code(who)) == LoginOk(who.customer_id)
    assert authenticate(plain.login_id, plain.password, "") == LoginOk(plain.customer_id)


@pytest.mark.parametrize("login_id", ["nobody", "", "\x00", "\ud800", "demo' OR 1=1 --", "％"])
def test_unknown_and_odd_login_ids(kit: Kit, login_id: str) -> None:
    refused = kit.customers.authenticate(login_id, "pass\ud800\x00", None)
    assert refused == Refused(Refusal.BAD_CREDENTIALS)


def test_a_third_kind_is_refused(kit: Kit) -> None:
    who = kit.person("not_registered")
    for kind in ("", "Hardware", "third", "hardware\x00"):
        refused = kit.customers.issue(who.customer_id, kind, who.confirmation)
        assert refused == Refused(Refusal.UNKNOWN_KIND)


def test_change_of_kind_waits_for_the_next_day_and_never_goes_back(kit: Kit) -> None:
    who = kit.person("in_service", "software")
    kit.customers.deactivate(who.customer_id, who.confirmation, kit.code(who))
    issue = kit.customers.issue
    early = issue(who.customer_id, "hardware", who.confirmation)
    assert early == Refused(Refusal.TOO_EARLY)
    kit.clock.move_to(datetime.fromisoformat("2026-11-25T00:00:00+09:00"))
    assert isinstance(issue(who.customer_id, "hardware", who.confirmation), Issued)
    hard = kit.person("deactivated")
    kit.tick(60 * 48)
    assert issue(hard.customer_id, "software", hard.confirmation) == Refused(Refusal.HW_TO_SW)
    assert isinstance(issue(hard.customer_id, "hardware", hard.confirmation), Issued)


def test_no_secret_in_notices_or_audit(kit: Kit) -> None:
    who = kit.person("issued")
    assert who.token is not None
    codes = [kit.code(who)]
    kit.customers.activate(who.customer_id, who.token.serial, codes[0])
    kit.tick()
    codes += [kit.code(who), kit.wrong(who)]
    kit.login(who, codes[2])
    kit.customers.deactivate(who.customer_id, who.confirmation, codes[1])
    kit.customers.authenticate("my-secret-typed-as-id", who.password, None)
    written = kit.audit_lines() + repr(kit.bank.control.outbox())
    secrets = [*codes, who.password, who.confirmation, "my-secret-typed-as-id"]
    assert not [secret for secret in secrets if secret in written]
