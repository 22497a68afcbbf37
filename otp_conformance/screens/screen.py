"""A screen of the manual, over its description in screens.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self

from otp_conformance.agent.page import Control, FormRequest, Parameter
from otp_conformance.agent.trouble import NothingSent, NotPressable, nothing_sent
from otp_conformance.screens.desk import Desk, Presence
from otp_conformance.screens.stand_ins import stand_ins
from otp_conformance.specification.words import Kind
from otp_conformance.verdict.outcome import Outcome, SetupFailed

_CONFIRMATION = "confirmation.field"
_GROUPING = re.compile(r"[\s-]")


class Screen:
    """One screen, recognised by its normalised title, with its fields and buttons by name.

    ``key``: its table in screens.toml. Whoever needs more than fields and buttons has a
    small class of their own.
    """

    def __init__(self, desk: Desk, key: str) -> None:
        self._desk = desk
        self._family = desk.declaration.manual.screens
        self.described = self._family[key]

    @property
    def key(self) -> str:
        """Its name in screens.toml and in a declaration's ``[screen_marks]``."""
        return self.described.key

    @property
    def title_key(self) -> str:
        """The label key of its title."""
        return self.described.title_key

    @property
    def title(self) -> str:
        """The title in the declaration's first wording."""
        return self._desk.labels(self.title_key)[0]

    def of(self, kind: Kind) -> Self:
        """Return the screen of a kind of token, where each has its own."""
        if kind is Kind.HARDWARE or not self.described.software:
            return self
        return type(self)(self._desk, self.described.software)

    # -- is it in sight ----------------------------------------------------

    def is_shown(self) -> bool:
        """Tell whether this is the screen on the page now."""
        return self._desk.recognise(self._family.values()) == self.key

    def require(self) -> None:
        """Raise `SetupFailed` unless this screen is shown.

        A screen on the way is no requirement's matter here; where reaching it
        is, `is_shown` is judged.
        """
        shown = self._desk.recognise(self._family.values())
        if shown == self.key:
            return
        unknown = f"その画面なら、題名を宣言の [labels] の {self.title_key} に書いてください。"
        raise SetupFailed(
            expected=f"画面「{self.title}」が表示されること",
            observed=f"{self._desk.describe()}が表示されました",
            hint="" if shown else unknown,
        )

    def field_control(self, name: str) -> Control:
        """Return a field, by its name on this screen or its label key."""
        return self._desk.field(self.described.part(name), screen=self.key)

    def button_control(self, button: str) -> Control:
        """Return a button, by its name on this screen or its label key."""
        return self._desk.action(self.described.part(button), screen=self.key)

    # -- buttons and facts -------------------------------------------------

    def press(self, button: str) -> None:
        """Press a button by its name on this screen, or by its label key."""
        self._desk.about_to_send()
        self._desk.agent.press(self.button_control(button))

    def back(self) -> None:
        """Press 戻る."""
        self.press("back")

    def cancel(self) -> None:
        """Press 申込を中止する."""
        self.press("cancel")

    def to_portal(self) -> None:
        """Press ワンタイムパスワード申請内容選択へ."""
        self.press("to_portal")

    def to_top(self) -> None:
        """Press トップページへ."""
        self.press("to_top")

    def fact(self, name: str) -> str:
        """Return the value under a caption, empty if there is none."""
        return self._desk.fact(self.described.part(name), screen=self.key) or ""

    def serial(self) -> str:
        """Return the serial as printed (ACT-31)."""
        return self.fact("serial")

    def expiry(self) -> str:
        """Return the expiry as printed (ACT-32)."""
        return self.fact("expiry")

    def has_button(self, button: str) -> bool:
        """Tell whether a button is on the page, by its name or label key."""
        return self._desk.agent.has(self.button_control(button))

    def has_field(self, name: str) -> bool:
        """Tell whether a field is on the page, by its name or label key."""
        return self._desk.agent.has(self.field_control(name))

    def has_otp_field(self) -> bool:
        """Tell whether the OTP is asked here (AMB-26, AMB-39)."""
        return self.has_field("otp.field")

    # -- the form ----------------------------------------------------------

    def fill(self, *values: str | None) -> None:
        """Fill the fields in, in the manual's order; None, and what is left out, stay alone."""
        for key, value in self.given(values).items():
            self._enter(key, value)

    def submit(self, *values: str | None) -> bool:
        """Fill in as `fill` does and press the button that sends; True: it was sent."""
        self.send_values(self.given(values))
        return True

    def submit_twice(self, *values: str | None) -> None:
        """Fill in as `fill` does and double-click the button."""
        self.fill(*values)
        self._desk.about_to_send()
        self._desk.agent.press_twice(self.submit_control())

    def submit_with_keyboard(self, confirmation: str, *values: str | None) -> None:
        """Click the confirmation password, type the rest, press the button (DEA-24)."""
        self.click_confirmation(confirmation)
        self.fill(None, *values)
        self.press_submit()

    def given(self, values: tuple[str | None, ...]) -> dict[str, str]:
        """Return values in the manual's order by the label keys of their fields, without None."""
        names = self.described.fields
        if len(values) > len(names):
            raise LookupError(f"画面「{self.title}」の入力欄は {len(names)} つです")
        return {key: v for key, v in zip(names, values, strict=False) if v is not None}

    def fill_confirmation(self, confirmation: str) -> None:
        """Enter the confirmation password (確認用パスワード)."""
        self._enter(_CONFIRMATION, confirmation)

    def _enter(self, key: str, value: str) -> bool:
        """Enter a value; tell whether the field holds it as it was meant."""
        if self._clicked(key):
            self.click_confirmation(value)
            return True
        return _as_meant(self._desk.agent.fill(self.field_control(key), value), value)

    def _clicked(self, key: str) -> bool:
        """Tell whether a field takes clicks only: typing is declared impossible (IX-29)."""
        declared = self._desk.declaration
        forced = declared.ics.on_screen_keyboard and declared.keyboard.use == "forced"
        return forced and key == _CONFIRMATION and self.key in declared.keyboard.screens

    def click_confirmation(self, confirmation: str) -> None:
        """Enter the confirmation password by the on-screen keyboard.

        Raises `SetupFailed` where a declared one is not there: the product's matter, as it
        is for the look at the screen (SCR-57).
        """
        agent = self._desk.agent
        opener = self.button_control("keyboard.open")
        if not (agent.has(opener) or (agent.look_again() and agent.has(opener))):
            named = "」か「".join(opener.names)
            raise SetupFailed(
                expected=f"宣言されたソフトウェアキーボードを開くボタン「{named}」があること",
                observed=f"そのボタンがありません（{self._desk.describe()}）",
                hint="画面の表示が手順書と違うなら、宣言の [labels] の keyboard.open に"
                "実際の表示を加えてください。",
            )
        agent.type_by_clicks(self.field_control(_CONFIRMATION), opener, confirmation)
        done = self.button_control("keyboard.done")
        if agent.has(done):
            agent.press(done)

    def press_submit(self) -> None:
        """Press the button that sends the form."""
        self._desk.about_to_send()
        self._desk.agent.press(self.submit_control())

    def send_values(self, values: Mapping[str, str]) -> None:
        """Fill fields (label key to value) and send the form.

        A value that the page itself cuts (maxlength) or cleans goes out as it
        was meant, in the same request: the refusal to be seen is the server's.
        """
        self.send_entered(values, as_meant=self.enter(values))

    def enter(self, values: Mapping[str, str]) -> bool:
        """Fill fields (label key to value); tell whether all hold what was meant."""
        held = [self._enter(key, value) for key, value in values.items()]  # every one of them
        return all(held)

    def send_entered(self, values: Mapping[str, str], *, as_meant: bool) -> None:
        """Send the form with what was entered; ``as_meant``: see `enter`.

        Where the page lets only be sent what looks right, what was meant is put in the
        place of what does.
        """
        typed = {key: value for key, value in values.items() if not self._clicked(key)}
        if as_meant:
            try:
                self.press_submit()
            except NotPressable as refused:
                self._let_it_be_sent(typed, refused)
            else:
                if not self._refused_by_the_page(values, typed):
                    return
        request = self._request_of(typed)
        self._desk.about_to_send()
        for key, value in typed.items():
            request = request.with_value(self.parameter(key), value)
        self._desk.agent.send(request)

    def _refused_by_the_page(self, values: Mapping[str, str], typed: Mapping[str, str]) -> bool:
        """Tell whether the page refused by itself, and stand-ins are ready for what it refused.

        A script that checks what was entered says so and sends nothing: a server without that
        check would never be found out.
        """
        if self._desk.agent.delivery().requests or not self.is_shown():
            return False
        nothing = nothing_sent(self.submit_control())
        try:
            self._let_it_be_sent(typed, nothing)
        except NothingSent:
            if stand_ins(typed, self._desk.declaration) != typed:
                self.enter(values)  # as it was: the page's refusal is all that there is
                self.press_submit()
            return False
        return True

    def _request_of(self, typed: Mapping[str, str]) -> FormRequest:
        try:
            return self.request()
        except (NotPressable, NothingSent) as refused:
            self._let_it_be_sent(typed, refused)
            return self.request()

    def _let_it_be_sent(self, typed: Mapping[str, str], refused: Outcome) -> None:
        """Enter what looks right in the place of what does not, so that the button is free.

        Raises ``refused`` where that is no way: nothing that was typed looks wrong, it is not
        what keeps the button, or the page would send it by itself.
        """
        agent, looks = self._desk.agent, stand_ins(typed, self._desk.declaration)
        if looks == typed:
            raise refused
        if not all(agent.try_on(self.field_control(key), looks[key]) for key in looks):
            raise refused
        if self._is_kept():
            agent.type_again()
        if self._is_kept():
            raise refused

    def _is_kept(self) -> bool:
        shown = self._desk.presence(self.described.submit, screen=self.key)
        return shown is not Presence.ENABLED

    def submit_control(self) -> Control:
        """Return the button that sends the form."""
        return self.button_control(self.described.submit)

    def request(self) -> FormRequest:
        """Return the request that sending the form would send now; it may be sent later."""
        self._desk.about_to_send()
        return self._desk.agent.form_request(self.submit_control())

    def parameter(self, name: str) -> Parameter:
        """Return the parameter of a field, to alter a kept request."""
        return self._desk.agent.field_name(self.field_control(name))


def _as_meant(held: str, value: str) -> bool:
    """Tell whether a field holds what was typed; a page may group the signs (123 456)."""
    return held == value or _GROUPING.sub("", held) == value
