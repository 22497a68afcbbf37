"""Pages on which a token can be looked at as if it lay in one's hand (front, back, code)."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, make_response, render_template

from reference_impl.face.install import on_register
from reference_impl.face.site import site_of
from reference_impl.face.texts import TOKEN_STATE
from reference_impl.service.bank import Bank
from reference_impl.service.contract import TokenView
from reference_impl.settings import Settings

#: Longest list on one page.
MAX_ROWS = 200


class DemoOffError(Exception):
    """The pages show codes to anybody: they exist in demonstrations only."""


def blueprint(bank: Bank, settings: Settings) -> Blueprint:
    """Return the demonstration pages. DemoOffError unless the settings ask for them."""
    if not settings.demo:
        raise DemoOffError("demonstration pages need settings.demo")
    pages = Blueprint("demo", __name__, template_folder="templates", url_prefix="/demo")
    on_register(pages, site_of(settings))
    shelf = _Shelf(bank)
    pages.add_url_rule("/tokens", "tokens", shelf.tokens)
    pages.add_url_rule("/tokens/<serial>", "token", shelf.token)
    pages.add_url_rule("/tokens/<serial>/code.json", "code", shelf.code)
    return pages


class _Shelf:
    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def tokens(self) -> Response:
        tokens = self._bank.staff.stock()
        text = render_template(
            "demo/tokens.html",
            title="仮想トークン一覧",
            tokens=tokens[:MAX_ROWS],
            total=len(tokens),
            token_state=TOKEN_STATE,
        )
        return make_response(text)

    def token(self, serial: str) -> Response:
        token = self._find(serial)
        text = render_template(
            "demo/token.html",
            title=f"仮想トークン {token.serial}",
            token=token,
            hardware=token.kind == "hardware",
            **self._display(token),
        )
        return make_response(text)

    def code(self, serial: str) -> Response:
        return jsonify(self._display(self._find(serial)))

    def _display(self, token: TokenView) -> dict[str, str | int]:
        """Return the code now shown and the seconds until the next one."""
        step = self._bank.policy.otp_step_seconds
        now = int(self._bank.clock().timestamp())
        return {
            "code": self._bank.control.current_code(token.serial),
            "remaining": step - now % step,
            "step": step,
        }

    def _find(self, serial: str) -> TokenView:
        found = next((t for t in self._bank.staff.stock() if t.serial == serial), None)
        if found is None:
            abort(404)
        return found
