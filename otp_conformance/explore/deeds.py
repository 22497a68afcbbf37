"""What may be tried, in the suite's own sentences, each with the end that the model tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from otp_conformance.clock.start import SCENARIO_START
from otp_conformance.declaration.model import Declaration
from otp_conformance.explore.model import (
    MINUTES_A_DAY,
    RIGHT_SERIAL,
    SERIALS_OF_OTHERS,
    End,
    Model,
    Open,
    Person,
    Token,
    Way,
)
from otp_conformance.people.customer import MAIN, OTHER
from otp_conformance.specification.words import Kind, Status

CODES = (
    *("新しい", "同じ", "誤った", "表示中の", "控えておいた", "別のお客さまの"),
    *("利用解除したトークンの", "許容幅でいちばん古い", "許容幅より一つ古い"),
    *("許容幅でいちばん先の", "許容幅より一つ先の", "10分前の", "10分先の", "空の"),
    *("末尾の一桁が欠けた", "末尾に一桁多い", "英字の混じった", "途中に空白の入った"),
    "全角数字の",
)
"""Which OTPs are tried; `people.codes` says what the phrases mean."""

CONFIRMATIONS = ("一文字違いの", "空の", "末尾の一文字が欠けた")
SERIALS = (
    *("一桁だけ違う", "隣り合う桁の入れ替わった", "どこにも存在しない", "空の", "7桁の"),
    *("末尾に一桁多い", "英字の混じった", "ハイフンの入った", "全角数字の", *SERIALS_OF_OTHERS),
)
RIGHT_CONFIRMATION = "正しい"
SLIPS = max(len(CONFIRMATIONS), len(SERIALS))
"""Wrong confirmation passwords and serials; `people.inputs` says what the phrases mean."""


@dataclass(frozen=True)
class Role:
    """How somebody is introduced: in which status, and with which kind of token."""

    status: Status
    kind: Kind = Kind.HARDWARE


INTRODUCED = {
    Role(Status.IN_SERVICE): "ワンタイムパスワードを利用中の{p}がいる",
    Role(Status.ISSUED): "ハードウェアトークンが手元に届いた{p}がいる",
    Role(Status.NOT_REGISTERED): "ワンタイムパスワードを申し込んでいない{p}がいる",
    Role(Status.SUSPENDED): "ワンタイムパスワード認証が停止している{p}がいる",
    Role(Status.DEACTIVATED): "ハードウェアトークンを利用解除した{p}がいる",
    Role(Status.IN_SERVICE, Kind.SOFTWARE): "ソフトウェアトークンを利用中の{p}がいる",
}
Cast = Sequence[tuple[str, Role]]


@dataclass(frozen=True)
class Deed:
    """One thing to try. ``code``: the phrase of the OTP.

    ``slip``: 0 for everything beside the code being right, else which mistake is made there.
    """

    verb: str
    person: str = MAIN
    code: str = "新しい"
    slip: int = 0

    @property
    def confirmation(self) -> str:
        """The phrase of the confirmation password."""
        return CONFIRMATIONS[self.slip % len(CONFIRMATIONS)] if self.slip else RIGHT_CONFIRMATION

    @property
    def serial(self) -> str:
        """The phrase of the serial number."""
        return SERIALS[self.slip % len(SERIALS)] if self.slip else RIGHT_SERIAL


@dataclass(frozen=True)
class Line:
    """A line of a scenario, and the requirements that it is judged by, if any."""

    keyword: str
    text: str
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """A scenario that the model has told: who is in it, what was possible of it, its lines.

    ``ends``: how many lines there are once each of the deeds is done; ``look``: see `tell`.
    """

    cast: tuple[tuple[str, Role], ...]
    lines: tuple[Line, ...]
    deeds: tuple[Deed, ...]
    ends: tuple[int, ...]
    look: bool

    @property
    def requirements(self) -> tuple[str, ...]:
        """Everything that it is judged by, each once, in the order of its lines."""
        return tuple(dict.fromkeys(each for line in self.lines for each in line.requirements))

    def up_to(self, place: int) -> tuple[Deed, ...]:
        """Return the deeds that were done up to a line, counted from 0."""
        return self.deeds[: 1 + sum(end <= place for end in self.ends)]

    @cached_property
    def moments(self) -> frozenset[tuple[str, ...]]:
        """What happens in it: each thing tried with its end, and each after the one before."""
        tried = [
            f"{line.text} {after.text}".replace(OTHER, MAIN)
            for line, after in pairwise(self.lines)
            if line.keyword == "もし"
        ]
        return frozenset([*((each,) for each in tried), *pairwise(tried)])

    @property
    def customers(self) -> int:
        """How many prepared customers it takes, those included who only show an address."""
        return len(self.cast) + sum(deed.verb == "skip_otp" for deed in self.deeds)

    @property
    def tokens(self) -> int:
        """How many prepared tokens it takes at most."""
        held = sum(role.status is not Status.NOT_REGISTERED for _, role in self.cast)
        spare = any(deed.serial == SERIALS_OF_OTHERS[0] for deed in self.deeds)
        return held + spare + sum(deed.verb == "dispatch" for deed in self.deeds)


def tell(
    declaration: Declaration,
    cast: Cast,
    deeds: Sequence[Deed],
    *,
    look: bool,
    bend: bool = False,
) -> Story:
    """Let the model walk through the deeds; those that it leaves open are left out.

    ``look``: compare what can be seen without touching anything after each deed, and at
    the end what every code is still good for. ``bend``: one that is left open is tried with
    a new code, or with everything beside the code right, before it is left out.
    """
    start = SCENARIO_START.hour * 60 + SCENARIO_START.minute
    made = declaration.adapters.provisioning.kind != "test_control"
    people = [_person(name, role, used=made) for name, role in cast]
    model = Model(declaration, people, start=start)
    lines = [Line("前提", INTRODUCED[role].format(p=name)) for name, role in cast]
    if made:
        # Whoever prepared them may have used codes up to now: these are left behind.
        lines.append(Line("前提", "時計を1時間進める"))
        model.pass_minutes(60)
    done: list[Deed] = []
    ends: list[int] = []
    for wished in deeds:
        for deed in _bent(wished) if bend else [wished]:
            told = _told(model, deed)
            if told is not None:
                break
        else:
            continue
        model, more = told
        lines += more
        if look:
            model, more = _looked(model)
            lines += more
        done.append(deed)
        ends.append(len(lines))
    for name, _ in cast if done else ():
        if look:
            model, more = _codes_left(model, name)
            lines += more
        model, more = _farewell(model, name)
        lines += more
    return Story(tuple(cast), tuple(lines), tuple(done), tuple(ends), look)


def _person(name: str, role: Role, *, used: bool) -> Person:
    """Return somebody as introduced; ``used``: codes up to the present step may be used."""
    status, kind = role.status, role.kind
    if status is Status.NOT_REGISTERED:
        return Person(name, status, orders=None if used else 0)
    token = Token(taken=0, before=0, kind=kind) if used else Token(kind=kind)
    match status:
        case Status.SUSPENDED:
            return Person(name, Status.IN_SERVICE, token, suspended=True)
        case Status.DEACTIVATED:
            gone = Person(name, Status.NOT_REGISTERED, retired=token)
            gone.ended_on, gone.ended_before = 0, True
            return gone
    return Person(name, status, token)


def _bent(deed: Deed) -> list[Deed]:
    """Return a deed, and what is nearest to it that may be possible where it is not."""
    new = replace(deed, code="新しい")
    return list(dict.fromkeys((deed, new, replace(deed, slip=0), replace(new, slip=0))))


def _told(model: Model, deed: Deed) -> tuple[Model, list[Line]] | None:
    """Return the model after a deed and the deed's lines; None for one that is left open."""
    if deed.person not in model.people:
        return None
    after = model.copy()
    try:
        verb = VERBS.get(deed.verb) or _OF_ITSELF[deed.verb]
        return after, verb(after, after.people[deed.person], deed)
    except Open:
        return None


def _looked(model: Model) -> tuple[Model, list[Line]]:
    """Compare what each portal shows whose session goes on: looking changes nothing."""
    lines: list[Line] = []
    for name in model.people:
        told = _told(model, Deed("glance", name))
        if told is not None:
            model, more = told
            lines += more
    return model, lines


def _codes_left(model: Model, name: str) -> tuple[Model, list[Line]]:
    """Compare what the codes of before are still good for."""
    lines: list[Line] = []
    for code in ("同じ", "控えておいた"):
        told = _told(model, Deed("log_in", name, code))
        if told is not None:
            model, more = told
            lines += more
    return model, lines


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


def _tried(what: str, end: End, accepted: str, refused: str) -> list[Line]:
    wanted = accepted if end.accepted else refused
    return [Line("もし", what), Line("ならば", wanted, end.requirements)]


def _simply(what: str, does: Callable[[Model, Person], object]) -> Verb:
    """Return the verb of something that is done and has no end to be judged."""

    def verb(model: Model, person: Person, deed: Deed) -> list[Line]:
        del deed
        does(model, person)
        return [Line("もし", what.format(p=person.name))]

    return verb


def _attempt(what: str, does: Callable[[Model, Person], End], accepted: str, refused: str) -> Verb:
    """Return the verb of an attempt in which there is nothing to choose."""

    def verb(model: Model, person: Person, deed: Deed) -> list[Line]:
        del deed
        return _tried(what.format(p=person.name), does(model, person), accepted, refused)

    return verb


def _twice(what: str, does: Callable[[Model, Person], End]) -> Verb:
    """Return the verb of something that is done and then sent once more."""
    sentence = f"{{p}}が{what}を終えた後、同じ内容をもう一度送る"

    def verb(model: Model, person: Person, deed: Deed) -> list[Line]:
        del deed
        return _shown_after(model, person, sentence.format(p=person.name), does(model, person))

    return verb


def _pass(words: str, minutes: int) -> Verb:
    """Return the verb by which so much time passes."""
    return _simply(f"時計を{words}進める", lambda model, _: model.pass_minutes(minutes))


def _log_in(model: Model, person: Person, deed: Deed) -> list[Line]:
    what = f"{person.name}が{deed.code}ワンタイムパスワードでログインを試みる"
    end = model.log_in(person, deed.code)
    return _tried(what, end, "ログインできる", _NO_LOGIN)


def _log_in_without(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    what = f"{person.name}がログインパスワードだけでログインを試みる"
    end = model.log_in_without(person)
    asked = "ワンタイムパスワードを求められ、ログインは拒否される"
    return _tried(what, end, "ログインできる", _NO_LOGIN if person.suspended else asked)


def _alteration(deed: Deed) -> tuple[bool, str]:
    doubled = bool(deed.slip)
    otp = "ワンタイムパスワード"
    return doubled, f"誤った{otp}を二つ重ねて送る" if doubled else f"{otp}を欄ごと省いて送る"


def _log_in_altered(model: Model, person: Person, deed: Deed) -> list[Line]:
    doubled, how = _alteration(deed)
    what = f"{person.name}がログインのときに、{how}"
    return _tried(what, model.log_in_altered(person, doubled=doubled), "", _NO_LOGIN)


def _skip_otp(model: Model, person: Person, deed: Deed) -> list[Line]:
    screen = "申請内容選択の画面" if deed.slip else "トップページ"
    what = f"{person.name}がワンタイムパスワードを入力せずに{screen}を直接開く"
    return _tried(what, model.skip_otp(person), "", "開こうとした画面は表示されない")


def _almost(model: Model, person: Person, deed: Deed) -> list[Line]:
    """Make wrong OTPs until one more would suspend."""
    del deed
    times = model.declaration.lockout.threshold - 1
    if person.mistakes or person.maybe or not times:
        raise Open
    _mistakes(model, person, times)
    if person.suspended:
        raise Open
    what = f"{person.name}が停止の一回手前まで、ワンタイムパスワードを続けて間違えている"
    return [Line("もし", what)]


def _mistakes(model: Model, person: Person, times: int) -> None:
    """Enter so many wrong OTPs: as a rule each is refused, suspended or not (LCK-06)."""
    for _ in range(times):
        model.log_in(person, "誤った")


def _suspend(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    _mistakes(model, person, model.declaration.lockout.threshold)
    return [Line("もし", f"{person.name}が一定回数続けてワンタイムパスワードを間違えている")]


def _go_on(model: Model, person: Person, deed: Deed) -> list[Line]:
    """Make more mistakes though suspended."""
    del deed
    if not person.suspended:
        raise Open
    _mistakes(model, person, 3)
    return [Line("もし", f"{person.name}がさらに3回ワンタイムパスワードを間違えている")]


def _leave(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    if not model.alive(person):
        raise Open
    model.leave(person)
    return [Line("もし", f"{person.name}がログアウトする")]


def _status(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    shown = model.status_text(person)
    gone = person.status is Status.NOT_REGISTERED and person.retired is not None
    why = _GONE if gone else _STATUS[shown]
    return [Line("ならば", f"{person.name}の登録状況は「{shown}」である", why)]


def _glance(model: Model, person: Person, deed: Deed) -> list[Line]:
    """Look at the status where nobody has to log in for it."""
    if not model.alive(person):
        raise Open
    return _status(model, person, deed)


def _orders(model: Model, person: Person, deed: Deed) -> list[Line]:
    del deed
    orders = model.orders(person)
    return [Line("ならば", f"{person.name}の申請の記録は{orders}件である", ("SHP-06",))]


def _apply(model: Model, person: Person, deed: Deed) -> list[Line]:
    what = f"{person.name}が{deed.confirmation}確認用パスワードでハードウェアトークンの発行を試みる"
    return _tried(what, model.apply(person, right=not deed.slip), _APPLIED, _NOT_APPLIED)


def _shown_after(model: Model, person: Person, what: str, end: End) -> list[Line]:
    """Tell the end of what was sent twice by the status, which is as after once."""
    shown = model.status_text(person)
    return [
        Line("もし", what),
        Line("ならば", f"{person.name}の登録状況は「{shown}」である", end.requirements),
    ]


def _set_out(model: Model, person: Person, deed: Deed) -> list[Line]:
    word, way = ("利用解除", Way.DEACTIVATION) if deed.slip else ("利用開始登録", Way.ACTIVATION)
    what = f"{person.name}が{word}へ進もうとする"
    return _tried(what, model.set_out(person, way), "", f"{word}へは進めない")


def _leave_form(model: Model, person: Person, deed: Deed) -> list[Line]:
    form, screen, way = _LEAVINGS[deed.slip % len(_LEAVINGS)]
    end = model.leave_form(person, form)
    if way == _LOGOUT:
        model.leave(person)
    return _shown_after(model, person, f"{person.name}が{screen}で正しく入力し、{way}", end)


_LOGOUT, _BACK, _MENU = "ログアウトする", "ブラウザーで前の画面へ戻る", "メニューから別の画面へ移る"
_LEAVINGS: tuple[tuple[Way | None, str, str], ...] = (
    *((None, "発行確認の画面", way) for way in (_MENU, _BACK, _LOGOUT)),
    *(
        (Way.ACTIVATION, "利用開始登録の画面", way)
        for way in ("「申込を中止する」を押す", "「戻る」を押す", _LOGOUT)
    ),
    *((Way.DEACTIVATION, "利用解除の画面", way) for way in (_MENU, _BACK, _LOGOUT)),
)


def _activate(model: Model, person: Person, deed: Deed) -> list[Line]:
    code = "そのトークンの" if deed.serial in SERIALS_OF_OTHERS else deed.code
    what = (
        f"{person.name}が{deed.serial}シリアル番号と{code}ワンタイムパスワードで"
        "利用開始登録を試みる"
    )
    return _tried(what, model.activate(person, code, deed.serial), _ACTIVATED, _NOT_ACTIVATED)


def _activate_altered(model: Model, person: Person, deed: Deed) -> list[Line]:
    _, how = _alteration(deed)
    what = f"{person.name}が利用開始登録のときに、{how}"
    return _tried(what, model.activate_altered(person), _ACTIVATED, _NOT_ACTIVATED)


def _deactivate(model: Model, person: Person, deed: Deed) -> list[Line]:
    what = (
        f"{person.name}が{deed.confirmation}確認用パスワードと{deed.code}ワンタイムパスワードで"
        "利用解除を試みる"
    )
    end = model.deactivate(person, deed.code, right_confirmation=not deed.slip)
    return _tried(what, end, _DEACTIVATED, _NOT_DEACTIVATED)


def _deactivate_altered(model: Model, person: Person, deed: Deed) -> list[Line]:
    doubled, how = _alteration(deed)
    what = f"{person.name}が利用解除のときに、{how}"
    end = model.deactivate_altered(person, doubled=doubled)
    return _tried(what, end, _DEACTIVATED, _NOT_DEACTIVATED)


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


_NO_LOGIN = "ログインは拒否される"
_APPLIED, _NOT_APPLIED = "発行の申請が受け付けられる", "発行の申請は拒否される"
_ACTIVATED, _NOT_ACTIVATED = "利用開始登録が完了する", "利用開始登録は拒否される"
_DEACTIVATED, _NOT_DEACTIVATED = "利用解除が完了する", "利用解除は拒否される"
_GONE = ("DEA-14", "DEA-18")
_STATUS = {
    "未登録": ("CON-21", "SCR-12"),
    "トークン発行済": ("ISS-22", "SCR-13"),
    "サービス利用中": ("ACT-34", "SCR-14"),
}

VERBS: dict[str, Verb] = {
    "log_in": _log_in,
    "log_in_without": _log_in_without,
    "mistake_password": _attempt(
        "{p}が誤ったログインパスワードと新しいワンタイムパスワードでログインを試みる",
        Model.mistake_password,
        "",
        _NO_LOGIN,
    ),
    "log_in_altered": _log_in_altered,
    "skip_otp": _skip_otp,
    "note": _simply("{p}がそのワンタイムパスワードを「先に使った値」として控えている", Model.note),
    "almost": _almost,
    "suspend": _suspend,
    "go_on": _go_on,
    "leave": _leave,
    "change_browser": _simply("{p}が別のブラウザーに移る", Model.change_browser),
    "status": _status,
    "orders": _orders,
    "apply": _apply,
    "apply_twice": _twice("発行の申請", Model.apply_twice),
    "apply_for_software": _attempt(
        "{p}が正しい確認用パスワードでソフトウェアトークンの発行を試みる",
        Model.apply_for_software,
        _APPLIED,
        _NOT_APPLIED,
    ),
    "dispatch": _simply("職員が{p}へトークンを発送する", Model.dispatch),
    "dispatch_retired": _attempt(
        "職員が利用解除したトークンを{p}へ発送しようとする",
        Model.dispatch_retired,
        "",
        "発送は拒否される",
    ),
    "set_out": _set_out,
    "leave_form": _leave_form,
    "activate": _activate,
    "activate_altered": _activate_altered,
    "activate_twice": _twice("利用開始登録", Model.activate_twice),
    "activate_from_old_page": _attempt(
        "{p}が別のブラウザーで利用を始めた後に、先に開いておいた画面から"
        f"{RIGHT_SERIAL}シリアル番号と新しいワンタイムパスワードを送る",
        Model.activate_from_old_page,
        _ACTIVATED,
        _NOT_ACTIVATED,
    ),
    "deactivate": _deactivate,
    "deactivate_altered": _deactivate_altered,
    "deactivate_twice": _twice("利用解除", Model.deactivate_twice),
    "deactivate_from_old_page": _attempt(
        "{p}が別のブラウザーで利用解除した後に、先に開いておいた画面から利用解除を送る",
        Model.deactivate_from_old_page,
        _DEACTIVATED,
        _NOT_DEACTIVATED,
    ),
    "unlock": _simply("職員が状況を確かめて{p}の停止状態を解除する", Model.unlock),
    "revoke": _simply("職員が{p}のトークンを失効させる", Model.revoke),
    "next_step": _simply("時計を次の時間枠まで進める", lambda model, _: model.next_step()),
    "ten_minutes": _pass("10分", 10),
    "one_hour": _pass("1時間", 60),
    "one_day": _pass("1日", MINUTES_A_DAY),
    "next_day": _simply("時計を翌日の午前10時00分まで進める", lambda model, _: model.next_day(10)),
}
_OF_ITSELF: dict[str, Verb] = {
    "glance": _glance,
    "last_login": _last_login,
    "last_unlock": _last_unlock,
    "last_status": _last_status,
}
PEOPLE = (MAIN, OTHER)
