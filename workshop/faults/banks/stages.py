"""Faults in the order of the stages: applying, receiving, activating, using, ending, again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request

from reference_impl.domain import inputs, registration
from reference_impl.domain.otp import Accepted, Failed, step_of
from reference_impl.domain.policy import FailureClass, OtpFunction, Policy
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, Refusal, Refused, Status, TokenState
from reference_impl.face.forms import cookie
from reference_impl.face.pages import the_bank
from reference_impl.service import (
    bank as service,
)
from reference_impl.service import login, procedures, staff, verification
from reference_impl.service.bank import Bank, Work
from reference_impl.store import customers, orders
from reference_impl.store import tokens as rows
from reference_impl.web import procedures as web
from reference_impl.web.visitor import visitor
from workshop.faults.swap import fault, swap, with_policy, wrap, wrap_view

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
    wrap(
        web.kind_of,
        lambda _original, raw: Kind.SOFTWARE if raw == "software" else Kind.HARDWARE,
    )
    wrap(procedures.parse_kind, lambda original, raw: original(raw) or Kind.HARDWARE)


@fault("issued-again-and-again")
def issued_again_and_again() -> None:
    """A second application replaces the first, against the declaration."""
    with_policy(reissue_when_issued="replaces")


@fault("statuses-of-others")
def statuses_of_others() -> None:
    """The portal shows what it showed first, to everybody."""
    first: list[Any] = []

    def portal(original: Any, *arguments: Any) -> Any:
        shown = original(*arguments)
        first.append(shown)
        return replace(shown, status=first[0].status)

    wrap(procedures.portal, portal)


@fault("status-kept-after-deactivation")
def status_kept_after_deactivation() -> None:
    """After the deactivation the status reads トークン発行済."""

    def ended(original: Any, reg: Registration, now: Any) -> Registration:
        return replace(original(reg, now), base=Status.ISSUED)

    wrap(registration.ended, ended)


@fault("repeated-activation-ends-service")
def repeated_activation_ends_service() -> None:
    """The same activation sent twice counts as a failed one, and takes the service away."""

    def once(original: Any, bank: Bank, wanted: Any, case: str, *rest: Any) -> Any:
        who, _form_id, *more = rest
        answer = original(bank, wanted, case, who, "", *more)
        if case == "activate" and isinstance(answer, Refused):

            def act(work: Work) -> None:
                row = customers.get(work.db, who)
                customers.save(work.db, row, replace(row.reg, base=Status.ISSUED))

            bank.write(act)
        return answer

    wrap(service.once, once)


@fault("reload-applies-again")
def reload_applies_again() -> None:
    """Loading the completion screen once more is another application."""
    seen: set[int] = set()

    def done(original: Any, kind: str) -> Any:
        who = visitor().customer_id
        if who in seen:

            def act(work: Work) -> None:
                row = customers.get(work.db, who)
                procedures.drop_open_order(work, row)
                procedures.place_order(work, row, Kind.HARDWARE)

            the_bank().write(act)
        seen.add(who)
        return original(kind)

    wrap_view("web.issue_done", done)


@fault("unlock-without-effect")
def unlock_without_effect() -> None:
    """Staff lift a suspension, and it stays."""
    wrap(registration.unlocked, lambda original, reg: reg)


@fault("suspension-in-browser")
def suspension_in_browser() -> None:
    """The suspension is kept with the browser: another one is let in."""

    def submit(original: Any) -> Any:
        response = original()
        if "認証が停止" in response.get_data(as_text=True):
            response.set_cookie(_BLOCKED, "1")
        return response

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        with bank.read() as db:
            row = customers.by_login(db, login_id)
        if row is not None and row.reg.suspended and not cookie(_BLOCKED):

            def act(work: Work) -> None:
                found = customers.get(work.db, row.customer_id)
                customers.save(work.db, found, registration.unlocked(found.reg))

            bank.write(act)
        return original(bank, login_id, *rest)

    wrap_view("web.login_post", submit)
    wrap_view("web.login_otp_post", submit)
    wrap(login.authenticate, authenticate)


@fault("deactivation-otp-optional")
def deactivation_otp_optional() -> None:
    """An OTP that is wrong is refused at the deactivation; none at all passes."""

    def verify(original: Any, work: Any, row: Any, otp: str, function: Any) -> Any:
        if function is OtpFunction.DEACTIVATION and not otp:
            return row
        return original(work, row, otp, function)

    wrap(procedures._missing, lambda original, bank, row, confirmation, _otp: None)
    wrap(verification.verify_active, verify)


@fault("deactivation-asks-no-otp")
def deactivation_asks_no_otp() -> None:
    """The deactivation asks for no OTP, against the declaration."""
    with_policy(deactivation_otp="absent")


def _software_at_deactivation(verdict_of: Any) -> None:
    """Judge the codes of software tokens at the deactivation by ``verdict_of(verdict, work)``."""

    def judge(original: Any, work: Any, row: Any, code: str, function: Any) -> Accepted | Failed:
        verdict: Accepted | Failed = original(work, row, code, function)
        if function is OtpFunction.DEACTIVATION and row.token.kind is Kind.SOFTWARE:
            other: Accepted | Failed = verdict_of(verdict, work)
            return other
        return verdict

    wrap(verification.judge_token, judge)


@fault("software-deactivation-unverified")
def software_deactivation_unverified() -> None:
    """Customers with a software token end the service with any code."""

    def current(_verdict: Any, work: Any) -> Accepted:
        return Accepted(step_of(work.now, work.policy.otp_step_seconds))

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

    def judge(original: Any, work: Any, row: Any, code: str, function: Any) -> Accepted | Failed:
        verdict: Accepted | Failed = original(work, row, code, function)
        former = rows.held(work.db, row.token.holder or 0, TokenState.RETIRED)
        if isinstance(verdict, Accepted) or former is None:
            return verdict
        if former.token.kind is not Kind.SOFTWARE:
            return verdict
        other: Accepted | Failed = original(work, former, code, function)
        return other if isinstance(other, Accepted) else verdict

    wrap(verification.judge_token, judge)
    swap(rows.use_step, lambda *_: True)


@fault("used-token-sent")
def used_token_sent() -> None:
    """Staff can send a deactivated token again by its serial."""

    def choose(original: Any, work: Any, serial: str | None, *rest: Any) -> Any:
        found = rows.by_serial(work.db, serial) if serial else None
        if found is not None and found.token.state is TokenState.RETIRED:
            to_stock = "UPDATE tokens SET state = 'stock', holder = NULL WHERE token_id = ?"
            work.db.execute(to_stock, (found.token.token_id,))
        return original(work, serial, *rest)

    wrap(staff._choose, choose)
