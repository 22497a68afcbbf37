"""One screen: is everything there that the declaration says, and what is there instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from otp_conformance.agent.page import Control
from otp_conformance.declaration.model import Declaration
from otp_conformance.language import say
from otp_conformance.preflight.finding import Findings, State
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.parts import KEYBOARD, declared_parts
from otp_conformance.screens.propose import likeness
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.text import contains

_ALIKE = 0.5
_MOST_SHOWN = 8
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

    def look(self, screen: Screen) -> bool:
        """Compare the screen in sight with what it should be; False if it is not that one."""
        name = screen.title
        if self._site.current() != screen.key:
            self._findings.judge(
                name,
                say("画面の題名", "title of the screen"),
                right=False,
                observed=say(
                    f"表示されたのは {self._site.describe()}", f"shown instead: {seen(self._site)}"
                ),
                fix=self._title_fix(screen),
            )
            self._picture(screen, [])
            return False
        self._findings.ok(name, say("画面の題名", "title of the screen"))
        parts = declared_parts(screen.described, self._declaration)
        found = [c for k in parts.fields if (c := self._has(name, k, self._desk.field(k)))]
        for action in parts.actions:
            if action == KEYBOARD and not self._site.agent.is_browser:
                self._findings.add(
                    name,
                    say("ソフトウェアキーボード", "on-screen keyboard"),
                    State.UNKNOWN,
                    say(
                        "ブラウザーなしでは確かめられません",
                        "needs a browser",
                    ),
                    say("--agent http を外してください。", "Leave --agent http out."),
                )
            elif control := self._has(name, action, self._desk.action(action)):
                found.append(control)
        for fact in parts.facts:
            self._fact(name, fact)
        self._screen_id(name, screen.key)
        self._picture(screen, found)
        return True

    def _title_fix(self, screen: Screen) -> str:
        """Return what to declare; on an error page a title would be the wrong cure."""
        headings = self._site.view().headings
        if screen.key == "login" and self._site.error_text():
            path = self._declaration.login.path
            return say(
                f"宣言の login.path（いまは「{path}」）に、ログイン画面の場所を書いてください。",
                f'Declare where the login screen is: login.path (now "{path}").',
            )
        title = headings[0] if headings else say("実際の題名", "the title shown")
        entry = f'"{screen.title_key}" = ["{title}"]'
        return say(
            f"この画面で正しければ、宣言の [labels] に {entry} を"
            f"書いてください。画面にある見出し: {self._shown()}",
            f"If this is the right screen, declare {entry} under [labels]. "
            f"Headings on the page: {self._shown()}",
        )

    def _shown(self) -> str:
        view = self._site.view()
        texts = [*view.headings, view.document_title][:_MOST_SHOWN]
        return _listed(texts)

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
        alike = bool(names) and likeness(names[0], control.names) >= _ALIKE
        best = names[0] if alike else say("実際の表示", "the text shown")
        self._findings.judge(
            screen,
            what,
            right=False,
            observed=say("見つかりません。画面にあるもの: ", "not found. On the page: ")
            + _listed(names[:_MOST_SHOWN]),
            fix=_declare(key, best),
        )
        return None

    def _elsewhere(self) -> set[str]:
        """Return the names that the declaration has for the controls of every screen."""
        declared = self._declaration
        return {*declared.labels["logout.button"], *declared.navigation.portal}

    def _fact(self, screen: str, key: str) -> None:
        value = self._desk.fact(key)
        captions = _listed(list(self._site.view().facts)[:_MOST_SHOWN])
        self._findings.judge(
            screen,
            f"{self._declaration.labels[key][0]}（{key}）",
            right=bool(value),
            observed=f"「{value}」"
            if value
            else say("見つかりません。画面にある項目: ", "not found. Captions on the page: ")
            + captions,
            fix=_declare(key, say("実際の項目名", "the caption shown")),
        )

    def _screen_id(self, screen: str, key: str) -> None:
        declared = getattr(self._declaration.screen_ids, key, "")
        if not self._declaration.ics.screen_ids or not declared:
            return
        shown = self._site.screen_id()
        self._findings.judge(
            screen,
            say("画面ID", "screen ID"),
            right=shown == declared,
            observed=f"「{shown}」" if shown else say("表示されていません", "none is shown"),
            fix=say(
                f"宣言の screen_ids.{key}（いまは「{declared}」）を直すか、"
                "表示しないなら ics.screen_ids = false にしてください。",
                f'Correct screen_ids.{key} (now "{declared}"), or declare '
                "ics.screen_ids = false where none are shown.",
            ),
        )

    def status(self, expected: str) -> None:
        """Compare the portal's status with the one that the customer should have."""
        screen = self._site.portal.title
        shown, wanted = self._desk.fact("portal.status"), self._declaration.labels[expected]
        if not shown:
            return  # Told already, with the caption to declare.
        self._findings.judge(
            screen,
            say("登録状況の表示", "status shown"),
            right=contains(shown, wanted),
            observed=f"「{shown}」",
            fix=say(
                f"このお客さまが本当に「{wanted[0]}」かを確かめ、表示だけが違うなら "
                f'[labels] に "{expected}" = ["{shown}"] を書いてください。',
                f"See whether this customer really is 「{wanted[0]}」. If only the wording "
                f'differs, declare "{expected}" = ["{shown}"] under [labels].',
            ),
        )

    def _picture(self, screen: Screen, found: list[Control]) -> None:
        if self._keep is None:
            return
        picture = self._site.agent.screenshot(found)
        if picture is not None:
            self._keep(screen.key, picture)


def seen(site: Site) -> str:
    """Return what is in sight in English: title, error messages, HTTP status."""
    view = site.view()
    title = view.headings[0] if view.headings else view.document_title
    parts = [f"screen 「{title}」" if title else "a screen without title"]
    parts += [f"error message 「{' '.join(alert.split())}」" for alert in view.alerts]
    parts += [f"HTTP {view.http_status}"] if view.http_status is not None else []
    return ", ".join(parts)


def _listed(texts: Iterable[str]) -> str:
    return "、".join(f"「{text}」" for text in texts if text) or say("なし", "nothing")


def _declare(key: str, text: str) -> str:
    entry = f'"{key}" = ["{text}"]'
    return say(f"宣言の [labels] に {entry} を書いてください。", f"Declare {entry} under [labels].")
