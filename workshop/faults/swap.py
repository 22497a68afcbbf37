"""How a faulty bank comes about: names of the reference bank, exchanged before it starts.

The bank's own code holds no switch for any fault. What a fault exchanges must
exist: a fault that no longer changes anything is an error, not a fault that
nobody notices.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from reference_impl import app, server
from reference_impl.service.bank import Bank
from reference_impl.settings import Settings

Patch = Callable[[], None]
BANKS: dict[str, Patch] = {}


class FaultError(Exception):
    """A fault that is unknown, or that has lost its hold on the bank."""


def fault(name: str) -> Callable[[Patch], Patch]:
    """Register the function that makes the bank faulty, under the fault's catalogue id."""

    def register(patch: Patch) -> Patch:
        if name in BANKS:
            raise FaultError(f"fault {name} is defined twice")
        BANKS[name] = patch
        return patch

    return register


def swap(original: Any, new: Any) -> None:
    """Let ``new`` stand in for a function wherever the bank's modules name it.

    Raises `FaultError` if no module does.
    """
    found = False
    for name, module in list(sys.modules.items()):
        if not name.startswith("reference_impl"):
            continue
        for key, value in list(vars(module).items()):
            if value is original:
                setattr(module, key, new)
                found = True
    if not found:
        raise FaultError(f"{original!r} is nowhere in the bank")


def wrap(original: Callable[..., Any], around: Callable[..., Any]) -> None:
    """Let ``around(original, *arguments)`` stand in for a function of the bank."""
    swap(original, partial(around, original))


def wrap_method(owner: type, name: str, around: Callable[..., Any]) -> None:
    """Let ``around(original, self, *arguments)`` stand in for a method."""
    original = vars(owner).get(name)
    if original is None:
        raise FaultError(f"{owner.__name__} has no {name}")

    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        return around(original, self, *arguments, **named)

    setattr(owner, name, method)


def wrap_view(endpoint: str, around: Callable[..., Any]) -> None:
    """Let ``around(original, *arguments)`` stand in for what answers at an address."""

    def create(original: Callable[..., Any], bank: Bank) -> Any:
        made = original(bank)
        if endpoint not in made.view_functions:
            raise FaultError(f"the bank has no {endpoint}")
        made.view_functions[endpoint] = partial(around, made.view_functions[endpoint])
        return made

    wrap(app.create_app, create)


def with_policy(**changes: Any) -> None:
    """Let the bank follow another policy than the one in its settings."""

    def build(original: Callable[..., Bank], settings: Settings, clock: Any) -> Bank:
        policy = replace(settings.policy, **changes)
        return original(settings.model_copy(update={"policy": policy}), clock)

    wrap(server.build_bank, build)
