"""Pages of which only a part arrived, and nothing said so."""

from __future__ import annotations

import re
from collections.abc import Callable

_BEGINS = re.compile(rb"<html[\s>]", re.IGNORECASE)
_ENDS = re.compile(rb"</(html|body|frameset)\s*>", re.IGNORECASE)

Source = Callable[[], bytes]
"""Returns a page as it came over the network; nothing where that cannot be had."""


class Endings:
    """Whether the pages of a site say where they end, which HTML leaves to them.

    Only of a site that does can a page without its end be told to be cut. One for all who
    visit the site.
    """

    def __init__(self) -> None:
        self._usual = False

    def learn(self, source: Source) -> None:
        """Look at a page that was opened, until one was seen that says so."""
        self._usual = self._usual or bool(_ENDS.search(source()))

    def lacks(self, source: Source) -> bool:
        """Tell whether a page says where it begins, and not where it ends, as others here do."""
        if not self._usual:
            return False
        found = source()
        return bool(_BEGINS.search(found)) and not _ENDS.search(found)
