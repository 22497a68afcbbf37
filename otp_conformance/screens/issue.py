"""Issue: choice of kind (S-03), confirmation (S-04) and completion (S-05), both kinds."""

from __future__ import annotations

from otp_conformance.agent.page import ActionView, Control, FieldView, FormRequest
from otp_conformance.screens.keys import ScreenKey
from otp_conformance.screens.screen import ConfirmationForm, Screen
from otp_conformance.specification.words import Kind
from otp_conformance.text import contains, same

_ROWS = {Kind.HARDWARE: "kind.hardware", Kind.SOFTWARE: "kind.software"}


class KindSelectionScreen(Screen):
    """トークン発行（選択）: one row a kind, each with its 選択."""

    key = ScreenKey.KIND

    def _select(self, kind: Kind) -> Control:
        return self._desk.action("kind.select", row=_ROWS[kind])

    def kinds_offered(self) -> tuple[Kind, ...]:
        """Return the kinds that can be chosen, in the page's order (CON-09, SCR-30, SCR-31)."""
        rows = [a.row for a in self._selections() if a.enabled]
        found = [
            (position, kind)
            for kind, key in _ROWS.items()
            for position, row in enumerate(rows)
            if contains(row, self._desk.labels(key))
        ]
        return tuple(kind for _, kind in sorted(found))

    def selections(self) -> int:
        """Return the number of 選択 on the page, whatever they select."""
        return len(self._selections())

    def _selections(self) -> list[ActionView]:
        names = self._desk.labels("kind.select")
        return [a for a in self._desk.view().actions if same(a.name, names)]

    def can_choose(self, kind: Kind) -> bool:
        """Tell whether a kind is offered."""
        return kind in self.kinds_offered()

    def choose(self, kind: Kind) -> None:
        """Press the 選択 of a kind."""
        self._desk.agent.press(self._select(kind))

    def request(self, kind: Kind) -> FormRequest:
        """Return the request that choosing a kind would send."""
        return self._desk.agent.form_request(self._select(kind))

    def back(self) -> None:
        """Press 戻る."""
        self._desk.press("kind.back")


class IssueConfirmScreen(ConfirmationForm):
    """トークン発行（ハードウェアトークン発行確認）."""

    key = ScreenKey.ISSUE_CONFIRM
    submit_key = "issue_confirm.submit"

    def submit(self, confirmation: str) -> None:
        """Enter the confirmation password and apply."""
        self.send_values({"confirmation.field": confirmation})

    def submit_twice(self, confirmation: str) -> None:
        """Enter the confirmation password and double-click the button."""
        self.fill_confirmation(confirmation)
        self._desk.agent.press_twice(self.submit_control())

    def submit_with_keyboard(self, confirmation: str) -> None:
        """Enter the confirmation password by clicks and apply."""
        self.click_confirmation(confirmation)
        self.press_submit()

    def fields(self) -> tuple[FieldView, ...]:
        """Return the inputs (ISS-14 to ISS-18)."""
        return self._desk.view().fields

    def back(self) -> None:
        """Press 戻る."""
        self._desk.press("issue_confirm.back")


class SoftwareIssueConfirmScreen(IssueConfirmScreen):
    """トークン発行（ソフトウェアトークン発行確認）."""

    key = ScreenKey.SOFTWARE_ISSUE_CONFIRM


class IssueCompleteScreen(Screen):
    """トークン発行（ハードウェアトークン発行完了）."""

    key = ScreenKey.ISSUE_COMPLETE

    def to_portal(self) -> None:
        """Press ワンタイムパスワード申請内容選択へ."""
        self._desk.press("issue_complete.to_portal")


class SoftwareIssueCompleteScreen(IssueCompleteScreen):
    """トークン発行（ソフトウェアトークン発行完了）."""

    key = ScreenKey.SOFTWARE_ISSUE_COMPLETE
