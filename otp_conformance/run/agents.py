"""With what persons reach the system: a real browser, or the fast agent."""

from __future__ import annotations

from enum import StrEnum

from otp_conformance.run.text import Text

FAST_AGENT_REMARK = Text(
    "ブラウザーを使わない実行です（--agent http）。合否の判定はブラウザーでの実施によります。",
    "This run used no browser (--agent http). Only a run in the browser decides.",
)


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
