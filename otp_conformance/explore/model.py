"""The manual as a state machine, under a declaration: what each deed must lead to.

Written from the requirements (section 3, the state machines) and the declaration alone; it
shares nothing with the reference bank. Pure: it is told a deed and tells the end. What manual
and declaration leave open it leaves open (`Open`), and nobody tries it. Every rule names its
requirement: in the `End` that it leads to, or beside it.

Time is counted in time steps (RFC 6238) from the beginning of the scenario.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from otp_conformance.declaration.model import Declaration
from otp_conformance.people.codes import CODE_PHRASES, CodeChoice, offset_of
from otp_conformance.specification.words import Kind, Status

MINUTES_A_DAY = 1440
# What empties the counter of mistakes in ways that can be foreseen (IX-24).
_FORESEEN_RESETS = {"otp_success", "unlock", "reactivation"}
_EMPTY = ("空の",)
RIGHT_SERIAL = "届いたトークンの"
SERIALS_OF_OTHERS = ("在庫のトークンの", "別のお客さまの", "利用解除したトークンの")
_FULL_WIDTH = "全角数字の"
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

    ``taken``: the newest time step of which a code was read off; ``used``: those accepted,
    and where; ``in_vain``: those sent without being accepted, and what else was wrong then.
    ``before``: up to this step nobody knows what was used when the token was set up; None:
    it is new.
    """

    taken: int | None = None
    before: int | None = None
    kind: Kind = Kind.HARDWARE
    used: dict[int, Way] = field(default_factory=dict)
    in_vain: dict[int, str] = field(default_factory=dict)

    def copy(self) -> Token:
        """Return one that goes its own way from here."""
        return replace(self, used=dict(self.used), in_vain=dict(self.in_vain))


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

    ``orders``: applications accepted so far, None where nobody knows. ``mistakes``: OTPs
    wrong in a row; ``maybe``: so many more where nobody can say (IX-23);
    ``restarted``: mistakes of before are forgotten. ``strikes``: other mistakes of which a
    product may keep a count of its own (IX-28, IX-48), by their kind. ``unsure``: whether
    the session outlived the suspension (IX-25). ``last``: the code entered last; ``noted``:
    one that was written down. ``ended_on``: the day of the latest deactivation;
    ``ended_before``: it was some day before the scenario, or its first.
    """

    name: str
    status: Status
    token: Token | None = None
    retired: Token | None = None
    ordered: bool = False
    orders: int | None = None
    suspended: bool = False
    mistakes: int = 0
    maybe: int = 0
    restarted: bool = False
    strikes: dict[str, int] = field(default_factory=dict)
    session: Session | None = None
    unsure: bool = False
    other_browser: bool = False
    last: Code | None = None
    noted: Code | None = None
    ended_on: int | None = None
    ended_before: bool = False

    def forgive(self) -> None:
        """Count from nought again."""
        self.restarted = self.restarted or self.mistakes > 0
        self.mistakes = self.maybe = 0


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
        self._spare: Token | None = None
        for person in self.people.values():
            self._tokens += [t for t in (person.token, person.retired) if t is not None]

    def copy(self) -> Model:
        """Return a model that goes its own way from here."""
        after = Model(self.declaration, (), start=self._start)
        after.now = self.now
        twins = {id(each): each.copy() for each in self._tokens}
        after._tokens = list(twins.values())
        after._spare = twins.get(id(self._spare))
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
                self._ask(person)
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
            raise Open  # nobody asks for one (LGN-03)
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
        if self.declaration.login.remembered_devices:
            raise Open
        person.session, person.unsure = None, False
        if person.suspended:
            return End(accepted=False, requirements=("LCK-16",))
        if person.status is Status.IN_SERVICE:
            self._ask(person)
            return End(accepted=False, requirements=("LGN-05", "LGN-09"))
        person.session = Session(self.now, self.now)
        why = "LGN-03" if person.ended_on is None else "LGN-10"
        return End(accepted=True, requirements=(why,))

    def _ask(self, person: Person) -> None:
        """Meet the question for an OTP; on the page of the password it was left empty (IX-05)."""
        if self.declaration.login.flow == "one_page":
            self._note(person, self._counts("removed", Way.LOGIN))

    def mistake_password(self, person: Person) -> End:
        """Log in with a wrong login password and a right OTP."""
        self._strike(person, "password", 2)
        if person.status is not Status.IN_SERVICE or person.suspended:
            raise Open
        if not set(self.declaration.lockout.resets) <= _FORESEEN_RESETS:
            raise Open
        code = self._code(person, "新しい", Way.LOGIN)
        person.session, person.unsure = None, False
        self._in_vain(code, "password")
        if "with_wrong_password" in self.declaration.lockout.classes:
            self._mistake(person)  # as declared; else it is no mistake of an OTP (LCK-19)
        return End(accepted=False, requirements=("LGN-07",))

    def log_in_altered(self, person: Person, *, doubled: bool) -> End:
        """Log in by a request without the OTP's field, or with two wrong OTPs in it."""
        if person.status is not Status.IN_SERVICE or person.suspended:
            raise Open
        self._code(person, "新しい", Way.LOGIN)  # read off, and never sent
        self.require_session_allowed(person)
        person.session, person.unsure = None, False
        self._altered(person, Way.LOGIN, doubled=doubled)
        return End(accepted=False, requirements=("LGN-05", "LGN-06"))

    def skip_otp(self, person: Person) -> End:
        """Enter the login password, and open a later screen's address instead of the OTP."""
        if self.declaration.sessions.direct_url != "refused":
            raise Open
        if person.status is not Status.IN_SERVICE or person.suspended:
            raise Open
        self.log_in_without(person)
        return End(accepted=False, requirements=("LGN-05", "LGN-15"))

    def leave(self, person: Person) -> None:
        """Log out."""
        person.session, person.unsure = None, False

    def note(self, person: Person) -> None:
        """Write down the code entered last."""
        if person.last is None or person.last.wrong:
            raise Open
        person.noted = person.last

    def change_browser(self, person: Person) -> None:
        """Go on in another browser; the session of the present one stays as it is."""
        person.other_browser = person.other_browser or person.session is not None
        person.session, person.unsure = None, False

    # -- applying, activating, deactivating -----------------------------------------

    def status_text(self, person: Person) -> str:
        """Return the registration status that the portal shows (CON-20), being logged in."""
        self._require(portal=True)
        self.enter(person)
        # Until then 未登録 may be shown, as the sentence knows, or a text of its own (IX-16).
        own = self.declaration.issue.intermediate_status
        if person.status is Status.ISSUED and person.ordered and own:
            raise Open
        return _TEXTS[person.status]

    def apply(self, person: Person, *, right: bool) -> End:
        """Apply for a hardware token with a right or a wrong confirmation password."""
        self._require(portal=True, self_service_issue=True)
        refused = person.status is Status.ISSUED or person.status is Status.IN_SERVICE
        why = "" if refused else self._gate(person, Kind.HARDWARE)
        self.enter(person)
        if person.status is Status.IN_SERVICE:
            return End(accepted=False, requirements=("CON-22", "SWT-01"))
        if person.status is Status.ISSUED:
            declared = self.declaration.issue
            issued = declared.issued_status_moment == "application" or not person.ordered
            if declared.reissue_when_issued != "refused" or not right or not issued:
                raise Open
            return End(accepted=False, requirements=("ISS-26",))
        if not right:
            self._mistake_confirmation(person)
            return End(accepted=False, requirements=("ISS-15", "ISS-16"))
        if why:
            return End(accepted=False, requirements=(why,))
        self._ordered(person)
        again = () if person.retired is None else ("RIS-01", "RIS-05")
        return End(accepted=True, requirements=("ISS-18", *again))

    def orders(self, person: Person) -> int:
        """Return how many applications the staff have on record (SHP-06)."""
        self._require(staff_access=True)
        if person.orders is None:
            raise Open
        return person.orders

    def apply_twice(self, person: Person) -> End:
        """Apply, and send the same request once more: it makes one application (SHP-06)."""
        before = person.status
        if before is not Status.NOT_REGISTERED or not self.apply(person, right=True).accepted:
            raise Open
        return End(accepted=True, requirements=("ISS-18", "SHP-06"))

    def apply_for_software(self, person: Person) -> End:
        """Apply for a software token where that is refused; what else may come is left open."""
        self._require(portal=True, self_service_issue=True, software_tokens=True)
        in_service = person.status is Status.IN_SERVICE
        closed = self.declaration.switching.hardware_to_software == "refused"
        had = person.retired is not None and person.retired.kind is Kind.HARDWARE
        if not in_service and not (had and closed and person.status is Status.NOT_REGISTERED):
            raise Open
        self.enter(person)
        return End(accepted=False, requirements=("SWT-07", "CON-22") if in_service else ("SWT-06",))

    def _ordered(self, person: Person) -> None:
        person.status, person.ordered = Status.ISSUED, True  # ISS-22
        person.orders = None if person.orders is None else person.orders + 1

    def _gate(self, person: Person, kind: Kind) -> str:
        """Return why a new start has to wait for the next day; empty: it has not (IX-30 to 32)."""
        declared, former = self.declaration.switching, person.retired
        if former is None or person.ended_on is None:
            return ""
        another = former.kind is not kind
        covered = another or declared.covers_same_kind
        if declared.gate == "none" or not covered:
            return ""
        plain = declared.time_zone == "Asia/Tokyo" and not declared.cutover_minutes
        if not plain or declared.business_days_only:
            raise Open
        if person.ended_on < self.day:
            return ""  # SWT-04
        if declared.gate == "activation" or person.ended_before:
            raise Open
        return "SWT-03" if another else "RIS-04"

    def dispatch(self, person: Person) -> None:
        """Staff send the token that was applied for; it arrives."""
        self._require(staff_access=True)
        if not person.ordered or person.suspended:
            raise Open
        person.token, person.ordered = Token(), False
        self._tokens.append(person.token)

    def dispatch_retired(self, person: Person) -> End:
        """Staff try to send the retired token once more."""
        self._require(staff_access=True)
        if not person.ordered or person.retired is None or person.retired.kind is not Kind.HARDWARE:
            raise Open
        return End(accepted=False, requirements=("RIS-02",))

    def set_out(self, person: Person, procedure: Way) -> End:
        """Try to get to a procedure that this status does not offer."""
        self._require(portal=True)
        why = _CLOSED.get((procedure, person.status))
        if why is None:
            raise Open
        kept = self.declaration.issue.deactivate_when_issued == "refused" and not person.ordered
        if person.status is Status.ISSUED and not kept:
            raise Open
        self.enter(person)
        return End(accepted=False, requirements=why)

    def leave_form(self, person: Person, form: Way | None) -> End:
        """Fill in a form rightly and leave it unsent; the application's where ``form`` is None."""
        self._require(portal=True)
        match form, person.status:
            case None, Status.NOT_REGISTERED if not self._gate(person, Kind.HARDWARE):
                self._require(self_service_issue=True)
                self.enter(person)
                return End(accepted=True, requirements=("ISS-25",))
            case Way.ACTIVATION, Status.ISSUED if not person.ordered:
                self._require(self_service_activation=True)
                token = person.token
                if token is None or token.kind is not Kind.HARDWARE:
                    raise Open
                self.enter(person)
                self._code(person, "新しい", Way.ACTIVATION)
                return End(accepted=True, requirements=("ACT-27", "ACT-28"))
            case Way.DEACTIVATION, Status.IN_SERVICE if not person.suspended:
                self._require(self_service_deactivation=True)
                self.enter(person)
                if self.declaration.ics.otp_on_deactivation:
                    self._code(person, "新しい", Way.DEACTIVATION)
                return End(accepted=True, requirements=("DEA-22",))
        raise Open

    def activate(self, person: Person, phrase: str, serial: str = RIGHT_SERIAL) -> End:
        """Activate with the serial of a phrase (of the token in hand, mistyped, another's)."""
        self._require(portal=True, self_service_activation=True)
        if person.token is None or person.ordered or person.token.kind is not Kind.HARDWARE:
            raise Open
        if person.suspended:
            raise Open
        right_serial = serial == RIGHT_SERIAL
        chosen = self._token_of(person, serial)
        code = self._code(person, phrase, Way.ACTIVATION, chosen)
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
            return End(accepted=False, requirements=_SERIALS.get(serial, ("ACT-24",)))
        why = self._refusal(person, code, Way.ACTIVATION)
        if why:
            return End(accepted=False, requirements=("ACT-03", *_ACTIVATION.get(why, ())))
        if (person.mistakes or person.maybe) and (
            "reactivation" not in self.declaration.lockout.resets
        ):
            raise Open
        self._use(code, Way.ACTIVATION)
        person.forgive()
        person.status = Status.IN_SERVICE
        self._require_effect_at_once()
        return End(accepted=True, requirements=("ACT-11", "ACT-34"))

    def activate_twice(self, person: Person) -> End:
        """Activate, and send the same request once more: it changes nothing (ACT-11)."""
        self._require_uncounted(Way.ACTIVATION)
        if person.status is not Status.ISSUED or not self.activate(person, "新しい").accepted:
            raise Open
        return End(accepted=True, requirements=("ACT-11", "ACT-34"))

    def activate_from_old_page(self, person: Person) -> End:
        """Open the screen, activate in another browser, then send the screen opened first."""
        self._require_uncounted(Way.ACTIVATION)
        self._require_two_browsers()
        if person.status is not Status.ISSUED:
            raise Open
        self.enter(person)
        self.change_browser(person)
        if not self.activate(person, "新しい").accepted:
            raise Open
        self._in_vain(self._code(person, "新しい", Way.ACTIVATION), "status")
        return End(accepted=False, requirements=("ACT-37",))

    def activate_altered(self, person: Person) -> End:
        """Activate by a request without the OTP's field, or with two wrong OTPs in it."""
        self._require_uncounted(Way.ACTIVATION)
        self._require(portal=True, self_service_activation=True)
        token, closed = person.token, person.status is not Status.ISSUED or person.ordered
        if token is None or closed or token.kind is not Kind.HARDWARE:
            raise Open
        self.enter(person)
        self._code(person, "新しい", Way.ACTIVATION)  # read off, and never sent where it counts
        self._strike(person, "activation", self.declaration.activation.failure_limit)
        return End(accepted=False, requirements=("ACT-03", "ACT-20"))

    def _token_of(self, person: Person, serial: str) -> Token | None:
        """Return the token whose serial a phrase means.

        Raises `Open` where there is none, or where it may be as good as one's own.
        """
        match serial:
            case "在庫のトークンの" if self.declaration.issue.binding == "dispatch":
                if self._spare is None:
                    self._spare = Token()
                    self._tokens.append(self._spare)
                return self._spare
            case "別のお客さまの":
                other = self._other(person)
                if other is None or other.token is None or other.status is not Status.IN_SERVICE:
                    raise Open
                return other.token
            case "利用解除したトークンの" if person.retired is not None:
                declared = self.declaration.retired
                if person.retired.kind is not Kind.HARDWARE or declared.refused_days is not None:
                    raise Open
                if declared.refused_at != "activation":
                    raise Open  # IX-35
                return person.retired
            case _ if serial in SERIALS_OF_OTHERS:
                raise Open  # ISS-20, IX-15
            case "全角数字の" if self.declaration.serial.full_width != "refused":
                raise Open  # IX-14
        return person.token

    def _other(self, person: Person) -> Person | None:
        return next((each for each in self.people.values() if each is not person), None)

    def _require_uncounted(self, way: Way) -> None:
        if way in self.declaration.lockout.sources:
            raise Open

    def _require_two_browsers(self) -> None:
        if self.declaration.sessions.concurrent != "allowed":
            raise Open

    def deactivate(self, person: Person, phrase: str, *, right_confirmation: bool) -> End:
        """Deactivate with a right or wrong confirmation password and an OTP where it is asked."""
        self._require(portal=True, self_service_deactivation=True)
        if person.suspended or person.status is Status.ISSUED:
            raise Open  # DEA-27
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

    def deactivate_twice(self, person: Person) -> End:
        """Deactivate, and send the same request once more: it changes nothing (DEA-14)."""
        in_service = person.status is Status.IN_SERVICE
        if (
            not in_service
            or not self.deactivate(person, "新しい", right_confirmation=True).accepted
        ):
            raise Open
        return End(accepted=True, requirements=("DEA-14", "DEA-18"))

    def deactivate_from_old_page(self, person: Person) -> End:
        """Open the screen, deactivate in another browser, then send the screen opened first."""
        self._require_two_browsers()
        self._require(otp_on_deactivation=True)
        if person.status is not Status.IN_SERVICE or person.suspended:
            raise Open
        self.enter(person)
        self.change_browser(person)
        if not self.deactivate(person, "新しい", right_confirmation=True).accepted:
            raise Open
        self._code(person, "利用解除したトークンの", Way.DEACTIVATION)
        return End(accepted=False, requirements=("DEA-14", "DEA-19"))

    def deactivate_altered(self, person: Person, *, doubled: bool) -> End:
        """Deactivate by a request without the OTP's field, or with two wrong OTPs in it."""
        self._require(portal=True, self_service_deactivation=True, otp_on_deactivation=True)
        if person.suspended or person.status is not Status.IN_SERVICE:
            raise Open
        self.enter(person)
        self._code(person, "新しい", Way.DEACTIVATION)  # read off, and never sent
        self._altered(person, Way.DEACTIVATION, doubled=doubled)
        return End(accepted=False, requirements=("DEA-08", "DEA-28"))

    def _altered(self, person: Person, way: Way, *, doubled: bool) -> None:
        """Count what no screen sends: as wrong, malformed or empty, who can say (IX-23)."""
        counted = self._counts("doubled" if doubled else "removed", way)
        self._note(person, counted)

    def _wrong_confirmation(self, person: Person, code: Code | None) -> End:
        if code is not None and self._refusal(person, code, Way.DEACTIVATION):
            raise Open  # whether a wrong OTP beside it counts is nowhere said
        if code is not None and (person.mistakes or person.maybe):
            raise Open  # whether a right OTP beside it starts the count anew neither
        self._mistake_confirmation(person)
        if code is not None:
            self._in_vain(code, "confirmation")
        return End(accepted=False, requirements=("DEA-07", "DEA-11", "DEA-28"))

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
        person.suspended = False
        person.forgive()
        return End(accepted=True, requirements=("LCK-13", "LCK-14"))

    def revoke(self, person: Person) -> None:
        """Staff retire the token that a customer has lost."""
        self._require(staff_access=True, staff_revocation=True)
        if person.status is not Status.IN_SERVICE or person.suspended:
            raise Open
        self._retire(person)
        self.change_browser(person)

    # -- OTPs -----------------------------------------------------------------------------

    def _code(self, person: Person, phrase: str, way: Way, chosen: Token | None = None) -> Code:
        """Return the code that a phrase means now; the time moves on where it has to be new.

        ``chosen``: the token whose serial was typed.
        """
        person.last = self._choose(person, phrase, way, chosen)
        return person.last

    def _choose(self, person: Person, phrase: str, way: Way, chosen: Token | None) -> Code:
        choice = CODE_PHRASES[phrase]
        if choice.source == "wrong":
            return Code(wrong="wrong")
        if choice.source in {"same", "noted"}:
            again = person.last if choice.source == "same" else person.noted
            if again is None or again.wrong:
                raise Open
            return again
        token = self._source(person, choice.source, chosen)
        code = Code(self._number(token), self._read(token, choice, way))
        other = self._other(person)
        if choice.source == "other_customer" and other is not None:
            other.last = code
        wrong = "empty" if phrase in _EMPTY else "malformed" if phrase in _MALFORMED else ""
        if phrase == _FULL_WIDTH and self.declaration.otp.full_width == "refused":
            wrong = "malformed"  # IX-14
        if choice.spoil is not None and not wrong:
            raise Open
        return replace(code, wrong=wrong)

    def _source(self, person: Person, source: str, chosen: Token | None) -> Token:
        """Return the token off which a code is read. Raises `Open` where there is none."""
        other = self._other(person)
        token = {
            "own": person.token,
            "retired": person.retired,
            "chosen": chosen,
            "other_customer": None if other is None else other.token,
        }.get(source)
        if token is None:
            raise Open
        return token

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
            self._use(code, way)
            anew = "otp_success" in self.declaration.lockout.resets  # LCK-04, IX-24
            if (person.mistakes or person.maybe) and not anew:
                raise Open
            too_few = ["LCK-03"] if person.mistakes else []
            forgotten = ["LCK-04"] if person.restarted else []
            person.forgive()
            return End(accepted=True, requirements=(*_ACCEPTED[way], *too_few, *forgotten))
        self._note(person, self._counts(why, way))
        reasons = _REFUSED[way].get(why, _REFUSED[way]["wrong"])
        token = self._token(code)
        elsewhere = token is not None and token.used.get(code.step, way) is not way
        if why in {"reused", "reused_late"} and elsewhere:
            reasons = tuple(dict.fromkeys(("TOK-04", *reasons)))
        return End(accepted=False, requirements=reasons)

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

    def _counts(self, why: str, way: Way) -> bool | None:
        """Tell whether a mistake counts (IX-22, IX-23); None where nobody can say.

        Raises `Open` where nobody can say what becomes of any count.
        """
        lockout = self.declaration.lockout
        if not set(lockout.resets) <= _FORESEEN_RESETS or not lockout.shared_counter:
            raise Open
        if way not in lockout.sources:
            return False
        counted = {name in lockout.classes for name in _CLASSES.get(why, (why,))}
        return counted.pop() if len(counted) == 1 else None

    def _note(self, person: Person, counted: bool | None) -> None:
        """Count a mistake, or one that may count. Raises `Open` before that could matter."""
        if counted:
            self._mistake(person)
        elif counted is None:
            person.maybe += 1
            if person.mistakes + person.maybe >= self.declaration.lockout.threshold:
                raise Open

    def _mistake(self, person: Person) -> None:
        """Count one more: so many in a row, and no fewer, suspend (LCK-01, LCK-03, IX-21)."""
        person.mistakes += 1
        if person.mistakes >= self.declaration.lockout.threshold:
            person.suspended = True
            person.unsure = person.session is not None
        elif person.mistakes + person.maybe >= self.declaration.lockout.threshold:
            raise Open

    def _mistake_confirmation(self, person: Person) -> None:
        limit = self.declaration.confirmation_password.failure_limit
        self._strike(person, "confirmation", limit)

    def _strike(self, person: Person, what: str, limit: int) -> None:
        """Count what a product may count apart. Raises `Open` before it could matter."""
        person.strikes[what] = person.strikes.get(what, 0) + 1
        if limit and person.strikes[what] >= limit:
            raise Open

    def _use(self, code: Code, way: Way) -> None:
        token = self._token(code)
        if token is not None:
            token.used[code.step] = way

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
    "doubled": ("wrong", "malformed"),
    "removed": ("empty", "malformed"),
}
_SERIALS = {
    "7桁の": ("ACT-15",),
    "全角数字の": ("ACT-13",),
    "末尾に一桁多い": ("ACT-19", "ACT-24"),
    "英字の混じった": ("ACT-14",),
    "ハイフンの入った": ("ACT-14",),
    "空の": ("ACT-24",),
    "在庫のトークンの": ("ACT-23", "ACT-24"),
    "別のお客さまの": ("ACT-25", "ACT-23"),
    "利用解除したトークンの": ("DEA-20", "RIS-03"),
}
# What a status does not offer (section 3.1).
_CLOSED = {
    (Way.ACTIVATION, Status.NOT_REGISTERED): ("ACT-36", "CON-08"),
    (Way.ACTIVATION, Status.IN_SERVICE): ("ACT-37",),
    (Way.DEACTIVATION, Status.NOT_REGISTERED): ("DEA-23",),
    (Way.DEACTIVATION, Status.ISSUED): ("DEA-27",),
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
