"""Where one-time passwords come from (IX-11)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

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
    seed_format: Annotated[
        Literal["auto", "base32", "hex"],
        ix(
            "IX-11",
            "種の書き方: auto（見分ける）/ base32 / hex（16進）",
            "How seeds are written: auto (told apart), base32 or hex",
        ),
    ] = "auto"
    file: Annotated[
        str,
        ix("IX-11", "PSKCファイル（宣言ファイルからの相対）", "PSKC file, relative to this file"),
    ] = ""
    key: Annotated[
        SecretReference | None,
        ix(
            "IX-11",
            "PSKCファイルの鍵（16進か Base64）かパスワード（参照）",
            "Key (hex or Base64) or password of the PSKC file, by reference",
            secret=True,
        ),
    ] = None
    command: Annotated[
        Texts,
        ix(
            "IX-11",
            "値を標準出力に出すコマンド（{serial}、{unix}（秒）、{step} が置き換わる）",
            "Command that prints the code; {serial}, {unix} (seconds) and {step} are filled in",
        ),
    ] = ()
    any_moment: Annotated[
        bool,
        ix(
            "IX-11",
            "コマンドが {unix} か {step} の時刻の値を答えるか（false: いまの表示だけ）",
            "The command answers for the moment of {unix} or {step}, not just for now",
        ),
    ] = False
    timeout_seconds: Annotated[
        int,
        ix("IX-11", "コマンドの制限時間（秒）", "Time-out of the command in seconds"),
        Field(ge=1, le=600),
    ] = 20
