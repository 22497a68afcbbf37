"""Staff sites of several layouts, each worked by the steps of a declaration alone."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from pretend_bank import BASE, Form, PretendBank, declaration, form, go, page

from otp_conformance.agent.http import HttpAgents
from otp_conformance.declaration.adapters.recipes import PASSWORD, StaffRecipes
from otp_conformance.declaration.model import Declaration
from otp_conformance.specification.words import Kind
from otp_conformance.staff.port import Order
from otp_conformance.staff.screens import ScreensStaffDesk
from otp_conformance.verdict.outcome import DeclarationMismatch, SetupFailed

LOGIN = """
login = [
  { open = "/in" },
  { fill = "担当者番号", value = "{staff_id}" },
  { fill = "暗証", value = "{staff_password}" },
  { press = "入る" },
]
"""


@dataclass
class Town:
    """Two customers whose IDs begin alike, each with an open order."""

    orders: list[dict[str, str]] = field(
        default_factory=lambda: [
            {"no": "2", "who": "c10", "to": "べつ県", "state": "受付", "serial": ""},
            {"no": "1", "who": "c1", "to": "みほん県", "state": "受付", "serial": ""},
        ]
    )

    def send(self, number: str, serial: str) -> None:
        for order in self.orders:
            if order["no"] == number:
                order |= {"state": "発送済", "serial": serial}


def table_with_buttons(town: Town) -> dict[str, Any]:
    def shown(_: Form, note: str = "") -> str:
        rows = "".join(
            f"<tr><td>{o['no']}</td><td>{o['who']}</td><td>{o['to']}</td><td>{o['state']}</td>"
            f"<td>{o['serial'] or '－'}</td><td><form method=post action=/send>"
            f"<input type=hidden name=no value={o['no']}>"
            "<input name=serial title=番号><button>発送済にする</button></form></td></tr>"
            for o in town.orders
        )
        heads = "".join(f"<th>{h}</th>" for h in ("受付", "会員", "宛先", "状況", "製造番号", ""))
        return page("受付簿", f"<p>{note}</p><table><tr>{heads}</tr>{rows}</table>")

    def send(sent: Form) -> str:
        town.send(sent["no"], sent["serial"])
        return shown({}, "発送を記録しました")

    return {"GET /list": shown, "POST /send": send}


TABLE = """
orders = [
  { open = "/list" },
  { rows = { number = "受付", ship_to = "宛先", status = "状況", serial = "製造番号" }, row = "{login_id}" },
]
dispatch = [
  { open = "/list" },
  { fill = "番号", value = "{serial}", row = ["{login_id}", "受付"] },
  { press = "発送済にする", row = ["{login_id}", "受付"] },
  { see = "発送を記録しました" },
]
"""  # noqa: E501 - TOML 1.0 keeps an inline table on one line


def search_and_detail(town: Town) -> dict[str, Any]:
    def search(_: Form) -> str:
        return page("検索", form("/found", "会員番号=who", button="探す"))

    def found(sent: Form) -> str:
        order = next(o for o in town.orders if o["who"] == sent["who"])
        return page("明細", detail(order))

    def detail(order: dict[str, str]) -> str:
        return (
            f"<main class=order><dl><dt>申込番号</dt><dd>{order['no']}</dd>"
            f"<dt>届け先</dt><dd>{order['to']}</dd><dt>進み具合</dt><dd>{order['state']}</dd>"
            f"<dt>機番</dt><dd>{order['serial'] or '未割当'}</dd></dl>"
            f"<form method=post action=/set><input type=hidden name=no value={order['no']}>"
            "<label>機番を割り当てる<input name=serial></label>"
            "<label>次の状態<select name=state><option>受付<option>発送済</select></label>"
            "<button>登録</button></form></main>"
        )

    def change(sent: Form) -> str | tuple[int, str]:
        if sent["state"] != "発送済":
            return 422, page("明細", "<p>状態を選んでください</p>")
        town.send(sent["no"], sent["serial"])
        return page("明細", "<p>登録しました</p>")

    return {"GET /search": search, "POST /found": found, "POST /set": change}


SEARCH = """
orders = [
  { open = "/search" },
  { fill = "会員番号", value = "{login_id}" },
  { press = "探す" },
  { rows = { number = "申込番号", ship_to = "届け先", status = "進み具合", serial = "機番" }, each = "css:.order" },
]
dispatch = [
  { open = "/search" },
  { fill = "会員番号", value = "{login_id}" },
  { press = "探す" },
  { fill = "機番を割り当てる", value = "{serial}" },
  { choose = "次の状態", option = "発送済" },
  { press = "登録" },
  { see = "登録しました" },
]
"""  # noqa: E501 - TOML 1.0 keeps an inline table on one line


def ticked_list(town: Town) -> dict[str, Any]:
    def shown(_: Form) -> str:
        items = "".join(
            f"<li><input type=checkbox name=no value={o['no']}> <b class=no>{o['no']}</b> "
            f"<span class=who>{o['who']}</span> <i class=to>{o['to']}</i> "
            f"<span class=state>{o['state']}</span> <span class=serial>{o['serial']}</span></li>"
            for o in town.orders
        )
        return page(
            "発送待ち",
            f"<form method=post action=/all><ul>{items}</ul><label>機番<input name=serial></label>"
            "<button onclick=\"return confirm('よろしいですか')\">まとめて発送</button></form>",
        )

    def send(sent: Form) -> Any:
        town.send(sent["no"], sent["serial"])
        return go("/done")

    return {"GET /list": shown, "POST /all": send, "GET /done": page("発送しました")}


TICKED = """
orders = [
  { open = "/list" },
  { rows = { number = "css:.no", ship_to = "css:.to", status = "css:.state", serial = "css:.serial" }, each = "css:li", row = "{login_id}" },
]
dispatch = [
  { open = "/list" },
  { choose = "css:input[type=checkbox]", row = "{login_id}" },
  { fill = "機番", value = "{serial}" },
  { press = "まとめて発送" },
  { confirm = "OK" },
  { see = "発送しました" },
]
"""  # noqa: E501 - TOML 1.0 keeps an inline table on one line


def cards_by_number(town: Town) -> dict[str, Any]:
    """Divs for rows; the send page asks for the order's number, which must be read first."""

    def shown(_: Form) -> str:
        cards = "".join(
            f"<div class=card><div>会員：{o['who']}</div><div>整理番号：{o['no']}</div>"
            f"<div>住所：{o['to']}</div><div>状態：{o['state']}</div>"
            f"<div>機番：{o['serial'] or 'なし'}</div></div>"
            for o in town.orders
        )
        return page("受付の札", cards)

    def ask(_: Form) -> str:
        return page("発送", form("/go", "整理番号=no", "機番=serial", button="発送"))

    def send(sent: Form) -> str:
        town.send(sent["no"], sent["serial"])
        return page("発送", "<p>完了</p>")

    return {"GET /cards": shown, "GET /go": ask, "POST /go": send}


CARDS = """
orders = [
  { open = "/cards" },
  { rows = { number = "整理番号", ship_to = "住所", status = "状態", serial = "機番" }, each = "css:.card", row = "{login_id}" },
]
dispatch = [
  { open = "/cards" },
  { read = "整理番号", row = "{login_id}", each = "css:.card", into = "order" },
  { open = "/go" },
  { fill = "整理番号", value = "{order}" },
  { fill = "機番", value = "{serial}" },
  { press = "発送" },
  { see = "完了" },
]
"""  # noqa: E501 - TOML 1.0 keeps an inline table on one line
LAYOUTS: dict[str, tuple[Callable[[Town], dict[str, Any]], str]] = {
    "table": (table_with_buttons, TABLE),
    "search": (search_and_detail, SEARCH),
    "ticked": (ticked_list, TICKED),
    "cards": (cards_by_number, CARDS),
}


def desk_at(pages: dict[str, Any], steps: str) -> tuple[ScreensStaffDesk, PretendBank]:
    login = page("入口", form("/in", "担当者番号=i", "暗証=p:password", button="入る"))
    bank = PretendBank({"GET /in": login, "POST /in": page("ようこそ"), **pages})
    reference = declaration()
    staff = reference.adapters.staff
    assert staff is not None
    recipes = StaffRecipes.model_validate(tomllib.loads(LOGIN + steps))
    staff = staff.model_copy(update={"recipes": recipes})
    adapters = reference.adapters.model_copy(update={"staff": staff})
    ics = reference.ics.model_copy(update={"software_tokens": False})
    declared: Declaration = reference.model_copy(update={"adapters": adapters, "ics": ics})
    agents = HttpAgents(
        ("127.0.0.1",), transport=httpx.MockTransport(bank), selectors=declared.every_selector
    )
    return ScreensStaffDesk(agents, declared, BASE, staff, {PASSWORD: "secret"}), bank


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_token_is_sent_to_the_customer_and_no_other(layout: str) -> None:
    town = Town()
    make, steps = LAYOUTS[layout]
    desk, bank = desk_at(make(town), steps)
    assert desk.orders("c1") == (Order("c1", Kind.HARDWARE, "みほん県", "受付", None),)
    assert desk.dispatch("c1", "555") == "555"
    assert desk.orders("c1") == (Order("c1", Kind.HARDWARE, "みほん県", "発送済", "555"),)
    assert desk.orders("c10")[0].serial is None
    assert ("POST /in", {"i": "staff01", "p": "secret"}) in bank.asked


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (TABLE.replace('press = "発送済にする"', 'press = "送る"'), ["手順 3", "発送済にする"]),
        (TABLE.replace("発送を記録しました", "完了"), ["手順 4"]),
        (CARDS.replace("/cards", "/list"), ["手順 2", "整理番号"]),
    ],
)
def test_a_step_that_cannot_be_done_is_named(steps: str, words: list[str]) -> None:
    desk, _ = desk_at({**cards_by_number(Town()), **table_with_buttons(Town())}, steps)
    with pytest.raises(DeclarationMismatch) as caught:
        desk.dispatch("c1", "555")
    told = f"{caught.value.expected} {caught.value.observed}"
    assert all(word in told for word in ["お客さまへトークンを発送する", *words])
    assert "adapters.staff.recipes.dispatch[" in caught.value.hint
    assert "secret" not in f"{told} {caught.value.hint}"


def test_a_customer_without_an_open_order_gets_nothing_of_another() -> None:
    town = Town()
    town.orders.pop()
    make, steps = LAYOUTS["table"]
    desk, bank = desk_at(make(town), steps)
    with pytest.raises(DeclarationMismatch, match="行"):
        desk.dispatch("c1", "555")
    assert "POST /send" not in [what for what, _ in bank.asked]


def test_a_list_that_is_not_found_is_not_taken_for_empty() -> None:
    make, steps = LAYOUTS["table"]
    desk, _ = desk_at(make(Town()), steps.replace('number = "受付"', 'number = "番"'))
    with pytest.raises(DeclarationMismatch, match="一覧が見つかりません"):
        desk.orders("c1")


@pytest.mark.parametrize(
    ("told", "refused"),
    [("この番号では発送できません", True), ("本日のご案内はこちら", False), ("", False)],
)
def test_a_refusal_in_plain_text_is_the_products(told: str, refused: bool) -> None:
    pages = table_with_buttons(Town())
    shown = pages["GET /list"]
    pages["POST /send"] = lambda sent: shown(sent, told)
    desk, _ = desk_at(pages, TABLE)
    with pytest.raises(SetupFailed if refused else DeclarationMismatch):
        desk.dispatch("c1", "555")


def test_a_refusal_is_the_products() -> None:
    make, steps = LAYOUTS["search"]
    desk, _ = desk_at(make(Town()), steps.replace('option = "発送済"', 'option = "受付"'))
    with pytest.raises(SetupFailed):
        desk.dispatch("c1", "555")


def test_an_address_without_a_page_is_what_has_to_be_mended() -> None:
    make, steps = LAYOUTS["search"]
    pages = {**make(Town()), "GET /serch": (404, page("見つかりません"))}
    desk, _ = desk_at(pages, steps.replace('open = "/search"', 'open = "/serch"'))
    with pytest.raises(DeclarationMismatch) as raised:
        desk.dispatch("c1", "555")
    assert "adapters.staff.recipes.dispatch の open" in raised.value.hint
