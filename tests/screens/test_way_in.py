"""What a product asks for or shows besides the manual on the way in (IX-05)."""

from __future__ import annotations

import pytest
from pretend_bank import BASE, PretendBank, declaration, form, page

from otp_conformance.agent.interstitials import attentive
from otp_conformance.agent.port import ExtraInput
from otp_conformance.declaration.otp import Interstitial
from otp_conformance.screens.site import Site
from otp_conformance.verdict.outcome import DeclarationMismatch

NOTICE = Interstitial(title=("お知らせ",), press=("確認して次へ",))
ONWARDS = form("/read", button="確認して次へ")


def test_further_fields_are_filled() -> None:
    fields = ("支店番号=branch", "ログインID=id", "ログインパスワード=pw:password")
    seen: list[str] = []
    bank = PretendBank(
        {
            "GET /": page("ログイン", form("/in", *fields, button="ログイン")),
            "POST /in": lambda sent: seen.append(sent["branch"]) or page("トップページ"),
        }
    )
    site = Site(bank.agents().new(), declaration(), BASE, [ExtraInput(("支店番号",), "007")])
    site.open_start()
    site.login.submit("taro", "himitsu")
    assert seen == ["007"]


def test_a_declared_page_in_between_is_passed() -> None:
    bank = PretendBank({"GET /": page("お知らせ", ONWARDS), "POST /read": page("トップページ")})
    site = Site(attentive(bank.agents(), [NOTICE]).new(), declaration(), BASE)
    site.open_start()
    assert site.top.is_shown()


def test_an_undeclared_one_stays() -> None:
    bank = PretendBank({"GET /": page("お知らせ", ONWARDS), "POST /read": page("トップページ")})
    site = Site(attentive(bank.agents(), []).new(), declaration(), BASE)
    site.open_start()
    assert not site.top.is_shown()


def test_one_without_end_is_told() -> None:
    bank = PretendBank(
        {"GET /": page("お知らせ", ONWARDS), "POST /read": page("お知らせ", ONWARDS)}
    )
    site = Site(attentive(bank.agents(), [NOTICE]).new(), declaration(), BASE)
    with pytest.raises(DeclarationMismatch, match="同じ画面に戻ります"):
        site.open_start()
