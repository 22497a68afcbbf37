"""What to declare about a page that is not as declared: one entry that mends it, or the reason.

An entry never repeats what is declared already, and never takes the text of another screen,
of an error page, or one text for two things.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from otp_conformance.agent.page import ActionView, FieldView, PageView
from otp_conformance.declaration.model import Declaration
from otp_conformance.language import say
from otp_conformance.screens.parts import declared_parts
from otp_conformance.screens.propose import likeness, may_be, toml_text
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.specification.manual import DescribedScreen
from otp_conformance.text import contains, normalise, same

_ALIKE = 0.5
_MOST_MARKS = 2
_MOST_SHOWN = 8


def entry(key: str, *texts: str) -> str:
    """Return the line of ``[labels]`` that says how a key reads on the product's pages."""
    return f'"{key}" = [{", ".join(map(toml_text, texts))}]'


def listed(texts: Iterable[str]) -> str:
    """Return texts for a message, at most a few."""
    shown = [f"「{text}」" for text in dict.fromkeys(texts) if text][:_MOST_SHOWN]
    return "、".join(shown) or say("なし", "nothing")


_Seen = TypeVar("_Seen", FieldView, ActionView)


class Advice:
    """Advice about the page in sight. ``windows``: the windows' titles of pages seen before."""

    def __init__(self, site: Site, declaration: Declaration, windows: Sequence[str]) -> None:
        self._site = site
        self._declaration = declaration
        self._windows = windows

    @property
    def _view(self) -> PageView:
        return self._site.view()

    # -- titles ----------------------------------------------------------------

    def title(self, screen: Screen) -> str:
        """Return what to do where another page is in sight than the one expected."""
        view = self._view
        current = self._site.current()
        if current is not None:
            return self._not_reached(current)
        bare = screen.key == "login" and not self._view.fields
        if bare or not self._site.is_strange():
            return self._where(screen)
        if lines := self._between(screen):
            return lines
        shown = say(
            f"画面にある見出し: {listed(self._titles(view))}",
            f"Headings on the page: {listed(self._titles(view))}",
        )
        title = self._title(screen, view)
        if title:
            # Where the ID is asked for first, the login has two pages, and this is the second.
            two = screen.key == "login" and self._declaration.login.id_first
            others = self._declaration.labels[screen.title_key] if two else ()
            line = entry(screen.title_key, *others, title)
            return say(
                f"この画面で正しければ、宣言の [labels] に {line} を書いてください。{shown}",
                f"If this is the right screen, declare {line} under [labels]. {shown}",
            )
        marks = self._marks(screen, view)
        if not marks:
            return say(
                "この画面を見分けられる題名がありません。宣言の [screen_marks] に、この画面に"
                f"だけそろって出る文言を書いてください。{shown}",
                "Nothing on the page tells it from others. Declare texts that are together on "
                f"this screen alone under [screen_marks]. {shown}",
            )
        name = screen.title_key.removesuffix(".title")
        line = f"{name} = [{', '.join(map(toml_text, marks))}]"
        return say(
            f"題名では見分けられない画面です。宣言の [screen_marks] に {line} を書いてください。",
            f"No title tells this screen. Declare {line} under [screen_marks].",
        )

    def _between(self, screen: Screen) -> str:
        """Return what to do about a page that comes between the screens, empty for another."""
        menu, lines = self._declaration.navigation.portal, self._site.between()
        if not lines or any(action.is_called(menu) for action in self._view.actions):
            return ""
        return say(
            f"画面「{screen.title}」の前に出る途中の画面（お知らせ、入力内容の確認など）なら、"
            f"宣言の [login] に {lines} を（すでに interstitials があれば、そこに加えて）"
            "書いてください。",
            f"If this page comes in between, before 「{screen.title}」, declare {lines} under "
            "[login] (where there are interstitials, as one more).",
        )

    def _not_reached(self, current: str) -> str:
        title = self._declaration.manual.screens[current].title_key
        label, told = self._declaration.labels[title][0], self._site.error_text()
        why = f"「{told}」" if told else say("理由の表示なし", "no reason told")
        return say(
            f"画面「{label}」から先へ進めていません（{why}）。用意したお客さまの値と状態、"
            "押すボタンを確かめてください。",
            f"The way ends at 「{label}」 ({why}). Look at the prepared customer's values and "
            "state, and at the button that is pressed.",
        )

    def _where(self, screen: Screen) -> str:
        if screen.key == "login":
            path = self._declaration.login.path
            return say(
                f"宣言の login.path（いまは「{path}」）に、ログイン画面の場所を書いてください。",
                f'Declare where the login screen is: login.path (now "{path}").',
            )
        titles, status = self._titles(self._view), self._view.http_status
        told = self._site.error_text() or next(iter(titles), "") or f"HTTP {status}"
        return say(
            f"検査対象が「{told}」と答えています。題名の宣言では直りません。用意したお客さまの"
            "値と状態を確かめてください。",
            f"The system answers 「{told}」; no title mends that. Look at the prepared "
            "customer's values and state.",
        )

    @staticmethod
    def _titles(view: PageView) -> list[str]:
        return [text for text in (*view.title_lines, view.document_title) if text]

    def _title(self, screen: Screen, view: PageView) -> str:
        """Return the text that can be the title, empty where none tells this page from others."""
        others, standing = self._others(screen.described), self._site.standing()
        usable = [
            text
            for text in dict.fromkeys(self._titles(view))
            if not same(text, others) and not same(text, self._windows)
            if normalise(text) not in standing and not text.endswith("。")
        ]
        labels = self._declaration.labels[screen.title_key]
        alike = [t for t in usable if contains(t, labels) or likeness(t, labels) >= _ALIKE]
        alike.sort(key=lambda text: -likeness(text, labels))
        headings = [text for text in usable if text in view.headings]
        return next(iter((*alike, *headings)), "")

    def _others(self, screen: DescribedScreen) -> list[str]:
        """Return the titles and names that belong to other screens."""
        manual, labels = self._declaration.manual, self._declaration.labels
        keys = [each.title_key for each in manual.screens.values() if each.key != screen.key]
        named = [text for key in keys for text in labels[key]]
        return [*named, *self._declaration.navigation.portal]

    def _marks(self, screen: Screen, view: PageView) -> list[str]:
        """Return texts of the screen's own parts that are together on this page."""
        parts = declared_parts(screen.described, self._declaration)
        keys = (*parts.fields, *parts.facts, *parts.actions)
        lines = [line for line in view.text.split("\n") if line]
        names = [name for field in view.fields for name in field.names]
        names += [name for action in view.actions for name in action.names]
        found = [
            text
            for key in keys
            for text in (*lines, *names)
            if same(text, self._declaration.labels[key])
        ]
        return list(dict.fromkeys(found))[:_MOST_MARKS]

    # -- parts -------------------------------------------------------------------

    def field(self, screen: DescribedScreen, key: str) -> str:
        """Return what to declare for a field that is not found."""
        fields = self._view.fields
        if key == "login.password" and fields and not any(field.masked for field in fields):
            return say(
                "ログインIDだけを先に尋ねる画面なら、宣言に login.id_first = true と書いてください"
                "（先へ進むボタンは [labels] の login_id.next）。",
                "If this page asks for the login ID alone first, declare login.id_first = true "
                "(the button that leads on: login_id.next in [labels]).",
            )
        keys = declared_parts(screen, self._declaration).fields
        missing, free = self._left(screen, keys, fields)
        free = [f for f in free if may_be(key, f)] or free
        if key == "login.id":
            # It stands before the password; what else is asked for may stand anywhere.
            first = next((place for place, f in enumerate(fields) if f.masked), 0)
            free = [f for f in fields[:first] if f in free][-1:] or free
        rivals = [o for o in missing if o != key and any(may_be(o, f) for f in free)]
        return self._part(key, free, rivals, alone=not rivals)

    def action(self, screen: DescribedScreen, key: str) -> str:
        """Return what to declare for a button or link that is not found."""
        actions = self._view.actions
        keys = (*declared_parts(screen, self._declaration).actions, "logout.button")
        missing, free = self._left(screen, keys, actions)
        menu = self._declaration.navigation.portal
        free = [action for action in free if not action.is_called(menu)]
        rivals = [other for other in missing if other != key]
        # The only button of a page can only be the one that sends it.
        return self._part(key, free, rivals, alone=key == screen.submit and len(actions) == 1)

    def _left(
        self, screen: DescribedScreen, keys: Sequence[str], seen: Sequence[_Seen]
    ) -> tuple[list[str], list[_Seen]]:
        """Return the keys that nothing on the page answers to, and what answers to none."""
        labels, where = self._declaration.labels, self._declaration.selector
        found = {
            key: [each for each in seen if each.is_called(labels[key], where(key, screen.key))]
            for key in keys
        }
        taken = [each for answering in found.values() for each in answering]
        known = [labels[key] for key in keys if found[key]]
        free = [
            each
            for each in seen
            if each not in taken
            and not any(contains(name, texts) for name in each.names for texts in known)
        ]
        return [key for key in keys if not found[key]], free

    def _part(
        self,
        key: str,
        free: Sequence[FieldView | ActionView],
        rivals: Sequence[str],
        *,
        alone: bool,
    ) -> str:
        """Return the entry for the likeliest of the parts that nothing else is declared for.

        ``rivals``: the other keys that are missing: what resembles one of them more is
        proposed for that one. ``alone``: no other key can be meant.
        """
        wanted = self._declaration.labels[key]
        others = [self._declaration.labels[rival] for rival in rivals]
        taken = {normalise(t) for k, texts in self._declaration.labels.items() for t in texts}
        rated = sorted(
            (
                (likeness(name, wanted), name)
                for each in free
                for name in each.names
                if name and normalise(name) not in taken
                if all(likeness(name, other) <= likeness(name, wanted) for other in others)
            ),
            reverse=True,
        )
        if rated and (rated[0][0] >= _ALIKE or (alone and len(free) == 1)):
            line = self._entry(key, rated[0][1])
            return say(
                f"宣言の [labels] に {line} を書いてください。", f"Declare {line} under [labels]."
            )
        nameless = [each for each in free if not any(each.names)]
        if len(nameless) == 1 and nameless[0].selector:
            line = f'"{key}" = {toml_text(nameless[0].selector)}'
            return say(
                "名前のない部品です。表示名では見つけられないので、宣言の [selectors] に "
                f"{line} を書いてください。",
                f"It has no name to be found by. Declare {line} under [selectors].",
            )
        line = entry(key, say("実際の表示", "the text shown"))
        return say(
            f"宣言の [labels] に {line} を書いてください。名前のない部品なら [selectors] に、"
            f'"{key}" = "…" と場所（CSS セレクター）を書いてください。',
            f"Declare {line} under [labels]; for a part without a name, where it is (a CSS "
            f'selector) under [selectors]: "{key}" = "…".',
        )

    def _entry(self, key: str, text: str) -> str:
        """Return the entry for a part; one of several screens keeps the texts that it has.

        An entry replaces what stands there: with the new text alone the part would be
        found here and lost where it was found before.
        """
        screens = self._declaration.manual.screens.values()
        parts = [declared_parts(each, self._declaration) for each in screens]
        shared = sum(key in (*each.fields, *each.actions) for each in parts) > 1
        kept = self._declaration.labels[key] if shared else ()
        return f'"{key}" = [{", ".join(map(toml_text, (*kept, text)))}]'

    def fact(self, key: str) -> str:
        """Return what to declare for a captioned value that is not found."""
        wanted = self._declaration.labels[key]
        known = {normalise(t) for texts in self._declaration.labels.values() for t in texts}
        captions = [c for c in self._view.facts if normalise(c) not in known]
        captions.sort(key=lambda caption: -likeness(caption, wanted))
        likely = bool(captions) and likeness(captions[0], wanted) >= _ALIKE
        line = entry(key, captions[0] if likely else say("実際の項目名", "the caption shown"))
        return say(
            f"宣言の [labels] に {line} を書いてください。項目名のない値なら、[selectors] に "
            f'"{key}" = "…" と場所（CSS セレクター）を書いてください。',
            f"Declare {line} under [labels]; for a value without a caption, where it is (a CSS "
            f'selector) under [selectors]: "{key}" = "…".',
        )

    def status(self, expected: str, shown: str) -> str:
        """Return what to do where the portal shows another status than the customer should have."""
        labels = self._declaration.labels
        others = [
            key
            for key in labels
            if key.startswith("status.") and key != expected and same(shown, labels[key])
        ]
        if others:
            return say(
                f"「{shown}」は別の登録状況の表示です。用意したお客さまの状態を確かめてください。",
                f"「{shown}」 is how another status reads. Look at the prepared customer's state.",
            )
        wanted, line = labels[expected][0], entry(expected, shown)
        return say(
            f"このお客さまが本当に「{wanted}」かを確かめ、表示だけが違うなら [labels] に {line} を"
            "書いてください。",
            f"See whether this customer really is 「{wanted}」. If only the wording differs, "
            f"declare {line} under [labels].",
        )
