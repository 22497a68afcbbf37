"""Every policy that the manual leaves open, as an explicit setting.

Each default is the recommended reading of the ambiguity register; the
IXIT parameter that a vendor would declare is named beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class OtpFunction(StrEnum):
    """Where a customer enters an OTP."""

    ACTIVATION = "activation"
    LOGIN = "login"
    DEACTIVATION = "deactivation"


class FailureClass(StrEnum):
    """Why a submitted OTP was refused (IX-23)."""

    WRONG = "wrong"
    OTHER_TOKEN = "other_token"  # noqa: S105 - a class of failure, no secret
    REUSED = "reused"
    STALE = "stale"
    FUTURE = "future"
    MALFORMED = "malformed"
    EMPTY = "empty"


class Binding(StrEnum):
    """When a hardware token is tied to its customer (IX-15)."""

    DISPATCH = "dispatch"
    ACTIVATION = "activation"


class IssuedMoment(StrEnum):
    """Event at which the status becomes トークン発行済 (IX-16)."""

    APPLICATION = "application"
    DISPATCH = "dispatch"


class Reissue(StrEnum):
    """Issue again in トークン発行済 (IX-19)."""

    REFUSED = "refused"
    REPLACES = "replaces"


class Allowed(StrEnum):
    """Whether something is possible (IX-20)."""

    REFUSED = "refused"
    ALLOWED = "allowed"


class Gate(StrEnum):
    """Step that waits for the next day after a change of kind (IX-30)."""

    ISSUE = "issue"
    ACTIVATION = "activation"
    BOTH = "both"
    NONE = "none"


class HwToSw(StrEnum):
    """Hardware to software (IX-34)."""

    REFUSED = "refused"
    REFUSED_IN_SERVICE = "refused_in_service"


class Consumption(StrEnum):
    """When an OTP is burnt (IX-10)."""

    ON_SUCCESS = "on_success"
    ON_SUBMISSION = "on_submission"


class FullWidth(StrEnum):
    """Full-width digits in serial and OTP fields (IX-14)."""

    REFUSED = "refused"
    CONVERTED = "converted"


class LoginFlow(StrEnum):
    """Where the OTP is asked at login (IX-05)."""

    TWO_PAGES = "two_pages"
    ONE_PAGE = "one_page"


class OtpField(StrEnum):
    """OTP field on the deactivation screen (IX-27)."""

    IN_SERVICE = "in_service"
    ABSENT = "absent"


class Buttons(StrEnum):
    """Presentation of portal buttons that do nothing in a status (IX-18)."""

    ERROR = "error"  # always enabled; the wrong one shows an error text
    DISABLED = "disabled"
    HIDDEN = "hidden"


class LiveSessions(StrEnum):
    """Other sessions of a customer when OTP authentication is suspended (IX-25)."""

    KEPT = "kept"
    CUT = "cut"


@dataclass(frozen=True)
class Window:
    """Accepted steps besides the current one (IX-08)."""

    backward: int = 1
    forward: int = 1


@dataclass(frozen=True)
class Policy:
    """The bank's policies. Units are in the names where they matter."""

    otp_digits: int = 6  # IX-06
    otp_step_seconds: int = 60  # IX-07
    windows: dict[OtpFunction, Window] = field(  # IX-08
        default_factory=lambda: {f: Window() for f in OtpFunction}
    )
    consumption: Consumption = Consumption.ON_SUCCESS  # IX-10
    serial_min: int = 8  # IX-13
    serial_max: int = 12
    full_width: FullWidth = FullWidth.REFUSED  # IX-14
    trim_blanks: bool = False
    binding: Binding = Binding.DISPATCH  # IX-15
    issued_moment: IssuedMoment = IssuedMoment.APPLICATION  # IX-16
    buttons: Buttons = Buttons.ERROR  # IX-18
    reissue_when_issued: Reissue = Reissue.REFUSED  # IX-19
    deactivate_when_issued: Allowed = Allowed.REFUSED  # IX-20
    lock_threshold: int = 5  # IX-21
    lock_sources: frozenset[OtpFunction] = frozenset(  # IX-22, one shared counter
        {OtpFunction.LOGIN, OtpFunction.DEACTIVATION}
    )
    lock_classes: frozenset[FailureClass] = frozenset(  # IX-23
        {
            FailureClass.WRONG,
            FailureClass.OTHER_TOKEN,
            FailureClass.REUSED,
            FailureClass.STALE,
            FailureClass.FUTURE,
        }
    )
    live_sessions: LiveSessions = LiveSessions.CUT  # IX-25
    deactivation_otp: OtpField = OtpField.IN_SERVICE  # IX-27
    confirmation_min: int = 6  # IX-28; half-width letters and digits
    confirmation_max: int = 12
    confirmation_failure_limit: int = 10  # own lock, apart from OTP failures
    on_screen_keyboard: bool = True  # IX-29
    gate: Gate = Gate.ISSUE  # IX-30
    gate_covers_same_kind: bool = False  # IX-31 (re-issue of hardware)
    gate_covers_handset_change: bool = False  # IX-31
    gate_time_zone: str = "Asia/Tokyo"  # IX-32
    gate_cutover_minutes: int = 0  # minutes after midnight at which the day changes
    hw_to_sw: HwToSw = HwToSw.REFUSED  # IX-34
    software_tokens: bool = True  # IX-42
    activation_failure_limit: int = 0  # IX-48; 0: none
    login_flow: LoginFlow = LoginFlow.TWO_PAGES  # IX-05
    show_screen_ids: bool = True  # IX-03
    session_idle_minutes: int = 15  # IX-41
    session_absolute_minutes: int = 480
