"""The bank's vocabulary: kinds, statuses, refusals. Shared by every floor above."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The two kinds of token (CON-09)."""

    HARDWARE = "hardware"
    SOFTWARE = "software"


class Status(StrEnum):
    """Registration status; SUSPENDED is shown as サービス利用中 to staff only."""

    NOT_REGISTERED = "not_registered"
    ISSUED = "issued"
    IN_SERVICE = "in_service"
    SUSPENDED = "suspended"


class TokenState(StrEnum):
    """Where a token stands (state machine 3.2; K1 and K2 are one for a bank)."""

    STOCK = "stock"  # K0
    ALLOTTED = "allotted"  # K1, K2
    ACTIVE = "active"  # K3 (K4 is a property of the customer)
    RETIRED = "retired"  # K5, terminal


class OrderStatus(StrEnum):
    """Where an application for a token stands."""

    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    ACTIVATED = "activated"
    CANCELLED = "cancelled"


class Refusal(StrEnum):
    """Reason for a refusal; each has an error text of its own in the web face."""

    BAD_CREDENTIALS = "bad_credentials"  # unknown ID or wrong login password
    LOGIN_PAUSED = "login_paused"  # after many wrong login passwords
    OTP_REQUIRED = "otp_required"  # empty OTP
    OTP_FORMAT = "otp_format"
    OTP_REFUSED = "otp_refused"  # wrong, used, stale, future, other token: one text
    SUSPENDED = "suspended"  # OTP authentication is suspended
    SERIAL_REQUIRED = "serial_required"
    SERIAL_FORMAT = "serial_format"
    ACTIVATION_REFUSED = "activation_refused"  # serial or OTP not acceptable: one text
    TOKEN_EXPIRED = "token_expired"  # noqa: S105
    CONFIRMATION_REQUIRED = "confirmation_required"
    CONFIRMATION_FORMAT = "confirmation_format"
    CONFIRMATION_WRONG = "confirmation_wrong"
    CONFIRMATION_LOCKED = "confirmation_locked"
    NOT_ISSUED = "not_issued"  # activation while 未登録
    ALREADY_ISSUED = "already_issued"
    IN_SERVICE = "in_service"  # issue or activation while サービス利用中
    NOTHING_TO_DEACTIVATE = "nothing_to_deactivate"
    TOO_EARLY = "too_early"  # next-day gate
    HW_TO_SW = "hw_to_sw"
    UNKNOWN_KIND = "unknown_kind"
    ACTIVATION_LIMIT = "activation_limit"


@dataclass(frozen=True)
class Refused:
    """A refusal and the field it concerns ("serial", "otp", "confirmation" or "")."""

    reason: Refusal
    field: str = ""
