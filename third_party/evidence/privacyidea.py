# ruff: noqa: INP001 - a script, no package
"""Show by hand, without the suite, how privacyIDEA treats codes.

    privacyidea.py LOGIN_ID SERIAL

Over the calls that its own login page makes. Needs httpx and pyotp (both come with the
suite). Prints what the product answers.
"""

import base64
import sys
import time
from pathlib import Path

import httpx
import pyotp

STATE = Path(__file__).resolve().parents[1] / ".state" / "privacyidea"
BASE = "http://127.0.0.1:5601"
login_id, serial = sys.argv[1:3]
password = (STATE / "passwords" / login_id).read_text().strip()
seed = base64.b32encode(bytes.fromhex((STATE / "seeds" / serial).read_text().strip())).decode()
totp = pyotp.TOTP(seed, interval=60)
OFFSET = STATE / "faketime.offset"
STAFF = {"Authorization": (STATE / "staff_authorization").read_text().strip()}


def now() -> int:
    """Return the time at the product: ours, moved by libfaketime's file."""
    return int(time.time() + (float(OFFSET.read_text()) if OFFSET.exists() else 0))


def log_in(code: str, secret: str = password, raw: str = "") -> str:
    """Log in as the page does: the password first, then the code; ``raw``: JSON as written."""
    first = httpx.post(f"{BASE}/auth", json={"username": login_id, "password": secret}, timeout=60)
    transaction = first.json().get("detail", {}).get("transaction_id")
    if not transaction:
        return f"{first.status_code} {first.json()['result']}"[:90]
    value = raw or f'"password": "{code}"'
    body = f'{{"username": "{login_id}", "transaction_id": "{transaction}", {value}}}'
    second = httpx.post(
        f"{BASE}/auth", content=body, headers={"Content-Type": "application/json"}, timeout=60
    )
    return "LOGGED IN" if second.status_code == 200 else f"{second.status_code} refused"


def failures() -> int:
    """Return the failure count of the token."""
    answer = httpx.get(f"{BASE}/token/", params={"serial": serial}, headers=STAFF, timeout=60)
    return answer.json()["result"]["value"]["tokens"][0]["failcount"]


code = totp.at(now())
print("right code                  ", log_in(code), "  failures:", failures())
print("the same code again         ", log_in(code), "  failures:", failures())
twice = f'"password": "000000", "password": "{totp.at(now() + 60)}"'
print("wrong and right value in one", log_in("", raw=twice), "  failures:", failures())
for _ in range(3):
    print("wrong password              ", log_in("", "wrong"), "  failures:", failures())
print("right password and code     ", log_in(totp.at(now() + 120)), "  failures:", failures())
httpx.post(f"{BASE}/token/reset", data={"serial": serial}, headers=STAFF, timeout=60)
print("after the staff's reset     ", log_in(totp.at(now() + 120)), "  failures:", failures())
