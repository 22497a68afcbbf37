"""How the tests restart the system (IX-01), and what becomes of logins then (IX-41)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.base import Section, Texts, ix


class RestartAdapter(Section):
    """How the tests restart the system; a table that is left out: they cannot."""

    kind: Annotated[
        Literal["process", "command", "http"],
        ix(
            "IX-01",
            "検査対象の再起動: process（sut.start で起動したプロセスを止めて起動し直す）/ "
            "command（外部コマンド）/ http（宣言した呼び出し）",
            "Restarting the system: process (the one started by sut.start is stopped and started "
            "again), command, or http (a call described here)",
        ),
    ]
    command: Annotated[
        Texts,
        ix(
            "IX-01",
            "検査対象を再起動するコマンド",
            "Command that restarts the system",
        ),
    ] = ()
    call: Annotated[
        HttpCall | None,
        ix(
            "IX-01",
            "検査対象を再起動する呼び出し",
            "Call that restarts the system",
        ),
    ] = None
    settle_seconds: Annotated[
        int,
        ix(
            "IX-01",
            "コマンドや呼び出しの後、再起動が始まるまでに待つ秒数",
            "Seconds until the restart has begun, after the command or call",
        ),
        Field(ge=0, le=600),
    ] = 0
    timeout_seconds: Annotated[
        int,
        ix(
            "IX-01",
            "コマンドが終わるまで、また再び応答するまでの制限時間（秒）",
            "Time-out in seconds of the command, and until the system answers again",
        ),
        Field(ge=1, le=3600),
    ] = 120
    sessions: Annotated[
        Literal["kept", "ended"],
        ix(
            "IX-41",
            "再起動したときのログイン: kept（続く）/ ended（終わる）",
            "Logins at a restart: kept, or ended",
        ),
    ]
