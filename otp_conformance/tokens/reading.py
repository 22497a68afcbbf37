"""Devices that only show: the code of the present step, and what was noted of earlier ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from otp_conformance.clock.steered import require_aware
from otp_conformance.tokens.port import TokenAsset
from otp_conformance.verdict.outcome import EnvironmentTrouble, NotRun

Now = Callable[[], datetime]


@dataclass(frozen=True)
class Display:
    """What a token shows: digits, and for how many seconds (IX-06, IX-07)."""

    digits: int
    step_seconds: int

    def step(self, moment: datetime) -> int:
        """Return the number of a moment's time step (RFC 6238, T0 = 0)."""
        return int(moment.timestamp()) // self.step_seconds

    def remaining(self, moment: datetime) -> float:
        """Return the seconds until a moment's time step ends."""
        return self.step_seconds - moment.timestamp() % self.step_seconds

    def fits(self, text: str) -> bool:
        """Tell whether a text can be a code: so many ASCII digits, no more."""
        return len(text) == self.digits and text.isascii() and text.isdigit()


class ReadToken(ABC):
    """A token whose seed nobody knows (port `TokenDevice`).

    ``now``: the time at the system, in whose steps the callers count. What has
    been read once is remembered for the run. ``on_secret`` is told every code
    before it is returned.
    """

    def __init__(
        self, asset: TokenAsset, display: Display, *, now: Now, on_secret: Callable[[str], None]
    ) -> None:
        self._asset = asset
        self._display = display
        self._now = now
        self._on_secret = on_secret
        self._noted: dict[int, str] = {}

    @property
    def asset(self) -> TokenAsset:
        """What is printed on the token."""
        return self._asset

    @property
    def foresees(self) -> bool:
        """Nobody sees tomorrow's codes on a display."""
        return False

    def code_at(self, moment: datetime) -> str:
        """Return the code of a moment's time step.

        Raises `NotRun` for another step than the present one unless it was
        read in time, `EnvironmentTrouble` when the step ended while reading.
        """
        wanted = self._display.step(require_aware(moment))
        if wanted in self._noted:
            return self._noted[wanted]
        now = self._now()
        present = self._display.step(now)
        if wanted != present:
            raise self._unknowable(wanted - present)
        code = self._read(now)
        self._on_secret(code)
        if self._display.step(self._now()) != present:
            raise EnvironmentTrouble(
                expected=f"トークン {self._asset.serial} の値が、表示されている間に読めること",
                observed="読んでいる間に次の値に変わりました",
                hint="表示が変わった直後から読めるよう、そのシナリオをもう一度実施してください。",
            )
        self._noted[present] = code
        return code

    @abstractmethod
    def _read(self, now: datetime) -> str:
        """Return what is displayed at the present moment."""

    def _unknowable(self, offset: int) -> NotRun:
        when = f"{abs(offset)} 個{'先' if offset > 0 else '前'}の時間ステップ"
        return NotRun(
            expected=f"トークン {self._asset.serial} の{when}の値が分かること",
            observed="表示を読むトークン（command、person）で分かるのは、いまの値と、"
            "この実行で読んだ値だけです",
            hint="種の分かるトークン（simulated か pskc）を宣言すると実施できます。",
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._asset.kind.value}, serial={self._asset.serial})"
