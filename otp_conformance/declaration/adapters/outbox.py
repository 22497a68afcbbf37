"""How the tests read the notices that customers get (IX-46)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.base import Section, Texts, ix


class OutboxAdapter(Section):
    """How the tests read notices; a table that is left out: they cannot."""

    kind: Annotated[
        Literal["test_control", "http", "command", "folder"],
        ix(
            "IX-46",
            "お客さまへの通知の確認: test_control（試験用API）/ http（宣言した呼び出し）/ "
            "command（外部コマンド）/ folder（メールのファイルの置き場所）",
            "Notices to customers: test_control, http (a call described here), command, or "
            "folder (of mails as files)",
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
    command: Annotated[
        Texts,
        ix(
            "IX-46",
            "お客さまへの通知の件名を JSON で出すコマンド（{login_id} が置き換わる）",
            "Command that prints the subjects of a customer's notices as JSON ({login_id})",
        ),
    ] = ()
    timeout_seconds: Annotated[
        int,
        ix("IX-46", "コマンドの制限時間（秒）", "Time-out of the command in seconds"),
        Field(ge=1, le=600),
    ] = 20
    folder: Annotated[
        str,
        ix(
            "IX-46",
            "メールが一通一ファイル（RFC 5322）で置かれるフォルダー（宣言から見た場所）",
            "Folder with one file a mail (RFC 5322), relative to the declaration",
        ),
    ] = ""
    recipient: Annotated[
        str,
        ix(
            "IX-46",
            "お客さまの宛先（例 {login_id}@test.example）",
            "Address of a customer, e.g. {login_id}@test.example",
        ),
    ] = ""
    delay_seconds: Annotated[
        int,
        ix("IX-46", "通知が届くまでの時間（秒）", "Seconds until a notice has arrived"),
        Field(ge=0, le=3600),
    ] = 0
