"""Faults in the order of the stages: applying, receiving, activating, using, ending, again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request
from sqlalchemy import update

from reference_impl.domain import inputs, registration
from reference_impl.domain.otp import Accepted, Failed, step_of
from reference_impl.domain.policy import FailureClass, OtpField, OtpFunction, Policy, Reissue
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, Refusal, Refused, Status, TokenState
from reference_impl.face.cookies import cookie
from reference_impl.service import (
    applying,
    deactivating,
    desk,
    login,
    outcomes,
    verification,
)
from reference_impl.service.core import Core
from reference_impl.service.customers import Customers
from reference_impl.store import customers, orders
from reference_impl.store import tokens as rows
from reference_impl.store.schema import tokens
from reference_impl.web import issue
from reference_impl.web.login import _LoginDesk
from workshop.faults.swap import fault, swap, with_policy, wrap, wrap_method

_BLOCKED = "bank_blocked"


@fault("issue-at-the-counter-only")
def issue_at_the_counter_only() -> None:
    """Customers cannot apply for a token themselves."""
    wrap(registration.may_issue, lambda original, *_: Refused(Refusal.UNKNOWN_KIND))


@fault("activation-at-the-counter-only")
def activation_at_the_counter_only() -> None:
    """Customers cannot activate a token themselves."""
    wrap(registration.may_activate, lambda original, *_: Refused(Refusal.NOT_ISSUED))


@fault("deactivation-at-the-counter-only")
def deactivation_at_the_counter_only() -> None:
    """Customers cannot end the service themselves."""
    wrap(registration.may_deactivate, lambda original, *_: Refused(Refusal.NOTHING_TO_DEACTIVATE))


@fault("dispatch-activates")
def dispatch_activates() -> None:
    """The dispatch puts the customer into service; the activation is left out."""
    wrap(
        registration.dispatched,
        lambda original, reg: replace(original(reg), base=Status.IN_SERVICE),
    )


@fault("dispatch-unrecorded")
def dispatch_unrecorded() -> None:
    """Staff can send a token, and nothing is sent."""
    wrap(orders.mark_dispatched, lambda original, *_: True)


@fault("address-from-the-form")
def address_from_the_form() -> None:
    """An address that the request names goes before the registered one."""

    def add(original: Any, connection: Any, who: int, kind: Kind, address: str, now: Any) -> int:
        given = [
            value
            for name, value in request.form.items()
            if name not in {"csrf_token", "form_id", "kind", "confirmation"}
        ]
        return int(original(connection, who, kind, given[0] if given else address, now))

    wrap(orders.add, add)


@fault("third-kind-accepted")
def third_kind_accepted() -> None:
    """Any kind that is not software is taken for hardware."""
    wrap(issue._kind, lambda _original, raw: Kind.SOFTWARE if raw == "software" else Kind.HARDWARE)
    wrap(applying.parse_kind, lambda original, raw: original(raw) or Kind.HARDWARE)


@fault("issued-again-and-again")
def issued_again_and_again() -> None:
    """A second application replaces the first, against the declaration."""
    with_policy(reissue_when_issued=Reissue.REPLACES)


@fault("statuses-of-others")
def statuses_of_others() -> None:
    """The portal shows what it showed first, to everybody."""
    first: list[Any] = []

    def portal(original: Any, self: Any, customer_id: int) -> Any:
        if not first:
            first.append(original(self, customer_id))
        return replace(original(self, customer_id), status=first[0].status)

    wrap_method(Customers, "portal", portal)


@fault("status-kept-after-deactivation")
def status_kept_after_deactivation() -> None:
    """After the deactivation the status reads トークン発行済."""

    def ended(original: Any, reg: Registration, now: Any) -> Registration:
        return replace(original(reg, now), base=Status.ISSUED)

    wrap(registration.ended, ended)


@fault("repeated-activation-ends-service")
def repeated_activation_ends_service() -> None:
    """The same activation sent twice counts as a failed one, and takes the service away."""

    def once(original: Any, core: Core, wanted: Any, case: str, *rest: Any) -> Any:
        who, _form_id, *more = rest
        answer = original(core, wanted, case, who, "", *more)
        if case == "activate" and isinstance(answer, Refused):

            def work(connection: Any) -> None:
                row = customers.get(connection, who)
                customers.save(connection, row, replace(row.reg, base=Status.ISSUED))

            core.store.write(work)
        return answer

    wrap(outcomes.once, once)


@fault("reload-applies-again")
def reload_applies_again() -> None:
    """Loading the completion screen once more is another application."""
    seen: set[int] = set()

    def done(original: Any, self: Any, kind: str) -> Any:
        who = self._door.visitor().customer_id
        core = self._door.customers._core
        if who in seen:

            def work(connection: Any) -> None:
                row = customers.get(connection, who)
                applying.drop_open_order(connection, row, core.now())
                applying.place_order(core, connection, row, Kind.HARDWARE, core.now())

            core.store.write(work)
        seen.add(who)
        return original(self, kind)

    wrap_method(issue._IssueDesk, "done", done)


@fault("unlock-without-effect")
def unlock_without_effect() -> None:
    """Staff lift a suspension, and it stays."""
    wrap(registration.unlocked, lambda original, reg: reg)


@fault("suspension-in-browser")
def suspension_in_browser() -> None:
    """The suspension is kept with the browser: another one is let in."""

    def submit(original: Any, self: Any) -> Any:
        response = original(self)
        if "認証が停止" in response.get_data(as_text=True):
            response.set_cookie(_BLOCKED, "1")
        return response

    def authenticate(original: Any, core: Core, login_id: str, *rest: Any) -> Any:
        with core.store.read() as connection:
            row = customers.by_login(connection, login_id)
        if row is not None and row.reg.suspended and not cookie(_BLOCKED):

            def work(connection: Any) -> None:
                found = customers.lock(connection, row.customer_id)
                customers.save(connection, found, registration.unlocked(found.reg))

            core.store.write(work)
        return original(core, login_id, *rest)

    wrap_method(_LoginDesk, "submit", submit)
    wrap_method(_LoginDesk, "otp_submit", submit)
    wrap(login.authenticate, authenticate)


@fault("deactivation-otp-optional")
def deactivation_otp_optional() -> None:
    """An OTP that is wrong is refused at the deactivation; none at all passes."""

    def verify(
        original: Any, core: Core, connection: Any, row: Any, otp: str, function: Any, now: Any
    ) -> Any:
        if function is OtpFunction.DEACTIVATION and not otp:
            return row
        return original(core, connection, row, otp, function, now)

    wrap(deactivating._missing, lambda original, core, row, confirmation, _otp: None)
    wrap(verification.verify_active, verify)


@fault("deactivation-asks-no-otp")
def deactivation_asks_no_otp() -> None:
    """The deactivation asks for no OTP, against the declaration."""
    with_policy(deactivation_otp=OtpField.ABSENT)


def _software_at_deactivation(verdict_of: Any) -> None:
    """Judge the codes of software tokens at the deactivation by ``verdict_of(code, core, now)``."""

    def judge(
        original: Any, core: Core, connection: Any, row: Any, code: str, function: Any, now: Any
    ) -> Accepted | Failed:
        verdict: Accepted | Failed = original(core, connection, row, code, function, now)
        if function is OtpFunction.DEACTIVATION and row.token.kind is Kind.SOFTWARE:
            other: Accepted | Failed = verdict_of(verdict, core, now)
            return other
        return verdict

    wrap(verification.judge_token, judge)


@fault("software-deactivation-unverified")
def software_deactivation_unverified() -> None:
    """Customers with a software token end the service with any code."""

    def current(_verdict: Any, core: Core, now: Any) -> Accepted:
        return Accepted(step_of(now, core.policy.otp_step_seconds))

    _software_at_deactivation(current)
    swap(rows.use_step, lambda *_: True)


@fault("software-cannot-deactivate")
def software_cannot_deactivate() -> None:
    """Customers with a software token cannot end the service with its code."""
    _software_at_deactivation(lambda *_: Failed(FailureClass.WRONG))


@fault("shortest-confirmation-refused")
def shortest_confirmation_refused() -> None:
    """The shortest confirmation passwords declared are refused."""

    def check(original: Any, raw: str, policy: Policy) -> str | Refused:
        if len(raw) == policy.confirmation_min:
            return Refused(Refusal.CONFIRMATION_FORMAT, "confirmation")
        checked: str | Refused = original(raw, policy)
        return checked

    wrap(inputs.check_confirmation, check)


@fault("no-hardware-after-software")
def no_hardware_after_software() -> None:
    """Who had a software token cannot apply for hardware."""

    def may_issue(original: Any, reg: Registration, kind: Kind | None, *rest: Any) -> Any:
        if reg.last_kind is Kind.SOFTWARE and kind is Kind.HARDWARE:
            return Refused(Refusal.TOO_EARLY)
        return original(reg, kind, *rest)

    wrap(registration.may_issue, may_issue)


@fault("software-code-passes-after-switch")
def software_code_passes_after_switch() -> None:
    """Codes of the software token of old pass beside those of the hardware token."""

    def judge(
        original: Any, core: Core, connection: Any, row: Any, code: str, function: Any, now: Any
    ) -> Accepted | Failed:
        verdict: Accepted | Failed = original(core, connection, row, code, function, now)
        former = rows.held(connection, row.token.holder or 0, TokenState.RETIRED)
        if isinstance(verdict, Accepted) or former is None:
            return verdict
        if former.token.kind is not Kind.SOFTWARE:
            return verdict
        other: Accepted | Failed = original(core, connection, former, code, function, now)
        return other if isinstance(other, Accepted) else verdict

    wrap(verification.judge_token, judge)
    swap(rows.use_step, lambda *_: True)


@fault("used-token-sent")
def used_token_sent() -> None:
    """Staff can send a deactivated token again by its serial."""

    def choose(original: Any, connection: Any, serial: str | None, *rest: Any) -> Any:
        found = rows.by_serial(connection, serial) if serial else None
        if found is not None and found.token.state is TokenState.RETIRED:
            values = {"state": TokenState.STOCK.value, "holder_id": None}
            connection.execute(
                update(tokens).where(tokens.c.id == found.token.token_id).values(**values)
            )
        return original(connection, serial, *rest)

    wrap(desk._choose, choose)
