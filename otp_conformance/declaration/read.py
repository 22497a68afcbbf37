"""Which declared values are read, and when: a declaration that tells of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType, MethodType
from typing import Any, cast

from pydantic.fields import FieldInfo

from otp_conformance.declaration.base import Section
from otp_conformance.declaration.model import Declaration
from otp_conformance.journal.masking import MASK

_MOST_SIGNS = 200
_PLUMBING = ("sut", "adapters")
"""Tables that say how the system is reached: no judgement is about them."""


@dataclass(frozen=True)
class Read:
    """A declared value as a reader may see it: a secret one is not shown.

    ``line`` of the file, 0 where the file leaves it to its default.
    """

    key: str
    value: str
    line: int


Tell = Callable[[Read], None]


def telling(declaration: Declaration, tell: Tell) -> Declaration:
    """Return the declaration, which tells of each value that is read of it from now on.

    Its methods tell of what they read themselves. Of ``[sut]`` and ``[adapters]`` nothing
    is told.
    """
    return cast("Declaration", _Telling(declaration, "", declaration, tell))


class _Telling:
    """One table of the file; to everybody but itself it is that table."""

    __slots__ = ("_file", "_prefix", "_section", "_tell")

    def __init__(self, section: Section, prefix: str, file: Declaration, tell: Tell) -> None:
        self._section = section
        self._prefix = prefix
        self._file = file
        self._tell = tell

    @property
    def __class__(self) -> type[Any]:  # isinstance asks here
        return type(self._section)

    @__class__.setter
    def __class__(self, kind: type[Any]) -> None:
        raise TypeError(kind)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the table has
        section = self._section
        info = type(section).model_fields.get(name)
        if info is None:
            return self._computed(name)
        value, key = getattr(section, name), f"{self._prefix}{name}"
        if not self._prefix and name in _PLUMBING:
            return value
        if isinstance(value, Section):
            return _Telling(value, f"{key}.", self._file, self._tell)
        if isinstance(value, Mapping):
            return _TellingTexts(value, lambda inner: self._told(f"{key}.{inner}", value[inner]))
        self._told(key, value, info)
        return value

    def _computed(self, name: str) -> Any:  # noqa: ANN401 - whatever the table has
        """Return what the table's own methods and properties say, reading through this."""
        for kind in type(self._section).__mro__:
            if kind is Section:
                break
            found = vars(kind).get(name)
            if isinstance(found, FunctionType):
                return MethodType(found, self)
            if isinstance(found, property) and found.fget is not None:
                return found.fget(self)
        return getattr(self._section, name)

    def _told(self, key: str, value: object, info: FieldInfo | None = None) -> None:
        extra = info.json_schema_extra if info is not None else None
        secret = isinstance(extra, dict) and bool(extra.get("secret"))
        self._tell(Read(key, MASK if secret else shown(value), self._file.line_of(key)))


class _TellingTexts(Mapping[str, Any]):
    """A table of free keys (labels), each of which is told of when it is read."""

    def __init__(self, held: Mapping[str, Any], tell: Callable[[str], None]) -> None:
        self._held = held
        self._tell = tell

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - whatever the table has
        value = self._held[key]
        self._tell(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


def shown(value: object) -> str:
    """Return a value as one writes it in the file, cut where it is long."""
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = f'"{value}"'
        case tuple() | list():
            text = f"[{', '.join(map(shown, value))}]"
        case None:
            text = "—"
        case _:
            text = str(value)
    return text if len(text) <= _MOST_SIGNS else text[:_MOST_SIGNS] + "…"
