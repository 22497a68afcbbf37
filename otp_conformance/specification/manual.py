"""The manual as data: title, chapters, screens and their texts, out of a folder like ``features/``.

A folder is whole, or it extends the bundled one (``extends = "bundled"`` in its
manual.toml) and says only what differs. A *set* (features/sets/NAME) is an extending
folder too, over whatever manual is judged: of it only what it adds is judged.
docs/manual.md describes them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from otp_conformance.journal.events import OWN_SET
from otp_conformance.language import did_you_mean, say
from otp_conformance.resources import features_dir
from otp_conformance.specification.catalogue import read
from otp_conformance.specification.catalogue.errors import CatalogueError, Fault
from otp_conformance.specification.catalogue.model import (
    Area,
    Document,
    Entry,
    Filled,
    RequirementId,
    RequirementSet,
)
from otp_conformance.specification.words import Kind, Status

MANUAL = "manual.toml"
SCREENS = "screens.toml"
SETS = "sets"
"""The folder of the sets, among the suite's features."""
_BUNDLED = "bundled"
_STAFF = "staff"
_APART = ("labels", "refusals", "verifies", _STAFF)
_SECTIONS = ("fields", "buttons", "status_buttons", "facts", "headings", "stages", "texts")
# What the sentences of the steps and the customers' ways are written for.
_FIXED = ("words", "way", "guide", "software_of", "completion", "submit")

Texts = tuple[Filled, ...]
Parts = Mapping[str, Texts | str]
Conditions = Mapping[str, Mapping[str, bool | int | str]]
Made = TypeVar("Made", bound=BaseModel)


class Chapter(Entry):
    """One folder of feature files."""

    folder: Filled
    ja: Filled
    en: Filled


class Withdrawal(Entry):
    """A requirement of the extended manual that this one does not have, and why."""

    id: RequirementId
    reason_ja: Filled
    reason_en: Filled

    @property
    def reason(self) -> str:
        """The reason in the current language."""
        return say(self.reason_ja, self.reason_en)


class _ManualFile(Entry):
    """manual.toml. What an extending folder leaves out is the extended one's."""

    extends: Literal["bundled"] | None = None
    title: Filled | None = None
    institution: Filled | None = None
    date: dt.date | None = None
    time_zone: Filled | None = None
    requirement_set: RequirementSet | None = None
    area: tuple[Area, ...] = ()
    chapter: tuple[Chapter, ...] = ()
    withdrawn: tuple[Withdrawal, ...] = ()


class Item(Entry):
    """One phrase of the 項目 column: everything that it names must hold on the page in sight.

    ``title``: it is this screen. ``heading``: such a heading, ``filled`` with text
    below. ``sentences``: for each list a sentence with all its terms; ``says``: each
    term anywhere; both ``within`` the block of a heading. ``field``: such an input,
    ``masked`` or not, marked as ``required``, with ``room_for`` the declared length.
    ``button``: one that can be pressed. ``as_declared``: the field or button is there,
    or not, as declared. ``fact``: a caption with a value. ``hint``: beside a field or
    ``under`` a heading the texts that it ``tells``, and the one ``computed``. ``row``:
    the selection of a kind. ``stage``: the current one, from 1. ``check``: a named one.
    """

    title: bool = False
    heading: str = ""
    filled: bool = False
    sentences: tuple[tuple[str, ...], ...] = ()
    says: tuple[str, ...] = ()
    within: str = ""
    field: str = ""
    masked: bool | None = None
    required: bool = False
    room_for: str = ""
    button: str = ""
    as_declared: bool = False
    fact: str = ""
    hint: str = ""
    under: str = ""
    tells: tuple[str, ...] = ()
    computed: Literal["", "serial_length"] = ""
    row: Kind | None = None
    stage: Annotated[int, Field(ge=1)] | None = None
    check: Literal["", "one_status", "nothing_to_choose"] = ""
    screen: str = ""

    def label_keys(self) -> Iterator[str]:
        """Yield the label keys that it refers to."""
        names = (self.heading, self.within, self.field, self.button, self.hint, self.under)
        terms = (term for sentence in self.sentences for term in sentence)
        yield from (key for key in (*names, self.fact, *self.says, *self.tells, *terms) if key)

    @property
    def says_nothing(self) -> bool:
        """Whether it would hold of every page."""
        kinds = (self.title, self.heading, self.sentences, self.says, self.field, self.button)
        return not any((*kinds, self.fact, self.hint, self.row, self.stage, self.check))


class _ScreenTable(Entry):
    """One table of screens.toml."""

    title: Annotated[Texts, Field(min_length=1)]
    software_of: str = ""
    words: str = ""
    id: str = ""
    guide: Status | None = None
    way: str = ""
    completion: bool = False
    submit: str = ""
    fields: Parts = Field(default_factory=dict)
    buttons: Parts = Field(default_factory=dict)
    status_buttons: Parts = Field(default_factory=dict)
    facts: Parts = Field(default_factory=dict)
    headings: Parts = Field(default_factory=dict)
    stages: Parts = Field(default_factory=dict)
    texts: Parts = Field(default_factory=dict)
    when: Conditions = Field(default_factory=dict)
    verifies: Mapping[str, tuple[RequirementId, ...]] = Field(default_factory=dict)
    not_asked: Mapping[str, tuple[RequirementId, ...]] = Field(default_factory=dict)
    told_whole: tuple[tuple[str, ...], ...] = ()
    items: Mapping[str, Item] = Field(default_factory=dict)


@dataclass(frozen=True)
class DescribedScreen:
    """One screen. Parts are label keys, in order; ``when``: under which declaration each is there.

    ``words``: its name in the features. ``guide``: status of a customer who gets
    there by the ``way``. ``completion``: it tells success. ``verifies``: what a check
    of a part verifies besides the scenario's own table; ``not_asked``: inputs that it
    must not have; ``told_whole``: sentences that come together or not at all.
    """

    key: str
    title_key: str
    software: str = ""
    words: str = ""
    id: str = ""
    guide: Status | None = None
    way: str = ""
    completion: bool = False
    submit: str = ""
    fields: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    when: Conditions = field(default_factory=dict)
    verifies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    told_whole: tuple[tuple[str, ...], ...] = ()

    def part(self, name: str) -> str:
        """Return the label key of a part by its name here; a label key stays what it is."""
        return self.named.get(name, name)


@dataclass(frozen=True)
class Manual:
    """One manual, checked. ``folder``: where its files are; ``base``: the one that it extends.

    ``set``: which requirements are judged, the manual's own or those of a set beyond it;
    of a set ``base`` is the manual whose screens and words it goes by (`beyond`).
    """

    folder: Path
    base: Manual | None
    document: Document
    time_zone: str
    requirement_set: RequirementSet
    areas: tuple[Area, ...]
    chapters: tuple[Chapter, ...]
    withdrawn: Mapping[str, Withdrawal]
    labels: Mapping[str, tuple[str, ...]]
    screens: Mapping[str, DescribedScreen]
    staff_screens: Mapping[str, DescribedScreen]
    items: Mapping[str, Item]
    refusals: Mapping[str, str]
    checks: Mapping[str, tuple[str, ...]]
    set: str = OWN_SET

    @property
    def is_set(self) -> bool:
        """Whether only the requirements of a set beyond the manual are judged."""
        return self.set != OWN_SET

    @property
    def judged(self) -> Manual:
        """The manual of the screens: itself, or the one that a set goes beyond."""
        return self.base if self.is_set and self.base is not None else self

    def kept(self, requirements: Iterable[str]) -> tuple[str, ...]:
        """Return the requirements that are judged: not withdrawn, and of a set only its own."""
        areas = {area.id for area in self.areas}
        return tuple(
            each
            for each in requirements
            if each not in self.withdrawn and (not self.is_set or each.partition("-")[0] in areas)
        )

    def verifies(self, check: str, part: str = "") -> tuple[str, ...]:
        """Return what a check verifies: of a screen's ``part``, or by itself.

        Nothing, where all of it is withdrawn: such a check is left out.
        """
        if not part:
            return self.kept(self.checks[check])
        return self.kept(self.screens[check].verifies[part])

    def chapter_of(self, uri: str) -> Chapter:
        """Return the chapter of a feature file by its folder; an unknown folder keeps its name.

        ``uri``: with slashes, from the folder of features on (``features/04_login/login.feature``).
        """
        parts = PurePosixPath(uri).parts
        folder = parts[1] if len(parts) > 2 else parts[0]
        named = (chapter for chapter in self.chapters if chapter.folder == folder)
        return next(named, Chapter(folder=folder, ja=folder, en=folder))

    def feature_folders(self, root: Path) -> tuple[Path, ...]:
        """Return the folders of feature files; ``root`` holds the suite's own."""
        if self.base is not None and not self.is_set:
            return (*self.base.feature_folders(root), self.folder)
        if self.is_set:
            return (self.folder,)
        return (root / "features",) if self.folder == features_dir() else (self.folder,)

    def feature_files(self, root: Path) -> Mapping[str, Path]:
        """Return the feature files by their name within the suite, chapter by chapter.

        ``root`` holds the suite's own. Raises `CatalogueError` for a name that is there twice.
        """
        found: dict[str, Path] = {}
        for folder in self.feature_folders(root):
            for path in own_files(folder):
                uri = path.relative_to(folder.parent).as_posix()
                if uri in found:
                    raise read.failed(
                        str(path),
                        "",
                        f"同じ名前のファイルが {found[uri]} にもあります。"
                        "名前かフォルダーの名前を変えてください。",
                        f"{found[uri]} has the same name. Rename the file or its folder.",
                    )
                found[uri] = path
        order = [chapter.folder for chapter in self.chapters]

        def place(uri: str) -> int:
            folder = self.chapter_of(uri).folder
            return order.index(folder) if folder in order else len(order)

        return {uri: found[uri] for uri in sorted(found, key=place)}

    @cached_property
    def by_words(self) -> Mapping[str, DescribedScreen]:
        """The screens by the features' words."""
        return {screen.words: screen for screen in self.screens.values() if screen.words}


# -- reading ------------------------------------------------------------------


@cache
def bundled() -> Manual:
    """Return the manual that the suite carries. Raises `CatalogueError`."""
    return load(features_dir())


def at(folder: Path) -> Manual:
    """Return the manual in a folder, which may be the suite's own. Raises `CatalogueError`."""
    return bundled() if folder.resolve() == features_dir() else load(folder.resolve())


def load(folder: Path) -> Manual:
    """Read and check the manual in a folder. Raises `CatalogueError`, naming file, key and fix."""
    if not (folder / MANUAL).is_file():
        raise read.failed(
            str(folder),
            "",
            f"手順書のフォルダーではありません（{MANUAL} がありません）。フォルダーの指定を"
            "確かめてください。",
            f"is no folder of a manual: it has no {MANUAL}. Check the folder named.",
        )
    try:
        return _Reader(folder).manual()
    except CatalogueError as error:
        raise CatalogueError([_placed(fault, folder) for fault in error.faults]) from None


def sets() -> tuple[str, ...]:
    """Return the names of the sets of requirements beyond the manual: their folders'."""
    return tuple(sorted(each.parent.name for each in features_dir().glob(f"{SETS}/*/{MANUAL}")))


def beyond(manual: Manual, name: str) -> Manual:
    """Return a set of requirements beyond a manual, over that manual's screens and words.

    `OWN_SET` is the manual itself. Raises `CatalogueError` for a folder that cannot be used.
    """
    if name == OWN_SET:
        return manual
    folder = features_dir() / SETS / name
    try:
        return _set(manual, name, folder)
    except CatalogueError as error:
        raise CatalogueError([_placed(fault, folder) for fault in error.faults]) from None


def _set(manual: Manual, name: str, folder: Path) -> Manual:
    head = _made(_ManualFile, read.toml(folder, MANUAL), MANUAL)
    if (folder / SCREENS).exists():
        _stop(
            SCREENS,
            "",
            "要件のセットは画面を定義しません（画面は手順書のものです）。消してください。",
            "a set has no screens of its own: they are the manual's. Remove it.",
        )
    for key in ("title", "requirement_set", "area", "chapter"):
        if not getattr(head, key):
            _stop(
                MANUAL,
                key,
                "要件のセットに必要です。書いてください。",
                "is needed for a set. Write it.",
            )
    assert head.requirement_set is not None  # noqa: S101 - told above
    document = manual.document.model_dump()
    document |= head.model_dump(include={"title", "date"}, exclude_none=True)
    return replace(
        manual,
        folder=folder,
        base=manual,
        set=name,
        document=_made(Document, document, MANUAL),
        requirement_set=head.requirement_set,
        areas=head.area,
        chapters=head.chapter,
        withdrawn={},
    )


def own_files(folder: Path) -> list[Path]:
    """Return the feature files of a manual's folder; those of the sets in it are not its own."""
    return [
        path
        for path in sorted(folder.rglob("*.feature"))
        if path.relative_to(folder).parts[0] != SETS
    ]


def _placed(fault: Fault, folder: Path) -> Fault:
    whole = Path(fault.file).is_absolute() or fault.file.startswith(str(folder))
    return fault if whole else replace(fault, file=str(folder / fault.file))


class _Reader:
    """Reads one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.head = _made(_ManualFile, read.toml(folder, MANUAL), MANUAL)
        self._require_head()
        self.base = bundled() if self.head.extends else None
        there = (folder / SCREENS).is_file() or self.base is None
        own: dict[str, Any] = read.toml(folder, SCREENS) if there else {}
        self.own = own
        if self.base is None:
            self.tables = own
        else:
            before = read.toml(self.base.folder, SCREENS)
            self._require_known(before)
            self.tables = _merged(before, own)
        self.labels: dict[str, tuple[str, ...]] = {}

    def manual(self) -> Manual:
        head, base = self.head, self.base
        screens = dict(self._screens())
        staff = dict(self._staff())
        self._shared_labels()
        items = dict(self._items())
        self._require_labels(screens | staff, items)
        document = head.model_dump(include={"title", "institution", "date"}, exclude_none=True)
        if base is not None:
            document = base.document.model_dump() | document
        assert head.requirement_set is not None  # noqa: S101 - told above
        refusals: dict[str, str] = self.tables.get("refusals", {})
        return Manual(
            folder=self.folder,
            base=base,
            document=_made(Document, document, MANUAL),
            time_zone=head.time_zone or (base.time_zone if base else ""),
            requirement_set=head.requirement_set,
            areas=_by_name(base.areas if base else (), head.area, "id"),
            chapters=self._chapters(),
            withdrawn=self._withdrawn(),
            labels=self.labels,
            screens=screens,
            staff_screens=staff,
            items=items,
            refusals=refusals,
            checks={name: tuple(ids) for name, ids in self.tables.get("verifies", {}).items()},
        )

    # -- manual.toml -------------------------------------------------------

    def _require_head(self) -> None:
        for name, entries in (("chapter", self.head.chapter), ("area", self.head.area)):
            names = [str(getattr(each, "folder", getattr(each, "id", ""))) for each in entries]
            for twice in {each for each in names if names.count(each) > 1}:
                _stop(
                    MANUAL,
                    f"{name} {twice}",
                    "二度書かれています。一つにしてください。",
                    "is there twice. Leave one.",
                )
        if self.head.extends is None:
            self._require_whole()
        elif self.head.requirement_set is None:
            _stop(
                MANUAL,
                "requirement_set",
                "id と version が必要です。手順書が違えば要件一覧も別のものです。",
                "needs id and version: another manual has another set of requirements.",
            )

    def _require_whole(self) -> None:
        needed = ("title", "institution", "date", "time_zone", "requirement_set")
        for name in needed:
            if getattr(self.head, name) is None:
                _stop(
                    MANUAL,
                    name,
                    f'必要です（足りないものを借りるなら extends = "{_BUNDLED}"）。',
                    f'is needed (or extends = "{_BUNDLED}", to take it from there).',
                )
        if self.head.withdrawn:
            _stop(
                MANUAL,
                f"withdrawn {self.head.withdrawn[0].id}",
                f'extends = "{_BUNDLED}" のときだけ書けます。'
                "要らない要件は一覧から消してください。",
                f'goes with extends = "{_BUNDLED}" only. Leave the requirement out of the list.',
            )

    def _chapters(self) -> tuple[Chapter, ...]:
        for chapter in self.head.chapter:
            here = (self.folder / chapter.folder).is_dir()
            known = [each.folder for each in self.base.chapters] if self.base else []
            if not here and chapter.folder not in known:
                near = did_you_mean(chapter.folder, [*known, *_folders(self.folder)])
                _stop(
                    MANUAL,
                    f"chapter {chapter.folder}",
                    f"そのフォルダーがありません。{near.ja}",
                    f"there is no such folder.{near.en}",
                )
        return _by_name(self.base.chapters if self.base else (), self.head.chapter, "folder")

    def _withdrawn(self) -> Mapping[str, Withdrawal]:
        found: dict[str, Withdrawal] = {}
        for each in self.head.withdrawn:
            if each.id in found:
                _stop(
                    MANUAL,
                    f"withdrawn {each.id}",
                    "二度書かれています。一つにしてください。",
                    "is there twice. Leave one.",
                )
            found[each.id] = each
        return found

    # -- screens.toml ------------------------------------------------------

    def _require_known(self, before: Mapping[str, Any]) -> None:
        """Raise for what an extending folder cannot say."""
        for key, table in self.own.items():
            if key == _STAFF:
                for inner in table:
                    _known(f"{_STAFF}.{inner}", inner, before[_STAFF])
                continue
            if key in _APART:
                continue
            _known(key, key, before)
            for name in table:
                if name in _FIXED:
                    _stop(
                        SCREENS,
                        f"{key}.{name}",
                        "変えられません（シナリオの文とお客さまの動きが、これによっています）。"
                        "消してください。",
                        "cannot be changed: the scenarios' sentences rest on it. Remove it.",
                    )
        self._require_used(before)

    def _require_used(self, before: Mapping[str, Any]) -> None:
        """Raise for a new part or label that nothing refers to: most likely a slip."""
        used = set(_strings(self.own))
        theirs = _all_labels(before, before)
        for key in _all_labels(self.own, before):
            if key not in theirs and key not in used:
                near = did_you_mean(key, theirs)
                _stop(
                    SCREENS,
                    key,
                    f"知らない文言キーで、どの項目からも使われていません。{near.ja}"
                    "名前を直すか、使う項目（items）を書いてください。",
                    f"an unknown label key that no item uses.{near.en} "
                    "Correct it, or write the item that uses it.",
                )

    def _screens(self) -> Iterator[tuple[str, DescribedScreen]]:
        tables = {k: v for k, v in self.tables.items() if k not in _APART}
        softwares = {v.get("software_of"): k for k, v in tables.items() if "software_of" in v}
        for unknown in sorted(set(softwares) - set(tables) - {None}):
            _known(f"{softwares[unknown]}.software_of", str(unknown), tables)
        for key, table in tables.items():
            origin = str(table.get("software_of", ""))
            # A variant's parts are those of the screen that it varies, under the same label keys.
            form = _merged(_varied(tables[origin]), table) if origin else table
            made = _made(_ScreenTable, form, SCREENS, key)
            found = self._screen(key, f"{key}.title", origin or key, made)
            yield key, replace(found, software=softwares.get(key, ""))

    def _staff(self) -> Iterator[tuple[str, DescribedScreen]]:
        for key, table in self.tables.get(_STAFF, {}).items():
            made = _made(_ScreenTable, table, SCREENS, f"{_STAFF}.{key}")
            yield key, self._screen(key, f"{_STAFF}.{key}_title", _STAFF, made)

    def _screen(
        self, key: str, title_key: str, prefix: str, table: _ScreenTable
    ) -> DescribedScreen:
        self._label(title_key, table.title)
        keys: dict[str, tuple[str, ...]] = {}
        named: dict[str, str] = {}
        for section in _SECTIONS:
            parts: Parts = getattr(table, section)
            present = []
            for name, texts in parts.items():
                label = texts if isinstance(texts, str) else f"{prefix}.{name}"
                if not texts:
                    continue  # this manual's screen has no such part
                if not isinstance(texts, str):
                    self._label(label, texts)
                named[name] = label
                present.append(label)
            keys[section] = tuple(present)
        if table.submit and table.submit not in named:
            _known(f"{key}.submit", table.submit, named)
        for name in table.when:
            if name not in named and name not in _names(self.tables.get(key, {})):
                _known(f"{key}.when.{name}", name, named)
        return DescribedScreen(
            key=key,
            title_key=title_key,
            words="" if table.software_of else table.words,
            id=table.id,
            guide=table.guide,
            way=table.way,
            completion=table.completion,
            submit=named.get(table.submit, ""),
            fields=keys["fields"],
            buttons=keys["buttons"],
            facts=keys["facts"],
            stages=keys["stages"],
            named=named,
            when={named[k]: v for k, v in table.when.items() if k in named},
            verifies={} if table.software_of else table.verifies,
            not_asked=table.not_asked,
            told_whole=table.told_whole,
        )

    def _label(self, key: str, texts: tuple[str, ...]) -> None:
        if self.labels.setdefault(key, texts) != texts:
            _stop(
                SCREENS,
                key,
                "同じキーの文言が二か所にあり、違っています。一つにしてください。",
                "has two different texts in two places. Leave one.",
            )

    def _shared_labels(self) -> None:
        for key, texts in _dotted(self.tables.get("labels", {})):
            listed = isinstance(texts, list) and all(isinstance(text, str) for text in texts)
            if not listed or not (texts or key.startswith("error.")):
                _stop(
                    SCREENS,
                    f"labels.{key}",
                    "文言の並び（空でない文字列）にしてください。",
                    "must be a list of texts that is not empty.",
                )
            self._label(key, tuple(texts))
        # Parts that this manual's screens do not have keep the texts by which they are known.
        if self.base is not None:
            for key, texts in self.base.labels.items():
                self.labels.setdefault(key, texts)

    def _items(self) -> Iterator[tuple[str, Item]]:
        found: dict[str, str] = {}
        for key, table in self.tables.items():
            for phrase, data in table.get("items", {}).items() if key not in _APART else ():
                place = f"{key}.items.{phrase}"
                item = _made(Item, data, SCREENS, place)
                if phrase in found or item.says_nothing:
                    again = phrase in found
                    _stop(
                        SCREENS,
                        place,
                        f"{found[phrase]} にもあります。一つにしてください。"
                        if again
                        else "何を確かめるかがありません（title、heading、sentences など）。",
                        f"is there for {found[phrase]} too. Leave one."
                        if again
                        else "names nothing to check (title, heading, sentences, …).",
                    )
                found[phrase] = key
                yield phrase, item.model_copy(update={"screen": key})

    def _require_labels(
        self, screens: Mapping[str, DescribedScreen], items: Mapping[str, Item]
    ) -> None:
        used = [(f"{s.key}", key) for s in screens.values() for key in s.named.values()]
        used += [(f"{s.key}.not_asked", key) for s in screens.values() for key in s.not_asked]
        used += [
            (f"{s.key}.told_whole", key)
            for s in screens.values()
            for sentence in s.told_whole
            for key in sentence
        ]
        used += [(f"{i.screen}.items.{p}", key) for p, i in items.items() for key in i.label_keys()]
        used += [("refusals", key) for key in self.tables.get("refusals", {}).values()]
        for place, key in used:
            _known(place, key, self.labels)


# -- helpers --------------------------------------------------------------------


def _stop(file: str, row: str, ja: str, en: str) -> None:
    raise read.failed(file, row, ja, en)


def _known(place: str, word: str, known: Iterable[str]) -> None:
    """Raise unless a word is known, with the nearest one that is."""
    known = [each for each in known if each not in _APART]
    if word in known:
        return
    near = did_you_mean(word, known)
    _stop(
        SCREENS,
        place,
        f"「{word}」は知らない名前です。{near.ja or '使える名前: ' + '、'.join(known[:8]) + '。'}",
        f'"{word}" is unknown.{near.en or " Known: " + ", ".join(known[:8]) + "."}',
    )


def _made(model: type[Made], data: object, file: str, row: str = "") -> Made:
    """Return a checked table. Raises `CatalogueError` with each wrong key."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = []
        for found in error.errors(include_url=False):
            place = ".".join(str(part) for part in (row, *found["loc"]) if part != "")
            if found["type"] == "extra_forbidden":
                near = did_you_mean(str(found["loc"][-1]), model.model_fields)
                ja = f"知らないキーです。{near.ja or '消すか、正しいキーに直してください。'}"
                en = f"is an unknown key.{near.en or ' Remove or correct it.'}"
            elif found["type"] == "missing":
                ja, en = "必要です。書いてください。", "is needed. Write it."
            else:
                what = found["msg"]
                ja = f"値 {found['input']!r} が正しくありません（{what}）。"
                en = f"the value {found['input']!r} is wrong ({what})."
            faults.append(Fault(file, place, say(ja, en)))
        raise CatalogueError(faults) from None


def _merged(before: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables with what another says over them; items are replaced as a whole."""
    found = dict(before)
    for key, value in own.items():
        former = found.get(key)
        whole = not (isinstance(value, dict) and isinstance(former, dict))
        if key == "items" and not whole:
            found[key] = {**found[key], **value}
        else:
            found[key] = value if whole else _merged(found[key], value)
    return found


def _varied(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a screen's table without what belongs to the hardware's alone."""
    return {key: value for key, value in table.items() if key not in ("items", "id", "guide")}


def _names(table: Mapping[str, Any]) -> set[str]:
    return {name for section in _SECTIONS for name in table.get(section, {})}


def _all_labels(tables: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """Return every label key that tables define; ``before`` tells whose variant a screen is."""
    found = [key for key, _ in _dotted(tables.get("labels", {}))]
    for key, table in tables.items():
        if key not in _APART:
            prefix = before.get(key, {}).get("software_of", key)
            found += [f"{prefix}.{name}" for name in _defined(table)]
    for table in tables.get(_STAFF, {}).values():
        found += [f"{_STAFF}.{name}" for name in _defined(table)]
    return found


def _defined(table: Mapping[str, Any]) -> Iterator[str]:
    for section in _SECTIONS:
        yield from (n for n, texts in table.get(section, {}).items() if isinstance(texts, list))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def _dotted(labels: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield labels under dotted keys: ``a.b = […]`` and ``"a.b" = […]`` are one thing."""
    for key, value in labels.items():
        if isinstance(value, Mapping):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def flatten_labels(labels: Mapping[str, Any]) -> dict[str, Any]:
    """Return labels under dotted keys.

    ``"portal.title" = […]`` and ``portal.title = […]`` are two things in TOML
    and one in a vendor's mind.
    """
    return dict(_dotted(labels))


_Named = TypeVar("_Named", bound=Entry)


def _by_name(before: tuple[_Named, ...], own: tuple[_Named, ...], name: str) -> tuple[_Named, ...]:
    """Return entries with others over them: same name replaces, the rest follows."""
    found = {getattr(each, name): each for each in before}
    for each in own:
        found[getattr(each, name)] = each
    return tuple(found.values())


def _folders(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir())
