"""Staff, sessions, test preparation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from bank_kit import EXPIRY, Kit

from reference_impl.demo import seed_demo
from reference_impl.domain.policy import Policy
from reference_impl.domain.words import Refusal, Refused, Status
from reference_impl.service import control, login, procedures, staff
from reference_impl.service.bank import build_bank
from reference_impl.service.login import LoginOk
from reference_impl.service.staff import StaffError
from reference_impl.settings import Profile, Settings

KitWith = Callable[..., Kit]
NO_SUCH = "x" * 43


class TestSessions:
    def test_idle_limit_by_the_banks_clock(self, kit: Kit) -> None:
        who = kit.person("not_registered")
        session = login.open_session(kit.bank, who.customer_id)
        kit.clock.move_to(kit.clock() + timedelta(minutes=14, seconds=59))
        assert login.session(kit.bank, session) == who.customer_id
        kit.clock.move_to(kit.clock() + timedelta(minutes=14, seconds=59))
        assert login.session(kit.bank, session) == who.customer_id
        kit.clock.move_to(kit.clock() + timedelta(minutes=15))
        assert login.session(kit.bank, session) is None

    def test_absolute_limit(self, kit: Kit) -> None:
        who = kit.person("not_registered")
        session = login.open_session(kit.bank, who.customer_id)
        alive = 0
        while login.session(kit.bank, session) is not None and alive < 1000:
            kit.tick(10)
            alive += 10
        assert alive == Policy().session_absolute_minutes

    def test_logout_is_final_and_idempotent(self, kit: Kit) -> None:
        who = kit.person("not_registered")
        session = login.open_session(kit.bank, who.customer_id)
        other = login.open_session(kit.bank, who.customer_id)
        login.close_session(kit.bank, session)
        login.close_session(kit.bank, session)
        assert login.session(kit.bank, session) is None
        assert login.session(kit.bank, other) == who.customer_id

    def test_a_pending_login_is_no_session_and_lives_five_minutes(self, kit: Kit) -> None:
        who = kit.person()
        pending = login.open_pending(kit.bank, who.customer_id)
        full = login.open_session(kit.bank, who.customer_id)
        assert login.session(kit.bank, pending) is None
        assert login.pending(kit.bank, full) is None
        assert login.staff_session(kit.bank, full) is None
        assert login.pending(kit.bank, pending) == who.customer_id
        kit.clock.move_to(kit.clock() + timedelta(minutes=5))
        assert login.pending(kit.bank, pending) is None

    @pytest.mark.parametrize("text", ["", NO_SUCH, "\x00", "\ud800", "日本語"])
    def test_unknown_identifiers_open_nothing(self, kit: Kit, text: str) -> None:
        assert login.session(kit.bank, text) is None
        assert login.staff_session(kit.bank, text) is None

    def test_identifiers_are_long_and_not_stored(self, kit: Kit, tmp_path: object) -> None:
        who = kit.person("not_registered")
        session = login.open_session(kit.bank, who.customer_id)
        assert len(session) >= 43  # 256 bits in Base64
        kit.reopen()
        assert login.session(kit.bank, session) == who.customer_id
        stored = b"".join(p.read_bytes() for p in tmp_path.glob("bank.sqlite3*"))  # type: ignore[attr-defined]
        assert session.encode() not in stored

    @pytest.mark.parametrize("live", ["kept", "cut"])
    def test_suspension_cuts_sessions_or_keeps_them(self, kit_with: KitWith, live: str) -> None:
        kit = kit_with(live_sessions=live)
        who, other = kit.person(), kit.person()
        mine = login.open_session(kit.bank, who.customer_id)
        theirs = login.open_session(kit.bank, other.customer_id)
        for _ in range(5):
            kit.login(who, kit.wrong(who))
        kept = live == "kept"
        assert (login.session(kit.bank, mine) == who.customer_id) is kept
        assert login.session(kit.bank, theirs) == other.customer_id
        late = login.open_session(kit.bank, who.customer_id)
        assert (login.session(kit.bank, late) == who.customer_id) is kept


class TestStaff:
    def test_login_session_logout(self, kit: Kit) -> None:
        control.add_staff(kit.bank, "staff01", "made-up-password")
        assert isinstance(login.staff_login(kit.bank, "staff01", "wrong"), Refused)
        assert isinstance(login.staff_login(kit.bank, "nobody", "made-up-password"), Refused)
        assert isinstance(login.staff_login(kit.bank, "\x00", "made-up-password"), Refused)
        session = login.staff_login(kit.bank, "staff01", "made-up-password")
        assert isinstance(session, str)
        assert login.staff_session(kit.bank, session) == "staff01"
        assert login.session(kit.bank, session) is None
        login.close_session(kit.bank, session)
        assert login.staff_session(kit.bank, session) is None
        actions = [line.action for line in staff.audit_trail(kit.bank)]
        assert actions[:4] == ["staff_login", *["staff_login_refused"] * 3]

    def test_dispatch_once_from_stock(self, kit: Kit) -> None:
        who = kit.person("issued", sent=False)
        order = staff.all_orders(kit.bank, who.login_id)[0]
        dispatch = partial(staff.dispatch, kit.bank)
        with pytest.raises(StaffError, match="在庫にありません"):
            dispatch("staff01", order.order_id)
        taken, soft = kit.person("issued"), kit.token("software")
        old = kit.token(expires_at=kit.clock())
        for serial, why in [
            ("99999999", "ありません"),
            (taken.token.serial, "在庫にありません"),  # type: ignore[union-attr]
            (soft.serial, "種類が違います"),
            (old.serial, "有効期限"),
            ("\x00", "ありません"),
        ]:
            with pytest.raises(StaffError, match=why):
                dispatch("staff01", order.order_id, serial)
        token = kit.token()
        assert dispatch("staff01", order.order_id).serial == token.serial
        with pytest.raises(StaffError, match="発送待ちではありません"):
            dispatch("staff01", order.order_id, kit.token().serial)
        with pytest.raises(StaffError, match="申請番号"):
            dispatch("staff01", 10_000)
        lines = [line for line in staff.audit_trail(kit.bank) if line.action == "dispatch"]
        assert len(lines) == 1
        line = lines[0]
        assert line.actor == "staff01"
        assert (line.subject, line.detail) == (who.login_id, token.serial)

    def test_unlock_needs_circumstances_and_a_suspension(self, kit: Kit) -> None:
        who = kit.person("suspended")
        with pytest.raises(StaffError, match="状況"):
            staff.unlock(kit.bank, "staff01", who.login_id, " \n")
        with pytest.raises(StaffError, match="お客さま"):
            staff.unlock(kit.bank, "staff01", "nobody", "電話で確認")
        staff.unlock(kit.bank, "staff01", who.login_id, "電話で確認")
        assert staff.audit_trail(kit.bank)[0].detail == "電話で確認"
        with pytest.raises(StaffError, match="停止状態ではありません"):
            staff.unlock(kit.bank, "staff01", who.login_id, "電話で確認")

    @pytest.mark.parametrize("status", ["in_service", "suspended", "issued"])
    def test_revoke_retires_at_once_also_for_pending_logins(self, kit: Kit, status: str) -> None:
        who = kit.person(status)
        pending = login.open_pending(kit.bank, who.customer_id)
        staff.revoke(kit.bank, "staff01", who.login_id, "紛失")
        assert kit.status(who) == "not_registered"
        assert [token.state for token in staff.all_tokens(kit.bank)] == ["retired"]
        assert login.pending(kit.bank, pending) is None
        late = login.authenticate_otp(kit.bank, who.customer_id, kit.code(who))
        assert late == Refused(Refusal.OTP_REFUSED, "otp")
        assert kit.login(who, "") == LoginOk(who.customer_id)
        with pytest.raises(StaffError, match="トークンがありません"):
            staff.revoke(kit.bank, "staff01", who.login_id, "紛失")


class TestPreparation:
    @pytest.mark.parametrize(
        ("status", "shown", "state"),
        [
            ("issued", Status.ISSUED, "allotted"),
            ("in_service", Status.IN_SERVICE, "active"),
            ("suspended", Status.SUSPENDED, "active"),
            ("deactivated", Status.NOT_REGISTERED, "retired"),
        ],
    )
    @pytest.mark.parametrize("kind", ["hardware", "software"])
    def test_every_state(self, kit: Kit, kind: str, status: str, shown: Status, state: str) -> None:
        who = kit.person(status, kind)
        assert procedures.portal(kit.bank, who.customer_id).status is shown
        assert [token.state for token in staff.all_tokens(kit.bank)] == [state]
        assert control.outbox(kit.bank, who.login_id) == ()

    def test_nonsense_is_refused_and_leaves_nothing(self, kit: Kit) -> None:
        soft, used = kit.token("software"), kit.person("in_service")
        good = {
            "login_id": None,
            "login_password": None,
            "confirmation_password": None,
            "name": None,
            "address": None,
            "status": "in_service",
            "kind": "hardware",
            "token_serial": None,
        }
        for wrong, why in [
            ({}, "token_serial が必要"),
            ({"status": "closed"}, "status は"),
            ({"status": "issued", "kind": "paper"}, "kind は"),
            ({"status": "not_registered", "token_serial": soft.serial}, "指定できません"),
            ({"token_serial": soft.serial}, "種類が違います"),
            ({"token_serial": "99999999"}, "ありません"),
            ({"token_serial": used.token.serial}, "在庫にありません"),  # type: ignore[union-attr]
            ({"status": "issued", "login_id": used.login_id}, "既に使われています"),
            ({"status": "issued", "login_id": " x"}, "ID は"),
            ({"status": "issued", "confirmation_password": "短い"}, "確認用パスワード"),
        ]:
            with pytest.raises(StaffError, match=why):
                control.create_customer(kit.bank, **{**good, **wrong})  # type: ignore[arg-type]
        assert len(staff.all_customers(kit.bank)) == 1

    def test_tokens_that_cannot_be(self, kit: Kit) -> None:
        kit.token(serial="10110998")
        for serial, secret, kind, reserved, why in [
            ("10110998", b"s" * 20, "hardware", None, "既に登録"),
            ("1011099", b"s" * 20, "hardware", None, "桁"),
            ("10110999", b"s" * 15, "hardware", None, "シード"),
            ("10110999", b"s" * 20, "paper", None, "kind は"),
            ("10110999", b"s" * 20, "hardware", "someone", "取り置き"),
        ]:
            with pytest.raises(StaffError, match=why):
                control.add_token(
                    kit.bank,
                    serial=serial,
                    secret=secret,
                    kind=kind,
                    expires_at=EXPIRY,
                    reserved_for=reserved,
                )

    def test_reset_keeps_staff_and_forgets_the_rest(self, kit: Kit) -> None:
        control.add_staff(kit.bank, "staff01", "made-up-password")
        who = kit.person()
        session = login.open_session(kit.bank, who.customer_id)
        kit.login(who, kit.wrong(who), "form-1")
        control.reset(kit.bank)
        kit.reopen()
        assert staff.all_customers(kit.bank) == ()
        assert staff.all_tokens(kit.bank) == ()
        assert staff.all_orders(kit.bank) == ()
        assert control.outbox(kit.bank) == ()
        assert login.session(kit.bank, session) is None
        assert isinstance(login.staff_login(kit.bank, "staff01", "made-up-password"), str)

    def test_codes_are_shown_in_demonstrations_only(self, kit: Kit) -> None:
        who = kit.person()
        assert who.token is not None
        with pytest.raises(StaffError, match="デモ"):
            control.current_code(kit.bank, who.token.serial)
        settings = Settings(database=kit.settings.database, profile=Profile.TEST, demo=True)
        demo = build_bank(settings, kit.clock)
        assert control.current_code(demo, who.token.serial) == kit.code(who)

    def test_demo_accounts_work_and_can_be_made_again(self, kit: Kit) -> None:
        given = {"OTP_DEMO_LOGIN_PASSWORD": "made-up-password"}
        first, again = seed_demo(kit.bank, given), seed_demo(kit.bank, given)
        names = [c["login_id"] for made in (first, again) for c in made["customers"]]
        assert names == ["demo-0001", "demo-0002", "demo-0003", "demo-0004"]
        answer = login.authenticate(kit.bank, "demo-0001", "made-up-password", None)
        assert isinstance(answer, LoginOk)
        assert isinstance(
            login.staff_login(kit.bank, again["staff_id"], again["staff_password"]), str
        )
        assert len(first["stock"]) == 3


def test_expiry_and_times_come_back_as_the_same_moment(kit: Kit) -> None:
    moment = datetime.fromisoformat("2012-02-07T14:05:00+09:00")
    token = kit.token(expires_at=moment)
    stored = staff.all_tokens(kit.bank)[0]
    assert (stored.serial, stored.expires_at) == (token.serial, moment)
    assert stored.expires_at.tzinfo is not None
