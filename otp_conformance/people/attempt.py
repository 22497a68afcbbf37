"""The end of one thing that a customer tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from otp_conformance.agent.deed import Delivery
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, SetupFailed


class Action(StrEnum):
    """What can be accepted or refused, in the features' words."""

    LOGIN = "ログイン"
    CHOICE = "種類の選択"
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
    asked for it. ``seen`` describes the screen for readers. ``strange``: the answer
    is a page that nobody has declared and that tells no refusal; then the label key
    of the title by which success would have been recognised, else empty; and
    ``titled_by`` the requirements by which the manual gives that page its title:
    another title fails these, and says nothing of any other. ``between``: what declares that
    page as one that comes before success, empty where it is none. ``unproven``: why nobody can
    say that the attempt was made as it was meant, empty where it was. ``typed``: its right
    OTP was read from a display and typed by a person, who may have mistyped it. ``news``:
    the page says something new, but not in words of a refusal.
    """

    action: Action
    accepted: bool
    told: bool
    seen: str
    suspended: bool = False
    asked_otp: bool = False
    unasked: bool = False
    strange: str = ""
    titled_by: tuple[str, ...] = ()
    between: str = ""
    unproven: str = ""
    typed: bool = False
    news: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether it succeeded with all that was to be entered.

        A login that never asks for the OTP is no login with it.
        """
        return self.accepted and not self.unasked

    @property
    def wanted(self) -> str:
        """What success would be, for readers."""
        asked = "ワンタイムパスワードを求められて、" if self.unasked else ""
        return f"{asked}{self.action}が受け付けられること"

    @property
    def observed(self) -> str:
        """What was seen, for readers."""
        remark = "（ワンタイムパスワードは求められませんでした）" if self.unasked else ""
        if self.strange:
            remark += f"（宣言にない画面です。{self._hint}）"
        return f"{self.seen}{remark}"

    def blamed(self, requirements: Sequence[str]) -> list[str] | None:
        """Return which of a scenario's requirements are failed if this is no success.

        None: all of them. Raises what `require_known` does where the answer may be
        success under an undeclared title and none of them gives that title, where it was
        never made, and where a mistyped OTP may be the reason.
        """
        self.require_made()
        if not self.strange or self.between:
            self.require_known()
            return None
        blamed = [each for each in requirements if each in self.titled_by]
        if not blamed:
            self.require_known()
        return blamed

    def require_known(self) -> None:
        """Raise where it is not known what became of the attempt.

        `DeclarationMismatch` for one that was never made, or a page that may be success
        under an undeclared title; `EnvironmentTrouble` for the refusal of an OTP that a
        person has typed.
        """
        self.require_made()
        if self.typed and not self.accepted and not self.strange:
            raise EnvironmentTrouble(
                expected=self.wanted,
                observed=f"{self.seen}（ただし、ワンタイムパスワードは人が表示を読んで入力した"
                "もので、読み違いや打ち間違いかもしれません）",
                hint="もう一度実施してください。正しく入力しても同じなら、製品が正しい値を"
                "断っています。",
            )
        if self.strange:
            raise DeclarationMismatch(
                expected=f"{self.action}の後の画面が、宣言にある画面のどれかであること",
                observed=self.seen,
                hint=self._hint,
            )

    def require_made(self) -> None:
        """Raise `DeclarationMismatch` for an end other than success of what was never sent."""
        if self.unproven and not self.accepted:
            raise DeclarationMismatch(
                expected=f"{self.action}で、入力した値がそのまま検査対象へ送られること",
                observed=f"{self.unproven}（{self.seen}）",
                hint="入力する欄とボタンが正しいかを check で確かめ、違うなら宣言の [labels] か "
                "[selectors] で指してください。",
            )

    def require_clear(self) -> None:
        """Raise `DeclarationMismatch` for words that may tell the refusal or something else."""
        if self.news and not self.told:
            raise unclear(self.seen)

    @property
    def _hint(self) -> str:
        if self.between:
            return (
                "お知らせや入力内容の確認など、先へ進むボタンのある途中の画面なら、宣言の "
                f"[login] に {self.between} を（すでに interstitials があれば、そこに加えて）"
                "書いてください。"
            )
        what = "受け付けた後の画面"
        if self.strange == "login_otp.title":
            what = "ワンタイムパスワードを求める画面"
        return f"{what}なら、その題名を宣言の [labels] の {self.strange} に書いてください。"

    def require_accepted(self) -> None:
        """Raise unless it succeeded: nothing that follows could be tested.

        `SetupFailed`, or `DeclarationMismatch` where nobody can tell.
        """
        self.require_known()
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


def unclear(seen: str, key: str = "") -> DeclarationMismatch:
    """Return the outcome for new words on a page that may tell a refusal or something else.

    A notice may change with each load. ``key``: where the refusal's text can be declared.
    """
    return DeclarationMismatch(
        expected="拒否されたことが画面から分かること",
        observed=f"{seen}。新しい表示が、拒否の文かどうか分かりません",
        hint="拒否の文なら、その中の言葉を宣言の [labels] の refusal.words に書いてください。"
        f"そうでないなら、[labels] の {key or 'error.otp など'} に拒否の文を書いてください。",
    )


def unproven(delivery: Delivery, *, told: bool) -> str:
    """Return why nobody can say that an attempt was made, empty where it was.

    ``told``: the page told a refusal, which it may do without asking its server.
    """
    if not delivery.fields:
        return ""
    if not delivery.requests:
        return "" if told else "ボタンを押しても、検査対象へは何も送られませんでした"
    names = "、".join(f"「{control.names[0]}」" for control in delivery.missing)
    return f"{names}に入力した値が、送られた内容にありませんでした" if names else ""
