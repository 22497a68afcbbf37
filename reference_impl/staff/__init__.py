"""The staff site: login, orders and dispatch, stock, customers, unlock, revocation, audit trail."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request

from reference_impl.domain.words import Kind, Refusal, Refused
from reference_impl.face import forms
from reference_impl.face.errors import LoginRequiredError
from reference_impl.face.pages import MAX_ROWS, before_login, rendered, the_bank
from reference_impl.service import login, staff
from reference_impl.service.bank import Bank
from reference_impl.service.stock import import_pskc
from reference_impl.store.orders import OrderRow
from reference_impl.store.records import AuditLine

SESSION_COOKIE = "staff_session"
ANONYMOUS_COOKIE = "staff_visit"
NOTICE_COOKIE = "staff_notice"
PATH = "/staff"
#: Largest stock file in bytes: some thousand tokens.
MAX_STOCK_BYTES = 2 * 1024 * 1024
_NOTICES = {
    "ended": "ログインの有効期限が切れました。もう一度ログインしてください。",
    "out": "ログアウトしました。",
}
_REFUSED = {
    Refusal.BAD_CREDENTIALS: "職員IDまたはパスワードが正しくありません。もう一度入力してください。",
    Refusal.LOGIN_PAUSED: "パスワードの誤りが続いたため、ログインを一時的に受け付けていません。",
}

#: Largest order number that SQL integers of every database can hold.
_MAX_ID = 2**31 - 1
_LONGEST_NOTE = 500
_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))

pages = Blueprint("staff", __name__, template_folder="templates", url_prefix=PATH)


@dataclass(frozen=True)
class Clerk:
    """A member of staff with a live session."""

    staff_id: str
    session_id: str


def clerk() -> Clerk:
    """Return the member of staff of the live session. LoginRequiredError if there is none."""
    session_id = forms.cookie(SESSION_COOKIE)
    staff_id = login.staff_session(the_bank(), session_id)
    if staff_id is None:
        raise LoginRequiredError(PATH, SESSION_COOKIE)
    return Clerk(staff_id, session_id)


def posting_clerk() -> tuple[Clerk, dict[str, str]]:
    """Return the member of staff and the posted form.

    LoginRequiredError without a session; ShownError for a bad form.
    """
    who = clerk()
    return who, forms.checked(who.session_id, "staff")


@pages.get("/login")
def login_form() -> Response:
    """Show the staff login."""
    return _login_page(notice=next((t for key, t in _NOTICES.items() if key in request.args), ""))


@pages.post("/login")
def login_post() -> Response:
    """Check staff ID and password; lead inside."""
    values = forms.checked(forms.cookie(ANONYMOUS_COOKIE), "staff-anonymous")
    staff_id = values.get("staff_id", "")
    answer = login.staff_login(the_bank(), staff_id, values.get("password", ""))
    if isinstance(answer, Refused):
        return _login_page(status=422, given_id=staff_id, alerts=[_REFUSED[answer.reason]])
    login.close_session(the_bank(), forms.cookie(SESSION_COOKIE))
    response = forms.moved("/staff")
    forms.remember(response, SESSION_COOKIE, answer, PATH)
    return response


@pages.post("/logout")
def logout() -> Response:
    """End the session."""
    who, _ = posting_clerk()
    login.close_session(the_bank(), who.session_id)
    response = forms.moved("/staff/login?out=1")
    for name in (SESSION_COOKIE, NOTICE_COOKIE):
        forms.forget(response, name, PATH)
    return response


def _login_page(**values: Any) -> Response:  # noqa: ANN401 - template values
    values["title"] = "職員ログイン"
    return before_login("staff/login.html", ANONYMOUS_COOKIE, "staff-anonymous", PATH, values)


def page(who: Clerk, template: str, **values: Any) -> Response:  # noqa: ANN401 - template values
    """Render a page for staff, with the notice of the action just done, if any."""
    sealed = request.cookies.get(NOTICE_COOKIE, "")
    note = forms.unseal(who.session_id, "notice", sealed) or {}
    response = rendered(
        template,
        csrf=forms.csrf_token(who.session_id, "staff"),
        staff_id=who.staff_id,
        notice=values.pop("notice", "") or note.get("text", ""),
        **values,
    )
    if sealed:
        forms.forget(response, NOTICE_COOKIE, PATH)
    return response


def done(who: Clerk, address: str, text: str) -> Response:
    """Redirect after an action; the next page tells what was done."""
    response = forms.moved(address)
    forms.remember(
        response, NOTICE_COOKIE, forms.seal(who.session_id, "notice", {"text": text}), PATH
    )
    return response


# -- orders and dispatch (B-01, B-02, SHP-01, SHP-02), audit trail --------------------


def is_open(order: OrderRow) -> bool:
    """Tell whether an order waits for dispatch; software tokens are never sent."""
    return order.status == "accepted" and order.kind is Kind.HARDWARE


@pages.get("")
def orders() -> Response:
    """Show the applications: those to be sent first, oldest first, then the others."""
    who = clerk()
    found = staff.all_orders(the_bank())
    waiting = [order for order in found if is_open(order)]
    others = [order for order in reversed(found) if not is_open(order)]
    return page(
        who,
        "staff/orders.html",
        title="発行申請一覧",
        orders=[*waiting, *others][:MAX_ROWS],
        is_open=is_open,
        waiting=len(waiting),
        total=len(found),
    )


@pages.get("/audit")
def audit() -> Response:
    """Show the newest lines of the audit trail."""
    return page(
        clerk(),
        "staff/audit.html",
        title="操作履歴",
        lines=staff.audit_trail(the_bank(), MAX_ROWS),
        action_name=action_name,
        actor_name=actor_name,
        detail_text=detail_text,
    )


def action_name(line: AuditLine) -> str:
    """Return what was done; an unknown code as it is."""
    return str(_WORDS["actions"].get(line.action, line.action))


def actor_name(line: AuditLine) -> str:
    """Return who did it."""
    before, found, login_id = line.actor.partition("customer:")
    if before or not found:
        return line.actor
    return "不明" if login_id == "?" else f"お客さま {login_id}"


def detail_text(line: AuditLine) -> str:
    """Return the details, with the bank's own codes put into words."""
    words = _WORDS["details"].get(line.action, {})
    whole = " ".join(words.get(word.rstrip(":,"), word) for word in line.detail.split(" "))
    return str(words.get(line.detail, whole))


# -- dispatch ---------------------------------------------------------------


@pages.get(f"/orders/<int(max={_MAX_ID}):order_id>/dispatch")
def dispatch(order_id: int) -> Response:
    """Show an application, and what can be sent for it."""
    return _dispatch_page(clerk(), order_id)


@pages.post(f"/orders/<int(max={_MAX_ID}):order_id>/dispatch")
def dispatch_post(order_id: int) -> Response:
    """Send a token."""
    who, values = posting_clerk()
    serial = values.get("serial", "")
    try:
        order = staff.dispatch(the_bank(), who.staff_id, order_id, serial or None)
    except staff.StaffError as error:
        return _dispatch_page(who, order_id, status=422, serial=serial, alerts=[str(error)])
    text = f"申請番号 {order.order_id}：シリアル番号 {order.serial} のトークンを発送済にしました。"
    return done(who, "/staff", text)


def _dispatch_page(who: Clerk, order_id: int, **given: Any) -> Response:  # noqa: ANN401
    order = next((o for o in staff.all_orders(the_bank()) if o.order_id == order_id), None)
    if order is None:
        abort(404)
    tokens = staff.all_tokens(the_bank())
    stock = [t for t in tokens if t.state == "stock" and t.kind is Kind.HARDWARE]
    return page(
        who,
        "staff/dispatch.html",
        title="トークンの発送",
        order=order,
        open=is_open(order),
        stock=stock[:MAX_ROWS],
        stock_total=len(stock),
        **given,
    )


# -- customers: search, facts, unlock, revocation (LCK-10 to LCK-14, IX-43) -----


@pages.get("/customers")
def customers() -> Response:
    """Search for customers by their login ID."""
    who = clerk()
    wanted = request.args.get("login_id", "").strip()
    found = [c for c in staff.all_customers(the_bank()) if wanted in c.login_id]
    return page(
        who,
        "staff/customers.html",
        title="お客さま一覧",
        wanted=wanted,
        customers=found[:MAX_ROWS],
        total=len(found),
    )


@pages.get("/customers/<login_id>")
def customer(login_id: str) -> Response:
    """Show what the bank knows about a customer."""
    return _customer_page(clerk(), _customer(login_id))


@pages.post("/customers/<login_id>/unlock")
def unlock(login_id: str) -> Response:
    """Lift a suspension."""
    return _act(login_id, "circumstances", "確認した状況", staff.unlock, "停止状態を解除しました。")


@pages.post("/customers/<login_id>/revoke")
def revoke(login_id: str) -> Response:
    """Retire a customer's token."""
    return _act(login_id, "reason", "理由", staff.revoke, "トークンを失効させました。")


def _act(
    login_id: str,
    field: str,
    caption: str,
    action: Callable[[Bank, str, str, str], None],
    success: str,
) -> Response:
    """Carry out an action that needs a note, or say why not."""
    who, values = posting_clerk()
    found = _customer(login_id)
    note = values.get(field, "").strip()
    problem = "" if note else f"「{caption}」を入力してください。"
    if len(note) > _LONGEST_NOTE:
        problem = f"「{caption}」は{_LONGEST_NOTE}文字以内で入力してください。"
    if not problem:
        try:
            action(the_bank(), who.staff_id, login_id, note)
        except staff.StaffError as error:
            problem = str(error)
    if problem:
        return _customer_page(who, found, status=422, alerts=[problem], bad=field, note=note)
    return done(who, f"/staff/customers/{login_id}", success)


def _customer(login_id: str) -> staff.CustomerView:
    found = staff.find_customer(the_bank(), login_id)
    if found is None:
        abort(404)
    return found


def _customer_page(who: Clerk, found: staff.CustomerView, **given: Any) -> Response:  # noqa: ANN401
    return page(
        who,
        "staff/customer.html",
        title="お客さま情報",
        customer=found,
        orders=staff.all_orders(the_bank(), found.login_id),
        is_open=is_open,
        **given,
    )


# -- stock --------------------------------------------------------------------


@pages.get("/stock")
def stock() -> Response:
    """Show all tokens."""
    return _stock_page(clerk())


@pages.post("/stock")
def stock_import() -> Response:
    """Import tokens from a PSKC file (RFC 6030)."""
    request.max_content_length = MAX_STOCK_BYTES
    who, values = posting_clerk()
    uploads = request.files.getlist("pskc")
    data = uploads[0].read() if len(uploads) == 1 else b""
    if not data:
        problem = "取り込むPSKCファイルを1つ選択してください。"
        return _stock_page(who, status=422, alerts=[problem])
    password = values.get("pskc_password") or None
    try:
        report = import_pskc(the_bank(), who.staff_id, data, password)
    except staff.StaffError as error:
        return _stock_page(who, status=422, alerts=[str(error)])
    text = f"{report.imported}件のトークンを取り込みました。"
    if not report.refused:
        return done(who, "/staff/stock", text)
    refused = (f"{len(report.refused)}件は取り込みませんでした。", *report.refused[:MAX_ROWS])
    status = 200 if report.imported else 422
    # Shown at once: the list may be longer than a cookie can carry.
    return _stock_page(who, status=status, alerts=refused, notice=text)


def _stock_page(who: Clerk, **given: Any) -> Response:  # noqa: ANN401 - template values
    tokens = staff.all_tokens(the_bank())
    return page(
        who,
        "staff/stock.html",
        title="トークン在庫",
        tokens=tokens[:MAX_ROWS],
        total=len(tokens),
        in_stock=sum(token.state == "stock" for token in tokens),
        **given,
    )
