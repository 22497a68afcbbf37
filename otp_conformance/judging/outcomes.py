"""What each declaration leads to, as the scenario itself says it: the table 宣言 | 結果.

A step about something that the manual leaves open carries a table with one row for each
thing that a vendor can declare. `by_declaration` finds the row of what is declared, has
the step judge, and makes sure that the step expected what the row says: a row that says
anything else is a fault of the suite. The lint compares the tables with `Question.answers`
and `RESULTS` without running anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from otp_conformance.declaration.model import Declaration
from otp_conformance.errors import SuiteFaultError
from otp_conformance.journal.events import recorded_answer
from otp_conformance.judging.buttons import button_key, declared_presence, works
from otp_conformance.people.customer import Customer
from otp_conformance.people.gate import covered
from otp_conformance.people.introduction import People
from otp_conformance.people.procedures import gate_is_open, retired_is_free
from otp_conformance.screens.desk import Presence
from otp_conformance.specification.words import Kind
from otp_conformance.verdict.outcome import NotApplicable

DECLARED, RESULT = "宣言", "結果"
HEADING = (DECLARED, RESULT)

_FACT, _REFUSAL = "fact", "refusal"
# The words of the column 結果: the kind of check that must come first, and what it expects
# (searched for in the text that readers get). Without a check: the scenario is 対象外.
RESULTS: dict[str, tuple[str, str]] = {
    "対象外とする": ("", ""),
    "受け付けられる": (_FACT, "が受け付けられること$"),
    "受け付けられ、前の申請と置き換わる": (_FACT, "^発行の申請が受け付けられること$"),
    "拒否される": (_REFUSAL, "が拒否されること$"),
    "拒否され、別のお客さまが登録できる": (_REFUSAL, "^利用開始登録が拒否されること$"),
    "先に登録した一人だけが使える": (_REFUSAL, "^利用開始登録が拒否されること$"),
    "ログインできる": (_FACT, "ログインが受け付けられること$"),
    "同じトークンでログインできる": (_FACT, "^同じトークンで、.*ログインが受け付けられること$"),
    "ログインパスワードだけでログインできる": (
        _FACT,
        "^ログインパスワードだけで、ログインが受け付けられること$",
    ),
    "ログインは拒否される": (_REFUSAL, "^ログインが拒否されること$"),
    "認証が停止し、ログインは拒否される": (_REFUSAL, "^ログインが拒否されること$"),
    "利用解除が完了する": (_FACT, "^利用解除が受け付けられること$"),
    "利用解除は拒否されるが、ログインはできる": (_REFUSAL, "^利用解除が拒否されること$"),
    "利用開始登録が完了する": (_FACT, "^利用開始登録が受け付けられること$"),
    "利用開始登録は済んだように見えるが、ログインは拒否される": (
        _FACT,
        "^ログインで断られるまでは、利用開始登録が受け付けられること$",
    ),
    "利用解除へは進めない": (_REFUSAL, "^利用解除へ進めないこと$"),
    "申請内容選択の画面が表示される": (_FACT, "^申請内容選択の画面が表示されること$"),
    "トップページが表示される": (_FACT, "^トップページが表示されること$"),
    "申請内容選択の画面かトップページが表示される": (
        _FACT,
        "^申請内容選択の画面かトップページが表示されること$",
    ),
    "申請内容選択の画面を使い続けられる": (_FACT, "^申請内容選択の画面$"),
    "ログインし直すよう求められる": (_REFUSAL, "^ログインし直すよう求められること$"),
    "ログインパスワードと同じ画面に入力欄がある": (_FACT, "^ログインパスワードと同じ画面$"),
    "ログインパスワードの次の画面に入力欄がある": (_FACT, "^次の画面$"),
    "押せる": (_FACT, "（押せる）"),
    "押せない": (_FACT, "（押せない）"),
    "表示されない": (_FACT, "（表示されない）"),
    "先の画面へ進める": (_FACT, "先の画面へ進めること$"),
    "先の画面へは進めない": (_REFUSAL, "先へ進めないこと$"),
    "宣言された画面IDが表示される": (_FACT, "^画面ID「.+」$"),
    "画面IDがないか、英大文字3字と数字3桁である": (_FACT, "^画面IDがないか、"),
    "シリアル番号とワンタイムパスワードの二つである": (_FACT, "^入力欄は[^、]+、[^、]+だけ"),
    "確認用パスワードを加えた三つである": (_FACT, "^入力欄は[^、]+、[^、]+、[^、]+だけ"),
    "ほかに求める機能はない": (_FACT, "^ログインのほかに求める機能がないこと"),
    "宣言された機能だけが求める": (_FACT, "^(?!ログインのほかに求める機能がないこと)"),
}


@dataclass(frozen=True)
class Question:
    """One thing that the manual leaves open, or a part of it.

    ``answers``: everything that can be declared, in the words of the column 宣言.
    ``declared`` gets the people and the step's own arguments and returns one of them.
    """

    answers: tuple[str, ...]
    declared: Callable[..., str]


def table_trouble(question: Question, rows: Sequence[Sequence[str]]) -> tuple[str, str] | None:
    """Return, in Japanese and English, what is wrong with a step's table (heading first)."""
    if not rows or tuple(rows[0]) != HEADING:
        return "表「宣言 | 結果」がありません", "the table 宣言 | 結果 is missing"
    declared = [row[0] for row in rows[1:]]
    if sorted(declared) != sorted(question.answers):
        wanted = "、".join(f"「{answer}」" for answer in question.answers)
        return (
            f"「宣言」の列は、{wanted}を一行ずつにしてください",
            f"the column 宣言 must have these, a row each: {wanted}",
        )
    unknown = [row[1] for row in rows[1:] if row[1] not in RESULTS]
    if unknown:
        return (
            f"結果「{unknown[0]}」は知られていません（judging/outcomes.py の RESULTS）",
            f"the result {unknown[0]} is not known (RESULTS in judging/outcomes.py)",
        )
    return None


def by_declaration(question: Question) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Have a step judge what the row of the declared answer says; stands below ``@step``.

    The row is noted in the journal. Raises `SuiteFaultError` where the table is not right,
    or the step expected something else than its row says.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def judged(context: Any, *words: Any) -> None:  # noqa: ANN401 - behave's own
            people: People = context.world.people
            case = people.scene.case
            rows = [] if context.table is None else [context.table.headings, *context.table.rows]
            with case.deciding():
                declared = question.declared(people, *words)
            result = _row(question, [list(row) for row in rows], declared)
            case.note(recorded_answer(*result))
            before = len(case.expectations)
            try:
                function(context, *words)
            except NotApplicable:
                _compare(result, case.expectations[before:], left_out=True)
                raise
            except BaseException:
                if case.expectations[before:]:
                    _compare(result, case.expectations[before:])
                raise
            _compare(result, case.expectations[before:])

        judged.question = question  # type: ignore[attr-defined]
        return judged

    return decorate


def _row(question: Question, rows: list[list[str]], declared: str) -> tuple[str, str]:
    if trouble := table_trouble(question, rows):
        raise SuiteFaultError(f"{trouble[0]}。", f"{trouble[1]}.")
    return declared, {row[0]: row[1] for row in rows[1:]}[declared]


def _compare(
    row: tuple[str, str], expectations: Iterable[tuple[str, str]], *, left_out: bool = False
) -> None:
    """Raise `SuiteFaultError` unless the first expectation of the step is that of its row."""
    role, pattern = RESULTS[row[1]]
    first = next(iter(expectations), ("", ""))
    if first == ("", "") and left_out:
        return  # nothing was judged, and the reason stands in the report
    if first[0] != role or not re.search(pattern, first[1]):
        raise SuiteFaultError(
            f"宣言「{row[0]}」の結果は表では「{row[1]}」ですが、判定は「{first[1] or 'なし'}」を"
            "期待しています。",
            f"for the declaration {row[0]} the table says {row[1]}, but what was judged is: "
            f"{first[1] or 'nothing'}",
        )


# -- the questions -----------------------------------------------------------------


def _either(yes: str, no: str, test: Callable[[Declaration], bool]) -> Question:
    """Return a question with two answers, decided by the declaration alone."""
    return Question((yes, no), lambda people, *_: yes if test(people.scene.declaration) else no)


def _counts(failure_class: str) -> Question:
    return _either("誤りに数える", "誤りに数えない", lambda d: failure_class in d.lockout.classes)


MALFORMED, REUSED, STALE = _counts("malformed"), _counts("reused"), _counts("stale")
FUTURE, OTHER_TOKEN = _counts("future"), _counts("other_token")
WITH_WRONG_PASSWORD = _counts("with_wrong_password")
MISTAKES_AT_DEACTIVATION = _either(
    "停止の回数に数える",
    "停止の回数に数えない",
    lambda d: "deactivation" in d.lockout.sources and d.ics.otp_on_deactivation,
)
_ONCE = "一度の誤りで停止する"


def _mixed(people: People) -> str:
    lockout = people.scene.declaration.lockout
    if lockout.threshold == 1:
        return _ONCE
    both = {"login", "deactivation"} <= set(lockout.sources) and lockout.shared_counter
    together = both and people.scene.declaration.ics.otp_on_deactivation
    return "合わせて数える" if together else "合わせて数えない"


MIXED_MISTAKES = Question(("合わせて数える", "合わせて数えない", _ONCE), _mixed)


def _midnight(people: People) -> str:
    lockout = people.scene.declaration.lockout
    if "time" in lockout.resets:
        return "時間がたつと0に戻る"
    if lockout.threshold == 1:
        return _ONCE
    return "日付が替わると0に戻る" if "date_change" in lockout.resets else "続けて数える"


OVER_MIDNIGHT = Question(
    ("続けて数える", "日付が替わると0に戻る", "時間がたつと0に戻る", _ONCE), _midnight
)


def _revoked(people: People) -> str:
    lockout = people.scene.declaration.lockout
    if lockout.threshold == 1:
        return _ONCE
    return _AFRESH if "reactivation" in lockout.resets else _NOT_TOLD


_AFRESH, _NOT_TOLD = "新しく利用を始めると0に戻る", "新しく利用を始めると0に戻るとは宣言していない"
OVER_REVOCATION = Question((_AFRESH, _NOT_TOLD, _ONCE), _revoked)


def _at_activation(people: People) -> str:
    declaration = people.scene.declaration
    if "activation" in declaration.lockout.sources:
        return "停止の回数に数える"
    if 0 < declaration.activation.failure_limit <= people.scene.threshold:
        return "利用開始登録だけの上限がある"
    return "数えない（上限がないか、一定回数より多い）"


MISTAKES_AT_ACTIVATION = Question(
    (
        "停止の回数に数える",
        "利用開始登録だけの上限がある",
        "数えない（上限がないか、一定回数より多い）",
    ),
    _at_activation,
)
LIVE_SESSION = _either(
    "停止しても、ログイン中の画面は続く",
    "停止すると、ログイン中の画面も切れる",
    lambda d: d.lockout.live_sessions == "kept",
)
LOGIN_AT_RESTART = _either(
    "再起動しても、ログインは続く",
    "再起動すると、ログインも切れる",
    lambda d: d.adapters.restart is not None and d.adapters.restart.sessions == "kept",
)
AFTER_UNLOCK = _either(
    "解除の後も同じトークンを使う",
    "解除するとトークンは失効する",
    lambda d: d.lockout.unlock.token == "kept",  # noqa: S105 - an effect, no secret
)
CONFIRMATION_LIMIT = _either(
    "続けて間違えられる回数に上限がある",
    "続けて間違えられる回数に上限がない",
    lambda d: bool(d.confirmation_password.failure_limit),
)
LETTER_CASE = _either(
    "大文字と小文字を区別する",
    "大文字と小文字を区別しない",
    lambda d: d.confirmation_password.case_sensitive,
)
SERIAL_FULL_WIDTH = _either(
    "全角数字を受け付けない",
    "全角数字を半角数字に直して受け付ける",
    lambda d: d.serial.full_width != "converted",
)
OTP_FULL_WIDTH = _either(
    "全角数字を受け付けない",
    "全角数字を半角数字に直して受け付ける",
    lambda d: d.otp.full_width != "converted",
)
OTP_BLANKS = _either(
    "前後の空白を取り除かない",
    "前後の空白を取り除いて受け付ける",
    lambda d: not d.otp.trim_blanks,
)
_OLDER = {
    "refused": "新しい値の後は、前の値を受け付けない",
    "accepted": "新しい値の後も、前の値を受け付ける",
    None: "宣言していない",
}
OLDER_AFTER_NEWER = Question(
    tuple(_OLDER.values()), lambda people: _OLDER[people.scene.declaration.otp.older_after_newer]
)
_DRIFT = {
    "none": "時刻のずれを学習しない",
    "drift_learning": "時刻のずれを学習する",
    "procedure": "同期の手続きがある",
}
DRIFT = Question(
    tuple(_DRIFT.values()), lambda people: _DRIFT[people.scene.declaration.otp.resynchronisation]
)
_BESIDE = (
    "同じ画面で求め、ログインパスワードの誤りでは使用済みにしない",
    "同じ画面で求め、ログインパスワードの誤りでも使用済みにする",
    "ログインパスワードの次の画面で求める",
)


def _beside_wrong_password(people: People) -> str:
    declared = people.scene.declaration
    if declared.login.flow != "one_page":
        return _BESIDE[2]  # the OTP of a wrong password has not been sent at all
    return _BESIDE[1 if declared.otp.consumed_with_wrong_password else 0]


CODE_BESIDE_WRONG_PASSWORD = Question(_BESIDE, _beside_wrong_password)
SERIAL_BLANKS = _either(
    "前後の空白を取り除かない",
    "前後の空白を取り除いて受け付ける",
    lambda d: not d.serial.trim_blanks,
)
APPLY_AGAIN = _either(
    "もう一度の申請はできない",
    "前の申請と置き換える",
    lambda d: d.issue.reissue_when_issued == "refused",
)


def _stock(people: People) -> str:
    issue = people.scene.declaration.issue
    if issue.binding != "activation":
        return "トークンは発送のときにお客さまと結び付く"
    if issue.issued_status_moment == "application":
        return "トークンは利用開始登録のときにお客さまと結び付く"
    return "利用開始登録のときに結び付くが、申請だけではトークン発行済にならない"


STOCK_TOKEN = Question(
    (
        "トークンは発送のときにお客さまと結び付く",
        "トークンは利用開始登録のときにお客さまと結び付く",
        "利用開始登録のときに結び付くが、申請だけではトークン発行済にならない",
    ),
    _stock,
)
TOKEN_OF_ANOTHER = _either(
    "トークンは発送のときにお客さまと結び付く",
    "トークンは利用開始登録のときにお客さまと結び付く",
    lambda d: d.issue.binding != "activation",
)
DEACTIVATION_WHEN_ISSUED = _either(
    "トークン発行済の段階では利用解除できない",
    "トークン発行済の段階でも利用解除できる",
    lambda d: d.issue.deactivate_when_issued != "allowed",
)
CODE_AFTER_REFUSAL = _either(
    "受け付けられたときだけ使用済みになる",
    "入力しただけで使用済みになる",
    lambda d: d.otp.consumption == "on_success",
)
_AT_ACTIVATION, _AT_LOGIN = "利用開始登録で拒否する", "利用開始登録では拒否せず、ログインで拒否する"
_TO_FORMER_OWNER = "利用解除した本人にだけ拒否する"
_DAYS_OVER = "決めた日数だけ拒否する（もう日数を過ぎている）"


def _retired(people: People, owner: Customer) -> str:
    customer, declared = people.acting(), people.scene.declaration.retired
    if retired_is_free(customer, owner):
        others = declared.scope == "customer" and customer is not owner
        return _TO_FORMER_OWNER if others else _DAYS_OVER
    return _AT_LOGIN if declared.refused_at == "login" else _AT_ACTIVATION


RETIRED = Question(
    (_AT_ACTIVATION, _AT_LOGIN, _DAYS_OVER), lambda people: _retired(people, people.acting())
)
RETIRED_OF_ANOTHER = Question(
    (_AT_ACTIVATION, _AT_LOGIN, _DAYS_OVER, _TO_FORMER_OWNER),
    lambda people: _retired(people, people.acting().other()),
)
EXPIRED = _either(
    "有効期限を過ぎたら使えない", "有効期限を過ぎても使える", lambda d: d.expiry.after != "accepted"
)
LOGIN_FLOW = _either(
    "ログインパスワードと同じ画面で求める",
    "ログインパスワードの次の画面で求める",
    lambda d: d.login.flow == "one_page",
)
FIELDS_AT_ACTIVATION = _either(
    "利用開始登録では確認用パスワードを求めない",
    "利用開始登録でも確認用パスワードを求める",
    lambda d: not d.confirmation_password.asked_at_activation,
)
OTHER_USES = _either(
    "ログインのほかに求める機能はない",
    "ログインのほかに求める機能の名前を宣言している",
    lambda d: not d.otp.other_uses,
)
_BACK = {
    "previous": "前の画面へ戻る",
    "portal": "申請内容選択の画面へ移る",
    "top": "トップページへ移る",
}
BACK = Question(tuple(_BACK.values()), lambda people: _BACK[people.scene.declaration.exits.back])
_CANCEL = {
    "portal": "申請内容選択の画面へ移る",
    "top": "トップページへ移る",
    "portal_or_top": "申請内容選択の画面かトップページへ移る",
}
CANCEL = Question(
    tuple(_CANCEL.values()), lambda people: _CANCEL[people.scene.declaration.exits.cancel]
)

# -- the next day ------------------------------------------------------------------

_NO_WAIT = "翌日を待たない"
_STILL, _OVER = "翌日まで待つ（まだ翌日になっていない）", "翌日まで待つ（もう翌日になっている）"


def _gate(kind: Kind) -> Question:
    def declared(people: People) -> str:
        customer = people.acting()
        former = customer.retired_token().asset.kind
        if not covered(people.scene.declaration, former, kind):
            return _NO_WAIT
        return _OVER if gate_is_open(customer, kind) else _STILL

    return Question((_STILL, _OVER, _NO_WAIT), declared)


NEXT_DAY_HARDWARE, NEXT_DAY_SOFTWARE = _gate(Kind.HARDWARE), _gate(Kind.SOFTWARE)
_BARRED, _ALLOWED = "利用解除の後もできない", "利用解除の後ならできる"
_ALLOWED_LATER = "利用解除の後ならできるが、まだ翌日になっていない"


def _to_software(people: People) -> str:
    switching = people.scene.declaration.switching
    if switching.hardware_to_software == "refused":
        return _BARRED
    waits = NEXT_DAY_SOFTWARE.declared(people) == _STILL
    return _ALLOWED_LATER if waits and switching.gate in ("issue", "both") else _ALLOWED


HARDWARE_TO_SOFTWARE = Question((_BARRED, _ALLOWED_LATER, _ALLOWED), _to_software)

# -- screens -----------------------------------------------------------------------

_USABLE, _UNUSABLE = "この登録状況で使える", "この登録状況では使えない"
_PRESENTED = {
    Presence.ENABLED: "この登録状況では使えず、押すとエラーになる",
    Presence.DISABLED: "この登録状況では使えず、押せない形で示す",
    Presence.HIDDEN: "この登録状況では使えず、表示しない",
}


def _usable(people: People, person: str, button: str) -> bool:
    status = people.person(person).reopen_portal().portal.status()
    return status is not None and works(people.scene.declaration, status, button_key(button))


def _presented(people: People, person: str, button: str) -> str:
    if _usable(people, person, button):
        return _USABLE
    status = people.person(person).site.portal.status()
    if status is None:  # the judgement itself tells what is wrong
        return _PRESENTED[Presence.ENABLED]
    return _PRESENTED[declared_presence(people.scene.declaration, status, button_key(button))]


BUTTON_PRESENTED = Question((_USABLE, *_PRESENTED.values()), _presented)
BUTTON_EFFECT = Question(
    (_USABLE, _UNUSABLE),
    lambda people, person, button: _USABLE if _usable(people, person, button) else _UNUSABLE,
)
_IDS = (
    "画面IDを表示しない",
    "画面IDを表示し、この画面の値を宣言している",
    "画面IDを表示し、この画面の値は宣言していない",
)


def _screen_id(people: People, screen: str) -> str:
    declaration = people.scene.declaration
    if not declaration.ics.screen_ids:
        return _IDS[0]
    key = declaration.manual.by_words[screen].key
    return _IDS[1 if getattr(declaration.screen_ids, key) else 2]


SCREEN_ID = Question(_IDS, _screen_id)
