"""Show by hand, without the suite, how LemonLDAP::NG treats codes and passwords.

    lemonldap.py LOGIN_ID SERIAL [--wait]

Sends the requests of the portal's login pages and prints what it answers. Each part
begins with the staff's unlock. --wait: also what five minutes of real time do to a
suspension. Needs httpx and pyotp (both come with the suite).
"""

import base64
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pyotp

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / ".state" / "lemonldap"
PORTAL = "http://auth.example.com:5602/"
login_id, serial = sys.argv[1:3]
password = (STATE / "passwords" / login_id).read_text().strip()
seed = base64.b32encode(bytes.fromhex((STATE / "seeds" / serial).read_text().strip())).decode()
totp = pyotp.TOTP(seed, interval=60)
OFFSET = STATE / "faketime.offset"
LOCK_SECONDS = 300  # as configured
FORGOTTEN_SECONDS = 1201  # failures count for 300 s times (threshold + 1), the product's default


def right() -> str:
    """Return the present code at the product's time: ours, moved by libfaketime's file."""
    offset = float(OFFSET.read_text()) if OFFSET.exists() else 0
    return totp.at(int(time.time() + offset))


def log_in(*codes: str, secret: str = password) -> str:
    """Log in with a fresh browser memory; several codes: the field several times, in order."""
    with httpx.Client(base_url=PORTAL, follow_redirects=True, timeout=60) as browser:
        form = _hidden(browser.get("/").text)
        page = browser.post("/", data={**form, "user": login_id, "password": secret}).text
        if 'name="code"' not in page:
            return _said(page)
        fields = [(k, v) for k, v in _hidden(page).items() if k != "code"]
        body = urlencode([*fields, *(("code", code) for code in codes)])
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return _said(browser.post("/totp2fcheck", content=body, headers=headers).text)


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page))


def _said(page: str) -> str:
    if 'id="appslist"' in page or 'id="menu"' in page:
        return "LOGGED IN"
    said = re.search(r'<div class="message [^>]*>.*?</div>', page, re.DOTALL)
    return re.sub(r"\s+", " ", said[0]) if said else "no message"


def part(title: str) -> None:
    """Begin a part: the staff's unlock, so that no failure is left."""
    unlock = [ROOT / "lemonldap" / "unlock.sh", login_id, "evidence"]
    subprocess.run(unlock, check=True)
    print(f"\n{title}")


def show(what: str, said: str) -> None:
    """Print what was done and what was answered."""
    print(f"  {what:<30} {said}")


def wait(seconds: int) -> None:
    """Let real time pass."""
    time.sleep(seconds)
    show(f"({seconds} s later)", "")


part("A code a second time (TOK-03, LGN-08)")
code = right()
show("right code", log_in(code))
show("the same code again", log_in(code))

part("Two values of one field (LGN-05)")
show("wrong, then right", log_in("000000", right()))
show("right, then wrong", log_in(right(), "000000"))

part("A wrong password among wrong codes (LCK-19)")
show("wrong code", log_in("000000"))
show("wrong code", log_in("000000"))
show("wrong password", log_in(right(), secret="wrong"))  # noqa: S106 - meant to be wrong
show("right password and code", log_in(right()))

part("Success between failures (LCK-04)")
show("wrong code", log_in("000000"))
show("wrong code", log_in("000000"))
show("right code", log_in(right()))
show("wrong code", log_in("000000"))
show("right code", log_in(right()))

part("An empty code (LCK-20)")
for _ in range(3):
    show("empty code", log_in(""))
show("right code", log_in(right()))

part("Three wrong codes, and the staff's unlock (LCK-01, LCK-11)")
for _ in range(3):
    show("wrong code", log_in("000000"))
show("right code", log_in(right()))
part("  … unlocked")
show("right code", log_in(right()))

if "--wait" in sys.argv:
    part("A suspension and the time (LCK-07)")
    for _ in range(3):
        show("wrong code", log_in("000000"))
    show("right code", log_in(right()))
    wait(LOCK_SECONDS + 1)
    show("right code", log_in(right()))

part("Failures and the time (LCK-01): the clock is moved by libfaketime's file")
show("wrong code", log_in("000000"))
show("wrong code", log_in("000000"))
OFFSET.write_text(f"+{float(OFFSET.read_text()) + FORGOTTEN_SECONDS:.0f}\n")
show(f"({FORGOTTEN_SECONDS} s later) wrong code", log_in("000000"))
show("right code", log_in(right()))
