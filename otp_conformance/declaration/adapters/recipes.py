"""How staff do their work on screens of any layout: steps, one list a verb (IX-17, IX-26)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from otp_conformance.declaration.base import Section, Texts, ix
from otp_conformance.resources import features_dir

_IX = "IX-17 IX-26 IX-43"
FILE = "staff.toml"
CSS, LABEL = "css:", "label:"
"""How a name begins that is a CSS selector, or a key of ``[labels]``."""

ACTIONS = ("open", "fill", "choose", "press", "confirm", "see", "read", "rows")
"""What a step may do: the key that each step has one of."""
GOES_WITH: Mapping[str, tuple[str, ...]] = {
    "open": (),
    "fill": ("value", "row", "each", "last", "optional"),
    "choose": ("option", "row", "each", "last", "optional"),
    "press": ("row", "each", "last", "optional"),
    "confirm": (),
    "see": (),
    "read": ("into", "row", "each"),
    "rows": ("row", "each", "empty"),
}
"""Of each action the keys that may stand beside it."""
STAFF_ID, PASSWORD, PATH = "staff_id", "staff_password", "path"
"""Names in braces that stand for keys of ``[adapters.staff]``: login_id, password, path."""
VERBS = ("login", "orders", "dispatch", "unlock", "revoke")


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


# One text, or several of which any will do.
Names = Annotated[Texts, BeforeValidator(_several)]


class OrderColumns(Section):
    """Where a row of a list has what: headings of columns, or captions within a part."""

    number: Annotated[
        Names,
        ix(_IX, "申請番号か申請日時（古い順に並べる）", "Number or moment of the order (sorts)"),
    ] = ()
    serial: Annotated[Names, ix(_IX, "シリアル番号", "Serial")] = ()
    ship_to: Annotated[Names, ix(_IX, "送付先", "Address")] = ()
    status: Annotated[Names, ix(_IX, "状態", "Status")] = ()
    kind: Annotated[
        Names,
        ix(_IX, "トークンの種類（なければすべてハード）", "Kind; without it all are hardware"),
    ] = ()

    @property
    def given(self) -> dict[str, tuple[str, ...]]:
        """The columns that are declared."""
        return {name: names for name in type(self).model_fields if (names := getattr(self, name))}


class RecipeStep(Section):
    """One step: one of `ACTIONS`, with what goes with it.

    A name is a caption as it is on the screen, ``label:KEY`` for a key of ``[labels]``, or
    ``css:SELECTOR``; of several names any will do.
    """

    open: Annotated[str, ix(_IX, "開く場所（/ から）", "Path to open")] = ""
    fill: Annotated[Names, ix(_IX, "入力する欄の名前", "Field to fill")] = ()
    choose: Annotated[
        Names,
        ix(_IX, "選ぶチェックボックス・ラジオボタン・一覧", "Box, radio button or list to choose"),
    ] = ()
    press: Annotated[Names, ix(_IX, "押すボタンかリンク", "Button or link to press")] = ()
    confirm: Annotated[
        Names,
        ix(_IX, "確認の箱で押すボタン", "Button of a box that asks"),
    ] = ()
    see: Annotated[Names, ix(_IX, "画面に出ているべき文言", "Text that must be there")] = ()
    read: Annotated[Names, ix(_IX, "読み取る項目名か列", "Caption or column to read")] = ()
    rows: Annotated[
        OrderColumns | None, ix(_IX, "申請の一覧の列", "Columns of the list of orders")
    ] = None
    value: Annotated[str, ix(_IX, "入力する値（{…}）", "Value to fill in ({…})")] = ""
    option: Annotated[str, ix(_IX, "一覧から選ぶもの", "Option of a list")] = ""
    row: Annotated[
        Names, ix(_IX, "この文言がすべてある行の中で", "In the row that has all these texts")
    ] = ()
    each: Annotated[str, ix(_IX, "行にあたるもの（css:）", "What a row is there (css:)")] = ""
    last: Annotated[bool, ix(_IX, "同じものが並ぶときは最後", "Of equal ones the last")] = False
    optional: Annotated[bool, ix(_IX, "なければ飛ばす", "Left out where it is not there")] = False
    into: Annotated[str, ix(_IX, "読んだ値の名前", "Name of what was read")] = ""
    empty: Annotated[
        Names, ix(_IX, "一覧に何もないときの文言", "Text where the list is empty")
    ] = ()

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that are given: one, in a step that is right."""
        return tuple(action for action in ACTIONS if action in self.model_fields_set)

    @property
    def action(self) -> str:
        """What the step does."""
        return self.actions[0]

    @property
    def names(self) -> tuple[str, ...]:
        """What the step acts on, as written."""
        given = getattr(self, self.action)
        if isinstance(given, OrderColumns):
            return tuple(name for names in given.given.values() for name in names)
        return (given,) if isinstance(given, str) else given

    @property
    def public_texts(self) -> tuple[str, ...]:
        """The texts that go to the page in sight of everybody: no secret may stand in them."""
        return (*self.names, self.option, *self.row, *self.empty)

    @property
    def selectors(self) -> Iterator[str]:
        """The CSS selectors that it finds things by."""
        for text in (*self.names, self.each, *self.empty):
            if text.startswith(CSS):
                yield text.removeprefix(CSS)

    def __str__(self) -> str:
        names = " / ".join(self.names)
        more = f" = {self.option}" if self.option else ""
        row = f"、row = {' + '.join(self.row)}" if self.row else ""
        return f"{self.action}「{names}」{more}{row}"


Steps = Annotated[tuple[RecipeStep, ...], Field(strict=False)]


class StaffRecipes(Section):
    """Steps of each verb (``kind = "screens"``); a verb without any has the built-in ones."""

    login: Annotated[
        Steps, ix("IX-17", "ログイン（{staff_id} {staff_password}）", "Logging in")
    ] = ()
    orders: Annotated[
        Steps, ix("IX-17", "申請の一覧（{login_id}）", "A customer's orders ({login_id})")
    ] = ()
    dispatch: Annotated[
        Steps, ix("IX-17", "発送（{login_id} {serial}）", "Dispatch ({login_id} {serial})")
    ] = ()
    unlock: Annotated[
        Steps,
        ix(
            "IX-26",
            "停止状態の解除（{login_id} {circumstances}）",
            "Lifting a suspension ({login_id} {circumstances})",
        ),
    ] = ()
    revoke: Annotated[
        Steps, ix("IX-43", "失効（{login_id} {reason}）", "Revoking ({login_id} {reason})")
    ] = ()

    def of(self, verb: str) -> tuple[RecipeStep, ...]:
        """Return the steps of a verb: the declared ones, else the built-in ones."""
        declared: tuple[RecipeStep, ...] = getattr(self, verb)
        built_in: tuple[RecipeStep, ...] = getattr(built_in_recipes(), verb)
        return declared or built_in


def built_in_text() -> str:
    """Return the built-in recipes as they are written."""
    return (features_dir() / FILE).read_text(encoding="utf-8")


@cache
def built_in_recipes() -> StaffRecipes:
    """Return the recipes for staff screens as the suite imagines them."""
    data: dict[str, Any] = tomllib.loads(built_in_text())
    return StaffRecipes.model_validate(data["adapters"]["staff"]["recipes"])
