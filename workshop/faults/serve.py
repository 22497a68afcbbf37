"""``python -m workshop.faults.serve FAULT -- ARGUMENTS``: start the bank with one fault.

The arguments are those of ``python -m reference_impl``; the whole command of a
declaration, with these words at its beginning, will do as well.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from reference_impl.server import EXIT_USAGE, main
from workshop.faults.banks import BANKS


def serve(arguments: Sequence[str]) -> int:
    """Make the bank faulty, run it and return its exit code."""
    if len(arguments) < 2 or arguments[1] != "--" or arguments[0] not in BANKS:
        names = " ".join(sorted(BANKS))
        sys.stderr.write(
            f"使い方 / usage: python -m workshop.faults.serve FAULT -- ARGUMENTS; FAULT: {names}\n"
        )
        return EXIT_USAGE
    BANKS[arguments[0]]()
    return main(_of_the_bank(arguments[2:]))


def _of_the_bank(words: Sequence[str]) -> Sequence[str]:
    """Return what comes after ``PYTHON -m reference_impl``, where that comes first."""
    return words[3:] if tuple(words[1:3]) == ("-m", "reference_impl") else words


if __name__ == "__main__":
    sys.exit(serve(sys.argv[1:]))
