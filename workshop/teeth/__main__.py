"""``python -m workshop.teeth [FAULT…]``: the kill matrix, as ``make faults`` starts it.

``--browser`` stands for ``--agent browser``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from otp_conformance.cli.entry import start
from otp_conformance.cli.startup import steady_streams
from otp_conformance.language import choose, set_language
from workshop.teeth.command import faults


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    words = [["--agent", "browser"] if word == "--browser" else [word] for word in arguments]
    set_language(choose(None, os.environ))
    with steady_streams():
        return start([part for word in words for part in word], faults, "faults")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
