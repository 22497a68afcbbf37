"""Pages on which a token can be looked at as if it lay in one's hand (front, back, code)."""

from flask import Blueprint, Response, abort, jsonify, make_response, render_template

from reference_impl.face.pages import MAX_ROWS, the_bank
from reference_impl.service import control, staff
from reference_impl.service.staff import StockToken

pages = Blueprint("demo", __name__, template_folder="templates", url_prefix="/demo/tokens")


@pages.get("")
def tokens() -> Response:
    """List all tokens."""
    found = staff.all_tokens(the_bank())
    text = render_template(
        "demo/tokens.html", title="仮想トークン一覧", tokens=found[:MAX_ROWS], total=len(found)
    )
    return make_response(text)


@pages.get("/<serial>")
def token(serial: str) -> Response:
    """Show one token."""
    found = _find(serial)
    text = render_template(
        "demo/token.html",
        title=f"仮想トークン {found.serial}",
        token=found,
        hardware=found.kind == "hardware",
        **_display(found),
    )
    return make_response(text)


@pages.get("/<serial>/code.json")
def code(serial: str) -> Response:
    """Tell what the token shows."""
    return jsonify(_display(_find(serial)))


def _display(found: StockToken) -> dict[str, str | int]:
    """Return the code now shown and the seconds until the next one."""
    bank = the_bank()
    step = bank.policy.otp_step_seconds
    return {
        "code": control.current_code(bank, found.serial),
        "remaining": step - int(bank.now().timestamp()) % step,
        "step": step,
    }


def _find(serial: str) -> StockToken:
    found = next((t for t in staff.all_tokens(the_bank()) if t.serial == serial), None)
    if found is None:
        abort(404)
    return found
