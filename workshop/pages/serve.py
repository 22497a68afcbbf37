"""``python -m workshop.pages.serve NAME -- ARGUMENTS``: start the bank told in another way.

The arguments are those of ``python -m reference_impl``.
"""

import sys
from functools import partial

from workshop.pages.variants import VARIANTS
from workshop.variants.wsgi import put_around, serve

if __name__ == "__main__":
    known = {name: partial(put_around, variant.around) for name, variant in VARIANTS.items()}
    sys.exit(serve("workshop.pages.serve", known, sys.argv[1:]))
