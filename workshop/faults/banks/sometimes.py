"""Faults under one condition alone: after a refusal, at midnight, in the second round, too late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from reference_impl.domain import otp, registration, token
from reference_impl.domain.otp import Accepted, Failed
from reference_impl.domain.policy import FailureClass, OtpFunction, Window
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, Refusal, Refused, Status, TokenState
from reference_impl.face.forms import cookie
from reference_impl.face.pages import the_bank
from reference_impl.service import login, procedures, staff, verification
from reference_impl.service.bank import Bank, Work
from reference_impl.service.login import LoginOk, OtpNeeded
from reference_impl.service.procedures import Activated
from reference_impl.store import customers, tokens
from reference_impl.store.customers import CustomerRow
from workshop.faults.banks.otp import _burn_always
from workshop.faults.banks.suspension import _lapses
from workshop.faults.swap import fault, swap, with_policy, wrap

_JAPAN = ZoneInfo("Asia/Tokyo")
_MINUTE = timedelta(seconds=60)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=_JAPAN)


def _day(moment: datetime) -> object:
    return moment.astimezone(_JAPAN).date()


def _owner(work: Work, row: Any) -> CustomerRow | None:
    """Return the customer who holds a token."""
    return None if row.token.holder is None else customers.get(work.db, row.token.holder)


def _lifted() -> set[str]:
    """Return the login IDs of those whose suspension staff have lifted, as it happens."""
    lifted: set[str] = set()

    def unlock(original: Any, bank: Bank, actor: str, login_id: str, *rest: Any) -> None:
        original(bank, actor, login_id, *rest)
        lifted.add(login_id)

    wrap(staff.unlock, unlock)
    return lifted


def _judged(before: Callable[[Work, Any, str, OtpFunction], tuple[Work, Any, str]]) -> None:
    """Let ``before`` change what is judged: the work, the token or the code."""

    def judge_token(original: Any, work: Work, row: Any, code: str, function: OtpFunction) -> Any:
        return original(*before(work, row, code, function), function)

    wrap(verification.judge_token, judge_token)


def _with_window(work: Work, backward: int, forward: int) -> Work:
    windows = {function: Window(backward, forward) for function in OtpFunction}
    settings = work.bank.settings
    policy = replace(settings.policy, windows=windows)
    return replace(work, bank=replace(work.bank, settings=settings.model_copy(update={"policy": policy})))  # fmt: skip # noqa: E501


def _forget_used(row: Any) -> Any:
    return replace(row, token=replace(row.token, last_step=None))


# -- used codes ----------------------------------------------------------------


@fault("mistake-frees-used-code")
def mistake_frees_used_code() -> None:
    """What was used is forgotten as soon as a wrong code is entered."""

    def before(work: Work, row: Any, code: str, _: OtpFunction) -> tuple[Work, Any, str]:
        owner = _owner(work, row)
        return work, _forget_used(row) if owner and owner.reg.failures else row, code

    _judged(before)
    swap(tokens.use_step, _burn_always)


@fault("used-code-good-after-midnight")
def used_code_good_after_midnight() -> None:
    """Used codes are remembered for the day."""
    days: dict[int, object] = {}

    def before(work: Work, row: Any, code: str, _: OtpFunction) -> tuple[Work, Any, str]:
        today = _day(work.now)
        fresh = days.setdefault(row.token.token_id, today) == today
        return work, row if fresh else _forget_used(row), code

    def use_step(_: Any, db: Any, token_id: int, step: int) -> bool:
        days[token_id] = _day(datetime.fromtimestamp(step * 60, _JAPAN))
        return _burn_always(db, token_id, step)

    _judged(before)
    wrap(tokens.use_step, use_step)


@fault("fast-code-noted-as-now")
def fast_code_noted_as_now() -> None:
    """What is noted as used is the present minute, not that of the code."""

    def judge_token(original: Any, work: Work, *rest: Any) -> Any:
        verdict = original(work, *rest)
        here = otp.step_of(work.now, work.policy.otp_step_seconds)
        return Accepted(here) if isinstance(verdict, Accepted) else verdict

    wrap(verification.judge_token, judge_token)
    swap(tokens.use_step, _burn_always)


# -- codes of other minutes ------------------------------------------------------


@fault("window-widens-after-mistake")
def window_widens_after_mistake() -> None:
    """After a wrong code the clock of the token is looked for: ten minutes both ways are good."""

    def before(work: Work, row: Any, code: str, _: OtpFunction) -> tuple[Work, Any, str]:
        owner = _owner(work, row)
        return _with_window(work, 10, 10) if owner and owner.reg.failures else work, row, code

    _judged(before)


@fault("window-widens-after-unlock")
def window_widens_after_unlock() -> None:
    """After an unlock the clock of the token is looked for once."""
    lifted = _lifted()

    def before(work: Work, row: Any, code: str, _: OtpFunction) -> tuple[Work, Any, str]:
        owner = _owner(work, row)
        wide = owner is not None and owner.login_id in lifted
        return _with_window(work, 10, 10) if wide else work, row, code

    _judged(before)


@fault("second-token-with-wide-window")
def second_token_with_wide_window() -> None:
    """Codes of a customer's second token are good for ten minutes."""

    def before(work: Work, row: Any, code: str, _: OtpFunction) -> tuple[Work, Any, str]:
        owner = _owner(work, row)
        wide = owner is not None and owner.reg.deactivated_at is not None
        return _with_window(work, 10, 1) if wide else work, row, code

    _judged(before)


@fault("codes-of-an-hour-ago")
def codes_of_an_hour_ago() -> None:
    """The minute of the hour is looked at, and not the hour."""

    def before(work: Work, row: Any, code: str, _: OtpFunction) -> tuple[Work, Any, str]:
        here = otp.step_of(work.now, work.policy.otp_step_seconds)
        code_at = work.bank.code_at(row.sealed)
        return work, row, code_at(here) if code == code_at(here - 60) else code

    _judged(before)


@fault("window-ends-at-midnight")
def window_ends_at_midnight() -> None:
    """Right after midnight the code of the minute before is not looked at."""

    def judge_token(original: Any, work: Work, *rest: Any) -> Any:
        verdict = original(work, *rest)
        if isinstance(verdict, Accepted):
            minute = datetime.fromtimestamp(verdict.step * work.policy.otp_step_seconds, _JAPAN)
            if minute.date() < work.now.astimezone(_JAPAN).date():
                return Failed(FailureClass.STALE)
        return verdict

    wrap(verification.judge_token, judge_token)


# -- mistakes and suspensions -----------------------------------------------------


@fault("slow-mistakes-forgotten")
def slow_mistakes_forgotten() -> None:
    """Ten minutes after a mistake the count begins at nought."""
    last: dict[int, datetime] = {}

    def count(original: Any, work: Work, row: CustomerRow, *rest: Any) -> Any:
        since = work.now - last.get(row.customer_id, work.now)
        last[row.customer_id] = work.now
        if since >= 10 * _MINUTE:
            row = customers.save(work.db, row, replace(row.reg, failures=0))
        return original(work, row, *rest)

    wrap(verification.count_failure, count)


@fault("suspension-ends-after-30-days")
def suspension_ends_after_30_days() -> None:
    """A job in the night lifts suspensions that are thirty days old."""
    _lapses(timedelta(days=30))


def _not_counted(failure_class: FailureClass) -> None:
    with_policy(lock_classes=frozenset(FailureClass) - {
        FailureClass.MALFORMED, FailureClass.EMPTY, failure_class})  # fmt: skip


@fault("future-codes-not-counted")
def future_codes_not_counted() -> None:
    """A code that the token will show later is refused and not counted, unlike the declaration."""
    _not_counted(FailureClass.FUTURE)


@fault("codes-of-other-tokens-not-counted")
def codes_of_other_tokens_not_counted() -> None:
    """A code of another token is refused and not counted, unlike the declaration."""
    _not_counted(FailureClass.OTHER_TOKEN)


@fault("malformed-input-ends-the-run")
def malformed_input_ends_the_run() -> None:
    """An input of the wrong form is no mistake, and ends the run of mistakes."""

    def count(original: Any, work: Work, row: CustomerRow, function: Any, failure: Any) -> Any:
        if failure in (FailureClass.MALFORMED, FailureClass.EMPTY):
            row = customers.save(work.db, row, replace(row.reg, failures=0))
        return original(work, row, function, failure)

    wrap(verification.count_failure, count)


@fault("count-outlives-revocation")
def count_outlives_revocation() -> None:
    """Mistakes with a revoked token go on counting for the next one."""
    wrap(
        registration.ended,
        lambda original, reg, *rest: replace(original(reg, *rest), failures=reg.failures),
    )
    wrap(
        registration.activated,
        lambda original, reg: replace(original(reg), failures=reg.failures),
    )


@fault("suspension-outlives-revocation")
def suspension_outlives_revocation() -> None:
    """A suspended customer whose token is revoked stays shut out."""
    wrap(
        registration.ended,
        lambda original, reg, *rest: replace(original(reg, *rest), suspended=reg.suspended),
    )


@fault("suspended-only-once")
def suspended_only_once() -> None:
    """Who was suspended once and let in again is never suspended again."""
    lifted = _lifted()

    def count(original: Any, work: Work, row: CustomerRow, function: Any, failure: Any) -> Any:
        if row.login_id in lifted:
            return otp.refusal_of(failure)
        return original(work, row, function, failure)

    wrap(verification.count_failure, count)


@fault("second-unlock-without-effect")
def second_unlock_without_effect() -> None:
    """Staff can lift a customer's suspension once."""
    lifted: set[str] = set()

    def unlock(original: Any, bank: Bank, actor: str, login_id: str, *rest: Any) -> None:
        if login_id not in lifted:
            original(bank, actor, login_id, *rest)
        lifted.add(login_id)

    wrap(staff.unlock, unlock)


@fault("first-code-after-unlock-unchecked")
def first_code_after_unlock_unchecked() -> None:
    """After an unlock any six digits let in once."""
    lifted = _lifted()

    def judge_token(original: Any, work: Work, row: Any, code: str, function: Any) -> Any:
        owner = _owner(work, row)
        if owner is not None and owner.login_id in lifted and len(code) == work.policy.otp_digits:
            lifted.discard(owner.login_id)
            return Accepted(otp.step_of(work.now, work.policy.otp_step_seconds))
        return original(work, row, code, function)

    wrap(verification.judge_token, judge_token)
    swap(tokens.use_step, _burn_always)


@fault("activation-a-minute-late")
def activation_a_minute_late() -> None:
    """For a minute after the activation no OTP is asked: the login looks at a copy."""
    begun: dict[int, datetime] = {}

    def activate(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        answer = original(bank, customer_id, *rest)
        if isinstance(answer, Activated):
            begun[customer_id] = bank.now()
        return answer

    wrap(procedures.activate, activate)
    _no_otp(lambda bank, _, row: bank.now() - begun.get(row.customer_id, _LONG_AGO) < _MINUTE)


@fault("suspension-a-minute-late")
def suspension_a_minute_late() -> None:
    """For a minute after the last mistake a right code still lets in: the login looks at a copy."""
    since: dict[int, datetime] = {}

    def save(original: Any, db: Any, row: CustomerRow, reg: Registration) -> Any:
        if reg.suspended and not row.reg.suspended:
            since[row.customer_id] = the_bank().now()
        return original(db, row, reg)

    def seen(original: Any, *arguments: Any) -> Any:
        row = original(*arguments)
        begun = None if row is None else since.get(row.customer_id)
        if begun is not None and row.reg.suspended and the_bank().now() - begun < _MINUTE:
            return replace(row, reg=replace(row.reg, suspended=False))
        return row

    wrap(customers.save, save)
    wrap(customers.by_login, seen)
    wrap(customers.get, seen)


# -- confirmation passwords and login passwords ---------------------------------------


@fault("confirmation-passes-at-login")
def confirmation_passes_at_login() -> None:
    """The confirmation password will do for the login password."""
    _login_with(lambda bank, row, raw: bank.passwords.verify(row.confirmation_hash, raw))


@fault("code-passes-as-password")
def code_passes_as_password() -> None:
    """The code of the moment will do for the login password."""
    _login_with(_is_code)


def _login_with(also: Callable[[Bank, CustomerRow, str], bool]) -> None:
    def check(original: Any, bank: Bank, realm: Any, typed: str, encoded: Any, raw: str) -> Any:
        with bank.read() as db:
            row = customers.by_login(db, typed)
        if row is not None and also(bank, row, raw):
            return None
        return original(bank, realm, typed, encoded, raw)

    wrap(login.check_password, check)


def _is_code(bank: Bank, row: CustomerRow, raw: str) -> bool:
    with bank.read() as db:
        held = tokens.held(db, row.customer_id, TokenState.ACTIVE)
    here = otp.step_of(bank.now(), bank.policy.otp_step_seconds)
    return held is not None and raw == bank.code_at(held.sealed)(here)


def _confirmed_by(also: Callable[[Bank, CustomerRow, str], bool]) -> None:
    """Let something else confirm, too."""

    def confirmed(original: Any, bank: Bank, customer_id: int, raw: str) -> bool:
        with bank.read() as db:
            row = customers.get(db, customer_id)
        return also(bank, row, raw) or bool(original(bank, customer_id, raw))

    wrap(procedures.confirmed, confirmed)


@fault("code-confirms")
def code_confirms() -> None:
    """The code of the moment will do for the confirmation password."""
    _confirmed_by(_is_code)


@fault("reissue-confirmed-by-anything")
def reissue_confirmed_by_anything() -> None:
    """Who applies anew may enter any confirmation password."""
    _confirmed_by(
        lambda _, row, __: (
            row.reg.deactivated_at is not None and row.reg.base is Status.NOT_REGISTERED
        )
    )


@fault("confirmation-remembered")
def confirmation_remembered() -> None:
    """Once right, the confirmation password is not looked at again in the same login."""
    confirmed: set[str] = set()

    def check(original: Any, bank: Bank, customer_id: int, raw: str) -> bool:
        right = bool(original(bank, customer_id, raw))
        if right:
            confirmed.add(cookie("bank_session"))
        return right or cookie("bank_session") in confirmed

    wrap(procedures.confirmed, check)


@fault("confirmation-limit-lets-through")
def confirmation_limit_lets_through() -> None:
    """At the limit of wrong confirmation passwords the check falls out."""

    def locked(original: Any, reg: Registration, policy: Any) -> bool:
        return False

    wrap(registration.confirmation_locked, locked)
    _confirmed_by(
        lambda bank, row, _: (
            0 < bank.policy.confirmation_failure_limit <= row.reg.confirmation_failures
        )
    )


# -- the second refusal ---------------------------------------------------------------


def _second(use_case: str, effect: Callable[[Work, CustomerRow], object]) -> None:
    """At the second refusal in a row of a use case do what was refused, and say no all the same."""
    refused: dict[int, int] = defaultdict(int)

    def act(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        answer = original(bank, customer_id, *rest)
        if not isinstance(answer, Refused):
            refused[customer_id] = 0
            return answer
        refused[customer_id] += 1
        if refused[customer_id] == 2:
            bank.write(lambda work: effect(work, customers.get(work.db, customer_id)))
        return answer

    wrap(getattr(procedures, use_case), act)


@fault("second-refused-issue-orders")
def second_refused_issue_orders() -> None:
    """The second wrong confirmation password is refused, and the application is there."""

    def effect(work: Work, row: CustomerRow) -> None:
        if not row.reg.ordered and row.reg.base is Status.NOT_REGISTERED:
            procedures.place_order(work, row, Kind.HARDWARE)
            after = registration.applied(row.reg, Kind.HARDWARE, work.policy)
            customers.save(work.db, row, after)

    _second("issue", effect)


@fault("second-refused-activation-starts")
def second_refused_activation_starts() -> None:
    """The second refused activation puts the customer into service."""

    def effect(work: Work, row: CustomerRow) -> None:
        sent = tokens.held(work.db, row.customer_id, TokenState.ALLOTTED)
        if sent is not None and row.reg.base is Status.ISSUED:
            tokens.activate(work.db, sent.token.token_id, row.customer_id, None)
            customers.save(work.db, row, registration.activated(row.reg))

    _second("activate", effect)


@fault("second-refused-deactivation-ends")
def second_refused_deactivation_ends() -> None:
    """The second refused deactivation ends the service."""

    def effect(work: Work, row: CustomerRow) -> None:
        if row.reg.base is Status.IN_SERVICE and not row.reg.suspended:
            procedures._end(work, row)

    _second("deactivate", effect)


@fault("refused-deactivation-asks-no-otp-again")
def refused_deactivation_asks_no_otp_again() -> None:
    """After one refusal the deactivation asks for the confirmation password alone."""
    refused: set[int] = set()

    def deactivate(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        answer = original(bank, customer_id, *rest)
        (refused.add if isinstance(answer, Refused) else refused.discard)(customer_id)
        return answer

    def asks(original: Any, bank: Bank, reg: Registration) -> bool:
        asked = bool(original(bank, reg))
        with bank.read() as db:
            return asked and not any(customers.get(db, each).reg == reg for each in refused)

    wrap(procedures.deactivate, deactivate)
    wrap(procedures.asks_otp, asks)


@fault("first-serial-stays")
def first_serial_stays() -> None:
    """After a refusal the serial that was typed first is the one that counts."""
    first: dict[int, str] = {}

    def activate(original: Any, bank: Bank, customer_id: int, serial: str, *rest: Any) -> Any:
        return original(bank, customer_id, first.setdefault(customer_id, serial), *rest)

    wrap(procedures.activate, activate)


def _passes_at_second_try(reason: Refusal) -> None:
    tried: dict[Registration, int] = defaultdict(int)

    def may_issue(original: Any, reg: Registration, *rest: Any) -> Any:
        refused = original(reg, *rest)
        if not isinstance(refused, Refused) or refused.reason is not reason:
            return refused
        tried[reg] += 1
        return refused if tried[reg] <= 1 else None

    wrap(registration.may_issue, may_issue)


@fault("second-try-on-the-day-passes")
def second_try_on_the_day_passes() -> None:
    """Who tries to change the kind on the day is refused once."""
    _passes_at_second_try(Refusal.TOO_EARLY)


@fault("second-try-to-software-passes")
def second_try_to_software_passes() -> None:
    """Who wants a software token after a hardware token is refused once."""
    _passes_at_second_try(Refusal.HW_TO_SW)


# -- kinds, serials and tokens -----------------------------------------------------------


@fault("first-chosen-kind-stays")
def first_chosen_kind_stays() -> None:
    """The kind that was chosen first in a login is the one that is applied for."""
    chosen: dict[str, str] = {}

    def may(original: Any, bank: Bank, customer_id: int, kind: Any = None) -> Any:
        refused = original(bank, customer_id, kind)
        if kind is not None and refused is None:
            chosen.setdefault(cookie("bank_session"), kind.value)
        return refused

    def issue(original: Any, bank: Bank, customer_id: int, kind: str, *rest: Any) -> Any:
        return original(bank, customer_id, chosen.get(cookie("bank_session"), kind), *rest)

    wrap(procedures.may_issue, may)
    wrap(procedures.issue, issue)


@fault("serial-by-its-end")
def serial_by_its_end() -> None:
    """Of a serial the last eight digits are compared."""

    def by_serial(original: Any, db: Any, serial: str) -> Any:
        found = original(db, serial)
        if found is None:
            for (full,) in db.execute("SELECT serial FROM tokens WHERE state = 'allotted'"):
                if len(full) > 8 and full[-8:] == serial[-8:]:
                    return original(db, full)
        return found

    wrap(tokens.by_serial, by_serial)


def _any_serial(when: Callable[[token.Token, int], bool]) -> None:
    wrap(
        token.may_be_activated_by,
        lambda original, found, who, policy: when(found, who) or original(found, who, policy),
    )

    def take(db: Any, token_id: int, customer_id: int, step: int | None) -> bool:
        db.execute(
            "UPDATE tokens SET state = 'active', holder = ?, last_step = ? WHERE token_id = ?",
            (customer_id, step, token_id),
        )
        return True

    swap(tokens.activate, take)


@fault("retired-token-good-after-a-year")
def retired_token_good_after_a_year() -> None:
    """Retired tokens are forgotten after a year."""
    retired: dict[int, datetime] = {}

    def retire(original: Any, db: Any, token_id: int) -> bool:
        retired[token_id] = the_bank().now()
        return bool(original(db, token_id))

    wrap(tokens.retire, retire)
    _any_serial(
        lambda found, _: (
            found.state is TokenState.RETIRED
            and the_bank().now() - retired.get(found.token_id, the_bank().now())
            >= timedelta(days=365)
        )
    )


@fault("only-last-retired-remembered")
def only_last_retired_remembered() -> None:
    """Of a customer's former tokens only the last one is refused."""

    def before_last(found: token.Token, who: int) -> bool:
        if found.state is not TokenState.RETIRED or found.holder != who:
            return False
        with the_bank().read() as db:
            last = tokens.held(db, who, TokenState.RETIRED)
        return last is not None and last.token.token_id != found.token_id

    _any_serial(before_last)


@fault("token-of-suspended-taken-over")
def token_of_suspended_taken_over() -> None:
    """The token of a customer who is suspended is not in service, and hence free."""

    def free(found: token.Token, who: int) -> bool:
        if found.state is not TokenState.ACTIVE or found.holder in (None, who):
            return False
        with the_bank().read() as db:
            return customers.get(db, found.holder or 0).reg.suspended

    _any_serial(free)


# -- what is shown -------------------------------------------------------------------------


def _completed(change: Callable[[int, Activated], Activated]) -> None:
    def activate(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        answer = original(bank, customer_id, *rest)
        return change(customer_id, answer) if isinstance(answer, Activated) else answer

    wrap(procedures.activate, activate)


@fault("second-completion-shows-first-token")
def second_completion_shows_first_token() -> None:
    """The completion of a second activation shows the first token."""
    first: dict[int, Activated] = {}
    _completed(lambda who, answer: first.setdefault(who, answer))

    def end(original: Any, work: Work, row: CustomerRow) -> Any:
        former = tokens.held(work.db, row.customer_id, TokenState.ACTIVE)
        if former is not None:
            found = former.token
            shown = Activated(found.kind, found.serial, found.expires_at)
            first.setdefault(row.customer_id, shown)
        return original(work, row)

    wrap(procedures._end, end)


@fault("expiry-in-twelve-hours")
def expiry_in_twelve_hours() -> None:
    """The hour of the expiry is shown as on a clock of twelve hours."""

    def change(_: int, answer: Activated) -> Activated:
        local = answer.expires_at.astimezone(_JAPAN)
        return replace(answer, expires_at=local.replace(hour=local.hour % 12))

    _completed(change)


@fault("completion-drops-leading-zero")
def completion_drops_leading_zero() -> None:
    """The completion shows the serial as a number."""
    _completed(lambda _, answer: replace(answer, serial=str(int(answer.serial))))


# -- login -----------------------------------------------------------------------------------


def _no_otp(when: Callable[[Bank, str, CustomerRow], bool]) -> None:
    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        answer = original(bank, login_id, *rest)
        if not isinstance(answer, OtpNeeded):
            return answer
        with bank.read() as db:
            row = customers.get(db, answer.customer_id)
        return LoginOk(row.customer_id) if when(bank, login_id, row) else answer

    wrap(login.authenticate, authenticate)


@fault("otp-once-a-day")
def otp_once_a_day() -> None:
    """Who has entered an OTP on this day is not asked again on it."""
    entered: dict[int, object] = {}

    def authenticate(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        answer = original(bank, customer_id, *rest)
        if isinstance(answer, LoginOk):
            entered[customer_id] = _day(bank.now())
        return answer

    wrap(login.authenticate_otp, authenticate)
    _no_otp(lambda bank, _, row: entered.get(row.customer_id) == _day(bank.now()))


@fault("otp-not-asked-after-timeout")
def otp_not_asked_after_timeout() -> None:
    """Whose login has run out is let in again with the password alone, in the same browser."""

    def same_browser(bank: Bank, _: str, row: CustomerRow) -> bool:
        from reference_impl.store import sessions

        with bank.read() as db:
            found = sessions.find(db, cookie("bank_session"))
        return found is not None and found.customer_id == row.customer_id

    _no_otp(same_browser)


@fault("otp-forgotten-after-wrong-password")
def otp_forgotten_after_wrong_password() -> None:
    """After a wrong login password the right one leads straight in."""
    wrong: dict[str, bool] = {}

    def check(original: Any, bank: Bank, realm: Any, typed: str, *rest: Any) -> Any:
        answer = original(bank, realm, typed, *rest)
        if answer is not None:
            wrong[typed] = True
        return answer

    wrap(login.check_password, check)
    _no_otp(lambda _, typed, __: wrong.pop(typed, False))


@fault("other-spelling-needs-no-otp")
def other_spelling_needs_no_otp() -> None:
    """Under another spelling of the login ID no OTP is asked."""

    def by_login(original: Any, db: Any, login_id: str) -> Any:
        row = original(db, login_id)
        for form in (login_id.strip(), login_id.strip().lower(), login_id.strip().upper()):
            row = row or original(db, form)
        return row

    wrap(customers.by_login, by_login)
    _no_otp(lambda _, typed, row: typed != row.login_id)


@fault("status-of-the-browsers-first")
def status_of_the_browsers_first() -> None:
    """Who logs in after another customer in the same browser sees the status of the other."""
    first: dict[str, int] = {}

    def portal(original: Any, bank: Bank, customer_id: int) -> Any:
        found = original(bank, customer_id)
        visit = cookie("bank_visit")
        if not visit or request.method == "POST":
            return found
        other = first.setdefault(visit, customer_id)
        return replace(found, status=original(bank, other).status)

    wrap(procedures.portal, portal)


# -- the code's form on one screen alone -----------------------------------------------------


def _only_at(function: OtpFunction, change: Callable[[Work, str], str]) -> None:
    def before(work: Work, row: Any, code: str, asked: OtpFunction) -> tuple[Work, Any, str]:
        return work, row, change(work, code) if asked is function else code

    _judged(before)


def _without_zero(_: Work, code: str) -> str:
    return code.lstrip("0")


@fault("leading-zero-refused-at-activation")
def leading_zero_refused_at_activation() -> None:
    """At the activation alone a code is read as a number."""
    _only_at(OtpFunction.ACTIVATION, _without_zero)


@fault("leading-zero-refused-at-deactivation")
def leading_zero_refused_at_deactivation() -> None:
    """At the deactivation alone a code is read as a number."""
    _only_at(OtpFunction.DEACTIVATION, _without_zero)


def _half_width(_: Work, code: str) -> str:
    return code.translate({0xFF10 + digit: ord("0") + digit for digit in range(10)}).strip()


@fault("code-put-right-at-deactivation")
def code_put_right_at_deactivation() -> None:
    """At the deactivation alone blanks and full-width digits are put right."""
    _only_at(OtpFunction.DEACTIVATION, _half_width)


@fault("code-put-right-at-activation")
def code_put_right_at_activation() -> None:
    """At the activation alone blanks and full-width digits are put right."""
    _only_at(OtpFunction.ACTIVATION, _half_width)


# -- open to those who deactivated --------------------------------------------------------------


@fault("activation-open-to-former")
def activation_open_to_former() -> None:
    """Who has deactivated can activate again without a new application, with a token in stock."""

    def may(original: Any, reg: Registration, *rest: Any) -> Any:
        refused = original(reg, *rest)
        former = reg.deactivated_at is not None and reg.base is Status.NOT_REGISTERED
        return None if former and not reg.ordered else refused

    wrap(registration.may_activate, may)
    _any_serial(lambda found, _: found.state is TokenState.STOCK)
