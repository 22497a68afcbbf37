"""One screen: is everything there that the declaration says, and what is there instead."""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.agent.agreement import wanted
from otp_conformance.agent.page import Control, Role
from otp_conformance.declaration.model import Declaration
from otp_conformance.judging.buttons import declared_presence, works
from otp_conformance.language import say
from otp_conformance.preflight.advice import Advice, listed
from otp_conformance.preflight.finding import Findings, State
from otp_conformance.screens.desk import Desk, Presence
from otp_conformance.screens.parts import KEYBOARD, declared_parts
from otp_conformance.screens.portal import ACTIVATE, DEACTIVATE, ISSUE
from otp_conformance.screens.propose import likeness
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Status
from otp_conformance.text import contains

KeepPicture = Callable[[str, bytes], str]
"""Keeps a picture under a name and returns where."""


# What the declaration calls how a button without effect is presented (IX-18).
_PRESENTATIONS = {
    Presence.ENABLED: "error",
    Presence.DISABLED: "disabled",
    Presence.HIDDEN: "hidden",
}


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
        self._windows: set[str] = set()

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
                fix=self._advice.title(screen),
            )
            self._picture(screen, self._parts(screen, name) if self._may_be(screen) else [])
            return False
        self._findings.ok(name, say("画面の題名", "title of the screen"))
        self._windows.add(self._site.view().document_title)
        found = self._parts(screen, name)
        for fact in screen.described.facts:
            self._fact(name, fact)
        self._screen_id(name, screen.key)
        self._boxes(screen, name)
        self._picture(screen, found)
        return True

    def _boxes(self, screen: Screen, name: str) -> None:
        """Tell of boxes on a form that nobody will tick: one cannot be told from a condition."""
        view, words = self._site.view(), self._declaration.labels["agreement.words"]
        agreed = wanted(view, words)
        left = [c.label for c in view.choices if not (c.chosen or c.options or c in agreed)]
        if left and screen.described.fields:
            self._findings.note(
                name,
                say("選ばれないままの欄", "boxes left as they are"),
                say(
                    f"{listed(left)}。選ばなければ先へ進めない欄なら、その言葉を宣言の [labels] の "
                    "agreement.words に加えてください",
                    f"{listed(left)}. If one cannot go on without ticking it, add words of its "
                    "caption to agreement.words under [labels]",
                ),
            )

    def _may_be(self, screen: Screen) -> bool:
        """Tell whether an unknown page may be a screen whose title nobody has declared.

        Then its parts are told of in the same round. A login has a field for a password, any
        other screen something that is found on it.
        """
        if not self._site.is_strange():
            return False
        desk, key = self._desk, screen.key
        parts = declared_parts(screen.described, self._declaration)
        if "login.password" in parts.fields:
            return any(field.masked for field in self._site.view().fields)
        known = [desk.field(k, screen=key) for k in parts.fields]
        known += [desk.action(k, screen=key) for k in parts.actions]
        known += [self._site.top.menu(0)] if key == self._site.top.key else []
        return any(map(self._site.agent.has, known))

    def _parts(self, screen: Screen, name: str) -> list[Control]:
        """Compare the fields and buttons in sight; return those that are there."""
        parts = declared_parts(screen.described, self._declaration)
        found = [
            c
            for k in parts.fields
            if (c := self._has(screen, k, self._desk.field(k, screen=screen.key)))
        ]
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
            elif control := self._has(screen, action, self._desk.action(action, screen=screen.key)):
                found.append(control)
        return found

    @property
    def _advice(self) -> Advice:
        return Advice(self._site, self._declaration, tuple(self._windows))

    def _has(self, screen: Screen, key: str, control: Control) -> Control | None:
        what = f"{self._declaration.labels[key][0]}（{key}）"
        if self._site.agent.has(control):
            self._findings.ok(screen.title, what)
            return control
        view = self._site.view()
        is_field = control.role is Role.FIELD
        shown = view.fields if is_field else view.actions
        names = [name for each in shown for name in each.names]
        names.sort(key=lambda name: -likeness(name, control.names))
        nameless = sum(not any(each.names) for each in shown)
        others = say(f"、名前のないもの {nameless} 個", f", {nameless} without a name")
        advise = self._advice.field if is_field else self._advice.action
        self._findings.judge(
            screen.title,
            what,
            right=False,
            observed=say("見つかりません。画面にあるもの: ", "not found. On the page: ")
            + listed(names)
            + (others if nameless else ""),
            fix=advise(screen.described, key),
        )
        return None

    def _fact(self, screen: str, key: str) -> None:
        value = self._desk.fact(key)
        captions = listed(self._site.view().facts)
        self._findings.judge(
            screen,
            f"{self._declaration.labels[key][0]}（{key}）",
            right=bool(value),
            observed=f"「{value}」"
            if value
            else say("見つかりません。画面にある項目: ", "not found. Captions on the page: ")
            + captions,
            fix=self._advice.fact(key),
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
                "表示しないなら ics.screen_ids = false にして [screen_ids] を消してください。",
                f'Correct screen_ids.{key} (now "{declared}"), or declare '
                "ics.screen_ids = false, without [screen_ids], where none are shown.",
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
            fix=self._advice.status(expected, shown),
        )

    def buttons(self, status: Status) -> None:
        """Compare how the portal presents the buttons that have no effect; tell what differs."""
        for key in (ISSUE, ACTIVATE, DEACTIVATE):
            if works(self._declaration, status, key):
                continue  # pressed next, or told of then
            shown = self._site.portal.offers(key)
            if shown is declared_presence(self._declaration, status, key):
                continue
            word = _PRESENTATIONS[shown]
            line = f'{key.removeprefix("portal.")} = "{word}"'
            self._findings.judge(
                self._site.portal.title,
                f"{self._declaration.labels[key][0]}（{key}）",
                right=False,
                observed=say(
                    f"登録状況「{self._declaration.labels[f'status.{status}'][0]}」での"
                    f"見せ方は {word}",
                    f"presented as {word} in status {status}",
                ),
                fix=say(
                    f'どの登録状況でも同じなら、宣言の [buttons] に presentation = "{word}" を、'
                    f"ここだけなら [buttons.{status}] に {line} を書いてください。",
                    f'Declare presentation = "{word}" under [buttons] if it is so in every '
                    f"status, else {line} under [buttons.{status}].",
                ),
            )

    def _picture(self, screen: Screen, found: list[Control]) -> None:
        if self._keep is None:
            return
        picture = self._site.agent.screenshot(found, self._findings.holds_secret)
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


def refused(site: Site) -> bool:
    """Tell whether a login was refused, as far as the screens are known."""
    back = ("login", "login_otp", "suspension")
    error = site.current() is None and not site.is_strange()
    return site.current() in back or error or bool(site.error_text())
