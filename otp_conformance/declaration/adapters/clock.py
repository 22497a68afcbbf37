"""How the time at the system is read and moved (IX-12)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.base import Section, ix

_IX = "IX-12"


class ClockAdapter(Section):
    """How the time at the system is read and moved.

    ``move`` and ``read`` may use ``{iso}``, ``{unix}`` and ``{offset_seconds}``
    (seconds ahead of real time): the moment asked for.
    """

    kind: Annotated[
        Literal["test_control", "http", "faketime", "real"],
        ix(
            _IX,
            "時刻の扱い: test_control（試験用APIで進める）/ http（宣言した呼び出しで進める）"
            "/ faketime（libfaketime のファイルで進める）/ real（実時間を待つ）",
            "Clock: test_control (moved by API), http (by calls described here), "
            "faketime (by libfaketime's file) or real (waited for)",
        ),
    ]
    move: Annotated[
        HttpCall | None,
        ix(
            _IX,
            "時刻を進める呼び出し（{iso} {unix} {offset_seconds} が置き換わる）",
            "Call that moves the clock; {iso} {unix} {offset_seconds} are filled in",
        ),
    ] = None
    read: Annotated[
        HttpCall | None,
        ix(_IX, "時刻を読む呼び出し（JSON で答えるもの）", "Call that reads the clock, in JSON"),
    ] = None
    read_member: Annotated[
        str,
        ix(
            _IX,
            "答えの中で時刻のある場所（点で区切る。空なら答え全体）",
            "Where in the answer the time is: a dotted path; empty: the whole answer",
        ),
    ] = ""
    read_format: Annotated[
        Literal["iso", "unix"],
        ix(
            _IX,
            "答えの時刻の形: iso（時差つき ISO 8601）/ unix（秒）",
            "Form of that time: iso (ISO 8601 with offset) or unix (seconds)",
        ),
    ] = "iso"
    file: Annotated[
        str,
        ix(
            _IX,
            "libfaketime のファイル（FAKETIME_TIMESTAMP_FILE。宣言ファイルからの相対）",
            "libfaketime's file (FAKETIME_TIMESTAMP_FILE), relative to this file",
        ),
    ] = ""
    goes_back: Annotated[
        bool | None,
        ix(
            _IX,
            "時刻を戻せるか（既定: test_control と http は true、faketime は false）",
            "The clock can be put back (default: true for test_control and http, "
            "false for faketime)",
        ),
    ] = None
    stands_still: Annotated[
        bool | None,
        ix(
            _IX,
            "進めた後に時刻が止まっているか（既定: test_control は true、ほかは false）",
            "Once moved, the clock stands still (default: true for test_control only)",
        ),
    ] = None
    guard_seconds: Annotated[
        int,
        ix(
            _IX,
            "時間枠の端からこの秒数の間はワンタイムパスワードを使わない",
            "No OTP is used within so many seconds of a time step's edge",
        ),
        Field(ge=1, le=10),
    ] = 5
    tolerance_seconds: Annotated[
        int,
        ix(
            _IX,
            "検査対象の時刻のずれとして許す秒数（超えれば判定不能）",
            "Seconds by which the system's time may be off; beyond: inconclusive",
        ),
        Field(ge=1, le=300),
    ] = 10
    max_wait_minutes: Annotated[
        int,
        ix(
            _IX,
            "実時間で一度に待つ長さの上限（分。超えれば未実施）",
            "Longest single wait in real time, in minutes; beyond: not run",
        ),
        Field(ge=5, le=120),
    ] = 15
    wait_overnight: Annotated[
        bool,
        ix(
            _IX,
            "翌日まで（48 時間以内）待つか",
            "Waits until the next day (up to 48 hours) are allowed",
        ),
    ] = False

    @property
    def movable(self) -> bool:
        """Whether the clock is moved, and not waited for."""
        return self.kind != "real"

    @property
    def reversible(self) -> bool:
        """Whether it can be put back: as declared, or as is usual with its kind."""
        usual = self.kind in ("test_control", "http")
        return self.movable and (usual if self.goes_back is None else self.goes_back)

    @property
    def still(self) -> bool:
        """Whether a moved clock stands still: as declared, or as is usual with its kind."""
        usual = self.kind == "test_control"
        return self.movable and (usual if self.stands_still is None else self.stands_still)

    @property
    def shareable(self) -> bool:
        """Whether scenarios can be carried out side by side at a clock that is moved for all."""
        return self.reversible and self.still
