"""Names of the screens of the inventory (requirements section 4)."""

from __future__ import annotations

from enum import StrEnum


class ScreenKey(StrEnum):
    """A customer's screen. Its title is the label ``<value>.title``."""

    LOGIN = "login"
    LOGIN_OTP = "login_otp"
    SUSPENSION = "suspension"
    TOP = "top"
    PORTAL = "portal"
    KIND = "kind"
    ISSUE_CONFIRM = "issue_confirm"
    ISSUE_COMPLETE = "issue_complete"
    SOFTWARE_ISSUE_CONFIRM = "software_issue_confirm"
    SOFTWARE_ISSUE_COMPLETE = "software_issue_complete"
    ACTIVATION = "activation"
    ACTIVATION_COMPLETE = "activation_complete"
    SOFTWARE_ACTIVATION = "software_activation"
    SOFTWARE_ACTIVATION_COMPLETE = "software_activation_complete"
    DEACTIVATION = "deactivation"
    DEACTIVATION_COMPLETE = "deactivation_complete"

    @property
    def title_key(self) -> str:
        """The label key of the screen's title."""
        return f"{self.value}.title"


class StaffScreenKey(StrEnum):
    """A staff screen. Its title is the label ``staff.<value>_title``."""

    LOGIN = "login"
    ORDERS = "orders"
    DISPATCH = "dispatch"
    STOCK = "stock"
    CUSTOMERS = "customers"
    CUSTOMER = "customer"
    AUDIT = "audit"

    @property
    def title_key(self) -> str:
        """The label key of the screen's title."""
        return f"staff.{self.value}_title"


class Presence(StrEnum):
    """How a screen presents a button (IX-18, AMB-25)."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    HIDDEN = "hidden"
