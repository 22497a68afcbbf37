"""All that one scenario's steps have: put together here, and known to nobody below."""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.agent.exchange import Exchange
from otp_conformance.calls.trouble import shown
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.journal.case import Case
from otp_conformance.journal.record import Sent
from otp_conformance.judging.accessibility import AccessibilityJudge
from otp_conformance.judging.declared import Declared
from otp_conformance.judging.judge import Judge
from otp_conformance.judging.resistance import Resistance
from otp_conformance.judging.screen import ScreenJudge
from otp_conformance.people.introduction import People
from otp_conformance.people.scene import Scene
from otp_conformance.run.request import Story


class World:
    """The scene, the people in it, and who judges. ``keep_secret``: see `Scene`."""

    def __init__(
        self,
        sut: Sut,
        declaration: Declaration,
        case: Case,
        *,
        keep_secret: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.scene = Scene(
            declaration=declaration,
            case=case,
            keep_secret=keep_secret,
            base_url=sut.base_url,
            agents=sut.agents,
            login_extras=sut.login_extras,
            clock=sut.clock,
            provisioner=sut.provisioner,
            staff=sut.staff,
            spending=sut.spending,
            notices=sut.outbox,
            restart=sut.restart,
            recognised=sut.recognised,
        )
        self.time = self.scene.time
        self.look = self.scene.look
        self.close = self.scene.close
        self.people = People(self.scene)
        self.person = self.people.person
        self.acting = self.people.acting
        self.introduce = self.people.introduce
        self.control_customer = self.people.control_customer
        self.judge = Judge(self.people)
        self.declared = Declared(self.people)
        self.screen = ScreenJudge(self.people)
        self.resistance = Resistance(self.people, self.judge)
        self.accessibility = AccessibilityJudge(self.people)

    @property
    def threshold(self) -> int:
        """Declared number of consecutive mistakes that suspends (IX-21)."""
        return self.scene.threshold

    def story(self) -> Story:
        """Return who took part, and what was sent and seen since the last time."""
        scene = self.scene
        return Story(
            customers=tuple(
                (each.name, each.account.login_id, each.token.asset.serial if each.token else "")
                for each in scene.customers
            ),
            requests=tuple(map(_fit_to_write, scene.exchanges())),
            screen=scene.in_sight.met_last if scene.in_sight else "",
        )


def _fit_to_write(exchange: Exchange) -> Sent:
    """Return an exchange without what an address may hold; the values are the record's matter."""
    return Sent(
        exchange.at,
        exchange.method,
        shown(exchange.address).partition(";")[0],
        exchange.status,
        tuple((each.name, each.label, each.value, each.chosen) for each in exchange.fields),
        exchange.unsent,
    )
