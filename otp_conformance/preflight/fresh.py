"""The one thing that a preflight uses up: OTPs."""

from __future__ import annotations

from otp_conformance.assets.consumption import What
from otp_conformance.assets.port import Provisioned
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.people.codes import Ledger, right_code
from otp_conformance.people.timeline import Timeline
from otp_conformance.tokens.port import TokenDevice


class Codes:
    """The codes of one customer's token that nobody has used.

    The time step of each is booked before it is given away, so that a run that
    follows within the same minute does not take it again.
    """

    def __init__(
        self, sut: Sut, declaration: Declaration, provisioned: Provisioned, token: TokenDevice
    ) -> None:
        self._sut = sut
        self._token = token
        self._ledger = Ledger()
        self.timeline = Timeline(sut.clock, declaration.otp.step_seconds)
        if provisioned.last_used is not None:
            self._ledger.book(token, self.timeline.step(provisioned.last_used))

    def fresh(self) -> str:
        """Return the code of the first step from now on that nobody has used."""
        code = right_code(self._token, self.timeline, self._ledger, offset=0, fresh=True)
        newest = self._ledger.newest(self._token)
        return self._booked(code, self.timeline.step() if newest is None else newest)

    def at(self, offset: int) -> str:
        """Return the code so many steps from the present one, used before or not."""
        code = right_code(self._token, self.timeline, self._ledger, offset=offset, fresh=False)
        return self._booked(code, self.timeline.step() + offset)

    def free_from(self, steps_back: int) -> int:
        """Return the first step at which the code of so many steps before is unused."""
        newest = self._ledger.newest(self._token)
        present = self.timeline.step()
        return present if newest is None else max(present, newest + 1 + steps_back)

    def _booked(self, code: str, step: int) -> str:
        self._sut.spending.note(What.CODE, self._token.asset.serial, str(step))
        return code
