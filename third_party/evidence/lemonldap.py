# ruff: noqa: INP001 - a script, no package
"""Show by hand, without the suite, how LemonLDAP::NG treats codes.

    lemonldap.py LOGIN_ID SERIAL [--wait]

Needs httpx and pyotp (both come with the suite). Prints what the product answers.
"""

import base64
import re
import sys
import time
from pathlib import Path

import httpx
import pyotp

STATE = Path(__file__).resolve().parents[1] / ".state" / "lemonldap"
PORTAL = "http://auth.example.com:5602/"
login_id, serial = sys.argv[1:3]
password = (STATE / "passwords" / login_id).read_text().strip()
seed = base64.b32encode(bytes.fromhex((STATE / "seeds" / serial).read_text().strip())).decode()
totp = pyotp.TOTP(seed, interval=60)
OFFSET = STATE / "faketime.offset"


def now() -> float:
    """Return the time at the product: ours, moved by libfaketime's file."""
    return time.time() + (float(OFFSET.read_text()) if OFFSET.exists() else 0)


def log_in(code: str) -> str:
    """Log in with a fresh browser memory; return what the page says."""
    with httpx.Client(base_url=PORTAL, follow_redirects=True) as browser:
        page = browser.get("/").text
        form = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page))
        page = browser.post("/", data={**form, "user": login_id, "password": password}).text
        if 'name="code"' not in page:
            return _said(page)
        form = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page))
        return _said(browser.post("/totp2fcheck", data={**form, "code": code}).text)


def _said(page: str) -> str:
    if 'id="appslist"' in page or 'id="menu"' in page:
        return "LOGGED IN"
    said = re.search(r'<div class="message [^>]*>.*?</div>', page, re.DOTALL)
    return re.sub(r"\s+", " ", said[0]) if said else "no message"


code = totp.at(int(now()))
print("right code            ", log_in(code))
print("the same code again   ", log_in(code))
print("empty code            ", log_in(""))
for _ in range(3):
    print("wrong code            ", log_in("000000"))
print("right code after three", log_in(totp.at(int(now()))))
if "--wait" in sys.argv:  # the lock opens by itself: 300 s as configured
    time.sleep(301)
    print("right code after 301 s", log_in(totp.at(int(now()))))
