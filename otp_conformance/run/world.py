"""All that one scenario's steps have: put together here, and known to nobody below."""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.journal.case import Case
from otp_conformance.judging.accessibility import AccessibilityJudge
from otp_conformance.judging.declared import Declared
from otp_conformance.judging.judge import Judge
from otp_conformance.judging.resistance import Resistance
from otp_conformance.judging.screen import ScreenJudge
from otp_conformance.people.introduction import People
from otp_conformance.people.scene import Scene


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
        self.threshold = self.scene.threshold
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
