"""``python -m workshop.variants.telling_secrets ARGUMENTS``: the bank repeats what was typed.

The arguments are those of ``python -m reference_impl``. Once somebody has logged in, every
page shows the password and the code of it in all shapes of `workshop.variants.shapes`: in its
title, its heading and its text; so does what the bank writes to its outputs. What it repeats
is also written to the file that the environment variable ``OTP_TOLD_SECRETS`` names, a line
each, for whoever looks for it in what the suite has written.
"""

from __future__ import annotations

import html
import os
import sys
from pathlib import Path

from flask import Flask, Response, request

from reference_impl import server
from reference_impl.app import create_app
from reference_impl.service.bank import Bank
from workshop.variants.shapes import SHAPES

_SHORTEST = 6


def telling(bank: Bank) -> Flask:
    """Return the application of a bank that repeats what was typed."""
    app = create_app(bank)
    told: list[str] = []
    found = Path(os.environ["OTP_TOLD_SECRETS"])

    @app.after_request
    def repeat(response: Response) -> Response:
        for name, value in request.form.items() if request.method == "POST" else ():
            secret = "password" in name or "otp" in name
            if secret and len(value) >= _SHORTEST and value.isascii() and value not in told:
                told.append(value)
                with found.open("a", encoding="utf-8") as file:
                    file.write(f"{value}\n")
        if told and response.mimetype == "text/html":
            shown = [
                f"{name}: {shape(each)}" for each in told[-2:] for name, shape in SHAPES.items()
            ]
            print("\n".join(shown), flush=True)
            safe = [html.escape(each, quote=False) for each in shown]
            page = response.get_data(as_text=True)
            page = page.replace("</title>", f" {' / '.join(safe)}</title>", 1)
            page = page.replace("</h1>", f" {' / '.join(safe)}</h1>", 1)
            listed = "".join(f"<p>{each}</p>" for each in safe)
            response.set_data(page.replace("</main>", f"{listed}</main>", 1))
        return response

    return app


if __name__ == "__main__":
    server.create_app = telling
    sys.exit(server.main(sys.argv[1:]))
