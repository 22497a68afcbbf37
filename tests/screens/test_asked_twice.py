"""What stands between a customer and the next screen: ticks, split fields, pages in between."""

from __future__ import annotations

import pytest
from pretend_bank import BASE, Form, PretendBank, declaration, page
from test_site import ACTIVATION, site_on

from otp_conformance.agent.interstitials import attentive
from otp_conformance.agent.page import Control, FormRequest, Parameter, Role
from otp_conformance.declaration.otp import Interstitial
from otp_conformance.preflight.advice import Advice
from otp_conformance.screens.between import proposal
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.outcome import DeclarationMismatch, NotRun

CONFIRMATION = "トークン発行（ハードウェアトークン発行確認）"


def boxes(*attributes: str, between: str = " - ") -> str:
    fields = between.join(
        f"<input name=s{place} maxlength=4 {more}>" for place, more in enumerate(attributes, 1)
    )
    return (
        f'<form method=post action="/act"><div>シリアル番号 <b>必須</b></div><div>{fields}</div>'
        "<label>ワンタイムパスワード<input name=o></label><button>利用開始する</button></form>"
    )


class TestSplitFields:
    @pytest.mark.parametrize(
        "attributes",
        [
            ("", "", ""),
            tuple(f'aria-label="シリアル番号（{place}つ目）"' for place in (1, 2, 3)),
            tuple(f'aria-label="シリアル番号 {place}"' for place in "上中下"),
            tuple(f'placeholder="{digits}"' for digits in ("1234", "5678", "9012")),
        ],
    )
    def test_short_boxes_with_signs_between_are_one_field(
        self, attributes: tuple[str, ...]
    ) -> None:
        site, bank = site_on(page(ACTIVATION, boxes(*attributes)))
        bank.pages["POST /act"] = page(ACTIVATION)
        serial = site.view().fields[0]
        assert len(site.view().fields) == 2
        assert serial.max_length == 12
        assert serial.required
        assert serial.is_called(("シリアル番号",))
        site.activation.submit("101109980021", "000001")
        assert bank.asked[-1][1] == {"s1": "1011", "s2": "0998", "s3": "0021", "o": "000001"}

    def test_a_shorter_and_a_longer_value_go_out_whole(self) -> None:
        site, bank = site_on(page(ACTIVATION, boxes("", "", "")))
        bank.pages["POST /act"] = page(ACTIVATION, boxes("", "", ""))
        for serial, last in (("12345678", ""), ("1234567890123", "90123")):
            site.activation.submit(serial, "000001")
            assert bank.asked[-1][1] == {"s1": "1234", "s2": "5678", "s3": last, "o": "000001"}

    @pytest.mark.parametrize(
        ("between", "attributes"),
        [
            ("年", ("", "", "")),
            ("<br>枝番", ("", "", "")),
            (" ", ('aria-label="シリアル番号"', 'aria-label="暗証番号"', 'aria-label="支店"')),
        ],
    )
    def test_neighbours_with_words_of_their_own_stay_apart(
        self, between: str, attributes: tuple[str, ...]
    ) -> None:
        site, _ = site_on(page(ACTIVATION, boxes(*attributes, between=between)))
        assert len(site.view().fields) == 4

    def test_altered_requests_name_every_box(self) -> None:
        site, _ = site_on(page(ACTIVATION, boxes("", "", "")))
        name = site.activation.parameter("serial")
        assert name == Parameter(("s1", "s2", "s3"), (4, 4))
        request = FormRequest("POST", f"{BASE}/act", (("s1", "1"), ("s2", ""), ("t", "k")))
        assert request.without(name).fields == (("t", "k"),)
        assert request.with_value(name.with_ending("[]"), "123456").fields[3:] == (
            *(("s1[]", "1234"), ("s2[]", "56"), ("s3[]", "")),
        )
        assert len(request.with_value(name, "12", "34").fields) == 7


class TestAgreements:
    @pytest.mark.parametrize(
        ("box", "ticked"),
        [
            ("<input type=checkbox name=a value=1>注意事項に同意する", True),
            ("<input type=checkbox name=a value=1>上記の内容を確認しました", True),
            ("<input type=radio name=a value=1>同意する", True),
            ("<input type=radio name=a value=1>同意しない", False),
            ("<input type=checkbox name=a value=1>お知らせメールを受け取る", False),
        ],
    )
    def test_who_goes_on_ticks_what_agrees(self, box: str, ticked: bool) -> None:
        body = (
            f'<form method=post action="/issue"><label>{box}</label>'
            "<label>確認用パスワード<input name=c></label>"
            "<button>トークンを発行する</button></form>"
        )
        site, bank = site_on(page(CONFIRMATION, body))
        bank.pages["POST /issue"] = page("トークン発行（ハードウェアトークン発行完了）")
        site.issue_confirm.submit("secret")
        assert ("a" in bank.asked[-1][1]) is ticked

    def test_nothing_is_ticked_on_a_page_that_nobody_knows(self) -> None:
        box = "<label><input type=checkbox name=a value=1>確認しました</label>"
        body = f'<form method=post action="/y">{box}<button>トークンを発行する</button></form>'
        site, bank = site_on(page("どこにもない画面", body))
        bank.pages["POST /y"] = page("トップページ")
        site.issue_confirm.press_submit()
        assert bank.asked[-1] == ("POST /y", {})

    @pytest.mark.parametrize(
        ("box", "key"),
        [("<input type=checkbox>誓約します", "agreement.words"), ("", "[buttons]")],
    )
    def test_a_button_that_waits_for_a_box_names_it(self, box: str, key: str) -> None:
        button = "<button disabled>トークンを発行する</button>"
        body = f'<form method=post action="/issue"><label>{box}</label>{button}</form>'
        site, _ = site_on(page(CONFIRMATION, body))
        with pytest.raises(DeclarationMismatch) as raised:
            site.issue_confirm.press_submit()
        assert key in raised.value.hint
        assert ("誓約します" in raised.value.observed) is bool(box)

    def test_words_of_another_kind_are_declared(self) -> None:
        box = "<label><input type=checkbox name=a value=1>誓約します</label>"
        body = f'<form method=post action="/issue">{box}<button>トークンを発行する</button></form>'
        site, bank = site_on(page(CONFIRMATION, body), labels={"agreement.words": ("誓約",)})
        bank.pages["POST /issue"] = page("トークン発行（ハードウェアトークン発行完了）")
        site.issue_confirm.press_submit()
        assert bank.asked[-1][1] == {"a": "1"}


NOTICE = page(
    "重要なお知らせ",
    '<form method=post action="/read"><label><input type=checkbox name=r value=1>{box}</label>'
    "<button>次へ進む</button></form>",
)


class TestPagesInBetween:
    def visitor(self, box: str) -> tuple[Site, PretendBank]:
        def read(sent: Form) -> str:
            return page("トップページ") if sent.get("r") else NOTICE.format(box=box)

        bank = PretendBank({"GET /": NOTICE.format(box=box), "POST /read": read})
        declared = Interstitial(title=("重要なお知らせ",), press=("次へ進む",))
        words = declaration().labels["agreement.words"]
        agents = attentive(bank.agents(), (declared,), words)
        return Site(agents.new(), declaration(), BASE), bank

    def test_a_notice_is_ticked_as_read(self) -> None:
        site, _ = self.visitor("内容を確認しました")
        site.open_start()
        assert site.top.is_shown()

    def test_a_box_that_nobody_ticks_is_named(self) -> None:
        site, _ = self.visitor("はじめての方")
        with pytest.raises(DeclarationMismatch) as raised:
            site.open_start()
        assert "はじめての方" in raised.value.observed
        assert "agreement.words" in raised.value.hint

    def test_a_heading_of_that_name_elsewhere_is_not_the_page(self) -> None:
        site, bank = self.visitor("内容を確認しました")
        bank.pages["GET /"] = page("トップページ", "<h2>重要なお知らせ</h2>")
        site.open_start()
        assert site.top.is_shown()
        assert len(bank.asked) == 1

    @pytest.mark.parametrize(
        ("title", "body", "proposed"),
        [
            ("入力内容の確認", "<button>実行する</button><a href=/x>修正する</a>", "実行する"),
            ("ご案内", "<p>前回ログイン日時</p><button>次へ</button>", "次へ"),
            ("ご案内", "<p>残り時間 15</p><p>前回</p><button>次へ</button>", "次へ"),
            ("手続きの完了", "<p>ご確認ください</p><button>トップへ</button>", ""),
            ("お手続き", "<a href=/>ホーム</a>", ""),
        ],
    )
    def test_what_declares_it(self, title: str, body: str, proposed: str) -> None:
        form = f"<form method=post action=/y>{body}</form>"
        site, bank = site_on(page(title, form))
        told = proposal(site.view(), {"ホーム"})
        pressed = f'interstitials = [{{ title = ["{title}"], press = ["{proposed}"] }}]'
        assert told == (pressed if proposed else "")
        bank.pages["GET /"] = page("", f"<p>残り 15</p><p>{title}</p>{form}", window="みほん")
        site.open_start()
        assert proposal(site.view(), {"ホーム", "みほん"}) == told


def test_a_notice_named_as_a_column_of_every_page_is_declared_too() -> None:
    site, _ = site_on(NOTICE.format(box="確認しました"))
    told = proposal(site.view(), {"重要なお知らせ", "重要なお知らせ|みほん"})
    assert 'title = ["重要なお知らせ"], press = ["次へ進む"]' in told


@pytest.mark.parametrize(
    ("attributes", "selector"),
    [
        ("name=pin", 'input[name="pin"]'),
        ("id=pin name=f3a91c", '[id="pin"]'),
        ("name=f3a91c706e", "html > body > input"),
        ("id=field-20261130 name=x3a91c7", "html > body > input"),
    ],
)
def test_a_name_drawn_at_random_is_no_selector(attributes: str, selector: str) -> None:
    site, _ = site_on(page(ACTIVATION, f"<input {attributes}>"))
    assert site.view().fields[0].selector == selector


def test_a_selector_that_fits_nothing_leaves_the_field_to_its_caption() -> None:
    bank = PretendBank({"GET /": page(ACTIVATION, "<label>ワンタイムパスワード<input></label>")})
    agents = bank.agents()
    agents._selectors = ("#pin",)
    agent = agents.new()
    agent.open(f"{BASE}/")
    assert agent.has(Control(Role.FIELD, ("ワンタイムパスワード",), selector="#pin"))
    assert not agent.has(Control(Role.FIELD, ("シリアル番号",), selector="#pin"))


LOGIN = page(
    "ログイン",
    '<form method=post action="/in"><label>ログインID<input name=i></label><label>'
    "ログインパスワード<input type=password name=p></label><button>ログイン</button></form>",
)
OVER = page(
    "お手続きの有効時間が過ぎました", '<p>切れました。</p><a href="/login">ログイン画面へ</a>'
)


class TestAskedToLogIn:
    @pytest.mark.parametrize(
        ("shown", "asked"),
        [
            (LOGIN, True),
            (OVER, True),
            (page("お手続きの有効時間が過ぎました", "<p>切れました。</p>"), False),
            (page("トップページ", '<a href="/login">ログイン履歴</a>'), False),
            *(
                (page("メニュー", f'<a href="/login">ログイン</a><a href="/x">{inside}</a>'), False)
                for inside in ("ワンタイムパスワード申請", "ログアウト")
            ),
        ],
    )
    def test_a_page_that_leads_to_the_login_asks_for_it(self, shown: str, asked: bool) -> None:
        site, bank = site_on(shown)
        bank.pages["GET /login"] = LOGIN
        assert site.asks_to_log_in() is asked
        assert site.login.is_shown() is asked


KINDS = """<form method=get action="/kind"><h2>トークンの選択</h2>
<label><input type=radio name=k value=s>ソフトウェアトークン（アプリに表示する方法）</label>
<label><input type=radio name=k value=h>ハードウェアトークン（キーホルダー型の生成機）</label>
<button>選択</button></form>"""


def test_a_kind_is_ticked_in_its_card() -> None:
    site, bank = site_on(page("トークン発行（選択）", KINDS))
    bank.pages["GET /kind"] = page(CONFIRMATION)
    kinds = site.kind_selection
    assert set(kinds.kinds_offered()) == set(Kind)
    assert kinds.selections() == 2
    assert any("ハードウェアトークン" in row and "キーホルダー型" in row for row in kinds.rows())
    assert kinds.request_of(Kind.SOFTWARE).fields == (("k", "s"),)
    kinds.choose(Kind.HARDWARE)
    assert bank.asked[-1] == ("GET /kind", {"k": "h"})


def test_a_kind_is_chosen_from_a_list() -> None:
    options = "<option value=s>ソフトウェアトークン<option value=h>ハードウェアトークン"
    listed = f"<label>トークンの種類<select name=k><option>-{options}</select></label>"
    body = f'<form method=get action="/kind">{listed}<button>選択</button></form>'
    site, bank = site_on(page("トークン発行（選択）", body))
    bank.pages["GET /kind"] = page(CONFIRMATION)
    assert set(site.kind_selection.kinds_offered()) == set(Kind)
    site.kind_selection.choose(Kind.HARDWARE)
    assert bank.asked[-1] == ("GET /kind", {"k": "h"})


def test_cards_in_one_group_are_told_apart() -> None:
    body = KINDS.replace("<h2>", "<fieldset><h2>").replace("<button>", "</fieldset><button>")
    site, bank = site_on(page("トークン発行（選択）", body))
    bank.pages["GET /kind"] = page(CONFIRMATION)
    site.kind_selection.choose(Kind.HARDWARE)
    assert bank.asked[-1] == ("GET /kind", {"k": "h"})


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ("サービス利用中（2026年11月24日から）", Status.IN_SERVICE),
        ("未登録 お申し込みいただけます", Status.NOT_REGISTERED),
        ("サービス利用中（停止中）", None),
        ("未登録・サービス利用中", None),
        ("未登録（手続中）", None),
    ],
)
def test_more_may_stand_beside_a_status(shown: str, status: Status | None) -> None:
    facts = f"<dl><dt>登録状況</dt><dd>{shown}</dd></dl>"
    site, _ = site_on(page("ワンタイムパスワード申請内容選択", facts))
    assert site.portal.status() is status


def test_a_painted_box_is_one_that_only_a_browser_ticks() -> None:
    boxes = "".join(
        f'<span role=checkbox tabindex=0 aria-checked={ticked} onclick="x()">{text}</span>'
        for text, ticked in (("同意する", "false"), ("既読", "true"))
    )
    site, _ = site_on(page(CONFIRMATION, boxes))
    assert [(c.label, c.chosen) for c in site.view().choices] == [
        ("同意する", False),
        ("既読", True),
    ]
    assert site.view().actions == ()
    with pytest.raises(NotRun):
        site.issue_confirm.press_submit()


@pytest.mark.parametrize("button", ["<button disabled>選択</button>", "<button>戻る</button>"])
def test_a_row_without_a_selection_that_works_offers_nothing(button: str) -> None:
    rows = f"<table><tr><td>{button}</td><td>ソフトウェアトークン（アプリに表示）</td></tr></table>"
    site, _ = site_on(page("トークン発行（選択）", rows))
    assert site.kind_selection.rows() == []


SERVICES = """<table><tr><th>サービス</th><th>登録状況</th></tr><tr><td>投資信託</td><td>未登録</td>
</tr><tr><td>ワンタイムパスワード</td><td>サービス利用中</td></tr></table>"""


def test_the_status_stands_in_the_row_about_otps() -> None:
    site, _ = site_on(page("ワンタイムパスワード申請内容選択", SERVICES))
    assert site.portal.status() is Status.IN_SERVICE
    assert site.portal.statuses_of_others() == ("未登録",)


class TestAdvice:
    def test_no_title_for_a_login_that_is_no_login(self) -> None:
        site, _ = site_on(OVER)
        assert "login.path" in Advice(site, declaration(), ()).title(site.login)

    def test_the_banks_own_name_is_no_title(self) -> None:
        bank = "<h2>みほんダイレクト</h2>"
        site, pretend = site_on(page("ログイン", bank))
        assert site.login.is_shown()
        pretend.pages["GET /"] = page("", f"{bank}<h3>マイページ</h3>", window="みほん")
        site.open_start()
        told = Advice(site, declaration(), ()).title(site.top)
        assert '"top.title" = ["マイページ"]' in told

    def test_a_notice_is_declared_as_one(self) -> None:
        site, _ = site_on(NOTICE.format(box="確認しました"))
        told = Advice(site, declaration(), ()).title(site.top)
        assert 'interstitials = [{ title = ["重要なお知らせ"], press = ["次へ進む"] }]' in told


def test_a_choice_is_called_by_its_role() -> None:
    site, _ = site_on(page("トークン発行（選択）", KINDS))
    assert site.agent.has(Control(Role.CHOICE, ("ハードウェアトークン",)))


def test_who_is_refused_twice_is_told_twice_in_the_same_words() -> None:
    fields = (
        '<form method=post action="/act"><label>シリアル番号<input name=s></label>'
        "<label>ワンタイムパスワード<input name=o></label><button>利用開始する</button></form>"
    )
    told = "シリアル番号またはワンタイムパスワードに誤りがあります。"
    site, bank = site_on(page(ACTIVATION, fields))
    bank.pages["POST /act"] = page(ACTIVATION, f"<p>{told}</p>{fields}")
    assert site.alerts() == ()
    for _ in range(3):
        site.activation.submit("101109980021", "000001")
        assert site.alerts() == (told,)
    # The page as it was at first says nothing, and what goes on is not refused.
    bank.pages["POST /act"] = page(ACTIVATION, fields)
    site.activation.submit("101109980021", "000001")
    assert site.alerts() == ()
