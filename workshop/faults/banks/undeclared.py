"""Banks that follow another rule than the one they declare, where the manual leaves the choice."""

from __future__ import annotations

from functools import partial
from typing import Any

from reference_impl.domain.policy import FailureClass, Policy
from reference_impl.domain.words import Refusal, Refused
from reference_impl.service import procedures
from workshop.faults.swap import fault, with_policy, wrap

_COUNTED = Policy().lock_classes

#: The rule that each follows; the reference bank declares another.
RULES: dict[str, dict[str, object]] = {
    "session-outlives-suspension": {"live_sessions": "kept"},
    "deactivation-open-while-issued": {"deactivate_when_issued": "allowed"},
    "malformed-codes-counted": {"lock_classes": _COUNTED | {FailureClass.MALFORMED}},
    "reused-codes-not-counted": {"lock_classes": _COUNTED - {FailureClass.REUSED}},
    "stale-codes-not-counted": {"lock_classes": _COUNTED - {FailureClass.STALE}},
    "blanks-around-serial-dropped": {"trim_blanks": True},
    "refused-right-code-burnt": {"consumption": "on_submission"},
    "full-width-code-accepted": {"full_width": "converted"},
    "same-kind-must-wait": {"gate_covers_same_kind": True},
    "new-handset-must-wait": {"gate_covers_handset_change": True},
}
for _name, _rule in RULES.items():
    fault(_name)(partial(with_policy, **_rule))


@fault("activation-screen-opens-too-early")
def activation_screen_opens_too_early() -> None:
    """The button opens the activation to whoever has no token; sending it is refused still."""

    def may_activate(original: Any, *arguments: Any) -> Refused | None:
        refused: Refused | None = original(*arguments)
        return None if refused is not None and refused.reason is Refusal.NOT_ISSUED else refused

    wrap(procedures.may_activate, may_activate)
