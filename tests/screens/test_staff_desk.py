"""The staff's work by screens: finds the customer, survives the end of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pretend_bank import BASE, Form, PretendBank, declaration, form, go, page

from otp_conformance.agent.page import Control
from otp_conformance.agent.port import ForwardingAgent, ForwardingAgents, UserAgent, UserAgents
from otp_conformance.agent.trouble import browser_gone
from otp_conformance.declaration.adapters.recipes import PASSWORD
from otp_conformance.specification.words import Kind
from otp_conformance.staff.port import Order
from otp_conformance.staff.screens import ScreensStaffDesk
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, SetupFailed

MENU = '<nav><a href="/customers">お客さま一覧</a></nav>'
ORDERS = """<table><tr><th>申請番号</th><th>トークンの種類</th><th>送付先</th><th>状態</th>
<th>シリアル番号</th><th>発送</th></tr>
<tr><td>10</td><td>ハードウェアトークン</td><td>みほん県</td><td>受付済</td><td>－</td>
<td><a href="/dispatch">発送手続きへ</a></td></tr>
<tr><td>9</td><td>ソフトウェアトークン</td><td>－</td><td>取消</td><td>777</td><td></td></tr></table>"""


class StaffSystem:
    """A staff system with one customer, whose sessions a test can end."""

    def __init__(self) -> None:
        self.logged_in = False
        self.suspended = True
        self.refuse = ""
        self.logins = 0
        self.bank = PretendBank(
            {
                "GET /staff/login": page("職員ログイン", LOGIN),
                "POST /staff/login": self.log_in,
                "GET /orders": self.guarded(lambda: page("発行申請一覧", MENU)),
                "GET /customers": self.guarded(self.customers),
                "POST /customers": self.guarded(self.found),
                "GET /customer": self.guarded(self.customer),
                "GET /dispatch": self.guarded(
                    lambda: page(
                        "トークンの発送", MENU + form("/send", "シリアル番号=s", button="発送する")
                    )
                ),
                "POST /send": self.guarded(self.outcome),
                "POST /unlock": self.guarded(self.unlock),
                "POST /revoke": self.guarded(self.outcome),
            }
        )

    def guarded(self, show: Any) -> Any:
        return lambda _: show() if self.logged_in else go("/staff/login")

    def log_in(self, sent: Form) -> Any:
        self.logins += 1
        if sent != {"i": "staff01", "p": "pass"}:
            return 422, page("職員ログイン", LOGIN, alert="違います")
        self.logged_in = True
        return go("/orders")

    def customers(self) -> Any:
        return page("お客さま一覧", MENU + form("/customers", "ログインID=id", button="検索"))

    def found(self) -> Any:
        hit = '<table><tr><td><a href="/customer">tanaka</a></td></tr></table>'
        return page(
            "お客さま一覧", MENU + (hit if self.bank.asked[-1][1]["id"] == "tanaka" else "")
        )

    def customer(self) -> Any:
        unlock = form("/unlock", "確認した状況=c", button="停止状態を解除する")
        revoke = form("/revoke", "理由=r", button="トークンを失効させる")
        return page("お客さま情報", MENU + ORDERS + (unlock if self.suspended else "") + revoke)

    def outcome(self) -> Any:
        if self.refuse:
            return 422, page("トークンの発送", MENU, alert=self.refuse)
        return go("/customer")

    def unlock(self) -> Any:
        self.suspended = False
        return go("/customer")

    def sent(self, what: str) -> dict[str, str]:
        return next(form for asked, form in reversed(self.bank.asked) if asked == what)


LOGIN = form("/staff/login", "職員ID=i", "パスワード=p:password", button="職員ログイン")


@pytest.fixture
def system() -> StaffSystem:
    return StaffSystem()


def desk_of(
    system: StaffSystem,
    password: str = "pass",  # noqa: S107
    agents: UserAgents | None = None,
) -> ScreensStaffDesk:
    declared = declaration()
    assert declared.adapters.staff is not None
    return ScreensStaffDesk(
        agents or system.bank.agents(),
        declared,
        BASE,
        declared.adapters.staff,
        {PASSWORD: password},
    )


def test_orders_oldest_first(system: StaffSystem) -> None:
    assert desk_of(system).orders("tanaka") == (
        Order("tanaka", Kind.SOFTWARE, "", "取消", "777", cancelled=True),
        Order("tanaka", Kind.HARDWARE, "みほん県", "受付済", None),
    )


def test_dispatch(system: StaffSystem) -> None:
    desk = desk_of(system)
    assert desk.dispatch("tanaka", "555") == "555"
    assert system.sent("POST /send") == {"s": "555"}
    assert desk.dispatch("tanaka", "0666") == "0666"
    assert system.logins == 1


def test_refused_dispatch_passes_the_message_on(system: StaffSystem) -> None:
    system.refuse = "このトークンは割り当てられません"
    with pytest.raises(SetupFailed, match="割り当てられません"):
        desk_of(system).dispatch("tanaka", "555")


def test_unlock_notes_the_circumstances(system: StaffSystem) -> None:
    desk = desk_of(system)
    desk.unlock("tanaka", "電話で本人確認")
    assert system.sent("POST /unlock") == {"c": "電話で本人確認"}
    with pytest.raises(DeclarationMismatch, match="停止状態を解除") as caught:
        desk.unlock("tanaka", "もう一度")
    assert "labels" in caught.value.hint
    assert "adapters.staff.recipes.unlock" in caught.value.hint


def test_revoke(system: StaffSystem) -> None:
    desk_of(system).revoke("tanaka")
    assert system.sent("POST /revoke")["r"]


def test_logs_in_again_after_the_session_has_ended(system: StaffSystem) -> None:
    desk = desk_of(system)
    desk.orders("tanaka")
    system.logged_in = False
    desk.orders("tanaka")
    assert system.logins == 2


def test_unknown_customer(system: StaffSystem) -> None:
    with pytest.raises(DeclarationMismatch, match="suzuki"):
        desk_of(system).orders("suzuki")


def test_wrong_password_is_a_matter_of_the_declaration(system: StaffSystem) -> None:
    with pytest.raises(DeclarationMismatch) as caught:
        desk_of(system, password="wrong-one").orders("tanaka")
    assert "adapters.staff" in caught.value.hint
    assert "wrong-one" not in str(caught.value)


@pytest.mark.parametrize(
    "work", [lambda d: d.unlock("tanaka", "電話"), lambda d: d.revoke("tanaka")]
)
def test_work_that_is_refused_is_not_taken_for_done(
    system: StaffSystem, work: Callable[[ScreensStaffDesk], None]
) -> None:
    refusal = 422, page("お客さま情報", MENU, alert="権限がありません")
    desk = desk_of(system)
    desk.orders("tanaka")
    system.bank.pages |= {"POST /unlock": refusal, "POST /revoke": refusal}
    with pytest.raises(SetupFailed, match="権限がありません"):
        work(desk)


def test_a_session_that_ends_on_the_way_is_not_taken_for_work_done(system: StaffSystem) -> None:
    desk = desk_of(system)
    desk.orders("tanaka")
    system.bank.pages["POST /unlock"] = go("/staff/login")
    with pytest.raises(SetupFailed, match="停止状態を解除"):
        desk.unlock("tanaka", "電話で本人確認")


@pytest.mark.parametrize("lost", ["GET /customer", "GET /dispatch"])
def test_a_page_that_does_not_come_is_named(system: StaffSystem, lost: str) -> None:
    system.bank.pages[lost] = page("工事中", MENU)
    with pytest.raises(DeclarationMismatch, match="工事中"):
        desk_of(system).dispatch("tanaka", "555")
    assert "POST /send" not in [what for what, _ in system.bank.asked]


def test_a_list_of_customers_that_does_not_come_is_named(system: StaffSystem) -> None:
    desk = desk_of(system)
    desk.orders("tanaka")
    asked = len(system.bank.asked)
    system.bank.pages["GET /customers"] = page("工事中", MENU)
    with pytest.raises(DeclarationMismatch, match="工事中"):
        desk.orders("tanaka")
    assert "POST /customers" not in [what for what, _ in system.bank.asked[asked:]]


def test_orders_without_a_number_come_first(system: StaffSystem) -> None:
    numberless = ORDERS.replace("<td>10</td>", "<td>（採番前）</td>").replace(
        "<td>9</td>", "<td>1</td>"
    )
    page_of_customer = page("お客さま情報", MENU + numberless)
    system.bank.pages["GET /customer"] = page_of_customer
    assert [order.status for order in desk_of(system).orders("tanaka")] == ["受付済", "取消"]


class Mortal(ForwardingAgent):
    """A browser that may have died; whoever uses it then is told so."""

    dead = False

    def alive(self) -> bool:
        return not self.dead

    def press(self, control: Control) -> None:
        if self.dead:
            raise browser_gone("操作", "dead")
        super().press(control)


def test_a_browser_that_died_meanwhile_is_replaced(system: StaffSystem) -> None:
    made: list[Mortal] = []

    def mortal(agent: UserAgent) -> UserAgent:
        made.append(Mortal(agent))
        return made[-1]

    desk = desk_of(system, agents=ForwardingAgents(system.bank.agents(), mortal))
    desk.orders("tanaka")
    made[0].dead = True  # with somebody else's scenario: this one goes on
    assert desk.orders("tanaka")
    assert (len(made), system.logins) == (2, 2)


def test_a_browser_that_dies_under_the_work_is_not_used_again(system: StaffSystem) -> None:
    made: list[Mortal] = []

    class Dying(Mortal):
        def alive(self) -> bool:
            return True  # it dies only now

    def dying(agent: UserAgent) -> UserAgent:
        made.append(Dying(agent))
        return made[-1]

    desk = desk_of(system, agents=ForwardingAgents(system.bank.agents(), dying))
    desk.orders("tanaka")
    made[0].dead = True
    with pytest.raises(EnvironmentTrouble):
        desk.unlock("tanaka", "電話で本人確認")
    desk.unlock("tanaka", "電話で本人確認")
    assert len(made) == 2
