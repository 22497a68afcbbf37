"""Suspension of OTP authentication, its lifting, and sessions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from otp_conformance.declaration.base import Section, ix

Source = Literal["login", "activation", "deactivation", "other"]
FailureClass = Literal[
    "wrong",
    "other_token",
    "reused",
    "stale",
    "future",
    "malformed",
    "empty",
    "with_wrong_password",
]
Reset = Literal["otp_success", "unlock", "reactivation", "time", "date_change", "password_success"]


class Unlock(Section):
    """What staff's lifting of a suspension does."""

    delay_seconds: Annotated[
        int,
        ix("IX-26", "効果が出るまでの秒数", "Seconds until it takes effect"),
        Field(ge=0, le=86400),
    ] = 0
    token: Annotated[
        Literal["kept", "retired"],
        ix(
            "IX-26",
            "トークン: kept（使い続けられる）/ retired（使えなくなる）",
            "The token is kept or retired",
        ),
    ] = "kept"  # noqa: S105 - an effect on the token, no secret


class Lockout(Section):
    """認証の停止."""

    threshold: Annotated[
        int,
        ix(
            "IX-21",
            "停止までに連続して誤る回数",
            "Consecutive failures that suspend OTP authentication",
        ),
        Field(ge=1, le=100),
    ]
    sources: Annotated[
        Annotated[tuple[Source, ...], Field(strict=False)],
        ix(
            "IX-22",
            "誤りを数える機能: login（ログイン）/ activation（利用開始登録）/ "
            "deactivation（利用解除）/ other（ほか）",
            "Functions whose failures count: login, activation, deactivation, other",
        ),
    ] = ("login", "deactivation")
    shared_counter: Annotated[
        bool, ix("IX-22", "機能をまたいで一つに数えるか", "One counter for all of them")
    ] = True
    classes: Annotated[
        Annotated[tuple[FailureClass, ...], Field(strict=False)],
        ix(
            "IX-23",
            "数える誤り: wrong（誤った値）/ other_token（別のトークンの値）/ reused（使用済み）/ "
            "stale（古い）/ future（先の時刻）/ malformed（形の違い）/ empty（空）/ "
            "with_wrong_password（パスワード誤りと一緒の値）",
            "What counts: wrong value, other_token's, reused, stale, future, malformed, empty, "
            "with_wrong_password",
        ),
    ] = ("wrong", "other_token", "reused", "stale", "future")
    resets: Annotated[
        Annotated[tuple[Reset, ...], Field(strict=False)],
        ix(
            "IX-24",
            "回数を0に戻すもの: otp_success（正しい値）/ unlock（停止の解除）/ "
            "reactivation（新たな利用開始）/ time（時間）/ date_change（日付）/ "
            "password_success（正しいパスワード）",
            "What clears the count: otp_success, unlock, reactivation, time, date_change, "
            "password_success",
        ),
    ] = ("otp_success", "unlock", "reactivation")
    live_sessions: Annotated[
        Literal["kept", "cut"],
        ix(
            "IX-25",
            "停止したときのほかのログイン中の画面: kept（続く）/ cut（切れる）",
            "Other live sessions at suspension: kept or cut",
        ),
    ] = "cut"
    unlock: Annotated[Unlock, ix("IX-26", "停止状態の解除", "Staff unlock")] = Unlock()


class Sessions(Section):
    """Sessions of customers."""

    idle_minutes: Annotated[
        int, ix("IX-41", "操作がないと切れるまでの分", "Idle minutes"), Field(ge=1, le=1440)
    ] = 15
    absolute_minutes: Annotated[
        int | None,
        ix("IX-41", "ログインから切れるまでの分", "Minutes from login to the end"),
        Field(ge=1, le=44640),
    ] = None
    concurrent: Annotated[
        Literal["allowed", "refused", "replaces"],
        ix(
            "IX-41",
            "同時に二つ目のログイン: allowed（できる）/ refused（断る）/ replaces（前のが切れる）",
            "A second session of the same customer: allowed, refused, or replaces the first",
        ),
    ] = "allowed"
    direct_url: Annotated[
        Literal["refused", "allowed"],
        ix(
            "IX-41",
            "ログイン中に途中の画面をアドレスで開くこと: refused（断る）/ allowed（できる）",
            "Opening a later page by its address: refused or allowed",
        ),
    ] = "refused"
