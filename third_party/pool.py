"""Write a list of prepared customers and tokens (docs/assets.md) for a third-party product.

    python third_party/pool.py PRODUCT SERIAL_PREFIX IN_SERVICE SUSPENDED NOT_REGISTERED > POOL.toml

The secrets are references into third_party/.state/PRODUCT, which the product's
set-up fills.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

_STATE = "file:../../../third_party/.state/{product}"


def lines(product: str, prefix: str, in_service: int, suspended: int, none: int) -> Iterator[str]:
    """Yield the lines of the list; serials are the prefix and a running number, 12 digits."""
    state = _STATE.format(product=product)
    yield "# Written by third_party/pool.py. Nothing here is secret: passwords and seeds are"
    yield "# references to files that the product's set-up makes at random."
    yield ""
    yield "[defaults]"
    yield f'login_password = "{state}/passwords/{{login_id}}"'
    yield f'confirmation_password = "{state}/passwords/{{login_id}}"  # the product knows none'
    yield f'seed = "{state}/seeds/{{serial}}"'
    yield "expires_at = 2036-03-31T23:59:00+09:00"
    for number in range(1, in_service + suspended + 1):
        serial = f"{prefix}{number:0{12 - len(prefix)}d}"
        yield ""
        yield "[[customer]]"
        yield f'login_id = "cust{number:03d}"'
        yield f'status = "{"in_service" if number <= in_service else "suspended"}"'
        yield f'token = "{serial}"'
        yield ""
        yield "[[token]]"
        yield f'serial = "{serial}"'
    for number in range(1, none + 1):
        yield ""
        yield "[[customer]]  # without any token"
        yield f'login_id = "plain{number:03d}"'
        yield 'status = "not_registered"'
    yield ""
    yield "[[token]]  # never assigned to anybody"
    yield f'serial = "{prefix}{"9" * (12 - len(prefix))}"'
    yield 'state = "spare"'


if __name__ == "__main__":
    print("\n".join(lines(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))))
