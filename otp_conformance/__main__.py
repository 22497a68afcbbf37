"""``python -m otp_conformance`` is the same as ``otp-conformance``."""

from __future__ import annotations

import sys

from otp_conformance.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
