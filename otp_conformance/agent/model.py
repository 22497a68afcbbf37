"""The model of one page: what is on it for a person, and which control a person would take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from otp_conformance.agent import facts
from otp_conformance.agent.captions import Caption, Rank, captions_of, texts_before
from otp_conformance.agent.page import (
    ActionView,
    ChoiceView,
    Control,
    FieldView,
    PageView,
    Parameter,
    Part,
    Role,
    split,
)
from otp_conformance.agent.tree import REQUIRED_MARK, Node, Tree
from otp_conformance.text import contains, has_word, normalise, same, squeeze

_ROWS = {"tr", "li", "fieldset", "section", "article"}
_ROW_ROLES = {"row", "listitem", "group", "region"}
# A longer text is a sentence about something, no caption.
_LONGEST_BORROWED = 40
_FEWEST_BOXES, _FEWEST_PARTS, _LONGEST_PART = 3, 2, 6
_PLACE = re.compile(r"^\D{0,8}\d+\s*(?:桁目?|文字目?|番目|つ目|個目)?\D{0,4}$")
# What a page draws anew at each load: a run of digits and letters a to f, digits among them.
_DRAWN = re.compile(r"(?=[a-f]*\d)[0-9a-f]{6,}", re.IGNORECASE)
_NUMBERED = re.compile(
    r"[（(\[]?(?:\d+|[上中下左右前後])[\d\s]*(?:桁目?|文字目?|番目|つ目|個目|半)?[）)\]]?"
)
_FORMS = {"form", "main", "body", "html", "dialog"}
_EXPLAINED = re.compile(r"(?P<sign>[*＊※★●■◎]).{0,8}必須")


@dataclass(frozen=True)
class Found:
    """A control of a page.

    ``boxes``: the inputs for one sign each that are one field to a person, else the node
    alone. ``handle``: the node to click, where the control itself is painted by its label.
    """

    node: Node
    captions: tuple[Caption, ...]
    row: str
    boxes: tuple[Node, ...]
    handle: Node

    @property
    def name(self) -> str:
        """The surest caption, empty without any."""
        return self.captions[0].text if self.captions else ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every caption, the surest first."""
        return tuple(caption.text for caption in self.captions)

    @property
    def max_length(self) -> int | None:
        """How many signs the field takes, None for no limit."""
        sizes = self.sizes
        return sum(sizes) if len(self.boxes) > 1 else self.node.max_length

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many signs each box takes, where the field is split into several."""
        return tuple(box.max_length or 1 for box in self.boxes)

    def parts(self, value: str) -> tuple[str, ...]:
        """Return what of a value goes into each of its boxes; what is too much goes nowhere."""
        if len(self.boxes) == 1:
            return (value if self.max_length is None else value[: self.max_length],)
        return split(value[: self.max_length], self.sizes[:-1])

    def parameter(self) -> Parameter | None:
        """Return under which names a form sends it, None where a box has no name."""
        names = tuple(box.get("name") for box in self.boxes)
        return Parameter(names, self.sizes[:-1]) if all(names) else None

    @property
    def place(self) -> tuple[Node, ...]:
        """The way from the page to the control."""
        return tuple(reversed([self.node, *self.node.parents()]))


class PageModel:
    """What a person perceives on a page, and can do there.

    ``selectors``: the declared ones, in the order by which the tree numbers them.
    """

    def __init__(self, tree: Tree, selectors: Sequence[str] = ()) -> None:
        self.tree = tree
        self._selectors = tuple(selectors)

    # -- controls ------------------------------------------------------------

    @cached_property
    def fields(self) -> tuple[Found, ...]:
        """The text fields that a person can reach, in the page's order."""
        nodes = [n for n in self.tree.nodes if n.is_field and n.reachable]
        return tuple(self._found(boxes) for boxes in _grouped(nodes, self.tree))

    @cached_property
    def choices(self) -> tuple[Found, ...]:
        """The check boxes, radio buttons and lists that a person can reach."""
        found = (self._found((n,)) for n in self.tree.nodes if n.is_choice)
        return tuple(each for each in found if each.handle.reachable)

    @cached_property
    def actions(self) -> tuple[Found, ...]:
        """The buttons and links that a person can reach."""
        nodes = (n for n in self.tree.nodes if n.is_action and n.reachable)
        return tuple(self._found((n,)) for n in nodes)

    def _found(self, boxes: tuple[Node, ...]) -> Found:
        node = boxes[0]
        captions = self._captions.get(id(node)) or captions_of(node, self.tree)
        if len(boxes) > 1:
            # A box's own name (1桁目) is a digit's, not the field's.
            own = [c for c in captions if not _PLACE.match(c.text)]
            own = own or [Caption(c.rank, stem) for c in captions if (stem := _stem(c.text))]
            captions = tuple(sorted(own, key=lambda c: c.rank <= Rank.PLACEHOLDER))
        return Found(node, captions, self._row(node), boxes, self._handle(node))

    @cached_property
    def _captions(self) -> dict[int, tuple[Caption, ...]]:
        """The captions of every button and link in reach, by the node's identity."""
        acting = (n for n in self.tree.nodes if n.is_action and n.reachable)
        return {id(node): captions_of(node, self.tree) for node in acting}

    @cached_property
    def _twins(self) -> dict[str, tuple[set[int], Counter[int]]]:
        """The buttons and links in reach, by their surest caption, and how many are in what."""
        named: dict[str, tuple[set[int], Counter[int]]] = {}
        for node in self.tree.nodes:
            for caption in self._captions.get(id(node), ())[:1]:
                twins, around = named.setdefault(normalise(caption.text), (set(), Counter()))
                twins.add(id(node))
                around.update(id(at) for at in node.parents())
        return named

    def _apart(self, node: Node) -> set[int]:
        """Return what of a control's surroundings has a namesake in it: no row of its own."""
        captions = self._captions.get(id(node), ())[:1]
        if not captions:
            return set()
        named, around = self._twins[normalise(captions[0].text)]
        own = [at for at in (*node.parents(), *node.within()) if id(at) in named]
        its = Counter(id(at) for each in own for at in each.parents())
        return {id(at) for at in node.parents() if around[id(at)] > its[id(at)]}

    def _row(self, node: Node) -> str:
        """Return the text of the nearest row or group that says more than the control itself.

        Of several controls of one name each has its own: where nothing marks it as a row,
        the widest part of the page around it that none of the others is in.
        """
        own, apart, card = node.text(), self._apart(node), ""
        for at in node.parents():
            text = at.text()
            if (at.tag in _ROWS or at.role in _ROW_ROLES) and text != own:
                return (card or text) if id(at) in apart else text
            if id(at) in apart and card:
                return card
            card = text if apart and id(at) not in apart and text != own else ""
        return ""

    def _handle(self, node: Node) -> Node:
        if node.reachable or not node.is_choice:
            return node
        around = next((at for at in node.parents() if at.tag == "label"), None)
        named = [n for n in self.tree.labels if node.get("id") == n.get("for")]
        return next((n for n in (*named, around) if n is not None and n.reachable), node)

    def find(self, control: Control, filled: Sequence[Found] = ()) -> list[Found]:
        """Return the controls that fit, those a person would take first.

        ``filled``: the fields that were filled in on this page: the button of their form
        outranks a namesake elsewhere.
        """
        return [
            each for each in self._fitting_controls(control, filled) if self._in_row(each, control)
        ]

    def _fitting_controls(self, control: Control, filled: Sequence[Found]) -> list[Found]:
        if control.selector:
            found = self._selected(control)
            # Declared for one screen, it says nothing of an input that another names.
            if found or control.role is not Role.FIELD:
                return found
        if control.role is Role.FIELD:
            return self._fields(control)
        if control.role is Role.CHOICE:
            return self._choices(control)
        return self._actions(control, filled)

    def _in_row(self, found: Found, control: Control) -> bool:
        """Tell whether a control is in the row that is asked for, if one is."""
        if not (control.within or control.each):
            return True
        rows = self._rows_around(found.node, control.each)
        return any(all(has_word(row, word) for word in control.within) for row in rows)

    def _rows_around(self, node: Node, each: str) -> list[str]:
        """Return the text of the row that an element is in.

        Without a declared one: the nearest row that says more than the element itself, and
        those within it that say no more.
        """
        number = self._selectors.index(each) if each else None
        own = node.text()
        apart = self._apart(node) if number is None else set()
        found: list[str] = []
        for at in (node, *node.parents()):
            if id(at) in apart and (card := self._row(node)):
                return [*found, card]
            if number is not None:
                if number in at.declared:
                    return [at.text()]
            elif at.tag in _ROWS or at.role in _ROW_ROLES:
                found.append(at.text())
                if found[-1] != own:
                    return found
        return found

    def _choices(self, control: Control) -> list[Found]:
        equal = [c for c in self.choices if any(same(n, control.names) for n in c.names)]
        found = equal or [
            c for c in self.choices if any(contains(n, control.names) for n in c.names)
        ]
        return found[::-1] if control.last else found

    def best(self, control: Control, filled: Sequence[Found] = ()) -> Found | None:
        """Return the control that a person would take, None without any."""
        found = self.find(control, filled)
        return found[0] if found else None

    def _selected(self, control: Control) -> list[Found]:
        number = self._selectors.index(control.selector)
        if control.role is Role.FIELD:
            return [each for each in self.fields if _has_mark(each, number)]
        known = self.choices if control.role is Role.CHOICE else (*self.actions, *self.choices)
        found = [each for each in known if _has_mark(each, number)]
        if not found and control.role is not Role.CHOICE:  # declared to act, whatever it looks like
            nodes = (n for n in self.tree.nodes if number in n.declared and n.reachable)
            found = [self._found((node,)) for node in nodes]
        if control.row:
            found = [each for each in found if contains(each.row, control.row)]
        return found

    def _fields(self, control: Control) -> list[Found]:
        fitting: list[tuple[tuple[bool, bool, int], Found]] = []
        for each in self.fields:
            ranks = [_fit(caption, each, control.names) for caption in each.captions]
            known = [rank for rank in ranks if rank is not None]
            if known:
                fitting.append(((each.node.covered, *min(known)), each))
        found = [each for _, each in sorted(fitting, key=lambda pair: pair[0])]
        return found[::-1] if control.last else found

    def _actions(self, control: Control, filled: Sequence[Found]) -> list[Found]:
        pool = self.actions
        if control.role is Role.LINK:
            pool = tuple(each for each in pool if each.node.is_link)
        found = [each for each in pool if any(same(n, control.names) for n in each.names)]
        if not found and control.role is Role.ACTION:
            found = [c for c in self.choices if any(same(n, control.names) for n in c.names)]
        if control.row:
            found = [each for each in found if contains(each.row, control.row)]
        found = _outermost_out(found)
        if control.last:
            return found[::-1]
        if control.leads_only:
            return found
        dialog = self.dialog
        return sorted(
            found,
            key=lambda each: (
                dialog is not None and dialog not in each.node.parents(),
                _distance(each, filled),
                each.node.is_link,
            ),
        )

    # -- the whole -------------------------------------------------------------

    @cached_property
    def dialog(self) -> Node | None:
        """The box that the page has put before itself, None without one."""
        return facts.dialog_of(self.tree)

    def in_dialog(self, found: Found) -> bool:
        """Tell whether a control can be used as long as the box is there."""
        return self.dialog is None or self.dialog in (found.node, *found.node.parents())

    @cached_property
    def dialog_actions(self) -> tuple[Found, ...]:
        """The buttons of the box."""
        if self.dialog is None:
            return ()
        return tuple(each for each in self.actions if self.dialog in each.node.parents())

    @property
    def dialog_headed(self) -> bool:
        """Whether the box has a heading: it may be a screen of its own."""
        return self.dialog is not None and bool(facts.headings(Tree.over(self.dialog, address="")))

    @property
    def dialog_said(self) -> str:
        """What the box says, without its buttons."""
        return facts.said_by(self.dialog) if self.dialog is not None else ""

    @cached_property
    def lines(self) -> list[str]:
        """The page's text, one line a block."""
        return self.tree.root.lines()

    def view(
        self,
        *,
        http_status: int | None,
        told: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> PageView:
        """Return the page as people see it; ``told``: what boxes of the browser said.

        ``http_status`` and ``headers``: of the document's own response.
        """
        seen = self._seen
        said = tuple(told)
        return replace(
            seen,
            http_status=http_status,
            alerts=(*seen.alerts, *said),
            told=said,
            headers=headers or {},
        )

    @cached_property
    def _seen(self) -> PageView:
        tree = self.tree
        progress, current = _steps(tree)
        return PageView(
            address=tree.address,
            http_status=None,
            document_title=tree.title,
            headings=tuple(facts.headings(tree)),
            text="\n".join(self.lines),
            facts=facts.facts(tree, self.lines),
            rows=tuple({normalise(c): value for c, value in row} for row in facts.rows(tree)),
            columns=tuple(tuple(normalise(c) for c in each) for each in facts.columns(tree)),
            alerts=tuple(facts.alerts(tree, self.dialog)),
            fields=tuple(self._field_view(each) for each in self.fields),
            actions=tuple(self._action_view(each) for each in self.actions),
            choices=tuple(_choice_view(each) for each in self.choices),
            progress=progress,
            progress_current=current,
            tracks=facts.tracks(tree),
            language=tree.language,
            title_lines=tuple(facts.title_lines(tree)),
            dialog=tuple(each.name for each in self.dialog_actions),
            declared={selector: parts[0].text for selector, parts in self._parts.items()},
            parts=self._parts,
        )

    def _field_view(self, found: Found) -> FieldView:
        node = found.node
        value = "".join(box.value for box in found.boxes)
        masked = any(box.masked for box in found.boxes)
        required = "required" in node.attributes or node.get("aria-required") == "true"
        return FieldView(
            label=found.name,
            masked=masked,
            value="" if masked else value,
            required=required or self._marked_required(found),
            max_length=found.max_length,
            description=self.tree.referred(node, "aria-describedby"),
            captions=found.names,
            own=tuple(c.text for c in found.captions if c.rank < Rank.BEFORE),
            around=self._around(found),
            selector=selector_of(node),
            declared=self._fitting(found),
        )

    def _action_view(self, found: Found) -> ActionView:
        return ActionView(
            name=found.name,
            enabled=found.node.enabled,
            is_link=found.node.is_link,
            row=found.row,
            captions=found.names,
            selector=selector_of(found.node),
            declared=self._fitting(found),
        )

    def _fitting(self, found: Found) -> tuple[str, ...]:
        """Return the declared selectors that a control fits."""
        return tuple(s for number, s in enumerate(self._selectors) if _has_mark(found, number))

    def _marked_required(self, found: Found) -> bool:
        """Tell whether a mark says that the field must be filled in, wherever it stands.

        The word itself, or the sign that the page explains so (※は必須です).
        """
        alone = self._rows_of_fields[found.row] == 1
        texts = [*found.names, found.row] if alone else list(found.names)
        return any(mark in text for text in texts for mark in self._required_marks)

    @cached_property
    def _rows_of_fields(self) -> Counter[str]:
        return Counter(each.row for each in self.fields)

    @cached_property
    def _required_marks(self) -> tuple[str, ...]:
        signs = {m["sign"] for line in self.lines if (m := _EXPLAINED.search(line))}
        return (REQUIRED_MARK, *signs)

    def _around(self, found: Found) -> str:
        """Return the text next to a field: of the widest part of its form without another input."""
        text = ""
        for at in found.node.parents():
            if at.tag in _FORMS or self._inputs_within[id(at)] > 1:
                break
            text = at.text()
        return text

    @cached_property
    def _inputs_within(self) -> Counter[int]:
        """How many fields and choices each element has around, by its identity."""
        inputs = [each.node for each in (*self.fields, *self.choices)]
        return Counter(id(at) for node in inputs for at in node.parents())

    @cached_property
    def _parts(self) -> dict[str, tuple[Part, ...]]:
        """What the declared selectors fit, those that fit something."""
        found: dict[str, tuple[Part, ...]] = {}
        for number, selector in enumerate(self._selectors):
            nodes = [n for n in self.tree.nodes if number in n.declared and n.shown]
            if nodes:
                found[selector] = tuple(self._part(node) for node in nodes)
        return found

    def _part(self, node: Node) -> Part:
        inner = [at for at in node.within() if at is not node and at.shown]
        declared: dict[str, str] = {}
        for at in inner:
            for number in at.declared:
                declared.setdefault(self._selectors[number], _told_by(at))
        told: dict[str, str] = {}
        if any(at.block or at.tag in {"td", "th", "br"} for at in inner):
            told = facts.facts(Tree.over(node, address=""), node.lines())
        rows = self._rows_around(node, "")
        return Part(_told_by(node), rows[-1] if rows else "", told, declared)


def _told_by(node: Node) -> str:
    return node.value if node.is_field else node.text()


def _has_mark(found: Found, number: int) -> bool:
    return any(number in node.declared for node in found.boxes)


def _fit(caption: Caption, found: Found, names: tuple[str, ...]) -> tuple[bool, int] | None:
    """Return how well a caption fits the names (smaller is better), None if it does not.

    What merely stands near names a field by a part of it only where nothing surer does.
    """
    if same(caption.text, names):
        return (False, caption.rank)
    if not contains(caption.text, names):
        return None
    borrowed = caption.rank > Rank.PLACEHOLDER
    if borrowed and (found.captions[0].rank <= Rank.PLACEHOLDER and len(found.boxes) == 1):
        return None
    if borrowed and len(caption.text) > _LONGEST_BORROWED:
        return None
    return (True, caption.rank)


def _grouped(fields: list[Node], tree: Tree) -> list[tuple[Node, ...]]:
    """Return the fields, neighbouring inputs that are boxes of one field as one."""
    groups: list[list[Node]] = []
    for node in fields:
        group = groups[-1] if groups else []
        if group and _near(group[-1], node) and _go_together(group[-1], node, tree):
            group.append(node)
        else:
            groups.append([node])
    found: list[tuple[Node, ...]] = []
    for group in groups:
        whole = len(group) >= (_FEWEST_BOXES if group[0].max_length == 1 else _FEWEST_PARTS)
        found += [tuple(group)] if whole else [(node,) for node in group]
    return found


def _go_together(one: Node, other: Node, tree: Tree) -> bool:
    """Tell whether two neighbouring inputs are boxes of one field.

    For one sign each; or short ones (1234 - 5678), nothing but signs between them, and no
    caption that the other has not, too, but for a number.
    """
    sizes = [each.max_length or 0 for each in (one, other)]
    if 1 in sizes:
        return sizes == [1, 1]
    short = all(_FEWEST_PARTS <= size <= _LONGEST_PART for size in sizes)
    if not short or texts_before(other):
        return False
    first, second = (
        {_stem(c.text) for c in captions_of(each, tree) if c.rank <= Rank.PLACEHOLDER}
        for each in (one, other)
    )
    return second <= first | {""}


def _stem(text: str) -> str:
    """Return a caption without what numbers a box among others."""
    return _NUMBERED.sub("", text).strip()


def _near(one: Node, other: Node) -> bool:
    """Tell whether two boxes belong together: the same form, and a common group around them."""
    if one.form != other.form:
        return False
    around = [*one.parents()][:3]
    return any(at in around for at in [*other.parents()][:3])


def _outermost_out(found: list[Found]) -> list[Found]:
    """Return the controls without those that only wrap another of the same name."""
    wrappers = {id(at) for each in found for at in each.node.parents()}
    return [each for each in found if id(each.node) not in wrappers]


def _kinship(one: Found, other: Found) -> tuple[bool, int]:
    """Return how closely two controls belong together: one form, then how deep both stand."""
    form = one.node.form is not None and one.node.form == other.node.form
    shared = 0
    for mine, theirs in zip(one.place, other.place, strict=False):
        if mine.number != theirs.number:
            break
        shared += 1
    return form, shared


def _distance(found: Found, filled: Sequence[Found]) -> tuple[int, int]:
    """Return how far a control is from the fields that were filled in (smaller is nearer)."""
    form, shared = max((_kinship(found, field) for field in filled), default=(False, 0))
    return -int(form), -shared


def _steps(tree: Tree) -> tuple[tuple[str, ...], str]:
    """Return the stages of the list whose current one is marked for everybody, and that one."""
    for node in tree.shown:
        if node.get("aria-current") == "step":
            track = next((at for at in node.parents() if at.tag in {"ol", "ul"}), None)
            track = track or next((at for at in node.parents() if at.role == "list"), None)
            steps = [at.text() for at in track.elements() if at.shown] if track else []
            return tuple(steps), node.text()
    return (), ""


def _choice_view(found: Found) -> ChoiceView:
    options = [n for n in found.node.within() if n.tag == "option"]
    return ChoiceView(
        label=found.name,
        chosen=found.node.ticked,
        options=tuple(squeeze(n.all_text()) for n in options),
        row=found.row,
    )


def _lasting(name: str) -> bool:
    return bool(name) and not _DRAWN.search(name)


def selector_of(node: Node) -> str:
    """Return a CSS selector for an element: its id or name, else its place in the page.

    An id or name that looks drawn at random is another one the next time.
    """
    if _lasting(node.get("id")):
        return f'[id="{node.get("id")}"]'
    if node.is_field and _lasting(node.get("name")):
        return f'{node.tag}[name="{node.get("name")}"]'
    steps: list[str] = []
    for at in (node, *node.parents()):
        if _lasting(at.get("id")):
            steps.append(f'[id="{at.get("id")}"]')
            break
        equal = [e for e in at.parent.elements() if e.tag == at.tag] if at.parent else [at]
        place = f":nth-of-type({equal.index(at) + 1})" if len(equal) > 1 else ""
        steps.append(f"{at.tag}{place}")
    return " > ".join(reversed(steps))
