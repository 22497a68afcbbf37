"""Login: S-00 on one page, two, or three."""

from __future__ import annotations

from collections.abc import Sequence

from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import ExtraInput
from otp_conformance.agent.trouble import NotPressable
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.screen import Screen

_NEXT = "login_id.next"


class LoginScreen(Screen):
    """The page that asks for the password: with the OTP field where both are asked (AMB-39).

    The login ID is asked for there, too, or on a page of its own before (IX-05).
    """

    def __init__(self, desk: Desk, extras: Sequence[ExtraInput] = ()) -> None:
        super().__init__(desk, "login")
        self._extras = tuple(extras)

    def open(self, login_id: str = "") -> None:
        """Open the declared login page, and where the ID is asked for first, give this one."""
        self._desk.open_path(self._desk.declaration.login.path)
        if login_id and self._id_first:
            self._enter(self.described.part("id"), login_id)
            self._desk.about_to_send()
            self._desk.agent.press(self._desk.action(_NEXT, screen=self.key))

    @property
    def _id_first(self) -> bool:
        return self._desk.declaration.login.id_first

    def given(self, values: tuple[str | None, ...]) -> dict[str, str]:
        """Return values by the label keys of their fields; an ID given before is given no more."""
        return super().given((None, *values[1:]) if self._id_first else values)

    def fill(self, *values: str | None) -> None:
        """Fill in login ID, password and OTP, and what the product asks for besides (IX-05)."""
        self._fill_extras()
        super().fill(*values)

    def submit(self, *values: str | None) -> bool:
        """Fill the fields and log in; False where the page does not let that be sent.

        Some pages disable the button while a field is empty, which is their refusal. A page
        that has refused the ID given before asks for nothing more: that was sent.
        """
        if self._id_first and not self.has_field("password"):
            return True
        self._fill_extras()
        try:
            return super().submit(*values)
        except NotPressable:
            if all(values):
                raise
            return False

    def _fill_extras(self) -> None:
        for extra in self._extras:
            self._desk.agent.fill(Control(Role.FIELD, extra.label), extra.value)


class LoginOtpScreen(Screen):
    """The second page of the login, which asks for the OTP."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "login_otp")

    def submit(self, *values: str | None) -> bool:
        """Fill the OTP in and go on, unless the page does not let it be sent.

        Some pages disable the button until the field is filled: the question for
        the OTP then stays in sight, which is their refusal.
        """
        try:
            return super().submit(*values)
        except NotPressable:
            return False
