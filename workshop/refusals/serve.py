"""``python -m workshop.refusals.serve NAME -- ARGUMENTS``: start a bank that refuses too much.

The arguments are those of ``python -m reference_impl``.
"""

import sys

from workshop.refusals.banks import REFUSERS
from workshop.refusals.narrow import BANKS
from workshop.variants.wsgi import serve

if __name__ == "__main__":
    known = {refuser.name: refuser.prepare for refuser in REFUSERS.values()}
    sys.exit(serve("workshop.refusals.serve", {**known, **BANKS}, sys.argv[1:]))
