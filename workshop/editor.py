"""Settings for Visual Studio Code: `python -m workshop.editor` writes .vscode/settings.json.

The official Cucumber extension reads the sentences of steps/ by itself, but not the words
within them, which are ours (`otp_conformance.people.words`).
"""

from __future__ import annotations

import json
from pathlib import Path

from otp_conformance.people.words import WORD_TYPES

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / ".vscode" / "settings.json"


def settings() -> str:
    """Return the file's text."""
    words = [{"name": word.name, "regexp": word.pattern} for word in WORD_TYPES]
    data = {
        "cucumber.features": ["features/**/*.feature"],
        "cucumber.glue": ["steps/*.py"],
        "cucumber.parameterTypes": words,
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    SETTINGS.parent.mkdir(exist_ok=True)
    SETTINGS.write_text(settings(), encoding="utf-8")
