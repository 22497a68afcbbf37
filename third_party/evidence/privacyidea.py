"""Show by hand, without the suite, how privacyIDEA treats codes.

    privacyidea.py LOGIN_ID SERIAL [--drift]

Over the calls that its own login page makes. Needs httpx and pyotp (both come with the
suite). Prints what the product answers; takes two minutes. --drift: only what an old code
does to the ones after it (another customer, whose token was never used).
"""

import base64
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


def log_in(
    code: str,
    secret: str = password,
    raw: str = "",
    before_the_code: Callable[[], object] = lambda: None,
) -> str:
    """Log in as the page does: the password first, then the code; ``raw``: JSON as written."""
    first = httpx.post(f"{BASE}/auth", json={"username": login_id, "password": secret}, timeout=60)
    transaction = first.json().get("detail", {}).get("transaction_id")
    if not transaction:
        return f"{first.status_code} {first.json()['result']}"[:90]
    before_the_code()
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


def show(what: str, said: str) -> None:
    """Print what was done, what was answered, and the failure count after it."""
    print(f"  {what:<28} {said:<42} failures: {failures()}")


def reset() -> None:
    """Staff forget the failures."""
    httpx.post(f"{BASE}/token/reset", data={"serial": serial}, headers=STAFF, timeout=60)


def at_once(code: str) -> list[str]:
    """Send one code from two browsers at the same time, the passwords having been taken."""
    both = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda _: log_in(code, before_the_code=both.wait), range(2)))


if "--drift" in sys.argv:
    print("The oldest accepted code, then the displayed ones (LGN-04)")
    show("code of three minutes ago", log_in(totp.at(now() - 180)))
    for _ in range(3):
        show("the displayed code", log_in(totp.at(now())))
        time.sleep(61)
    reset()
    show("displayed, after a reset", log_in(totp.at(now())))
    show("code of a minute ago", log_in(totp.at(now() - 60)))
    sys.exit()

print("A code a second time")
code = totp.at(now())
show("right code", log_in(code))
show("the same code again", log_in(code))

print("One code from two browsers at the same time (TOK-03)")
reset()
for ahead in (60, 120):
    first, second = at_once(totp.at(now() + ahead))
    show("the first browser", first)
    show("the second browser", second)

print("Two values of one field (LGN-05): a minute later")
reset()
time.sleep(61)
twice = '"password": "000000", "password": "{code}"'
show("wrong, then right", log_in("", raw=twice.format(code=totp.at(now() + 120))))

print("Wrong passwords (LCK-19): a minute later")
reset()
time.sleep(61)
for _ in range(3):
    show("wrong password", log_in("", "wrong"))
show("right password and code", log_in(totp.at(now() + 120)))
reset()
show("after the staff's reset", log_in(totp.at(now() + 120)))
