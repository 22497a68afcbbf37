"""Staff over described HTTP calls, over commands, by a person, and not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from otp_conformance.calls.described import HttpCaller
from otp_conformance.calls.person import Ask, NobodyThere
from otp_conformance.commands import Commands
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.adapters.staff import OrderMembers, StaffCalls, StaffCommands
from otp_conformance.specification.words import Kind
from otp_conformance.staff.described import CommandStaffDesk, HttpStaffDesk, read_orders
from otp_conformance.staff.person import PersonStaffDesk
from otp_conformance.staff.port import AbsentStaffDesk, Order, StaffDesk
from otp_conformance.staff.test_control import TestControlStaffDesk
from otp_conformance.verdict.outcome import (
    DeclarationMismatch,
    EnvironmentTrouble,
    NotRun,
    SetupFailed,
)

VERBS: dict[str, Callable[[StaffDesk], object]] = {
    "orders": lambda desk: desk.orders("c1"),
    "dispatch": lambda desk: desk.dispatch("c1", "777"),
    "unlock": lambda desk: desk.unlock("c1", "電話で「確認」した"),
    "revoke": lambda desk: desk.revoke("c1"),
}
TWO = [
    {"id": 2, "no": "0123", "to": "A", "state": "sent", "type": "H", "void": False},
    {"id": 1, "no": None, "to": "A", "state": "open", "type": "S", "void": True},
]
MEMBERS = OrderMembers(
    list="data.items",
    sort_by="id",
    serial="no",
    ship_to="to",
    status="state",
    kind="type",
    hardware=("H",),
    cancelled="void",
)
MEMBERS_WITH_ID = MEMBERS.model_copy(update={"id": "id"})


# -- lists of orders -----------------------------------------------------------


def test_orders_are_read_as_declared() -> None:
    orders = read_orders({"data": {"items": TWO}}, MEMBERS, "c1")
    assert orders == (
        Order("c1", Kind.SOFTWARE, "A", "open", None, cancelled=True),
        Order("c1", Kind.HARDWARE, "A", "sent", "0123", cancelled=False),
    )


def test_the_members_by_default_are_those_of_the_test_control_api() -> None:
    raw = {"serial": "1", "ship_to": "A", "status": "cancelled", "kind": "software"}
    (order,) = read_orders({"orders": [raw]}, OrderMembers(), "c1")
    assert order == Order("c1", Kind.SOFTWARE, "A", "cancelled", "1", cancelled=True)
    assert order.cancelled


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"data": {}}, "order_members.list"),
        ({"data": {"items": {}}}, "配列ではありません"),
        ({"data": {"items": [{**TWO[0], "id": "x"}, TWO[1]]}}, "order_members.sort_by"),
        ({"data": {"items": [{"id": 1}]}}, "order_members"),
        (["x"], "order_members.list"),
    ],
)
def test_a_list_of_another_shape(answer: Any, word: str) -> None:
    with pytest.raises(DeclarationMismatch, match=word):
        read_orders(answer, MEMBERS, "c1")


# -- HTTP calls ----------------------------------------------------------------


class Vendor:
    """A vendor's API that remembers what it was asked."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.orders = TWO
        self.asked: list[tuple[str, str, Any, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        key = request.headers.get("Authorization", "")
        self.asked.append((request.method, request.url.raw_path.decode(), body, key))
        return httpx.Response(self.status, json={"data": {"items": self.orders}})

    def desk(self, members: OrderMembers = MEMBERS, **calls: HttpCall) -> HttpStaffDesk:
        def caller(key: str) -> HttpCaller:
            return HttpCaller(
                "http://bank.test/app/",
                ["bank.test"],
                what="職員の操作",
                key=key,
                secret=lambda reference: f"value of {reference}",
                transport=httpx.MockTransport(self),
            )

        return HttpStaffDesk(StaffCalls(**calls), members, caller)


SECRET = {"Authorization": "env:STAFF"}
CALLS = {
    "orders": HttpCall(method="GET", url="/api/c/{login_id}/orders", secret_headers=SECRET),
    "dispatch": HttpCall(url="/api/send", body='{"who": "{login_id}", "no": "{serial}"}'),
    "unlock": HttpCall(url="/api/unlock", body='{"who": "{login_id}", "why": "{circumstances}"}'),
    "revoke": HttpCall(method="DELETE", url="/api/token?of={login_id}&why={reason}"),
}


def test_each_verb_is_the_declared_call() -> None:
    vendor = Vendor()
    desk = vendor.desk(**CALLS)
    assert len(desk.orders("c/1")) == 2
    assert desk.dispatch("c1", "777") == "777"
    desk.unlock("c1", "電話で\n「確認」した {login_id}")
    desk.revoke("c1")
    get, send, unlock, revoke = vendor.asked
    assert get == ("GET", "/api/c/c%2F1/orders", None, "value of env:STAFF")
    assert send[2] == {"who": "c1", "no": "777"}
    assert unlock[2] == {"who": "c1", "why": "電話で\n「確認」した {login_id}"}
    assert revoke[1].startswith("/api/token?of=c1&why=%E7%B4%9B")


def test_dispatch_by_the_number_of_the_open_order() -> None:
    vendor = Vendor()
    by_number = HttpCall(url="/api/orders/{order_id}/send", body='{"no": "{serial}"}')
    desk = vendor.desk(**CALLS | {"dispatch": by_number}, members=MEMBERS_WITH_ID)
    with pytest.raises(SetupFailed, match="発送待ちの申請がありません"):
        desk.dispatch("c1", "777")
    vendor.orders = [*TWO, {**TWO[1], "id": 3, "void": False}]
    assert desk.dispatch("c1", "777") == "777"
    assert vendor.asked[-1][:3] == ("POST", "/api/orders/3/send", {"no": "777"})


def test_where_the_system_chooses_the_token_its_serial_is_read_off_the_orders() -> None:
    vendor = Vendor()
    desk = vendor.desk(**CALLS | {"dispatch": HttpCall(url="/api/send/{login_id}")})
    assert desk.dispatch("c1", "777") == "0123"
    assert [asked[1] for asked in vendor.asked] == ["/api/send/c1", "/api/c/c1/orders"]
    vendor.orders = [TWO[1]]
    with pytest.raises(SetupFailed, match=r"order_members|シリアル番号"):
        desk.dispatch("c1", "777")


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_without_a_call_is_not_run(verb: str) -> None:
    desk = Vendor().desk(**{name: call for name, call in CALLS.items() if name != verb})
    with pytest.raises(NotRun, match=f"adapters.staff.calls.{verb}"):
        VERBS[verb](desk)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(401, DeclarationMismatch), (409, SetupFailed), (503, EnvironmentTrouble)],
)
def test_refusals_of_a_call(status: int, outcome: type[Exception]) -> None:
    with pytest.raises(outcome, match=str(status)):
        Vendor(status).desk(**CALLS).unlock("c1", "x")


# -- commands ------------------------------------------------------------------

OFFICE = f"""
import json, os, sys
verb, *rest = sys.argv[1:]
print(json.dumps([verb, *rest, os.environ["OFFICE"]]), file=open("log", "a"))
if verb == "orders":
    print(json.dumps({{"data": {{"items": {TWO!r}}}}}))
"""


def office(tmp_path: Path, script: str = OFFICE, *, without: str = "") -> CommandStaffDesk:
    (tmp_path / "office.py").write_text(script, encoding="utf-8")
    words = {
        "orders": ("{login_id}",),
        "dispatch": ("{login_id}", "{serial}"),
        "unlock": ("{login_id}", "--why={circumstances}"),
        "revoke": ("{login_id}", "{reason}"),
    }
    commands = {
        verb: (sys.executable, "office.py", verb, *more)
        for verb, more in words.items()
        if verb != without
    }
    return CommandStaffDesk(
        StaffCommands(**commands), MEMBERS, Commands(tmp_path, {"OFFICE": "secret"})
    )


def test_each_verb_is_the_declared_command(tmp_path: Path) -> None:
    desk = office(tmp_path)
    assert [order.serial for order in desk.orders("c1")] == [None, "0123"]
    assert desk.dispatch("c1", "777") == "777"
    desk.unlock("c1; rm -rf $HOME", "a b")
    desk.revoke("c1")
    log = (tmp_path / "log").read_text().splitlines()
    assert [json.loads(line)[:3] for line in log] == [
        ["orders", "c1", "secret"],
        ["dispatch", "c1", "777"],
        ["unlock", "c1; rm -rf $HOME", "--why=a b"],
        ["revoke", "c1", "紛失の届出（検査）"],
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_without_a_command_is_not_run(tmp_path: Path, verb: str) -> None:
    with pytest.raises(NotRun, match=f"adapters.staff.commands.{verb}"):
        VERBS[verb](office(tmp_path, without=verb))


@pytest.mark.parametrize(
    ("script", "verb", "outcome", "word"),
    [
        ("import sys; sys.exit(3)", "unlock", SetupFailed, "終了コード 3"),
        ("import sys; sys.exit(4)", "unlock", EnvironmentTrouble, "終了コード 4"),
        ("print('no json')", "orders", DeclarationMismatch, "JSON として読めない"),
        ("print('{}')", "orders", DeclarationMismatch, "order_members.list"),
    ],
)
def test_failures_of_a_command(
    tmp_path: Path, script: str, verb: str, outcome: type[Exception], word: str
) -> None:
    with pytest.raises(outcome, match=word):
        VERBS[verb](office(tmp_path, script))


# -- a person ------------------------------------------------------------------


class Clerk:
    """Types what was told, line by line."""

    interactive = True

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.seen: list[str] = []

    def tell(self, text: str) -> None:
        self.seen.append(text)

    def ask(self, text: Ask, *, seconds: float, hidden: bool = False) -> str | None:
        assert not hidden
        self.seen.append(text(int(seconds)))
        return self.answers.pop(0)


def by_hand(clerk: Clerk) -> PersonStaffDesk:
    return PersonStaffDesk(clerk, seconds=600)


def test_a_person_lifts_a_suspension() -> None:
    clerk = Clerk("")
    by_hand(clerk).unlock("c1", "本人から電話")
    assert "ログインID c1" in clerk.seen[0]
    assert "「本人から電話」と記入" in clerk.seen[0]
    assert "残り 600 秒" in clerk.seen[1]


@pytest.mark.parametrize(("typed", "serial"), [("", "777"), (" 0778 ", "0778")])
def test_a_person_sends_a_token(typed: str, serial: str) -> None:
    clerk = Clerk("", typed)
    assert by_hand(clerk).dispatch("c1", "777") == serial
    assert "777" in clerk.seen[0]


def test_a_person_reads_orders_out() -> None:
    clerk = Clerk(
        "", "two", "2", "", "東京都", "発送済", "0123", "", "n", "東京都", "取消", "", "y"
    )
    assert by_hand(clerk).orders("c1") == (
        Order("c1", Kind.HARDWARE, "東京都", "発送済", "0123", cancelled=False),
        Order("c1", Kind.SOFTWARE, "東京都", "取消", None, cancelled=True),
    )
    assert "数字を入力してください。" in clerk.seen


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("answer", "word"), [("n", "できないと答え"), ("Ｎ", "できない"), (None, "応答がありません")]
)
def test_a_person_who_cannot_or_does_not_answer(verb: str, answer: str | None, word: str) -> None:
    with pytest.raises(NotRun, match=word):
        VERBS[verb](by_hand(Clerk(answer)))


# -- nobody --------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_a_run_without_a_person(verb: str) -> None:
    with pytest.raises(NotRun, match=r"端末に人がいない.*") as caught:
        VERBS[verb](PersonStaffDesk(NobodyThere(), seconds=600))
    assert "adapters.staff.kind" in caught.value.hint


@pytest.mark.parametrize("verb", VERBS)
def test_no_staff_at_all(verb: str) -> None:
    with pytest.raises(NotRun, match="staff_access = false"):
        VERBS[verb](AbsentStaffDesk("ics.staff_access = false"))


def test_all_desks_are_desks() -> None:
    desks: list[type[StaffDesk]] = [
        AbsentStaffDesk,
        HttpStaffDesk,
        CommandStaffDesk,
        PersonStaffDesk,
        TestControlStaffDesk,
    ]
    assert all(callable(getattr(desk, verb)) for desk in desks for verb in VERBS)
