"""The declaration's format as a JSON Schema, for editors and other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from otp_conformance.declaration.model import Declaration
from otp_conformance.specification.manual import bundled

SCHEMA_FILE = "otp-conformance.schema.json"
"""The schema's file beside a declaration, which editors find by its ``#:schema`` line."""


def schema_text() -> str:
    """Return the JSON Schema as a file holds it."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def write_beside(declaration: Path) -> Path:
    """Write the schema beside a declaration, for editors; return its file."""
    path = declaration.with_name(SCHEMA_FILE)
    path.write_text(schema_text(), encoding="utf-8")
    return path


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a declaration file.

    Every parameter bears its IXIT IDs under ``ixit``; the label keys are
    closed. Checks across keys are beyond the schema: `load.load` has them.
    """
    schema = Declaration.model_json_schema()
    texts = schema["properties"]["labels"].pop("additionalProperties")
    schema["properties"]["labels"] |= {
        "properties": dict.fromkeys(bundled().labels, texts),
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "実装宣言 / Implementation declaration",
        **{key: value for key, value in schema.items() if key != "title"},
    }
