"""The whole declaration: what a vendor says about a system under test.

Mirrors the TOML file table by table. Defaults are those of the requirements'
section 6; parameters without default must be declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from otp_conformance.declaration.adapters import Adapters
from otp_conformance.declaration.base import Section, SomeTexts, ix
from otp_conformance.declaration.deviations import KnownDeviation
from otp_conformance.declaration.labels import DEFAULT_LABELS
from otp_conformance.declaration.otp import Login, Navigation, Otp, ScreenIds, Serial
from otp_conformance.declaration.procedures import (
    Activation,
    Buttons,
    ConfirmationPassword,
    Effect,
    Exits,
    Expiry,
    Issue,
    Keyboard,
    Retired,
    Statuses,
    Switching,
)
from otp_conformance.declaration.suspension import Lockout, Sessions
from otp_conformance.declaration.system import Ics, SutSection


def flatten_labels(labels: Mapping[str, Any]) -> dict[str, Any]:
    """Return labels under dotted keys.

    ``"portal.title" = […]`` and ``portal.title = […]`` are two things in TOML
    and one in a vendor's mind.
    """
    flat: dict[str, Any] = {}
    for key, value in labels.items():
        if isinstance(value, Mapping):
            inner = flatten_labels(value)
            flat.update({f"{key}.{rest}": texts for rest, texts in inner.items()})
        else:
            flat[key] = value
    return flat


class Declaration(Section):
    """A checked declaration. Built by `load.load`, which gives good errors."""

    declaration_version: Annotated[
        Literal[1], ix("IX-01", "宣言の書式の版", "Version of this file's format")
    ]
    sut: Annotated[SutSection, ix("IX-01", "試験対象", "System under test")]
    ics: Annotated[
        Ics, ix("IX-03 IX-17 IX-26 IX-27 IX-29 IX-42", "ある機能、ない機能", "Optional parts")
    ]
    login: Annotated[Login, ix("IX-05", "ログイン", "Login")] = Login()
    navigation: Annotated[Navigation, ix("IX-04", "画面の移動", "Navigation")] = Navigation()
    screen_ids: Annotated[ScreenIds, ix("IX-03", "画面ID", "Screen IDs")] = ScreenIds()
    otp: Annotated[Otp, ix("IX-06 IX-07 IX-08 IX-10", "ワンタイムパスワード", "One-time password")]
    serial: Annotated[Serial, ix("IX-13 IX-14", "シリアル番号", "Serial numbers")] = Serial()
    issue: Annotated[Issue, ix("IX-15 IX-16 IX-19 IX-20", "トークン発行", "Issue")]
    activation: Annotated[Activation, ix("IX-48", "利用開始登録", "Activation")]
    lockout: Annotated[Lockout, ix("IX-21 IX-22 IX-23 IX-24 IX-25", "認証の停止", "Suspension")]
    confirmation_password: Annotated[
        ConfirmationPassword, ix("IX-28", "確認用パスワード", "Confirmation password")
    ]
    keyboard: Annotated[Keyboard, ix("IX-29", "ソフトウェアキーボード", "On-screen keyboard")] = (
        Keyboard()
    )
    switching: Annotated[
        Switching, ix("IX-30 IX-31 IX-32 IX-33 IX-34", "種類の切替", "Switching of kind")
    ] = Switching()
    retired: Annotated[Retired, ix("IX-35", "利用解除したトークン", "Deactivated tokens")] = (
        Retired()
    )
    expiry: Annotated[Expiry, ix("IX-37", "有効期限", "Expiry")] = Expiry()
    effect: Annotated[Effect, ix("IX-36", "効果が出る時点", "When changes take effect")] = Effect()
    exits: Annotated[Exits, ix("IX-38", "画面の出口", "Ways out of screens")] = Exits()
    buttons: Annotated[Buttons, ix("IX-18", "ボタンの見せ方", "Buttons")] = Buttons()
    statuses: Annotated[Statuses, ix("IX-47", "ほかの登録状況", "Further statuses")] = Statuses()
    sessions: Annotated[Sessions, ix("IX-41", "ログイン中の状態", "Sessions")] = Sessions()
    labels: Annotated[
        Mapping[str, SomeTexts],
        ix("IX-02 IX-39 IX-40", "画面の文言（上書きのみ）", "On-screen texts (overrides only)"),
        Field(validate_default=True),
    ] = {}
    screen_marks: Annotated[
        Mapping[str, SomeTexts],
        ix(
            "IX-02",
            "題名のない画面の見分け方（画面の名前 = そこにそろって出る文言）",
            "How to tell a screen without a title: its name = texts that are all on it",
        ),
    ] = {}
    known_deviations: Annotated[
        Annotated[tuple[KnownDeviation, ...], Field(strict=False)],
        ix("IX-01", "承知している相違", "Deviations that the institution knows of"),
    ] = ()
    adapters: Annotated[
        Adapters, ix("IX-11 IX-12 IX-17 IX-26 IX-43 IX-44", "試験側の接続", "Adapters")
    ]

    @field_validator("labels", mode="before")
    @classmethod
    def _dotted(cls, labels: object) -> object:
        return flatten_labels(labels) if isinstance(labels, Mapping) else labels

    @field_validator("labels", mode="after")
    @classmethod
    def _with_defaults(cls, labels: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {**DEFAULT_LABELS, **labels}
