"""Where one-time passwords come from (IX-11)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.base import SecretReference, Section, Texts, ix


class SoftwareSeeds(Section):
    """Where the seed of a software token is known from, which the customer applied for.

    ``seed``, ``serial`` and ``expires_at`` are captions on the completion screen, or
    dotted paths in the call's answer.
    """

    source: Annotated[
        Literal["prepared", "screen", "call"],
        ix(
            "IX-11",
            "申請したソフトウェアトークンの種: prepared（前もって用意）/ screen（発行完了の画面に"
            "出る）/ call（HTTP の呼び出しで分かる）",
            "Seed of a software token applied for: prepared beforehand, shown on the completion "
            "screen, or told by a call",
        ),
    ] = "prepared"
    seed: Annotated[
        str,
        ix(
            "IX-11",
            "種の見出し（screen）か項目（call）。otpauth:// でもよい",
            "Caption (screen) or member (call) of the seed; may be otpauth://",
        ),
    ] = ""
    serial: Annotated[
        str,
        ix(
            "IX-11",
            "シリアル番号の見出しか項目（空: 分からない）",
            "Caption or member of the serial number; empty: unknown",
        ),
    ] = ""
    expires_at: Annotated[
        str,
        ix(
            "IX-11",
            "有効期限の見出し（expiry.display_format の形）か項目（ISO 8601）。空: 分からない",
            "Caption (as expiry.display_format) or member (ISO 8601) of the expiry; empty: unknown",
        ),
    ] = ""
    call: Annotated[
        HttpCall | None,
        ix("IX-11", "種を答える呼び出し（{login_id}）", "Call that tells the seed ({login_id})"),
    ] = None


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
        ix(
            "IX-11",
            "種から計算するときのハッシュ関数: SHA1 / SHA256 / SHA512",
            "Hash function of simulated tokens: SHA1, SHA256 or SHA512",
        ),
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
    software: Annotated[
        SoftwareSeeds,
        ix("IX-11", "申請したソフトウェアトークンの種", "Seeds of software tokens applied for"),
    ] = SoftwareSeeds()
