"""``python -m workshop.relatives.serve NAME -- ARGUMENTS``: start a conforming relative.

The arguments are those of ``python -m reference_impl``.
"""

import sys

from workshop.relatives.family import FAMILY
from workshop.variants.wsgi import serve

if __name__ == "__main__":
    known = {relative.name: relative.prepare for relative in FAMILY.values()}
    sys.exit(serve("workshop.relatives.serve", known, sys.argv[1:]))
