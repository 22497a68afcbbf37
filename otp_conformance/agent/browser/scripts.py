"""The page scripts, read once. Each is a function of one argument, as Playwright has it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script(name: str) -> str:
    """Return a page script as Playwright evaluates it; ``name``: file name without ``.js``."""
    return files(__package__).joinpath(f"{name}.js").read_text(encoding="utf-8").strip()
