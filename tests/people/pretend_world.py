"""A world without a bank: judgements are heard, not written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from otp_conformance.judging.judge import Judge
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.words import Status

BOTH = pytest.mark.parametrize("right", [True, False])


@dataclass
class Heard:
    """Takes the place of the scenario's record."""

    told: list[tuple[str, str, bool]] = field(default_factory=list)
    requirements: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def confirm(self, name: str, ok: bool, **more: Any) -> None:
        self._hear("fact", name, ok, more)

    def refused(self, name: str, ok: bool, **more: Any) -> None:
        self._hear("refusal", name, ok, more)

    def control(self, name: str, ok: bool, **more: Any) -> None:
        self._hear("control", name, ok, more)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def _hear(self, kind: str, name: str, ok: bool, more: dict[str, Any]) -> None:
        assert isinstance(ok, bool)
        assert more["expected"]
        assert more["observed"]
        self.told.append((kind, name, ok))
        self.requirements.append(more.get("requirements"))

    @property
    def ends(self) -> list[tuple[str, bool]]:
        """Return what was judged, without names."""
        return [(kind, ok) for kind, _, ok in self.told]


def attempt(
    *,
    accepted: bool,
    told: bool = True,
    asked_otp: bool = False,
    unasked: bool = False,
    action: Action = Action.LOGIN,
) -> Attempt:
    return Attempt(
        action,
        accepted=accepted,
        told=told,
        seen="画面「トップページ」",
        asked_otp=asked_otp,
        unasked=unasked,
    )


def standing(status: Status, **more: Any) -> SimpleNamespace:
    """Return a customer whose portal shows a registration status."""
    portal = SimpleNamespace(status=lambda: status, status_text=lambda: str(status))
    shown = SimpleNamespace(portal=portal)
    given = {"name": "お客さま", "awaiting_dispatch": False, "reopen_portal": lambda: shown}
    return SimpleNamespace(**(given | more))


def declaration(*, portal: bool = True, issued: str = "application", **issue: Any) -> Any:
    """Return what is declared of the portal and of when トークン発行済 appears."""
    return SimpleNamespace(
        ics=SimpleNamespace(portal=portal),
        issue=SimpleNamespace(issued_status_moment=issued, **issue),
    )


def screen(*, shown: bool = False, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(is_shown=lambda: shown, **more)


def site(**more: Any) -> SimpleNamespace:
    given: dict[str, Any] = {
        "open_start": lambda: None,
        "describe": lambda: "画面「トップページ」",
        "is_strange": lambda: False,
        "top": screen(),
        **more,
    }
    given.setdefault("screen", lambda key: given.get(key, screen()))
    return SimpleNamespace(**given)


def judge(**more: Any) -> SimpleNamespace:
    """Return a scene that has what is given, the people in it, and their judge, all in one."""
    given: dict[str, Any] = {"declaration": SimpleNamespace(), **more}
    if isinstance(given["declaration"], SimpleNamespace):
        given["declaration"].manual = bundled()
    world = SimpleNamespace(case=Heard(), ledger=None, **given)
    world.scene = world
    world.judge = Judge(world)
    return world


def unlocked(lifted: list[str]) -> SimpleNamespace:
    """Return a scene whose staff note whose suspension they lift."""
    staff = SimpleNamespace(unlock=lambda login_id, circumstances: lifted.append(login_id))
    declared = SimpleNamespace(
        lockout=SimpleNamespace(unlock=SimpleNamespace(delay_seconds=0, token="kept"))
    )
    time = SimpleNamespace(wait_for_effect=lambda seconds: None)
    return SimpleNamespace(staff=staff, declaration=declared, time=time)
