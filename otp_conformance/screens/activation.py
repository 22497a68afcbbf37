"""Activation (S-06) and its completion (S-07), both kinds."""

from __future__ import annotations

from otp_conformance.screens.keys import ScreenKey
from otp_conformance.screens.screen import FormScreen, Screen


class ActivationScreen(FormScreen):
    """ワンタイムパスワード利用開始（ハードウェアトークン確認）."""

    key = ScreenKey.ACTIVATION
    submit_key = "activation.submit"

    def fill(self, serial: str, code: str, confirmation: str | None = None) -> None:
        """Fill the serial and the OTP in; ``confirmation``: where it is asked for (IX-28)."""
        for key, value in _inputs(serial, code, confirmation).items():
            self._desk.fill(key, value)

    def submit(self, serial: str, code: str, confirmation: str | None = None) -> None:
        """Fill in as `fill` does and press 利用開始する."""
        self.send_values(_inputs(serial, code, confirmation))

    def cancel(self) -> None:
        """Press 申込を中止する."""
        self._desk.press("activation.cancel")

    def back(self) -> None:
        """Press 戻る."""
        self._desk.press("activation.back")


def _inputs(serial: str, code: str, confirmation: str | None) -> dict[str, str]:
    values = {"activation.serial": serial, "otp.field": code}
    return values if confirmation is None else {**values, "confirmation.field": confirmation}


class SoftwareActivationScreen(FormScreen):
    """ワンタイムパスワード利用開始（ソフトウェアトークン確認）."""

    key = ScreenKey.SOFTWARE_ACTIVATION
    submit_key = "activation.submit"

    def submit(self, code: str, serial: str | None = None) -> None:
        """Fill the OTP (and the serial, where the product asks for it) in and go on."""
        if serial is not None and self.has_field("activation.serial"):
            self._desk.fill("activation.serial", serial)
        self.send_values({"otp.field": code})

    def cancel(self) -> None:
        """Press 申込を中止する."""
        self._desk.press("activation.cancel")

    def back(self) -> None:
        """Press 戻る."""
        self._desk.press("activation.back")


class ActivationCompleteScreen(Screen):
    """ワンタイムパスワード利用開始（ハードウェアトークン完了）."""

    key = ScreenKey.ACTIVATION_COMPLETE

    def serial(self) -> str:
        """Return the serial as printed, empty if there is none (ACT-31)."""
        return self._desk.fact("activation_complete.serial") or ""

    def expiry(self) -> str:
        """Return the expiry as printed, empty if there is none (ACT-32)."""
        return self._desk.fact("activation_complete.expiry") or ""

    def to_portal(self) -> None:
        """Press ワンタイムパスワード申請内容選択へ."""
        self._desk.press("activation_complete.to_portal")


class SoftwareActivationCompleteScreen(ActivationCompleteScreen):
    """ワンタイムパスワード利用開始（ソフトウェアトークン完了）."""

    key = ScreenKey.SOFTWARE_ACTIVATION_COMPLETE
