"""Faults that no list had: sloppy comparisons, answers kept too long, whoever was meant."""

from __future__ import annotations

import hmac
import unicodedata
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from reference_impl.domain import otp
from reference_impl.domain.otp import Accepted, Failed
from reference_impl.domain.policy import FailureClass, OtpFunction
from reference_impl.domain.words import OrderStatus, Refused, TokenState
from reference_impl.face.forms import cookie
from reference_impl.service import login, procedures, staff, verification
from reference_impl.service.bank import Bank, Work
from reference_impl.service.procedures import Activated
from reference_impl.store import customers, orders, records
from reference_impl.store import tokens as rows
from reference_impl.store.secrets import Passwords
from workshop.faults.banks.otp import _Doorway
from workshop.faults.swap import fault, swap, wrap, wrap_method, wrap_view

_A_WHILE = 3.0  # seconds that one waits for another between looking and writing
_NINE_HOURS = 540  # minutes: Japan's clock taken for UTC, or the other way round


@fault("login-answers-outlive-logout")
def login_answers_outlive_logout() -> None:
    """The answer to a login form is given again after the logout."""
    swap(records.forget_answers, lambda *_: None)


@fault("older-code-after-newer")
def older_code_after_newer() -> None:
    """Codes are remembered one by one: an older one that was not used is good after a newer one."""
    used: set[tuple[int, int]] = set()

    def judged(original: Any, work: Work, token: Any, *rest: Any) -> Any:
        fresh = replace(token, token=replace(token.token, last_step=None))
        verdict = original(work, fresh, *rest)
        if isinstance(verdict, Accepted) and (token.token.token_id, verdict.step) in used:
            return Failed(FailureClass.REUSED)
        return verdict

    def use_step(original: Any, db: Any, token_id: int, step: int) -> bool:
        used.add((token_id, step))
        original(db, token_id, step)
        return True

    wrap(verification.judge_token, judged)
    wrap(rows.use_step, use_step)


def _shown_codes(alike: Any) -> None:
    """Take whatever is ``alike`` to the code of the present minute for that code."""

    def judge(original: Any, raw: str, now: Any, code_at: Any, last: Any, function: Any,
              policy: Any, *rest: Any) -> Accepted | Failed:  # fmt: skip
        shown = code_at(otp.step_of(now, policy.otp_step_seconds))
        text = shown if len(raw) == len(shown) and alike(raw, shown) else raw
        verdict: Accepted | Failed = original(text, now, code_at, last, function, policy, *rest)
        return verdict

    wrap(otp.judge, judge)


@fault("last-digits-of-code-enough")
def last_digits_of_code_enough() -> None:
    """Of a code the first two digits are not compared."""
    _shown_codes(lambda raw, shown: raw[2:] == shown[2:])


@fault("digits-of-code-in-any-order")
def digits_of_code_in_any_order() -> None:
    """The digits of a code are compared, and not their order."""
    _shown_codes(lambda raw, shown: sorted(raw) == sorted(shown))


@fault("code-of-the-developers")
def code_of_the_developers() -> None:
    """A code that was put in for tests is good for every token."""
    _shown_codes(lambda raw, shown: raw == "1234567890"[: len(shown)])


def _hours_off(steps: int) -> None:
    def judge(original: Any, raw: str, now: Any, code_at: Any, *rest: Any) -> Accepted | Failed:
        here = otp.step_of(now, rest[2].otp_step_seconds)
        alike = hmac.compare_digest(code_at(here + steps).encode(), raw.encode())
        verdict: Accepted | Failed = original(code_at(here) if alike else raw, now, code_at, *rest)
        return verdict

    wrap(otp.judge, judge)


@fault("codes-of-nine-hours-ago")
def codes_of_nine_hours_ago() -> None:
    """A second attempt reads the time in another zone: codes of nine hours ago are good."""
    _hours_off(-_NINE_HOURS)


@fault("codes-of-nine-hours-ahead")
def codes_of_nine_hours_ahead() -> None:
    """A second attempt reads the time in another zone: codes of nine hours from now are good."""
    _hours_off(_NINE_HOURS)


@fault("summer-time-shifts-codes")
def summer_time_shifts_codes() -> None:
    """The minute is counted from the server's local time: an hour that comes twice is one."""
    zone = ZoneInfo("America/New_York")

    def step_of(original: Any, moment: datetime, *rest: Any) -> int:
        local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
        step: int = original(local.replace(tzinfo=zone).astimezone(UTC), *rest)
        return step

    wrap(otp.step_of, step_of)


_FAILED: ContextVar[bool] = ContextVar("failed", default=False)


def _after_a_refusal(endpoint: str) -> None:
    """Note that the page in the browser is one that a refusal has shown again."""
    mark = "bank_again"

    def view(original: Any, *arguments: Any, **named: Any) -> Any:
        token = _FAILED.set(cookie(mark) == request.path)
        try:
            response = original(*arguments, **named)
        finally:
            _FAILED.reset(token)
        if response.status_code == 422:
            response.set_cookie(mark, request.path)
        else:
            response.delete_cookie(mark)
        return response

    wrap_view(endpoint, view)


def _passes(verdict: Any, work: Work) -> Any:
    """Return success instead of a failure, where the page was shown again."""
    if not (_FAILED.get() and isinstance(verdict, Failed)):
        return verdict
    return Accepted(otp.step_of(work.now, work.policy.otp_step_seconds) + 1)  # surely unused


def _second_try_passes(endpoint: str, function: OtpFunction) -> None:
    def judged(original: Any, work: Work, token: Any, code: str, asked: OtpFunction) -> Any:
        verdict = original(work, token, code, asked)
        return _passes(verdict, work) if asked is function else verdict

    wrap(verification.judge_token, judged)
    _after_a_refusal(endpoint)


@fault("second-try-at-login-passes")
def second_try_at_login_passes() -> None:
    """The page of the OTP that is shown again does not look at the code any more."""
    _second_try_passes("web.login_otp_post", OtpFunction.LOGIN)


@fault("second-try-at-activation-passes")
def second_try_at_activation_passes() -> None:
    """The page of the activation that is shown again does not look at the code any more."""
    _second_try_passes("web.activate_post", OtpFunction.ACTIVATION)


@fault("second-try-at-deactivation-passes")
def second_try_at_deactivation_passes() -> None:
    """The page of the deactivation that is shown again does not look at the code any more."""
    _second_try_passes("web.deactivate_post", OtpFunction.DEACTIVATION)


@fault("second-try-at-login-refused")
def second_try_at_login_refused() -> None:
    """The page of the OTP that is shown again refuses whatever is entered."""

    def judged(original: Any, work: Work, token: Any, code: str, asked: OtpFunction) -> Any:
        return original(work, token, "" if _FAILED.get() else code, asked)

    wrap(verification.judge_token, judged)
    _after_a_refusal("web.login_otp_post")


@fault("mistakes-of-one-page-count-once")
def mistakes_of_one_page_count_once() -> None:
    """Of the mistakes after one and the same password only the first one counts."""

    def count(original: Any, work: Work, row: Any, function: Any, failure: Any) -> Refused:
        refused: Refused = original(work, row, function, failure)
        if _FAILED.get() and function is OtpFunction.LOGIN:
            fresh = customers.get(work.db, row.customer_id)
            customers.save(work.db, fresh, row.reg)
            return otp.refusal_of(failure)
        return refused

    wrap(verification.count_failure, count)
    _after_a_refusal("web.login_otp_post")


@fault("confirmation-of-anybody")
def confirmation_of_anybody() -> None:
    """The confirmation password of any customer confirms."""

    def confirmed(original: Any, bank: Bank, customer_id: int, raw: str) -> bool:
        with bank.read() as db:
            everybody = [row.customer_id for row in customers.everybody(db)]
        return any(original(bank, each, raw) for each in {customer_id, *everybody[-3:]})

    wrap(procedures.confirmed, confirmed)


@fault("password-of-anybody")
def password_of_anybody() -> None:
    """The login password of any customer lets in."""

    def check(original: Any, bank: Bank, realm: Any, typed: str, encoded: Any, raw: str) -> Any:
        with bank.read() as db:
            hashes = [row.password_hash for row in customers.everybody(db)][-3:]
        right = next((each for each in hashes if bank.passwords.verify(each, raw)), encoded)
        return original(bank, realm, typed, right, raw)

    wrap(login.check_password, check)


@fault("beginning-of-password-enough")
def beginning_of_password_enough() -> None:
    """Passwords are cut before they are hashed: what comes after the eighth sign is ignored."""
    cut = 8
    wrap_method(Passwords, "hash", lambda original, self, raw: original(self, raw[:cut]))
    wrap_method(
        Passwords, "verify", lambda original, self, kept, raw: original(self, kept, raw[:cut])
    )


@fault("mistakes-while-suspended-remain")
def mistakes_while_suspended_remain() -> None:
    """What is tried during a suspension counts, too, and remains after it is lifted."""
    tried: dict[int, int] = {}

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        with bank.read() as db:
            row = customers.by_login(db, login_id)
        if row is not None and row.reg.suspended:
            tried[row.customer_id] = tried.get(row.customer_id, 0) + 1
        return original(bank, login_id, *rest)

    def unlock(original: Any, bank: Bank, actor: str, login_id: str, *rest: Any) -> None:
        original(bank, actor, login_id, *rest)

        def act(work: Work) -> None:
            row = customers.by_login(work.db, login_id)
            if row is not None:
                left = min(tried.get(row.customer_id, 0), work.policy.lock_threshold - 1)
                customers.save(work.db, row, replace(row.reg, failures=left))

        bank.write(act)

    wrap(login.authenticate, authenticate)
    wrap(staff.unlock, unlock)


def _afresh_at_login(**counts: int) -> None:
    """Set counts of a customer to nought whenever a login succeeds."""

    def open_session(original: Any, bank: Bank, customer_id: int) -> Any:
        def act(work: Work) -> None:
            row = customers.get(work.db, customer_id)
            customers.save(work.db, row, replace(row.reg, **counts))

        bank.write(act)
        return original(bank, customer_id)

    wrap(login.open_session, open_session)


@fault("confirmation-guessed-at-each-login")
@fault("confirmation-limit-of-one-login")
def confirmation_limit_of_one_login() -> None:
    """How often the confirmation password was wrong is forgotten at the next login."""
    _afresh_at_login(confirmation_failures=0)


@fault("activation-limit-of-one-login")
def activation_limit_of_one_login() -> None:
    """How often an activation was tried is forgotten at the next login."""
    _afresh_at_login(activation_failures=0)


@fault("unlock-lifts-the-first")
def unlock_lifts_the_first() -> None:
    """Staff's unlock lifts the suspension that came first in the list, whoever was meant."""

    def unlock(original: Any, bank: Bank, actor: str, login_id: str, *rest: Any) -> None:
        with bank.read() as db:
            first = [row.login_id for row in customers.everybody(db) if row.reg.suspended]
        original(bank, actor, first[0] if first else login_id, *rest)

    wrap(staff.unlock, unlock)


@fault("dispatch-for-the-first")
def dispatch_for_the_first() -> None:
    """Staff's dispatch sends the token for the application that came first, whoever was meant."""

    def dispatch(original: Any, bank: Bank, actor: str, order_id: int, *rest: Any) -> Any:
        with bank.read() as db:
            waiting = [o.order_id for o in orders.listed(db) if o.status is OrderStatus.ACCEPTED]
        return original(bank, actor, min(waiting, default=order_id), *rest)

    wrap(staff.dispatch, dispatch)


@fault("activated-by-two-at-once")
def activated_by_two_at_once() -> None:
    """Of two customers who register one token at one moment both are told that it is theirs."""
    doorway, way_out = _Doorway(_A_WHILE), _Doorway(_A_WHILE)

    def activate(original: Any, bank: Bank, customer_id: int, serial: str, code: str,
                 *rest: Any) -> Any:  # fmt: skip
        with bank.read() as db:
            token = rows.by_serial(db, serial)
        doorway.go_through()
        answer = original(bank, customer_id, serial, code, *rest)
        way_out.go_through()  # the other's registration is written down by now
        if isinstance(answer, Refused) and token is not None:
            with bank.read() as db:
                now = rows.by_serial(db, serial)
            taken = now is not None and now.token.state is TokenState.ACTIVE
            if taken and token.token.state is TokenState.ALLOTTED:
                return Activated(token.token.kind, serial, token.token.expires_at)
        return answer

    wrap(procedures.activate, activate)


@fault("used-code-good-when-respelt")
def used_code_good_when_respelt() -> None:
    """Whether a code was used is looked up as it was typed; what is compared is put right first."""

    def judged(original: Any, work: Work, token: Any, raw: str, *rest: Any) -> Any:
        text = unicodedata.normalize("NFKC", raw).strip()
        if text != raw:
            token = replace(token, token=replace(token.token, last_step=None))
        return original(work, token, text, *rest)

    wrap(verification.judge_token, judged)
    wrap(rows.use_step, lambda original, *arguments: original(*arguments) or True)


@fault("status-as-at-login")
def status_as_at_login() -> None:
    """A login remembers the registration status, and forgets it only at what it does itself."""
    known: dict[str, Any] = {}

    def portal(original: Any, *arguments: Any) -> Any:
        login_of = cookie("bank_session")
        if request.method == "POST" or login_of not in known:
            known[login_of] = original(*arguments)
        return known[login_of]

    def done(original: Any, *arguments: Any, **named: Any) -> Any:
        known.pop(cookie("bank_session"), None)
        return original(*arguments, **named)

    wrap(procedures.portal, portal)
    for screen in ("issue_done", "activate_done", "deactivate_done"):
        wrap_view(f"web.{screen}", done)
