"""Fill a running privacyIDEA over its REST API: policies, customers, tokens, an API key.

Called by setup.sh, in the product's own virtual environment; standard library only.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from secrets_of_pool import Prepared, prepared

HOME = Path(os.environ["PI_HOME"])
BASE = f"http://127.0.0.1:{os.environ['PI_PORT']}"
THRESHOLD = 3
POLICIES = {
    # The welcome is an advertisement that lies over every other control.
    "bank-login": {"scope": "webui", "action": "login_mode=privacyIDEA, hide_welcome_info"},
    "bank-authentication": {
        "scope": "authentication",
        # passthru: a customer without a token logs in with the password alone.
        "action": "otppin=userstore, challenge_response=totp, passthru=userstore",
    },
    "bank-customers": {
        "scope": "user",
        "action": "assign, disable, revoke, unassign, resync, auditlog",
    },
}


def call(path: str, body: dict[str, object], token: str = "") -> dict[str, object]:
    """POST JSON and return the answer; a refusal is shown with the product's words."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        BASE + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": token},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{path}: HTTP {error.code} {error.read().decode()[:300]}") from error


def wait_for_server() -> None:
    """Return once the server answers."""
    for _ in range(240):
        try:
            urllib.request.urlopen(BASE + "/app/v2/en/", timeout=10).close()  # noqa: S310
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit(f"{BASE} does not answer; see {HOME}/server.log")


def add(customer: Prepared, token: str) -> None:
    """Make one customer with a token of 60 s; suspend it where the pool says so."""
    call(
        "/user/",
        {"user": customer.login_id, "resolver": "customers", "password": customer.password},
        token,
    )
    if not customer.serial:
        return
    call(
        "/token/init",
        {
            "type": "totp",
            "serial": customer.serial,
            "otpkey": customer.seed,
            "otplen": 6,
            "timeStep": 60,
            "hashlib": "sha1",
            "user": customer.login_id,
            "realm": "bank",
        },
        token,
    )
    if customer.status == "suspended":
        for wrong in ("000001", "000002", "000003"):
            call(
                "/validate/check",
                {"user": customer.login_id, "realm": "bank", "pass": customer.password + wrong},
            )


def main() -> None:
    """Fill the server."""
    customers = prepared(Path(os.environ["PI_POOL"]), HOME)
    wait_for_server()
    password = (HOME / "admin_password").read_text().strip()
    answer = call("/auth", {"username": "admin", "password": password})
    token = str(answer["result"]["value"]["token"])  # type: ignore[index]
    call("/system/setConfig", {"DefaultMaxFailCount": THRESHOLD}, token)
    call("/defaultrealm/bank", {}, token)
    for name, policy in POLICIES.items():
        call(f"/policy/{name}", {**policy, "active": True, "realm": "bank"}, token)
    for customer in customers:
        add(customer, token)
    print(f"{len(customers)} customers")


if __name__ == "__main__":
    main()
