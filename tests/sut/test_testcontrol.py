"""The test-control client, and what is built on it, against a scripted server."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest

from otp_conformance.assets.made_up import TokenRules, new_password
from otp_conformance.assets.port import Need
from otp_conformance.assets.test_control import TestControlProvisioner
from otp_conformance.calls.test_control import TestControl
from otp_conformance.calls.trouble import ServerFault
from otp_conformance.clock.moved import SteeredClock
from otp_conformance.clock.port import TOKYO
from otp_conformance.specification.words import Kind, Status
from otp_conformance.staff.test_control import TestControlStaffDesk
from otp_conformance.tokens import SimulatedToken
from otp_conformance.tokens.port import Display, TokenAsset
from otp_conformance.verdict.outcome import (
    DeclarationMismatch,
    EnvironmentTrouble,
    Outcome,
    SetupFailed,
)

NOW = "2026-11-24T10:00:20+09:00"
BASE = "http://127.0.0.1:8000"


class Script:
    """Answers as told and remembers what was asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = {"GET clock": {"now": NOW}, **answers}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.keys: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path.startswith("/test-control/v1/")
        what = f"{request.method} {request.url.path.removeprefix('/test-control/v1/')}"
        body = json.loads(request.content) if request.content else dict(request.url.params)
        self.keys.add(request.headers["X-Test-Control-Key"])
        self.asked.append((what, body))
        answer = self.answers[what]
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, json=answer(body) if callable(answer) else answer)

    def control(self) -> TestControl:
        return TestControl(BASE, "/test-control/v1", "the-key", transport=httpx.MockTransport(self))


def registered(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in ("serial", "kind", "expires_at")} | {"state": "stock"}


def made(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "serial": body.get("token_serial")}


PROVISIONING: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "POST tokens": registered,
    "POST customers": made,
}


class TestClient:
    def test_the_key_goes_along(self) -> None:
        script = Script({})
        assert script.control().now() == datetime.fromisoformat(NOW)
        assert script.keys == {"the-key"}

    @pytest.mark.parametrize(
        ("status", "outcome", "words"),
        [
            (500, ServerFault, "HTTP 500"),
            (401, DeclarationMismatch, "鍵"),
            (403, DeclarationMismatch, "鍵"),
            (404, DeclarationMismatch, "/test-control/v1/clock"),
            (409, SetupFailed, "在庫がありません"),
            (422, SetupFailed, "在庫がありません"),
        ],
    )
    def test_refusals(self, status: int, outcome: type[Outcome], words: str) -> None:
        error = {"error": {"code": "x", "message": "在庫がありません"}}
        script = Script({"GET clock": httpx.Response(status, json=error)})
        with pytest.raises(outcome, match=words) as caught:
            script.control().now()
        assert type(caught.value) is outcome
        assert "the-key" not in f"{caught.value}{caught.value.hint}"

    def test_an_unknown_thing_is_not_an_unknown_path(self) -> None:
        error = {"error": {"code": "x", "message": "いません", "field": "login_id"}}
        script = Script({"GET clock": httpx.Response(404, json=error)})
        with pytest.raises(SetupFailed, match="login_id"):
            script.control().now()

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(200, text="<html>"),
            httpx.Response(200, json=[1]),
            httpx.Response(200, json={}),
            httpx.Response(200, json={"now": "いま"}),
            httpx.Response(200, json={"now": "2026-11-24T10:00:20"}),
        ],
    )
    def test_foreign_answers(self, answer: httpx.Response) -> None:
        with pytest.raises(EnvironmentTrouble, match="応答を読めません"):
            Script({"GET clock": answer}).control().now()

    def test_nobody_there(self) -> None:
        def refuse(_: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("no")

        control = TestControl(BASE, "/x", "k", transport=httpx.MockTransport(refuse))
        with pytest.raises(EnvironmentTrouble, match="検査対象に接続できません"):
            control.now()

    def test_silence(self) -> None:
        def wait(_: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("slow")

        control = TestControl(BASE, "/x", "k", transport=httpx.MockTransport(wait))
        with pytest.raises(EnvironmentTrouble, match="30 秒"):
            control.now()


class TestClock:
    def test_speaks_tokyo_time(self) -> None:
        clock = SteeredClock(Script({"GET clock": {"now": "2026-11-24T01:00:20+00:00"}}).control())
        now = clock.now()
        assert (now.hour, now.tzinfo) == (10, TOKYO)
        assert clock.steerable

    def test_moves(self) -> None:
        script = Script({"PUT clock": {"now": NOW}})
        SteeredClock(script.control()).move_to(datetime(2028, 2, 29, tzinfo=UTC))
        assert script.asked == [("PUT clock", {"now": "2028-02-29T00:00:00+00:00"})]

    def test_refuses_a_moment_without_zone(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            SteeredClock(Script({}).control()).move_to(datetime(2028, 2, 29))  # noqa: DTZ001


class TestToken:
    SEED = b"12345678901234567890"  # RFC 6238 appendix B
    ASSET = TokenAsset("012345678901", Kind.HARDWARE, datetime(2031, 1, 1, tzinfo=TOKYO))

    @pytest.mark.parametrize(
        ("second", "code"),
        [(59, "94287082"), (1111111109, "07081804"), (20000000000, "65353130")],
    )
    def test_rfc_6238_vectors(self, second: int, code: str) -> None:
        token = SimulatedToken(self.ASSET, self.SEED, Display(8, 30))
        assert token.code_at(datetime.fromtimestamp(second, tz=UTC)) == code

    def test_shows_nothing_secret(self) -> None:
        learnt: list[str] = []
        token = SimulatedToken(self.ASSET, self.SEED, Display(), on_secret=learnt.append)
        code = token.code_at(datetime(2026, 11, 24, tzinfo=TOKYO))
        assert learnt == [code]
        encoded = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        assert encoded not in repr(token)
        assert repr(self.SEED) not in repr(token)
        assert "012345678901" in repr(token)

    def test_refuses_a_moment_without_zone(self) -> None:
        token = SimulatedToken(self.ASSET, self.SEED, Display())
        with pytest.raises(ValueError, match="time zone"):
            token.code_at(datetime(2026, 11, 24))  # noqa: DTZ001


class TestProvisioner:
    def test_not_registered_has_no_token(self) -> None:
        script = Script(PROVISIONING)
        got = TestControlProvisioner(script.control()).customer(Need(Status.NOT_REGISTERED))
        assert got.token is None
        ((what, body),) = script.asked
        assert (what, body["status"]) == ("POST customers", "not_registered")
        assert "token_serial" not in body
        assert got.account.login_id == body["login_id"]
        assert got.account.login_password == body["login_password"]

    @pytest.mark.parametrize("status", [s for s in Status if s is not Status.NOT_REGISTERED])
    @pytest.mark.parametrize("kind", list(Kind))
    def test_other_states_come_with_their_token(self, status: Status, kind: Kind) -> None:
        script = Script(PROVISIONING)
        provisioner = TestControlProvisioner(script.control())
        got = provisioner.customer(Need(status, kind, serial_length=8))
        assert got.token is not None
        token_request = dict(script.asked)["POST tokens"]
        assert token_request["kind"] == kind
        assert dict(script.asked)["POST customers"]["token_serial"] == got.token.asset.serial
        assert len(got.token.asset.serial) == 8
        assert got.token.asset.expires_at > datetime.fromisoformat(NOW) + timedelta(days=1800)
        assert provisioner.device(got.token.asset.serial) is got.token

    def test_the_device_has_the_registered_seed(self) -> None:
        script = Script(PROVISIONING)
        rules = TokenRules(Display(8, 30))
        token = TestControlProvisioner(script.control(), rules).token(Need())
        seed = dict(script.asked)["POST tokens"]["secret_base32"]
        moment = datetime.fromisoformat(NOW)
        assert token.code_at(moment) == pyotp.TOTP(seed, digits=8, interval=30).at(moment)

    def test_nothing_is_handed_out_twice(self) -> None:
        provisioner = TestControlProvisioner(Script(PROVISIONING).control())
        customers = [provisioner.customer(Need(Status.IN_SERVICE)) for _ in range(20)]
        assert len({c.account.login_id for c in customers}) == 20
        assert len({c.account.login_password for c in customers}) == 20
        assert len({c.token.asset.serial for c in customers if c.token}) == 20

    def test_a_state_that_did_not_come_about(self) -> None:
        script = Script({**PROVISIONING, "POST customers": lambda b: {**b, "status": "issued"}})
        with pytest.raises(SetupFailed, match="issued"):
            TestControlProvisioner(script.control()).customer(Need(Status.SUSPENDED))

    def test_reserved_software_token(self) -> None:
        script = Script(PROVISIONING)
        token = TestControlProvisioner(script.control()).reserve_software_token("somebody")
        body = dict(script.asked)["POST tokens"]
        assert (body["reserved_for"], body["kind"]) == ("somebody", "software")
        assert token.asset.kind is Kind.SOFTWARE

    def test_unknown_device(self) -> None:
        with pytest.raises(SetupFailed, match="000"):
            TestControlProvisioner(Script({}).control()).device("000")

    def test_every_secret_is_told(self) -> None:
        learnt: list[str] = []
        script = Script(PROVISIONING)
        provisioner = TestControlProvisioner(script.control(), on_secret=learnt.append)
        account = provisioner.customer(Need(Status.ISSUED)).account
        assert account.login_password in learnt
        assert account.confirmation_password in learnt
        assert dict(script.asked)["POST tokens"]["secret_base32"] in learnt
        assert account.login_password not in repr(account)

    @pytest.mark.parametrize(
        ("shortest", "longest", "length"), [(6, 12, 8), (10, 12, 10), (4, 6, 6)]
    )
    def test_confirmation_password_fits_the_declaration(
        self, shortest: int, longest: int, length: int
    ) -> None:
        rules = TokenRules(confirmation_min_length=shortest, confirmation_max_length=longest)
        provisioner = TestControlProvisioner(Script(PROVISIONING).control(), rules)
        account = provisioner.customer(Need(Status.NOT_REGISTERED)).account
        assert len(account.confirmation_password) == length

    def test_passwords_mix_letters_and_digits(self) -> None:
        for _ in range(50):
            password = new_password(6)
            assert password.isascii()
            assert password.isalnum()
            assert any(c.isalpha() for c in password)
            assert any(c.isdigit() for c in password)


ORDER: dict[str, Any] = {
    "order_id": 2,
    "login_id": "a",
    "name": "n",
    "kind": "hardware",
    "ship_to": "みほん県",
    "status": "dispatched",
    "serial": "1",
    "applied_at": NOW,
    "dispatched_at": NOW,
}


class TestStaff:
    def desk(self, script: Script) -> TestControlStaffDesk:
        control = script.control()
        return TestControlStaffDesk(control)

    def test_orders_oldest_first(self) -> None:
        older = {**ORDER, "order_id": 1, "serial": None, "status": "cancelled"}
        script = Script({"GET staff/orders": {"orders": [ORDER, older]}})
        orders = self.desk(script).orders("a")
        assert [order.status for order in orders] == ["cancelled", "dispatched"]
        assert orders[0].serial is None
        assert orders[1].ship_to == "みほん県"

    def test_dispatch_sends_the_named_token(self) -> None:
        script = Script({"POST staff/dispatch": lambda body: {**body, "ship_to": "x"}})
        assert self.desk(script).dispatch("a", "777") == "777"
        assert script.asked == [("POST staff/dispatch", {"login_id": "a", "serial": "777"})]

    def test_unlock_and_revoke(self) -> None:
        script = Script({"POST staff/unlock": {}, "POST staff/revoke": {}})
        desk = self.desk(script)
        desk.unlock("a", "電話で確認")
        desk.revoke("a")
        assert script.asked[0] == (
            "POST staff/unlock",
            {"login_id": "a", "circumstances": "電話で確認"},
        )
        assert script.asked[1][1]["reason"]
