"""Deactivation (S-08) and its completion (S-09)."""

from __future__ import annotations

from otp_conformance.screens.keys import ScreenKey
from otp_conformance.screens.screen import ConfirmationForm, Screen


class DeactivationScreen(ConfirmationForm):
    """ワンタイムパスワード利用解除（利用解除確認）."""

    key = ScreenKey.DEACTIVATION
    submit_key = "deactivation.submit"

    def has_otp_field(self) -> bool:
        """Tell whether the OTP is asked (AMB-26)."""
        return self.has_field("otp.field")

    def fill(self, confirmation: str, code: str | None) -> None:
        """Fill the fields; ``code`` None leaves the OTP field alone."""
        self.fill_confirmation(confirmation)
        if code is not None:
            self._desk.fill("otp.field", code)

    def submit(self, confirmation: str, code: str | None) -> None:
        """Fill the fields and press 解除する."""
        values = {"confirmation.field": confirmation}
        self.send_values(values if code is None else {**values, "otp.field": code})

    def submit_with_keyboard(self, confirmation: str, code: str | None) -> None:
        """Click the confirmation password, type the OTP, press 解除する (DEA-24)."""
        self.click_confirmation(confirmation)
        if code is not None:
            self._desk.fill("otp.field", code)
        self.press_submit()

    def back(self) -> None:
        """Press 戻る."""
        self._desk.press("deactivation.back")


class DeactivationCompleteScreen(Screen):
    """ワンタイムパスワード利用解除（利用解除完了）."""

    key = ScreenKey.DEACTIVATION_COMPLETE

    def to_top(self) -> None:
        """Press トップページへ."""
        self._desk.press("deactivation_complete.to_top")
