"""``python -m workshop.skins.serve SKIN -- ARGUMENTS``: start the bank in a skin.

SKIN is a seed, or ``SEED:choice,choice`` for some of its choices alone. The arguments
are those of ``python -m reference_impl``.
"""

import sys

from workshop.skins.skin import Skin
from workshop.variants.wsgi import put_around, serve

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "SKIN"
    known = {name: lambda: put_around(Skin.named(name).around)}
    sys.exit(serve("workshop.skins.serve", known, sys.argv[1:]))
