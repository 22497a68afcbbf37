"""A test-control API that agrees to everything and does nothing.

With it a null product gets its chance: provisioning never fails, staff never
refuse, and staff's records show what the suite would like to see.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from werkzeug.wrappers import Response

PATH = "/test-control/v1/"
BEGINNING = "2026-11-24T10:00:20+09:00"


class Nodding:
    """A product with a nodding test-control API in front of it.

    ``on_customer`` hears of every customer that is wished for.
    """

    def __init__(self, product: Any, on_customer: Callable[[], None] = lambda: None) -> None:
        self._product = product
        self._on_customer = on_customer
        self._now = BEGINNING
        self._customers: dict[str, dict[str, Any]] = {}
        self._sent: dict[str, str] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PATH):
            return self._product(environ, start_response)
        resource = environ["PATH_INFO"].removeprefix(PATH)
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        query = {k: v[-1] for k, v in parse_qs(environ.get("QUERY_STRING", "")).items()}
        answer = self._answer(resource, json.loads(sent or b"{}") | query)
        return Response(json.dumps(answer), mimetype="application/json")(environ, start_response)

    def _answer(self, resource: str, asked: dict[str, Any]) -> dict[str, Any]:
        match resource:
            case "status":
                about = {"product": "null", "version": "0", "steerable": True}
                return {**about, "now": self._now, "software_tokens": True}
            case "clock":
                self._now = asked.get("now", self._now)
                return {"now": self._now}
            case "tokens":
                return {**asked, "state": "stock"}
            case "customers":
                self._on_customer()
                self._customers[asked["login_id"]] = asked
                return {**asked, "serial": asked.get("token_serial")}
            case "staff/orders":
                return {"orders": [self._order(asked["login_id"])]}
            case "staff/dispatch":
                self._sent[asked["login_id"]] = asked["serial"]
                return {"serial": asked["serial"], "ship_to": ""}
            case "outbox":
                return {"notices": []}
            case _:
                return {}

    def _order(self, login_id: str) -> dict[str, Any]:
        return {
            "order_id": 1,
            "login_id": login_id,
            "kind": "hardware",
            "ship_to": self._customers.get(login_id, {}).get("address", ""),
            "status": "dispatched",
            "serial": self._sent.get(login_id),
        }
