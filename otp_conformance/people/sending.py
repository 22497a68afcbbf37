"""When codes are sent: each is stamped in the journal, and a step's edge excuses the product.

A code that was chosen in one time step and arrived in another, or so near an
edge that nobody can tell, may be refused (or accepted) for that reason alone.
Whatever such a scenario then finds against the product is 判定不能 with the
numbers, never 不合格.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from otp_conformance.agent.page import Control, FormRequest
from otp_conformance.agent.port import ForwardingAgent, UserAgent
from otp_conformance.journal.case import Case
from otp_conformance.people.codes import AGAIN, WRONG
from otp_conformance.people.timeline import Timeline
from otp_conformance.verdict.outcome import EnvironmentTrouble, Outcome
from otp_conformance.verdict.verdict import Cause


@dataclass(frozen=True)
class _Choice:
    """A code and the step in which it was chosen; ``timely``: its fate hangs on the time.

    ``made``: how it was come by, in the words of the sentences.
    """

    step: int
    timely: bool
    made: str


class Sendings:
    """Stamps the codes of one scenario and remembers those that met an edge."""

    def __init__(self, time: Timeline, case: Case) -> None:
        self._time = time
        self._case = case
        self._choices: dict[str, _Choice] = {}
        self._edges: list[str] = []

    def chosen(self, code: str, *, timely: bool, made: str = "") -> None:
        """Note that a code is about to be used, in the step that it is now.

        ``timely``: a right code, which another step could make wrong. ``made``: the phrase
        that it was chosen by; a wrong one that is entered again stays what it was.
        """
        if not code:
            return
        before = self._choices.get(code)
        if made == AGAIN and before is not None and before.made in WRONG:
            made = before.made
        self._choices[code] = _Choice(self._time.step(), timely, made)

    @contextmanager
    def of(self, values: Iterable[str]) -> Iterator[None]:
        """Stamp the codes among values that the ``with`` block sends and has answered."""
        sent = [value for value in dict.fromkeys(values) if value in self._choices]
        if not sent:
            yield
            return
        before = self._time.now()
        yield
        after = self._time.now()
        for code in sent:
            self._stamp(self._choices[code], before, after)
            # Sent again, it is a used code, whatever the time.
            self._choices[code] = replace(self._choices[code], timely=False)

    def doubt(self, error: Outcome) -> Outcome:
        """Return what a finding against the product is worth: itself, or 判定不能."""
        if error.cause is not Cause.PRODUCT:
            return error
        if self._edges:
            return EnvironmentTrouble(
                expected=error.expected,
                observed=f"{error.observed}（ただし、{'、'.join(self._edges)}）",
                hint="時間枠の境目に掛かったので合否は言えません。もう一度実行してください。",
            )
        try:
            self._time.recheck()
        except Outcome as trouble:
            return EnvironmentTrouble(
                expected=trouble.expected,
                observed=f"{error.observed}（ただし、{trouble.observed}）",
                hint=trouble.hint,
            )
        return error

    def _stamp(self, choice: _Choice, before: datetime, after: datetime) -> None:
        time, guard = self._time, self._time.guard_seconds
        left, since = time.until_end(before), time.since_start(before)
        answered = time.step(after)
        near = time.until_end(after) <= guard or since < guard
        # Where time stands still, it was moved on purpose.
        edge = bool(guard) and choice.timely and (answered != choice.step or near)
        self._case.code_sent(
            chosen_step=choice.step,
            time_step=time.step(before),
            answered_step=answered,
            since_start_s=round(since, 1),
            until_end_s=round(left, 1),
            edge=edge,
            made=choice.made,
        )
        if edge:
            self._edges.append(
                f"時間枠 {choice.step} で選んだワンタイムパスワードは、"
                f"時間枠 {time.step(before)} の {since:.1f} 秒目に送られ、"
                f"応答は時間枠 {answered} の {time.since_start(after):.1f} 秒目でした"
            )


class _WatchedAgent(ForwardingAgent):
    """A user agent whose requests with codes are stamped."""

    def __init__(self, agent: UserAgent, sendings: Sendings) -> None:
        super().__init__(agent)
        self._sendings = sendings
        self._typed: dict[Control, str] = {}

    def fill(self, control: Control, value: str) -> str:
        """Fill in, and remember what."""
        held = self._agent.fill(control, value)
        self._typed[control] = value
        return held

    def type_by_clicks(self, field: Control, opener: Control, value: str) -> None:
        """Click in, and remember what."""
        self._agent.type_by_clicks(field, opener, value)
        self._typed[field] = value

    def press(self, control: Control) -> None:
        """Press; what has been typed goes with it."""
        with self._typed_values():
            self._agent.press(control)

    def press_twice(self, control: Control) -> None:
        """Double-click; what has been typed goes with it."""
        with self._typed_values():
            self._agent.press_twice(control)

    def send(self, request: FormRequest) -> None:
        """Send a kept or altered request."""
        with self._sendings.of(value for _, value in request.fields):
            self._agent.send(request)

    @contextmanager
    def sending(self, request: FormRequest, *, at: float) -> Iterator[None]:
        """Send a request at a moment; stamped when its answer is there."""
        with (
            self._sendings.of(value for _, value in request.fields),
            self._agent.sending(request, at=at),
        ):
            yield

    @contextmanager
    def _typed_values(self) -> Iterator[None]:
        values = tuple(self._typed.values())
        self._typed.clear()
        with self._sendings.of(values):
            yield


def watched(agent: UserAgent, sendings: Sendings) -> UserAgent:
    """Return the agent, its sendings stamped."""
    return _WatchedAgent(agent, sendings)
