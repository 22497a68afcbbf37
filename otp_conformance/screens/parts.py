"""What each screen of the inventory consists of, by label key: for preflight and recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from otp_conformance.declaration.model import Declaration
from otp_conformance.screens.keys import ScreenKey

KEYBOARD = "keyboard.open"


@dataclass(frozen=True)
class Parts:
    """Fields to fill in, buttons and links to press, captions of values."""

    fields: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


PARTS: Mapping[ScreenKey, Parts] = MappingProxyType(
    {
        ScreenKey.LOGIN: Parts(("login.id", "login.password"), ("login.button",)),
        ScreenKey.LOGIN_OTP: Parts(("otp.field",), ("login_otp.button",)),
        ScreenKey.TOP: Parts((), ("logout.button",)),
        ScreenKey.PORTAL: Parts((), ("portal.to_top",), ("portal.status",)),
        ScreenKey.KIND: Parts((), ("kind.select", "kind.back")),
        ScreenKey.ISSUE_CONFIRM: Parts(
            ("confirmation.field",),
            ("issue_confirm.submit", "issue_confirm.back", KEYBOARD),
        ),
        ScreenKey.ISSUE_COMPLETE: Parts((), ("issue_complete.to_portal",)),
        ScreenKey.SOFTWARE_ISSUE_CONFIRM: Parts(
            ("confirmation.field",), ("issue_confirm.submit", "issue_confirm.back")
        ),
        ScreenKey.SOFTWARE_ISSUE_COMPLETE: Parts((), ("issue_complete.to_portal",)),
        ScreenKey.ACTIVATION: Parts(
            ("activation.serial", "otp.field"),
            ("activation.submit", "activation.cancel", "activation.back"),
        ),
        ScreenKey.ACTIVATION_COMPLETE: Parts(
            (),
            ("activation_complete.to_portal",),
            ("activation_complete.serial", "activation_complete.expiry"),
        ),
        ScreenKey.SOFTWARE_ACTIVATION: Parts(
            ("otp.field",), ("activation.submit", "activation.cancel")
        ),
        ScreenKey.SOFTWARE_ACTIVATION_COMPLETE: Parts((), ("activation_complete.to_portal",)),
        ScreenKey.DEACTIVATION: Parts(
            ("confirmation.field", "otp.field"),
            ("deactivation.submit", "deactivation.back", KEYBOARD),
        ),
        ScreenKey.DEACTIVATION_COMPLETE: Parts((), ("deactivation_complete.to_top",)),
        ScreenKey.SUSPENSION: Parts(),
    }
)


def declared_parts(key: ScreenKey, declaration: Declaration) -> Parts:
    """Return the parts that a screen has where the system is as declared."""
    parts = PARTS[key]
    fields, actions = list(parts.fields), list(parts.actions)
    if key is ScreenKey.LOGIN and declaration.login.flow == "one_page":
        fields.append("otp.field")
    if key is ScreenKey.TOP and not declaration.login.logout_control:
        actions.remove("logout.button")
    if key is ScreenKey.DEACTIVATION and not declaration.ics.otp_on_deactivation:
        fields.remove("otp.field")
    if key is ScreenKey.ACTIVATION and declaration.confirmation_password.asked_at_activation:
        fields.append("confirmation.field")
    keyboard = declaration.ics.on_screen_keyboard and key in declaration.keyboard.screens
    if KEYBOARD in actions and not keyboard:
        actions.remove(KEYBOARD)
    return Parts(tuple(fields), tuple(actions), parts.facts)
