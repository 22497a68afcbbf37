"""The end of one thing that a customer tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from otp_conformance.verdict.outcome import SetupFailed


class Action(StrEnum):
    """What can be accepted or refused, in the features' words."""

    LOGIN = "ログイン"
    ISSUE = "発行の申請"
    ACTIVATION = "利用開始登録"
    DEACTIVATION = "利用解除"
    DISPATCH = "発送"


@dataclass(frozen=True)
class Attempt:
    """How the system answered.

    ``accepted``: the screen that only success shows was shown.
    ``told``: the customer could recognise the refusal (SCR-62): an error
    text, the suspension screen, or, for a login, the question for the OTP.
    ``suspended``: the answer speaks of the suspension. ``asked_otp``: the
    answer asks for the OTP. ``unasked``: an OTP was at hand for a login and nobody
    asked for it. ``seen`` describes the screen for readers.
    """

    action: Action
    accepted: bool
    told: bool
    seen: str
    suspended: bool = False
    asked_otp: bool = False
    unasked: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether it succeeded with all that was to be entered.

        A login that never asks for the OTP is no login with it.
        """
        return self.accepted and not self.unasked

    @property
    def observed(self) -> str:
        """What was seen, for readers."""
        remark = "（ワンタイムパスワードは求められませんでした）" if self.unasked else ""
        return f"{self.seen}{remark}"

    def require_accepted(self) -> None:
        """Raise `SetupFailed` unless it succeeded: nothing that follows could be tested."""
        if not self.accepted:
            raise SetupFailed(
                expected=f"{self.action}が受け付けられること",
                observed=self.seen,
                hint="受け付けた後の画面が出ているのなら、その題名を宣言の [labels]"
                "（….title）に書いてください。",
            )

    def require_refused(self, what: str) -> None:
        """Raise `SetupFailed` if it succeeded; ``what`` says with what it must not."""
        if self.accepted:
            raise SetupFailed(expected=f"{what}では{self.action}できないこと", observed=self.seen)
