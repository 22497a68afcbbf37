"""What each screen consists of where the system is as declared: for preflight and recording."""

from __future__ import annotations

from dataclasses import dataclass

from otp_conformance.declaration.model import Declaration
from otp_conformance.specification.manual import DescribedScreen

KEYBOARD = "keyboard.open"


@dataclass(frozen=True)
class Parts:
    """Fields to fill in, buttons and links to press, captions of values, by label key."""

    fields: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def is_declared(screen: DescribedScreen, key: str, declaration: Declaration) -> bool:
    """Tell whether the declaration has a part that depends on it; others are always there."""
    return declaration.meets(screen.when.get(key, {}))


def declared_parts(screen: DescribedScreen, declaration: Declaration) -> Parts:
    """Return the parts that a screen has where the system is as declared."""

    def there(keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(key for key in keys if is_declared(screen, key, declaration))

    return Parts(there(screen.fields), there(screen.buttons), screen.facts)
