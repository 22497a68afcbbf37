"""``python -m workshop.variants.seed_at_issue ARGUMENTS``: the bank tells seeds at issue only.

The arguments are those of ``python -m reference_impl``. The seed of a software token that a
customer has applied for stands on the completion screen, and is told by
``GET /app/v1/enrolments/LOGIN_ID`` to who sends the test-control key.
"""

from __future__ import annotations

import base64
import hmac
import sys

from flask import Flask, Response, abort, jsonify, request

from reference_impl import server
from reference_impl.app import create_app
from reference_impl.domain.words import TokenState
from reference_impl.service.bank import Bank
from reference_impl.store import customers, tokens
from reference_impl.store.tokens import TokenRow
from reference_impl.test_control import KEY_HEADER
from reference_impl.web.visitor import visitor

DONE = "/otp/issue/software/done"
SEED, SERIAL, EXPIRY = "アプリに登録する鍵", "アプリの番号", "アプリの期限"


def telling(bank: Bank) -> Flask:
    """Return the application of a bank that tells seeds at issue."""
    app = create_app(bank)

    @app.after_request
    def on_the_screen(response: Response) -> Response:
        if request.path == DONE and response.status_code == 200:
            with bank.read() as db:
                row = tokens.held(db, visitor().customer_id, TokenState.ALLOTTED)
            assert row is not None
            facts = {SEED: seed_of(bank, row), SERIAL: row.token.serial}
            facts[EXPIRY] = f"{row.token.expires_at:%Y年%m月%d日 %H時%M分}"
            listed = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts.items())
            page = response.get_data(as_text=True)
            assert "</section>" in page
            response.set_data(page.replace("</section>", f"<dl>{listed}</dl></section>", 1))
        return response

    @app.get("/app/v1/enrolments/<login_id>")
    def by_a_call(login_id: str) -> Response:
        key = request.headers.get(KEY_HEADER, "")
        if not hmac.compare_digest(key.encode(), bank.settings.test_control_key.encode()):
            abort(401)
        with bank.read() as db:
            customer = customers.by_login(db, login_id)
            row = customer and tokens.held(db, customer.customer_id, TokenState.ALLOTTED)
        if not row:
            abort(404)
        expires_at = row.token.expires_at.isoformat()
        address = f"otpauth://totp/bank:{login_id}?secret={seed_of(bank, row)}&digits=6"
        return jsonify(app={"uri": address, "number": row.token.serial, "until": expires_at})

    return app


def seed_of(bank: Bank, row: TokenRow) -> str:
    """Return a token's seed in Base32."""
    return base64.b32encode(bank.store.seal.open(row.sealed)).decode()


if __name__ == "__main__":
    server.create_app = telling
    sys.exit(server.main(sys.argv[1:]))
