"""Where one-time passwords come from (IX-11)."""

from __future__ import annotations

from typing import Annotated, Literal

from otp_conformance.declaration.base import SecretReference, Section, Texts, ix


class TokenAdapter(Section):
    """Where one-time passwords come from."""

    kind: Annotated[
        Literal["simulated", "pskc", "command", "person"],
        ix(
            "IX-11",
            "ワンタイムパスワードの入手: simulated（種から計算）/ pskc（PSKCファイル）"
            "/ command（外部コマンド）/ person（人が読む）",
            "Source of OTPs: simulated (from seeds), pskc file, command, person",
        ),
    ]
    algorithm: Annotated[
        Literal["SHA1", "SHA256", "SHA512"],
        ix("IX-11", "種から計算するときのハッシュ関数", "Hash function of simulated tokens"),
    ] = "SHA1"
    file: Annotated[
        str,
        ix("IX-11", "PSKCファイル（宣言ファイルからの相対）", "PSKC file, relative to this file"),
    ] = ""
    key: Annotated[
        SecretReference | None,
        ix("IX-11", "PSKCファイルの鍵（参照）", "Key of the PSKC file, by reference", secret=True),
    ] = None
    command: Annotated[
        Texts,
        ix("IX-11", "コマンド（{serial} が置き換わる）", "Command; {serial} is filled in"),
    ] = ()
