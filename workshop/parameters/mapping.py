"""Which key of the bank's settings is which key of the declaration, and who is concerned.

The one place where the two vocabularies meet: `DECLARED` turns a setting of
the bank (a key of ``[policy]``) into what a vendor with such a bank declares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Declared = dict[str, object]


def _as(*keys: str) -> Callable[[object], Declared]:
    """Declare the same value under other names."""
    return lambda value: dict.fromkeys(keys, value)


def _windows(value: object) -> Declared:
    assert isinstance(value, Mapping)
    return {
        f"otp.window.{function}.{side}": steps
        for function, sides in value.items()
        for side, steps in sides.items()
    }


def _activation_limit(value: object) -> Declared:
    effect = "token_locked" if value else "none"
    return {"activation.failure_limit": value, "activation.limit_effect": effect}


DECLARED: dict[str, Callable[[object], Declared]] = {
    "otp_digits": _as("otp.digits"),
    "otp_step_seconds": _as("otp.step_seconds"),
    "windows": _windows,
    "consumption": lambda value: {
        "otp.consumption": value,
        "otp.consumed_with_wrong_password": value == "on_submission",
    },
    "serial_min": _as("serial.min_length"),
    "serial_max": _as("serial.max_length"),
    "full_width": _as("otp.full_width", "serial.full_width"),
    "trim_blanks": _as("otp.trim_blanks", "serial.trim_blanks"),
    "binding": _as("issue.binding"),
    "issued_moment": _as("issue.issued_status_moment"),
    "buttons": _as("buttons.presentation"),
    "reissue_when_issued": _as("issue.reissue_when_issued"),
    "deactivate_when_issued": _as("issue.deactivate_when_issued"),
    "lock_threshold": _as("lockout.threshold"),
    "lock_sources": _as("lockout.sources"),
    "lock_classes": _as("lockout.classes"),
    "live_sessions": _as("lockout.live_sessions"),
    "deactivation_otp": lambda value: {"ics.otp_on_deactivation": value == "in_service"},
    "confirmation_min": _as("confirmation_password.min_length"),
    "confirmation_max": _as("confirmation_password.max_length"),
    "confirmation_failure_limit": _as("confirmation_password.failure_limit"),
    "on_screen_keyboard": _as("ics.on_screen_keyboard"),
    "gate": _as("switching.gate"),
    "gate_covers_same_kind": _as("switching.covers_same_kind"),
    "gate_covers_handset_change": _as("switching.covers_handset_change"),
    "gate_time_zone": _as("switching.time_zone"),
    "gate_cutover_minutes": _as("switching.cutover_minutes"),
    "hw_to_sw": _as("switching.hardware_to_software"),
    "software_tokens": _as("ics.software_tokens"),
    "activation_failure_limit": _activation_limit,
    "login_flow": _as("login.flow"),
    "show_screen_ids": _as("ics.screen_ids"),
    "session_idle_minutes": _as("sessions.idle_minutes"),
    "session_absolute_minutes": _as("sessions.absolute_minutes"),
}


@dataclass(frozen=True)
class Parameter:
    """A setting of the bank, and what depends on it.

    ``concerned``: requirements whose scenarios must pass when bank and
    declaration agree. ``red``: those of which a check must fail when only the
    bank is set so. ``scenarios``: ids of scenarios, to
    run no more than needed. ``unseen``: why nothing fails, if nothing does.
    ``unfollowed``: why the suite does not follow this parameter yet.
    """

    name: str
    settings: Mapping[str, object]
    concerned: tuple[str, ...]
    red: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    unseen: str = ""
    unfollowed: str = ""

    def declared(self) -> Declared:
        """Return what the vendor of a bank with these settings declares."""
        found: Declared = {}
        for key, value in self.settings.items():
            found |= DECLARED[key](value)
        return found


def _window(function: str, backward: int, forward: int) -> Mapping[str, object]:
    return {"windows": {function: {"backward": backward, "forward": forward}}}


_THRESHOLD = ("LCK-01/1", "LCK-03/1")
_SWITCH = ("SWT-03/1.1", "SWT-04/1.1", "SWT-04/1.5")
_CLASSES = ["wrong", "other_token", "reused", "stale", "future"]

PARAMETERS: tuple[Parameter, ...] = (
    Parameter("threshold-3", {"lock_threshold": 3}, ("LCK-01", "LCK-03"), ("LCK-03",), _THRESHOLD),
    Parameter(
        "threshold-10", {"lock_threshold": 10}, ("LCK-01", "LCK-03"), ("LCK-01",), _THRESHOLD
    ),
    Parameter(
        "login-window-0", _window("login", 0, 0), ("TOK-05", "TOK-06", "LGN-11"), ("TOK-05",)
    ),
    Parameter(
        "login-window-backward-2",
        _window("login", 2, 0),
        ("TOK-05", "TOK-06", "LGN-11"),
        ("TOK-05", "TOK-06"),
    ),
    Parameter("activation-window-3", _window("activation", 3, 3), ("ACT-39",), ("ACT-39",)),
    Parameter("activation-window-0", _window("activation", 0, 0), ("ACT-39",), ("ACT-39",)),
    Parameter(
        "digits-8",
        {"otp_digits": 8},
        ("LGN-04", "TOK-08", "ACT-22", "LGN-12"),
        ("LGN-04",),
        ("ACT-22/2.1", "LGN-04/1", "LGN-12/1.1", "TOK-01/2"),
    ),
    Parameter(
        "one-page-login",
        {"login_flow": "one_page"},
        ("LGN-01", "LGN-04", "LGN-05", "LGN-06", "LGN-07", "SCR-02"),
        ("SCR-02",),
        scenarios=(
            "LGN-01/1",
            "LGN-04/1",
            "LGN-05/1.1",
            "LGN-06/1",
            "LGN-07/1",
            "LGN-07/3",
            "LGN-05/3.4",
            "SCR-02/2",
        ),
    ),
    Parameter("binding-at-activation", {"binding": "activation"}, ("ISS-20",), ("ISS-20",)),
    Parameter(
        "gate-at-activation", {"gate": "activation"}, ("SWT-03", "SWT-04"), ("SWT-03",), _SWITCH
    ),
    Parameter(
        "gate-at-activation-of-the-same-kind",
        {"gate": "activation", "gate_covers_same_kind": True, "gate_covers_handset_change": True},
        ("RIS-04", "SWT-10"),
        scenarios=("RIS-04/1", "RIS-04/2.1", "RIS-04/2.4", "SWT-10/1"),
        unseen="申請で待つという宣言なら、申請が受け付けられるところまでしか見ない",
    ),
    Parameter(
        "gate-at-both",
        {"gate": "both"},
        ("SWT-03", "SWT-04"),
        scenarios=_SWITCH,
        unseen="発行が先に断られるので、利用開始登録でも断るかどうかは外から見えない",
    ),
    Parameter("gate-none", {"gate": "none"}, ("SWT-03", "SWT-04"), ("SWT-03",), _SWITCH),
    Parameter(
        "gate-covers-same-kind",
        {"gate_covers_same_kind": True},
        ("RIS-01", "RIS-04", "RIS-05"),
        ("RIS-04",),
    ),
    Parameter(
        "gate-covers-handset-change",
        {"gate_covers_handset_change": True},
        ("SWT-09", "SWT-10"),
        ("SWT-10",),
    ),
    Parameter(
        "cutover-3-hours",
        {"gate_cutover_minutes": 180},
        ("SWT-03", "SWT-04"),
        ("SWT-04",),
        _SWITCH,
    ),
    Parameter("full-width-converted", {"full_width": "converted"}, ("ACT-13",), ("ACT-13",)),
    Parameter(
        "blanks-trimmed",
        {"trim_blanks": True},
        ("ACT-14", "LGN-12"),
        ("ACT-14", "LGN-12"),
        ("ACT-14/2", "LGN-12/4"),
    ),
    Parameter(
        "code-consumed-with-wrong-password",
        {"login_flow": "one_page", "consumption": "on_submission"},
        ("LGN-07",),
        ("LGN-07",),
        ("LGN-07/3",),
    ),
    Parameter(
        "confirmation-without-limit",
        {"confirmation_failure_limit": 0},
        ("DEA-11",),
        ("DEA-11",),
        ("DEA-11/4",),
    ),
    Parameter(
        "longer-sessions",
        {"session_idle_minutes": 60, "session_absolute_minutes": 600},
        ("ACT-04",),
        ("ACT-04",),
        ("ACT-04/2.2", "ACT-04/2.3"),
    ),
    Parameter(
        "no-otp-at-deactivation",
        {"deactivation_otp": "absent"},
        ("DEA-08", "DEA-14", "DEA-28"),
        ("DEA-08",),
        ("DEA-01/1", "DEA-28/1.1", "DEA-28/1.2", "DEA-28/1.3", "DEA-28/1.4"),
    ),
    Parameter(
        "deactivation-does-not-count",
        {"lock_sources": ["login"]},
        ("LCK-18", "LCK-01"),
        ("LCK-01",),
        ("LCK-01/4", "LCK-18/1"),
    ),
    Parameter(
        "activation-counts",
        {"lock_sources": ["login", "activation", "deactivation"]},
        ("LCK-18",),
        ("LCK-18",),
    ),
    Parameter(
        "malformed-counts", {"lock_classes": [*_CLASSES, "malformed"]}, ("LCK-20",), ("LCK-20",)
    ),
    Parameter(
        "reused-does-not-count",
        {"lock_classes": [c for c in _CLASSES if c != "reused"]},
        ("LCK-20",),
        ("LCK-20",),
    ),
    Parameter(
        "hardware-to-software-after-deactivation",
        {"hw_to_sw": "refused_in_service"},
        ("SWT-06",),
        ("SWT-06",),
        ("SWT-06/1.1", "SWT-06/1.2"),
    ),
    Parameter("reissue-replaces", {"reissue_when_issued": "replaces"}, ("ISS-26",), ("ISS-26",)),
    Parameter(
        "deactivation-when-issued", {"deactivate_when_issued": "allowed"}, ("DEA-27",), ("DEA-27",)
    ),
    Parameter(
        "buttons-disabled",
        {"buttons": "disabled"},
        ("SCR-25",),
        ("SCR-25",),
        ("SCR-22/1.1", "SCR-22/1.2", "SCR-22/1.3"),
    ),
    Parameter(
        "buttons-hidden",
        {"buttons": "hidden"},
        ("SCR-25",),
        ("SCR-25",),
        ("SCR-22/1.1", "SCR-22/1.2", "SCR-22/1.3"),
    ),
    Parameter(
        "issued-at-dispatch",
        {"issued_moment": "dispatch"},
        ("SCR-13", "SHP-01"),
        ("SCR-13",),
    ),
    Parameter(
        "consumed-on-submission",
        {"consumption": "on_submission"},
        ("TOK-03", "DEA-28", "LGN-07"),
        ("TOK-03",),
        scenarios=("DEA-11/3", "LGN-07/3", "TOK-03/4", "TOK-03/5"),
    ),
    Parameter(
        "activation-limit-3",
        {"activation_failure_limit": 3},
        ("LCK-18",),
        ("LCK-18",),
    ),
    Parameter(
        "no-software-tokens",
        {"software_tokens": False},
        ("CON-09", "CON-10", "ISS-08", "SWT-08"),
        ("CON-10",),
    ),
    Parameter(
        "confirmation-8-to-20",
        {"confirmation_min": 8, "confirmation_max": 20},
        ("DEA-25",),
        unseen="合わないお客さまの用意を試験制御APIが先に断り、判定不能になる（不合格ではない）",
    ),
    Parameter(
        "sessions-kept",
        {"live_sessions": "kept"},
        ("LCK-05", "LCK-17"),
        ("LCK-17",),
    ),
    Parameter("no-screen-ids", {"show_screen_ids": False}, ("SCR-05", "SCR-01"), ("SCR-05",)),
)
