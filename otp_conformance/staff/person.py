"""Staff's work that a person does by hand, following instructions (port `StaffDesk`)."""

from __future__ import annotations

from otp_conformance.calls.person import Prompter, require_person, unanswered
from otp_conformance.language import say
from otp_conformance.specification.words import Kind
from otp_conformance.staff.port import LOST, WORK, Order, StaffDesk
from otp_conformance.text import normalise
from otp_conformance.verdict.outcome import NotRun

_KEY = "adapters.staff.kind"
_NO = ("n", "no", "いいえ")
_YES = ("y", "yes", "はい")


class PersonStaffDesk(StaffDesk):
    """Says what to do and waits for Enter; "n" means that it cannot be done.

    ``seconds``: how long a task or an answer may take. Nobody there, no answer
    in time and "n" raise `NotRun`.
    """

    def __init__(self, prompter: Prompter, *, seconds: float) -> None:
        self._prompter = prompter
        self._seconds = seconds

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders, oldest first, as the person reads them out."""
        self._instruct(
            "orders",
            say(
                f"職員の画面で、ログインID {login_id} のお客さまの申請を、"
                "取り消されたものも含めてすべて表示してください。",
                f"On the staff's screens, show all orders of the customer {login_id}, "
                "cancelled ones included.",
            ),
        )
        count = self._number(
            say("申請は何件ありますか（0 も可）", "How many orders are there (0 is possible)?")
        )
        return tuple(self._order(login_id, nth) for nth in range(1, count + 1))

    def dispatch(self, login_id: str, serial: str) -> str:
        """Have a token sent for the customer's open order; return its serial as typed."""
        self._instruct(
            "dispatch",
            say(
                f"職員の画面で、ログインID {login_id} のお客さまの申請に、"
                f"シリアル番号 {serial} のトークンを割り当てて発送してください。",
                f"On the staff's screens, allot the token with serial {serial} to the order of "
                f"the customer {login_id} and send it.",
            ),
        )
        question = say(
            "発送したトークンのシリアル番号を入力してください"
            f"（{serial} なら Enter だけでもかまいません）",
            f"Enter the serial that was sent (Enter alone for {serial})",
        )
        return normalise(self._answer("dispatch", question)) or serial

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Have a suspension lifted after noting the circumstances (LCK-10, LCK-11)."""
        self._instruct(
            "unlock",
            say(
                f"職員の画面で、ログインID {login_id} のお客さまの停止状態を解除してください。"
                f"確認した状況には「{circumstances}」と記入してください。",
                f"On the staff's screens, lift the suspension of the customer {login_id}. "
                f"Note as circumstances: {circumstances}",
            ),
        )

    def revoke(self, login_id: str) -> None:
        """Have the customer's token retired (lost or stolen, IX-43)."""
        self._instruct(
            "revoke",
            say(
                f"職員の画面で、ログインID {login_id} のお客さまのトークンを失効させてください。"
                f"理由には「{LOST}」と記入してください。",
                f"On the staff's screens, revoke the token of the customer {login_id}. "
                f"Note as reason: {LOST}",
            ),
        )

    # -- one order ------------------------------------------------------------

    def _order(self, login_id: str, nth: int) -> Order:
        def ask(ja: str, en: str) -> str:
            return self._answer(
                "orders", say(f"古い順に {nth} 件目の{ja}", f"Order {nth}, oldest first: {en}")
            )

        software = ask(
            "トークンはハードウェアですか（Enter: はい / n: いいえ）",
            "is it hardware (Enter: yes, n: no)?",
        )
        return Order(
            login_id=login_id,
            kind=Kind.SOFTWARE if normalise(software) in _NO else Kind.HARDWARE,
            ship_to=ask("送付先（表示のとおり。なければ Enter）", "address as displayed"),
            status=ask("状態（表示のとおり）", "status as displayed"),
            serial=normalise(ask("シリアル番号（なければ Enter）", "serial, Enter for none"))
            or None,
            cancelled=normalise(
                ask("申請は取り消されていますか（y / Enter: いいえ）", "is it cancelled (y)?")
            )
            in _YES,
        )

    # -- talking --------------------------------------------------------------

    def _instruct(self, verb: str, text: str) -> None:
        self._require(verb)
        self._prompter.tell(say(f"［職員の操作］{text}", f"[Staff] {text}"))
        done = say("済んだら Enter、できないときは n と Enter", "Enter when done, n if impossible")
        if normalise(self._answer(verb, done)) in _NO:
            raise NotRun(
                expected=f"職員の操作：{WORK[verb]}",
                observed="操作する人が、できないと答えました",
                hint="できない理由がなくなったら、もう一度実施してください。",
            )

    def _number(self, question: str) -> int:
        while True:
            typed = normalise(self._answer("orders", question))
            if typed.isascii() and typed.isdigit():
                return int(typed)
            self._prompter.tell(say("数字を入力してください。", "Please enter a number."))

    def _answer(self, verb: str, question: str) -> str:
        self._require(verb)
        answer = self._prompter.ask(
            lambda left: say(f"{question}（残り {left} 秒）：", f"{question} ({left} s left):"),
            seconds=self._seconds,
        )
        if answer is None:
            raise unanswered(f"職員の操作、{WORK[verb]}", self._seconds)
        return answer

    def _require(self, verb: str) -> None:
        require_person(self._prompter, _KEY, f"職員の操作、{WORK[verb]}")
