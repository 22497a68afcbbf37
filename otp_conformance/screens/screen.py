"""The base of all screens: a title, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping

from otp_conformance.agent.page import Control, FieldView, FormRequest
from otp_conformance.screens.desk import Desk, TitledKey
from otp_conformance.screens.keys import ScreenKey, StaffScreenKey
from otp_conformance.text import contains
from otp_conformance.verdict.outcome import SetupFailed

_FAMILIES: dict[type, tuple[TitledKey, ...]] = {
    ScreenKey: tuple(ScreenKey),
    StaffScreenKey: tuple(StaffScreenKey),
}


class Screen:
    """A screen of the inventory, recognised by its normalised title."""

    key: ScreenKey | StaffScreenKey

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def title(self) -> str:
        """The title in the declaration's first wording."""
        return self._desk.labels(self.key.title_key)[0]

    def is_shown(self) -> bool:
        """Tell whether this is the screen on the page now."""
        return self._desk.recognise(_FAMILIES[type(self.key)]) == self.key

    def require(self) -> None:
        """Raise `SetupFailed` unless this screen is shown.

        A screen on the way is no requirement's matter here; where reaching it
        is, `is_shown` is judged.
        """
        shown = self._desk.recognise(_FAMILIES[type(self.key)])
        if shown == self.key:
            return
        unknown = f"その画面なら、題名を宣言の [labels] の {self.key.title_key} に書いてください。"
        raise SetupFailed(
            expected=f"画面「{self.title}」が表示されること",
            observed=f"{self._desk.describe()}が表示されました",
            hint="" if shown else unknown,
        )


class FormScreen(Screen):
    """A screen with inputs and one button that sends them."""

    submit_key: str

    def press_submit(self) -> None:
        """Press the button that sends the form."""
        self._desk.press(self.submit_key)

    def send_values(self, values: Mapping[str, str]) -> None:
        """Fill fields (label key to value) and send the form.

        A value that the page itself cuts (maxlength) or cleans goes out as it
        was meant, in the same request: the refusal to be seen is the server's.
        """
        for key, value in values.items():
            self._desk.fill(key, value)
        if self._altered_by_page(values):
            request = self.request()
            for key, value in values.items():
                request = request.with_value(self.parameter(key), value)
            self._desk.agent.send(request)
        else:
            self.press_submit()

    def _altered_by_page(self, values: Mapping[str, str]) -> bool:
        return any(
            _holds_less(field, value)
            for field in self._desk.view().fields
            for key, value in values.items()
            if contains(field.label, self._desk.labels(key))
        )

    def submit_control(self) -> Control:
        """Return the button that sends the form."""
        return self._desk.action(self.submit_key)

    def request(self) -> FormRequest:
        """Return the request that pressing the button would send now."""
        return self._desk.agent.form_request(self.submit_control())

    def parameter(self, field_key: str) -> str:
        """Return the parameter name of a field, to alter a kept request."""
        return self._desk.agent.field_name(self._desk.field(field_key))

    def has_field(self, field_key: str) -> bool:
        """Tell whether the screen has a field."""
        return self._desk.agent.has(self._desk.field(field_key))


def _holds_less(field: FieldView, value: str) -> bool:
    if field.masked:  # its value cannot be read back
        return field.max_length is not None and len(value) > field.max_length
    return field.value != value


class ConfirmationForm(FormScreen):
    """A form that asks for the confirmation password (確認用パスワード)."""

    def fill_confirmation(self, confirmation: str) -> None:
        """Enter the confirmation password: by clicks where typing is declared impossible."""
        if self._clicks_only():
            self.click_confirmation(confirmation)
        else:
            self._desk.fill("confirmation.field", confirmation)

    def send_values(self, values: Mapping[str, str]) -> None:
        """Fill fields and send the form, as `FormScreen.send_values` does."""
        typed = dict(values)
        if self._clicks_only():
            self.click_confirmation(typed.pop("confirmation.field"))
        super().send_values(typed)

    def _clicks_only(self) -> bool:
        declared = self._desk.declaration
        forced = declared.ics.on_screen_keyboard and declared.keyboard.use == "forced"
        return forced and self.key in declared.keyboard.screens

    def has_keyboard(self) -> bool:
        """Tell whether an on-screen keyboard is offered."""
        return self._desk.agent.has(self._desk.action("keyboard.open"))

    def click_confirmation(self, confirmation: str) -> None:
        """Enter the confirmation password by the on-screen keyboard."""
        agent, desk = self._desk.agent, self._desk
        agent.type_by_clicks(
            desk.field("confirmation.field"), desk.action("keyboard.open"), confirmation
        )
        done = desk.action("keyboard.done")
        if agent.has(done):
            agent.press(done)
