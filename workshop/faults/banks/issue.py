"""Faults in applying for a token, in sending it and in the registration status."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reference_impl.domain import inputs, registration
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, Refusal, Refused, Status
from reference_impl.face import pages
from reference_impl.service import bank as service
from reference_impl.service import procedures
from reference_impl.service.bank import Bank
from reference_impl.store import customers, orders
from workshop.faults.swap import fault, swap, with_policy, wrap


def _no_confirmation() -> None:
    swap(inputs.check_confirmation, lambda raw, _policy: raw)
    swap(procedures.check_confirmation, lambda *_, **__: None)


@fault("confirmation-skipped")
def confirmation_skipped() -> None:
    """The confirmation password is not looked at, neither at issue nor at deactivation."""
    _no_confirmation()


@fault("blank-confirmation-accepted")
def blank_confirmation_accepted() -> None:
    """An empty confirmation password passes; a wrong one is still refused."""
    wrap(inputs.check_confirmation, lambda original, raw, p: original(raw, p) if raw else raw)
    wrap(procedures.confirmed, lambda original, bank, who, raw: not raw or original(bank, who, raw))


@fault("login-password-confirms")
def login_password_confirms() -> None:
    """The login password passes as confirmation password."""

    def confirmed(original: Any, bank: Bank, customer_id: int, raw: str) -> bool:
        with bank.read() as db:
            row = customers.get(db, customer_id)
        return bool(
            original(bank, customer_id, raw) or bank.passwords.verify(row.password_hash, raw)
        )

    wrap(procedures.confirmed, confirmed)


@fault("confirmation-ignores-case")
def confirmation_ignores_case() -> None:
    """The confirmation password passes in other letter case."""
    wrap(
        procedures.confirmed,
        lambda original, bank, who, raw: (
            original(bank, who, raw) or original(bank, who, raw.swapcase())
        ),
    )


@fault("confirmation-trimmed")
def confirmation_trimmed() -> None:
    """Blanks around the confirmation password are dropped."""
    wrap(procedures.confirmed, lambda original, bank, who, raw: original(bank, who, raw.strip()))
    wrap(inputs.check_confirmation, lambda original, raw, policy: original(raw.strip(), policy))


@fault("status-stays-not-registered")
def status_stays_not_registered() -> None:
    """The portal goes on saying 未登録 after the application."""
    pages.STATUS_NAME[Status.ISSUED] = pages.STATUS_NAME[Status.NOT_REGISTERED]


@fault("issue-activates")
def issue_activates() -> None:
    """The application alone puts the customer into service."""
    wrap(
        registration.applied,
        lambda original, *rest: replace(original(*rest), base=Status.IN_SERVICE),
    )


@fault("status-stays-issued")
def status_stays_issued() -> None:
    """The portal goes on saying トークン発行済 after the activation."""
    pages.STATUS_NAME[Status.IN_SERVICE] = pages.STATUS_NAME[Status.ISSUED]


def _open_issue(reasons: set[Refusal]) -> None:
    def may_issue(original: Any, reg: Registration, *rest: Any) -> Refused | None:
        refused: Refused | None = original(reg, *rest)
        return None if refused is not None and refused.reason in reasons else refused

    wrap(registration.may_issue, may_issue)


@fault("issue-while-in-service")
def issue_while_in_service() -> None:
    """A customer in service can apply again, and the token in use goes out of service."""
    _open_issue({Refusal.IN_SERVICE, Refusal.HW_TO_SW})


@fault("issue-only-once")
def issue_only_once() -> None:
    """Who has once deactivated can never apply again."""

    def may_issue(original: Any, reg: Registration, *rest: Any) -> Refused | None:
        if reg.last_kind is not None:
            return Refused(Refusal.ALREADY_ISSUED)
        refused: Refused | None = original(reg, *rest)
        return refused

    wrap(registration.may_issue, may_issue)


@fault("software-not-offered")
def software_not_offered() -> None:
    """The choice of kind offers hardware only."""
    with_policy(software_tokens=False)


@fault("sent-elsewhere")
def sent_elsewhere() -> None:
    """Orders go to an address that is not the registered one."""
    wrap(
        orders.add,
        lambda original, connection, customer, kind, address, now: original(
            connection, customer, kind, f"{address}気付", now
        ),
    )


@fault("double-click-orders-twice")
def double_click_orders_twice() -> None:
    """The same form sent twice is two applications."""

    def once(
        original: Any, bank: Bank, wanted: Any, case: str, who: int, _form_id: str, *rest: Any
    ) -> Any:
        return original(bank, wanted, case, who, "", *rest)

    wrap(service.once, once)
    _open_issue({Refusal.ALREADY_ISSUED})


@fault("hardware-to-software")
def hardware_to_software() -> None:
    """A customer who had a hardware token can take a software token."""

    def may_issue(original: Any, reg: Registration, kind: Kind | None, *rest: Any) -> Any:
        refused = original(reg, kind, *rest)
        barred = refused is not None and refused.reason is Refusal.HW_TO_SW
        return None if barred else refused

    wrap(registration.may_issue, may_issue)
