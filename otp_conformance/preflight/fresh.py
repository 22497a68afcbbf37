"""The one thing that a preflight uses up: OTPs."""

from __future__ import annotations

from otp_conformance.assets.consumption import What
from otp_conformance.assets.port import Provisioned
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.people.codes import Ledger, right_code
from otp_conformance.people.timeline import Timeline
from otp_conformance.tokens.port import TokenDevice


def fresh_code(
    sut: Sut, declaration: Declaration, provisioned: Provisioned, token: TokenDevice
) -> str:
    """Return a code of a customer's token that nobody has used.

    Its time step is booked first, so that a run that follows within the same
    minute does not take it again. Raises what `right_code` raises.
    """
    timeline = Timeline(sut.clock, declaration.otp.step_seconds)
    ledger = Ledger()
    if provisioned.last_used is not None:
        ledger.book(token, timeline.step(provisioned.last_used))
    code = right_code(token, timeline, ledger, offset=0, fresh=True)
    sut.spending.note(What.CODE, token.asset.serial, str(ledger.newest(token)))
    return code
