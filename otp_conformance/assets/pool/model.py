"""The file of prepared customers and tokens, as its tables stand (IX-44)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from otp_conformance.declaration.base import FilledText, Section, ix
from otp_conformance.specification.words import Kind, Status

Reference = Annotated[str, Field(pattern=r"^(env:[A-Za-z_{][A-Za-z0-9_{}]*|file:.+|command:.+)$")]
"""A reference to a secret in which {login_id} and {serial} are filled in."""
Digits = Annotated[str, Field(pattern=r"^[0-9]+$")]
_IX = "IX-44"
_STATUS = Annotated[Status, Field(strict=False)]
_KIND = Annotated[Kind, Field(strict=False)]


class PoolDefaults(Section):
    """What holds for every entry that says nothing else."""

    login_password: Annotated[
        Reference | None,
        ix(_IX, "ログインパスワード（参照）", "Login password, by reference", secret=True),
    ] = None
    confirmation_password: Annotated[
        Reference | None,
        ix(_IX, "確認用パスワード（参照）", "Confirmation password, by reference", secret=True),
    ] = None
    seed: Annotated[
        Reference | None, ix(_IX, "トークンの種（参照）", "Seed, by reference", secret=True)
    ] = None
    expires_at: Annotated[
        AwareDatetime | None, ix(_IX, "トークンの有効期限", "Expiry of tokens")
    ] = None


class PoolCustomer(Section):
    """One prepared customer. ``token``: serial number of the token of that status."""

    login_id: Annotated[FilledText, ix(_IX, "ログインID", "Login ID")]
    status: Annotated[_STATUS, ix(_IX, "用意した状態", "State that it has been brought into")]
    kind: Annotated[_KIND, ix(_IX, "トークンの種類", "Kind of its token")] = Kind.HARDWARE
    token: Annotated[
        Digits | None, ix(_IX, "トークンのシリアル番号", "Serial number of its token")
    ] = None
    name: Annotated[str, ix(_IX, "氏名", "Name")] = ""
    address: Annotated[str, ix(_IX, "住所", "Address")] = ""
    login_password: Annotated[
        Reference | None,
        ix(_IX, "ログインパスワード（参照）", "Login password, by reference", secret=True),
    ] = None
    confirmation_password: Annotated[
        Reference | None,
        ix(_IX, "確認用パスワード（参照）", "Confirmation password, by reference", secret=True),
    ] = None
    confirmation_length: Annotated[
        int,
        ix(
            _IX,
            "確認用パスワードの文字数（最短・最長の検査に使うときだけ）",
            "Characters of the confirmation password, where checks of shortest and longest use it",
        ),
        Field(ge=0, le=128),
    ] = 0


class PoolToken(Section):
    """One prepared token. Those without a customer are in stock, or kept for display only."""

    serial: Annotated[Digits, ix(_IX, "シリアル番号", "Serial number")]
    kind: Annotated[_KIND, ix(_IX, "種類", "Kind")] = Kind.HARDWARE
    expires_at: Annotated[AwareDatetime | None, ix(_IX, "有効期限", "Expiry")] = None
    seed: Annotated[
        Reference | None, ix(_IX, "トークンの種（参照）", "Seed, by reference", secret=True)
    ] = None
    last_used: Annotated[
        AwareDatetime | None,
        ix(_IX, "最後に使った日時", "Moment when it was used last"),
    ] = None
    reserved_for: Annotated[
        FilledText | None,
        ix(
            _IX,
            "次に申請したときにこのソフトウェアトークンを受け取るお客さまのログインID",
            "Login ID whose next application is given this software token",
        ),
    ] = None
    state: Annotated[
        Literal["stock", "spare"],
        ix(
            _IX,
            "お客さまのないトークン: stock（在庫、送れる）/ spare（表示を見るだけ、送らない）",
            "A token without customer: stock (can be sent) or spare (display only)",
        ),
    ] = "stock"


class PoolFile(Section):
    """The whole file."""

    pool_version: Annotated[Literal[1], ix(_IX, "一覧の書式の版", "Version of this format")] = 1
    defaults: Annotated[PoolDefaults, ix(_IX, "共通の値", "Values for all")] = PoolDefaults()
    customer: Annotated[
        tuple[PoolCustomer, ...],
        ix(_IX, "お客さま", "Customers"),
        Field(strict=False),
    ] = ()
    token: Annotated[
        tuple[PoolToken, ...],
        ix(_IX, "トークン", "Tokens"),
        Field(strict=False),
    ] = ()
