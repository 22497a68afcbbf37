"""Declared CSS selectors."""

from __future__ import annotations


def is_selector(text: str) -> bool:
    """Tell whether a text is a CSS selector; their library is loaded where one is declared."""
    import soupsieve

    try:
        soupsieve.compile(text)
    except soupsieve.SelectorSyntaxError:
        return False
    return True
