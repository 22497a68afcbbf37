"""What customers can and cannot do, through the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from bank_kit import EXPIRY, Kit

from reference_impl.domain.words import Kind, Refusal, Refused, Status
from reference_impl.service import control, login, procedures, staff
from reference_impl.service.login import LoginOk, OtpNeeded
from reference_impl.service.procedures import Activated, Deactivated, Issued

KitWith = Callable[..., Kit]
WRONG_OTP = Refused(Refusal.OTP_REFUSED, "otp")


def test_the_whole_way_of_the_manual(kit: Kit) -> None:
    who, token = kit.person("not_registered"), kit.token()
    assert kit.login(who, "") == LoginOk(who.customer_id)
    issued = procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation)
    assert issued == Issued(Kind.HARDWARE, issued.order_id)
    assert kit.status(who) == "issued"
    assert kit.login(who, "") == LoginOk(who.customer_id)
    order = staff.dispatch(kit.bank, "staff01", issued.order_id, token.serial)
    assert (order.status, order.serial, order.ship_to) == (
        "dispatched",
        token.serial,
        staff.find_customer(kit.bank, who.login_id).address,  # type: ignore[union-attr]
    )
    done = procedures.activate(kit.bank, who.customer_id, token.serial, kit.code(token))
    assert done == Activated(Kind.HARDWARE, token.serial, EXPIRY)
    assert login.authenticate(kit.bank, who.login_id, who.password, None) == OtpNeeded(
        who.customer_id
    )
    kit.tick()
    assert kit.login(who, kit.code(token)) == LoginOk(who.customer_id)
    kit.tick()
    ended = procedures.deactivate(kit.bank, who.customer_id, who.confirmation, kit.code(token))
    assert ended == Deactivated(Kind.HARDWARE)
    assert kit.status(who) == "not_registered"
    assert kit.login(who, "") == LoginOk(who.customer_id)
    subjects = [notice.subject for notice in control.outbox(kit.bank, who.login_id)]
    assert subjects == [
        "トークン発行の受付",
        "ハードウェアトークンの発送",
        "ワンタイムパスワード利用開始の完了",
        "ワンタイムパスワード利用解除の受付",
    ]


def test_software_needs_no_dispatch(kit: Kit) -> None:
    who = kit.person("not_registered")
    made = kit.token("software")
    assert isinstance(
        procedures.issue(kit.bank, who.customer_id, "software", who.confirmation), Issued
    )
    assert kit.serial(who) == made.serial
    done = procedures.activate(kit.bank, who.customer_id, "ignored", kit.code(made))
    assert done == Activated(Kind.SOFTWARE, made.serial, EXPIRY)


def test_a_reserved_software_token_goes_to_nobody_else(kit: Kit) -> None:
    mine, other = kit.person("not_registered"), kit.person("not_registered")
    control.add_token(
        kit.bank,
        serial="20000001",
        secret=b"another-made-up-secret",
        kind="software",
        expires_at=EXPIRY,
        reserved_for=mine.login_id,
    )
    for who in (other, mine):
        procedures.issue(kit.bank, who.customer_id, "software", who.confirmation)
    assert kit.serial(mine) == "20000001"
    assert kit.serial(other) != "20000001"


@pytest.mark.parametrize("function", ["login", "deactivate"])
def test_a_code_used_at_activation_is_used_everywhere(kit: Kit, function: str) -> None:
    who = kit.person("issued")
    code = kit.code(who)
    assert isinstance(
        procedures.activate(kit.bank, who.customer_id, who.token.serial, code), Activated
    )  # type: ignore[union-attr]
    if function == "login":
        assert kit.login(who, code) == WRONG_OTP
    else:
        assert procedures.deactivate(kit.bank, who.customer_id, who.confirmation, code) == WRONG_OTP


def test_a_login_code_does_not_deactivate_nor_log_in_again(kit: Kit) -> None:
    who = kit.person()
    code = kit.code(who)
    assert kit.login(who, code) == LoginOk(who.customer_id)
    assert procedures.deactivate(kit.bank, who.customer_id, who.confirmation, code) == WRONG_OTP
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
    kit = kit_with(reissue_when_issued="replaces")
    who = kit.person("issued")
    again = procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation)
    assert isinstance(again, Issued)
    assert [o.status for o in staff.all_orders(kit.bank, who.login_id)] == ["cancelled", "accepted"]
    late = procedures.activate(kit.bank, who.customer_id, who.token.serial, kit.code(who))  # type: ignore[union-attr]
    assert late == Refused(Refusal.ACTIVATION_REFUSED)


def test_status_at_dispatch_where_declared(kit_with: KitWith) -> None:
    kit = kit_with(issued_moment="dispatch")
    who, token = kit.person("not_registered"), kit.token()
    order = procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation)
    assert procedures.portal(kit.bank, who.customer_id).status is Status.NOT_REGISTERED
    again = procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation)
    assert again == Refused(Refusal.ALREADY_ISSUED)
    assert procedures.may_activate(kit.bank, who.customer_id) == Refused(Refusal.NOT_ISSUED)
    staff.dispatch(kit.bank, "staff01", order.order_id)
    assert procedures.portal(kit.bank, who.customer_id).status is Status.ISSUED
    done = procedures.activate(kit.bank, who.customer_id, token.serial, kit.code(token))
    assert isinstance(done, Activated)


def test_burnt_on_submission_where_declared(kit_with: KitWith) -> None:
    kit = kit_with(consumption="on_submission", login_flow="one_page")
    who = kit.person()
    authenticate = partial(login.authenticate, kit.bank)
    assert authenticate(who.login_id, "wrong", kit.code(who)) == Refused(Refusal.BAD_CREDENTIALS)
    assert authenticate(who.login_id, who.password, kit.code(who)) == WRONG_OTP
    kit.tick()
    refused = procedures.deactivate(kit.bank, who.customer_id, "zzzzzz9", kit.code(who))
    assert refused.reason is Refusal.CONFIRMATION_WRONG
    assert authenticate(who.login_id, who.password, kit.code(who)) == WRONG_OTP


def test_one_page_login(kit_with: KitWith) -> None:
    kit = kit_with(login_flow="one_page")
    who, plain = kit.person(), kit.person("not_registered")
    authenticate = partial(login.authenticate, kit.bank)
    for missing in (None, ""):
        required = Refused(Refusal.OTP_REQUIRED, "otp")
        assert authenticate(who.login_id, who.password, missing) == required
    assert authenticate(who.login_id, who.password, kit.code(who)) == LoginOk(who.customer_id)
    assert authenticate(plain.login_id, plain.password, "") == LoginOk(plain.customer_id)


@pytest.mark.parametrize("login_id", ["nobody", "", "\x00", "\ud800", "demo' OR 1=1 --", "％"])
def test_unknown_and_odd_login_ids(kit: Kit, login_id: str) -> None:
    refused = login.authenticate(kit.bank, login_id, "pass\ud800\x00", None)
    assert refused == Refused(Refusal.BAD_CREDENTIALS)


def test_a_third_kind_is_refused(kit: Kit) -> None:
    who = kit.person("not_registered")
    for kind in ("", "Hardware", "third", "hardware\x00"):
        refused = procedures.issue(kit.bank, who.customer_id, kind, who.confirmation)
        assert refused == Refused(Refusal.UNKNOWN_KIND)


def test_change_of_kind_waits_for_the_next_day_and_never_goes_back(kit: Kit) -> None:
    who = kit.person("in_service", "software")
    procedures.deactivate(kit.bank, who.customer_id, who.confirmation, kit.code(who))
    issue = partial(procedures.issue, kit.bank)
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
    procedures.activate(kit.bank, who.customer_id, who.token.serial, codes[0])
    kit.tick()
    codes += [kit.code(who), kit.wrong(who)]
    kit.login(who, codes[2])
    procedures.deactivate(kit.bank, who.customer_id, who.confirmation, codes[1])
    login.authenticate(kit.bank, "my-secret-typed-as-id", who.password, None)
    written = kit.audit_lines() + repr(control.outbox(kit.bank))
    secrets = [*codes, who.password, who.confirmation, "my-secret-typed-as-id"]
    assert not [secret for secret in secrets if secret in written]
