"""``python -m workshop.null_products.serve NAME -- ARGUMENTS``: start a null product.

The arguments are those of ``python -m reference_impl``; products that are no
bank at all heed the port alone. ``NAME/bare``: without the test-control API.
"""

from __future__ import annotations

import argparse
import sys

from workshop.null_products.frozen import FROZEN
from workshop.null_products.nodding import Nodding
from workshop.null_products.products import PRODUCTS, Product, Replay
from workshop.variants.server import serve_until_stopped
from workshop.variants.wsgi import serve

_MODULE = "workshop.null_products.serve"


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    name, _, bare = arguments[0].partition("/") if arguments else ("", "", "")
    if name not in PRODUCTS:
        return serve(_MODULE, FROZEN, arguments)
    parser = argparse.ArgumentParser(prog=f"python -m {_MODULE}", allow_abbrev=False)
    parser.add_argument("--port", type=int, default=0)
    found, _ = parser.parse_known_args(arguments[2:])
    product = PRODUCTS[name]()
    application = product if bare else _agreeable(product)
    return serve_until_stopped(application, found.port, threads=4)


def _agreeable(product: Product) -> Product:
    if isinstance(product, Replay):
        return Nodding(product, product.start_over)
    return Nodding(product)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
