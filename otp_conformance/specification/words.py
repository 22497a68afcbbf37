"""Closed vocabularies: kinds of token, states of a customer, means that stand in for a person."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from otp_conformance.language import Text


class Kind(StrEnum):
    """The two kinds of token (CON-09)."""

    HARDWARE = "hardware"
    SOFTWARE = "software"


class Status(StrEnum):
    """State to bring a new customer into (state machine 3.1)."""

    NOT_REGISTERED = "not_registered"  # R0  未登録
    ISSUED = "issued"  # R1  トークン発行済
    IN_SERVICE = "in_service"  # R2  サービス利用中
    SUSPENDED = "suspended"  # R3
    DEACTIVATED = "deactivated"  # R0' 未登録, retired token behind it


STATUS_NAMES: Mapping[Status, Text] = {
    Status.NOT_REGISTERED: Text("未登録", "not registered"),
    Status.ISSUED: Text("トークン発行済", "issued"),
    Status.IN_SERVICE: Text("サービス利用中", "in service"),
    Status.SUSPENDED: Text("停止中", "suspended"),
    Status.DEACTIVATED: Text("利用解除済み", "deactivated"),
}
KIND_NAMES: Mapping[Kind, Text] = {
    Kind.HARDWARE: Text("ハードウェアトークン", "hardware token"),
    Kind.SOFTWARE: Text("ソフトウェアトークン", "software token"),
}


class AgentKind(StrEnum):
    """The means that stand in for a person's computer."""

    BROWSER = "browser"
    HTTP = "http"

    @property
    def text(self) -> Text:
        """Its name for readers."""
        if self is AgentKind.BROWSER:
            return Text("ブラウザー", "browser")
        return Text("高速エージェント（ブラウザーなし）", "fast agent (no browser)")


FAST_AGENT_REMARK = Text(
    "ブラウザーを使わない実行です（--agent http）。合否の判定はブラウザーでの実施によります。",
    "This run used no browser (--agent http). Only a run in the browser decides.",
)
