"""How the tests act as staff (IX-17, IX-26, IX-43)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.adapters.recipes import StaffRecipes
from otp_conformance.declaration.base import SecretReference, Section, SomeTexts, Texts, ix

_DO = "IX-17 IX-26 IX-43"


class StaffCalls(Section):
    """HTTP calls, one for each verb that is offered (``kind = "http"``)."""

    orders: Annotated[
        HttpCall | None,
        ix("IX-17", "申請の一覧（{login_id}）", "A customer's orders ({login_id})"),
    ] = None
    dispatch: Annotated[
        HttpCall | None,
        ix(
            "IX-17",
            "発送（{login_id} か {order_id}、{serial}。{serial} がなければ検査対象が選ぶ）",
            "Dispatch: {login_id} or {order_id}, {serial}; without it the system chooses a token",
        ),
    ] = None
    unlock: Annotated[
        HttpCall | None,
        ix(
            "IX-26",
            "停止状態の解除（{login_id} {circumstances}）",
            "Lifting a suspension ({login_id} {circumstances})",
        ),
    ] = None
    revoke: Annotated[
        HttpCall | None,
        ix("IX-43", "失効（{login_id} {reason}）", "Revoking ({login_id} {reason})"),
    ] = None


class StaffCommands(Section):
    """Commands, one for each verb that is offered (``kind = "command"``)."""

    orders: Annotated[
        Texts,
        ix(
            "IX-17",
            "申請の一覧を JSON で出すコマンド（{login_id}）",
            "Command that prints a customer's orders as JSON ({login_id})",
        ),
    ] = ()
    dispatch: Annotated[
        Texts,
        ix(
            "IX-17",
            "発送するコマンド（{login_id} か {order_id}、{serial}。{serial} がなければ検査対象が"
            "選ぶ）",
            "Dispatch: {login_id} or {order_id}, {serial}; without it the system chooses a token",
        ),
    ] = ()
    unlock: Annotated[
        Texts,
        ix(
            "IX-26",
            "停止状態を解除するコマンド（{login_id} {circumstances}）",
            "Lift a suspension ({login_id} {circumstances})",
        ),
    ] = ()
    revoke: Annotated[
        Texts,
        ix("IX-43", "失効させるコマンド（{login_id} {reason}）", "Revoke ({login_id} {reason})"),
    ] = ()


class OrderMembers(Section):
    """Where an answer of ``orders`` (HTTP call or command) has what: dotted paths.

    An empty path: the answer does not have it.
    """

    list: Annotated[
        str,
        ix("IX-17", "申請の配列の場所（空は全体）", "Path of the array; empty: the whole answer"),
    ] = "orders"
    id: Annotated[
        str,
        ix(
            "IX-17",
            "申請の番号の項目（発送に {order_id} を使うとき）",
            "Number of the order, where dispatch uses {order_id}",
        ),
    ] = ""
    sort_by: Annotated[
        str,
        ix(
            "IX-17",
            "古い順に並べる項目（空は答えの順）",
            "Member that sorts oldest first; empty: as answered",
        ),
    ] = ""
    serial: Annotated[str, ix("IX-17", "シリアル番号の項目", "Serial")] = "serial"
    ship_to: Annotated[str, ix("IX-17", "送付先の項目", "Address")] = "ship_to"
    status: Annotated[str, ix("IX-17", "状態の項目", "Status")] = "status"
    kind: Annotated[
        str,
        ix("IX-17", "トークンの種類の項目（空はすべてハード）", "Kind; empty: all are hardware"),
    ] = "kind"
    hardware: Annotated[
        SomeTexts,
        ix("IX-17", "ハードウェアトークンを表す値", "Values that mean hardware"),
    ] = ("hardware",)
    cancelled: Annotated[
        str,
        ix("IX-17", "取り消しが分かる項目", "Member that tells a cancellation"),
    ] = "status"
    cancelled_values: Annotated[
        Texts,
        ix(
            "IX-17",
            "取り消しを表す値（true は書かなくても取り消し）",
            "Values that mean cancelled, besides true",
        ),
    ] = ("cancelled",)


class StaffAdapter(Section):
    """How the tests act as the institution's staff."""

    kind: Annotated[
        Literal["screens", "http", "command", "person", "test_control"],
        ix(
            _DO,
            "職員の操作: screens（職員画面）/ http（HTTP の呼び出し）/ command（外部コマンド）"
            "/ person（人が行う）/ test_control（試験用API）",
            "Staff: screens, http, command, person or test_control",
        ),
    ]
    login_id: Annotated[str, ix("IX-17", "職員ID", "Staff login ID")] = ""
    password: Annotated[
        SecretReference | None,
        ix("IX-17", "職員のパスワード（参照）", "Staff password, by reference", secret=True),
    ] = None
    path: Annotated[str, ix("IX-17", "職員ログイン画面の場所", "Path of the staff login page")] = (
        "/staff/login"
    )
    secrets: Annotated[
        Mapping[str, SecretReference],
        ix(
            "IX-17",
            "手順の {名前} で入力する、ほかの秘密の値（名前 = 参照）",
            "Further secrets that steps fill in as {name}: name = reference",
            secret=True,
        ),
    ] = {}
    recipes: Annotated[
        StaffRecipes,
        ix(_DO, "職員画面での手順（書かない操作は組み込みの手順）", "Steps on staff's screens"),
    ] = StaffRecipes()
    calls: Annotated[StaffCalls, ix(_DO, "HTTP の呼び出し", "HTTP calls")] = StaffCalls()
    commands: Annotated[StaffCommands, ix(_DO, "外部コマンド", "Commands")] = StaffCommands()
    order_members: Annotated[
        OrderMembers, ix("IX-17", "申請の一覧の読み方", "How to read a list of orders")
    ] = OrderMembers()
    timeout_seconds: Annotated[
        int,
        ix(
            _DO,
            "一回の操作の制限時間（秒。0 は既定：command は 30、person は 600）",
            "Time-out of one action in seconds; 0: command 30, person 600",
        ),
        Field(ge=0, le=86400),
    ] = 0
