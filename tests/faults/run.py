"""``python -m tests.faults.run [FAULT…]``: short for ``otp-conformance faults``.

``--browser`` stands for ``--agent browser``; every other argument is handed on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from otp_conformance.cli.main import main as command_line


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    words = [["--agent", "browser"] if word == "--browser" else [word] for word in arguments]
    return command_line(["faults", *(part for word in words for part in word)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
