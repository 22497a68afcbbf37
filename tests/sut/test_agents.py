"""One contract for both agents: what a person can see and do on a page."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest
from practice_site import FORM, PracticeServer

from otp_conformance.agent.page import Control, FormRequest, Role
from otp_conformance.agent.port import UserAgent, UserAgents
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

INPUT_TYPES = [
    "button",
    "checkbox",
    "color",
    "date",
    "datetime-local",
    "email",
    "file",
    "hidden",
    "image",
    "month",
    "number",
    "password",
    "radio",
    "range",
    "reset",
    "search",
    "submit",
    "tel",
    "text",
    "time",
    "url",
    "week",
    "unheard-of",
]
NOT_TYPED_INTO = {
    "button",
    "checkbox",
    "color",
    "file",
    "hidden",
    "image",
    "radio",
    "range",
    "reset",
    "submit",
}
EVERY_FIELD = (
    "".join(f'<input type="{kind}" aria-label="{kind}欄">' for kind in INPUT_TYPES)
    + """
<input aria-label="typeなし欄"><textarea aria-label="textarea欄"></textarea>
<select aria-label="select欄"><option>1</option></select>
<div role="textbox" aria-label="textbox欄">あ</div>
<div contenteditable aria-label="editable欄">い</div>
<div contenteditable="true" aria-label="true欄">う</div>
<div contenteditable="false" aria-label="false欄">え</div>
<input type="PASSWORD" aria-label="大文字欄">"""
)
TYPED_INTO = [
    *(f"{kind}欄" for kind in INPUT_TYPES if kind not in NOT_TYPED_INTO),
    *("typeなし欄", "textarea欄", "textbox欄", "editable欄", "true欄", "大文字欄"),
]


def action(*names: str, row: tuple[str, ...] = (), last: bool = False) -> Control:
    return Control(Role.ACTION, names, row, last)


def field(*names: str) -> Control:
    return Control(Role.FIELD, names)


@pytest.fixture
def on_form(agent: UserAgent, server: PracticeServer) -> UserAgent:
    agent.open(f"{server.url}/form")
    return agent


class TestView:
    def test_texts(self, on_form: UserAgent, server: PracticeServer) -> None:
        view = on_form.view()
        assert view.address == f"{server.url}/form"
        assert view.http_status == 200
        assert view.document_title == "入力｜みほん"
        assert view.headings == ("入力（テスト）",)
        assert view.language == "ja"
        assert view.alerts == ("誤りが あります",)
        assert "画面ID: BOP001" in view.text
        assert "隠れた文" not in view.text

    def test_facts(self, on_form: UserAgent) -> None:
        facts = on_form.view().facts
        assert facts["登録状況"] == "未登録"
        assert facts["シリアル番号"] == "0123"
        assert facts["送付先"] == ""  # not what follows it
        assert facts["有効期限"] == "2012年02月07日 14時05分"
        assert facts["利用者"] == "検査花子"
        assert facts["画面id"] == "BOP001"
        assert not [caption for caption in facts if "時刻" in caption]

    def test_rows_of_a_table(self, on_form: UserAgent) -> None:
        rows = on_form.view().rows
        assert rows == ({"申請番号": "1", "状態": "受付"}, {"申請番号": "2", "状態": "発送"})

    def test_both_agree_on_what_a_text_field_is(
        self, agent: UserAgent, server: PracticeServer
    ) -> None:
        server.extra = f"<!doctype html><title>入力欄</title><body>{EVERY_FIELD}</body>"
        agent.open(f"{server.url}/labelled")
        fields = agent.view().fields
        assert [each.label for each in fields] == TYPED_INTO
        assert [each.label for each in fields if each.masked] == ["password欄", "大文字欄"]
        assert {each.label: each.value for each in fields}["editable欄"] == "い"
        named = {f"{kind}欄" for kind in INPUT_TYPES} | {"select欄", "false欄", *TYPED_INTO}
        assert {name for name in named if agent.has(field(name))} == set(TYPED_INTO)

    def test_progress(self, on_form: UserAgent) -> None:
        view = on_form.view()
        assert (view.progress, view.progress_current) == (("確認", "完了"), "確認")

    def test_fields(self, on_form: UserAgent) -> None:
        fields = {f.label: f for f in on_form.view().fields}
        serial = fields["シリアル番号 必須"]
        assert (serial.value, serial.required, serial.max_length) == ("077", True, 12)
        assert serial.description == "半角数字8~12桁"
        assert fields["お名前"].required
        assert not fields["ワンタイム パスワード"].required
        assert fields["ワンタイム パスワード"].max_length is None

    def test_masked_values_stay_unread(self, on_form: UserAgent) -> None:
        secret = next(f for f in on_form.view().fields if f.label == "確認用パスワード")
        assert (secret.masked, secret.value) == (True, "")

    def test_actions(self, on_form: UserAgent) -> None:
        actions = on_form.view().actions
        by_name = {a.name: a for a in actions}
        assert by_name["押せない"].enabled is False
        assert by_name["閉じる"].is_link is False
        assert by_name["故障"].is_link is True
        assert "隠しボタン" not in by_name
        assert "宛先なし" not in by_name
        rows = [a.row for a in actions if a.name == "選択"]
        assert [row.split()[0] for row in rows] == ["ソフトウェアトークン", "ハードウェアトークン"]

    def test_status_of_a_refusal(self, agent: UserAgent, server: PracticeServer) -> None:
        agent.open(f"{server.url}/refused")
        assert agent.view().http_status == 403

    def test_status_after_a_redirect(self, agent: UserAgent, server: PracticeServer) -> None:
        agent.open(f"{server.url}/moved")
        view = agent.view()
        assert (view.http_status, view.address) == (200, f"{server.url}/plain?moved")


class TestFinding:
    @pytest.mark.parametrize(
        "control",
        [
            action("利用開始する"),
            action("ナイもの", "利用　開始する"),
            action("トークン発行(申込)"),
            action("閉じる"),
            field("シリアル番号"),
            field("ワンタイムパスワード"),
            field("お名前"),
            field("メモ"),
            Control(Role.LINK, ("故障",)),
            Control(Role.BUTTON, ("押せない",)),
        ],
    )
    def test_there(self, on_form: UserAgent, control: Control) -> None:
        assert on_form.has(control)

    @pytest.mark.parametrize(
        "control",
        [
            action("利用開始"),  # a button's name must be equal, not contained
            action("隠しボタン"),
            action("宛先なし"),
            field("同意"),  # a check box is not typed into
            Control(Role.LINK, ("利用開始する",)),
            action("選択", row=("紙の",)),
        ],
    )
    def test_not_there(self, on_form: UserAgent, control: Control) -> None:
        assert not on_form.has(control)

    def test_row(self, on_form: UserAgent, server: PracticeServer) -> None:
        on_form.press(action("選択", row=("ハードトークン",)))
        assert server.requests[-1][1] == "/rows?kind=h"

    def test_equal_labels_first_and_last(self, on_form: UserAgent, server: PracticeServer) -> None:
        menu = "ワンタイムパスワード申請"
        on_form.press(action(menu, last=True))
        assert server.requests[-1][1] == "/plain?level=2"
        on_form.open(f"{server.url}/form")
        on_form.press(action(menu))
        assert server.requests[-1][1] == "/plain?x=1&x=2"

    def test_exact_label_outranks_a_longer_one(
        self, agent: UserAgent, server: PracticeServer
    ) -> None:
        server.extra = """<!doctype html><meta charset=utf-8><title>x</title>
        <form method=post action=/echo><label>確認用パスワード<input name=c></label>
        <label>パスワード<input name=p></label><button>送る</button></form>"""
        agent.open(f"{server.url}/labelled")
        assert agent.field_name(field("パスワード")).names == ("p",)

    def test_missing_control_says_what_is_there(self, on_form: UserAgent) -> None:
        with pytest.raises(DeclarationMismatch) as caught:
            on_form.press(action("発行する", "申し込む"))
        assert "発行する／申し込む" in caught.value.expected
        assert "「利用 開始する」" in caught.value.observed

    @pytest.mark.parametrize(
        ("end", "outcome"),
        [
            ("", EnvironmentTrouble),
            ("<p>まだ続", EnvironmentTrouble),
            ("</body></html>", DeclarationMismatch),
            ("</BODY>\n</HTML >\n", DeclarationMismatch),
        ],
    )
    def test_what_half_a_page_lacks_is_no_matter_of_the_declaration(
        self, agent: UserAgent, server: PracticeServer, end: str, outcome: type[Exception]
    ) -> None:
        head = (
            "<!doctype html><html lang=ja><head><meta charset=utf-8><title>x</title></head><body>"
        )
        server.extra = f"{head}<a href=/plain>ログアウト</a>{end}"
        agent.open(f"{server.url}/plain")
        agent.open(f"{server.url}/labelled")
        with pytest.raises(outcome, match="ログアウト"):
            agent.press(action("ワンタイムパスワード申請"))

    def test_a_page_that_leaves_its_tags_out_is_whole(
        self, agent: UserAgent, server: PracticeServer
    ) -> None:
        server.extra = "<!doctype html><meta charset=utf-8><title>x</title><p>利用"
        agent.open(f"{server.url}/labelled")
        with pytest.raises(DeclarationMismatch, match="見つかりません"):
            agent.fill(field("ワンタイムパスワード"), "1")

    def test_disabled_button_is_not_pressed(
        self, on_form: UserAgent, server: PracticeServer
    ) -> None:
        with pytest.raises(DeclarationMismatch, match="無効"):
            on_form.press(action("押せない"))
        assert not server.posts

    def test_read_only_field_is_not_filled(self, on_form: UserAgent) -> None:
        with pytest.raises(DeclarationMismatch, match="入力できない"):
            on_form.fill(field("決まり"), "x")


SENT = [
    ("token", "t&1"),
    ("dup", "a"),
    ("dup", "b"),
    ("serial", "077"),
    ("otp", ""),
    ("pw", "keep"),
    ("nm", "検査"),
    ("memo", "一行\r\n二行"),
    ("box", "on1"),
    ("r", "2"),
    ("sel", "s2"),
    ("ro", "r"),
    ("go", "1"),
]


class TestForms:
    def test_press_sends_what_a_browser_sends(
        self, on_form: UserAgent, server: PracticeServer
    ) -> None:
        on_form.fill(field("お名前"), "検査")
        on_form.press(action("利用開始する"))
        assert server.posts == [SENT]
        view = on_form.view()
        assert (view.headings, view.http_status) == (("受領",), 422)

    def test_maxlength_cuts_as_typing_would(
        self, on_form: UserAgent, server: PracticeServer
    ) -> None:
        on_form.fill(field("お名前"), "検査")
        on_form.fill(field("シリアル番号"), "1234567890123")
        on_form.press(action("利用開始する"))
        assert dict(server.posts[-1])["serial"] == "123456789012"

    def test_it_is_told_what_a_field_holds_not_what_was_meant(self, on_form: UserAgent) -> None:
        assert on_form.fill(field("お名前"), "検\n査") in {"検査", "検 査"}  # no line end
        assert on_form.fill(field("シリアル番号"), "1234567890123") == "123456789012"

    def test_required_and_empty_is_sent_all_the_same_and_told(
        self, on_form: UserAgent, server: PracticeServer
    ) -> None:
        on_form.press(action("利用開始する"))
        assert server.posts
        assert on_form.view().headings == ("受領",)
        (told,) = on_form.view().alerts
        assert told.startswith("ブラウザーが入力の不備として送信を止める画面です")

    def test_form_request_is_what_would_be_sent(
        self, on_form: UserAgent, server: PracticeServer
    ) -> None:
        on_form.fill(field("お名前"), "検査")
        request = on_form.form_request(action("利用開始する"))
        on_form.press(action("利用開始する"))
        assert (request.method, request.address) == ("POST", f"{server.url}/echo")
        normal = [(n, v.replace("\r\n", "\n")) for n, v in request.fields]
        assert normal == [(n, v.replace("\r\n", "\n")) for n, v in SENT]

    def test_form_request_of_another_button(
        self, on_form: UserAgent, server: PracticeServer
    ) -> None:
        request = on_form.form_request(action("別に送る"))
        assert request.address == f"{server.url}/echo?by=2"
        assert ("go", "2") in request.fields
        assert ("go", "1") not in request.fields

    def test_form_request_of_a_disabled_button_carries_its_name(self, on_form: UserAgent) -> None:
        assert ("never", "") in on_form.form_request(action("押せない")).fields

    def test_form_request_of_a_link(self, on_form: UserAgent, server: PracticeServer) -> None:
        request = on_form.form_request(action("ワンタイムパスワード申請"))
        assert request == FormRequest("GET", f"{server.url}/plain", (("x", "1"), ("x", "2")))

    def test_send_altered_and_duplicated(self, on_form: UserAgent, server: PracticeServer) -> None:
        request = on_form.form_request(action("利用開始する")).with_value("otp", "１２ 3+&=%")
        twice = FormRequest(request.method, request.address, (*request.fields, ("otp", "2")))
        on_form.send(twice.without("pw"))
        sent = server.posts[-1]
        assert [v for n, v in sent if n == "otp"] == ["１２ 3+&=%", "2"]
        assert [v for n, v in sent if n == "dup"] == ["a", "b"]
        assert "pw" not in dict(sent)
        assert on_form.view().headings == ("受領",)

    def test_send_a_parameter_called_submit(
        self, on_form: UserAgent, server: PracticeServer
    ) -> None:
        on_form.send(FormRequest("POST", f"{server.url}/echo", (("submit", "1"), ("action", "2"))))
        assert server.posts == [[("submit", "1"), ("action", "2")]]

    def test_send_by_get(self, on_form: UserAgent, server: PracticeServer) -> None:
        on_form.send(FormRequest("GET", f"{server.url}/plain", (("x", "1"), ("x", "2"))))
        assert server.requests[-1][1] == "/plain?x=1&x=2"

    def test_send_from_a_fresh_agent_has_the_sites_origin(
        self, agent: UserAgent, server: PracticeServer
    ) -> None:
        agent.send(FormRequest("POST", f"{server.url}/echo", (("a", "1"),)))
        assert server.requests[-1] == ("POST", "/echo", server.url)

    def test_post_redirect_get(self, on_form: UserAgent, server: PracticeServer) -> None:
        on_form.send(FormRequest("POST", f"{server.url}/redirect", ()))
        view = on_form.view()
        assert (view.address, view.http_status) == (f"{server.url}/done", 200)

    def test_field_name(self, on_form: UserAgent) -> None:
        assert on_form.field_name(field("シリアル番号")).names == ("serial",)


class TestHistoryAndCookies:
    def test_back_and_reload(self, agent: UserAgent, server: PracticeServer) -> None:
        agent.open(f"{server.url}/one")
        agent.open(f"{server.url}/two")
        agent.back()
        assert agent.view().headings == ("/one",)
        agent.reload()
        assert agent.view().headings == ("/one",)
        assert [path for _, path, _ in server.requests].count("/one") == 3

    def test_reload_sends_a_form_again(self, on_form: UserAgent, server: PracticeServer) -> None:
        on_form.fill(field("お名前"), "検査")
        on_form.press(action("利用開始する"))
        on_form.reload()
        assert server.posts == [SENT, SENT]

    def test_back_onto_a_form_answer_is_blank_until_reload(
        self, on_form: UserAgent, server: PracticeServer
    ) -> None:
        on_form.send(FormRequest("POST", f"{server.url}/echo", (("a", "1"),)))
        on_form.open(f"{server.url}/plain")
        on_form.back()
        assert on_form.view().headings == ()
        assert len(server.posts) == 1
        on_form.reload()
        assert on_form.view().headings == ("受領",)
        assert len(server.posts) == 2

    def test_cookies_belong_to_one_agent(self, agents: UserAgents, server: PracticeServer) -> None:
        first, second = agents.new(), agents.new()
        first.open(f"{server.url}/cookie")
        for agent in (first, second):
            agent.open(f"{server.url}/plain")
        assert "sid=1" in first.view().text
        assert "sid=1" not in second.view().text
        first.forget_cookies()
        first.open(f"{server.url}/plain")
        assert "sid=1" not in first.view().text
        first.close()
        first.close()
        second.close()

    def test_cookies_can_be_carried_to_another_agent(
        self, agents: UserAgents, server: PracticeServer
    ) -> None:
        first, second = agents.new(), agents.new()
        first.open(f"{server.url}/cookie")
        (cookie,) = first.cookies()
        assert (cookie.name, cookie.value) == ("sid", "1")
        assert "value='1'" not in repr(cookie)
        second.open(f"{server.url}/plain")
        second.take_cookies([replace(cookie, value="2")])
        second.open(f"{server.url}/plain")
        assert "sid=2" in second.view().text
        second.take_cookies([])
        assert second.cookies() == ()
        first.close()
        second.close()

    def test_headers_are_claimed_until_others_are(
        self, agents: UserAgents, server: PracticeServer
    ) -> None:
        agent = agents.new()
        for headers in ({"X-Real-IP": "203.0.113.1"}, {"X-Real-IP": "203.0.113.2"}, {}):
            agent.claim(headers)
            agent.open(f"{server.url}/plain")
        assert server.senders[-3:] == ["203.0.113.1", "203.0.113.2", ""]
        agent.close()

    def test_the_headers_of_the_page_in_sight(
        self, agent: UserAgent, server: PracticeServer
    ) -> None:
        agent.open(f"{server.url}/plain")
        assert agent.view().headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(("marks", "goes_along"), [("", True), ("SameSite=Lax", False)])
    def test_a_form_of_another_site_takes_along_what_a_browser_lets_it(
        self, agent: UserAgent, server: PracticeServer, marks: str, goes_along: bool
    ) -> None:
        agent.open(f"{server.url}/cookie?{marks}")
        agent.send_from_elsewhere(FormRequest("POST", f"{server.url}/who", (("a", "1"),)))
        assert ("sid=1" in agent.view().text) is goes_along
        assert ("POST", "/who", "http://elsewhere.example") in server.requests
        agent.open(f"{server.url}/plain")
        assert "sid=1" in agent.view().text


class TestTrouble:
    def test_server_error(self, on_form: UserAgent, server: PracticeServer) -> None:
        with pytest.raises(EnvironmentTrouble, match="HTTP 500"):
            on_form.press(action("故障"))
        with pytest.raises(EnvironmentTrouble, match="HTTP 500"):
            on_form.open(f"{server.url}/broken")

    def test_nobody_listens(self, agent: UserAgent) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
            with pytest.raises(EnvironmentTrouble, match="検査対象に接続できません"):
                agent.open(address)

    def test_broken_off(self, on_form: UserAgent, server: PracticeServer) -> None:
        with pytest.raises(EnvironmentTrouble, match="接続できません"):
            on_form.press(action("切断"))
        on_form.open(f"{server.url}/form")
        with pytest.raises(EnvironmentTrouble, match="接続できません"):
            on_form.send(FormRequest("POST", f"{server.url}/reset", ()))
        on_form.open(f"{server.url}/form")
        assert on_form.view().headings == ("入力（テスト）",)

    def test_foreign_hosts_are_not_contacted(self, on_form: UserAgent) -> None:
        for attempt in (
            lambda: on_form.press(action("外")),
            lambda: on_form.open("http://foreign.example/"),
            lambda: on_form.send(FormRequest("POST", "http://foreign.example/", ())),
        ):
            with pytest.raises(DeclarationMismatch, match="allowed_hosts"):
                attempt()

    def test_addresses_in_messages_have_no_query(
        self, agent: UserAgent, server: PracticeServer
    ) -> None:
        with pytest.raises(EnvironmentTrouble) as caught:
            agent.open(f"{server.url}/broken?otp=123456")
        assert "123456" not in str(caught.value)


def test_the_page_is_the_one_meant() -> None:
    assert FORM.count("選択</button>") == 2


class TestTogether:
    def test_requests_for_one_moment_are_under_way_together(
        self, agents: UserAgents, server: PracticeServer
    ) -> None:
        pair = [agents.new(), agents.new()]
        request = FormRequest("POST", f"{server.url}/together", (("a", "1"),))
        for agent in pair:
            agent.open(f"{server.url}/form")
        moment = time.time() + 0.2
        with ExitStack() as under_way:
            for agent in pair:
                under_way.enter_context(agent.sending(request, at=moment))
        assert [agent.view().headings for agent in pair] == [("一緒",), ("一緒",)]
        for agent in pair:
            agent.close()

    def test_trouble_of_one_comes_out(self, agents: UserAgents, server: PracticeServer) -> None:
        agent = agents.new()
        agent.open(f"{server.url}/form")
        request = FormRequest("POST", f"{server.url}/reset", ())
        with pytest.raises(EnvironmentTrouble), agent.sending(request, at=0.0):
            pass
        agent.close()
