"""What every table of a declaration has in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """One table of the file: frozen, no unknown keys, no silent conversion.

    Strict, so that ``threshold = "5"`` and ``software_tokens = 1`` are errors
    rather than guesses.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def ix(ids: str, ja: str, en: str, *, secret: bool = False) -> Any:  # noqa: ANN401 - as pydantic's Field
    """Return the annotation of a parameter.

    ``ids``: IXIT parameters of the requirements' section 6 that it declares,
    separated by blanks. ``ja``, ``en``: what it asks, for people. ``secret``:
    a reference to a secret, whose value is never shown, not even when wrong.
    """
    extra: dict[str, Any] = {"ixit": ids, "ja": ja, "en": en, "secret": secret}
    return Field(description=f"{ja} / {en}", json_schema_extra=extra)


# TOML has arrays, we want something frozen: only the container is converted.
Texts = Annotated[tuple[str, ...], Field(strict=False)]
SomeTexts = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
FilledText = Annotated[str, Field(min_length=1)]
SecretReference = Annotated[
    str, Field(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|command:.+)$")
]
