"""Every policy that the manual leaves open, as an explicit setting.

Each default is the recommended reading of the ambiguity register; the
IXIT parameter that a vendor would declare is named beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal


@dataclass(frozen=True)
class Between:
    """The smallest and the greatest value of a setting; settings from a file are held to it."""

    low: int
    high: int

    def __get_pydantic_core_schema__(
        self,
        source: Any,  # noqa: ANN401 - pydantic's
        handler: Callable[[Any], dict[str, Any]],
    ) -> dict[str, Any]:
        """Tell pydantic, which asks for this method by name; nothing of it is imported here."""
        return {**handler(source), "ge": self.low, "le": self.high}


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


class Gate(StrEnum):
    """Step that waits for the next day after a change of kind (IX-30)."""

    ISSUE = "issue"
    ACTIVATION = "activation"
    BOTH = "both"
    NONE = "none"


@dataclass(frozen=True)
class Window:
    """Accepted steps besides the current one (IX-08). The widest window met in products is 20."""

    backward: Annotated[int, Between(0, 20)] = 1
    forward: Annotated[int, Between(0, 20)] = 1


@dataclass(frozen=True)
class Policy:
    """The bank's policies. Units are in the names where they matter."""

    otp_digits: Annotated[int, Between(6, 8)] = 6  # IX-06
    otp_step_seconds: Annotated[int, Between(15, 120)] = 60  # IX-07
    windows: dict[OtpFunction, Window] = field(  # IX-08
        default_factory=lambda: {f: Window() for f in OtpFunction}
    )
    consumption: Literal["on_success", "on_submission"] = "on_success"  # IX-10: when burnt
    serial_min: Annotated[int, Between(1, 32)] = 8  # IX-13
    serial_max: Annotated[int, Between(1, 32)] = 12
    full_width: Literal["refused", "converted"] = "refused"  # IX-14: digits in serial and OTP
    trim_blanks: bool = False
    binding: Literal["dispatch", "activation"] = "dispatch"  # IX-15: of a hardware token
    issued_moment: Literal["application", "dispatch"] = "application"  # IX-16: トークン発行済
    buttons: Literal["error", "disabled", "hidden"] = "error"  # IX-18: those without effect
    reissue_when_issued: Literal["refused", "replaces"] = "refused"  # IX-19
    deactivate_when_issued: Literal["refused", "allowed"] = "refused"  # IX-20
    lock_threshold: Annotated[int, Between(1, 100)] = 5  # IX-21
    lock_sources: frozenset[OtpFunction] = frozenset(  # IX-22, one shared counter
        {OtpFunction.LOGIN, OtpFunction.DEACTIVATION}
    )
    lock_classes: frozenset[FailureClass] = frozenset(FailureClass) - {  # IX-23: verified ones
        FailureClass.MALFORMED,
        FailureClass.EMPTY,
    }
    live_sessions: Literal["kept", "cut"] = "cut"  # IX-25: other ones, at a suspension
    deactivation_otp: Literal["in_service", "absent"] = "in_service"  # IX-27: its field
    confirmation_min: Annotated[int, Between(1, 64)] = 6  # IX-28; half-width letters and digits
    confirmation_max: Annotated[int, Between(1, 64)] = 12
    confirmation_failure_limit: Annotated[int, Between(0, 1000)] = 10  # apart from OTP failures
    on_screen_keyboard: bool = True  # IX-29
    gate: Gate = Gate.ISSUE  # IX-30
    gate_covers_same_kind: bool = False  # IX-31 (re-issue of hardware)
    gate_covers_handset_change: bool = False  # IX-31
    gate_time_zone: str = "Asia/Tokyo"  # IX-32
    gate_cutover_minutes: Annotated[int, Between(0, 1439)] = 0  # when the day changes
    hw_to_sw: Literal["refused", "refused_in_service"] = "refused"  # IX-34
    software_tokens: bool = True  # IX-42
    activation_failure_limit: Annotated[int, Between(0, 1000)] = 10  # IX-48; 0: none
    login_flow: Literal["two_pages", "one_page"] = "two_pages"  # IX-05
    show_screen_ids: bool = True  # IX-03
    session_idle_minutes: Annotated[int, Between(1, 1440)] = 15  # IX-41
    session_absolute_minutes: Annotated[int, Between(1, 10080)] = 480
