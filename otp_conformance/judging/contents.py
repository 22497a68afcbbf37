"""What the manual's screens hold: the phrases of the 項目 column, as screens.toml describes them.

Texts are checked by key terms, never by wording (AMB-51).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from otp_conformance.declaration.model import Declaration
from otp_conformance.judging.buttons import declared_presence
from otp_conformance.screens.desk import Presence
from otp_conformance.screens.parts import is_declared
from otp_conformance.screens.portal import STATUSES
from otp_conformance.screens.reading import Reading
from otp_conformance.screens.site import Site
from otp_conformance.specification.manual import Item
from otp_conformance.specification.words import Kind
from otp_conformance.text import contains, same


@dataclass(frozen=True)
class Page:
    """The page in sight, with what is declared of it."""

    site: Site
    reading: Reading
    declaration: Declaration

    def labels(self, key: str) -> tuple[str, ...]:
        """Return the accepted texts of a label key."""
        return self.declaration.labels[key]

    def selector(self, key: str, item: Item) -> str:
        """Return the declared selector of a label key on an item's screen, empty without one."""
        return self.declaration.selector(key, item.screen)


def page_of(site: Site, declaration: Declaration) -> Page:
    """Return the page that a person sees now."""
    return Page(site, Reading(site.view(), declaration.labels), declaration)


def check_of(phrase: str, page: Page) -> bool:
    """Tell whether what a phrase stands for is on the page.

    Raises `LookupError` for a phrase that the manual does not have.
    """
    items = page.declaration.manual.items
    if phrase not in items:
        raise LookupError(f"項目「{phrase}」は語彙にありません（シナリオの誤り）")
    return all(check(page, items[phrase]) for check in _checks(items[phrase]))


def lacking(phrase: str, page: Page) -> str:
    """Return in words what a phrase stands for and the page does not have, or should not."""
    item = page.declaration.manual.items[phrase]
    key = item.field or item.button
    if key:
        return _lacking_part(page, item, key, "入力欄" if item.field else "ボタン")
    if item.heading and not page.reading.has_heading(item.heading):
        return f"見出し「{page.labels(item.heading)[0]}」がありません"
    words = [word for each in (item.says, *item.sentences) for word in each]
    if words:
        named = "」「".join(page.labels(word)[0] for word in words)
        return f"「{named}」を言う文が、そのとおりには見つかりません"
    return "そのとおりには示されていません"


def _lacking_part(page: Page, item: Item, key: str, kind: str) -> str:
    """Return what is wrong with a field or a button: absent, or there against the declaration."""
    screen = page.site.screen(item.screen)
    there = screen.has_field(key) if item.field else screen.has_button(key)
    named = f"{kind}「{page.labels(key)[0]}」"
    if item.as_declared and item.screen != "portal":
        if is_declared(screen.described, key, page.declaration):
            return f"宣言ではあるはずの{named}がありません"
        return f"宣言ではないはずの{named}があります"
    return f"{named}はありますが、そのとおりではありません" if there else f"{named}がありません"


Check = Callable[[Page, Item], bool]


def _checks(item: Item) -> Iterator[Check]:
    """Yield the checks that an item asks for."""
    yield from (check for name, check in _KINDS.items() if getattr(item, name))
    if item.field:
        yield _there_as_declared if item.as_declared else _field
    if item.button:
        yield _presented_as_declared if item.as_declared else _button
    if item.check:
        yield _NAMED[item.check]


def _title(page: Page, item: Item) -> bool:
    return page.site.current() == item.screen


def _heading(page: Page, item: Item) -> bool:
    filled = not item.filled or bool(page.reading.block(item.heading).strip())
    return page.reading.has_heading(item.heading) and filled


def _sentences(page: Page, item: Item) -> bool:
    within = item.within or None
    return all(page.reading.sentence(*keys, within=within) for keys in item.sentences)


def _says(page: Page, item: Item) -> bool:
    return page.reading.says(*item.says, within=item.within or None)


def _field(page: Page, item: Item) -> bool:
    """Tell whether the input is there, fit for the longest value declared for it."""
    field = page.reading.field(item.field, page.selector(item.field, item))
    if field is None or (item.masked is not None and field.masked is not item.masked):
        return False
    longest = page.declaration.value(item.room_for) if item.room_for else 0
    if field.max_length is not None and field.max_length < int(str(longest)):
        return False
    return field.required or not item.required


def _button(page: Page, item: Item) -> bool:
    actions = page.reading.view.actions
    wanted, selector = page.labels(item.button), page.selector(item.button, item)
    return any(a.enabled and a.is_called(wanted, selector) for a in actions)


def _there_as_declared(page: Page, item: Item) -> bool:
    screen = page.site.screen(item.screen)
    there = is_declared(screen.described, item.field or item.button, page.declaration)
    return (screen.has_field(item.field) if item.field else screen.has_button(item.button)) is there


def _presented_as_declared(page: Page, item: Item) -> bool:
    if item.screen != "portal":
        return _there_as_declared(page, item)
    portal = page.site.portal
    status = portal.status()
    if status is None:  # another item's matter (SCR-11)
        return portal.offers(item.button) is not Presence.HIDDEN
    return portal.offers(item.button) is declared_presence(page.declaration, status, item.button)


def _fact(page: Page, item: Item) -> bool:
    return bool(page.site.screen(item.screen).fact(item.fact))


def _hint(page: Page, item: Item) -> bool:
    field = page.reading.field(item.hint, page.selector(item.hint, item))
    near = (*field.names, field.description, field.around) if field else ()
    beside = "".join(f"{text}\n" for text in near)
    text = beside + (page.reading.block(item.under, to_next=True) if item.under else "")
    wanted = [page.labels(key) for key in item.tells]
    if item.computed:
        wanted.append(_COMPUTED[item.computed](page.declaration))
    return all(contains(text, texts) for texts in wanted)


def _row(page: Page, item: Item) -> bool:
    kind = item.row or Kind.HARDWARE
    rows = page.site.kind_selection.rows()
    name, description = page.labels(f"kind.{kind}"), page.labels(f"kind.{kind}_description")
    described = any(contains(row, name) and contains(row, description) for row in rows)
    return described and kind in page.site.kind_selection.kinds_offered()


def _stage(page: Page, item: Item) -> bool:
    stages = page.declaration.manual.screens[item.screen].stages
    shown, marked = page.reading.progress(*stages)
    return shown and marked in {None, (item.stage or 1) - 1}


# -- what is more than a look at the page -------------------------------------


def _one_status(page: Page, item: Item) -> bool:
    """Tell whether exactly one status is shown (CON-21)."""
    del item
    value = page.site.portal.status_text()
    keys = [f"status.{status}" for status in STATUSES]
    more = (*page.declaration.statuses.additional, page.declaration.issue.intermediate_status)
    texts = [*(page.labels(key) for key in keys), *((text,) for text in more)]
    known = [each for each in texts if contains(value, each)]
    others = [key for key in keys if not same(value, page.labels(key))]
    beside = page.site.portal.statuses_of_others()
    more_lines = (
        page.reading.lines_of(key) > sum(same(each, page.labels(key)) for each in beside)
        for key in others
    )
    return len(known) == 1 and not any(more_lines)


def _nothing_to_choose(page: Page, item: Item) -> bool:
    del item
    return page.site.kind_selection.selections() == 0


def _serial_length(declaration: Declaration) -> tuple[str, ...]:
    least, most = declaration.serial.min_length, declaration.serial.max_length
    joints = ("~", "-", "から", "桁~", "桁から", "桁以上", "–")
    return tuple(f"{least}{joint}{most}桁" for joint in joints)


_KINDS: dict[str, Check] = {
    "title": _title,
    "heading": _heading,
    "sentences": _sentences,
    "says": _says,
    "fact": _fact,
    "hint": _hint,
    "row": _row,
    "stage": _stage,
}
_NAMED: dict[str, Check] = {"one_status": _one_status, "nothing_to_choose": _nothing_to_choose}
_COMPUTED: dict[str, Callable[[Declaration], tuple[str, ...]]] = {"serial_length": _serial_length}
