"""Everything that one scenario has at hand."""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.journal.case import Case
from otp_conformance.journal.evidence import Look
from otp_conformance.judging.counting import Counting
from otp_conformance.judging.declared import Declared
from otp_conformance.judging.judge import Judge
from otp_conformance.judging.sight import Sight
from otp_conformance.people import prepared
from otp_conformance.people.attempt import Attempt
from otp_conformance.people.codes import Ledger
from otp_conformance.people.customer import Customer
from otp_conformance.people.person import Person
from otp_conformance.people.sending import Sendings, watched
from otp_conformance.people.stories import CIRCUMSTANCES
from otp_conformance.people.timeline import Timeline
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind, Status
from otp_conformance.tokens.port import TokenDevice

MAIN = "お客さま"
OTHER = "別のお客さま"


class World:
    """The people, tokens, clock and browsers of one scenario.

    ``keep_secret`` registers values that must never be written down.
    """

    def __init__(
        self,
        sut: Sut,
        declaration: Declaration,
        case: Case,
        *,
        keep_secret: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.sut = sut
        self.declaration = declaration
        self.case = case
        self.keep_secret = keep_secret
        self.time = Timeline(sut.clock, declaration.otp.step_seconds)
        self.ledger = Ledger()
        self.sendings = Sendings(self.time, case)
        case.question_with(self.sendings.doubt)
        self.last: Attempt | None = None
        self._people: dict[str, Customer] = {}
        self._spare: TokenDevice | None = None
        self._sites: list[Site] = []
        self._looking_at: Site | None = None
        self._acting: Person | None = None
        self.story_logins: list[Attempt] = []
        self.opened_directly = ""
        self.judge = Judge(self)
        self.declared = Declared(self)
        self.counting = Counting(self)
        self.sight = Sight(self)
        self.time.begin()

    @property
    def threshold(self) -> int:
        """Declared number of consecutive mistakes that suspends (IX-21)."""
        return self.declaration.lockout.threshold

    # -- people -----------------------------------------------------------

    def person(self, name: str) -> Customer:
        """Return somebody whom an earlier step has introduced."""
        if name not in self._people:
            raise LookupError(f"「{name}」が前提に現れていません（シナリオの誤り）")
        return self._people[name]

    def other_of(self, customer: Person) -> Customer:
        """Return the other customer of the scenario."""
        return self.person(MAIN if customer.name == OTHER else OTHER)

    def introduce(
        self,
        name: str,
        status: Status,
        kind: Kind = Kind.HARDWARE,
        *,
        serial_length: int | None = None,
        serial_prefix: str = "",
        confirmation_password: str | None = None,
    ) -> Customer:
        """Bring a fresh customer in a state into the scenario.

        One out of a prepared list is looked at where that can be told (`prepared`).
        """
        provisioned = self.sut.provisioner.customer(
            status,
            kind,
            serial_length=serial_length,
            serial_prefix=serial_prefix,
            confirmation_password=confirmation_password,
        )
        customer = Customer(self, name, provisioned)
        if provisioned.token is not None and provisioned.last_used is not None:
            self.ledger.book(provisioned.token, self.time.step(provisioned.last_used))
        if status is Status.DEACTIVATED:
            customer.retire()
        self._people[name] = customer
        prepared.make_sure(self, customer, status)
        return customer

    def control_customer(self, status: Status) -> Customer:
        """Return a customer of their own for a control."""
        return self.introduce("対照のお客さま", status)

    def people(self) -> tuple[Customer, ...]:
        """Return everybody whom the scenario has introduced."""
        return tuple(self._people.values())

    def unlock(self, customer: Customer) -> None:
        """Staff lift a suspension after noting the circumstances (LCK-10).

        It is in force when this returns: the declared delay has passed (IX-26).
        """
        unlock = self.declaration.lockout.unlock
        self.sut.staff.unlock(customer.account.login_id, CIRCUMSTANCES)
        self.time.wait_for_effect(unlock.delay_seconds)
        if unlock.token == "retired":  # noqa: S105 - an effect on the token, no secret
            customer.retire()

    def spare_token(self) -> TokenDevice:
        """Return a token in stock that belongs to nobody."""
        if self._spare is None:
            self._spare = self.sut.provisioner.token(to_send=False)
        return self._spare

    def devices(self) -> list[TokenDevice]:
        """Return every token of the scenario."""
        held = [d for p in self._people.values() for d in (p.token, p.retired) if d is not None]
        return held + ([self._spare] if self._spare else [])

    # -- browsers and pictures ---------------------------------------------

    def new_site(self) -> Site:
        """Open the site in a fresh browser."""
        site = Site(
            watched(self.sut.agents.new(), self.sendings),
            self.declaration,
            self.sut.base_url,
            self.sut.login_extras,
        )
        self._sites.append(site)
        return site

    def now_acting(self, customer: Person, site: Site) -> None:
        """Remember who acts and whose screen is in sight."""
        self._acting, self._looking_at = customer, site

    def acting(self) -> Customer:
        """Return the customer who acted last."""
        if self._acting is None:
            raise LookupError("まだだれも操作していません（シナリオの誤り）")
        return self.person(self._acting.name)

    def look(self) -> Look | None:
        """Return a picture of the screen in sight, for evidence."""
        site = self._looking_at
        return None if site is None else site.look()

    def close(self) -> None:
        """Close every browser of the scenario. Idempotent."""
        for site in self._sites:
            site.agent.close()
        self._sites.clear()

    # -- judging ----------------------------------------------------------

    def latest(self) -> Attempt:
        """Return the end of the latest attempt."""
        if self.last is None:
            raise LookupError("まだ何も試みられていません（シナリオの誤り）")
        return self.last
