"""The declaration's parameters as a flat list, for reports, guides and messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from otp_conformance.declaration.model import Declaration

Value = str | int | bool | None | list[str]


@dataclass(frozen=True)
class Parameter:
    """One key of the file. ``ixit``: IXIT IDs; ``default``: of optional keys only."""

    key: str
    ixit: tuple[str, ...]
    ja: str
    en: str
    required: bool
    default: Value
    secret: bool


def section_of(info: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a field that is a table, else None."""
    for candidate in (info.annotation, *get_args(info.annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _plain(value: object) -> Value:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    if value is None or isinstance(value, str | int):
        return value
    return str(value)


def parameters(section: type[BaseModel] = Declaration, prefix: str = "") -> Iterator[Parameter]:
    """Yield every leaf key, in the order of the file.

    ``labels`` is one leaf: its keys are those of the manual (`specification.manual`).
    """
    for name, info in section.model_fields.items():
        key = f"{prefix}{name}"
        inner = section_of(info)
        if inner is not None:
            yield from parameters(inner, f"{key}.")
            continue
        extra = info.json_schema_extra
        notes: Mapping[str, Any] = extra if isinstance(extra, dict) else {}
        required = info.is_required()
        yield Parameter(
            key=key,
            ixit=tuple(str(notes.get("ixit", "")).split()),
            ja=str(notes.get("ja", "")),
            en=str(notes.get("en", "")),
            required=required,
            default=None if required else _plain(info.default),
            secret=bool(notes.get("secret", False)),
        )


def flatten(section: BaseModel, prefix: str = "") -> dict[str, Value]:
    """Return dotted key -> value of everything declared or defaulted.

    Secrets appear as the references that the file holds, never resolved.
    """
    flat: dict[str, Value] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        key = f"{prefix}{name}"
        if isinstance(value, BaseModel):
            flat.update(flatten(value, f"{key}."))
        elif isinstance(value, Mapping):
            flat.update({f"{key}.{inner}": _plain(texts) for inner, texts in value.items()})
        else:
            flat[key] = _plain(value)
    return flat


def defaulted(section: BaseModel, prefix: str = "") -> Iterator[str]:
    """Yield the keys that the file left to their default."""
    for name, info in type(section).model_fields.items():
        value = getattr(section, name)
        key = f"{prefix}{name}"
        if isinstance(value, BaseModel):
            yield from defaulted(value, f"{key}.")
        elif name not in section.model_fields_set and section_of(info) is None:
            yield key
