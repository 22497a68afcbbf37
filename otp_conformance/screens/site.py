"""The customers' site: all screens, and what is common to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from otp_conformance.agent.page import Control, FieldView, FormRequest, PageView, Role
from otp_conformance.agent.port import ExtraInput, UserAgent, nothing_secret
from otp_conformance.calls.trouble import shown
from otp_conformance.declaration.model import Declaration
from otp_conformance.journal.evidence import Look
from otp_conformance.screens.between import proposal
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.kind import KindSelectionScreen
from otp_conformance.screens.login import LoginOtpScreen, LoginScreen
from otp_conformance.screens.portal import PortalScreen
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.top import TopScreen
from otp_conformance.text import contains

_COVERED = "画面に秘密の値が出ていたため、その場所を塗りつぶしました"
_NOT_KEPT = "画面に秘密の値が出ていて隠せないため、画面は保存していません"
_BRACKETED_ID = re.compile(r"[\[［【]([A-Z]{3}[0-9]{3})[\]］】]")


class Site:
    """One customer's view of the site, through one user agent.

    ``extras``: what the login page asks for besides (IX-05); ``recognised``: keys of the
    screens met so far, by anybody in the run.
    """

    def __init__(
        self,
        agent: UserAgent,
        declaration: Declaration,
        base_url: str,
        extras: Sequence[ExtraInput] = (),
        recognised: set[str] | None = None,
    ) -> None:
        self._desk = Desk(agent, declaration, base_url, recognised)
        self.login = LoginScreen(self._desk, extras)
        self.login_otp = LoginOtpScreen(self._desk)
        self.top = TopScreen(self._desk)
        self.portal = PortalScreen(self._desk)
        self.kind_selection = KindSelectionScreen(self._desk)
        self.issue_confirm = Screen(self._desk, "issue_confirm")
        self.issue_complete = Screen(self._desk, "issue_complete")
        self.activation = Screen(self._desk, "activation")
        self.activation_complete = Screen(self._desk, "activation_complete")
        self.deactivation = Screen(self._desk, "deactivation")
        self.deactivation_complete = Screen(self._desk, "deactivation_complete")

    def screen(self, key: str) -> Screen:
        """Return a screen by its key, for what every screen has."""
        return Screen(self._desk, key)

    @property
    def agent(self) -> UserAgent:
        """The user agent behind the screens."""
        return self._desk.agent

    # -- what is in sight --------------------------------------------------

    def view(self) -> PageView:
        """Return what is on the page now."""
        return self._desk.view()

    def own_fields(self) -> tuple[FieldView, ...]:
        """Return the inputs of the screen in sight, without those of the site around it."""
        return self._desk.own_fields()

    def current(self) -> str | None:
        """Return the key of the screen in sight, None for one outside the inventory."""
        return self._desk.recognise(self._desk.declaration.manual.screens.values())

    def in_sight(self) -> str | None:
        """Return what `current` does of the page as it is now: late content is not waited for."""
        return self._desk.at_once()

    @property
    def met_last(self) -> str:
        """Key of the screen that was recognised last, empty after a page that is none."""
        return self._desk.met_last

    def is_strange(self) -> bool:
        """Tell whether a page is in sight that nobody has declared, and that is no error.

        An error shows by its status, its title or a message marked as one: words of refusal
        in its text may be advice on a page of success.
        """
        view = self.view()
        if self.current() is not None or view.is_error:
            return False
        titles = (*view.title_lines[:1], view.document_title)
        error = any(contains(title, self._desk.labels("refusal.title")) for title in titles)
        return not (error or self._marked() or self._told_as_declared() or self.suspension_shown())

    def standing(self) -> set[str]:
        """Return what stands on the other screens met so far, normalised."""
        return self._desk.standing()

    def between(self) -> str:
        """Return what declares the page in sight as one between two screens, empty for none."""
        return proposal(self.view(), self.standing()) if self.is_strange() else ""

    def knows_title(self, key: str) -> bool:
        """Tell whether a screen's title is known for this product: said by its vendor, or met.

        Else an unknown page may be that screen under another title.
        """
        screen = self._desk.declaration.manual.screens[key]
        return self._desk.declaration.says(screen.title_key) or key in self._desk.recognised

    def alerts(self) -> tuple[str, ...]:
        """Return the error messages on the page, those where they are declared to be included.

        Without any, what is new in words of refusal since a form was sent, on whatever page.
        Other new lines are no message: a notice may change with each load.
        """
        words = self._desk.labels("refusal.words")
        return self._marked() or tuple(line for line in self._desk.news() if contains(line, words))

    def _marked(self) -> tuple[str, ...]:
        view, places = self.view(), self._desk.declaration.message_selectors
        declared = [text for place in places if (text := view.declared.get(place))]
        return (*view.alerts, *(text for text in declared if text not in view.alerts))

    def may_tell_refusal(self) -> bool:
        """Tell whether the answer to a form says something new that may be a refusal or not.

        It may as long as the declaration gives no text of a refusal.
        """
        return not self._refusals() and bool(self._desk.news())

    def _refusals(self) -> list[str]:
        labels = self._desk.declaration.labels
        return [text for key in labels if key.startswith("error.") for text in labels[key]]

    def error_text(self) -> str:
        """Return the error messages in one line, empty without any.

        On a page that nobody knows only what is marked as one counts: it may be any screen.
        """
        told = self._marked() if self.current() is None else self.alerts()
        return " ".join(" ".join(alert.split()) for alert in told)

    def tells_refusal(self) -> bool:
        """Tell whether the page says that something was refused (SCR-62).

        By an error message, by the suspension, or by an error text that the
        declaration names (``error.*``): not every product marks its messages
        as such in the page.
        """
        return bool(self.alerts()) or self._told_as_declared() or self.suspension_shown()

    def _told_as_declared(self) -> bool:
        return contains(self.view().text, self._refusals())

    def suspension_shown(self) -> bool:
        """Tell whether the page says that OTP authentication is suspended (S-12).

        Said by its title or in an error message; on a page outside the
        inventory anywhere in the text. (Elsewhere a mere note about
        suspension is not a message.)
        """
        if self.current() == "suspension":
            return True
        view = self.view()
        told = self._desk.labels("suspension.text")
        places = [*view.headings, *self.alerts()]
        if self.current() is None:
            places.append(view.text)
        return any(contains(place, told) for place in places)

    def way_to_login(self) -> Control | None:
        """Return what leads to the login from a page that nobody knows and that only says so.

        Many banks have such a page for whoever is not logged in, or no longer. A page with
        the menu or the logout is one of the inside, whatever else stands on it.
        """
        view = self.view()
        if view.fields or self.in_sight() is not None:
            return None
        inside = (*self.declared_path(), *self._desk.labels("logout.button"))
        if any(action.is_called(inside) for action in view.actions):
            return None
        words = self._desk.labels("login.title")
        ways = [a.name for a in view.actions if a.enabled and contains(a.name, words)]
        return Control(Role.ACTION, (ways[0],)) if ways else None

    def asks_to_log_in(self) -> bool:
        """Tell whether the login is in sight, or a page that leads there: then go on to it."""
        if self.login.is_shown():
            return True
        way = self.way_to_login()
        if way is not None:
            self.agent.press(way)
        return way is not None and self.login.is_shown()

    def describe(self) -> str:
        """Return title, error messages and HTTP status for readers."""
        return self._desk.describe()

    def look(self, secret: Callable[[str], bool] = nothing_secret) -> Look:
        """Return the page as evidence: address without query, status, masked picture.

        ``secret`` tells whether a text holds one: no picture shows it.
        """
        view = self.view()
        image = self.agent.screenshot(secret=secret)
        remark = ""
        if self.agent.is_browser and secret(view.text):
            remark = _COVERED if image else _NOT_KEPT
        return Look(
            address=shown(view.address),
            http_status=view.http_status,
            image=image,
            remark=remark,
            marks=self.agent.marks() if image else (),
        )

    def screen_id(self) -> str:
        """Return the displayed screen ID, empty without one (IX-03).

        It stands under its caption, or in brackets of its own.
        """
        shown = self._desk.fact("screen_id.caption")
        if shown is None:
            found = _BRACKETED_ID.search(self.view().text)
            return found[1] if found else ""
        return shown.strip()

    def declared_path(self) -> tuple[str, ...]:
        """Return the declared menu items from the top page to the portal (IX-04)."""
        return self._desk.declaration.navigation.portal

    # -- going about -------------------------------------------------------

    def open_start(self) -> None:
        """Open the site's entrance."""
        self.agent.open(self._desk.base_url)

    def logout(self) -> None:
        """Log out; where the product has no control for it, leave without cookies."""
        if not self._desk.declaration.login.logout_control:
            self.agent.forget_cookies()
        elif self.agent.has(self._desk.action("logout.button")):
            self._desk.press("logout.button")
        else:
            self.open_start()
            if not self.asks_to_log_in():
                self._desk.press("logout.button")

    def send(self, request: FormRequest) -> None:
        """Send a kept or altered request as this customer."""
        self.agent.send(request)
