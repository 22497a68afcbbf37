"""A customer's OTP registration: state machine 3.1 as pure functions.

`may_*` say whether an event is open (None) or why not; the transitions return
the registration afterwards. With it the suspension (LCK-01 to LCK-20), the limits
beside it, and the next-day gate. Guards about tokens and passwords are elsewhere.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reference_impl.domain.policy import FailureClass, Gate, OtpFunction, Policy
from reference_impl.domain.words import Kind, Refusal, Refused, Status


@dataclass(frozen=True)
class Registration:
    """Everything the rules need to know about one customer.

    ``base`` is never SUSPENDED: the suspension lies over it, so that lifting it
    returns to where the customer was. ``ordered``: an application is open.
    """

    base: Status = Status.NOT_REGISTERED
    kind: Kind | None = None
    ordered: bool = False
    suspended: bool = False
    failures: int = 0
    confirmation_failures: int = 0
    activation_failures: int = 0
    last_kind: Kind | None = None
    deactivated_at: datetime | None = None

    @property
    def status(self) -> Status:
        """Status as staff see it (R3 over everything else)."""
        return Status.SUSPENDED if self.suspended else self.base

    @property
    def asks_otp(self) -> bool:
        """Whether login needs an OTP (LGN-04); not before activation (CON-19)."""
        return self.base is Status.IN_SERVICE


def counts(function: OtpFunction, failure: FailureClass, policy: Policy) -> bool:
    """Tell whether a failure counts towards the suspension (IX-22, IX-23)."""
    return function in policy.lock_sources and failure in policy.lock_classes


def suspends(failures: int, policy: Policy) -> bool:
    """Tell whether so many consecutive failures suspend; the N-th does (AMB-12)."""
    return failures >= policy.lock_threshold


def confirmation_locked(reg: Registration, policy: Policy) -> bool:
    """Tell whether the confirmation password is locked (IX-28); limit 0: never."""
    return 0 < policy.confirmation_failure_limit <= reg.confirmation_failures


def activation_locked(reg: Registration, policy: Policy) -> bool:
    """Tell whether activation is closed after wrong attempts (IX-48); limit 0: never."""
    return 0 < policy.activation_failure_limit <= reg.activation_failures


def bank_date(moment: datetime, policy: Policy) -> date:
    """Return the calendar date of an aware moment by the bank's zone and cut-over."""
    local = moment.astimezone(ZoneInfo(policy.gate_time_zone)).replace(tzinfo=None)
    return (local - timedelta(minutes=policy.gate_cutover_minutes)).date()


def covers(last: Kind, wanted: Kind, policy: Policy) -> bool:
    """Tell whether the gate applies to going from one kind to the other (IX-31)."""
    if last is not wanted:
        return True
    if wanted is Kind.HARDWARE:
        return policy.gate_covers_same_kind
    return policy.gate_covers_handset_change


def too_early(step: Gate, reg: Registration, wanted: Kind, now: datetime, policy: Policy) -> bool:
    """Tell whether a step (Gate.ISSUE or Gate.ACTIVATION) must wait for the next date."""
    if reg.deactivated_at is None or reg.last_kind is None:
        return False
    if policy.gate not in (step, Gate.BOTH) or not covers(reg.last_kind, wanted, policy):
        return False
    return bank_date(now, policy) <= bank_date(reg.deactivated_at, policy)


def may_issue(
    reg: Registration, kind: Kind | None, now: datetime, policy: Policy
) -> Refused | None:
    """Tell why an issue would be refused; ``kind`` None: whatever the kind (C14, C25, C33-37)."""
    if reg.suspended or reg.base is Status.IN_SERVICE:
        return Refused(Refusal.IN_SERVICE)
    if reg.ordered and policy.reissue_when_issued == "refused":
        return Refused(Refusal.ALREADY_ISSUED)
    if confirmation_locked(reg, policy):
        return Refused(Refusal.CONFIRMATION_LOCKED, "confirmation")
    if kind is None:
        return None
    if kind is Kind.SOFTWARE and not policy.software_tokens:
        return Refused(Refusal.UNKNOWN_KIND)
    from_hardware = Kind.HARDWARE in (reg.last_kind, reg.kind)
    if kind is Kind.SOFTWARE and policy.hw_to_sw == "refused" and from_hardware:
        return Refused(Refusal.HW_TO_SW)
    if too_early(Gate.ISSUE, reg, kind, now, policy):
        return Refused(Refusal.TOO_EARLY)
    return None


def may_activate(reg: Registration, now: datetime, policy: Policy) -> Refused | None:
    """Tell why activation is closed (C06, C26, and the gate where it is declared there)."""
    if reg.suspended:
        return Refused(Refusal.SUSPENDED)
    if reg.base is Status.IN_SERVICE:
        return Refused(Refusal.IN_SERVICE)
    if reg.base is not Status.ISSUED or reg.kind is None:
        return Refused(Refusal.NOT_ISSUED)
    if activation_locked(reg, policy):
        return Refused(Refusal.ACTIVATION_LIMIT)
    if too_early(Gate.ACTIVATION, reg, reg.kind, now, policy):
        return Refused(Refusal.TOO_EARLY)
    return None


def may_deactivate(reg: Registration, policy: Policy) -> Refused | None:
    """Tell why deactivation is closed (C07, C15; LCK-17)."""
    if reg.suspended:
        return Refused(Refusal.SUSPENDED)
    pending = reg.ordered and policy.deactivate_when_issued == "allowed"
    if reg.base is not Status.IN_SERVICE and not pending:
        return Refused(Refusal.NOTHING_TO_DEACTIVATE)
    if confirmation_locked(reg, policy):
        return Refused(Refusal.CONFIRMATION_LOCKED, "confirmation")
    return None


def applied(reg: Registration, kind: Kind, policy: Policy) -> Registration:
    """C02, C04: an application was accepted. Software needs no dispatch."""
    at_once = policy.issued_moment == "application" or kind is Kind.SOFTWARE
    return replace(
        reg,
        base=Status.ISSUED if at_once else Status.NOT_REGISTERED,
        kind=kind,
        ordered=True,
        confirmation_failures=0,
        activation_failures=0,
    )


def dispatched(reg: Registration) -> Registration:
    """T01: the token was sent; now トークン発行済 whatever the declared moment (IX-16)."""
    return replace(reg, base=Status.ISSUED, activation_failures=0)


def activated(reg: Registration) -> Registration:
    """C10: in service; re-activation clears the failure count (IX-24)."""
    return replace(reg, base=Status.IN_SERVICE, ordered=False, failures=0, activation_failures=0)


def ended(reg: Registration, now: datetime) -> Registration:
    """C15, C22, C28, C32: back to 未登録, remembering the kind and the moment (R0')."""
    return Registration(last_kind=reg.kind, deactivated_at=now)


def otp_failed(reg: Registration, policy: Policy) -> Registration:
    """C20, C21: one more counted failure; the N-th suspends."""
    failures = reg.failures + 1
    return replace(reg, failures=failures, suspended=suspends(failures, policy))


def otp_succeeded(reg: Registration) -> Registration:
    """C17: a verified OTP ends the run of failures."""
    return replace(reg, failures=0)


def confirmation_failed(reg: Registration) -> Registration:
    """C03, C23: one more wrong confirmation password; never an OTP failure."""
    return replace(reg, confirmation_failures=reg.confirmation_failures + 1)


def activation_failed(reg: Registration) -> Registration:
    """C12: one more refused activation attempt (IX-48)."""
    return replace(reg, activation_failures=reg.activation_failures + 1)


def unlocked(reg: Registration) -> Registration:
    """C31: staff lifted the suspension; token and registration stay, counts start anew."""
    return replace(reg, suspended=False, failures=0, confirmation_failures=0, activation_failures=0)


def can_unlock(reg: Registration, policy: Policy) -> bool:
    """Tell whether there is anything for staff to lift."""
    return reg.suspended or confirmation_locked(reg, policy) or activation_locked(reg, policy)
