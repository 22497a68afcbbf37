"""Judgements about screens: shown or not, what they hold, where their buttons lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from otp_conformance.judging.contents import check_of, lacking, page_of
from otp_conformance.people.attempt import unclear
from otp_conformance.people.customer import Customer
from otp_conformance.people.introduction import People
from otp_conformance.people.places import address_of, is_shown, open_address, walk
from otp_conformance.specification.words import Kind
from otp_conformance.text import contains
from otp_conformance.verdict.outcome import DeclarationMismatch, Nonconformity, NotApplicable

SCREEN_ID = re.compile(r"[A-Z]{3}[0-9]{3}")
_TOP, _PORTAL = "トップページ", "申請内容選択の画面"
# Where the ways out lead as declared (IX-38). Whoever chooses a kind or types a serial
# came from the portal: that is the page before, too.
_BACK = {"previous": (_PORTAL,), "portal": (_PORTAL,), "top": (_TOP,)}
_CANCEL = {"portal_or_top": (_PORTAL, _TOP), "portal": (_PORTAL,), "top": (_TOP,)}
HTTP_OK = 200
TITLE = "題名"


class ScreenJudge:
    """Judges the screen in sight of who acted last."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._scene = people.scene
        self._case = people.scene.case

    def shown(self, screen: str) -> None:
        """A screen is in sight."""
        site = self._people.acting().site
        if site.is_strange():
            self._require_known_title(self._scene.declaration.manual.by_words[screen].key)
        self._case.confirm(
            f"{screen}が表示される",
            is_shown(site, screen),
            expected=f"{screen}が表示されること",
            observed=site.describe(),
        )

    def _require_known_title(self, key: str) -> None:
        """Raise `DeclarationMismatch` where a page that nobody knows may be this screen.

        It may as long as nobody has said or met that screen's title at this product.
        """
        site = self._people.acting().site
        if not site.knows_title(key):
            screen = site.screen(key)
            raise DeclarationMismatch(
                expected=f"画面「{screen.title}」が表示されること",
                observed=f"{site.describe()}が表示されました",
                hint=f"その画面なら、題名を宣言の [labels] の {screen.title_key} に書いてください。"
                "手順書どおりの題名のはずなら、同じ所に手順書の題名を書いてください。",
            )

    def not_shown(self, screen: str) -> None:
        """A screen that must not be reached is not in sight."""
        site = self._people.acting().site
        self._case.refused(
            f"{screen}へ進めない",
            not is_shown(site, screen),
            expected=f"{screen}へ進めないこと",
            observed=site.describe(),
        )

    def not_shown_directly(self) -> None:
        """The screen opened by its address is not in sight."""
        self.not_shown(self._scene.opened_directly)

    def login_shown_instead(self) -> None:
        """Instead of the screen opened by its address, the login is in sight."""
        site = self._people.acting().site
        seen, inside = site.describe(), is_shown(site, self._scene.opened_directly)
        self._case.refused(
            f"{self._scene.opened_directly}の代わりにログイン画面が表示される",
            not inside and site.asks_to_log_in(),
            expected="ログイン画面が表示されること",
            observed=seen,
        )

    def asked_to_log_in(self) -> None:
        """The session at hand is over: the login is in sight, and no page of the inside."""
        site = self._people.acting().site
        seen, inside = site.describe(), site.portal.is_shown() or site.top.is_shown()
        self._case.refused(
            "ログインし直すよう求められる",
            not inside and site.asks_to_log_in(),
            expected="ログインの画面に戻り、手続きの画面は使えないこと",
            observed=seen,
        )

    def control_portal(self, customer: Customer) -> None:
        """Logged in anew, the customer is shown the request selection screen."""
        shown = customer.go_to_portal()
        self.control_way("申請内容選択の画面を開ける", customer, shown)

    def control_direct(self, customer: Customer, screen: str) -> None:
        """With everything in order, the same address shows the screen.

        Where nobody may open a later page by its address (IX-41), the ordinary way does.
        """
        site = customer.site
        open_address(customer, address_of(self._people, screen))
        refused = self._people.scene.declaration.sessions.direct_url == "refused"
        if refused and not is_shown(site, screen):
            walk(customer, screen)
            self.control_way(f"{screen}へ進める", customer, is_shown(customer.site, screen))
            return
        self._case.control(
            f"対照：{screen}を直接開ける",
            is_shown(site, screen),
            expected=f"対照として、{screen}が表示されること",
            observed=site.describe(),
        )

    def control_way(self, what: str, customer: Customer, reached: bool) -> None:
        """Another customer, for whom the way is open, gets there."""
        self._case.control(
            f"対照：{what}",
            reached,
            expected=f"対照として、{what}こと",
            observed=customer.site.describe(),
        )

    def back_leads(self) -> None:
        """戻る has led where the declaration says (ISS-12, ACT-28, AMB-37)."""
        self._led_to("「戻る」", _BACK[self._scene.declaration.exits.back])

    def cancel_leads(self) -> None:
        """申込を中止する has led where the declaration says (ACT-27, AMB-37)."""
        self._led_to("「申込を中止する」", _CANCEL[self._scene.declaration.exits.cancel])

    def _led_to(self, button: str, screens: tuple[str, ...]) -> None:
        site = self._people.acting().site
        self._case.confirm(
            f"{button}の行き先",
            any(is_shown(site, screen) for screen in screens),
            expected="か".join(screens) + "が表示されること",
            observed=site.describe(),
        )

    # -- contents ----------------------------------------------------------

    def contents(self, rows: Iterable[tuple[str, Sequence[str]]]) -> None:
        """Each item (項目) is on the page, judged for its own requirements (要件).

        Every row is judged, whatever became of the one before; the first that
        is missing ends the step. What is found on another screen than the one
        of the title asked for says nothing about that one and is not noted.
        """
        site = self._people.acting().site
        page = page_of(site, self._scene.declaration)
        seen = site.describe()
        missing: list[Nonconformity] = []
        elsewhere = False
        manual = self._scene.declaration.manual
        for phrase, named in rows:
            requirements = manual.kept(named)
            if named and not requirements:
                continue  # withdrawn from the manual
            self._require_tagged(requirements)
            there = check_of(phrase, page)
            if phrase.startswith(TITLE) and not there:
                if site.is_strange():
                    self._require_known_title(manual.items[phrase].screen)
                elsewhere = site.current() is not None or site.tells_refusal()
            if there and elsewhere:
                continue
            try:
                self._case.confirm(
                    f"画面にあるもの：{phrase}",
                    there,
                    expected=f"画面に次のとおり示されること：{phrase}",
                    observed=seen if there else f"{lacking(phrase, page)}（{seen}）",
                    requirements=requirements,
                )
            except Nonconformity as error:
                missing.append(error)
        if missing:
            raise missing[0]

    def _require_tagged(self, requirements: Sequence[str]) -> None:
        unknown = [each for each in requirements if each not in self._case.requirements]
        if unknown or not requirements:
            raise LookupError(f"要件「{'、'.join(unknown)}」がタグにありません（シナリオの誤り）")

    def absent(self, phrase: str) -> None:
        """An item of the vocabulary is not on the page, as far as its text goes."""
        site = self._people.acting().site
        page = page_of(site, self._scene.declaration)
        self._case.refused(
            f"画面にないもの：{phrase}",
            not check_of(phrase, page),
            expected=f"画面に{phrase}がないこと",
            observed=site.describe(),
        )

    def screen_id(self, screen: str) -> None:
        """A displayed screen ID is six signs, and the declared one (SCR-05, IX-03)."""
        declaration = self._scene.declaration
        if not declaration.ics.screen_ids:
            raise NotApplicable(
                expected=f"{screen}の画面IDを確かめること",
                observed="画面IDは表示しないと宣言されています",
            )
        site = self._people.acting().site
        declared = getattr(declaration.screen_ids, declaration.manual.by_words[screen].key)
        shown = site.screen_id()
        in_form = bool(SCREEN_ID.fullmatch(shown))
        self._case.confirm(
            f"{screen}の画面ID",
            (in_form and shown == declared) if declared else (in_form or not shown),
            expected=f"画面ID「{declared}」"
            if declared
            else "画面IDがないか、英大文字3字と数字3桁であること（この画面の値は宣言なし）",
            observed=f"画面ID「{shown}」（{site.describe()}）" if shown else "画面IDの表示なし",
        )

    def issue_message(self) -> None:
        """Where the completion tells the acceptance, it tells what follows too (SCR-38)."""
        site = self._people.acting().site
        page = page_of(site, self._scene.declaration)
        sentences = self._scene.declaration.manual.screens["issue_complete"].told_whole
        told = [page.reading.sentence(*keys) for keys in sentences]
        if not any(told):
            raise NotApplicable(
                expected="受付と以後の流れが画面に示されること",
                observed="発行完了の画面にその文はありません（示すかどうかは任意）",
            )
        self._case.confirm(
            "発行を受け付けたことと、以後の流れ",
            all(told),
            expected="受付・登録済みの住所への送付・到着後の利用開始が、そろって示されること",
            observed=f"{sum(told)}つだけが示されています（{site.describe()}）",
        )

    def notice_recorded(self) -> None:
        """Keep the notice of the issue confirmation for readers (SCR-34, IX-39)."""
        page = page_of(self._people.acting().site, self._scene.declaration)
        self._case.note("注意事項欄：" + page.reading.block("issue_confirm.notice_heading")[:500])

    def refusal_told(self, reason: str) -> None:
        """An error text stands on a page that is no completion (SCR-62, IX-40)."""
        site = self._people.acting().site
        manual = self._scene.declaration.manual
        declared = self._scene.declaration.labels[manual.refusals[reason]]
        alerts = [*site.alerts(), *([site.view().text] if declared else [])]
        told = any(contains(a, declared) for a in alerts) if declared else bool(alerts)
        current = site.current()
        completed = current is not None and manual.screens[current].completion
        completed = completed or site.top.is_shown()
        if not (told or declared or completed) and site.may_tell_refusal():
            raise unclear(site.describe(), manual.refusals[reason])
        self._case.confirm(
            "拒否の知らせ",
            told and not completed,
            expected="エラーの文" + (f"「{declared[0]}」" if declared else "") + "が示されること",
            observed=site.describe(),
            requirements=manual.verifies("refusal_told"),
        )

    def software_way(self) -> None:
        """The software row leads to the software issue, not to that of hardware (ISS-11)."""
        site = self._people.acting().site
        view = site.view()
        self._case.confirm(
            "ソフトウェアトークンの手続きへ進む",
            site.issue_confirm.of(Kind.SOFTWARE).is_shown()
            or (site.current() is None and not view.alerts and view.http_status == HTTP_OK),
            expected="ソフトウェアトークンの発行の画面へ進むこと",
            observed=site.describe(),
        )

    def two_kinds(self) -> None:
        """Exactly the two kinds are offered (CON-09, CON-10)."""
        offered = self._people.acting().site.kind_selection.kinds_offered()
        both = {Kind.HARDWARE, Kind.SOFTWARE}
        self._case.confirm(
            "選べるトークンの種類",
            len(offered) == len(both) and set(offered) == both,
            expected="、".join(sorted(k.value for k in both)),
            observed="、".join(str(k) for k in offered) or "選択肢なし",
        )
