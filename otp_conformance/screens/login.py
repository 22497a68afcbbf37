"""Login: S-00 on one page or two, and the suspension message S-12."""

from __future__ import annotations

from collections.abc import Sequence

from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import ExtraInput
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.keys import Presence, ScreenKey
from otp_conformance.screens.screen import FormScreen


class LoginScreen(FormScreen):
    """The login page, with the OTP field where the flow has one page (AMB-39)."""

    key = ScreenKey.LOGIN
    submit_key = "login.button"

    def __init__(self, desk: Desk, extras: Sequence[ExtraInput] = ()) -> None:
        super().__init__(desk)
        self._extras = tuple(extras)

    def open(self) -> None:
        """Open the declared login page."""
        self._desk.open_path(self._desk.declaration.login.path)

    def has_otp_field(self) -> bool:
        """Tell whether the OTP is asked on this page already."""
        return self.has_field("otp.field")

    def fill(self, login_id: str, password: str, otp: str | None = None) -> None:
        """Fill the fields; ``otp`` None leaves its field alone."""
        self._fill_extras()
        self._desk.fill("login.id", login_id)
        self._desk.fill("login.password", password)
        if otp is not None:
            self._desk.fill("otp.field", otp)

    def submit(self, login_id: str, password: str, otp: str | None = None) -> bool:
        """Fill the fields and log in; False where the page does not let that be sent.

        Some pages disable the button while a field is empty, which is their refusal.
        """
        if not password:
            self.fill(login_id, password, otp)
            if self._desk.presence(self.submit_key) is Presence.DISABLED:
                return False
        self._fill_extras()
        values = {"login.id": login_id, "login.password": password}
        self.send_values(values if otp is None else {**values, "otp.field": otp})
        return True

    def _fill_extras(self) -> None:
        """Fill what the product asks for besides, as declared (IX-05)."""
        for extra in self._extras:
            self._desk.agent.fill(Control(Role.FIELD, extra.label), extra.value)


class LoginOtpScreen(FormScreen):
    """The second page of the login, which asks for the OTP."""

    key = ScreenKey.LOGIN_OTP
    submit_key = "login_otp.button"

    def fill(self, code: str) -> None:
        """Fill the OTP in."""
        self._desk.fill("otp.field", code)

    def submit(self, code: str) -> None:
        """Fill the OTP in and go on, unless the page does not let it be sent.

        Some pages disable the button until the field is filled: the question for
        the OTP then stays in sight, which is their refusal.
        """
        self._desk.fill("otp.field", code)
        if self._desk.presence(self.submit_key) is not Presence.DISABLED:
            self.send_values({"otp.field": code})
