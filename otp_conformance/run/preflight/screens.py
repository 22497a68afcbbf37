"""One screen: is everything there that the declaration says, and what is there instead."""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.declaration.model import Declaration
from otp_conformance.run.preflight.finding import Findings, State
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.keys import ScreenKey
from otp_conformance.screens.parts import KEYBOARD, declared_parts
from otp_conformance.screens.propose import likeness
from otp_conformance.screens.site import Site
from otp_conformance.sut.page import Control
from otp_conformance.text import contains

_ALIKE = 0.5
_MOST_SHOWN = 8
_NO_BROWSER = ("ブラウザーなしでは確かめられません", "--agent http を外してください。")
KeepPicture = Callable[[str, bytes], str]
"""Keeps a picture under a name and returns where."""


class ScreenCheck:
    """Compares the screens in sight with the declaration."""

    def __init__(
        self, site: Site, declaration: Declaration, findings: Findings, keep: KeepPicture | None
    ) -> None:
        self._site = site
        self._declaration = declaration
        self._desk = Desk(site.agent, declaration, "")
        self._findings = findings
        self._keep = keep

    def look(self, key: ScreenKey) -> bool:
        """Compare the screen in sight with what ``key`` should be; False if it is not it."""
        name = self._declaration.labels[key.title_key][0]
        if self._site.current() is not key:
            self._findings.judge(
                name,
                "画面の題名",
                right=False,
                observed=f"表示されたのは {self._site.describe()}",
                fix=self._title_fix(key),
            )
            self._picture(key, [])
            return False
        self._findings.ok(name, "画面の題名")
        parts = declared_parts(key, self._declaration)
        found = [c for k in parts.fields if (c := self._has(name, k, self._desk.field(k)))]
        for action in parts.actions:
            if action == KEYBOARD and not self._site.agent.is_browser:
                self._findings.add(name, "画面上のキーボード", State.UNKNOWN, *_NO_BROWSER)
            elif control := self._has(name, action, self._desk.action(action)):
                found.append(control)
        for fact in parts.facts:
            self._fact(name, fact)
        self._screen_id(name, key)
        self._picture(key, found)
        return True

    def _title_fix(self, key: ScreenKey) -> str:
        """Return what to declare; on an error page a title would be the wrong cure."""
        headings = self._site.view().headings
        if key is ScreenKey.LOGIN and self._site.error_text():
            return (
                f"宣言の login.path（いまは「{self._declaration.login.path}」）に、"
                "ログイン画面の場所を書いてください。"
            )
        title = headings[0] if headings else "実際の題名"
        return (
            f'この画面で正しければ、宣言の [labels] に "{key.title_key}" = ["{title}"] を'
            f"書いてください。画面にある見出し: {self._shown()}"
        )

    def _shown(self) -> str:
        view = self._site.view()
        texts = [*view.headings, view.document_title][:_MOST_SHOWN]
        return "、".join(f"「{text}」" for text in texts if text) or "なし"

    def _has(self, screen: str, key: str, control: Control) -> Control | None:
        what = f"{self._declaration.labels[key][0]}（{key}）"
        if self._site.agent.has(control):
            self._findings.ok(screen, what)
            return control
        view = self._site.view()
        names = [f.label for f in view.fields] if control.role == "field" else []
        names = names or [a.name for a in view.actions]
        names = [name for name in dict.fromkeys(names) if name not in self._elsewhere()]
        names.sort(key=lambda name: -likeness(name, control.names))
        listed = "、".join(f"「{name}」" for name in names[:_MOST_SHOWN] if name) or "なし"
        best = names[0] if names and likeness(names[0], control.names) >= _ALIKE else "実際の表示"
        self._findings.judge(
            screen,
            what,
            right=False,
            observed=f"見つかりません。画面にあるもの: {listed}",
            fix=f'宣言の [labels] に "{key}" = ["{best}"] を書いてください。',
        )
        return None

    def _elsewhere(self) -> set[str]:
        """Return the names that the declaration has for the controls of every screen."""
        declared = self._declaration
        return {*declared.labels["logout.button"], *declared.navigation.portal}

    def _fact(self, screen: str, key: str) -> None:
        value = self._desk.fact(key)
        captions = "、".join(f"「{caption}」" for caption in list(self._site.view().facts)[:8])
        self._findings.judge(
            screen,
            f"{self._declaration.labels[key][0]}（{key}）",
            right=bool(value),
            observed=f"「{value}」" if value else f"見つかりません。画面にある項目: {captions}",
            fix=f'宣言の [labels] に "{key}" = ["実際の項目名"] を書いてください。',
        )

    def _screen_id(self, screen: str, key: ScreenKey) -> None:
        declared = getattr(self._declaration.screen_ids, key.value, "")
        if not self._declaration.ics.screen_ids or not declared:
            return
        shown = self._site.screen_id()
        self._findings.judge(
            screen,
            "画面ID",
            right=shown == declared,
            observed=f"「{shown}」" if shown else "表示されていません",
            fix=f"宣言の screen_ids.{key.value}（いまは「{declared}」）を直すか、"
            "表示しないなら ics.screen_ids = false にしてください。",
        )

    def status(self, expected: str) -> None:
        """Compare the portal's status with the one that the customer should have."""
        screen = self._declaration.labels[ScreenKey.PORTAL.title_key][0]
        shown, wanted = self._desk.fact("portal.status"), self._declaration.labels[expected]
        if not shown:
            return  # Told already, with the caption to declare.
        self._findings.judge(
            screen,
            "登録状況の表示",
            right=contains(shown, wanted),
            observed=f"「{shown}」",
            fix=f"このお客さまが本当に「{wanted[0]}」かを確かめ、表示だけが違うなら "
            f'[labels] に "{expected}" = ["{shown}"] を書いてください。',
        )

    def _picture(self, key: ScreenKey, found: list[Control]) -> None:
        if self._keep is None:
            return
        picture = self._site.agent.screenshot(found)
        if picture is not None:
            self._keep(key.value, picture)
