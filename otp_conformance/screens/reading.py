"""Reading a page as a person does: headings, blocks, sentences.

Wording differs between products without fault (AMB-51), so texts are found by
key terms that must stand together in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from otp_conformance.agent.page import FieldView, PageView
from otp_conformance.text import contains, normalise, same


def fact_under(view: PageView, *captions: str) -> str | None:
    """Return the value under one of several captions, None if the page has none of them.

    Pages without table or list give the value on the line after the caption.
    """
    wanted = {normalise(caption) for caption in captions}
    for caption, value in view.facts.items():
        if caption in wanted:
            return value
    lines = [line.strip() for line in view.text.splitlines() if line.strip()]
    return next((value for line, value in pairwise(lines) if normalise(line) in wanted), None)


def column_under(view: PageView, captions: Sequence[str], named: Sequence[str]) -> Column:
    """Return what a table tells under a caption, in the row that is about something and in others.

    ``named``: what that row is about. A bank may list all its services in one table.
    """
    wanted = {normalise(caption) for caption in captions}
    own: list[str] = []
    others: list[str] = []
    for row in view.rows:
        values = [value for column, value in row.items() if column in wanted]
        about = [value for column, value in row.items() if column not in wanted]
        for_it = any(contains(value, named) for value in about)
        (own if for_it else others).extend(values)
    return Column(own[0] if len(own) == 1 else "", tuple(others))


@dataclass(frozen=True)
class Column:
    """One column of a table: the value in a row of its own, and those of the other rows."""

    own: str
    others: tuple[str, ...]


class Reading:
    """What one page says, asked by label keys."""

    def __init__(self, view: PageView, labels: Mapping[str, tuple[str, ...]]) -> None:
        self.view = view
        self._labels = labels
        self._lines = [line.strip() for line in view.text.splitlines() if line.strip()]

    def has_heading(self, key: str) -> bool:
        """Tell whether a heading bears a label.

        Old layouts print headings as plain lines: on a page without headings
        but its title, a line of its own will do, unless it is a stage of the
        progress display.
        """
        labels = self._labels[key]
        if any(contains(heading, labels) for heading in self.view.headings):
            return True
        plain = len(self.view.headings) <= 1 and not same_any(self.view.progress, labels)
        return plain and any(same(line, labels) for line in self._lines)

    def block(self, key: str, *, to_next: bool = False) -> str:
        """Return the text after a heading, empty without that heading or text.

        ``to_next``: only up to the next heading. The buttons' own names do not
        count as text.
        """
        labels = self._labels[key]
        start = next((i for i, line in enumerate(self._lines) if same(line, labels)), None)
        if start is None:
            return ""
        lines = self._lines[start + 1 :]
        if to_next:
            headings = [h for h in self.view.headings if not same(h, labels)]
            end = next((i for i, line in enumerate(lines) if same(line, headings)), len(lines))
            lines = lines[:end]
        for action in self.view.actions:
            _drop_last(lines, action.name)
        return "\n".join(lines)

    def says(self, *keys: str, within: str | None = None) -> bool:
        """Tell whether each key's term stands somewhere (``within``: in that block)."""
        text = self.view.text if within is None else self.block(within)
        return all(contains(text, self._labels[key]) for key in keys)

    def sentence(self, *keys: str, within: str | None = None) -> bool:
        """Tell whether the terms of all keys stand in one sentence."""
        text = "\n".join(self._lines) if within is None else self.block(within)
        return any(
            all(contains(sentence, self._labels[key]) for key in keys)
            for sentence in _sentences(text)
        )

    def field(self, key: str, selector: str = "") -> FieldView | None:
        """Return the input of a label key, None without one; ``selector``: the declared one."""
        wanted = self._labels[key]
        fields = self.view.fields
        if selector and (found := next((f for f in fields if selector in f.declared), None)):
            return found
        surest = (f for f in fields if contains(f.label, wanted))
        equal = (f for f in fields if any(same(name, wanted) for name in f.names))
        near = (f for f in fields if f.is_called(wanted))
        return next(surest, None) or next(equal, None) or next(near, None)

    def progress(self, *keys: str) -> tuple[bool, int | None]:
        """Tell whether the stages are shown in order, and which is marked as current.

        The mark is None where the page marks no stage in a way that others
        than the sighted can perceive.
        """
        labels = [self._labels[key] for key in keys]
        for stages, marked in ((self.view.progress, self.view.progress_current), *self.view.tracks):
            if _in_order(stages, labels, contains):
                current = [i for i, each in enumerate(labels) if marked and contains(marked, each)]
                return True, current[0] if current else None
        return _in_order(self._lines, labels, same), None

    def lines_of(self, key: str) -> int:
        """Return how many lines equal a label."""
        return sum(same(line, self._labels[key]) for line in self._lines)


def _in_order(
    stages: Sequence[str],
    labels: Sequence[tuple[str, ...]],
    fits: Callable[[str, tuple[str, ...]], bool],
) -> bool:
    """Tell whether each label stands for a stage of its own, one after the other."""
    places = [
        next((i for i, stage in enumerate(stages) if fits(stage, each)), -1) for each in labels
    ]
    return places == sorted(set(places)) and -1 not in places


def same_any(texts: Iterable[str], labels: tuple[str, ...]) -> bool:
    """Tell whether one of several texts equals a label."""
    return any(same(text, labels) for text in texts)


def _drop_last(lines: list[str], name: str) -> None:
    wanted = normalise(name)
    for i in range(len(lines) - 1, -1, -1):
        if wanted and normalise(lines[i]) == wanted:
            del lines[i]
            return


def _sentences(text: str) -> Iterator[str]:
    """Yield sentences; one may go on in the next line."""
    lines = text.splitlines() or [""]
    for line, following in pairwise([*lines, ""]):
        yield from (line + following).split("。")
