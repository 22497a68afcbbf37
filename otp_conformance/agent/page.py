"""What a customer can perceive on a page, without markup.

Both user agents (browser, plain HTTP) produce the same `PageView` (see `model`), so
that screens and people never see HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from otp_conformance.text import contains, same

_CLIENT_ERROR = 400


class Role(StrEnum):
    """Kinds of control, in ARIA's words. BUTTON also matches links that act."""

    BUTTON = "button"
    LINK = "link"
    ACTION = "action"  # a button or a link, whichever bears the name
    FIELD = "field"  # any text-like input, password inputs included
    CHOICE = "choice"  # a check box, a radio button or a list to choose from


@dataclass(frozen=True)
class Control:
    """A control as a person names it.

    ``names``: accepted names; a button or link must equal one of them, a
    field's label must contain one (both after `text.normalise`).
    ``row``: text that the same table row, list item or group must contain,
    for screens with several equal buttons (選択). ``within``: texts that must all stand in
    its row as words of their own; ``each``: a declared CSS selector of what a row is there,
    empty for table rows, list items and groups. ``last``: of several equal
    matches take the last one (second level of a menu with equal labels).
    ``leads_only``: an item of a menu, which leads to a page and submits nothing.
    ``selector``: a declared CSS selector that finds it instead of its names. ``key``: the
    label key that the names stand under, for messages.
    """

    role: Role
    names: tuple[str, ...]
    row: tuple[str, ...] = ()
    last: bool = False
    within: tuple[str, ...] = ()
    each: str = ""
    leads_only: bool = False
    selector: str = ""
    key: str = field(default="", compare=False)


@dataclass(frozen=True)
class FieldView:
    """An input that the customer can edit, or several for one sign each that belong together.

    ``label`` is its surest caption, ``captions`` are all, ``own`` those that markup or a table
    ties to it, and no text that merely stands near; ``value`` is empty for masked inputs;
    ``around``: what stands next to it, up to the next input; ``selector``: where it is, as a
    CSS selector, for whoever has to declare it; ``declared``: the declared selectors that it
    fits.
    """

    label: str
    masked: bool
    value: str
    required: bool
    max_length: int | None
    description: str = ""
    captions: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    around: str = ""
    selector: str = ""

    declared: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it can be called by."""
        return self.captions or (self.label,)

    def is_called(self, wanted: tuple[str, ...], selector: str = "") -> bool:
        """Tell whether a name of it contains a wanted one, or the selector fits it."""
        named = any(contains(name, wanted) for name in self.names)
        return named or (bool(selector) and selector in self.declared)

    def is_surely_called(self, wanted: tuple[str, ...], selector: str = "") -> bool:
        """Tell whether it is called so beyond doubt: only that may be held against a page.

        A sentence nearby may speak of anything: without a caption of its own only the
        nearest text names an input, and only if it is no sentence.
        """
        own = self.own or ((self.label,) if "。" not in self.label else ())
        named = any(contains(name, wanted) for name in own)
        return named or (bool(selector) and selector in self.declared)


@dataclass(frozen=True)
class ActionView:
    """A button or link; ``captions``: every name that it goes by.

    ``selector`` and ``declared`` are as a field's.
    """

    name: str
    enabled: bool
    is_link: bool
    row: str = ""
    captions: tuple[str, ...] = ()
    selector: str = ""

    declared: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it can be called by."""
        return self.captions or (self.name,)

    def is_called(self, wanted: tuple[str, ...], selector: str = "") -> bool:
        """Tell whether a name of it equals a wanted one, or the selector fits it."""
        named = any(same(name, wanted) for name in self.names)
        return named or (bool(selector) and selector in self.declared)


@dataclass(frozen=True)
class ChoiceView:
    """A check box, a radio button or a list to choose from (``options``: its texts)."""

    label: str
    chosen: bool
    options: tuple[str, ...] = ()
    row: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the page that a declared selector fits.

    ``facts``: the captioned values in it; ``declared``: the texts of other declared
    selectors in it; ``row``: the text of the row that it is in, or is.
    """

    text: str
    row: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)


Track = tuple[tuple[str, ...], str]
"""Short texts in a row (stages of a procedure, maybe), and the one that is set apart."""


@dataclass(frozen=True)
class PageView:
    """One page at one moment.

    ``http_status`` is the status of the document's own response, ``None``
    where the agent cannot know. ``facts`` are captioned values (dt/dd,
    th/td, "caption: value") by normalised caption. ``rows`` are the rows of
    tables that have a heading row: cell by normalised column heading; ``columns`` are these
    headings, of tables without any row, too.
    ``alerts`` are the texts of elements with role alert, and of dialogs. ``title_lines``:
    what may be the title of a page without headings. ``dialog``: the names of the buttons of
    a box that the page has put before itself. ``declared``: texts by declared selector, the
    first that fits; ``parts``: all that fit. ``told``: those of the alerts that boxes of the
    browser itself said. ``headers``: those of the document's own response, by their names in
    small letters; empty where the agent cannot know.
    """

    address: str
    http_status: int | None
    document_title: str
    headings: tuple[str, ...]
    text: str
    facts: dict[str, str] = field(default_factory=dict)
    rows: tuple[dict[str, str], ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()
    alerts: tuple[str, ...] = ()
    fields: tuple[FieldView, ...] = ()
    actions: tuple[ActionView, ...] = ()
    choices: tuple[ChoiceView, ...] = ()
    progress: tuple[str, ...] = ()
    progress_current: str = ""
    tracks: tuple[Track, ...] = ()
    language: str = ""
    title_lines: tuple[str, ...] = ()
    dialog: tuple[str, ...] = ()
    declared: dict[str, str] = field(default_factory=dict)
    parts: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_error(self) -> bool:
        """Whether the document's own response says so (4xx, 5xx)."""
        return (self.http_status or 0) >= _CLIENT_ERROR


ELSEWHERE = "http://elsewhere.example/"
"""A site of nobody's (RFC 2606) from which a form is sent across; nothing is asked of it."""


@dataclass(frozen=True)
class Cookie:
    """One thing that a browser remembers for a site. Its value may be a secret: never log it."""

    name: str
    value: str = field(repr=False)
    domain: str
    path: str


@dataclass(frozen=True)
class ScriptPart:
    """What a request has besides when a page's script sends it, not a form.

    ``number`` tells one caught request from another. ``headers`` are those that
    the script set (they may hold secrets). ``literal``: the fields whose value
    is JSON as written rather than a text.
    """

    number: int
    content_type: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    literal: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class Parameter:
    """Under which name a field is sent; several where it is split into boxes.

    ``sizes``: how many signs each box but the last takes; the last has the rest.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...] = ()

    def with_ending(self, ending: str) -> Parameter:
        """Return it under other names, as frameworks read lists and maps."""
        return replace(self, names=tuple(f"{name}{ending}" for name in self.names))

    def pairs(self, value: str) -> tuple[tuple[str, str], ...]:
        """Return the names, each with its part of a value."""
        return tuple(zip(self.names, split(value, self.sizes), strict=True))


def split(value: str, sizes: Sequence[int]) -> tuple[str, ...]:
    """Return a value in parts of these sizes and, as the last one, what is left of it."""
    parts: list[str] = []
    for size in sizes:
        parts.append(value[:size])
        value = value[size:]
    return (*parts, value)


@dataclass(frozen=True)
class FormRequest:
    """A request as a form would send it, kept to be replayed or altered.

    The address is absolute. Values may hold secrets: never log them.
    ``script``: set for a request that a script of the page sends.
    """

    method: str
    address: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    script: ScriptPart | None = None

    def without(self, name: str | Parameter) -> FormRequest:
        """Return the request with one parameter dropped."""
        names = _parameter(name).names
        return replace(self, fields=tuple((n, v) for n, v in self.fields if n not in names))

    def with_value(self, name: str | Parameter, *values: str) -> FormRequest:
        """Return the request with one parameter set to another value, or added; or to several."""
        given = tuple(pair for value in values for pair in _parameter(name).pairs(value))
        return replace(self, fields=(*self.without(name).fields, *given))


def _parameter(name: str | Parameter) -> Parameter:
    return Parameter((name,)) if isinstance(name, str) else name
