"""What the customer site must not let happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_site import CONFIRMATION, PASSWORD, SERIAL, Person, Town
from werkzeug.datastructures import MultiDict

from reference_impl.service import staff
from reference_impl.web import portal

DONE = ("/otp/issue/hardware/done", "/otp/issue/software/done", "/otp/activate/done")
INSIDE = ("/", "/menu/otp", "/otp", "/otp/issue", "/otp/activate", "/otp/deactivate", "/balance")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def issue_form(person: Person) -> tuple[str, dict[str, str]]:
    person.open("/otp/issue/hardware")
    _, address, fields = person.values("トークンを発行する")
    return address, {**fields, "confirmation": CONFIRMATION}


def test_posts_without_the_right_token_are_refused(town: Town) -> None:
    person = town.inside()
    address, fields = issue_form(person)
    for token in ("", "0" * 64, "ｘ"):
        person.post(address, {**fields, "csrf_token": token})
        assert person.answer.status_code == 403
        assert person.alert
    person.post(address, {k: v for k, v in fields.items() if k != "csrf_token"})
    assert person.answer.status_code == 403
    assert person.registration() == "未登録"
    person.post(address, fields)
    assert person.title == "トークン発行（ハードウェアトークン発行完了）", "the control"


def test_a_token_of_another_session_is_refused(town: Town) -> None:
    person = town.inside()
    address, fields = issue_form(person)
    stranger = town.person()
    stranger.login("hanako")
    stranger.post(address, fields)
    assert stranger.answer.status_code == 403
    assert stranger.registration() == "未登録"


def test_login_forms_need_their_token_too(town: Town) -> None:
    town.customer()
    person = town.person()
    person.post("/login", {"login_id": "hanako", "password": PASSWORD})
    assert person.answer.status_code == 403
    person.open("/login")
    _, address, fields = person.values("ログイン")
    stranger = town.person()
    stranger.open("/login")
    stranger.post(address, {**fields, "login_id": "hanako", "password": PASSWORD})
    assert stranger.answer.status_code == 403


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_changes_nothing(town: Town, method: str) -> None:
    person = town.inside("in_service")
    person.open("/otp/deactivate")
    _, address, fields = person.values("解除する")
    query = {**fields, "confirmation": CONFIRMATION, "otp": town.code()}
    getattr(person.client, method)(address, query_string=query)
    getattr(person.client, method)("/logout")
    assert person.registration() == "サービス利用中"


def test_double_submit_is_answered_like_the_first(town: Town) -> None:
    person = town.inside()
    address, fields = issue_form(person)
    for _ in range(2):
        person.post(address, fields)
        assert person.title == "トークン発行（ハードウェアトークン発行完了）"
    assert len(staff.all_orders(town.bank, "hanako")) == 1


def test_double_submit_of_the_login_otp(town: Town) -> None:
    town.customer("in_service")
    person = town.person()
    person.login("hanako")
    _, address, fields = person.values("ログイン")
    fields["otp"] = town.code()
    pending = person.client.get_cookie("bank_pending")
    assert pending is not None
    person.post(address, fields)
    assert person.title == "トップページ"
    person.post(address, fields)
    assert person.title == "トップページ"
    # The browser dropped the first answer and with it the new session.
    other = town.person()
    other.client.set_cookie("bank_pending", pending.value)
    other.post(address, fields)
    assert other.title == "トップページ"
    # After logout the same form is worth nothing.
    person.submit("ログアウト")
    late = town.person()
    late.client.set_cookie("bank_pending", pending.value)
    late.post(address, fields)
    assert late.title != "トップページ"


def test_double_deactivation_and_reload_of_the_result(town: Town) -> None:
    person = town.inside("in_service")
    person.open("/otp/deactivate")
    _, address, fields = person.values("解除する")
    fields |= {"confirmation": CONFIRMATION, "otp": town.code()}
    for _ in range(2):
        person.post(address, fields)
        assert person.title == "ワンタイムパスワード利用解除（利用解除完了）"
    person.open("/otp/deactivate/done")
    assert person.title == "ワンタイムパスワード利用解除（利用解除完了）"


@pytest.mark.parametrize("address", INSIDE + DONE)
def test_without_a_session_everything_leads_to_the_login(town: Town, address: str) -> None:
    person = town.person()
    answer = person.client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    person.client.set_cookie("bank_session", "dead-session-0123456789")
    assert person.client.get(address).headers["Location"] == "/login?ended=1"


@pytest.mark.parametrize(
    ("status", "address"),
    [
        ("not_registered", "/otp/activate"),
        ("not_registered", "/otp/deactivate"),
        ("issued", "/otp/issue"),
        ("issued", "/otp/issue/hardware"),
        ("issued", "/otp/deactivate"),
        ("in_service", "/otp/issue/software"),
        ("in_service", "/otp/activate"),
    ],
)
def test_steps_that_are_not_open(town: Town, status: str, address: str) -> None:
    person = town.inside(status)
    before = person.registration()
    person.open(address)
    assert person.answer.status_code == 403
    assert person.alert
    person.submit("ワンタイムパスワード申請内容選択へ")
    assert person.status == before


def test_crafted_post_of_a_closed_step(town: Town) -> None:
    person = town.inside()
    _, fields = issue_form(person)
    person.post("/otp/activate", {**fields, "serial": SERIAL, "otp": "123456"})
    assert person.answer.status_code == 403
    person.post("/otp/deactivate", {**fields, "otp": "123456"})
    assert person.answer.status_code == 403
    assert person.registration() == "未登録"


@pytest.mark.parametrize("address", [*DONE, "/otp/deactivate/done"])
def test_results_are_shown_after_their_action_only(town: Town, address: str) -> None:
    person = town.inside()
    person.open(address)
    assert person.title == "ワンタイムパスワード申請内容選択"


def test_a_result_goes_away_with_the_next_page_and_is_nobody_elses(town: Town) -> None:
    person = town.inside()
    address, fields = issue_form(person)
    person.post(address, fields)
    cookie = person.client.get_cookie("bank_result")
    assert cookie is not None
    other = town.person()
    other.login("hanako")
    other.client.set_cookie("bank_result", cookie.value)
    other.open("/otp/issue/hardware/done")
    assert other.title == "ワンタイムパスワード申請内容選択"
    person.open("/otp")
    person.open("/otp/issue/hardware/done")
    assert person.title == "ワンタイムパスワード申請内容選択"


@pytest.mark.parametrize("kind", ["", "quantum", "HARDWARE", "software"])
def test_kind_must_be_the_forms_own(town: Town, kind: str) -> None:
    person = town.inside()
    address, fields = issue_form(person)
    person.post(address, {**fields, "kind": kind})
    assert person.answer.status_code == 422
    assert "トークンの種類を確認できません" in person.alert
    assert person.registration() == "未登録"


def test_a_parameter_sent_twice_is_refused(town: Town) -> None:
    person = town.inside("issued")
    person.open("/otp/activate")
    _, address, fields = person.values("利用開始する")
    twice = MultiDict([*fields.items(), ("otp", town.code())])
    twice.setlist("serial", [SERIAL])
    assert len(twice.getlist("otp")) == 2
    person.post(address, twice)
    assert person.answer.status_code == 400
    assert "2回以上" in person.alert
    assert person.registration() == "トークン発行済"


def test_a_dropped_otp_is_an_empty_one(town: Town) -> None:
    person = town.inside("in_service")
    person.open("/otp/deactivate")
    _, address, fields = person.values("解除する")
    fields.pop("otp")
    person.post(address, {**fields, "confirmation": CONFIRMATION})
    assert person.answer.status_code == 422
    assert person.registration() == "サービス利用中"


@pytest.mark.parametrize(
    "odd",
    [
        "\x00",
        "　",
        "٣٤٥",
        "<script>alert(1)</script>",
        "'\"",
        "９" * 6,
        "1e5",
        "x" * 10000,
        "\ud800",
    ],
)
def test_odd_input_never_breaks_the_bank(town: Town, odd: str) -> None:
    person = town.inside("issued")
    raw = odd.encode("utf-8", "surrogatepass")
    person.open("/otp/activate")
    _, address, fields = person.values("利用開始する")
    person.post(address, {**fields, "serial": raw, "otp": raw, "form_id": raw})
    assert person.answer.status_code in (400, 422)
    assert "<script>alert" not in person.answer.text
    stranger = town.person()
    stranger.open("/login")
    _, address, fields = stranger.values("ログイン")
    stranger.post(address, {**fields, "login_id": raw, "password": raw})
    assert stranger.answer.status_code in (400, 422)


def test_odd_cookies_never_break_the_bank(town: Town) -> None:
    for value in ("\\000", "x" * 3000, '"', "%00", "あ"):
        answer = town.app.test_client().get(
            "/otp",
            headers={
                "Cookie": f"bank_session={value}; bank_result={value}".encode().decode("latin-1")
            },
        )
        assert answer.status_code == 303


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/nowhere", 404),
        ("get", "/otp/issue/quantum", 404),
        ("get", "/otp/issue/quantum/done", 404),
        ("post", "/", 405),
        ("put", "/login", 405),
        ("get", "/logout", 405),
    ],
)
def test_error_pages_look_like_the_bank(town: Town, method: str, address: str, status: int) -> None:
    person = town.inside()
    answer = getattr(person.client, method)(address)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert "みほん信用組合" in answer.text


def test_too_large_a_form(town: Town) -> None:
    person = town.inside()
    address, fields = issue_form(person)
    person.post(address, {**fields, "confirmation": "x" * 100_000})
    assert person.answer.status_code == 413
    assert person.alert


def test_a_failure_inside_shows_no_trace(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    person = town.inside()

    def broken(*_: object) -> object:
        raise RuntimeError("wires crossed")

    monkeypatch.setattr(portal, "portal_buttons", broken)
    person.open("/otp")
    assert person.answer.status_code == 500
    assert "ただいまご利用いただけません" in person.answer.text
    assert "wires" not in person.answer.text
    assert "Traceback" not in person.answer.text


def test_headers_on_every_kind_of_answer(town: Town) -> None:
    person = town.inside()
    for address in ("/", "/login", "/otp/activate", "/nowhere", "/otp/activate/done"):
        headers = person.client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_cookies(town: Town) -> None:
    town.customer("in_service")
    person = town.person()
    seen: list[str] = []
    for secure in (False, True):
        base = "https://bank.example" if secure else "http://127.0.0.1"
        client = town.app.test_client()
        page = client.get("/login", base_url=base)
        seen = page.headers.getlist("Set-Cookie")
        assert seen
        for cookie in seen:
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Expires" not in cookie
            assert ("Secure" in cookie) is secure
    person.login("hanako")
    assert person.client.get_cookie("bank_pending").http_only  # type: ignore[union-attr]


def test_pages_need_no_inline_script_or_style(town: Town) -> None:
    person = town.inside("in_service")
    for address in ("/", "/otp", "/otp/deactivate", "/menu/otp"):
        person.open(address)
        assert not person.page.find_all(style=True)
        assert not person.page.find_all("style")
        assert all(script.get("src") for script in person.page.find_all("script"))
        html = person.page.html
        assert html is not None
        assert html["lang"] == "ja"


def test_logout_ends_the_session_for_good(town: Town) -> None:
    person = town.inside()
    cookie = person.client.get_cookie("bank_session")
    assert cookie is not None
    person.submit("ログアウト")
    thief = town.person()
    thief.client.set_cookie("bank_session", cookie.value)
    thief.open("/otp")
    assert thief.title == "ログイン"


def test_idle_session(town: Town) -> None:
    person = town.inside()
    town.wait(minutes=16)
    person.open("/otp")
    assert person.title == "ログイン"
    assert "もう一度ログイン" in person.answer.text
