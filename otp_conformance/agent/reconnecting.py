"""Asks again (つなぎ直し) where a page could not be read for a moment.

Only what changes nothing is asked again: an address that is opened, and a menu
item, as long as nothing but GET was sent (`PassingTrouble`) and nothing that may
have changed something went out earlier in the same step. A form or a button is
never pressed again. Each time is told, so that readers see it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from otp_conformance.agent.page import Control, FormRequest
from otp_conformance.agent.port import ForwardingAgent, ForwardingAgents, UserAgent, UserAgents
from otp_conformance.calls.trouble import PassingTrouble

PAUSES_SECONDS = (0.5, 2.0)
"""How long it waits before asking again, and so how often it does."""


@dataclass(frozen=True)
class Reconnection:
    """A page was asked for again. ``number`` counts from 1; ``why``: what went wrong before."""

    number: int
    paused_s: float
    why: str


Tell = Callable[[Reconnection], None]


def _tell_nobody(reconnection: Reconnection) -> None:
    del reconnection


class Reconnecting:
    """Whether a page may be asked for again now; one for all agents of a deployment.

    ``sleep`` waits for so many seconds.
    """

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._tell: Tell = _tell_nobody
        self._read_only = True

    def begin_step(self, tell: Tell) -> None:
        """Begin a step: nothing was changed in it yet. ``tell`` hears of each reconnection."""
        self._tell = tell
        self._read_only = True

    def changes(self) -> None:
        """Note that something goes out which may change something."""
        self._read_only = False

    def reading(self, ask: Callable[[], None], again: Callable[[], None]) -> None:
        """Carry ``ask`` out; after a trouble that passes carry out ``again``, within bounds.

        Raises the last trouble where it does not help.
        """
        attempt = ask
        for number, pause in enumerate(PAUSES_SECONDS, start=1):
            try:
                attempt()
            except PassingTrouble as trouble:
                if not self._read_only:
                    raise
                self._sleep(pause)
                self._tell(Reconnection(number, pause, trouble.observed))
                attempt = again
            else:
                return
        attempt()


class _ReconnectingAgent(ForwardingAgent):
    """A user agent that asks again for what it only reads."""

    def __init__(self, agent: UserAgent, reconnecting: Reconnecting) -> None:
        super().__init__(agent)
        self._reconnecting = reconnecting

    def open(self, address: str) -> None:
        """Go to an address; reload where it did not answer for a moment."""
        self._reconnecting.reading(lambda: self._agent.open(address), self._agent.reload)

    def press(self, control: Control) -> None:
        """Press; a menu item counts as reading as long as it sends nothing but GET."""
        if control.leads_only:
            self._reconnecting.reading(lambda: self._agent.press(control), self._agent.reload)
            return
        self._reconnecting.changes()
        self._agent.press(control)

    def press_twice(self, control: Control) -> None:
        """Double-click."""
        self._reconnecting.changes()
        self._agent.press_twice(control)

    def reload(self) -> None:
        """Reload, which may send a form again."""
        self._reconnecting.changes()
        self._agent.reload()

    def send(self, request: FormRequest) -> None:
        """Send a kept or altered request."""
        self._reconnecting.changes()
        self._agent.send(request)

    @contextmanager
    def sending(self, request: FormRequest, *, at: float) -> Iterator[None]:
        """Send a request at a moment."""
        self._reconnecting.changes()
        with self._agent.sending(request, at=at):
            yield


def reconnected(agents: UserAgents, reconnecting: Reconnecting) -> UserAgents:
    """Return agents that ask again for what they only read."""
    return ForwardingAgents(agents, lambda agent: _ReconnectingAgent(agent, reconnecting))
