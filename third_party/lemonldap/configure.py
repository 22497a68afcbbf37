"""Write an instance's configuration, its customers and the list of its tokens.

The configuration is the one that Debian's package ships, with the keys of `SETTINGS`
changed. Called by setup.sh; standard library only.
"""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from secrets_of_pool import Prepared, prepared

HOME = Path(os.environ["LLNG_HOME"])
PORTAL = f"http://auth.example.com:{os.environ['LLNG_PORT']}/"
SHIPPED = Path("/var/lib/lemonldap-ng/conf/lmConf-1.json")
THRESHOLD = 3
LOCK_SECONDS = 300
SETTINGS: dict[str, object] = {
    "portal": PORTAL,
    "authentication": "DBI",
    "userDB": "Same",
    "passwordDB": "Null",
    "registerDB": "Null",
    "dbiAuthChain": f"dbi:SQLite:dbname={HOME}/customers.sqlite",
    "dbiUserChain": "",
    "dbiAuthTable": "customers",
    "dbiUserTable": "customers",
    "dbiAuthLoginCol": "login_id",
    "dbiAuthPasswordCol": "password",
    "dbiAuthPasswordHash": "",
    "dbiExportedVars": {"uid": "login_id"},
    "globalStorageOptions": {
        "Directory": f"{HOME}/sessions",
        "LockDirectory": f"{HOME}/sessions/lock",
        "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
    },
    "persistentStorageOptions": {
        "Directory": f"{HOME}/psessions",
        "LockDirectory": f"{HOME}/psessions/lock",
    },
    "localSessionStorageOptions": {
        "cache_root": f"{HOME}/cache",
        "namespace": "lemonldap-ng-sessions",
        "default_expires_in": 600,
        "directory_umask": "007",
        "cache_depth": 3,
    },
    # One-time passwords of a minute; one step each way, as the product's default is.
    "totp2fActivation": 1,
    "totp2fSelfRegistration": 0,
    "totp2fInterval": 60,
    "totp2fRange": 1,
    "totp2fDigits": 6,
    # Suspension after wrong attempts.
    "loginHistoryEnabled": 1,
    "failedLoginNumber": 10,
    "bruteForceProtection": 1,
    "bruteForceProtectionMaxFailed": THRESHOLD,
    "bruteForceProtectionTempo": LOCK_SECONDS,
    "portalCheckLogins": 0,
}
INI = """\
[all]
logLevel = notice
[configuration]
type = File
dirName = {home}/conf
localStorage = Cache::FileCache
localStorageOptions={{ 'namespace' => 'lemonldap-ng-config', 'default_expires_in' => 600, \
'directory_umask' => '007', 'cache_root' => '{home}/cache', 'cache_depth' => 3 }}
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
[handler]
status = 0
[manager]
protection = none
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/manager/htdocs/templates
languages = en
"""


def customers(people: list[Prepared]) -> None:
    """Write the table of customers."""
    with sqlite3.connect(HOME / "customers.sqlite") as database:
        database.execute("create table if not exists customers (login_id primary key, password)")
        database.executemany(
            "insert or replace into customers values (?, ?)",
            [(person.login_id, person.password) for person in people],
        )


def tokens(people: list[Prepared]) -> None:
    """Write who has which token, for tokens.pl: login ID, seed in Base32."""
    rows = [
        (p.login_id, base64.b32encode(bytes.fromhex(p.seed)).decode().rstrip("="))
        for p in people
        if p.serial
    ]
    (HOME / "tokens.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))


def main() -> None:
    """Write everything."""
    people = prepared(Path(os.environ["LLNG_POOL"]), HOME)
    settings = json.loads(SHIPPED.read_text(encoding="utf-8")) | SETTINGS
    (HOME / "conf" / "lmConf-1.json").write_text(json.dumps(settings, indent=1))
    (HOME / "lemonldap-ng.ini").write_text(INI.format(home=HOME))
    customers(people)
    tokens(people)
    print(f"{len(people)} customers")


if __name__ == "__main__":
    main()
