"""Faults of a kind that attackers look for: sloppy comparisons, windows, counts, leftovers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request

from reference_impl.domain import inputs, otp
from reference_impl.domain.otp import Accepted, Failed
from reference_impl.domain.policy import FailureClass, OtpFunction, Policy, Window
from reference_impl.domain.words import TokenState
from reference_impl.face.forms import cookie
from reference_impl.face.pages import the_bank
from reference_impl.service import procedures, verification
from reference_impl.service.login import LoginOk
from reference_impl.store import customers
from reference_impl.store import tokens as rows
from reference_impl.web import login as web
from workshop.faults.answers import edit
from workshop.faults.swap import fault, swap, with_policy, wrap, wrap_view

_DONE = "bank_otp_done"


@fault("fast-token-refused")
def fast_token_refused() -> None:
    """The window has no forward part: a token that is a minute fast is refused."""
    with_policy(windows={function: Window(1, 0) for function in OtpFunction})


@fault("one-step-too-early")
def one_step_too_early() -> None:
    """The window reaches one minute further ahead than declared."""
    with_policy(windows={function: Window(1, 2) for function in OtpFunction})


@fault("activation-takes-old-codes")
def activation_takes_old_codes() -> None:
    """Activation takes codes that the token showed some minutes ago; login does not."""
    declared = {function: Window() for function in OtpFunction}
    with_policy(windows={**declared, OtpFunction.ACTIVATION: Window(15, 1)})


@fault("deactivation-takes-old-codes")
def deactivation_takes_old_codes() -> None:
    """Deactivation takes codes that the token showed some minutes ago; login does not."""
    declared = {function: Window() for function in OtpFunction}
    with_policy(windows={**declared, OtpFunction.DEACTIVATION: Window(15, 1)})


@fault("older-code-burns-the-present")
def older_code_burns_the_present() -> None:
    """Whichever code of the window is used, the present minute is remembered as used."""
    judged = otp.judge

    def judge(raw: str, now: Any, *rest: Any) -> Accepted | Failed:
        verdict = judged(raw, now, *rest)
        if isinstance(verdict, Failed):
            return verdict
        policy: Policy = rest[3]
        return Accepted(max(verdict.step, otp.step_of(now, policy.otp_step_seconds)))

    swap(otp.judge, judge)


@fault("used-minutes-of-all")
def used_minutes_of_all() -> None:
    """Used minutes are remembered for all tokens together."""
    used: set[int] = set()

    def use_step(original: Any, connection: Any, token_id: int, step: int) -> bool:
        if step in used:
            return False
        used.add(step)
        return bool(original(connection, token_id, step))

    wrap(rows.use_step, use_step)


@fault("new-code-after-login-refused")
def new_code_after_login_refused() -> None:
    """A login burns the code of the next minute too."""
    wrap(rows.use_step, lambda original, c, token_id, step: original(c, token_id, step + 1))


def _read_code(change: Any) -> None:
    wrap(
        inputs.normalise_digits,
        lambda original, raw, policy: change(original(raw, policy), policy),
    )


@fault("leading-zero-optional")
def leading_zero_optional() -> None:
    """Codes are compared as numbers: a zero in front may be left out."""
    _read_code(
        lambda text, policy: (
            text.zfill(policy.otp_digits)
            if text.isdecimal() and len(text) == policy.otp_digits - 1
            else text
        )
    )


@fault("zero-in-front-accepted")
def zero_in_front_accepted() -> None:
    """Codes are compared as numbers: zeros more in front make no difference."""
    _read_code(
        lambda text, policy: (
            text[-policy.otp_digits :]
            if text.isdecimal() and not int(text[: -policy.otp_digits] or "0")
            else text
        )
    )


@fault("letter-in-code-accepted")
def letter_in_code_accepted() -> None:
    """A letter in the code is overlooked: the digits beside it are enough."""

    def judge(
        original: Any, raw: str, now: Any, code_at: Any, last: Any, function: Any, policy: Policy,
        *rest: Any,
    ) -> Accepted | Failed:  # fmt: skip
        here = otp.step_of(now, policy.otp_step_seconds)
        if any(sign.isalpha() for sign in raw) and len(raw) == policy.otp_digits:
            shown = code_at(here)
            if all(a == b or a.isalpha() for a, b in zip(raw, shown, strict=True)):
                raw = shown
        verdict: Accepted | Failed = original(raw, now, code_at, last, function, policy, *rest)
        return verdict

    wrap(otp.judge, judge)


@fault("confirmation-beginning-enough")
def confirmation_beginning_enough() -> None:
    """Whatever follows a right confirmation password of the greatest length is ignored."""

    def cut(original: Any, raw: str, policy: Policy) -> Any:
        return original(raw[: policy.confirmation_max], policy)

    wrap(inputs.check_confirmation, cut)
    wrap(
        procedures.confirmed,
        lambda original, bank, who, raw: original(bank, who, raw[: bank.policy.confirmation_max]),
    )


@fault("one-count-for-each-screen")
def one_count_for_each_screen() -> None:
    """Mistakes at the login and at the deactivation are counted apart, against the declaration."""
    counts: dict[tuple[int, OtpFunction], int] = {}

    def count(original: Any, work: Any, row: Any, function: OtpFunction, *rest: Any) -> Any:
        key = (row.customer_id, function)
        counts[key] = counts.get(key, 0) + 1
        before = replace(row.reg, failures=counts[key] - 1)
        return original(work, customers.save(work.db, row, before), function, *rest)

    wrap(verification.count_failure, count)


@fault("activation-mistakes-suspend")
def activation_mistakes_suspend() -> None:
    """Mistakes at the activation suspend, against the declaration."""
    with_policy(lock_sources=frozenset(OtpFunction))


@fault("otp-done-flag-stays")
def otp_done_flag_stays() -> None:
    """That an OTP was right stays noted in the browser after the logout, for whoever comes."""

    def welcome(original: Any, answer: LoginOk) -> Any:
        response = original(answer)
        response.set_cookie(_DONE, "1")
        return response

    def submit(original: Any) -> Any:
        response = original()
        if not cookie(_DONE) or response.headers.get("Location") != "/login/otp":
            return response
        with the_bank().read() as db:
            row = customers.by_login(db, request.form["login_id"])
        return web.welcome(LoginOk(row.customer_id))

    wrap(web.welcome, welcome)
    wrap_view("web.login_post", submit)


@fault("replay-takes-the-next-code")
def replay_takes_the_next_code() -> None:
    """A used code entered again is refused, and burns the code of the next minute."""

    def count(original: Any, work: Any, row: Any, function: Any, failure: Any) -> Any:
        if failure is FailureClass.REUSED:
            token = rows.held(work.db, row.customer_id, TokenState.ACTIVE)
            if token is not None:
                here = otp.step_of(work.now, work.policy.otp_step_seconds)
                rows.use_step(work.db, token.token.token_id, here + 2)
        return original(work, row, function, failure)

    wrap(verification.count_failure, count)


@fault("otp-field-too-short")
def otp_field_too_short() -> None:
    """The field takes fewer digits than the token shows."""
    edit(
        "face/macros.html",
        (
            'name="{{ name }}" type',
            'name="{{ name }}"{% if name == "otp" %} maxlength="4"{% endif %} type',
        ),
    )


@fault("serial-field-too-short")
def serial_field_too_short() -> None:
    """The field takes fewer digits than the longest serial has."""
    edit(
        "face/macros.html",
        (
            'name="{{ name }}" type',
            'name="{{ name }}"{% if name == "serial" %} maxlength="10"{% endif %} type',
        ),
    )


@fault("keyboard-types-nowhere")
def keyboard_types_nowhere() -> None:
    """What is typed on the on-screen keyboard does not reach the field."""
    edit(
        "face/macros.html",
        ('<div class="keys" id', '<input id="{{ target }}-shadow" hidden><div class="keys" id'),
        ('data-keyboard-for="{{ target }}"', 'data-keyboard-for="{{ target }}-shadow"'),
    )


@fault("keyboard-missing")
def keyboard_missing() -> None:
    """The on-screen keyboard that is declared is not there."""
    with_policy(on_screen_keyboard=False)


@fault("expired-token-activated")
def expired_token_activated() -> None:
    """The activation does not look at the token's expiry; the login does."""
    procedures.expired = lambda *_: False  # type: ignore[assignment]


@fault("expired-token-logs-in")
def expired_token_logs_in() -> None:
    """A token whose expiry has passed goes on logging in."""
    verification.expired = lambda *_: False  # type: ignore[assignment]
