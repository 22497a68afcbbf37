"""What may be tried, in the suite's own sentences, each with the end that the model tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from otp_conformance.declaration.model import Declaration
from otp_conformance.explore.model import End, Model, Open, Person, Token
from otp_conformance.people.customer import MAIN, OTHER
from otp_conformance.people.timeline import SCENARIO_START
from otp_conformance.specification.words import Status

CODES = (
    *("新しい", "同じ", "誤った", "表示中の", "別のお客さまの", "利用解除したトークンの"),
    *("許容幅でいちばん古い", "許容幅より一つ古い", "許容幅でいちばん先の", "許容幅より一つ先の"),
    *("10分前の", "10分先の", "空の", "末尾の一桁が欠けた", "末尾に一桁多い", "英字の混じった"),
)
"""Which OTPs are tried; `people.codes` says what the phrases mean."""

INTRODUCED = {
    Status.NOT_REGISTERED: "ワンタイムパスワードを申し込んでいない{p}がいる",
    Status.ISSUED: "ハードウェアトークンが手元に届いた{p}がいる",
    Status.IN_SERVICE: "ワンタイムパスワードを利用中の{p}がいる",
}


@dataclass(frozen=True)
class Deed:
    """One thing to try. ``code``: the phrase of the OTP; ``right``: what is typed beside it."""

    verb: str
    person: str = MAIN
    code: str = "新しい"
    right: bool = True


@dataclass(frozen=True)
class Line:
    """A line of a scenario, and the requirements that it is judged by, if any."""

    keyword: str
    text: str
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """A scenario that the model has told: who is in it, what was possible of it, its lines."""

    lines: tuple[Line, ...]
    deeds: tuple[Deed, ...]

    @property
    def requirements(self) -> tuple[str, ...]:
        """Everything that it is judged by, each once, in the order of its lines."""
        return tuple(dict.fromkeys(each for line in self.lines for each in line.requirements))


def tell(
    declaration: Declaration, cast: Sequence[tuple[str, Status]], deeds: Sequence[Deed]
) -> Story:
    """Let the model walk through the deeds; those that it leaves open are left out."""
    start = SCENARIO_START.hour * 60 + SCENARIO_START.minute
    model = Model(declaration, [_person(name, status) for name, status in cast], start=start)
    lines = [Line("前提", INTRODUCED[status].format(p=name)) for name, status in cast]
    done: list[Deed] = []
    for deed in deeds:
        told = _told(model, deed)
        if told is not None:
            model, more = told
            lines += more
            done.append(deed)
    for name, _ in cast if done else ():
        model, more = _farewell(model, name)
        lines += more
    return Story(tuple(lines), tuple(done))


def _person(name: str, status: Status) -> Person:
    # What the system took for setting up a token is not known up to the present step.
    token = None if status is Status.NOT_REGISTERED else Token(taken=0, before=0)
    return Person(name, status, token)


def _told(model: Model, deed: Deed) -> tuple[Model, list[Line]] | None:
    """Return the model after a deed and the deed's lines; None for one that is left open."""
    if deed.person not in model.people:
        return None
    after = model.copy()
    try:
        return after, VERBS[deed.verb](after, after.people[deed.person], deed)
    except Open:
        return None


def _farewell(model: Model, name: str) -> tuple[Model, list[Line]]:
    """End with what shows that the customer is where the model says, and that refusals had causes.

    A refusal is believed only where the right thing succeeds afterwards (architecture, rule 5).
    """
    for verb in ("last_login", "last_unlock", "last_status"):
        told = _told(model, Deed(verb, name))
        if told is not None:
            return told
    return model, []


# -- the verbs ---------------------------------------------------------------------------

Verb = Callable[[Model, Person, Deed], list[Line]]


def _nothing(model: Model, person: Person, deed: Deed) -> list[Line]:
    """Do nothing: what is not needed for a difference shrinks to this."""
    raise Open


def _tried(what: str, end: End, accepted: str, refused: str) -> list[Line]:
    wanted = accepted if end.accepted else refused
    return [Line("もし", what), Line("ならば", wanted, end.requirements)]


def _log_in(model: Model, person: Person, deed: Deed) -> list[Line]:
    what = f"{person.name}が{deed.code}ワンタイムパスワードでログインを試みる"
    end = model.log_in(person, deed.code)
    return _tried(what, end, "ログインできる", "ログインは拒否される")


def _log_in_without(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    what = f"{person.name}がログインパスワードだけでログインを試みる"
    asked = "ワンタイムパスワードを求められ、ログインは拒否される"
    return _tried(what, model.log_in_without(person), "ログインできる", asked)


def _mistake_password(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    what = f"{person.name}が誤ったログインパスワードと新しいワンタイムパスワードでログインを試みる"
    return _tried(what, model.mistake_password(person), "", "ログインは拒否される")


def _almost(model: Model, person: Person, deed: Deed) -> list[Line]:
    """Make wrong OTPs until one more would suspend."""
    del deed
    times = model.declaration.lockout.threshold - 1
    if person.mistakes or not times:
        raise Open
    for _ in range(times):
        model.log_in(person, "誤った")
    if person.suspended:
        raise Open
    what = f"{person.name}が停止の一回手前まで、ワンタイムパスワードを続けて間違えている"
    return [Line("もし", what)]


def _leave(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    if not model.alive(person):
        raise Open
    model.leave(person)
    return [Line("もし", f"{person.name}がログアウトする")]


def _change_browser(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    model.change_browser(person)
    return [Line("もし", f"{person.name}が別のブラウザーに移る")]


def _status(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    shown = model.status_text(person)
    return [Line("ならば", f"{person.name}の登録状況は「{shown}」である", _STATUS[shown])]


def _apply(model: Model, person: Person, deed: Deed) -> list[Line]:
    which = "正しい" if deed.right else "一文字違いの"
    what = f"{person.name}が{which}確認用パスワードでハードウェアトークンの発行を試みる"
    end = model.apply(person, right=deed.right)
    return _tried(what, end, "発行の申請が受け付けられる", "発行の申請は拒否される")


def _dispatch(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    model.dispatch(person)
    return [Line("もし", f"職員が{person.name}へトークンを発送する")]


def _activate(model: Model, person: Person, deed: Deed) -> list[Line]:
    which = "届いたトークンの" if deed.right else "一桁だけ違う"
    what = (
        f"{person.name}が{which}シリアル番号と{deed.code}ワンタイムパスワードで利用開始登録を試みる"
    )
    end = model.activate(person, deed.code, right_serial=deed.right)
    return _tried(what, end, "利用開始登録が完了する", "利用開始登録は拒否される")


def _deactivate(model: Model, person: Person, deed: Deed) -> list[Line]:
    which = "正しい" if deed.right else "一文字違いの"
    what = (
        f"{person.name}が{which}確認用パスワードと{deed.code}ワンタイムパスワードで利用解除を試みる"
    )
    end = model.deactivate(person, deed.code, right_confirmation=deed.right)
    return _tried(what, end, "利用解除が完了する", "利用解除は拒否される")


def _unlock(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    model.unlock(person)
    return [Line("もし", f"職員が状況を確かめて{person.name}の停止状態を解除する")]


def _revoke(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    model.revoke(person)
    return [Line("もし", f"職員が{person.name}のトークンを失効させる")]


def _next_step(model: Model, person: Person, deed: Deed) -> list[Line]:
    del person, deed
    model.next_step()
    return [Line("もし", "時計を次の時間枠まで進める")]


def _ten_minutes(model: Model, person: Person, deed: Deed) -> list[Line]:
    del person, deed
    model.pass_minutes(10)
    return [Line("もし", "時計を10分進める")]


def _next_day(model: Model, person: Person, deed: Deed) -> list[Line]:
    del person, deed
    model.next_day(10)
    return [Line("もし", "時計を翌日の午前10時00分まで進める")]


def _last_login(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    if person.suspended or not model.log_in(person, "新しい").accepted:
        raise Open
    model.log_in(person, "新しい")
    right = f"{person.name}は新しいワンタイムパスワードでログインできる"
    return [Line("ならば", right, ("LGN-04",)), Line("かつ", f"対照として、{right}")]


def _last_unlock(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    model.unlock(person)
    model.log_in(person, "新しい")
    return [Line("かつ", f"対照として、職員が停止状態を解除すれば{person.name}はログインできる")]


def _last_status(model: Model, person: Person, deed: Deed) -> list[Line]:
    lines = _status(model, person, deed)
    return [*lines, *(Line("かつ", f"対照として、{line.text}") for line in lines)]


_STATUS = {
    "未登録": ("CON-21",),
    "トークン発行済": ("ISS-22",),
    "サービス利用中": ("ACT-34",),
}

VERBS: dict[str, Verb] = {
    "nothing": _nothing,
    "log_in": _log_in,
    "log_in_without": _log_in_without,
    "mistake_password": _mistake_password,
    "almost": _almost,
    "leave": _leave,
    "change_browser": _change_browser,
    "status": _status,
    "apply": _apply,
    "dispatch": _dispatch,
    "activate": _activate,
    "deactivate": _deactivate,
    "unlock": _unlock,
    "revoke": _revoke,
    "next_step": _next_step,
    "ten_minutes": _ten_minutes,
    "next_day": _next_day,
    "last_login": _last_login,
    "last_unlock": _last_unlock,
    "last_status": _last_status,
}
PEOPLE = (MAIN, OTHER)
