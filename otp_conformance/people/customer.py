"""The customer: verbs of the manual, done through the screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from otp_conformance.assets.spending import What
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.people.person import Person
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind
from otp_conformance.verdict.outcome import NotApplicable


class Customer(Person):
    """A customer who logs in, applies, activates and deactivates.

    Every ``…ed`` end of an attempt is kept in ``last`` and ``attempts``.
    """

    @property
    def way_closed(self) -> bool:
        """Whether the latest way ended at a control that could not be used."""
        return self._way_closed

    def log_in(self, code: str | None, *, password: str | None = None) -> Attempt:
        """Try to log in; ``code`` None: stop where the OTP is asked.

        Whoever is to enter one where devices are remembered does so on a new device.
        """
        self.log_out()
        if code is not None and self._world.declaration.login.remembered_devices:
            self.forget_cookies()
        site = self.site
        site.login.open()
        used = self.account.login_password if password is None else password
        one_page = site.login.has_otp_field()
        otp = (code or "") if one_page else None
        sent = site.login.submit(self.account.login_id, used, otp=otp)
        entered = one_page or site.login_otp.is_shown()
        if code is not None and site.login_otp.is_shown():
            site.login_otp.submit(code)
        self.logged_in = site.top.is_shown()
        self.remembered = self.remembered or (self.logged_in and code is not None)
        asked = site.login_otp.is_shown() or (one_page and not self.logged_in and code is None)
        return self._ended(
            Attempt(
                Action.LOGIN,
                accepted=self.logged_in,
                told=site.tells_refusal() or asked or not sent,
                seen=site.describe(),
                suspended=site.suspension_shown(),
                asked_otp=asked,
                unasked=self.logged_in and code is not None and not entered,
            ),
            site.top,
        )

    def log_in_with_wrong_password(self, code: str) -> Attempt:
        """Try to log in with a right OTP and a wrong login password."""
        wrong = self.account.login_password[::-1] + "x"
        self._world.keep_secret(wrong)
        return self.log_in(code, password=wrong)

    def log_in_repeatedly(self, times: int) -> list[Attempt]:
        """Try to log in so many times, each time with a fresh OTP."""
        return [self.log_in(self.code("新しい", "login")) for _ in range(times)]

    def note_code(self) -> None:
        """Remember the OTP used last."""
        self.noted_code = self.last_code

    def log_out(self) -> None:
        """Log out if logged in."""
        if self.logged_in:
            self.site.logout()
            self.logged_in = False

    def ensure_logged_in(self) -> None:
        """Log in as this customer needs to, unless already logged in."""
        if self.logged_in:
            return
        attempt = self.log_in(None)
        if not attempt.accepted and attempt.asked_otp and self.token is not None:
            attempt = self.log_in(self.code("新しい", "login"))
        attempt.require_accepted()

    def walk_to_portal(self) -> None:
        """Go to the request selection screen in the session at hand, logged in or not."""
        self.site.open_start()
        if self.site.top.is_shown():
            self.site.top.open_portal()

    def reopen_portal(self) -> Site:
        """Load the request selection screen anew. Raise `SetupFailed` where that fails."""
        self.go_to_portal()
        self.site.portal.require()
        return self.site

    def go_to_portal(self) -> bool:
        """Walk to the request selection screen; False where that ends elsewhere.

        A session that has ended meanwhile (the clock may have moved by days)
        is begun again, as a customer would do.
        """
        self.ensure_logged_in()
        self.site.open_start()
        if self.site.login.is_shown():
            self.logged_in = False
            self.ensure_logged_in()
        self.site.top.open_portal()
        return self.site.portal.is_shown()

    def go_to_issue_confirmation(self, kind: Kind) -> bool:
        """Walk to the issue confirmation of a kind; False where the way is closed."""
        self.issue_ended_at = "selection"
        if not self.go_to_kind_selection():
            return False
        if not self.site.kind_selection.can_choose(kind):
            self.issue_ended_at = "hidden"
            return False
        self._way_closed = False
        self.site.kind_selection.choose(kind)
        shown = self.site.issue_confirmation(kind).is_shown()
        self.issue_ended_at = "submission" if shown else "selection"
        return shown

    def go_to_hardware_confirmation(self) -> bool:
        """Walk to the issue confirmation of a hardware token."""
        return self.go_to_issue_confirmation(Kind.HARDWARE)

    def go_to_kind_selection(self) -> bool:
        """Walk to the selection of a kind; False where the way is closed."""
        if not self._press_on_portal("portal.issue"):
            return False
        self._way_closed = self.site.kind_selection.is_shown()
        return self._way_closed

    def _press_on_portal(self, button: str) -> bool:
        """Press a portal button unless it is disabled or hidden (which tells enough)."""
        portal = self.reopen_portal().portal
        self._way_closed = not portal.can_press(button)
        if not self._way_closed:
            portal.press(button)
        return not self._way_closed

    def issue(self, kind: Kind, confirmation: str) -> Attempt:
        """Try to apply for a token."""
        if self.go_to_issue_confirmation(kind):
            site = self.site
            site.issue_confirmation(kind).submit(confirmation)
        return self._issue_ended(kind)

    def _issue_ended(self, kind: Kind) -> Attempt:
        site = self.site
        accepted = site.issue_completion(kind).is_shown()
        self.awaiting_dispatch = self.awaiting_dispatch or (accepted and kind is Kind.HARDWARE)
        return self._ended(
            Attempt(Action.ISSUE, accepted=accepted, told=self._told(), seen=site.describe()),
            site.issue_completion(kind),
        )

    def issue_with_double_click(self) -> Attempt:
        """Apply for a hardware token, pressing the button twice in a row."""
        self.go_to_issue_confirmation(Kind.HARDWARE)
        confirmation = self.confirmation("正しい")
        self.site.issue_confirmation(Kind.HARDWARE).submit_twice(confirmation)
        return self._issue_ended(Kind.HARDWARE)

    def go_to_activation(self) -> bool:
        """Walk to the activation screen; False where the way is closed."""
        if not self._press_on_portal("portal.activate"):
            return False
        site = self.site
        return site.activation.is_shown() or site.software_activation.is_shown()

    def activate(self, serial: str, code: str) -> Attempt:
        """Try to activate a hardware token."""
        if self.go_to_activation():
            self.site.activation.submit(serial, code, self.typed_at_activation)
        return self._activation_ended(Kind.HARDWARE)

    def activate_software(self, code: str) -> Attempt:
        """Try to activate a software token."""
        if self.go_to_activation():
            self.site.software_activation.submit(code)
        return self._activation_ended(Kind.SOFTWARE)

    def _activation_ended(self, kind: Kind) -> Attempt:
        site = self.site
        accepted = (
            site.activation_complete.is_shown() or site.software_activation_complete.is_shown()
        )
        return self._ended(
            Attempt(Action.ACTIVATION, accepted=accepted, told=self._told(), seen=site.describe()),
            site.activation_completion(kind),
        )

    def go_to_deactivation(self) -> bool:
        """Walk to the deactivation screen; False where the way is closed."""
        if not self._press_on_portal("portal.deactivate"):
            return False
        return self.site.deactivation.is_shown()

    def deactivate(
        self, confirmation: str, code: Callable[[], str], *, keyboard: bool = False
    ) -> Attempt:
        """Try to deactivate. The code is asked for when the screen is there."""
        if self.go_to_deactivation():
            screen = self.site.deactivation
            otp = code() if screen.has_otp_field() else None
            if keyboard:
                screen.submit_with_keyboard(confirmation, otp)
            else:
                screen.submit(confirmation, otp)
        site = self.site
        accepted = site.deactivation_complete.is_shown()
        if accepted:
            self.retire()
        if site.login.is_shown() or site.suspension_shown():
            self.logged_in = False
        return self._ended(
            Attempt(
                Action.DEACTIVATION,
                accepted=accepted,
                told=self._told(),
                seen=site.describe(),
                suspended=site.suspension_shown(),
            ),
            site.deactivation_complete,
        )

    def require_declared_otp_field(self) -> None:
        """Raise `NotApplicable` where the declaration says that deactivation asks no OTP."""
        if not self._world.declaration.ics.otp_on_deactivation:
            raise NotApplicable(
                expected="利用解除の画面のワンタイムパスワード欄で確かめること",
                observed="利用解除の画面にワンタイムパスワード欄がないと宣言されています",
            )

    def try_deactivation(self, confirmation: str, code: str, *, keyboard: bool = False) -> Attempt:
        """Try to deactivate with a confirmation password and an OTP by their phrases."""
        if code != "新しい":
            self.require_declared_otp_field()
        return self.deactivate(
            self.confirmation(confirmation),
            lambda: self.code(code, "deactivation"),
            keyboard=keyboard,
        )

    def wait_for_effect(self) -> None:
        """Wait as long as an activation or deactivation is declared to take (IX-36)."""
        self._world.time.wait_for_effect(self._world.declaration.effect.latency_seconds)

    def _told(self) -> bool:
        return self.site.tells_refusal() or self._way_closed

    def _note_spending(self, attempt: Attempt) -> None:
        """Note the code that the attempt used up, or the mistake that it was."""
        spending, login_id = self._world.sut.spending, self.account.login_id
        entered, self.entered = self.entered, False
        device = self.token or self.retired
        if entered and attempt.accepted and device is not None:
            step = self._world.ledger.newest(device)
            spending.note(What.CODE, device.asset.serial, "" if step is None else str(step))
        elif entered:
            spending.note(What.WRONG, login_id, str(attempt.action))
        if attempt.suspended:
            spending.note(What.SUSPENDED, login_id)
        if attempt.accepted and attempt.action is Action.DEACTIVATION and device is not None:
            spending.note(What.BURNT, device.asset.serial)

    def _ended(self, attempt: Attempt, success: Screen) -> Attempt:
        """Keep the end of an attempt; ``success``: the screen that would have told success."""
        if not attempt.accepted and not attempt.told and self.site.is_strange():
            attempt = replace(attempt, strange=success.key.title_key)
        self._note_spending(attempt)
        if attempt.accepted and attempt.action in (Action.ACTIVATION, Action.DEACTIVATION):
            self.wait_for_effect()
        self.last = attempt
        self.attempts.append(attempt)
        self._world.last = attempt
        return attempt
