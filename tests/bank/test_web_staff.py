"""The staff site on a real bank."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from web_site import CONFIRMATION, PASSWORD, SERIAL, STAFF, Person, Town, policy

from reference_impl.service import procedures, staff

PAGES = ("/staff", "/staff/stock", "/staff/customers", "/staff/audit", "/staff/customers/hanako")
PSKC = """<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">
  <KeyPackage>
    <DeviceInfo><SerialNo>{serial}</SerialNo><ExpiryDate>2030-02-07T14:05:00+09:00</ExpiryDate>
    </DeviceInfo>
    <Key Id="{serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
      <AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>
      <Data><Secret><PlainValue>MDEyMzQ1Njc4OWFiY2RlZmdoaWo=</PlainValue></Secret>
        <Time><PlainValue>0</PlainValue></Time>
        <TimeInterval><PlainValue>60</PlainValue></TimeInterval></Data>
    </Key>
  </KeyPackage>
</KeyContainer>"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def applied(town: Town) -> str:
    town.customer()
    customer = staff.find_customer(town.bank, "hanako")
    assert customer is not None
    procedures.issue(town.bank, customer.customer_id, "hardware", CONFIRMATION)
    return f"/staff/orders/{staff.all_orders(town.bank, 'hanako')[0].order_id}/dispatch"


def columns(person: Person) -> list[str]:
    return [th.get_text() for th in person.page.find_all("th")]


def test_every_page_needs_a_staff_session(town: Town) -> None:
    customer = town.inside()
    for address in (*PAGES, "/staff/orders/1/dispatch"):
        answer = customer.client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/login")


def test_a_customers_session_is_no_staff_session(town: Town) -> None:
    customer = town.inside()
    cookie = customer.client.get_cookie("bank_session")
    assert cookie is not None
    customer.client.set_cookie("staff_session", cookie.value, path="/staff")
    customer.open("/staff")
    assert customer.title == "職員ログイン"


def test_wrong_login(town: Town) -> None:
    person = town.person()
    person.open("/staff")
    assert person.title == "職員ログイン"
    person.submit("職員ログイン", staff_id=STAFF[0], password="wrong-pass")
    assert person.answer.status_code == 422
    assert "正しくありません" in person.alert
    assert "wrong-pass" not in person.answer.text


def test_login_and_logout(town: Town) -> None:
    clerk = town.clerk()
    cookie = clerk.client.get_cookie("staff_session", path="/staff")
    assert cookie is not None
    assert cookie.http_only
    clerk.submit("ログアウト")
    clerk.open("/staff")
    assert clerk.title == "職員ログイン"


@pytest.mark.parametrize(("typed", "sent"), [("", SERIAL), ("00110998", "00110998")])
def test_dispatch(town: Town, typed: str, sent: str) -> None:
    town.token(SERIAL)
    town.token("00110998")
    applied(town)
    clerk = town.clerk()
    assert "発送待ち 1 件" in clerk.page.get_text(" ", strip=True)
    link = clerk.page.find("a", string="発送手続きへ")
    assert link is not None
    clerk.open(str(link["href"]))  # type: ignore[index]
    assert clerk.title == "トークンの発送"
    assert clerk.facts["送付先"] == "見本県見本市1-2-3"
    clerk.submit("発送する", serial=typed)
    assert clerk.title == "発行申請一覧"
    assert sent in clerk.page.find(attrs={"role": "status"}).get_text()  # type: ignore[union-attr]
    assert clerk.page.find("a", string="発送手続きへ") is None
    order = staff.all_orders(town.bank, "hanako")[0]
    assert (order.status, order.serial) == ("dispatched", sent)


def test_dispatch_of_what_is_not_there(town: Town) -> None:
    address = applied(town)
    clerk = town.clerk()
    clerk.open(address)
    clerk.submit("発送する", serial="99999999")
    assert (clerk.title, clerk.answer.status_code) == ("トークンの発送", 422)
    assert clerk.alert
    assert clerk.page.find(id="serial")["value"] == "99999999"  # type: ignore[index]
    for odd in ("/staff/orders/999/dispatch", f"/staff/orders/{10**30}/dispatch"):
        assert clerk.client.get(odd).status_code == 404


def test_customer_page(town: Town) -> None:
    town.customer("issued")
    clerk = town.clerk()
    clerk.open("/staff/customers")
    assert clerk.title == "お客さま一覧"
    clerk.submit("検索", login_id="hana")
    clerk.open("/staff/customers/hanako")
    assert clerk.title == "お客さま情報"
    facts = clerk.facts
    assert facts["ログインID"] == "hanako"
    assert facts["お名前"] == "見本 花子"
    assert facts["登録住所"] == "見本県見本市1-2-3"
    assert facts["登録状況"] == "トークン発行済"
    assert facts["トークンの種類"] == "ハードウェアトークン"
    assert facts["シリアル番号"] == SERIAL
    assert columns(clerk) == [
        "申請番号",
        "トークンの種類",
        "送付先",
        "状態",
        "シリアル番号",
        "発送",
    ]
    clerk.open("/staff/customers?login_id=nobody")
    assert "該当するお客さまは見つかりません" in clerk.answer.text
    assert clerk.client.get("/staff/customers/nobody").status_code == 404
    assert clerk.client.get("/staff/customers/%00").status_code == 404


def test_unlock_needs_circumstances(town: Town) -> None:
    town.customer("suspended")
    clerk = town.clerk()
    clerk.open("/staff/customers/hanako")
    assert clerk.facts["登録状況"] == "サービス利用中"
    assert clerk.facts["ワンタイムパスワード認証"] == "停止中"
    clerk.submit("停止状態を解除する", circumstances=" ")
    assert clerk.answer.status_code == 422
    assert "確認した状況" in clerk.alert
    clerk.submit("停止状態を解除する", circumstances="電話で本人を確認した")
    assert clerk.facts["ワンタイムパスワード認証"] == "有効"
    assert "停止状態を解除する" not in clerk.buttons()
    clerk.open("/staff/audit")
    assert "電話で本人を確認した" in clerk.answer.text
    assert "停止状態の解除" in clerk.answer.text
    person = town.person()
    person.login("hanako")
    person.submit("ログイン", otp=town.code())
    assert person.title == "トップページ"


def test_revocation_needs_a_reason(town: Town) -> None:
    town.customer("in_service")
    clerk = town.clerk()
    clerk.open("/staff/customers/hanako")
    clerk.submit("トークンを失効させる", reason="")
    assert clerk.answer.status_code == 422
    assert clerk.facts["登録状況"] == "サービス利用中"
    clerk.submit("トークンを失効させる", reason="紛失の申し出")
    assert clerk.facts["登録状況"] == "未登録"
    assert "トークンを失効させる" not in clerk.buttons()


def test_a_note_may_not_grow_without_end(town: Town) -> None:
    town.customer("suspended")
    clerk = town.clerk()
    clerk.open("/staff/customers/hanako")
    clerk.submit("停止状態を解除する", circumstances="あ" * 501)
    assert clerk.answer.status_code == 422
    assert "500文字以内" in clerk.alert


def upload(clerk: Person, content: bytes) -> None:
    clerk.open("/staff/stock")
    _, address, fields = clerk.values("取り込む")
    clerk.post(address, {**fields, "pskc": (io.BytesIO(content), "tokens.xml")})


def test_stock_import(town: Town) -> None:
    clerk = town.clerk()
    upload(clerk, PSKC.format(serial=SERIAL).encode())
    assert clerk.title == "トークン在庫"
    assert "1件のトークンを取り込みました" in clerk.answer.text
    assert SERIAL in clerk.answer.text
    assert "MDEyMzQ1" not in clerk.answer.text
    upload(clerk, PSKC.format(serial=SERIAL).encode())
    assert clerk.answer.status_code == 422
    assert SERIAL in clerk.alert


@pytest.mark.parametrize("content", [b"", b"not xml", b"\x00\xff" * 50, b"<a/>"])
def test_refused_stock_files(town: Town, content: bytes) -> None:
    clerk = town.clerk()
    upload(clerk, content)
    assert (clerk.title, clerk.answer.status_code) == ("トークン在庫", 422)
    assert clerk.alert


def test_too_large_a_stock_file(town: Town) -> None:
    clerk = town.clerk()
    upload(clerk, b"x" * (2 * 1024 * 1024 + 1))
    assert clerk.answer.status_code == 413
    upload(clerk, b"x" * (1024 * 1024))
    assert clerk.answer.status_code == 422, "the control: a large file is read"


def test_staff_posts_need_the_token_and_ignore_get(town: Town) -> None:
    town.customer("suspended")
    clerk = town.clerk()
    address = "/staff/customers/hanako/unlock"
    assert clerk.client.get(address).status_code == 405
    clerk.post(address, {"circumstances": "確認済み"})
    assert clerk.answer.status_code == 403
    customer = staff.find_customer(town.bank, "hanako")
    assert customer is not None
    assert customer.status == "suspended"


def test_audit_trail_is_japanese_and_without_secrets(tmp_path: Path) -> None:
    town = Town(tmp_path, policy(lock_threshold=1))
    person = town.inside("in_service")
    person.open("/otp/deactivate")
    code = town.wrong_code()
    person.submit("解除する", confirmation=CONFIRMATION, otp=code)
    clerk = town.clerk()
    clerk.open("/staff/audit")
    assert clerk.title == "操作履歴"
    body = clerk.page.main.get_text(" ", strip=True)  # type: ignore[union-attr]
    for words in ("ワンタイムパスワードの拒否 hanako 利用解除 値の誤り", "お客さま hanako"):
        assert words in body
    for secret in (code, CONFIRMATION, PASSWORD, STAFF[1]):
        assert secret not in clerk.answer.text
    assert "otp_refused" not in body
