"""Screens: recognised by title, operated by label, whatever the markup."""

from __future__ import annotations

from typing import Any

import pytest
from pretend_bank import BASE, Form, PretendBank, declaration, form, go, page

from otp_conformance.agent.page import FormRequest
from otp_conformance.agent.port import ForwardingAgent
from otp_conformance.screens.desk import Presence
from otp_conformance.screens.site import Site
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.outcome import DeclarationMismatch, NotRun, SetupFailed


def site_on(body: Any, **changes: Any) -> tuple[Site, PretendBank]:
    bank = PretendBank({"GET /": body})
    site = Site(bank.agents().new(), declaration(**changes), BASE)
    site.open_start()
    return site, bank


class TestRecognition:
    @pytest.mark.parametrize("key", list(bundled().screens))
    def test_every_screen_by_its_title(self, key: str) -> None:
        titles = declaration().labels
        site, _ = site_on(page(titles[f"{key}.title"][0]))
        assert site.current() == key

    @pytest.mark.parametrize(
        "title",
        [
            "ﾜﾝﾀｲﾑﾊﾟｽﾜｰﾄﾞ利用開始 (ハードトークン 確認)",
            "ワンタイムパスワード利用開始（ハードウェアトークン確認）",
        ],
    )
    def test_notations_do_not_matter(self, title: str) -> None:
        site, _ = site_on(page(title))
        assert site.activation.is_shown()
        assert not site.activation_complete.is_shown()

    def test_headings_of_blocks_are_not_titles(self) -> None:
        site, _ = site_on(
            page(
                "ワンタイムパスワード利用開始（ハードウェアトークン確認）",
                "<h2>ワンタイムパスワードの入力</h2>",
            )
        )
        assert site.current() == "activation"

    def test_the_window_title_serves_where_headings_do_not(self) -> None:
        site, _ = site_on(page("", "<p>ようこそ</p>", window="みほん信用組合 | トップページ"))
        assert site.top.is_shown()

    def test_a_declared_title_replaces_the_manuals(self) -> None:
        site, _ = site_on(page("マイページ"), labels={"top.title": ("マイページ",)})
        assert site.top.is_shown()

    def test_marks_serve_where_there_is_no_title_at_all(self) -> None:
        marks = {"login": ("Username", "Password"), "login_otp": ("Code",)}
        inputs = "<label>Username<input name=u></label><label>Password<input name=p></label>"
        bank = PretendBank({"GET /": page("", inputs, window="Portal")})
        declared = declaration().model_copy(update={"screen_marks": marks})
        site = Site(bank.agents().new(), declared, BASE)
        site.open_start()
        assert site.current() == "login"
        bank.pages["GET /"] = page("", "<label>Username<input name=u></label>", window="Portal")
        site.open_start()
        assert site.current() is None
        bank.pages["GET /"] = page("トップページ", inputs)
        site.open_start()
        assert site.current() == "top"  # a title outranks marks

    def test_a_declared_error_text_tells_a_refusal_without_any_role(self) -> None:
        body = page("ログイン", "<p>Authentication failed.</p>")
        silent, _ = site_on(body)
        assert not silent.tells_refusal()
        telling, _ = site_on(body, labels={"error.login": ("Authentication failed.",)})
        assert telling.tells_refusal()

    @pytest.mark.parametrize(
        ("answer", "told"),
        [
            pytest.param('<font color="red">ご入力内容に誤りがあります。</font>', True, id="red"),
            pytest.param("", False, id="nothing"),
            pytest.param("<p>現在 10時05分</p>", False, id="a clock that went on"),
            pytest.param("<p>99</p>", False, id="a number"),
            pytest.param("<p>住宅ローン相談会を開きます。</p>", False, id="another notice"),
        ],
    )
    def test_what_a_form_says_only_after_it_was_sent_tells_a_refusal(
        self, answer: str, told: bool
    ) -> None:
        inner = form("/login", "ログインID=i", "ログインパスワード=p:password", button="ログイン")
        before = page("ログイン", f"<p>現在 10時04分</p>{inner}")
        site, bank = site_on(before)
        bank.pages["POST /login"] = page("ログイン", f"<p>現在 10時04分</p>{answer}{inner}")
        assert not site.tells_refusal()
        site.login.submit("hanako", "chigau")
        assert site.tells_refusal() is told
        assert ("ご入力内容に誤り" in site.describe()) is told
        assert site.may_tell_refusal() is (answer.startswith("<font") or "相談会" in answer)

    @pytest.mark.parametrize(
        ("title", "answer", "told", "strange"),
        [
            ("エラー", "<p>ワンタイムパスワードが正しくありません。</p>", True, False),
            ("エラー", "", True, False),
            ("受付結果", "<p>取り消しはできません。</p>", True, True),  # of a success, perhaps
            ("受付結果", "<p>ご案内</p>", False, True),
            ("トップページ", "<p>確認用パスワードが違います。</p>", True, False),  # sent back
            ("トップページ", "<p>ようこそ</p>", False, False),
        ],
    )
    def test_what_another_page_says_after_a_form_was_sent_tells_a_refusal(
        self, title: str, answer: str, told: bool, strange: bool
    ) -> None:
        """Only what is new: each page has a warning with words of refusal around it."""
        around = "<p>他人に教えないでください。</p>"
        site, bank = site_on(page("トップページ", around))
        assert site.top.is_shown()
        screen = site.deactivation
        inner = form("/stop", "確認用パスワード=c:password", button="解除する")
        bank.pages["GET /"] = page(screen.title, around + inner)
        bank.pages["POST /stop"] = page(title, around + answer)
        site.open_start()
        screen.submit("chigau")
        assert site.tells_refusal() is told
        assert site.is_strange() is strange

    def test_back_at_the_entrance_one_reads_what_is_new_there(self) -> None:
        inner = form("/login", "ログインID=i", "ログインパスワード=p:password", button="ログイン")
        site, bank = site_on(page("ログイン", inner))
        bank.pages["POST /login"] = page("トップページ")
        site.login.submit("hanako", "tadashii")
        asked = form("/stop", "確認用パスワード=c:password", button="解除する")
        bank.pages["GET /"] = page(site.deactivation.title, asked)
        site.open_start()
        bank.pages["POST /stop"] = page("ログイン", f"<p>確認用パスワードが違います。</p>{inner}")
        site.deactivation.submit("chigau")
        assert site.current() == "login"
        assert site.alerts() == ("確認用パスワードが違います。",)

    def test_a_disabled_button_is_not_pressed(self) -> None:
        inner = (
            '<form method="post" action="/otp"><label>ワンタイムパスワード<input name=o></label>'
            "<button disabled>ログイン</button></form>"
        )
        site, bank = site_on(page("ワンタイムパスワードの入力", inner))
        site.login_otp.submit("")
        assert site.login_otp.is_shown()
        assert [what for what, _ in bank.asked] == ["GET /"]

    def test_unknown_page(self) -> None:
        site, _ = site_on(page("お知らせ", alert="混み合っています"))
        assert site.current() is None
        with pytest.raises(SetupFailed) as caught:
            site.portal.require()
        assert "ワンタイムパスワード申請内容選択" in caught.value.expected
        assert "お知らせ" in caught.value.observed
        assert "混み合っています" in caught.value.observed

    def test_errors_in_one_line(self) -> None:
        site, _ = site_on((422, page("ログイン", alert="ログインID\n が違います")))
        assert site.error_text() == "ログインID が違います"
        assert site.describe() == "画面「ログイン」、エラー表示「ログインID が違います」、HTTP 422"


class TestSuspension:
    def test_by_title(self) -> None:
        assert site_on(page("ワンタイムパスワード認証の停止"))[0].suspension_shown()

    def test_by_message_on_the_login_page(self) -> None:
        told = "ワンタイムパスワード認証を停止しています"
        assert site_on(page("ログイン", alert=told))[0].suspension_shown()

    def test_by_text_on_a_page_of_its_own(self) -> None:
        body = "<p>お客さまの認証が停止されています</p>"
        assert site_on(page("お知らせ", body))[0].suspension_shown()

    @pytest.mark.parametrize("title", ["ログイン", "トップページ"])
    def test_a_note_is_not_a_message(self, title: str) -> None:
        body = "<p>誤りが続くと認証の停止となります</p>"
        assert not site_on(page(title, body))[0].suspension_shown()


LOGIN = form("/login", "ログインID=id", "ログインパスワード=pw:password", button="ログイン")
OTP = form("/otp", "ワンタイムパスワード=otp", button="ログイン")


class TestLogin:
    PAGES = {  # noqa: RUF012
        "GET /login": page("ログイン", LOGIN),
        "POST /login": page("ワンタイムパスワードの入力", OTP),
        "POST /otp": page("トップページ"),
    }

    def test_two_pages(self) -> None:
        bank = PretendBank(self.PAGES)
        site = Site(bank.agents().new(), declaration(), BASE)
        site.login.open()
        assert not site.login.has_otp_field()
        site.login.submit("a", "b")
        assert site.login_otp.is_shown()
        site.login_otp.submit("012345")
        assert site.top.is_shown()
        assert bank.asked[1:] == [
            ("POST /login", {"id": "a", "pw": "b"}),
            ("POST /otp", {"otp": "012345"}),
        ]

    def test_one_page(self) -> None:
        fields = ("ログインID=id", "ログインパスワード=pw:password", "ワンタイムパスワード=otp")
        bank = PretendBank(
            {
                "GET /enter": page("ログイン", form("/login", *fields, button="ログイン")),
                "POST /login": page("トップページ"),
            }
        )
        site = Site(bank.agents().new(), declaration(login={"path": "/enter"}), BASE)
        site.login.open()
        assert site.login.has_otp_field()
        site.login.submit("a", "b", "1")
        assert bank.asked[-1] == ("POST /login", {"id": "a", "pw": "b", "otp": "1"})

    def test_logout(self) -> None:
        bank = PretendBank(
            {
                "GET /": page("トップページ", form("/logout", button="ログアウト")),
                "POST /logout": page("ログイン"),
            }
        )
        site = Site(bank.agents().new(), declaration(), BASE)
        site.open_start()
        site.logout()
        assert bank.asked[-1][0] == "POST /logout"

    def test_logout_from_a_page_without_the_control(self) -> None:
        bank = PretendBank(
            {
                "GET /lost": page("行き止まり"),
                "GET /": page("トップページ", form("/logout", button="ログアウト")),
                "POST /logout": page("ログイン"),
            }
        )
        site = Site(bank.agents().new(), declaration(), BASE)
        site.agent.open(f"{BASE}/lost")
        site.logout()
        assert bank.asked[-1][0] == "POST /logout"

    def test_logout_of_a_product_without_it(self) -> None:
        site, bank = site_on(page("トップページ"), login={"logout_control": False})
        site.logout()
        assert len(bank.asked) == 1


class TestMenu:
    LINK = '<a href="{}">ワンタイムパスワード申請</a>'

    def test_two_levels_with_equal_names(self) -> None:
        bank = PretendBank(
            {
                "GET /": page("トップページ", self.LINK.format("/menu")),
                "GET /menu": page("メニュー", self.LINK.format("/menu") + self.LINK.format("/otp")),
                "GET /otp": page("ワンタイムパスワード申請内容選択"),
            }
        )
        site = Site(bank.agents().new(), declaration(), BASE)
        site.open_start()
        site.top.open_portal()
        assert site.portal.is_shown()

    def test_declared_path_of_one_level(self) -> None:
        bank = PretendBank(
            {
                "GET /": page("トップページ", '<a href="/x">各種設定</a><a href="/y">他</a>'),
                "GET /x": page("ワンタイムパスワード申請内容選択"),
            }
        )
        decl = declaration(navigation={"portal": ("各種設定",)})
        site = Site(bank.agents().new(), decl, BASE)
        site.open_start()
        site.top.open_portal()
        assert site.portal.is_shown()


PORTAL = "ワンタイムパスワード申請内容選択"


class TestPortal:
    @pytest.mark.parametrize(
        "shown",
        [
            "<dl><dt>登録状況</dt><dd>（未登録）</dd></dl>",
            "<table><tr><th>登録状況：</th><td>未登録</td></tr></table>",
            "<p>登録状況：未登録</p>",
            "<div><div>登録状況</div><div>未登録</div></div>",
        ],
    )
    def test_status_in_whatever_markup(self, shown: str) -> None:
        site, _ = site_on(page(PORTAL, f"<h2>ワンタイムパスワード登録状況</h2>{shown}"))
        assert site.portal.status() is Status.NOT_REGISTERED

    @pytest.mark.parametrize(
        ("text", "status"),
        [
            ("トークン発行済", Status.ISSUED),
            ("サービス利用中", Status.IN_SERVICE),
            ("処理中", None),
        ],
    )
    def test_status(self, text: str, status: Status | None) -> None:
        site, _ = site_on(page(PORTAL, f"<p>登録状況：{text}</p>"))
        assert site.portal.status() is status
        assert site.portal.status_text() == text

    def test_no_status_at_all(self) -> None:
        site, _ = site_on(page(PORTAL))
        assert (site.portal.status(), site.portal.status_text()) == (None, "")

    def test_presentation_of_buttons(self) -> None:
        body = "<button>トークン発行</button><button disabled>ワンタイムパスワード利用開始</button>"
        site, _ = site_on(page(PORTAL, body))
        assert site.portal.offers("portal.issue") is Presence.ENABLED
        assert site.portal.offers("portal.activate") is Presence.DISABLED
        assert site.portal.offers("portal.deactivate") is Presence.HIDDEN
        assert site.portal.can_press("portal.issue")
        assert not site.portal.can_press("portal.activate")
        with pytest.raises(DeclarationMismatch):
            site.portal.press("portal.deactivate")


KINDS = """<form method="post" action="/kind"><table>
<tr><td>ソフトトークン</td><td><button name="k" value="s">選択</button></td></tr>
<tr><td>ハードトークン</td><td><button name="k" value="h">選択</button></td></tr>
</table></form><a href="/">戻る</a>"""


class TestIssue:
    def test_kinds(self) -> None:
        site, bank = site_on(page("トークン発行（選択）", KINDS))
        bank.pages["POST /kind"] = page("トークン発行（ハードウェアトークン発行確認）")
        assert site.kind_selection.kinds_offered() == (Kind.SOFTWARE, Kind.HARDWARE)
        assert site.kind_selection.selections() == 2
        assert site.kind_selection.request_of(Kind.SOFTWARE).fields == (("k", "s"),)
        site.kind_selection.choose(Kind.HARDWARE)
        assert bank.asked[-1] == ("POST /kind", {"k": "h"})
        assert site.issue_confirm.is_shown()
        assert not site.issue_confirm.of(Kind.SOFTWARE).is_shown()

    @pytest.mark.parametrize("around", ["<section>{}</section>", "<div>{}</div>"])
    def test_a_kind_is_told_by_its_card_where_there_are_no_rows(self, around: str) -> None:
        card = '<div><p>{}トークン</p><form action="/{}"><button>選択</button></form></div>'
        cards = around.format(card.format("ソフト", "s") + card.format("ハード", "h"))
        site, bank = site_on(page("トークン発行（選択）", "<h2>トークンの選択</h2>" + cards))
        bank.pages["GET /h"] = page("トークン発行（ハードウェアトークン発行確認）")
        assert site.kind_selection.kinds_offered() == (Kind.SOFTWARE, Kind.HARDWARE)
        site.kind_selection.choose(Kind.HARDWARE)
        assert site.issue_confirm.is_shown()

    def test_a_kind_that_is_not_offered(self) -> None:
        hardware_only = KINDS.replace("<tr><td>ソフトトークン</td>", "<tr hidden><td>ソフト</td>")
        site, _ = site_on(page("トークン発行（選択）", hardware_only))
        assert site.kind_selection.kinds_offered() == (Kind.HARDWARE,)
        assert not site.kind_selection.can_choose(Kind.SOFTWARE)

    def test_confirmation(self) -> None:
        title = "トークン発行（ハードウェアトークン発行確認）"
        body = form("/issue", "確認用パスワード【必須】=c:password", button="トークンを発行する")
        site, bank = site_on(page(title, body))
        bank.pages["POST /issue"] = page("トークン発行（ハードウェアトークン発行完了）")
        (field,) = site.view().fields
        assert (field.masked, field.required) == (True, True)
        site.issue_confirm.submit("secret")
        assert bank.asked[-1] == ("POST /issue", {"c": "secret"})
        assert site.issue_complete.is_shown()

    def test_double_click(self) -> None:
        title = "トークン発行（ハードウェアトークン発行確認）"
        body = form("/issue", "確認用パスワード=c:password", button="トークンを発行する")
        site, bank = site_on(page(title, body))
        bank.pages["POST /issue"] = page("トークン発行（ハードウェアトークン発行完了）")
        site.issue_confirm.submit_twice("secret")
        assert bank.asked[1:] == [("POST /issue", {"c": "secret"})] * 2


ACTIVATION = "ワンタイムパスワード利用開始（ハードウェアトークン確認）"
FIELDS = """<form method="post" action="/act">
<label>シリアル番号<input name="s" maxlength="12"></label>
<label>ワンタイムパスワード<input name="o"></label><button>利用開始する</button></form>"""


class TestActivationAndDeactivation:
    def test_activation(self) -> None:
        site, bank = site_on(page(ACTIVATION, FIELDS))
        done = "<dl><dt>シリアル番号</dt><dd>0123</dd><dt>有効期限</dt><dd>2031年</dd></dl>"
        bank.pages["POST /act"] = page(
            "ワンタイムパスワード利用開始（ハードウェアトークン完了）", done
        )
        assert site.activation.parameter("otp.field").names == ("o",)
        site.activation.submit("0123", "000001")
        assert bank.asked[-1] == ("POST /act", {"s": "0123", "o": "000001"})
        assert site.activation_complete.serial() == "0123"
        assert site.activation_complete.expiry() == "2031年"

    def test_what_the_page_would_cut_is_sent_whole(self) -> None:
        site, bank = site_on(page(ACTIVATION, FIELDS))
        bank.pages["POST /act"] = (422, page(ACTIVATION, alert="桁数"))
        site.activation.submit("1234567890123", "1")
        assert bank.asked[-1] == ("POST /act", {"s": "1234567890123", "o": "1"})

    def test_deactivation_with_and_without_otp(self) -> None:
        title = "ワンタイムパスワード利用解除（利用解除確認）"
        body = form("/off", "確認用パスワード=c:password", button="解除する")
        site, bank = site_on(page(title, body))
        bank.pages["POST /off"] = page("ワンタイムパスワード利用解除（利用解除完了）")
        assert not site.deactivation.has_otp_field()
        assert not site.deactivation.has_button("keyboard.open")
        site.deactivation.submit("secret", None)
        assert bank.asked[-1] == ("POST /off", {"c": "secret"})
        assert site.deactivation_complete.is_shown()

    def test_keyboard_needs_a_browser(self) -> None:
        title = "ワンタイムパスワード利用解除（利用解除確認）"
        body = form("/off", "確認用パスワード=c:password", button="解除する")
        opener = "<button type=button>ソフトウェアキーボードを使用して入力する</button>"
        site, _ = site_on(page(title, body + opener))
        assert site.deactivation.has_button("keyboard.open")
        with pytest.raises(NotRun):
            site.deactivation.submit_with_keyboard("secret", None)

    def test_a_declared_keyboard_that_is_missing_is_the_products_matter(self) -> None:
        title = "ワンタイムパスワード利用解除（利用解除確認）"
        body = form("/off", "確認用パスワード=c:password", button="解除する")
        site, bank = site_on(page(title, body))
        with pytest.raises(SetupFailed) as caught:
            site.deactivation.submit_with_keyboard("secret", None)
        assert "「ソフトウェアキーボードを使用して入力する」" in caught.value.expected
        assert "keyboard.open" in caught.value.hint
        assert len(bank.asked) == 1


def test_looks_carry_no_query() -> None:
    bank = PretendBank({"GET /x": page("トップページ")})
    site = Site(bank.agents().new(), declaration(), BASE)
    site.agent.open(f"{BASE}/x?otp=123456")
    look = site.look()
    assert (look.address, look.http_status, look.image) == (f"{BASE}/x", 200, None)


class _WithPixels(ForwardingAgent):
    """A client without a browser, taken for one that takes pictures."""

    image: bytes | None = b"picture"

    @property
    def is_browser(self) -> bool:
        return True

    def screenshot(self, *_: object, **__: object) -> bytes | None:
        return self.image


@pytest.mark.parametrize(
    ("image", "shown", "told"),
    [
        (b"x", "482913", "塗りつぶしました"),
        (None, "482913", "保存していません"),
        (b"x", "ようこそ", ""),
        (None, "ようこそ", ""),
    ],
)
def test_a_look_tells_what_was_taken_out_of_it(image: bytes | None, shown: str, told: str) -> None:
    bank = PretendBank({"GET /x": page("トップページ", f"<p>{shown}</p>")})
    agent = _WithPixels(bank.agents().new())
    agent.image = image
    site = Site(agent, declaration(), BASE)
    site.agent.open(f"{BASE}/x")
    look = site.look(lambda text: "482913" in text)
    assert look.image == image
    assert told in look.remark
    assert bool(look.remark) is bool(told)


def test_a_kept_request_is_sent_as_it_is() -> None:
    def receive(sent: Form) -> Any:
        return go("/") if sent else (400, page("不正"))

    site, bank = site_on(page("トップページ"))
    bank.pages["POST /any"] = receive
    site.send(FormRequest("POST", f"{BASE}/any", (("a", "1"),)))
    assert bank.asked[-2:] == [("POST /any", {"a": "1"}), ("GET /", {})]


def test_a_field_of_the_site_around_is_no_field_of_the_screen() -> None:
    search = "<label>サイト内検索<input name=q></label>"
    bank = PretendBank({"GET /": page("トップページ", search)})
    site = Site(bank.agents().new(), declaration(), BASE)
    site.open_start()
    assert site.current() == "top"
    title = declaration().labels["activation.title"][0]
    asked = form("/x", "シリアル番号=s", "サイト外の入力欄=t", button="利用開始する")
    bank.pages["GET /"] = page(title, search + asked)
    site.open_start()
    assert "サイト内検索" in [f.label for f in site.view().fields]
    assert [f.label for f in site.own_fields()] == ["シリアル番号", "サイト外の入力欄"]
