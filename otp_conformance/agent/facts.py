"""What a page says besides its controls: titles, captioned values, rows, messages, stages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from otp_conformance.agent.tree import Node, Tree, says_nothing
from otp_conformance.text import normalise, squeeze

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "legend", "caption"}
_LONGEST_TITLE, _LONGEST_STAGE, _LONGEST_NOTE = 40, 24, 200
_MOST_STAGES = 8

Rows = list[tuple[tuple[str, str], ...]]


# -- titles ------------------------------------------------------------------------


def headings(tree: Tree) -> list[str]:
    """Return the headings, in the page's order."""
    return [text for node in tree.shown if (text := _heading_text(node))]


def title_lines(tree: Tree) -> list[str]:
    """Return what may be the title of a page that marks none up, in the page's order.

    Its headings, and lines of their own without a control: cells that are alone in their
    row, blocks, pictures by their alternative text.
    """
    found = (_heading_text(node) or _line_of_its_own(node) for node in tree.shown)
    return [text for text in found if text]


def _heading_text(node: Node) -> str:
    return node.text() if node.tag in _HEADINGS or node.role == "heading" else ""


def _line_of_its_own(node: Node) -> str:
    alone = node.tag == "img" or (
        (node.block or node.tag in {"td", "th", "font", "b", "strong"})
        and not any(child.block for child in node.elements())
    )
    if node.tag in {"td", "th"} and node.parent is not None:
        alone = alone and len([c for c in node.parent.elements() if c.text()]) == 1
    if not alone or node.has_control or any(each.is_control for each in node.parents()):
        return ""
    if node.tag in {"li", "dt", "dd", "label"} or any(a.tag == "li" for a in node.parents()):
        return ""
    text = squeeze(node.get("alt")) if node.tag == "img" else node.text()
    return text if 0 < len(text) <= _LONGEST_TITLE else ""


def told_by(tree: Tree) -> list[Node]:
    """Return what a description of the page goes by: its title, and its messages."""
    titles = [node for node in tree.shown if _heading_text(node)]
    messages = [node for node in tree.shown if _is_alert(node) and node.text(spoken=True)]
    return [*titles[:1], *messages]


# -- captioned values ----------------------------------------------------------------

# "caption: value" in running text. A half-width colon between digits is a time.
_CAPTIONED = re.compile(
    r"^\s*(?P<caption>[^：:]{1,24}?)\s*(?:：|(?<!\d):|:(?!\d))\s*(?P<value>\S.*)$"
)


def captioned_lines(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return (caption, value) of the lines that read "caption: value"."""
    found = (_CAPTIONED.match(line) for line in lines)
    return [(m["caption"], m["value"].strip()) for m in found if m]


def facts(tree: Tree, lines: Sequence[str]) -> dict[str, str]:
    """Return the captioned values by normalised caption; the first of equals counts.

    A caption whose own cell is empty has an empty value: what follows it is another matter.
    """
    told: dict[str, str] = {}
    for caption, value in (
        *_definitions(tree),
        *_pairs(tree, marked=True),
        *(pair for row in single_rows(tree) for pair in row),
        *captioned_lines(lines),
        *_pairs(tree, marked=False),
        *_neighbours(tree),
    ):
        key = normalise(caption)
        if key and value:
            told.setdefault(key, value)
    for caption in _left_empty(tree):
        told.setdefault(normalise(caption), "")
    return told


def _definitions(tree: Tree) -> Iterator[tuple[str, str]]:
    for term in (node for node in tree.shown if node.tag == "dt" and node.parent is not None):
        siblings = term.parent.elements() if term.parent else []
        after = siblings[siblings.index(term) + 1 :]
        values = []
        for each in after:
            if each.tag != "dd":
                break
            if each.shown and not says_nothing(each.text()):
                values.append(each.text())
        yield term.text(), " ".join(values)


def _left_empty(tree: Tree) -> Iterator[str]:
    """Yield the captions (dt, th) whose own place for a value holds nothing at all."""
    for caption in (node for node in tree.shown if node.tag in {"dt", "th"} and node.parent):
        siblings = caption.parent.elements() if caption.parent else []
        after = siblings[siblings.index(caption) + 1 :][:1]
        place = {"dt": "dd", "th": "td"}[caption.tag]
        if any(each.tag == place and not any(_says(at) for at in each.within()) for each in after):
            yield caption.text()


def _says(node: Node) -> bool:
    """Tell whether an element alone says something: by text, or as a control or a picture."""
    text = any(isinstance(child, str) and not says_nothing(child) for child in node.children)
    return text or node.is_control or node.tag in {"img", "svg", "canvas", "iframe", "object"}


def cells_of(row: Node) -> list[Node]:
    """Return the cells of a row."""
    return [cell for cell in row.elements() if cell.tag in {"td", "th"}]


def _pairs(tree: Tree, *, marked: bool) -> Iterator[tuple[str, str]]:
    """Yield caption cell and value cell side by side; cells that hold only signs are skipped.

    ``marked``: caption cells that are marked as such (th); else rows of two plain cells.
    """
    for row in (node for node in tree.shown if node.tag == "tr"):
        cells = [cell for cell in cells_of(row) if not _only_signs(cell)]
        if marked:
            for caption, value in zip(cells[::2], cells[1::2], strict=False):
                if (caption.tag, value.tag) == ("th", "td"):
                    yield caption.text(), value.text()
        elif [cell.tag for cell in cells] == ["td", "td"]:
            yield cells[0].text(), cells[1].text()


def _neighbours(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield the two elements that are all that a line or block holds: caption and value."""
    for node in tree.shown:
        if not node.block or any(isinstance(c, str) and not says_nothing(c) for c in node.children):
            continue
        parts = [each for each in node.elements() if each.shown and not _only_signs(each)]
        if len(parts) != 2 or any(each.has_control for each in parts):
            continue
        caption, value = (each.text() for each in parts)
        if 0 < len(caption) <= _LONGEST_STAGE and value:
            yield caption, value


def _only_signs(cell: Node) -> bool:
    return says_nothing(cell.text()) and not cell.has_control and not _has_picture(cell)


def _has_picture(node: Node) -> bool:
    return any(at.tag == "img" for at in node.pictures())


def rows(tree: Tree) -> Rows:
    """Return the rows of every table whose first row holds headings only."""
    return [row for table in _tables(tree) for row in table]


def columns(tree: Tree) -> list[tuple[str, ...]]:
    """Return the headings of every table whose first row holds headings only."""
    tables = (node for node in tree.shown if node.tag == "table")
    heads = (_head_of(tree.table_rows.get(id(table), [])) for table in tables)
    return [tuple(cell.text() for cell in head) for head in heads if head]


def single_rows(tree: Tree) -> Rows:
    """Return the rows of the tables that have one only: their cells are captioned values."""
    return [table[0] for table in _tables(tree) if len(table) == 1]


def _tables(tree: Tree) -> Iterator[Rows]:
    for table in (node for node in tree.shown if node.tag == "table"):
        lines = tree.table_rows.get(id(table), [])
        captions = [cell.text() for cell in _head_of(lines)]
        if not captions or len(lines) < 2:
            continue
        body: Rows = []
        for line in lines[1:]:
            values = [cell.text() for cell in cells_of(line)]
            values += [""] * (len(captions) - len(values))
            body.append(tuple(zip(captions, values, strict=False)))
        yield body


def _head_of(rows: Sequence[Node]) -> list[Node]:
    """Return the cells of the first row where all are headings, else nothing."""
    cells = [cells_of(row) for row in rows[:1]]
    return cells[0] if cells and all(cell.tag == "th" for cell in cells[0]) else []


# -- messages ------------------------------------------------------------------------


def alerts(tree: Tree, dialog: Node | None) -> list[str]:
    """Return the messages that a person cannot overlook, the dialog's included."""
    found = [node for node in tree.shown if _is_alert(node)]
    told = [node.text(spoken=True) for node in found if node is not dialog]
    if dialog is not None:
        told.append(said_by(dialog))
    return [text for text in told if text]


def said_by(box: Node) -> str:
    """Return what a box says, without the buttons at its end."""
    lines = box.lines(spoken=True)
    names = [normalise(at.text()) for at in box.within() if at.is_action]
    while lines and _only_names(normalise(lines[-1]), names):
        lines.pop()
    return squeeze(" ".join(lines)) or box.text(spoken=True)


def _only_names(line: str, names: Sequence[str]) -> bool:
    """Tell whether a line is made up of buttons' names."""
    for name in sorted(names, key=len, reverse=True):
        line = line.replace(name, "") if name else line
    return not line


def _is_alert(node: Node) -> bool:
    return node.role in {"alert", "alertdialog"} or node.get("aria-live") == "assertive"


def dialog_of(tree: Tree) -> Node | None:
    """Return the box that a page has put before itself and that a person must answer first.

    A box with a form is a screen of its own, and one that holds the whole page is the page.
    A page that has come no further than to tell something has no control behind the box.
    """
    boxes = [node for node in tree.shown if _is_box(node)]
    for box in reversed(boxes):
        inside = {id(node) for node in box.within()}
        controls = [node for node in tree.shown if node.is_control]
        own = [node for node in controls if id(node) in inside]
        if any(node.is_field or node.is_choice for node in own):
            continue
        if not any(node.is_action for node in own):
            continue
        if len(own) < len(controls) or (_is_note(box) and box.text() != tree.root.text()):
            return box
    return None


def _is_note(box: Node) -> bool:
    """Tell whether a box is made for a message: no heading, a few words."""
    headed = any(_heading_text(node) for node in box.within())
    return not headed and len(box.text()) <= _LONGEST_NOTE


def _is_box(node: Node) -> bool:
    return node.layer or (node.tag == "dialog" and "open" in node.attributes)


# -- stages --------------------------------------------------------------------------

Track = tuple[tuple[str, ...], str]
_CURRENT_WORDS = re.compile(
    r"(?:^|[\s_-])(?:current|active|now|on|here|selected|doing|present|cur|act)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HERE = ("現在", "▶", "▼", "●")


def tracks(tree: Tree) -> tuple[Track, ...]:
    """Return the rows of short texts of which one is set apart: stages of a procedure, maybe.

    Each with the text of the one that is set apart, empty where none is.
    """
    found = [_track(node) for node in tree.shown]
    return tuple(track for track in found if track is not None)


def _track(node: Node) -> Track | None:
    stages = [at for at in node.elements() if at.shown and not says_nothing(at.text())]
    if not 2 <= len(stages) <= _MOST_STAGES:
        return None
    texts = tuple(stage.text() for stage in stages)
    if any(len(text) > _LONGEST_STAGE for text in texts):
        return None
    if any(stage.has_control for stage in stages):
        return None
    marked = _set_apart(stages)
    return texts, (marked.text() if marked is not None else "")


def _set_apart(stages: Sequence[Node]) -> Node | None:
    """Return the one stage that differs from the others, in a way that is seen or told."""
    signs = (_told, _named, _strong, _painted)
    for sign in signs:
        values = [sign(stage) for stage in stages]
        marked = [stage for stage, value in zip(stages, values, strict=True) if value is True]
        if len(marked) == 1:
            return marked[0]
    looks = [_look(stage) for stage in stages]
    alone = [i for i, look in enumerate(looks) if looks.count(look) == 1]
    if len(stages) > 2 and len(alone) == 1:
        return stages[alone[0]]
    return None


def _told(stage: Node) -> bool:
    return any(at.get("aria-current") not in {"", "false"} for at in stage.within())


def _named(stage: Node) -> bool:
    return any(_CURRENT_WORDS.search(at.get("class")) for at in stage.within())


def _strong(stage: Node) -> bool:
    return any(at.tag in {"strong", "b", "em"} for at in stage.within())


def _painted(stage: Node) -> bool:
    alts = (at.get("alt") for at in stage.within() if at.tag == "img")
    return any(sign in text for sign in _HERE for text in (*alts, stage.text()))


def _look(stage: Node) -> str:
    return "|".join(at.look for at in stage.within() if at.look)
