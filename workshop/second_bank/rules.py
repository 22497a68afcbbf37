"""What this institution decided where the manual leaves freedom, and its bank."""

from __future__ import annotations

from pathlib import Path

from reference_impl.clock import Clock
from reference_impl.domain.policy import Gate, OtpFunction, Policy, Window
from reference_impl.service.bank import Bank, build_bank
from reference_impl.settings import Institution, Profile, Settings

POLICY = Policy(
    otp_digits=8,
    windows={
        OtpFunction.ACTIVATION: Window(2, 2),
        OtpFunction.LOGIN: Window(2, 1),
        OtpFunction.DEACTIVATION: Window(1, 1),
    },
    full_width="converted",
    trim_blanks=True,
    binding="activation",
    issued_moment="dispatch",
    buttons="disabled",
    deactivate_when_issued="allowed",
    lock_threshold=3,
    lock_sources=frozenset(OtpFunction),
    live_sessions="kept",
    confirmation_min=8,
    confirmation_max=16,
    confirmation_failure_limit=5,
    gate=Gate.ACTIVATION,
    hw_to_sw="refused_in_service",
    login_flow="one_page",
    show_screen_ids=False,
    session_idle_minutes=10,
    session_absolute_minutes=240,
)


def settings(folder: Path, *, port: int = 0, test_control_key: str = "") -> Settings:
    """Return the settings of the bank whose database lies in a folder."""
    return Settings(
        port=port,
        database=f"sqlite:///{folder / 'second_bank.sqlite3'}",
        test_control=bool(test_control_key),
        test_control_key=test_control_key,
        profile=Profile.TEST,
        policy=POLICY,
        bank=Institution(name="ほくと信用金庫"),
        product="second bank",
    )


def open_bank(folder: Path, clock: Clock) -> Bank:
    """Open the bank in a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    return build_bank(settings(folder), clock)
