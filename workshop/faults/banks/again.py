"""Faults that show only when a customer begins anew: the second round of a cycle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reference_impl.domain import registration
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Refusal, Refused
from workshop.faults.swap import fault, wrap


def _been_here(reg: Registration) -> bool:
    """Tell whether the customer has deactivated before."""
    return reg.deactivated_at is not None


def _shut(step: Any, refused: Refused) -> None:
    """Refuse a step to whoever has deactivated before."""
    wrap(step, lambda original, reg, *rest: refused if _been_here(reg) else original(reg, *rest))


@fault("second-activation-refused")
def second_activation_refused() -> None:
    """Who has once deactivated can apply again and gets a token, but cannot activate it."""
    _shut(registration.may_activate, Refused(Refusal.NOT_ISSUED))


@fault("second-deactivation-refused")
def second_deactivation_refused() -> None:
    """A customer can end the service once in a lifetime."""
    _shut(registration.may_deactivate, Refused(Refusal.NOTHING_TO_DEACTIVATE))


@fault("second-deactivation-without-effect")
def second_deactivation_without_effect() -> None:
    """The second deactivation shows its completion, and the customer stays in service."""

    def ended(original: Any, reg: Registration, *rest: Any) -> Registration:
        after: Registration = original(reg, *rest)
        return replace(after, base=reg.base, kind=reg.kind) if _been_here(reg) else after

    wrap(registration.ended, ended)
