"""Passes pages that come in between, such as notices after a login (IX-05).

A customer reads such a page and goes on. So does every user agent of a
deployment that declares them; screens and steps never meet one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from otp_conformance.agent.agreement import agree
from otp_conformance.agent.page import Control, FormRequest, PageView, Role
from otp_conformance.agent.port import ForwardingAgent, ForwardingAgents, UserAgent, UserAgents
from otp_conformance.agent.trouble import TICK_FIRST
from otp_conformance.declaration.otp import Interstitial
from otp_conformance.text import same
from otp_conformance.verdict.outcome import DeclarationMismatch

_MOST_IN_A_ROW = 5


class _AttentiveAgent(ForwardingAgent):
    """A user agent that presses on wherever a declared page shows."""

    def __init__(
        self, agent: UserAgent, pages: Sequence[Interstitial], agreements: Sequence[str]
    ) -> None:
        super().__init__(agent)
        self._pages = tuple(pages)
        self._agreements = tuple(agreements)

    def open(self, address: str) -> None:
        """Go to an address, and on."""
        self._agent.open(address)
        self._go_on()

    def press(self, control: Control) -> None:
        """Press, and go on."""
        self._agent.press(control)
        self._go_on()

    def press_twice(self, control: Control) -> None:
        """Double-click, and go on."""
        self._agent.press_twice(control)
        self._go_on()

    def send(self, request: FormRequest) -> None:
        """Send, and go on."""
        self._agent.send(request)
        self._go_on()

    @contextmanager
    def sending(self, request: FormRequest, *, at: float) -> Iterator[None]:
        """Send at a moment, and go on once the answer is there."""
        with self._agent.sending(request, at=at):
            yield
        self._go_on()

    def reload(self) -> None:
        """Reload, and go on."""
        self._agent.reload()
        self._go_on()

    def _go_on(self) -> None:
        for _ in range(_MOST_IN_A_ROW):
            page = self._in_between(self._agent.view())
            if page is None:
                return
            agree(self._agent, self._agreements)
            self._agent.press(Control(Role.ACTION, page.press))
        if (page := self._in_between(self._agent.view())) is not None:
            left = [box.label for box in self._agent.view().choices if not box.chosen]
            boxes = "、".join(f"「{each}」" for each in left) or "なし"
            raise DeclarationMismatch(
                expected=f"途中の画面「{page.title[0]}」から先へ進めること",
                observed=f"「{page.press[0]}」を押しても同じ画面に戻ります（選ばれていない欄：{boxes}）",
                hint=TICK_FIRST
                if left
                else "宣言の login.interstitials の press を確かめてください。",
            )

    def _in_between(self, view: PageView) -> Interstitial | None:
        shown = (*view.title_lines, view.document_title)
        for page in self._pages:
            # Another page may have a heading of that name: only this one leads on.
            leads = any(action.is_called(page.press) for action in view.actions)
            if leads and any(same(text, page.title) for text in shown):
                return page
        return None


def attentive(
    agents: UserAgents, pages: Sequence[Interstitial], agreements: Sequence[str] = ()
) -> UserAgents:
    """Return agents that pass the declared pages; without any, the agents themselves.

    ``agreements``: the words of boxes that are ticked there before going on.
    """
    if not pages:
        return agents
    return ForwardingAgents(agents, lambda agent: _AttentiveAgent(agent, pages, agreements))
