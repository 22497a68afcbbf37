"""How the time at the system is read and moved (IX-12)."""

from __future__ import annotations

from typing import Annotated, Literal

from otp_conformance.declaration.base import Section, ix


class ClockAdapter(Section):
    """How the time at the system is read and moved."""

    kind: Annotated[
        Literal["test_control", "real"],
        ix(
            "IX-12",
            "時刻の扱い: test_control（試験用APIで進める）/ real（実時間を待つ）",
            "Clock: test_control (moved by API) or real (waited for)",
        ),
    ]
