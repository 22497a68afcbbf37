"""The manual as a state machine, under a declaration: what each deed must lead to.

Written from the requirements (section 3, the state machines) and the declaration alone; it
shares nothing with the reference bank. Pure: it is told a deed and tells the end. What manual
and declaration leave open it leaves open (`Open`), and nobody tries it.

Time is counted in time steps (RFC 6238) from the beginning of the scenario.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from otp_conformance.declaration.model import Declaration
from otp_conformance.people.codes import CODE_PHRASES, CodeChoice, offset_of
from otp_conformance.specification.words import Status

MINUTES_A_DAY = 1440
# What empties the counter of mistakes in ways that can be foreseen.
_FORESEEN_RESETS = {"otp_success", "unlock", "reactivation"}
_EMPTY = ("空の",)
_MALFORMED = ("末尾の一桁が欠けた", "末尾に一桁多い", "英字の混じった", "途中に空白の入った")


class Open(Exception):  # noqa: N818 - no error: the manual says nothing
    """Neither the manual nor the declaration says what this would lead to."""


class Way(StrEnum):
    """Where an OTP is entered; the declaration's words (IX-08, IX-22)."""

    LOGIN = "login"
    ACTIVATION = "activation"
    DEACTIVATION = "deactivation"


@dataclass(frozen=True)
class End:
    """How a deed must end, and the requirements that say so."""

    accepted: bool
    requirements: tuple[str, ...]


@dataclass
class Token:
    """A token in somebody's hands.

    ``taken``: the newest time step of which a code was read off; ``used``: those accepted;
    ``in_vain``: those sent without being accepted, and what else was wrong then. ``before``:
    up to this step nobody knows what was used when the token was set up; None: it is new.
    """

    taken: int | None = None
    before: int | None = None
    used: set[int] = field(default_factory=set)
    in_vain: dict[int, str] = field(default_factory=dict)

    def copy(self) -> Token:
        """Return one that goes its own way from here."""
        return replace(self, used=set(self.used), in_vain=dict(self.in_vain))


@dataclass(frozen=True)
class Code:
    """An OTP as entered: of which token and time step, or why it is none."""

    token: int = 0
    step: int = 0
    wrong: str = ""


@dataclass
class Session:
    """A login in one browser: when it began, and when something was done in it last."""

    begun: int
    active: int


@dataclass
class Person:
    """A customer as the manual sees one. ``ordered``: a token is on its way.

    ``mistakes``: OTPs wrong in a row. ``strikes``: other mistakes of which a product may
    keep a count of its own (IX-28, IX-48), by their kind. ``unsure``: whether the session
    outlived the suspension (IX-25).
    """

    name: str
    status: Status
    token: Token | None = None
    retired: Token | None = None
    ordered: bool = False
    suspended: bool = False
    mistakes: int = 0
    strikes: dict[str, int] = field(default_factory=dict)
    session: Session | None = None
    unsure: bool = False
    other_browser: bool = False
    last: Code | None = None
    ended_on: int | None = None


class Model:
    """All customers of a scenario and the time. Every verb returns an `End` or raises `Open`.

    A verb that raises leaves the model in pieces: try it on a copy.
    """

    def __init__(self, declaration: Declaration, people: Iterable[Person], *, start: int) -> None:
        self.declaration = declaration
        self.people = {person.name: person for person in people}
        #: The present time step, and the time of day of step 0 in minutes.
        self.now = 0
        self._start = start
        self._tokens: list[Token] = []
        for person in self.people.values():
            self._tokens += [t for t in (person.token, person.retired) if t is not None]

    def copy(self) -> Model:
        """Return a model that goes its own way from here."""
        after = Model(self.declaration, (), start=self._start)
        after.now = self.now
        twins = {id(each): each.copy() for each in self._tokens}
        after._tokens = list(twins.values())
        after.people = {
            name: replace(
                person,
                token=twins.get(id(person.token)),
                retired=twins.get(id(person.retired)),
                strikes=dict(person.strikes),
                session=None if person.session is None else replace(person.session),
            )
            for name, person in self.people.items()
        }
        return after

    # -- time ----------------------------------------------------------------

    def next_step(self) -> None:
        """Let the next time step come."""
        self.now += 1

    def pass_minutes(self, minutes: int) -> None:
        """Let minutes pass. Raises `Open` where they are no whole time steps."""
        if minutes * 60 % self.declaration.otp.step_seconds:
            raise Open
        self.now += minutes * 60 // self.declaration.otp.step_seconds

    def next_day(self, hour: int) -> None:
        """Let the next day come, until an hour of it; business days are left open (IX-32)."""
        switching = self.declaration.switching
        if switching.business_days_only or switching.cutover_minutes:
            raise Open
        minute = self._minute()
        ahead = (minute // MINUTES_A_DAY + 1) * MINUTES_A_DAY + hour * 60 - minute
        # The clock is put to the full minute: what is left of the present one is gone.
        if self.declaration.otp.step_seconds != 60:
            raise Open
        self.now += ahead

    def _minute(self) -> int:
        return self._start + self.now * self.declaration.otp.step_seconds // 60

    @property
    def day(self) -> int:
        """The number of the present day."""
        return self._minute() // MINUTES_A_DAY

    # -- sessions --------------------------------------------------------------

    def alive(self, person: Person) -> bool:
        """Tell whether the session in the present browser goes on (IX-41)."""
        session, declared = person.session, self.declaration.sessions
        if person.unsure:
            raise Open
        if session is None:
            return False
        idle = self._minutes(self.now - session.active)
        whole = self._minutes(self.now - session.begun)
        if idle == declared.idle_minutes or whole == declared.absolute_minutes:
            raise Open
        longest = declared.absolute_minutes
        return idle < declared.idle_minutes and (longest is None or whole < longest)

    def _minutes(self, steps: int) -> float:
        return steps * self.declaration.otp.step_seconds / 60

    def enter(self, person: Person) -> None:
        """Be logged in: go on, or log in anew as this customer needs to."""
        if not self.alive(person):
            self.require_session_allowed(person)
            person.session = None
            if person.status is Status.IN_SERVICE:
                if person.suspended:
                    raise Open
                self.log_in(person, "新しい")
            else:
                person.session = Session(self.now, self.now)
        assert person.session is not None  # noqa: S101 - logged in above
        person.session.active = self.now

    def require_session_allowed(self, person: Person) -> None:
        """Raise `Open` where another browser may still be logged in and that may matter."""
        if person.other_browser and self.declaration.sessions.concurrent != "allowed":
            raise Open

    # -- logging in --------------------------------------------------------------

    def log_in(self, person: Person, phrase: str) -> End:
        """Log in with the OTP of a phrase; the latest session is left first."""
        if person.status is not Status.IN_SERVICE:
            raise Open
        code = self._code(person, phrase, Way.LOGIN)
        self.require_session_allowed(person)
        person.session, person.unsure = None, False
        if person.suspended:
            self._in_vain(code, "suspended")
            return End(accepted=False, requirements=("LCK-05",))
        end = self._otp(person, code, Way.LOGIN)
        if end.accepted:
            person.session = Session(self.now, self.now)
        return end

    def log_in_without(self, person: Person) -> End:
        """Log in with the login password alone."""
        self.require_session_allowed(person)
        if person.suspended or self.declaration.login.remembered_devices:
            raise Open
        person.session, person.unsure = None, False
        if person.status is Status.IN_SERVICE:
            return End(accepted=False, requirements=("LGN-05", "LGN-09"))
        person.session = Session(self.now, self.now)
        why = "LGN-03" if person.ended_on is None else "LGN-10"
        return End(accepted=True, requirements=(why,))

    def mistake_password(self, person: Person) -> End:
        """Log in with a wrong login password and a right OTP."""
        self._strike(person, "password", 2)
        if person.status is not Status.IN_SERVICE or person.suspended or person.mistakes:
            raise Open
        code = self._code(person, "新しい", Way.LOGIN)
        person.session, person.unsure = None, False
        self._in_vain(code, "password")
        if "with_wrong_password" in self.declaration.lockout.classes:
            self._mistake(person, Way.LOGIN)
        return End(accepted=False, requirements=("LGN-07",))

    def leave(self, person: Person) -> None:
        """Log out."""
        person.session, person.unsure = None, False

    def change_browser(self, person: Person) -> None:
        """Go on in another browser."""
        person.other_browser = person.other_browser or person.session is not None
        person.session, person.unsure = None, False

    # -- applying, activating, deactivating -----------------------------------------

    def status_text(self, person: Person) -> str:
        """Return the registration status that the portal shows (CON-20), being logged in."""
        self._require(portal=True)
        self.enter(person)
        at_once = self.declaration.issue.issued_status_moment == "application"
        if person.status is Status.ISSUED and person.ordered and not at_once:
            raise Open  # maybe a text of its own (IX-16)
        return _TEXTS[person.status]

    def apply(self, person: Person, *, right: bool) -> End:
        """Apply for a hardware token with a right or a wrong confirmation password."""
        self._require(portal=True, self_service_issue=True)
        if person.status is Status.ISSUED or (person.ended_on is not None and self._gated(person)):
            raise Open
        self.enter(person)
        if person.status is Status.IN_SERVICE:
            return End(accepted=False, requirements=("CON-22",))
        if not right:
            self._mistake_confirmation(person)
            return End(accepted=False, requirements=("ISS-16",))
        person.status, person.ordered = Status.ISSUED, True
        return End(accepted=True, requirements=("ISS-18",))

    def _gated(self, person: Person) -> bool:
        """Tell whether a new start may have to wait for the next day (IX-30, IX-31)."""
        gate, covered = self.declaration.switching.gate, self.declaration.switching.covers_same_kind
        return gate != "none" and covered and person.ended_on == self.day

    def dispatch(self, person: Person) -> None:
        """Staff send the token that was applied for; it arrives."""
        self._require(staff_access=True)
        if not person.ordered:
            raise Open
        person.token, person.ordered = Token(), False
        self._tokens.append(person.token)

    def activate(self, person: Person, phrase: str, *, right_serial: bool) -> End:
        """Activate the token in hand with its serial (or one a digit off) and an OTP."""
        self._require(portal=True, self_service_activation=True)
        if person.token is None or person.ordered:
            raise Open
        code = self._code(person, phrase, Way.ACTIVATION)
        self.enter(person)
        if person.status is Status.IN_SERVICE:
            self._in_vain(code, "status")
            return End(accepted=False, requirements=("ACT-37",))
        if not right_serial or self._refusal(person, code, Way.ACTIVATION):
            if Way.ACTIVATION in self.declaration.lockout.sources:
                raise Open
            self._strike(person, "activation", self.declaration.activation.failure_limit)
        if not right_serial:
            self._in_vain(code, "serial")
            return End(accepted=False, requirements=("ACT-24",))
        why = self._refusal(person, code, Way.ACTIVATION)
        if why:
            return End(accepted=False, requirements=("ACT-03", *_ACTIVATION.get(why, ())))
        if person.mistakes and "reactivation" not in self.declaration.lockout.resets:
            raise Open
        self._use(code)
        person.mistakes = 0
        person.status = Status.IN_SERVICE
        self._require_effect_at_once()
        return End(accepted=True, requirements=("ACT-11", "ACT-34"))

    def deactivate(self, person: Person, phrase: str, *, right_confirmation: bool) -> End:
        """Deactivate with a right or wrong confirmation password and an OTP where it is asked."""
        self._require(portal=True, self_service_deactivation=True)
        if person.suspended or person.status is Status.ISSUED:
            raise Open
        if person.status is Status.NOT_REGISTERED:
            if phrase != "新しい":
                raise Open
            self.enter(person)
            return End(accepted=False, requirements=("DEA-23",))
        self.enter(person)
        asked = self.declaration.ics.otp_on_deactivation
        if phrase != "新しい" and not asked:
            raise Open
        code = self._code(person, phrase, Way.DEACTIVATION) if asked else None
        if not right_confirmation:
            return self._wrong_confirmation(person, code)
        if code is not None:
            end = self._otp(person, code, Way.DEACTIVATION)
            if not end.accepted:
                return end
        self._retire(person)
        self._require_effect_at_once()
        return End(accepted=True, requirements=("DEA-14", "DEA-18"))

    def _wrong_confirmation(self, person: Person, code: Code | None) -> End:
        if code is not None and (person.mistakes or self._refusal(person, code, Way.DEACTIVATION)):
            raise Open  # whether a right OTP beside it counts, or a wrong one, is nowhere said
        self._mistake_confirmation(person)
        if code is not None:
            self._in_vain(code, "confirmation")
        return End(accepted=False, requirements=("DEA-11",))

    def _retire(self, person: Person) -> None:
        person.status, person.ended_on = Status.NOT_REGISTERED, self.day
        person.retired, person.token = person.token, None

    def _require_effect_at_once(self) -> None:
        if self.declaration.effect.latency_seconds:
            raise Open

    # -- staff -------------------------------------------------------------------------

    def unlock(self, person: Person) -> End:
        """Staff lift the suspension."""
        self._require(staff_access=True)
        lockout = self.declaration.lockout
        kept = lockout.unlock.token == "kept"  # noqa: S105 - an effect on the token, no secret
        if not person.suspended or not kept or lockout.unlock.delay_seconds:
            raise Open
        if "unlock" not in lockout.resets:
            raise Open
        person.suspended, person.mistakes = False, 0
        return End(accepted=True, requirements=("LCK-13",))

    def revoke(self, person: Person) -> None:
        """Staff retire the token that a customer has lost."""
        self._require(staff_access=True, staff_revocation=True)
        if person.status is not Status.IN_SERVICE or person.suspended:
            raise Open
        self._retire(person)
        self.change_browser(person)

    # -- OTPs -----------------------------------------------------------------------------

    def _code(self, person: Person, phrase: str, way: Way) -> Code:
        """Return the code that a phrase means now; the time moves on where it has to be new."""
        choice = CODE_PHRASES[phrase]
        code = self._choose(person, phrase, choice, way)
        person.last = code
        return code

    def _choose(self, person: Person, phrase: str, choice: CodeChoice, way: Way) -> Code:
        match choice.source:
            case "wrong":
                return Code(wrong="wrong")
            case "same":
                if person.last is None or person.last.wrong:
                    raise Open
                return person.last
            case "own" if person.token is not None:
                token = person.token
            case "retired" if person.retired is not None:
                token = person.retired
            case "other_customer":
                other = next((p for p in self.people.values() if p is not person), None)
                if other is None or other.token is None:
                    raise Open
                token = other.token
            case _:
                raise Open
        step = self._read(token, choice, way)
        if choice.source == "other_customer" and other is not None:
            other.last = Code(self._number(token), step)
        wrong = "empty" if phrase in _EMPTY else "malformed" if phrase in _MALFORMED else ""
        if choice.spoil is not None and not wrong:
            raise Open
        return Code(self._number(token), step, wrong)

    def _read(self, token: Token, choice: CodeChoice, way: Way) -> int:
        """Read a code off a token, as `people.codes.right_code` does; return its time step."""
        otp = self.declaration.otp
        window = getattr(otp.window, way)
        offset = offset_of(choice, window.backward, window.forward)
        number = choice.offset.lstrip("+-").isdigit()
        if offset and number and -window.backward <= offset <= window.forward:
            raise Open
        if offset and otp.resynchronisation != "none":
            raise Open
        if choice.fresh and token.taken is not None and self.now + offset <= token.taken:
            self.now = token.taken + 1 - offset
        step = self.now + offset
        token.taken = step if token.taken is None else max(step, token.taken)
        return step

    def _number(self, token: Token) -> int:
        return next(i for i, each in enumerate(self._tokens, 1) if each is token)

    def _token(self, code: Code) -> Token | None:
        return self._tokens[code.token - 1] if code.token else None

    def _otp(self, person: Person, code: Code, way: Way) -> End:
        """Enter an OTP where everything else is right: use it up, or count a mistake."""
        why = self._refusal(person, code, way)
        if not why:
            self._use(code)
            if person.mistakes and "otp_success" not in self.declaration.lockout.resets:
                raise Open
            person.mistakes = 0
            return End(accepted=True, requirements=_ACCEPTED[way])
        if self._counts(why, way):
            self._mistake(person, way)
        return End(accepted=False, requirements=_REFUSED[way].get(why, _REFUSED[way]["wrong"]))

    def _refusal(self, person: Person, code: Code, way: Way) -> str:
        """Return why an OTP is refused, in the declaration's words (IX-23); empty: accepted."""
        token = self._token(code)
        if code.wrong or token is None:
            return code.wrong or "wrong"
        if token is not person.token:
            return "retired" if token is person.retired else "other_token"
        window, ahead = getattr(self.declaration.otp.window, way), code.step - self.now
        if ahead < -window.backward:
            return "reused_late" if code.step in token.used else "stale"
        if ahead > window.forward:
            return "future"
        if code.step in token.used:
            return "reused"
        if token.before is not None and code.step <= token.before:
            raise Open
        if any(step > code.step for step in token.used):
            raise Open  # whether a newer one uses up those before it (IX-10)
        return self._second_try(token.in_vain.get(code.step, ""))

    def _second_try(self, before: str) -> str:
        """Return why the very code of a refused attempt is refused, everything else right now."""
        otp = self.declaration.otp
        match before:
            case "":
                return ""
            case "confirmation":
                return "reused" if otp.consumption == "on_submission" else ""
            case "password" if not otp.consumed_with_wrong_password:
                return ""
        raise Open

    def _counts(self, why: str, way: Way) -> bool:
        """Tell whether a mistake counts (IX-22, IX-23). Raises `Open` where nobody can say."""
        lockout = self.declaration.lockout
        if not set(lockout.resets) <= _FORESEEN_RESETS or not lockout.shared_counter:
            raise Open
        if way not in lockout.sources:
            return False
        counted = {name in lockout.classes for name in _CLASSES.get(why, (why,))}
        if len(counted) > 1:
            raise Open
        return counted.pop()

    def _mistake(self, person: Person, way: Way) -> None:
        person.mistakes += 1
        if person.mistakes >= self.declaration.lockout.threshold:
            person.suspended = True
            person.unsure = person.session is not None

    def _mistake_confirmation(self, person: Person) -> None:
        limit = self.declaration.confirmation_password.failure_limit
        self._strike(person, "confirmation", limit)

    def _strike(self, person: Person, what: str, limit: int) -> None:
        """Count what a product may count apart. Raises `Open` before it could matter."""
        person.strikes[what] = person.strikes.get(what, 0) + 1
        if limit and person.strikes[what] >= limit:
            raise Open

    def _use(self, code: Code) -> None:
        token = self._token(code)
        if token is not None:
            token.used.add(code.step)

    def _in_vain(self, code: Code, why: str) -> None:
        token = self._token(code)
        if token is not None and not code.wrong and code.step not in token.used:
            token.in_vain[code.step] = why

    def _require(self, **features: bool) -> None:
        declared = self.declaration.ics
        if any(getattr(declared, name) is not wanted for name, wanted in features.items()):
            raise Open


_TEXTS = {
    Status.NOT_REGISTERED: "未登録",
    Status.ISSUED: "トークン発行済",
    Status.IN_SERVICE: "サービス利用中",
}
# Two classes where a product may see either (IX-23).
_CLASSES = {
    "reused_late": ("reused", "stale"),
    "stale": ("stale", "wrong"),
    "future": ("future", "wrong"),
    "retired": ("other_token", "wrong", "stale"),
    "other_token": ("other_token", "wrong"),
}
_ACCEPTED = {Way.LOGIN: ("LGN-04",), Way.ACTIVATION: ("ACT-11",), Way.DEACTIVATION: ("DEA-14",)}
_ACTIVATION: dict[str, tuple[str, ...]] = {"reused": ("TOK-04",), "malformed": ("ACT-22",)}
_REFUSED: dict[Way, dict[str, tuple[str, ...]]] = {
    Way.LOGIN: {
        "wrong": ("LGN-06",),
        "reused": ("TOK-03", "LGN-08"),
        "reused_late": ("TOK-03", "LGN-08"),
        "stale": ("TOK-05", "LGN-11"),
        "future": ("TOK-06",),
        "malformed": ("LGN-12",),
        "empty": ("LGN-12",),
        "other_token": ("LGN-13", "TOK-14"),
        "retired": ("DEA-19", "LGN-14"),
    },
    Way.DEACTIVATION: {
        "wrong": ("DEA-12",),
        "reused": ("DEA-13", "TOK-04"),
        "reused_late": ("DEA-13", "TOK-04"),
    },
}
