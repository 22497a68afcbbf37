"""The test-control API, held against its own OpenAPI document."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from bank_kit import Kit
from flask import Flask
from flask.testing import FlaskClient

from reference_impl import test_control as messages
from reference_impl.clock import system_clock
from reference_impl.face.pages import install
from reference_impl.service import login
from reference_impl.service.bank import build_bank
from reference_impl.test_control import OPENAPI, api

KEY = "made-up-test-control-key"
SECRET = base64.b32encode(b"made-up-secret-20byt").decode()
EXPIRES = "2030-02-07T14:05:00+09:00"
DOCUMENT = json.loads(OPENAPI.read_text(encoding="utf-8"))


@dataclass
class Api:
    """A caller that checks every answer against the document."""

    client: FlaskClient
    key: str | None = KEY

    def __call__(
        self, method: str, path: str, body: object = None, *, expect: int = 200, **more: Any
    ) -> Any:
        headers = {} if self.key is None else {"X-Test-Control-Key": self.key}
        answer = self.client.open(
            f"/test-control/v1{path}", method=method, json=body, headers=headers, **more
        )
        assert answer.status_code == expect, answer.get_data(as_text=True)
        plain = path.split("?", maxsplit=1)[0]
        described = DOCUMENT["paths"][plain][method.lower()]["responses"][str(expect)]
        schema = described["content"]["application/json"]["schema"]
        check(answer.get_json(), schema)
        return answer.get_json()


def check(content: Any, schema: dict[str, Any]) -> None:
    """Validate by JSON Schema 2020-12, the dialect of OpenAPI 3.1."""
    whole = {**schema, "components": DOCUMENT["components"]}
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(whole, format_checker=checker).validate(content)


def app_of(kit: Kit) -> Flask:
    app = Flask("bank_under_test")
    settings = kit.settings.model_copy(update={"test_control": True, "test_control_key": KEY})
    install(app, build_bank(settings, kit.clock))
    app.register_blueprint(api)
    return app


@pytest.fixture
def call(kit: Kit) -> Iterator[Api]:
    with app_of(kit).test_client() as client:
        yield Api(client)


def test_the_document_lists_exactly_the_routes(kit: Kit) -> None:
    served = {
        (rule.rule.removeprefix("/test-control/v1"), method)
        for rule in app_of(kit).url_map.iter_rules()
        if rule.rule.startswith("/test-control/v1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (path, method.upper()) for path, item in DOCUMENT["paths"].items() for method in item
    }
    assert served == described


def test_the_document_is_sound(call: Api) -> None:
    assert call("GET", "/openapi.json") == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1")
    for name, schema in DOCUMENT["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema.get("type") or schema.get("enum"), name
    text = OPENAPI.read_text(encoding="utf-8")
    for reference in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert reference in DOCUMENT["components"]["schemas"]
    operations = [op for item in DOCUMENT["paths"].values() for op in item.values()]
    assert len({op["operationId"] for op in operations}) == len(operations)
    for operation in operations:
        assert re.search(r"[ぁ-ん]", operation["summary"])  # Japanese
        assert operation["description"].isascii()


def test_the_requests_of_the_document_are_the_models() -> None:
    pairs = {
        "Clock": messages.MoveClock,
        "NewToken": messages.NewToken,
        "NewCustomer": messages.NewCustomer,
        "Dispatch": messages.Dispatch,
        "Unlock": messages.Unlock,
        "Revoke": messages.Revoke,
        "NewStaff": messages.NewStaff,
    }
    for name, model in pairs.items():
        described = DOCUMENT["components"]["schemas"][name]
        own = model.model_json_schema()
        assert set(described["properties"]) == set(own["properties"]), name
        assert set(described["required"]) == set(own["required"]), name
        assert described["additionalProperties"] is own["additionalProperties"] is False


def test_a_whole_life(call: Api, kit: Kit) -> None:
    status = call("GET", "/status")
    assert status["steerable"] is True
    token = {"serial": "101109980021", "secret_base32": SECRET, "kind": "hardware"}
    made = call("POST", "/tokens", {**token, "expires_at": EXPIRES}, expect=201)
    assert made == {
        "serial": "101109980021",
        "kind": "hardware",
        "state": "stock",
        "expires_at": EXPIRES,
    }
    body = {"status": "issued", "kind": "hardware", "login_id": "yamada01"}
    who = call("POST", "/customers", body, expect=201)
    assert (who["status"], who["serial"]) == ("issued", None)
    orders = call("GET", "/staff/orders?login_id=yamada01")["orders"]
    assert [order["status"] for order in orders] == ["accepted"]
    sent = call("POST", "/staff/dispatch", {"login_id": "yamada01"})
    assert sent == {"serial": "101109980021", "ship_to": who["address"]}
    call("POST", "/staff/dispatch", {"login_id": "yamada01"}, expect=409)
    assert len(call("GET", "/outbox?login_id=yamada01")["notices"]) == 1
    assert call("GET", "/outbox?login_id=nobody") == {"notices": []}
    call("POST", "/staff/unlock", {"login_id": "yamada01", "circumstances": "x"}, expect=409)
    assert call("POST", "/staff/revoke", {"login_id": "yamada01", "reason": "紛失"}) == {}
    account = {"staff_id": "staff01", "password": "made-up-password"}
    assert call("POST", "/staff/accounts", account, expect=201) == {}
    assert call("POST", "/reset") == {}
    assert call("GET", "/staff/orders") == {"orders": []}
    assert isinstance(login.staff_login(kit.bank, "staff01", "made-up-password"), str)


@pytest.mark.parametrize("kind", ["hardware", "software"])
@pytest.mark.parametrize("status", ["issued", "in_service", "suspended", "deactivated"])
def test_customers_in_every_state(call: Api, kit: Kit, status: str, kind: str) -> None:
    token = kit.token(kind)
    body = {"status": status, "kind": kind, "token_serial": token.serial}
    who = call("POST", "/customers", body, expect=201)
    assert (who["status"], who["serial"]) == (status, token.serial)
    if status == "suspended":
        unlock = {"login_id": who["login_id"], "circumstances": "電話で本人と確認"}
        assert call("POST", "/staff/unlock", unlock) == {}


def test_the_clock_moves_both_ways(call: Api, kit: Kit) -> None:
    for now in ("2030-01-01T00:00:00+09:00", "2012-02-07T14:05:30+09:00"):
        assert call("PUT", "/clock", {"now": now}) == {"now": now}
        assert call("GET", "/clock") == {"now": now}
    assert call("PUT", "/clock", {"now": "2026-11-24T01:00:00Z"}) == {
        "now": "2026-11-24T10:00:00+09:00"
    }


def test_a_running_clock_is_not_steered(kit: Kit) -> None:
    settings = kit.settings.model_copy(update={"test_control": True, "test_control_key": KEY})
    app = Flask("bank_under_test")
    install(app, build_bank(settings, system_clock))
    app.register_blueprint(api)
    with app.test_client() as client:
        call = Api(client)
        assert call("GET", "/status")["steerable"] is False
        refused = call("PUT", "/clock", {"now": "2026-11-24T10:00:00+09:00"}, expect=409)
        assert refused["error"]["code"] == "not_steerable"


NEW_TOKEN = {
    "serial": "10110998",
    "secret_base32": SECRET,
    "kind": "hardware",
    "expires_at": EXPIRES,
}


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/tokens", {**NEW_TOKEN, "colour": "red"}, 422, "colour"),
        ("/tokens", {**NEW_TOKEN, "serial": 10110998}, 422, "serial"),
        ("/tokens", {**NEW_TOKEN, "serial": "1234567"}, 409, None),
        ("/tokens", {**NEW_TOKEN, "kind": "paper"}, 422, "kind"),
        ("/tokens", {**NEW_TOKEN, "secret_base32": "0189"}, 422, "secret_base32"),
        ("/tokens", {**NEW_TOKEN, "secret_base32": "A" * 17}, 422, "secret_base32"),
        ("/tokens", {**NEW_TOKEN, "secret_base32": SECRET + "\n"}, 422, "secret_base32"),
        ("/tokens", {**NEW_TOKEN, "expires_at": "2030-02-07T14:05:00"}, 422, "expires_at"),
        ("/tokens", {**NEW_TOKEN, "expires_at": "2030"}, 422, "expires_at"),
        ("/tokens", {**NEW_TOKEN, "expires_at": "2030-02-30T14:05:00Z"}, 422, "expires_at"),
        ("/tokens", {**NEW_TOKEN, "expires_at": 1900000000}, 422, "expires_at"),
        ("/tokens", {}, 422, "serial"),
        ("/tokens", [], 422, None),
        ("/customers", {"status": "closed", "kind": "hardware"}, 422, "status"),
        ("/customers", {"status": "in_service", "kind": "hardware"}, 409, None),
        ("/staff/dispatch", {"login_id": "nobody"}, 409, None),
        ("/staff/dispatch", {"login_id": None}, 422, "login_id"),
        ("/staff/unlock", {"login_id": "nobody", "circumstances": ""}, 422, "circumstances"),
        ("/staff/revoke", {"login_id": "nobody", "reason": "紛失"}, 409, None),
        ("/staff/accounts", {"staff_id": "staff01", "password": ""}, 422, "password"),
        ("/staff/accounts", {"staff_id": " ", "password": "x"}, 409, None),
    ],
)
def test_refusals_name_the_field_and_repeat_no_value(
    call: Api, path: str, body: object, status: int, field: str | None
) -> None:
    error = call("POST", path, body, expect=status)["error"]
    assert error["field"] == field
    assert re.search(r"[ぁ-ん]", error["message"])
    assert SECRET not in json.dumps(error)


def test_what_is_no_json(call: Api) -> None:
    headers = {"X-Test-Control-Key": KEY}
    path = "/test-control/v1/tokens"
    broken = call.client.post(path, data="{", headers=headers, content_type="application/json")
    assert (broken.status_code, broken.get_json()["error"]["code"]) == (400, "bad_json")
    form = call.client.post(path, data={"serial": "1"}, headers=headers)
    assert (form.status_code, form.get_json()["error"]["code"]) == (415, "not_json")


@pytest.mark.parametrize(
    "key", [None, "", "wrong", KEY + "x", KEY[:-1], "鍵".encode().decode("latin-1")]
)
def test_the_key_is_needed(call: Api, key: str | None) -> None:
    call.key = key
    for method, path in [("GET", "/status"), ("POST", "/reset"), ("GET", "/openapi.json")]:
        assert call(method, path, expect=401)["error"]["code"] == "bad_key"


@pytest.mark.parametrize("host", ["bank.example", "127.0.0.1.example:80", "192.0.2.1", "[::2]:80"])
def test_other_hosts_are_refused(call: Api, host: str) -> None:
    refused = call("GET", "/status", expect=403, base_url=f"http://{host}/")
    assert refused["error"]["code"] == "not_loopback"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:80", "127.0.0.2"])
def test_loopback_hosts_are_welcome(call: Api, host: str) -> None:
    assert "now" in call("GET", "/status", base_url=f"http://{host}/")


def test_other_peers_are_refused(call: Api) -> None:
    call("GET", "/status", expect=403, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})


@pytest.mark.parametrize("key", [None, "", KEY])
def test_nobody_enters_a_bank_without_a_key(kit: Kit, key: str | None) -> None:
    app = Flask("bank_under_test")
    install(app, kit.bank)
    app.register_blueprint(api)
    with app.test_client() as client:
        assert Api(client, key)("POST", "/reset", expect=401)["error"]["code"] == "bad_key"


def test_the_document_travels_with_the_package() -> None:
    assert Path(messages.__file__).with_name("openapi.json") == OPENAPI
