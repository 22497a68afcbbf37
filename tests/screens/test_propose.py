"""Labels proposed from a vendor's page."""

from __future__ import annotations

import tomllib

import pytest
from pretend_bank import BASE, PretendBank, declaration, form, page

from otp_conformance.screens.keys import ScreenKey
from otp_conformance.screens.propose import as_toml, guess_screen, propose
from otp_conformance.sut.page import PageView

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
    assert guess_screen(view_of(FOREIGN), declaration()) is ScreenKey.ACTIVATION


@pytest.mark.parametrize("key", [ScreenKey.LOGIN, ScreenKey.PORTAL, ScreenKey.DEACTIVATION])
def test_the_manuals_own_title_decides(key: ScreenKey) -> None:
    title = declaration().labels[key.title_key][0]
    assert guess_screen(view_of(page(title)), declaration()) is key


def test_proposals_are_what_the_page_says() -> None:
    found = {p.key: p.text for p in propose(ScreenKey.ACTIVATION, view_of(FOREIGN), declaration())}
    assert found["activation.serial"] == "トークンのシリアル番号"
    assert found["otp.field"] == "ワンタイムコード"
    assert found["activation.submit"] == "利用を開始する"
    assert found["activation.cancel"] == "登録を中止する"


def test_what_is_printed_is_toml_for_the_declaration() -> None:
    lines = as_toml(propose(ScreenKey.ACTIVATION, view_of(FOREIGN), declaration()))
    data = tomllib.loads("\n".join(lines))
    assert data["otp.field"] == ["ワンタイムコード"]
    assert "activation.serial" not in data  # シリアル番号 is contained: known as it is


def test_nothing_is_proposed_where_nothing_resembles() -> None:
    lines = as_toml(propose(ScreenKey.LOGIN, view_of(page("お知らせ")), declaration()))
    assert all(line.startswith("#") for line in lines)
