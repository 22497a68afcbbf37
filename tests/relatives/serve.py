"""``python -m tests.relatives.serve NAME -- ARGUMENTS``: start a conforming relative.

The arguments are those of ``python -m reference_impl``.
"""

import sys

from tests.relatives.family import FAMILY
from tests.variants.wsgi import serve

if __name__ == "__main__":
    known = {relative.name: relative.prepare for relative in FAMILY.values()}
    sys.exit(serve("tests.relatives.serve", known, sys.argv[1:]))
