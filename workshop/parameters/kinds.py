"""Banks of a kind that the reference bank has no setting for, and their declarations.

Each behaves otherwise than the reference bank, and may: it declares so. With
``declared`` in its declaration it passes; without, a check of ``red`` fails.
``python -m workshop.parameters.kinds NAME -- ARGUMENTS`` starts one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from reference_impl.domain import registration, token
from reference_impl.domain.otp import Failed
from reference_impl.domain.policy import FailureClass, Gate, OtpFunction
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, TokenState
from reference_impl.service import control, procedures, staff, verification
from reference_impl.service.procedures import Activated, Deactivated
from reference_impl.store import customers
from reference_impl.store import tokens as rows
from workshop.faults.banks.tokens import open_states
from workshop.faults.swap import wrap
from workshop.variants.wsgi import serve

_SATURDAY = 5
_HOLIDAY = date(2026, 11, 25)  # the day after the one on which the runs begin


@dataclass(frozen=True)
class KindOfBank:
    """A bank and what it declares.

    ``concerned``: requirements whose scenarios must pass when it declares so. ``red``:
    one of them that fails when it does not. ``settings``: of the bank besides; ``always``:
    what is declared in either case, so that the scenario comes to the point in question.
    """

    prepare: Callable[[], None]
    declared: Mapping[str, object]
    concerned: tuple[str, ...]
    red: str
    settings: Mapping[str, object] = field(default_factory=dict)
    always: Mapping[str, object] = field(default_factory=dict)


class _Veil:
    """Shows customers as they were before a change, until some seconds have passed."""

    def __init__(self, seconds: int) -> None:
        self._span = timedelta(seconds=seconds)
        self._before: dict[int, tuple[datetime, Registration]] = {}
        self._now: Callable[[], datetime] | None = None

    def drop(self, bank: Any, now: datetime, row: customers.CustomerRow) -> None:
        """From now on show this customer as in ``row``."""
        self._now = bank.now
        self._before[row.customer_id] = (now + self._span, row.reg)

    def over(self, *readers: Callable[..., Any]) -> None:
        """Let what these functions return be seen through the veil."""
        for reader in readers:
            wrap(reader, lambda original, *rest: self._seen(original(*rest)))

    def _seen(self, row: customers.CustomerRow | None) -> customers.CustomerRow | None:
        until, reg = self._before.get(row.customer_id, (None, None)) if row else (None, None)
        if row is None or until is None or reg is None or self._now is None:
            return row
        return row if self._now() >= until else replace(row, reg=reg)


def _effect_after(seconds: int) -> Callable[[], None]:
    """Activation and deactivation show their effect only after a while (IX-36)."""

    def prepare() -> None:
        veil = _Veil(seconds)

        def bind(original: Any, work: Any, row: Any, *rest: Any) -> Any:
            answer = original(work, row, *rest)
            if isinstance(answer, Activated):
                veil.drop(work.bank, work.now, row)
            return answer

        def end(original: Any, work: Any, row: Any) -> Any:
            answer = original(work, row)
            if isinstance(answer, Deactivated):
                veil.drop(work.bank, work.now, row)
            return answer

        wrap(procedures._bind, bind)
        wrap(procedures._end, end)
        veil.over(customers.get, customers.by_login)

    return prepare


def _unlock_after(seconds: int) -> Callable[[], None]:
    """Lifting a suspension shows its effect only after a while (IX-26)."""

    def prepare() -> None:
        veil = _Veil(seconds)

        def unlock(original: Any, bank: Any, actor: str, login_id: str, *rest: Any) -> None:
            with bank.read() as db:
                row = customers.by_login(db, login_id)
            original(bank, actor, login_id, *rest)
            if row is not None:
                veil.drop(bank, bank.now(), row)

        wrap(staff.unlock, unlock)
        veil.over(customers.get, customers.by_login)

    return prepare


def _unlock_retires() -> None:
    """Lifting a suspension ends the registration and retires the token (AMB-17, C32)."""

    def unlock(original: Any, bank: Any, actor: str, login_id: str, noted: str) -> None:
        original(bank, actor, login_id, noted)
        staff.revoke(bank, actor, login_id, noted)

    wrap(staff.unlock, unlock)


def _business_day_after(moment: datetime, policy: Any, holidays: tuple[date, ...]) -> date:
    day = registration.bank_date(moment, policy) + timedelta(days=1)
    while day.weekday() >= _SATURDAY or day in holidays:
        day += timedelta(days=1)
    return day


def _business_days(*holidays: date) -> Callable[[], None]:
    """The next day is the next business day (IX-32)."""

    def prepare() -> None:
        def too_early(
            original: Any,
            step: Gate,
            reg: Registration,
            wanted: Kind,
            now: datetime,
            policy: Any,
        ) -> bool:
            # What is shut on the day itself is shut until the next business day.
            ended = reg.deactivated_at
            if ended is None or not original(step, reg, wanted, ended, policy):
                return False
            return registration.bank_date(now, policy) < _business_day_after(
                ended, policy, holidays
            )

        wrap(registration.too_early, too_early)

    return prepare


def _refused_at_login() -> None:
    """A deactivated token can be registered again, but no login accepts its codes (AMB-29)."""
    retired: set[int] = set()

    def retire(original: Any, connection: Any, token_id: int) -> Any:
        retired.add(token_id)
        return original(connection, token_id)

    def judge(original: Any, work: Any, row: Any, otp: str, where: Any) -> Any:
        if where is not OtpFunction.ACTIVATION and row.token.token_id in retired:
            return Failed(FailureClass.WRONG)
        return original(work, row, otp, where)

    wrap(rows.retire, retire)
    wrap(verification.judge_token, judge)
    open_states(TokenState.RETIRED)


def _refused_to_the_customer_only() -> None:
    """A deactivated token is refused to its former customer only (AMB-60)."""
    _open_retired(lambda found, who: found.holder != who)


def _refused_for(days: int) -> Callable[[], None]:
    """A deactivated token is refused for some days (IX-35)."""

    def prepare() -> None:
        since: dict[int, datetime] = {}
        clock: list[Callable[[], datetime]] = []

        def create(original: Any, bank: Any, *rest: Any, **more: Any) -> Any:
            clock[:] = [bank.now]
            return original(bank, *rest, **more)

        def retire(original: Any, connection: Any, token_id: int) -> Any:
            since[token_id] = clock[0]()
            return original(connection, token_id)

        wrap(control.create_customer, create)
        wrap(rows.retire, retire)
        span = timedelta(days=days)
        _open_retired(lambda found, _: clock[0]() >= since[found.token_id] + span)

    return prepare


def _refused_for_a_day_before_a_holiday() -> None:
    """A deactivated token is refused for a day; a new one is to be had on business days."""
    _refused_for(1)()
    _business_days(_HOLIDAY)()


def _open_retired(free: Callable[[token.Token, int], bool]) -> None:
    """Let a retired token be activated by those for whom it is free."""

    def may(original: Any, found: token.Token, who: int, policy: Any) -> bool:
        if found.state is TokenState.RETIRED:
            return free(found, who)
        return bool(original(found, who, policy))

    wrap(token.may_be_activated_by, may)
    open_states()


_LATENCY = ("ACT-30", "ACT-34", "LGN-01", "DEA-16", "DEA-18", "ACT-11", "SWT-04")

KINDS: dict[str, KindOfBank] = {
    "effect-after-30-seconds": KindOfBank(
        _effect_after(30), {"effect.latency_seconds": 30}, _LATENCY, "ACT-34"
    ),
    "unlock-after-2-minutes": KindOfBank(
        _unlock_after(120),
        {"lockout.unlock.delay_seconds": 120},
        ("LCK-01", "LCK-11", "LCK-13", "LCK-14"),
        "LCK-11",
    ),
    "unlock-retires-the-token": KindOfBank(
        _unlock_retires,
        {"lockout.unlock.token": "retired"},
        ("LCK-01", "LCK-11", "LCK-13", "LCK-14"),
        "LCK-13",
    ),
    "business-days": KindOfBank(
        _business_days(),
        {"switching.business_days_only": True},
        ("SWT-03", "SWT-04", "SWT-05"),
        "SWT-04",
    ),
    "retired-refused-at-login": KindOfBank(
        _refused_at_login,
        {"retired.refused_at": "login"},
        ("DEA-20", "DEA-21", "RIS-03"),
        "DEA-20",
    ),
    "retired-refused-to-the-customer": KindOfBank(
        _refused_to_the_customer_only,
        {"retired.scope": "customer"},
        ("DEA-20", "DEA-21", "RIS-03"),
        "DEA-21",
    ),
    "retired-refused-for-a-week": KindOfBank(
        _refused_for(7), {"retired.refused_days": 7}, ("DEA-20", "DEA-21", "RIS-03"), "DEA-21"
    ),
    # A holiday holds the new token up so long that the former one is free again.
    "retired-refused-for-a-day": KindOfBank(
        _refused_for_a_day_before_a_holiday,
        {"retired.refused_days": 1},
        ("DEA-20",),
        "DEA-20",
        {"gate_covers_same_kind": True},
        {
            "switching.covers_same_kind": True,
            "switching.business_days_only": True,
            "switching.holidays": [_HOLIDAY],
        },
    ),
}


@dataclass(frozen=True)
class Unlike:
    """A bank that declares something and does not keep to it; ``bank`` "": the reference bank."""

    bank: str
    declared: Mapping[str, object]
    red: str


UNLIKE: dict[str, Unlike] = {
    "later-than-the-declared-latency": Unlike(
        "effect-after-30-seconds", {"effect.latency_seconds": 10}, "ACT-34"
    ),
    "later-than-the-declared-delay": Unlike(
        "unlock-after-2-minutes", {"lockout.unlock.delay_seconds": 60}, "LCK-11"
    ),
    "token-kept-though-declared-retired": Unlike("", {"lockout.unlock.token": "retired"}, "LCK-11"),
    "open-on-a-saturday": Unlike("", {"switching.business_days_only": True}, "SWT-04"),
    "refused-at-activation-already": Unlike("", {"retired.refused_at": "login"}, "DEA-20"),
    "refused-to-everybody": Unlike("", {"retired.scope": "customer"}, "DEA-21"),
    "refused-for-ever": Unlike("", {"retired.refused_days": 7}, "DEA-21"),
}

if __name__ == "__main__":
    sys.exit(
        serve(
            "workshop.parameters.kinds",
            {"reference": lambda: None} | {name: kind.prepare for name, kind in KINDS.items()},
            sys.argv[1:],
        )
    )
