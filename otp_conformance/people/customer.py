"""The customer: an account, browsers, tokens in hand, and the verbs of the manual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from otp_conformance.assets.consumption import What
from otp_conformance.assets.port import Account, Provisioned
from otp_conformance.declaration.otp import Window
from otp_conformance.people.attempt import Action, Attempt, unproven
from otp_conformance.people.codes import (
    CODE_PHRASES,
    TIMELESS_SOURCES,
    CodeChoice,
    guess,
    offset_of,
    right_code,
    shown_around,
    wrong_code,
)
from otp_conformance.people.inputs import (
    CONFIRMATION_PHRASES,
    OF_ANOTHER,
    SAME_AS_OTP,
    SERIAL_SOURCES,
    SERIAL_SPOILERS,
)
from otp_conformance.people.scene import Scene
from otp_conformance.screens.reading import fact_under
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.outcome import DeclarationMismatch, NotApplicable

MAIN = "お客さま"
OTHER = "別のお客さま"


class Customer:
    """Somebody who logs in, applies, activates and deactivates, in one or more browsers.

    ``everybody``: the customers of the scenario by name, this one included. Every end of
    an attempt is kept in ``attempts``; ``last_code`` is the OTP entered in the latest.
    Secrets are handed to the masker before they are used.
    """

    def __init__(
        self,
        scene: Scene,
        everybody: Mapping[str, Customer],
        name: str,
        provisioned: Provisioned,
    ) -> None:
        self.scene = scene
        self._everybody = everybody
        self.name = name
        self.account: Account = provisioned.account
        self.token: TokenDevice | None = provisioned.token
        self.retired: TokenDevice | None = None
        self.retired_first: TokenDevice | None = None
        self.chosen: TokenDevice | None = None
        self.issued: TokenDevice | None = None  # a software token known only at issue
        self.attempts: list[Attempt] = []
        self.last_code = ""
        self.noted_code = ""
        self._unused = ("", 0)  # a displayed code that was not entered, and its time step
        self.entered = False  # an OTP has been chosen for the attempt at hand
        self._right = False  # and it is one that a token displays, unspoilt
        self.logged_in = False
        self.ran_out = False  # a login was left alone until it had to be over
        self.remembered = False  # an OTP has been used in this browser
        self.issue_ended_at = ""  # hidden, selection or submission, of the latest issue
        self.deactivated_at: datetime | None = None
        self.ended: dict[str, datetime] = {}  # when each token was deactivated, by its serial
        self.awaiting_dispatch = False
        self._wrong_count = 0
        self._drift = 0  # time steps by which a used code was late
        self._way_closed = False
        self._site: Site | None = None
        self._former_site: Site | None = None
        scene.customers.append(self)
        scene.keep_secret(self.account.login_password)
        scene.keep_secret(self.account.confirmation_password)

    # -- browsers ---------------------------------------------------------

    @property
    def site(self) -> Site:
        """The site in the browser that the customer uses now."""
        if self._site is None:
            self._site = self.scene.new_site()
        self.scene.now_acting(self.name, self._site)
        return self._site

    def change_browser(self) -> None:
        """Go on in another browser; the old one stays as it is."""
        self._former_site = self._site
        self._site, self.logged_in, self.remembered = None, False, False

    def return_to_former_browser(self) -> None:
        """Go back to the browser used before the present one."""
        if self._former_site is None:
            raise LookupError(f"{self.name}には前のブラウザーがありません（シナリオの誤り）")
        self._site, self._former_site = self._former_site, self._site

    def close_browser(self) -> None:
        """Close the browser without logging out."""
        if self._site is not None:
            self._site.agent.close()
        self.change_browser()

    def share_browser_of(self, other: Customer) -> None:
        """Go on at the browser that another customer has logged out of."""
        self._former_site, self._site = self._site, other.site
        self.logged_in, self.remembered = False, False

    def begin_anew(self) -> None:
        """Forget what was tried and seen so far, browser included: the scenario begins now."""
        self.close_browser()
        self._former_site = None
        self.last_code, self.entered = "", False
        self.attempts.clear()
        self.scene.last = None

    def forget_cookies(self) -> None:
        """Clear everything that the browser remembers."""
        self.site.agent.forget_cookies()
        self.logged_in, self.remembered = False, False

    # -- what is in hand --------------------------------------------------

    def in_hand(self) -> TokenDevice:
        """Return the token in the customer's hand; a scenario without one is wrong."""
        if self.token is None:
            raise LookupError(f"{self.name}の手元にトークンがありません（シナリオの誤り）")
        return self.token

    def other(self) -> Customer:
        """Return the other customer of the scenario."""
        name = MAIN if self.name == OTHER else OTHER
        if name not in self._everybody:
            raise LookupError(f"「{name}」が前提に現れていません（シナリオの誤り）")
        return self._everybody[name]

    def _tokens(self) -> list[TokenDevice]:
        """Return every token of the scenario."""
        held = [
            token
            for each in self._everybody.values()
            for token in (each.token, each.retired, each.retired_first)
        ]
        return [token for token in (*held, self.scene.spare) if token is not None]

    def retire(self) -> None:
        """Note that the token in hand has been deactivated, and when."""
        self.retired, self.token = self.token, None
        self.retired_first = self.retired_first or self.retired
        self.deactivated_at = self.scene.time.now()
        if self.retired is not None:
            self.ended[self.retired.asset.serial] = self.deactivated_at

    # -- OTPs -------------------------------------------------------------

    def code(self, phrase: str, function: str) -> str:
        """Return the OTP that a phrase of the features means.

        ``function`` (login, activation, deactivation) selects the declared
        window (IX-08).
        """
        choice = CODE_PHRASES[phrase]
        if choice.zero and not self.scene.declaration.otp.leading_zeros:
            raise NotApplicable(
                expected="先頭の0も桁に数えて確かめること",
                observed="先頭の0は桁に含まないと宣言されています（otp.leading_zeros）",
            )
        code = self._code(choice, function)
        self.scene.keep_secret(code)
        timely = choice.spoil is None and choice.source not in TIMELESS_SOURCES
        self.scene.sendings.chosen(code, timely=timely, made=phrase)
        self._right = timely
        self.last_code = code
        self.entered = True
        return code

    def _code(self, choice: CodeChoice, function: str) -> str:
        digits = self.scene.declaration.otp.digits
        match choice.source:
            case "same":
                return self.last_code
            case "noted":
                return self.noted_code
            case "unused":
                return self._unused_code(getattr(self.scene.declaration.otp.window, function))
            case "wrong":
                self._wrong_count += 1
                tokens, nth = self._tokens(), self._wrong_count
                return wrong_code(tokens, self.scene.time, digits=digits, nth=nth)
            case "zeros":
                return guess(self._tokens(), self.scene.time, "0" * digits)
            case "ascending":
                return guess(self._tokens(), self.scene.time, "1234567890"[:digits])
        device = self._device(choice.source)
        window = getattr(self.scene.declaration.otp.window, function)
        offset = offset_of(choice, window.backward, window.forward)
        is_number = choice.offset.lstrip("+-").isdigit()
        if offset and is_number and -window.backward <= offset <= window.forward:
            raise NotApplicable(
                expected="許容幅の外の値で確かめること",
                observed=f"{abs(offset)}時間枠のずれは宣言された許容幅の中にあります",
            )
        if not choice.drifting:
            self._require_unlearnt(offset, window.backward)
        code = right_code(
            device,
            self.scene.time,
            self.scene.ledger,
            offset=offset,
            fresh=choice.fresh,
            suits=lambda step, shown: self._suits(choice, step, shown),
        )
        if choice.source == "other_customer":
            self.other().last_code = code
        return choice.spoil(code) if choice.spoil else code

    def note_unused_code(self) -> None:
        """Note what the token displays now, to be entered after the next one."""
        time = self.scene.time
        code = right_code(self.in_hand(), time, self.scene.ledger, offset=0, fresh=True)
        self.scene.keep_secret(code)
        self._unused = (code, time.step())

    def _unused_code(self, window: Window) -> str:
        """Return the code that was noted and not used, if its time step still counts (IX-08)."""
        code, step = self._unused
        late = self.scene.time.settle() - step
        if late > window.backward:
            raise NotApplicable(
                expected="使わなかった前の値を、許容幅の中で入力すること",
                observed=f"{late}つ前の時間枠の値は、宣言された許容幅の外にあります",
            )
        return code

    def _require_unlearnt(self, offset: int, backward: int) -> None:
        """Raise `NotApplicable` where a late code has taught the system a drift (IX-09).

        A real token does not jump: after a code of its past none of its present comes.
        """
        learns = self.scene.declaration.otp.resynchronisation == "drift_learning"
        if learns and self._drift and offset != self._drift:
            raise NotApplicable(
                expected="古い値を使った後に、表示中の値で確かめること",
                observed="時刻のずれを値から学ぶと宣言されています（otp.resynchronisation）",
            )
        if -backward <= offset < 0:
            self._drift = offset

    def _suits(self, choice: CodeChoice, step: int, code: str) -> bool:
        """Tell whether a code has the wished form and, once spoilt, is no token's by luck."""
        if not code.startswith(choice.begins):
            return False
        spoilt = choice.spoil(code) if choice.spoil else ""
        if len(spoilt) != len(code) or not (spoilt.isascii() and spoilt.isdigit()):
            return True
        return spoilt not in shown_around(self._tokens(), self.scene.time, step)

    def _device(self, source: str) -> TokenDevice:
        match source:
            case "own":
                return self.in_hand()
            case "spare":
                return self.scene.spare_token()
            case "other_customer":
                return self.other().in_hand()
            case "other_retired":
                return self.other().retired_token()
            case "retired":
                return self.retired_token()
            case "retired_first" if self.retired_first is not None:
                return self.retired_first
            case "chosen" if self.chosen is not None:
                return self.chosen
        raise LookupError(f"「{source}」にあたるトークンがありません（シナリオの誤り）")

    def retired_token(self) -> TokenDevice:
        """Return the token that this customer has deactivated."""
        if self.retired is None:
            raise LookupError(f"{self.name}は利用解除していません（シナリオの誤り）")
        return self.retired

    def serial(self, phrase: str) -> str:
        """Return the serial that a phrase of the features means."""
        source = SERIAL_SOURCES.get(phrase)
        if source is not None:
            self.chosen = self._device(source)
            return self.chosen.asset.serial
        self.chosen = self.in_hand()
        return SERIAL_SPOILERS[phrase](self.chosen.asset.serial)

    def confirmation(self, phrase: str) -> str:
        """Return the confirmation password that a phrase of the features means."""
        if phrase == OF_ANOTHER:
            value, own = self.other().account.confirmation_password, self.account
            self._require_another(value, own.confirmation_password, "確認用パスワード")
        elif phrase == SAME_AS_OTP:
            value = self.last_code
        else:
            value = CONFIRMATION_PHRASES[phrase](self.account)
        self.scene.keep_secret(value)
        return value

    # -- the verbs of the manual ----------------------------------------

    @property
    def way_closed(self) -> bool:
        """Whether the latest way ended at a control that could not be used."""
        return self._way_closed

    def log_in(
        self, phrase: str | None, *, password: str | None = None, login_id: str | None = None
    ) -> Attempt:
        """Try to log in with the OTP of a phrase; None: stop where it is asked.

        ``password`` and ``login_id`` instead of the customer's own. Whoever is to enter
        an OTP where devices are remembered does so on a new device.
        """
        code = None if phrase is None else self.code(phrase, "login")
        self.log_out()
        if code is not None and self.scene.declaration.login.remembered_devices:
            self.forget_cookies()
        site = self.site
        site.login.open(login_id or self.account.login_id)
        if self.ran_out and site.top.is_shown():
            raise DeclarationMismatch(
                expected="操作をしないまま宣言の時間が過ぎると、ログインの期限が切れること",
                observed=f"ログインしたままです（{site.describe()}）",
                hint="宣言の sessions.idle_minutes を実際の時間にしてください。ブラウザーの時計で"
                "切れる製品では、検査対象の時計を進めても切れません。",
            )
        self.ran_out = False
        used = self.account.login_password if password is None else password
        one_page = site.login.has_otp_field()
        otp = (code or "") if one_page else None
        sent = site.login.submit(login_id or self.account.login_id, used, otp)
        entered = one_page or site.login_otp.is_shown()
        if code is not None and site.login_otp.is_shown():
            sent = site.login_otp.submit(code) and sent
        self.logged_in = site.top.is_shown()
        self.remembered = self.remembered or (self.logged_in and code is not None)
        asked = site.login_otp.is_shown() or (one_page and not self.logged_in and code is None)
        # A page that wants something typed, between password and top page, may be the OTP's.
        between = not entered and not self.logged_in and bool(site.view().fields)
        attempt = self._ended(
            Attempt(
                Action.LOGIN,
                accepted=self.logged_in,
                told=site.tells_refusal() or asked or not sent,
                seen=site.describe(),
                suspended=site.suspension_shown(),
                asked_otp=asked,
                unasked=self.logged_in and code is not None and not entered,
                unproven="" if sent else "入力しても、送信のボタンが押せないままでした",
            ),
            site.login_otp if between else site.top,
        )
        if between and code is not None:
            attempt.require_known()  # the OTP was not sent: there is no attempt to judge
        return attempt

    def log_in_with_wrong_password(self, phrase: str) -> Attempt:
        """Try to log in with the OTP of a phrase and a wrong login password."""
        return self.log_in(phrase, password=self.wrong_password())

    def password_of_another(self) -> str:
        """Return the other customer's login password, which is wrong for this one."""
        value = self.other().account.login_password
        self._require_another(value, self.account.login_password, "ログインパスワード")
        return value

    @staticmethod
    def _require_another(theirs: str, own: str, what: str) -> None:
        if theirs == own:
            raise NotApplicable(
                expected=f"二人の{what}が違うこと",
                observed=f"用意された二人の{what}は同じです",
            )

    def wrong_password(self) -> str:
        """Return a wrong login password."""
        wrong = self.account.login_password[::-1] + "x"
        self.scene.keep_secret(wrong)
        return wrong

    def notices(self) -> tuple[str, ...]:
        """Return the subjects of all that the customer has been sent; needs ``@needs.outbox``."""
        if self.scene.notices is None:
            raise LookupError("通知の確認手段がありません（シナリオに @needs.outbox が要ります）")
        return self.scene.notices(self.account.login_id)

    def log_in_repeatedly(self, times: int) -> list[Attempt]:
        """Try to log in so many times, each time with a fresh OTP."""
        return [self.log_in("新しい") for _ in range(times)]

    def note_code(self) -> None:
        """Remember the OTP used last."""
        self.noted_code = self.last_code

    def log_out(self) -> None:
        """Log out if logged in."""
        if self.logged_in:
            self.site.logout()
            self.logged_in = False

    def ensure_logged_in(self) -> None:
        """Log in as this customer needs to, unless already logged in."""
        if self.logged_in:
            return
        attempt = self.log_in(None)
        if not attempt.accepted and attempt.asked_otp and self.token is not None:
            attempt = self.log_in("新しい")
        attempt.require_accepted()

    def choose_menu(self, level: int) -> None:
        """Choose the menu item of a level of the declared path (IX-04); 0 is the first."""
        self.ensure_logged_in()
        self.site.top.choose(level)

    def choose_rest_of_menu(self) -> None:
        """Choose every further level of the declared path."""
        for level in range(1, len(self.site.declared_path())):
            self.choose_menu(level)

    def walk_to_portal(self) -> None:
        """Go to the request selection screen in the session at hand, logged in or not."""
        if self._open_inside():
            self._open_portal()

    def reopen_portal(self) -> Site:
        """Load the request selection screen anew. Raise `SetupFailed` where that fails."""
        self.go_to_portal()
        self.site.portal.require()
        return self.site

    def go_to_portal(self) -> bool:
        """Walk to the request selection screen; False where that ends elsewhere.

        A session that has ended meanwhile (the clock may have moved by days)
        is begun again, as a customer would do.
        """
        entering = not self.logged_in
        self.ensure_logged_in()
        if entering and self.scene.entrance_keeps is None:
            self._try_entrance()
        if not self._open_inside():
            self._enter_again()
        self._open_portal()
        if self._asked_to_log_in():
            self._enter_again()
            self._open_portal()
        return self.site.portal.is_shown()

    def _asked_to_log_in(self) -> bool:
        """Tell whether the way has led to the login, maybe behind a box that says so first."""
        in_sight = self.site.current if self.site.view().dialog else self.site.in_sight
        return in_sight() == "login" or self.site.way_to_login() is not None

    def _enter_again(self) -> None:
        if self.site.asks_to_log_in():
            self.logged_in = False
            self.ensure_logged_in()

    def _try_entrance(self) -> None:
        """Find out, just logged in, whether the entrance knows who is: nothing is lost yet.

        Where a session lives in the addresses it asks for the login again.
        """
        self.site.open_start()
        self.scene.entrance_keeps = not self.site.login.is_shown()
        self._enter_again()

    def _open_inside(self) -> bool:
        """Be on a page that leads to the portal; False where the entrance shows none.

        That is the entrance's; where it forgets who is logged in, or may, the page in sight.
        """
        may_leave = self.scene.entrance_keeps or not self.logged_in
        # A page that has long been in sight is not waited for.
        if not may_leave and (self._offers_menu() or self.site.in_sight() == "portal"):
            return True
        self.site.open_start()
        return self._leads_on()

    def _leads_on(self) -> bool:
        return self._offers_menu() or self.site.portal.is_shown()

    def _offers_menu(self) -> bool:
        return self.site.agent.has(self.site.top.menu(0))

    def _open_portal(self) -> None:
        """Walk the declared menu path, or load the portal in sight anew; stop at the login."""
        site = self.site
        if not self._offers_menu() and site.portal.is_shown():
            site.agent.reload()
            return
        for level in range(len(site.declared_path())):
            if not self._asked_to_log_in():
                site.top.choose(level)

    def go_to_issue_confirmation(self, kind: Kind) -> bool:
        """Walk to the issue confirmation of a kind; False where the way is closed."""
        self.issue_ended_at = "selection"
        if not self.go_to_kind_selection():
            return False
        if not self.site.kind_selection.can_choose(kind):
            self.issue_ended_at = "hidden"
            return False
        self._way_closed = False
        self.site.kind_selection.choose(kind)
        shown = self.site.issue_confirm.of(kind).is_shown()
        self.issue_ended_at = "submission" if shown else "selection"
        return shown

    def go_to_hardware_confirmation(self) -> bool:
        """Walk to the issue confirmation of a hardware token."""
        return self.go_to_issue_confirmation(Kind.HARDWARE)

    def go_to_kind_selection(self) -> bool:
        """Walk to the selection of a kind; False where the way is closed."""
        if not self._press_on_portal("portal.issue"):
            return False
        self._way_closed = self.site.kind_selection.is_shown()
        return self._way_closed

    def _press_on_portal(self, button: str) -> bool:
        """Press a portal button unless it is disabled or hidden (which tells enough).

        A portal drawn by a script may be in sight although its session has ended.
        """
        if self._presses(button) and self._asked_to_log_in():
            self._enter_again()
            self._presses(button)
        return not self._way_closed

    def _presses(self, button: str) -> bool:
        portal = self.reopen_portal().portal
        self._way_closed = not portal.can_press(button)
        if not self._way_closed:
            portal.press(button)
        return not self._way_closed

    def issue(self, kind: Kind = Kind.HARDWARE, confirmation: str = "正しい") -> Attempt:
        """Try to apply for a token with the confirmation password of a phrase."""
        password = self.confirmation(confirmation)
        if self.go_to_issue_confirmation(kind):
            self.site.issue_confirm.of(kind).submit(password)
        return self._issue_ended(kind)

    def _issue_ended(self, kind: Kind) -> Attempt:
        site = self.site
        accepted = site.issue_complete.of(kind).is_shown()
        self.awaiting_dispatch = self.awaiting_dispatch or (accepted and kind is Kind.HARDWARE)
        seeds = self.scene.declaration.adapters.tokens.software
        if accepted and kind is Kind.SOFTWARE and seeds.source != "prepared":
            self.issued = self.scene.provisioner.issued_software_token(
                self.account.login_id, lambda caption: fact_under(site.view(), caption) or ""
            )
        return self._ended(
            Attempt(Action.ISSUE, accepted=accepted, told=self._told(), seen=site.describe()),
            site.issue_complete.of(kind),
        )

    def issue_with_double_click(self) -> Attempt:
        """Apply for a hardware token, pressing the button twice in a row."""
        self.go_to_issue_confirmation(Kind.HARDWARE)
        confirmation = self.confirmation("正しい")
        self.site.issue_confirm.submit_twice(confirmation)
        return self._issue_ended(Kind.HARDWARE)

    def go_to_activation(self) -> bool:
        """Walk to the activation screen; False where the way is closed."""
        if not self._press_on_portal("portal.activate"):
            return False
        site = self.site
        return any(site.activation.of(kind).is_shown() for kind in Kind)

    def activation_inputs(
        self, serial: str = "届いたトークンの", code: str = "新しい"
    ) -> tuple[str, str, str | None]:
        """Return what is typed to activate a hardware token, by its phrases.

        The confirmation password only where that is declared to be asked (IX-28).
        """
        asked = self.scene.declaration.confirmation_password.asked_at_activation
        password = self.account.confirmation_password if asked else None
        return self.serial(serial), self.code(code, "activation"), password

    def activate(self, serial: str = "届いたトークンの", code: str = "新しい") -> Attempt:
        """Try to activate a hardware token with the serial and the OTP of these phrases."""
        inputs = self.activation_inputs(serial, code)
        if self.go_to_activation():
            self.site.activation.submit(*inputs)
        return self._activation_ended(Kind.HARDWARE)

    def activate_token_in_hand(self) -> Attempt:
        """Try to activate the token in hand, of whichever kind, everything being right."""
        if self.in_hand().asset.kind is Kind.HARDWARE:
            return self.activate()
        code = self.code("新しい", "activation")
        if self.go_to_activation():
            self.site.activation.of(Kind.SOFTWARE).submit(code)
        return self._activation_ended(Kind.SOFTWARE)

    def _activation_ended(self, kind: Kind) -> Attempt:
        site = self.site
        accepted = any(site.activation_complete.of(each).is_shown() for each in Kind)
        return self._ended(
            Attempt(Action.ACTIVATION, accepted=accepted, told=self._told(), seen=site.describe()),
            site.activation_complete.of(kind),
        )

    def go_to_deactivation(self) -> bool:
        """Walk to the deactivation screen; False where the way is closed."""
        if not self._press_on_portal("portal.deactivate"):
            return False
        return self.site.deactivation.is_shown()

    def deactivation_inputs(
        self, screen: Screen, confirmation: str = "正しい", code: str = "新しい"
    ) -> tuple[str, str | None]:
        """Return what is typed to deactivate, by its phrases; the OTP only where it is asked."""
        otp = self.code(code, "deactivation") if screen.has_otp_field() else None
        return self.confirmation(confirmation), otp

    def deactivate(
        self, confirmation: str = "正しい", code: str = "新しい", *, keyboard: bool = False
    ) -> Attempt:
        """Try to deactivate with the confirmation password and the OTP of these phrases."""
        if code != "新しい":
            self.require_declared_otp_field()
        if code == "同じ":
            self.require_same_login("同じワンタイムパスワードで利用解除を試みる")
        if self.go_to_deactivation():
            screen = self.site.deactivation
            inputs = self.deactivation_inputs(screen, confirmation, code)
            if keyboard:
                screen.submit_with_keyboard(*inputs)
            else:
                screen.submit(*inputs)
        site = self.site
        accepted = site.deactivation_complete.is_shown()
        if accepted:
            self.retire()
        if site.login.is_shown() or site.suspension_shown():
            self.logged_in = False
        return self._ended(
            Attempt(
                Action.DEACTIVATION,
                accepted=accepted,
                told=self._told(),
                seen=site.describe(),
                suspended=site.suspension_shown(),
            ),
            site.deactivation_complete,
        )

    def require_same_login(self, what: str) -> None:
        """Raise `NotApplicable` where the latest refusal has ended the login; ``what`` needs it."""
        if not self.logged_in:
            raise NotApplicable(
                expected=f"同じログインのまま、{what}こと",
                observed=f"拒否されると、ログインし直すよう求められます（{self.site.describe()}）",
            )

    def require_declared_otp_field(self) -> None:
        """Raise `NotApplicable` where the declaration says that deactivation asks no OTP."""
        if not self.scene.declaration.ics.otp_on_deactivation:
            raise NotApplicable(
                expected="利用解除の画面のワンタイムパスワード欄で確かめること",
                observed="利用解除の画面にワンタイムパスワード欄がないと宣言されています",
            )

    def wait_for_effect(self, action: Action) -> None:
        """Wait as long as an activation or deactivation is declared to take (IX-36)."""
        if action in (Action.ACTIVATION, Action.DEACTIVATION):
            self.scene.time.wait_for_effect(self.scene.declaration.effect.latency_seconds)

    def _told(self) -> bool:
        return self.site.tells_refusal() or self._way_closed

    def _note_spending(self, attempt: Attempt) -> None:
        """Note the code that the attempt used up, or the mistake that it was."""
        spending, login_id = self.scene.spending, self.account.login_id
        entered, self.entered = self.entered, False
        device = self.token or self.retired
        if entered and attempt.accepted and device is not None:
            step = self.scene.ledger.newest(device)
            spending.note(What.CODE, device.asset.serial, "" if step is None else str(step))
        elif entered:
            spending.note(What.WRONG, login_id, str(attempt.action))
        if attempt.suspended:
            spending.note(What.SUSPENDED, login_id)
        if attempt.accepted and attempt.action is Action.DEACTIVATION and device is not None:
            spending.note(What.BURNT, device.asset.serial)

    def _ended(self, attempt: Attempt, success: Screen) -> Attempt:
        """Keep the end of an attempt; ``success``: the screen that would have told success."""
        told = self.site.tells_refusal()
        why = unproven(self.site.agent.delivery(), told=told)
        new = self.site.may_tell_refusal()
        attempt = replace(attempt, unproven=attempt.unproven or why, news=new)
        told_otherwise = attempt.told and not told
        if not attempt.accepted and not told_otherwise and self.site.is_strange():
            manual = self.scene.declaration.manual
            known = self.site.knows_title(success.key)
            titled = manual.kept(success.described.verifies.get("title", ())) if known else ()
            attempt = replace(
                attempt,
                strange=success.title_key,
                titled_by=titled,
                between=self.site.between(),
            )
        if self.entered and self._right:
            typed = self.scene.declaration.adapters.tokens.kind == "person"
            attempt = replace(attempt, typed=typed)
        self._note_spending(attempt)
        if attempt.accepted:
            self.wait_for_effect(attempt.action)
        self.attempts.append(attempt)
        self.scene.last = attempt
        return attempt
