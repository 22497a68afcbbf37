"""What one scenario has at hand, whoever acts: ports, declaration, record, time, browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from otp_conformance.agent.exchange import Exchange
from otp_conformance.agent.port import ExtraInput, UserAgents, nothing_secret
from otp_conformance.agent.trouble import cut_off
from otp_conformance.assets.consumption import Spending
from otp_conformance.assets.port import Account, Need, Provisioner
from otp_conformance.clock.port import Clock
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.read import telling
from otp_conformance.journal.case import Case
from otp_conformance.journal.evidence import Look
from otp_conformance.people.attempt import Attempt
from otp_conformance.people.codes import Ledger
from otp_conformance.people.sending import Sendings, watched
from otp_conformance.people.timeline import Timeline
from otp_conformance.screens.reading import fact_under
from otp_conformance.screens.site import Site
from otp_conformance.staff.port import StaffDesk
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.outcome import Outcome
from otp_conformance.verdict.verdict import Cause


class Somebody(Protocol):
    """A customer of the scenario, as far as a reader is told who took part."""

    @property
    def name(self) -> str:
        """How the scenario calls them."""

    @property
    def account(self) -> Account:
        """Whose login ID it is."""

    @property
    def token(self) -> TokenDevice | None:
        """What they hold now."""


@dataclass
class Scene:
    """The things of one scenario. Its time begins with it.

    ``keep_secret`` registers values that must never be written down. ``spare``: a token
    in nobody's hands, once it was asked for. ``last``: the end of the latest attempt.
    ``acting``: the name of who acted last, and ``in_sight`` the site they see.
    ``repeated_logins``: the right logins among repeated mistakes; ``opened_directly``:
    the screen that was opened by its address. ``recognised``: see `Site`.
    ``notices``: reads the subjects of a customer's notices; None where nobody can (IX-46).
    ``restart``: restarts the system; None where nobody can (IX-01). ``customers``: everybody
    who took part so far.
    ``entrance_keeps``: whether the site's entrance knows who is logged in; None: not tried yet.
    """

    declaration: Declaration
    case: Case
    keep_secret: Callable[[str], None]
    base_url: str
    agents: UserAgents
    login_extras: tuple[ExtraInput, ...]
    clock: Clock
    provisioner: Provisioner
    staff: StaffDesk
    spending: Spending
    notices: Callable[[str], tuple[str, ...]] | None = None
    restart: Callable[[], None] | None = None
    ledger: Ledger = field(default_factory=Ledger)
    spare: TokenDevice | None = None
    last: Attempt | None = None
    acting: str = ""
    in_sight: Site | None = None
    repeated_logins: list[Attempt] = field(default_factory=list)
    opened_directly: str = ""
    customers: list[Somebody] = field(default_factory=list)
    recognised: set[str] = field(default_factory=set)
    entrance_keeps: bool | None = None

    def __post_init__(self) -> None:
        self.time = Timeline(self.clock, self.declaration.otp.step_seconds)
        self.sendings = Sendings(self.time, self.case)
        self.case.question_with(self._doubt)
        self._sites: list[Site] = []
        self._looked_at: list[Exchange] = []
        # What finds its way on the site reads the declaration without telling.
        self._of_sites = self.declaration
        self.declaration = telling(
            self.declaration, lambda read: self.case.declared(read.key, read.value, read.line)
        )
        self.time.begin(self.provisioner.made_at)

    def _doubt(self, error: Outcome) -> Outcome:
        """Return what a finding against the product is worth: half a page shows nothing of it."""
        if error.cause is Cause.PRODUCT and any(site.agent.ends_early() for site in self._sites):
            return cut_off(error.expected, error.observed)
        return self.sendings.doubt(error)

    @property
    def threshold(self) -> int:
        """Declared number of consecutive mistakes that suspends (IX-21)."""
        return self.declaration.lockout.threshold

    def latest(self) -> Attempt:
        """Return the end of the latest attempt."""
        if self.last is None:
            raise LookupError("まだ何も試みられていません（シナリオの誤り）")
        return self.last

    @contextmanager
    def beforehand(self) -> Iterator[None]:
        """Leave no trace of a ``with`` block that prepares something, unless it fails.

        The scenario goes on as if nobody had acted: what was tried last, who acts and what
        is in sight are those of before. After a failure they show where it stopped.
        """
        before = (self.last, self.acting, self.in_sight)
        yield
        self.last, self.acting, self.in_sight = before

    # -- tokens -----------------------------------------------------------

    def new_token(self, *, to_send: bool = True) -> TokenDevice:
        """Return a fresh token, allotted to nobody; in stock where it is ``to_send``."""
        return self.provisioner.token(Need(to_send=to_send))

    def spare_token(self) -> TokenDevice:
        """Return the scenario's token in stock that belongs to nobody."""
        if self.spare is None:
            self.spare = self.new_token(to_send=False)
        return self.spare

    # -- browsers and pictures ---------------------------------------------

    def new_site(self) -> Site:
        """Open the site in a fresh browser."""
        agent = watched(self.agents.new(), self.sendings)
        site = Site(agent, self._of_sites, self.base_url, self.login_extras, self.recognised)
        self._sites.append(site)
        return site

    def now_acting(self, name: str, site: Site) -> None:
        """Remember who acts and whose screen is in sight."""
        self.acting, self.in_sight = name, site

    def look(self, secret: Callable[[str], bool] = nothing_secret) -> Look | None:
        """Return a picture of the screen in sight, for evidence; none of one that shows a seed.

        ``secret`` tells whether a text holds what the picture must not show.
        """
        if self.in_sight is None:
            return None
        look, seeds = self.in_sight.look(secret), self.declaration.adapters.tokens.software
        shows_seed = seeds.source == "screen" and fact_under(self.in_sight.view(), seeds.seed)
        return replace(look, image=None) if shows_seed else look

    def exchanges(self) -> list[Exchange]:
        """Return what went between everybody's browsers and the site since the last time."""
        found = self.look_at_exchanges()
        self._looked_at = []
        return found

    def look_at_exchanges(self) -> list[Exchange]:
        """Return what `exchanges` would, which will still return it."""
        found = [each for site in self._sites for each in site.agent.exchanges()]
        self._looked_at = sorted([*self._looked_at, *found], key=lambda exchange: exchange.at)
        return self._looked_at

    def close(self) -> None:
        """Close every browser of the scenario. Idempotent."""
        for site in self._sites:
            site.agent.close()
        self._sites.clear()
