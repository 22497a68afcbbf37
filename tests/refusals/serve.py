"""``python -m tests.refusals.serve NAME -- ARGUMENTS``: start a bank that refuses too much.

The arguments are those of ``python -m reference_impl``.
"""

import sys

from tests.refusals.banks import REFUSERS
from tests.refusals.narrow import BANKS
from tests.variants.wsgi import serve

if __name__ == "__main__":
    known = {refuser.name: refuser.prepare for refuser in REFUSERS.values()}
    sys.exit(serve("tests.refusals.serve", {**known, **BANKS}, sys.argv[1:]))
