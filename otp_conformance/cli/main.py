"""The entry point: light, so that streams and Ctrl-C are in order before the rest is loaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from otp_conformance.cli.startup import loading, steady_streams
from otp_conformance.language import choose, set_language

_LANGUAGES = ("ja", "en")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code (docs/exit-codes.md)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    asked = _option(arguments, "--lang")
    # What is no language of ours is refused in the environment's language.
    set_language(choose(asked if asked in _LANGUAGES else None, os.environ))
    with steady_streams():
        with loading():
            from otp_conformance.cli.entry import start
        return start(arguments)


def _option(arguments: Sequence[str], name: str) -> str | None:
    """Read an option before click does: its own errors must be in the right language."""
    for index, argument in enumerate(arguments):
        if argument.startswith(f"{name}="):
            return argument.removeprefix(f"{name}=")
        if argument == name and index + 1 < len(arguments):
            return arguments[index + 1]
    return None
