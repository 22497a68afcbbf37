"""Every caption by which a person could know a control, the surest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from otp_conformance.agent.tree import Node, Tree, says_nothing
from otp_conformance.text import squeeze


class Rank(IntEnum):
    """How a caption belongs to its control; the smaller, the surer."""

    ARIA = 1
    LABEL = 2
    OWN = 3  # a button's own text, value or alternative text
    TITLE = 4
    PLACEHOLDER = 5
    BESIDE = 6  # the cell before it in its row, the term before it in its list
    ABOVE = 7  # the cell above it in its column
    BEFORE = 8  # the text before it, in no markup of its own
    LEGEND = 9  # the caption of the group around it
    AFTER = 10  # the text after a check box or radio button, or after a field in its own block
    DESCRIBED = 11  # its description, where it has no other: descriptions speak of much else


@dataclass(frozen=True)
class Caption:
    """One caption and how it belongs to the control."""

    rank: Rank
    text: str


def captions_of(node: Node, tree: Tree) -> tuple[Caption, ...]:
    """Return the captions of a control, the surest first; a button's are never borrowed."""
    found = _of_field(node, tree) if node.is_field or node.is_choice else _of_action(node, tree)
    told: dict[str, Caption] = {}
    for caption in found:
        if caption.text and not (caption.rank > Rank.PLACEHOLDER and says_nothing(caption.text)):
            told.setdefault(caption.text, caption)
    if not told and (text := tree.referred(node, "aria-describedby")):
        return (Caption(Rank.DESCRIBED, text),)
    return tuple(told.values())


def _explicit(node: Node, tree: Tree) -> str:
    return tree.referred(node, "aria-labelledby") or squeeze(node.get("aria-label"))


def _of_action(node: Node, tree: Tree) -> Iterator[Caption]:
    yield Caption(Rank.ARIA, _explicit(node, tree))
    yield Caption(Rank.LABEL, _label(node, tree))
    if node.tag == "input":
        default = {"submit": "Submit", "reset": "Reset"}.get(node.kind, "")
        own = node.get("alt") if node.kind == "image" else node.value or node.get("value")
        yield Caption(Rank.OWN, squeeze(own) or (default if not node.get("title") else ""))
    else:
        yield Caption(Rank.OWN, node.text())
    yield Caption(Rank.TITLE, squeeze(node.get("title")))


def _of_field(node: Node, tree: Tree) -> Iterator[Caption]:
    yield Caption(Rank.ARIA, _explicit(node, tree))
    yield Caption(Rank.LABEL, _label(node, tree))
    yield Caption(Rank.TITLE, squeeze(node.get("title")))
    yield Caption(Rank.PLACEHOLDER, squeeze(node.get("placeholder")))
    if node.is_choice and node.tag not in {"input", "select"}:
        yield Caption(Rank.OWN, node.text())
    if node.is_choice and node.tag != "select":
        for text in _texts_beside(node, forward=True):
            yield Caption(Rank.AFTER, text)
    yield Caption(Rank.BESIDE, _cell_before(node) or _term_before(node))
    yield Caption(Rank.ABOVE, _cell_above(node))
    for text in _texts_beside(node, forward=False):
        yield Caption(Rank.BEFORE, text)
    yield Caption(Rank.LEGEND, _legend(node, tree))
    if node.is_field:
        yield Caption(Rank.AFTER, _lying_in(node))


def _label(node: Node, tree: Tree) -> str:
    """Return the text of its <label> elements, as written for it or around it."""
    labels = []
    if node.get("id"):
        labels += [n for n in tree.labels if n.get("for") == node.get("id")]
    around = next((at for at in node.parents() if at.tag == "label"), None)
    if around is not None and around not in labels and "for" not in around.attributes:
        labels.append(around)
    return squeeze(" ".join(label.text() for label in labels))


def _lying_in(node: Node) -> str:
    """Return the short text that follows a field in its own block, nothing else being there.

    A style may lay it over the empty field. A longer one is a hint.
    """
    block = node.parent
    if block is None or block.tag in _BORDERS or sum(n.is_field for n in block.within()) > 1:
        return ""
    place = next(i for i, child in enumerate(block.children) if child is node)
    pieces = [c if isinstance(c, str) else c.text() for c in block.children[place + 1 :]]
    text = squeeze(" ".join(pieces)) if block.shown else ""
    return text if len(text) <= _LONGEST_LYING else ""


# -- tables and lists ------------------------------------------------------------


def _cell(node: Node) -> Node | None:
    return next((at for at in node.parents() if at.tag in {"td", "th"}), None)


def _cells(row: Node) -> list[Node]:
    return [cell for cell in row.elements() if cell.tag in {"td", "th"}]


def _controls(node: Node) -> bool:
    return node.has_control and any(at.is_control and at.shown for at in node.within())


def _cell_before(node: Node) -> str:
    """Return the nearest cell before it in its row that names something and holds no control."""
    cell = _cell(node)
    while cell is not None and cell.parent is not None:
        cells = _cells(cell.parent)
        before = cells[: cells.index(cell)] if cell in cells else []
        for each in reversed(before):
            if _controls(each):
                return ""
            if not says_nothing(each.text()):
                return each.text()
        cell = _cell(cell) if not before else None
    return ""


def _cell_above(node: Node) -> str:
    """Return the cell above it in its column that names something and holds no control."""
    cell = _cell(node)
    row = cell.parent if cell is not None else None
    if cell is None or row is None:
        return ""
    column = _column(cell)
    table = next((at for at in row.parents() if at.tag == "table"), None)
    if table is None or column is None:
        return ""
    rows = [at for at in table.within() if at.tag == "tr" and _table_of(at) is table]
    for above in reversed(rows[: rows.index(row)] if row in rows else []):
        over = next((each for each in _cells(above) if _column(each) == column), None)
        if over is None or _controls(over):
            return ""
        if not says_nothing(over.text()):
            return over.text()
    return ""


def _table_of(node: Node) -> Node | None:
    return next((at for at in node.parents() if at.tag == "table"), None)


def _column(cell: Node) -> int | None:
    if cell.parent is None:
        return None
    column = 0
    for each in _cells(cell.parent):
        if each is cell:
            return column
        span = each.get("colspan")
        column += int(span) if span.isdecimal() else 1
    return None


def _term_before(node: Node) -> str:
    """Return the term (dt) of the description (dd) that the control is in."""
    own = next((at for at in node.parents() if at.tag == "dd"), None)
    if own is None or own.parent is None:
        return ""
    term = ""
    for each in own.parent.elements():
        if each is own:
            return term
        if each.tag == "dt":
            term = each.text()
    return ""


def _legend(node: Node, tree: Tree) -> str:
    """Return the caption of the nearest group around it that has one."""
    for at in node.parents():
        grouped = at.tag == "fieldset" or at.role in {"group", "radiogroup"}
        if not grouped:
            continue
        legend = next((each for each in at.elements() if each.tag == "legend"), None)
        text = legend.text() if legend is not None else _explicit(at, tree)
        if text:
            return text
    return ""


# -- texts without markup ----------------------------------------------------------

_BORDERS = {"form", "fieldset", "table", "body", "main", "dialog"}
_UNBORROWED = {"h1", "h2", "legend", "caption"}


_MOST_TEXTS = 3
_LONGEST_LYING = 20


def _texts_beside(node: Node, *, forward: bool) -> list[str]:
    """Return the texts that stand next to a control, nearest first, up to another control.

    A border (the form, a heading of the page) ends them, too. What names nothing (signs,
    必須) is passed over; of several lines the farther ones count, too: a hint may come
    between caption and control.
    """
    found: list[str] = []
    gathered: list[str] = []

    def close() -> None:
        text = squeeze(" ".join(gathered if forward else reversed(gathered)))
        gathered.clear()
        if not says_nothing(text):
            found.append(text)

    for piece in _pieces_beside(node, forward=forward):
        if piece is None:
            close()
        else:
            gathered.append(piece)
        if len(found) == _MOST_TEXTS:
            return found
    close()
    return found[:_MOST_TEXTS]


def texts_before(node: Node) -> list[str]:
    """Return the texts before a control, nearest first, up to the control before it."""
    return _texts_beside(node, forward=False)


def _pieces_beside(node: Node, *, forward: bool) -> Iterator[str | None]:
    """Yield the texts on one side of a control, None where a line ends."""
    at: Node = node
    while at.parent is not None and at.tag not in _BORDERS:
        around = at.parent
        place = next(i for i, child in enumerate(around.children) if child is at)
        side = around.children[place + 1 :] if forward else around.children[:place][::-1]
        for child in side:
            if isinstance(child, str):
                yield child
                continue
            if child.tag in _UNBORROWED or (child.shown and _controls(child)):
                return
            breaks = child.block or child.tag in {"br", "hr", "td", "th"}
            if breaks:
                yield None
            if child.shown:
                yield child.text()
            if breaks:
                yield None
        if around.block or around.tag in {"td", "th"}:
            yield None
        at = around
