"""A customer as a person: an account, browsers, tokens in hand, and what is typed in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from otp_conformance.assets.port import Account, Provisioned
from otp_conformance.people.attempt import Attempt
from otp_conformance.people.codes import (
    CODE_PHRASES,
    TIMELESS_SOURCES,
    CodeChoice,
    offset_of,
    right_code,
    shown_around,
    wrong_code,
    zeros,
)
from otp_conformance.people.inputs import CONFIRMATION_PHRASES, SERIAL_SOURCES, SERIAL_SPOILERS
from otp_conformance.screens.site import Site
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.outcome import NotApplicable

if TYPE_CHECKING:
    from otp_conformance.run.world import World


class Person:
    """One customer with an account, tokens in hand, and one or more browsers.

    ``last`` is the end of the latest attempt, ``last_code`` the OTP entered
    in it. Secrets are handed to the masker before they are used.
    """

    def __init__(self, world: World, name: str, provisioned: Provisioned) -> None:
        self._world = world
        self.name = name
        self.account: Account = provisioned.account
        self.token: TokenDevice | None = provisioned.token
        self.retired: TokenDevice | None = None
        self.chosen: TokenDevice | None = None
        self.last: Attempt | None = None
        self.attempts: list[Attempt] = []
        self.last_code = ""
        self.noted_code = ""
        self.entered = False  # an OTP has been chosen for the attempt at hand
        self.logged_in = False
        self.remembered = False  # an OTP has been used in this browser
        self.issue_ended_at = ""  # hidden, selection or submission, of the latest issue
        self.deactivated_at: datetime | None = None
        self.awaiting_dispatch = False
        self._wrong_count = 0
        self._drift = 0  # time steps by which a used code was late
        self._way_closed = False
        self._site: Site | None = None
        self._former_site: Site | None = None
        world.keep_secret(self.account.login_password)
        world.keep_secret(self.account.confirmation_password)

    # -- browsers ---------------------------------------------------------

    @property
    def site(self) -> Site:
        """The site in the browser that the customer uses now."""
        if self._site is None:
            self._site = self._world.new_site()
        self._world.now_acting(self, self._site)
        return self._site

    def change_browser(self) -> None:
        """Go on in another browser; the old one stays as it is."""
        self._former_site = self._site
        self._site, self.logged_in, self.remembered = None, False, False

    def return_to_former_browser(self) -> None:
        """Go back to the browser used before the present one."""
        if self._former_site is None:
            raise LookupError(f"{self.name}には前のブラウザがありません（シナリオの誤り）")
        self._site, self._former_site = self._former_site, self._site

    def close_browser(self) -> None:
        """Close the browser without logging out."""
        if self._site is not None:
            self._site.agent.close()
        self.change_browser()

    def begin_anew(self) -> None:
        """Forget what was tried and seen so far, browser included: the scenario begins now."""
        self.close_browser()
        self._former_site = None
        self.last, self.last_code, self.entered = None, "", False
        self.attempts.clear()
        self._world.last = None

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

    def retire(self) -> None:
        """Note that the token in hand has been deactivated, and when."""
        self.retired, self.token = self.token, None
        self.deactivated_at = self._world.time.now()

    # -- OTPs -------------------------------------------------------------

    def code(self, phrase: str, function: str) -> str:
        """Return the OTP that a phrase of the features means.

        ``function`` (login, activation, deactivation) selects the declared
        window (IX-08).
        """
        choice = CODE_PHRASES[phrase]
        if choice.zero and not self._world.declaration.otp.leading_zeros:
            raise NotApplicable(
                expected="先頭の0も桁に数えて確かめること",
                observed="先頭の0は桁に含まないと宣言されています（otp.leading_zeros）",
            )
        code = self._code(choice, function)
        self._world.keep_secret(code)
        timely = choice.spoil is None and choice.source not in TIMELESS_SOURCES
        self._world.sendings.chosen(code, timely=timely)
        self.last_code = code
        self.entered = True
        return code

    def _code(self, choice: CodeChoice, function: str) -> str:
        match choice.source:
            case "same":
                return self.last_code
            case "noted":
                return self.noted_code
            case "wrong":
                self._wrong_count += 1
                return wrong_code(
                    self._world.devices(),
                    self._world.time,
                    digits=self._world.declaration.otp.digits,
                    nth=self._wrong_count,
                )
            case "zeros":
                return zeros(
                    self._world.devices(),
                    self._world.time,
                    digits=self._world.declaration.otp.digits,
                )
        device = self._device(choice.source)
        window = getattr(self._world.declaration.otp.window, function)
        offset = offset_of(choice, window.backward, window.forward)
        is_number = choice.offset.lstrip("+-").isdigit()
        if offset and is_number and -window.backward <= offset <= window.forward:
            raise NotApplicable(
                expected="許容幅の外の値で確かめること",
                observed=f"{abs(offset)}時間枠のずれは宣言された許容幅の中にあります",
            )
        self._require_unlearnt(offset, window.backward)
        code = right_code(
            device,
            self._world.time,
            self._world.ledger,
            offset=offset,
            fresh=choice.fresh,
            suits=lambda step, shown: self._suits(choice, step, shown),
        )
        if choice.source == "other_customer":
            self._world.other_of(self).last_code = code
        return choice.spoil(code) if choice.spoil else code

    def _require_unlearnt(self, offset: int, backward: int) -> None:
        """Raise `NotApplicable` where a late code has taught the system a drift (IX-09).

        A real token does not jump: after a code of its past none of its present comes.
        """
        learns = self._world.declaration.otp.resynchronisation == "drift_learning"
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
        return spoilt not in shown_around(self._world.devices(), self._world.time, step)

    def _device(self, source: str) -> TokenDevice:
        match source:
            case "own":
                return self.in_hand()
            case "spare":
                return self._world.spare_token()
            case "other_customer":
                return self._world.other_of(self).in_hand()
            case "other_retired":
                return self._world.other_of(self).retired_token()
            case "retired":
                return self.retired_token()
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

    @property
    def typed_at_activation(self) -> str | None:
        """The confirmation password where activation is declared to ask for it (IX-28)."""
        asked = self._world.declaration.confirmation_password.asked_at_activation
        return self.account.confirmation_password if asked else None

    def confirmation(self, phrase: str) -> str:
        """Return the confirmation password that a phrase of the features means."""
        value = CONFIRMATION_PHRASES[phrase](self.account)
        self._world.keep_secret(value)
        return value
