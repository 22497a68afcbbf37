"""Labels proposed from a vendor's page."""

from __future__ import annotations

import tomllib

import pytest
from pretend_bank import BASE, PretendBank, declaration, form, page

from otp_conformance.agent.page import PageView
from otp_conformance.screens.propose import Proposal, as_toml, guess_screen, likeness, propose
from otp_conformance.specification.manual import bundled

SCREENS = bundled().screens
FOREIGN = page(
    "ワンタイムトークンの登録（カード型）",
    form("/a", "トークンのシリアル番号=a", "ワンタイムコード=b", button="利用を開始する")
    + '<a href="/x">登録を中止する</a><a href="/y">前の画面に戻る</a>',
)


def view_of(body: str) -> PageView:
    agent = PretendBank({"GET /": body}).agents().new()
    agent.open(BASE)
    return agent.view()


def test_a_foreign_page_is_guessed_by_its_parts() -> None:
    assert guess_screen(view_of(FOREIGN), declaration()) is SCREENS["activation"]


@pytest.mark.parametrize("key", ["login", "portal", "deactivation"])
def test_the_manuals_own_title_decides(key: str) -> None:
    title = declaration().labels[f"{key}.title"][0]
    assert guess_screen(view_of(page(title)), declaration()).key == key


def test_proposals_are_what_the_page_says() -> None:
    found = {p.key: p.text for p in propose(SCREENS["activation"], view_of(FOREIGN), declaration())}
    assert found["activation.serial"] == "トークンのシリアル番号"
    assert found["otp.field"] == "ワンタイムコード"
    assert found["activation.submit"] == "利用を開始する"
    assert found["activation.cancel"] == "登録を中止する"


def test_what_is_printed_is_toml_for_the_declaration() -> None:
    lines = as_toml(propose(SCREENS["activation"], view_of(FOREIGN), declaration()), bundled())
    data = tomllib.loads("\n".join(lines))
    assert data["otp.field"] == ["ワンタイムコード"]
    assert "activation.serial" not in data  # シリアル番号 is contained: known as it is


def test_nothing_is_proposed_where_nothing_resembles() -> None:
    lines = as_toml(propose(SCREENS["login"], view_of(page("お知らせ")), declaration()), bundled())
    assert all(line.startswith("#") for line in lines)


class TestWhatIsProposed:
    def test_a_likeness_is_of_the_most_similar_word(self) -> None:
        assert likeness("ログイン", ("まるで別", "ログイン")) == 1.0
        assert likeness("ログイン", ("まるで別",)) < 0.5
        assert likeness("ログイン", ()) == 0.0

    def test_a_title_alone_on_a_page_decides_against_many_parts(self) -> None:
        title = declaration().labels["suspension.title"][0]
        body = FOREIGN.replace("ワンタイムトークンの登録（カード型）", title)
        assert guess_screen(view_of(body), declaration()) is SCREENS["suspension"]

    def test_a_title_is_known_as_a_whole_only(self) -> None:
        wanted = declaration().labels["login.title"][0]
        (exact, *_) = propose(SCREENS["login"], view_of(page(wanted)), declaration())
        assert (exact.text, exact.known, exact.likeness) == (wanted, True, 1.0)
        (longer, *_) = propose(SCREENS["login"], view_of(page(f"{wanted}画面")), declaration())
        assert (longer.text, longer.known) == (f"{wanted}画面", False)

    def test_facts_are_proposed_by_their_captions_as_a_whole(self) -> None:
        body = page("完了", "<dl><dt>ご利用状況</dt><dd>未登録</dd></dl>")
        given = declaration(labels={"portal.status": ("利用状況",)})
        found = {p.key: p for p in propose(SCREENS["portal"], view_of(body), given)}
        assert found["portal.status"].text == "ご利用状況"
        assert not found["portal.status"].known

    def test_a_password_is_sought_among_fields_typed_unseen(self) -> None:
        body = page("入口", form("/a", "ご本人のしるし=a", "あいことば=b:password", button="進む"))
        given = declaration(
            labels={"login.id": ("あいことば番号",), "login.password": ("ご本人のしるし番号",)}
        )
        found = {p.key: p for p in propose(SCREENS["login"], view_of(body), given)}
        assert "あいことば" not in (found["login.id"].text, *found["login.id"].others)
        assert "ご本人のしるし" not in found["login.password"].others
        assert found["login.password"].text != "ご本人のしるし"

    def test_where_no_field_is_typed_unseen_all_are_candidates(self) -> None:
        body = page("入口", form("/a", "ログインパスワート=a", button="進む"))
        found = {p.key: p for p in propose(SCREENS["login"], view_of(body), declaration())}
        assert found["login.password"].text == "ログインパスワート"

    def test_half_alike_is_enough(self) -> None:
        given = declaration(labels={"login.button": ("あい",)})
        for name, proposed in (("あう", "あう"), ("あうえ", "")):  # 2/4 and 2/5
            body = page("入口", form("/a", "x=a", button=name))
            found = {p.key: p for p in propose(SCREENS["login"], view_of(body), given)}
            assert found["login.button"].text == proposed


class TestToml:
    KNOWN = Proposal("otp.field", "ワンタイムパスワード", 1.0, known=True)
    FOUND = Proposal("login.button", "進む", 0.6, known=False, others=tuple("いろはにほへと"))
    NOTHING = Proposal("login.id", "", 0.0, known=False, others=("名前",))

    def test_each_kind_of_line(self) -> None:
        known, found, nothing = as_toml((self.KNOWN, self.FOUND, self.NOTHING), bundled())
        assert known == "# otp.field: 「ワンタイムパスワード」はそのままで分かります"
        assert (
            found
            == '"login.button" = ["進む"]  # ほかの候補: 「い」、「ろ」、「は」、「に」、「ほ」'
        )
        assert nothing.startswith('# "login.id" = ["…"]')
        assert nothing.endswith("手順書では「ログインID」  # ほかの候補: 「名前」")

    def test_quotes_of_the_page_are_kept(self) -> None:
        odd = Proposal("login.button", 'a"b\\c', 0.6, known=False)
        assert tomllib.loads("\n".join(as_toml((odd,), bundled()))) == {"login.button": ['a"b\\c']}
