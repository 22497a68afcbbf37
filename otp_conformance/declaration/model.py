"""The whole declaration: what a vendor says about a system under test.

Mirrors the TOML file table by table. Defaults are those of the requirements'
section 6; parameters without default must be declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from otp_conformance.declaration.adapters import Adapters
from otp_conformance.declaration.adapters.recipes import VERBS
from otp_conformance.declaration.base import FilledText, Section, SomeTexts, ix
from otp_conformance.declaration.deviations import KnownDeviation
from otp_conformance.declaration.otp import Login, Navigation, Otp, ScreenIds, Serial
from otp_conformance.declaration.procedures import (
    Activation,
    Buttons,
    ConfirmationPassword,
    Effect,
    Exits,
    Expiry,
    Issue,
    Keyboard,
    Retired,
    Statuses,
    Switching,
)
from otp_conformance.declaration.suspension import Lockout, Sessions
from otp_conformance.declaration.system import Ics, SutSection
from otp_conformance.language import did_you_mean, say
from otp_conformance.specification.catalogue.errors import CatalogueError, Fault
from otp_conformance.specification.manual import SCREENS, Manual, bundled, flatten_labels

ERROR_MESSAGE = "error"
"""Key of ``[selectors]`` for the place where the product prints any refusal."""
MANUAL = "manual"
"""Name in the validation's context of the manual that gives the defaults."""


class KeyLines:
    """Where the keys stand in the file (`locate.key_lines`): no part of what is declared.

    So any two are equal, and a declaration is that of another file which says the same.
    """

    def __init__(self, lines: Mapping[tuple[str, ...], int]) -> None:
        self.lines = lines

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeyLines)

    __hash__ = None  # type: ignore[assignment]


class Declaration(Section):
    """A checked declaration. Built by `load.load`, which gives good errors."""

    declaration_version: Annotated[
        Literal[1], ix("IX-01", "宣言の書式の版（1）", "Version of this file's format: 1")
    ]
    sut: Annotated[SutSection, ix("IX-01", "試験対象", "System under test")]
    ics: Annotated[
        Ics, ix("IX-03 IX-17 IX-26 IX-27 IX-29 IX-42", "ある機能、ない機能", "Optional parts")
    ]
    login: Annotated[Login, ix("IX-05", "ログイン", "Login")] = Login()
    navigation: Annotated[Navigation, ix("IX-04", "画面の移動", "Navigation")] = Navigation()
    screen_ids: Annotated[
        ScreenIds, ix("IX-03", "画面ID", "Screen IDs"), Field(validate_default=True)
    ] = ScreenIds()
    otp: Annotated[Otp, ix("IX-06 IX-07 IX-08 IX-10", "ワンタイムパスワード", "One-time password")]
    serial: Annotated[Serial, ix("IX-13 IX-14", "シリアル番号", "Serial numbers")] = Serial()
    issue: Annotated[Issue, ix("IX-15 IX-16 IX-19 IX-20", "トークン発行", "Issue")]
    activation: Annotated[Activation, ix("IX-48", "利用開始登録", "Activation")]
    lockout: Annotated[Lockout, ix("IX-21 IX-22 IX-23 IX-24 IX-25", "認証の停止", "Suspension")]
    confirmation_password: Annotated[
        ConfirmationPassword, ix("IX-28", "確認用パスワード", "Confirmation password")
    ]
    keyboard: Annotated[Keyboard, ix("IX-29", "ソフトウェアキーボード", "On-screen keyboard")] = (
        Keyboard()
    )
    switching: Annotated[
        Switching, ix("IX-30 IX-31 IX-32 IX-33 IX-34", "種類の切替", "Switching of kind")
    ] = Switching()
    retired: Annotated[Retired, ix("IX-35", "利用解除したトークン", "Deactivated tokens")] = (
        Retired()
    )
    expiry: Annotated[Expiry, ix("IX-37", "有効期限", "Expiry")] = Expiry()
    effect: Annotated[Effect, ix("IX-36", "効果が出る時点", "When changes take effect")] = Effect()
    exits: Annotated[Exits, ix("IX-38", "画面の出口", "Ways out of screens")] = Exits()
    buttons: Annotated[Buttons, ix("IX-18", "ボタンの見せ方", "Buttons")] = Buttons()
    statuses: Annotated[Statuses, ix("IX-47", "ほかの登録状況", "Further statuses")] = Statuses()
    sessions: Annotated[Sessions, ix("IX-41", "ログイン中の状態", "Sessions")] = Sessions()
    labels: Annotated[
        Mapping[str, SomeTexts],
        ix("IX-02 IX-39 IX-40", "画面の文言（上書きのみ）", "On-screen texts (overrides only)"),
        Field(validate_default=True),
    ] = {}
    screen_marks: Annotated[
        Mapping[str, SomeTexts],
        ix(
            "IX-02",
            "題名のない画面の見分け方（画面の名前 = そこにそろって出る文言）",
            "How to tell a screen without a title: its name = texts that are all on it",
        ),
    ] = {}
    selectors: Annotated[
        Mapping[str, FilledText],
        ix(
            "IX-02",
            "表示名では見つからないものの場所（文言の鍵、または 画面の名前/鍵 = CSS セレクター）",
            "Where to find what bears no name: a label key, or screen/key, = a CSS selector",
        ),
    ] = {}
    known_deviations: Annotated[
        Annotated[tuple[KnownDeviation, ...], Field(strict=False)],
        ix("IX-01", "既知の相違", "Deviations that the institution knows of"),
    ] = ()
    adapters: Annotated[
        Adapters, ix("IX-11 IX-12 IX-17 IX-26 IX-43 IX-44", "試験側の接続", "Adapters")
    ]

    _manual: Manual = PrivateAttr()
    _said: frozenset[str] = PrivateAttr(default=frozenset())
    _lines: KeyLines = PrivateAttr(default_factory=lambda: KeyLines({}))

    @model_validator(mode="wrap")
    @classmethod
    def _note_said(cls, data: Any, handler: ModelWrapValidatorHandler[Declaration]) -> Declaration:  # noqa: ANN401 - whatever a file holds
        declaration = handler(data)
        labels = data.get("labels") if isinstance(data, Mapping) else None
        if isinstance(labels, Mapping):
            declaration._said = frozenset(flatten_labels(labels))  # noqa: SLF001 - its own class
        return declaration

    @field_validator("labels", "selectors", mode="before")
    @classmethod
    def _dotted(cls, labels: object) -> object:
        return flatten_labels(labels) if isinstance(labels, Mapping) else labels

    @field_validator("labels", mode="after")
    @classmethod
    def _with_defaults(
        cls, labels: dict[str, tuple[str, ...]], info: ValidationInfo
    ) -> dict[str, tuple[str, ...]]:
        return {**_manual_of(info.context).labels, **labels}

    @field_validator("screen_ids", mode="after")
    @classmethod
    def _with_the_manuals_ids(cls, ids: ScreenIds, info: ValidationInfo) -> ScreenIds:
        screens = _manual_of(info.context).screens
        values = {
            name: getattr(ids, name) if name in ids.model_fields_set else screens[name].id
            for name in ScreenIds.model_fields
        }
        return ScreenIds.model_construct(_fields_set=set(ids.model_fields_set), **values)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - pydantic's signature
        """Keep the manual that the defaults came from."""
        self._manual = _manual_of(context)

    def says(self, key: str) -> bool:
        """Tell whether the file itself gives a label key's texts: its author has seen them."""
        return key in self._said

    def keep_lines(self, lines: Mapping[tuple[str, ...], int]) -> None:
        """Keep where the keys stand in the file."""
        self._lines = KeyLines(lines)

    def line_of(self, key: str) -> int:
        """Return the line of the file that a dotted key stands in, 0 where it has none."""
        table, _, name = key.partition(".")
        lines = self._lines.lines
        return lines.get(tuple(key.split("."))) or lines.get((table, name), 0)

    def with_titles_said(self) -> Declaration:
        """Return the declaration as of an author who has seen the title of every screen."""
        said = self.model_copy()
        titles = {screen.title_key for screen in self.manual.screens.values()}
        said._said = self._said | titles  # noqa: SLF001 - its own class
        return said

    def selector(self, key: str, screen: str = "") -> str:
        """Return the declared selector of a label key (on a screen), empty without one."""
        return self.selectors.get(f"{screen}/{key}") or self.selectors.get(key, "")

    @property
    def every_selector(self) -> tuple[str, ...]:
        """All declared selectors, each once: those of ``[selectors]`` and of the staff's steps."""
        found = [*self.selectors.values()]
        staff = self.adapters.staff
        if staff is not None and staff.kind == "screens":
            found += [
                s for verb in VERBS for step in staff.recipes.of(verb) for s in step.selectors
            ]
        return tuple(dict.fromkeys(found))

    @property
    def message_selectors(self) -> tuple[str, ...]:
        """The declared places where refusals are printed: ``error``, ``error.*``, on any screen."""
        return tuple(
            selector
            for key, selector in self.selectors.items()
            if key.rpartition("/")[2].partition(".")[0] == ERROR_MESSAGE
        )

    @property
    def manual(self) -> Manual:
        """The manual that the system is judged by."""
        return self._manual

    def value(self, key: str) -> object:
        """Return what a dotted key says. Raises `CatalogueError` for a key that there is not."""
        found: object = self
        for name in key.split("."):
            if not isinstance(found, Section) or name not in found.__class__.model_fields:
                raise CatalogueError([_no_such(self.manual, key, found)])
            found = getattr(found, name)
        return found

    def meets(self, conditions: Mapping[str, bool | int | str]) -> bool:
        """Tell whether each dotted key has the value (or, being a list, contains it)."""
        for key, wanted in conditions.items():
            value = self.value(key)
            if wanted not in value if isinstance(value, tuple) else wanted != value:
                return False
        return True

    def check_manual(self) -> None:
        """Raise `CatalogueError` where the manual's screens depend on a key that there is not."""
        for screen in self.manual.screens.values():
            for conditions in screen.when.values():
                self.meets(conditions)
        for item in self.manual.items.values():
            if item.room_for:
                self.value(item.room_for)


def _no_such(manual: Manual, key: str, section: object) -> Fault:
    known = section.__class__.model_fields if isinstance(section, Section) else ()
    near = did_you_mean(key.rpartition(".")[2], known)
    return Fault(
        str(manual.folder / SCREENS),
        key,
        say(f"宣言にそのような項目はありません。{near.ja}", f"no key of a declaration.{near.en}"),
    )


def _manual_of(context: Mapping[str, Any] | None) -> Manual:
    manual = (context or {}).get(MANUAL)
    return manual if isinstance(manual, Manual) else bundled()
