"""How the tests read the notices that customers get (IX-46)."""

from __future__ import annotations

from typing import Annotated, Literal

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.base import Section, ix


class OutboxAdapter(Section):
    """How the tests read notices; a table that is left out: they cannot."""

    kind: Annotated[
        Literal["test_control", "http"],
        ix(
            "IX-46",
            "お客さまへの通知の確認: test_control（試験用API）/ http（宣言した呼び出し）",
            "Notices to customers: test_control, or http (a call described here)",
        ),
    ]
    call: Annotated[
        HttpCall | None,
        ix(
            "IX-46",
            "お客さまへの通知の件名を返す呼び出し（{login_id} が置き換わる）",
            "Call that answers with the subjects of a customer's notices; {login_id} is filled in",
        ),
    ] = None
    subjects: Annotated[
        str,
        ix(
            "IX-46",
            "応答の JSON で、件名（か subject を持つ表）の配列がある場所（例 data.notices）",
            "Where the answer's JSON has the array of subjects, or of objects with a subject",
        ),
    ] = ""
