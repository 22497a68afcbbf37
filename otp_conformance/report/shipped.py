"""Files that the suite ships for its reports, written by the workshop (JSON of one model each)."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from otp_conformance.errors import SuiteFaultError

Model = TypeVar("Model", bound=BaseModel)


def shipped(model: type[Model], path: Path, command: str) -> Model | None:
    """Read a file; None where there is none. ``command`` makes it anew.

    Raises `SuiteFaultError`: the file belongs to the suite.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        why = str(error).splitlines()[0]
        raise SuiteFaultError(
            f"{path} を読めません（{why}）。`{command}` で作り直せます。",
            f"{path} cannot be read ({why}). `{command}` rewrites it.",
        ) from error
