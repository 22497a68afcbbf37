"""What every screen works with: an agent, the declared labels, and little helpers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from urllib.parse import urljoin

from otp_conformance.agent.agreement import agree
from otp_conformance.agent.page import Control, FieldView, PageView, Role
from otp_conformance.agent.port import UserAgent
from otp_conformance.declaration.model import Declaration
from otp_conformance.screens.reading import Column, column_under, fact_under
from otp_conformance.specification.manual import DescribedScreen
from otp_conformance.text import contains, normalise, same, squeeze

_MOST_NEWS = 3  # lines of a page that nobody knows may all be new
# What separates a screen's title from the site's name in a window title.
_TITLE_SEPARATORS = re.compile(r"[|｜\-–—:：]")


class Presence(StrEnum):
    """How a screen presents a button (IX-18, AMB-25)."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    HIDDEN = "hidden"


class Desk:
    """One person at one agent, with labels by key.

    ``base_url``: the site's entrance; declared paths begin at its host's root.
    ``recognised``: keys of the screens met so far, by anybody in the run; ``met_last``: of
    the one that this person recognised last, empty after a page that is none of them.
    """

    def __init__(
        self,
        agent: UserAgent,
        declaration: Declaration,
        base_url: str,
        recognised: set[str] | None = None,
    ) -> None:
        self.recognised = set() if recognised is None else recognised
        self._seen: dict[str, PageView] = {}
        self._before: dict[str, PageView] = {}
        self._sent: PageView | None = None
        self._sent_on: str | None = None
        self._standing: set[str] = set()
        self.met_last = ""
        self.agent = agent
        self.declaration = declaration
        self.base_url = base_url

    def labels(self, key: str) -> tuple[str, ...]:
        """Return the accepted texts of a label key (never empty for a control)."""
        return self.declaration.labels[key]

    def view(self) -> PageView:
        """Return what is on the page now."""
        return self.agent.view()

    def open_path(self, path: str) -> None:
        """Open a declared path of the site."""
        self.agent.open(urljoin(self.base_url, path))

    # -- controls by label key ---------------------------------------------

    def action(
        self, key: str, *, screen: str = "", row: str | None = None, last: bool = False
    ) -> Control:
        """Return the button or link of a label key; ``row``: the row's label key.

        ``screen``: where it is looked for, for a selector declared for that screen alone.
        """
        within = () if row is None else self.labels(row)
        selector = self.declaration.selector(key, screen)
        return Control(Role.ACTION, self.labels(key), within, last, selector=selector, key=key)

    def field(self, key: str, *, screen: str = "") -> Control:
        """Return the input of a label key."""
        selector = self.declaration.selector(key, screen)
        return Control(Role.FIELD, self.labels(key), selector=selector, key=key)

    def press(self, key: str) -> None:
        """Press the button or link of a label key."""
        self.agent.press(self.action(key))

    def fill(self, key: str, value: str) -> None:
        """Fill the input of a label key."""
        self.agent.fill(self.field(key), value)

    def presence(self, key: str, *, screen: str = "") -> Presence:
        """Tell how a button is presented on the page now."""
        names, selector = self.labels(key), self.declaration.selector(key, screen)
        found = [action for action in self.view().actions if action.is_called(names, selector)]
        if not found:
            return Presence.HIDDEN
        return Presence.ENABLED if any(a.enabled for a in found) else Presence.DISABLED

    # -- what the page says ------------------------------------------------

    def recognise(self, screens: Iterable[DescribedScreen]) -> str | None:
        """Return the key of the screen whose title is on the page.

        The first heading, or line that stands like one, decides. Without any the window
        title does, and after it the marks declared for screens without a title: all
        of them must be in sight.
        """
        known = list(screens)
        found = self._noted(known)
        # Content may come late; a page that nobody knows gets a moment.
        if found is None and self.agent.look_again():
            found = self._noted(known)
        if found is not None:
            self.recognised.add(found)
            self._seen[found] = self.view()
            if not self.declaration.manual.screens[found].fields:
                self._standing |= {f.label for f in self.view().fields if f.label}
        return found

    def own_fields(self) -> tuple[FieldView, ...]:
        """Return the inputs of the screen in sight without those of the site around it.

        A site's search stands on every page: what a customer met on a screen that asks for
        nothing is no input of this one either.
        """
        return tuple(field for field in self.view().fields if field.label not in self._standing)

    def standing(self) -> set[str]:
        """Return what stands on the screens met so far, normalised: titles, headings, controls."""
        shown = self.at_once()
        views = [view for key, view in self._seen.items() if key != shown]
        texts = (
            text
            for view in views
            for text in (view.document_title, *view.title_lines, *(a.name for a in view.actions))
        )
        return {normalise(text) for text in texts}

    def at_once(self) -> str | None:
        """Return the key of the screen in sight as it is now: late content is not waited for."""
        return self._noted(list(self.declaration.manual.screens.values()))

    def _noted(self, known: Sequence[DescribedScreen]) -> str | None:
        found = self._recognised(known)
        if found is not None or len(known) == len(self.declaration.manual.screens):
            self.met_last = found or ""
        return found

    def _recognised(self, known: Sequence[DescribedScreen]) -> str | None:
        view = self.view()
        for screen in known:
            told = view.declared.get(self.declaration.selector(screen.title_key))
            if told is not None and same(told, self.labels(screen.title_key)):
                return screen.key
        titled: dict[str, str] = {}
        for screen in known:
            for title in self.labels(screen.title_key):
                titled.setdefault(normalise(title), screen.key)
        window = [view.document_title, *_TITLE_SEPARATORS.split(view.document_title)]
        # A page whose title is no heading may have headings that read like another's title.
        for text in map(normalise, (*view.title_lines, *window)):
            if text in titled:
                return titled[text]
        return next((screen.key for screen in known if self._marked(view, screen)), None)

    def _marked(self, view: PageView, screen: DescribedScreen) -> bool:
        marks = self.declaration.screen_marks.get(screen.title_key.removesuffix(".title"), ())
        if not marks:
            return False
        texts = [
            *view.text.splitlines(),
            *(name for field in view.fields for name in field.names),
            *(name for action in view.actions for name in action.names),
        ]
        return all(any(same(text, [mark]) for text in texts) for mark in marks)

    def about_to_send(self) -> None:
        """Remember what is in sight, and what other screens said, before a form is sent.

        What has to be agreed to before is ticked: a customer who goes on does so. On a page
        that nobody knows nothing is: a form that has sent itself may have led there. Where
        the page is the answer to the same form and says something new, the same words are
        new in the next answer, too: who is refused twice reads the same sentence twice.
        """
        shown = self.at_once()
        if shown is not None:
            agree(self.agent, self.labels("agreement.words"))
        again = shown is not None and shown == self._sent_on and bool(self.news())
        first = self._before.get(shown) if shown is not None and again else None
        self._sent, self._sent_on = self.view(), shown
        if shown is not None:
            self._seen[shown] = self._sent
        self._before = dict(self._seen)
        if shown is not None and first is not None:
            self._before[shown] = first

    def news(self) -> tuple[str, ...]:
        """Return what the page in sight says that it did not say before a form was sent.

        A message need not be marked as one: whoever sends a form reads what is new, on the
        same screen, on one that they have been sent back to, or on a page that they never
        saw, where only what stands around each page is old. Numbers do not count, since a
        clock or a counter says nothing.
        """
        shown = self.at_once()
        before = self._sent if shown is None else self._before.get(shown)
        if before is None:
            return ()
        return new_lines(before, self.view())

    def fact(self, key: str, *, screen: str = "") -> str | None:
        """Return the value under a caption, None if the page has no such caption."""
        view = self.view()
        declared = view.declared.get(self.declaration.selector(key, screen))
        return declared or self.column(key).own or fact_under(view, *self.labels(key))

    def column(self, key: str) -> Column:
        """Return the column of a label key, where a table has a row about OTPs among others."""
        named = (*self.labels("otp.field"), *self.labels("notice.otp"))
        return column_under(self.view(), self.labels(key), named)

    def speaks_of(self, text: str, key: str) -> bool:
        """Tell whether a text contains what a label key stands for."""
        return contains(text, self.labels(key))

    def describe(self) -> str:
        """Return what a reader should know about the page: title, errors, HTTP status."""
        view = self.view()
        shown = view.headings[0] if view.headings else view.document_title
        parts = [f"画面「{shown}」" if shown else "題名のない画面"]
        parts += [f"エラー表示「{squeeze(alert)}」" for alert in view.alerts]
        if not view.alerts:
            parts += [f"新しい表示「{line}」" for line in self.news()[:_MOST_NEWS]]
        if view.http_status is not None:
            parts.append(f"HTTP {view.http_status}")
        return "、".join(parts)


_DIGITS = re.compile(r"[0-9]+")
_WORDS = re.compile(r"[^\W\d_]{2}")


def new_lines(before: PageView, after: PageView) -> tuple[str, ...]:
    """Return the lines in words that a page says and another did not; numbers do not count."""
    known = _said(before)
    return tuple(line for form, line in _said(after).items() if form not in known)


def _said(view: PageView) -> dict[str, str]:
    """Return the lines of a page that say something, by their form without numbers."""
    lines = [squeeze(line) for line in view.text.splitlines()]
    return {
        _DIGITS.sub("0", normalise(line)): line for line in lines if _WORDS.search(line) is not None
    }
