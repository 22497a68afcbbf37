"""Values as Japanese text: times, kinds, states."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from reference_impl.service.contract import Kind, Status

JST = ZoneInfo("Asia/Tokyo")

KIND_NAME = {Kind.HARDWARE: "ハードウェアトークン", Kind.SOFTWARE: "ソフトウェアトークン"}

KIND_LABEL = {
    Kind.SOFTWARE: "ソフトウェアトークン（携帯電話またはスマートフォンのアプリに表示する方法）",
    Kind.HARDWARE: "ハードウェアトークン（キーホルダー型の生成機に表示する方法）",
}

#: A suspended customer is still registered; the suspension is told apart from the status.
STATUS_NAME = {
    Status.NOT_REGISTERED: "未登録",
    Status.ISSUED: "トークン発行済",
    Status.IN_SERVICE: "サービス利用中",
    Status.SUSPENDED: "サービス利用中",
}

ORDER_STATE = {
    "accepted": "受付済",
    "dispatched": "発送済",
    "activated": "利用開始済",
    "cancelled": "取消",
}
TOKEN_STATE = {"stock": "在庫", "allotted": "割当済", "active": "利用中", "retired": "失効"}


def minutes(moment: datetime) -> str:
    """Return a moment as YYYY年MM月DD日 HH時MM分 in Japan time (IX-37)."""
    return moment.astimezone(JST).strftime("%Y年%m月%d日 %H時%M分")


def seconds(moment: datetime) -> str:
    """Return a moment as YYYY年MM月DD日 HH時MM分SS秒 in Japan time."""
    return moment.astimezone(JST).strftime("%Y年%m月%d日 %H時%M分%S秒")


def kind_name(kind: Kind | None) -> str:
    """Return the name of a kind, or a dash."""
    return "－" if kind is None else KIND_NAME[kind]
