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
        ix("IX-26", "トークンを使い続けられるか", "The token is kept or retired"),
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
        ix("IX-22", "誤りを数える機能", "Functions whose failures count"),
    ] = ("login", "deactivation")
    shared_counter: Annotated[
        bool, ix("IX-22", "機能をまたいで一つに数えるか", "One counter for all of them")
    ] = True
    classes: Annotated[
        Annotated[tuple[FailureClass, ...], Field(strict=False)],
        ix("IX-23", "数える誤りの種類", "Classes of failure that count"),
    ] = ("wrong", "other_token", "reused", "stale", "future")
    resets: Annotated[
        Annotated[tuple[Reset, ...], Field(strict=False)],
        ix("IX-24", "回数を0に戻すもの", "What clears the count"),
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
        ix("IX-41", "同時に二つのログイン", "A second session of the same customer"),
    ] = "allowed"
    direct_url: Annotated[
        Literal["refused", "allowed"],
        ix("IX-41", "途中の画面を直接開くこと", "Opening a later page directly"),
    ] = "refused"
