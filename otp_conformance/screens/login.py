"""Login: S-00 on one page or two."""

from __future__ import annotations

from collections.abc import Sequence

from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import ExtraInput
from otp_conformance.screens.desk import Desk, Presence
from otp_conformance.screens.screen import Screen


class _Guarded(Screen):
    """A page that may not let its form be sent, as its way of refusing what is missing."""

    def _is_held_back(self) -> bool:
        """Tell whether the button is disabled, whatever was typed in whichever way."""
        if self._submit_presence() is Presence.DISABLED:
            self._desk.agent.type_again()
        return self._submit_presence() is Presence.DISABLED

    def _submit_presence(self) -> Presence:
        return self._desk.presence(self.described.submit, screen=self.key)


class LoginScreen(_Guarded):
    """The login page, with the OTP field where the flow has one page (AMB-39)."""

    def __init__(self, desk: Desk, extras: Sequence[ExtraInput] = ()) -> None:
        super().__init__(desk, "login")
        self._extras = tuple(extras)

    def open(self) -> None:
        """Open the declared login page."""
        self._desk.open_path(self._desk.declaration.login.path)

    def fill(self, *values: str | None) -> None:
        """Fill in login ID, password and OTP, and what the product asks for besides (IX-05)."""
        self._fill_extras()
        super().fill(*values)

    def submit(self, *values: str | None) -> bool:
        """Fill the fields and log in; False where the page does not let that be sent.

        Some pages disable the button while a field is empty, which is their refusal.
        """
        if "" in values[1:2]:
            self.fill(*values)
            if self._is_held_back():
                return False
        self._fill_extras()
        return super().submit(*values)

    def _fill_extras(self) -> None:
        for extra in self._extras:
            self._desk.agent.fill(Control(Role.FIELD, extra.label), extra.value)


class LoginOtpScreen(_Guarded):
    """The second page of the login, which asks for the OTP."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "login_otp")

    def submit(self, *values: str | None) -> bool:
        """Fill the OTP in and go on, unless the page does not let it be sent.

        Some pages disable the button until the field is filled: the question for
        the OTP then stays in sight, which is their refusal.
        """
        given = self.given(values)
        as_meant = self.enter(given)
        if self._is_held_back():
            return False
        # Not entered twice: a form that sends itself with the last digit would be sent twice.
        self.send_entered(given, as_meant=as_meant)
        return True
