"""What takes a customer several verbs, or staff: procedures carried through, and mistakes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle, islice

from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.people.codes import MOST_STEPS
from otp_conformance.people.customer import Customer
from otp_conformance.people.gate import is_open
from otp_conformance.people.scene import Scene
from otp_conformance.specification.words import Kind
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.outcome import NotApplicable, NotRun, SetupFailed

# Whether the last minute belongs to the token is nowhere said: a day is beyond doubt.
_AFTER_EXPIRY = timedelta(days=1)
_BEYOND = timedelta(minutes=1)
# Of the idle time, how much may pass between two signs of life.
_SHARE = 0.6
_MOST_SIGNS = 400
# More mistakes than these would spend an hour of OTPs.
_MOST_MISTAKES = 30
_CIRCUMSTANCES = "お客さまから連絡を受け、本人であることと誤入力の経緯を確認した"

# -- what staff do -----------------------------------------------------------


def unlock(customer: Customer) -> None:
    """Staff lift a suspension after noting the circumstances (LCK-10).

    It is in force when this returns: the declared delay has passed (IX-26). Where so
    declared, it retires the token.
    """
    declared = customer.scene.declaration.lockout.unlock
    customer.scene.staff.unlock(customer.account.login_id, _CIRCUMSTANCES)
    customer.scene.time.wait_for_effect(declared.delay_seconds)
    if declared.token == "retired":  # noqa: S105 - an effect on the token, no secret
        customer.retire()


def unlock_keeping_token(customer: Customer) -> None:
    """Staff lift a suspension; the customer goes on with the same token (LCK-13, LCK-14).

    Raises `NotApplicable` where the declaration says that the token is retired by it.
    """
    if customer.scene.declaration.lockout.unlock.token == "retired":  # noqa: S105 - no secret
        raise NotApplicable(
            expected="停止状態の解除の後に、同じトークンで確かめること",
            observed="停止状態を解除するとトークンは失効すると宣言されています"
            "（lockout.unlock.token）",
        )
    unlock(customer)


def restart(scene: Scene) -> None:
    """Have the system restarted; its time goes on from where it was.

    Raises `NotRun` where several workers share the system.
    """
    if scene.restart is None:
        raise NotRun(
            expected="組合のシステムを再起動すること",
            observed="一つの検査対象をいくつもの作業で同時に使っているので、再起動しません",
            hint="--workers 1 で実施してください。",
        )
    before = scene.time.now()
    scene.restart()
    scene.time.catch_up(before)


def revoke(customer: Customer) -> None:
    """Staff retire the token that a customer has lost; its sessions are over (IX-43)."""
    customer.scene.staff.revoke(customer.account.login_id)
    customer.retire()
    customer.change_browser()


def deliver(customer: Customer, token: TokenDevice | None = None) -> TokenDevice:
    """Staff send a token for the customer's open order, without one a fresh one; it arrives."""
    token = token or customer.scene.new_token()
    serial = customer.scene.staff.dispatch(customer.account.login_id, token.asset.serial)
    customer.token = customer.scene.provisioner.sent(token, serial)
    customer.awaiting_dispatch = False
    return customer.token


def try_to_send_retired(customer: Customer) -> Attempt:
    """Staff try to send the customer's retired token once more (RIS-02)."""
    return _send(customer, customer.retired_token())


def send_new(customer: Customer) -> Attempt:
    """Staff send a fresh token."""
    return _send(customer, customer.scene.new_token())


def _send(customer: Customer, token: TokenDevice) -> Attempt:
    try:
        customer.scene.staff.dispatch(customer.account.login_id, token.asset.serial)
    except SetupFailed as refusal:
        attempt = Attempt(Action.DISPATCH, accepted=False, told=True, seen=refusal.observed)
    else:
        seen = f"トークン {token.asset.serial} が発送されました"
        attempt = Attempt(Action.DISPATCH, accepted=True, told=False, seen=seen)
    customer.scene.last = attempt
    return attempt


# -- from one token to the next ----------------------------------------------


def apply_for(customer: Customer, kind: Kind) -> None:
    """Apply for a token; it must be accepted."""
    customer.issue(kind).require_accepted()


def apply_when_open(customer: Customer, kind: Kind) -> None:
    """Apply for a token as soon as the declared gate lets this customer (IX-30 to IX-32)."""
    wait_for_gate(customer, kind)
    apply_for(customer, kind)


def activate(customer: Customer) -> None:
    """Activate the token in hand; it must succeed."""
    customer.activate_token_in_hand().require_accepted()


def deactivate(customer: Customer) -> None:
    """Deactivate the token in hand; it must succeed."""
    customer.deactivate().require_accepted()


def receive_new_token(customer: Customer) -> None:
    """Apply for a hardware token and get it, waiting for the gate where declared."""
    apply_when_open(customer, Kind.HARDWARE)
    deliver(customer)


def start_software(customer: Customer) -> None:
    """Apply for and activate a software token on a new handset."""
    wait_for_gate(customer, Kind.SOFTWARE)
    apply_for_software(customer)
    activate(customer)


def apply_for_software(customer: Customer) -> None:
    """Apply for a software token, which must be accepted; it is in hand at once."""
    reserved = customer.scene.provisioner.reserve_software_token(customer.account.login_id)
    apply_for(customer, Kind.SOFTWARE)
    customer.token = reserved or customer.issued


def wait_for_gate(customer: Customer, kind: Kind) -> None:
    """Move on, day by day, until the declared gate is open for this customer."""
    while not gate_is_open(customer, kind):
        customer.scene.time.to_next_day(10, 0)


def gate_is_open(customer: Customer, kind: Kind, within: timedelta = timedelta(0)) -> bool:
    """Tell whether the declared gate lets the customer start with a kind now, or soon."""
    if customer.deactivated_at is None:
        return True
    return is_open(
        customer.scene.declaration,
        deactivated=customer.deactivated_at,
        now=customer.scene.time.now() + within,
        former=customer.retired_token().asset.kind,
        new=kind,
    )


def try_start(customer: Customer, kind: Kind) -> Attempt:
    """Try the gated step of a new start, as declared: application or activation (IX-30)."""
    at_activation = customer.scene.declaration.switching.gate == "activation"
    reserved = None
    if at_activation and kind is Kind.SOFTWARE:
        reserved = customer.scene.provisioner.reserve_software_token(customer.account.login_id)
    attempt = customer.issue(kind)
    if not at_activation or not attempt.accepted:
        return attempt
    if kind is Kind.HARDWARE:
        deliver(customer)
    else:
        customer.token = reserved or customer.issued
    return customer.activate_token_in_hand()


def retry_start(customer: Customer, kind: Kind) -> Attempt:
    """Try the gated step again, as the control of an earlier refusal."""
    if customer.scene.declaration.switching.gate == "activation" and customer.token is not None:
        return customer.activate_token_in_hand()
    return try_start(customer, kind)


def deactivate_at(customer: Customer, moment: datetime) -> None:
    """Deactivate at a given moment; the code of that very minute is used."""
    customer.scene.time.move_to(moment - timedelta(minutes=5))
    customer.ensure_logged_in()
    customer.scene.time.move_to(moment)
    deactivate(customer)


def let_expire(customer: Customer, after: timedelta = _AFTER_EXPIRY) -> None:
    """Move the SUT's clock so long past the expiry of the customer's token; before it if < 0.

    Raises what `move_far` does, and `NotApplicable` for a few minutes past one that is
    declared to show its day only: when on that day it ends is then nowhere said.
    """
    declared = customer.scene.declaration.expiry
    if timedelta(0) < after < _AFTER_EXPIRY and "%M" not in declared.display_format:
        raise NotApplicable(
            expected="有効期限を過ぎた直後に確かめること",
            observed="有効期限は日付だけを示すと宣言されています（expiry.display_format）",
        )
    move_far(customer.scene, customer.in_hand().asset.expires_at + after)


def near_leading_zero(customer: Customer) -> None:
    """Move to two steps before a code that begins with 0, for what must not wait once begun.

    Does nothing where no such code is foreseen: whoever asks for one is told then.
    """
    device, time = customer.in_hand(), customer.scene.time
    first = time.step() + 3
    steps = range(first, first + MOST_STEPS) if device.foresees else ()
    for step in steps:
        if device.code_at(time.moment_in(step)).startswith("0"):
            time.to_step(step - 2)
            return


def move_far(scene: Scene, moment: datetime) -> None:
    """Move the SUT's clock years ahead.

    Raises `NotRun` where the clock cannot be put back: every later scenario would
    meet its tokens years too late.
    """
    if not scene.clock.reversible:
        raise NotRun(
            expected=f"時計を{moment:%Y年%m月%d日}まで進めること",
            observed="この時計は元に戻せず、以後のシナリオのトークンまで期限を過ぎてしまいます",
            hint="戻せる時計（adapters.clock）のある環境なら実施できます。",
        )
    scene.time.move_to(moment)


def require_valid_token(customer: Customer) -> None:
    """Raise `NotRun` for one whose token has expired at the SUT's time already."""
    expiry = customer.in_hand().asset.expires_at
    if expiry <= customer.scene.time.now():
        raise NotRun(
            expected=f"有効期限の残るトークンを持つ{customer.name}がいること",
            observed=f"{customer.name}のトークンの有効期限は{expiry:%Y年%m月%d日}です",
            hint="有効期限の離れたトークンを用意すると実施できます。",
        )


def stay_idle(customer: Customer) -> None:
    """Let the customer do nothing for longer than the declared time (IX-41)."""
    minutes = customer.scene.declaration.sessions.idle_minutes
    customer.scene.time.advance(timedelta(minutes=minutes) + _BEYOND)


def let_login_run_out(customer: Customer) -> None:
    """Let the customer do nothing until the login is over: the next one begins anew."""
    stay_idle(customer)
    customer.ran_out = True
    customer.logged_in = False


def outlast_session(customer: Customer) -> None:
    """Let the customer stay busy until the declared time since the login is over (IX-41).

    Raises `NotApplicable` where no such time is declared, `NotRun` where it would take
    hundreds of pages.
    """
    declared, time = customer.scene.declaration.sessions, customer.scene.time
    if declared.absolute_minutes is None:
        raise NotApplicable(
            expected="ログインから所定の時間がたつと切れることを確かめること",
            observed="ログインからの時間では切れないと宣言されています（sessions.absolute_minutes）",
        )
    whole = timedelta(minutes=declared.absolute_minutes) + _BEYOND
    stride = timedelta(minutes=declared.idle_minutes) * _SHARE
    if whole / stride > _MOST_SIGNS:
        raise NotRun(
            expected="操作を続けながら、ログインからの期限を過ぎること",
            observed=f"画面を{_MOST_SIGNS}回より多く開くことになります",
            hint="試験環境では sessions の二つの時間の差を小さくすると実施できます。",
        )
    while whole > stride:
        time.advance(stride)
        whole -= stride
        customer.site.agent.reload()
    time.advance(whole)


def require_two_sessions(customer: Customer) -> None:
    """Raise `NotApplicable` where nobody can be logged in twice at a time (IX-41)."""
    if customer.scene.declaration.sessions.concurrent != "allowed":
        raise NotApplicable(
            expected="二つのブラウザーで同時にログインして確かめること",
            observed="同時に二つのログインはできないと宣言されています（sessions.concurrent）",
        )


def retired_is_free(customer: Customer, owner: Customer) -> bool:
    """Tell whether a customer may use the token (again) that ``owner`` has deactivated (IX-35).

    Where it is refused only to its former owner, or only for some days, by the declaration.
    It is the one whose serial number was entered last, else the latest that was deactivated.
    """
    declared = customer.scene.declaration.retired
    if declared.scope == "customer" and customer is not owner:
        return True
    entered = customer.chosen.asset.serial if customer.chosen is not None else ""
    ended = owner.ended.get(entered, owner.deactivated_at)
    if declared.refused_days is None or ended is None:
        return False
    return customer.scene.time.now() >= ended + timedelta(days=declared.refused_days)


# -- mistakes ----------------------------------------------------------------


def almost_suspend_repeatedly(customer: Customer, times: int) -> None:
    """One mistake fewer than suspends, then a right login; so many times."""
    customer.scene.repeated_logins.clear()
    for _ in range(times):
        mistake_at_login(customer, customer.scene.threshold - 1)
        customer.scene.repeated_logins.append(customer.log_in("新しい"))


def mistake_at_login(customer: Customer, times: int, *phrases: str) -> None:
    """Log in with OTPs of these phrases in turn (none: wrong ones); each must be refused."""
    for phrase in islice(cycle(phrases or ("誤った",)), times):
        attempt = customer.log_in(phrase)
        attempt.require_refused(f"{phrase}ワンタイムパスワード")


def log_in_with_confirmation(customer: Customer, phrase: str) -> Attempt:
    """Try to log in with the OTP of a phrase and, for the login password, the confirmation one.

    Raises `NotApplicable` for a customer who was given one and the same for both.
    """
    account = customer.account
    if account.confirmation_password == account.login_password:
        raise NotApplicable(
            expected="ログインパスワードと確認用パスワードが違うこと",
            observed="用意されたお客さまの二つのパスワードは同じです",
        )
    return customer.log_in(phrase, password=account.confirmation_password)


def log_in_with_code_twice(customer: Customer, phrase: str) -> Attempt:
    """Try to log in with the OTP of a phrase both as the OTP and as the login password."""
    code = customer.code(phrase, "login")
    return customer.log_in("同じ", password=code)


def mistake_password(customer: Customer, times: int) -> None:
    """Enter wrong login passwords together with right OTPs; none may let in."""
    for _ in range(times):
        attempt = customer.log_in_with_wrong_password("新しい")
        attempt.require_refused("誤ったログインパスワード")


def mistake_at_deactivation(customer: Customer, times: int) -> None:
    """Enter wrong OTPs on the deactivation screen in one login; each must be refused.

    A login in between would take a right OTP, and begin the count anew.
    """
    customer.require_declared_otp_field()
    attempt = None
    for _ in range(times):
        if attempt is not None and not attempt.suspended:
            customer.require_same_login("利用解除のワンタイムパスワードを続けて間違える")
        attempt = customer.deactivate(code="誤った")
        attempt.require_refused("誤ったワンタイムパスワード")


def mistake_confirmation(customer: Customer, *, short_of: int = 0) -> None:
    """Enter a wrong confirmation password as often as declared, OTPs right; each is refused.

    ``short_of``: so many times fewer. Where no limit is declared, as often as wrong OTPs
    would suspend. Raises `NotRun` for a limit that would spend too many OTPs.
    """
    limit = customer.scene.declaration.confirmation_password.failure_limit
    times = (limit or customer.scene.threshold) - short_of
    if times > _MOST_MISTAKES:
        raise NotRun(
            expected=f"確認用パスワードを続けて{times}回間違えること",
            observed=f"{_MOST_MISTAKES}回を超える誤りは試みません",
            hint="試験環境で confirmation_password.failure_limit を小さくすると実施できます。",
        )
    for _ in range(times):
        attempt = customer.deactivate("一文字違いの")
        attempt.require_refused("誤った確認用パスワード")


def mistake_at_activation(customer: Customer, times: int) -> None:
    """Enter wrong OTPs on the activation screen; none may activate.

    Ends early when the customer is not let in any more.
    """
    for _ in range(times):
        customer.log_out()
        if not customer.log_in(None).accepted:
            return
        attempt = customer.activate(code="誤った")
        attempt.require_refused("誤ったワンタイムパスワード")
        customer.logged_in = not customer.site.login.is_shown()


def activate_after_new_login(customer: Customer) -> Attempt:
    """Log in anew and try to activate rightly; the end is wherever that stops."""
    customer.change_browser()
    attempt = customer.log_in(None)
    if not attempt.accepted:
        return attempt
    return customer.activate_token_in_hand()
