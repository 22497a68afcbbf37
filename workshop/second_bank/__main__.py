"""``python -m workshop.second_bank --port N --data DIR``: start the second bank.

The Authorization header that staff send comes from the environment variable
OTP_SECOND_STAFF_AUTHORIZATION. For development only: ``--dev-test-control`` opens the
test-control API (key: OTP_TEST_CONTROL_KEY) and freezes the clock at
``--frozen-at``.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from reference_impl.clock import Clock, FrozenProcess, system_clock
from reference_impl.service.bank import build_bank
from workshop.second_bank import rules
from workshop.second_bank.app import create_app
from workshop.variants.server import serve_until_stopped


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    found = _arguments()
    clock: Clock = system_clock
    key = ""
    if found.dev_test_control:
        key = os.environ["OTP_TEST_CONTROL_KEY"]
        # After all imports, before the first thread of the server.
        clock = FrozenProcess(found.frozen_at)
    authorization = os.environ.get("OTP_SECOND_STAFF_AUTHORIZATION", "")
    if not authorization:
        sys.stderr.write("OTP_SECOND_STAFF_AUTHORIZATION is empty or not set\n")
        return 2
    settings = rules.settings(found.data, port=found.port, test_control_key=key)
    found.data.mkdir(parents=True, exist_ok=True)
    app = create_app(build_bank(settings, clock), authorization)
    return serve_until_stopped(app, found.port, threads=8)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workshop.second_bank", allow_abbrev=False)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--dev-test-control", action="store_true")
    parser.add_argument(
        "--frozen-at",
        type=datetime.fromisoformat,
        default=datetime.fromisoformat("2026-11-24T10:00:20+09:00"),
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
