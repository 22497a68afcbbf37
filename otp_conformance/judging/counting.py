"""Judgements of what counts towards a suspension, by what the vendor declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otp_conformance.people import stories
from otp_conformance.verdict.outcome import NotApplicable

if TYPE_CHECKING:
    from otp_conformance.run.world import World


class Counting:
    """Judges which mistakes suspend (LCK-18 to LCK-20, IX-21 to IX-24)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._judge = world.judge

    def counted(self, failure_class: str, *, failures: int) -> None:
        """The latest login was refused iff a class of failures counts (LCK-20, IX-23)."""
        before = 0 if failure_class == "reused" else self._world.threshold - 1
        counts = failure_class in self._world.declaration.lockout.classes
        self._suspended(suspended=counts and before + failures >= self._world.threshold)

    def deactivation_mistakes(self) -> None:
        """The latest login was refused iff deactivation counts (LCK-18, IX-22)."""
        declaration = self._world.declaration
        counts = "deactivation" in declaration.lockout.sources
        self._suspended(suspended=counts and declaration.ics.otp_on_deactivation)

    def mixed_mistakes(self) -> None:
        """The latest login was refused iff both functions count into one (LCK-18, IX-22)."""
        declaration = self._world.declaration
        lockout = declaration.lockout
        together = (
            lockout.shared_counter
            and {"login", "deactivation"} <= set(lockout.sources)
            and declaration.ics.otp_on_deactivation
        )
        self._suspended(suspended=together or lockout.threshold == 1)

    def over_midnight(self) -> None:
        """The latest login was refused iff a change of date leaves the count alone (IX-24)."""
        lockout = self._world.declaration.lockout
        if "time" in lockout.resets:
            raise NotApplicable(
                expected="日付をまたいで誤りの回数を確かめること",
                observed="時間がたつと誤りの回数が0に戻ると宣言されています"
                "（lockout.resets の time）",
            )
        afresh = "date_change" in lockout.resets
        self._suspended(suspended=not afresh or lockout.threshold == 1)

    def activation_mistakes(self) -> None:
        """The latest activation was refused iff activation failures count (IX-22, IX-48)."""
        declaration = self._world.declaration
        customer = self._world.acting()
        limit = declaration.activation.failure_limit
        if (
            "activation" not in declaration.lockout.sources
            and not 0 < limit <= self._world.threshold
        ):
            self._judge.done(customer)
            return
        self._judge.refused()
        if limit and declaration.activation.limit_effect == "application_cancelled":
            self._judge.status(customer, "未登録")
            stories.receive_new_token(self._world, customer)
            self._judge.control_done(stories.try_activation(customer), customer)
            return
        self._world.unlock(customer)
        self._judge.control_done(stories.activate_after_new_login(customer), customer)

    def _suspended(self, *, suspended: bool) -> None:
        if not suspended:
            self._judge.accepted()
            return
        customer = self._world.acting()
        self._judge.login_refused()
        self._judge.unlock_control(customer)
