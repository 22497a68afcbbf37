"""User agents that ask again for what they only read; see `otp_conformance.agent.reconnecting`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from otp_conformance.agent.page import Control, FormRequest
from otp_conformance.agent.port import UserAgent, UserAgents
from otp_conformance.agent.reconnecting import Reconnecting


class _ReconnectingAgent:
    """A user agent that asks again for what it only reads."""

    def __init__(self, agent: UserAgent, reconnecting: Reconnecting) -> None:
        self._agent = agent
        self._reconnecting = reconnecting

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - everything else is the agent's
        return getattr(self._agent, name)

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


class _ReconnectingAgents:
    def __init__(self, agents: UserAgents, reconnecting: Reconnecting) -> None:
        self._agents = agents
        self._reconnecting = reconnecting

    def new(self) -> UserAgent:
        """Return a fresh client that asks again for what it only reads."""
        return cast("UserAgent", _ReconnectingAgent(self._agents.new(), self._reconnecting))

    def close(self) -> None:
        """End everything."""
        self._agents.close()


def reconnected(agents: UserAgents, reconnecting: Reconnecting) -> UserAgents:
    """Return agents that ask again for what they only read."""
    return _ReconnectingAgents(agents, reconnecting)
