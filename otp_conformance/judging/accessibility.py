"""Judgements about screens as assistive technology, keyboard and clipboard meet them.

What is not certain is no finding: axe-core's violations only, none of its doubts; and a page
that is not the one asked for, or could not be examined, says nothing (判定不能).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from otp_conformance.agent.accessibility import (
    Accessibility,
    ControlAccess,
    Examination,
    Tour,
    Violation,
)
from otp_conformance.agent.page import Control, FieldView, Role
from otp_conformance.declaration.model import Declaration
from otp_conformance.people.attempt import unclear
from otp_conformance.people.customer import Customer
from otp_conformance.people.introduction import People
from otp_conformance.people.places import (
    KEYBOARD,
    REFUSED,
    STATES,
    SUSPENDED,
    TITLED,
    UNSHOWN,
    is_shown,
    walk,
)
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.words import Kind
from otp_conformance.text import contains, normalise, same, ungrouped
from otp_conformance.verdict.outcome import DeclarationMismatch, Nonconformity, SetupFailed

_OTP, _SERIAL, _CONFIRMATION = "otp.field", "activation.serial", "confirmation.field"
_OPENER = "keyboard.open"
# Enough to see whether it arrives; too little for a form to send itself.
_PASTED = "1"
_WIDE = 1280
# A box with one button only tells something; one that asks has two.
_ANSWERS = 2
_MOST_TOLD = 3
# axe-core's rules about the names of inputs.
_FIELD_RULES = {"label", "select-name", "aria-input-field-name", "form-field-multiple-labels"}
_REQUIRED = ("必須", "required", "入力してください")
_PURPOSES = {"login.id": {"username", "email"}, "login.password": {"current-password"}}
_WHAT_IS_WRONG = ("空白", "スペース", "半角", "桁", "数字", "形式", "書式")
_FOR_GOOD = (
    "もう一度", "再度", "再び", "ふたたび", "二度と", "元に戻", "取り消せ", "取消せ", "取消はでき",
    "取り消しはでき", "使えなく", "利用できなく", "ご利用いただけな", "無効",
)  # fmt: skip


@dataclass
class _Facts:
    """The page in sight: what is known of it, and what is looked up when it is first asked for.

    ``screen``: None for a page outside the inventory; ``fields``: its fields by label key.
    """

    site: Site
    declaration: Declaration
    screen: Screen | None
    fields: Mapping[str, Control]
    pages: tuple[Examination, ...]
    tools: Accessibility

    @cached_property
    def tour(self) -> Tour:
        """The way through the page by the Tab key."""
        return self.tools.tour()

    @property
    def page(self) -> Examination:
        """The page at the first width."""
        return self.pages[0]

    def violations(self, fits: Callable[[Violation], bool]) -> list[str]:
        """Return axe-core's violations that fit in words, each with the widths it was met at."""
        widths: dict[Violation, list[int]] = {}
        for page in self.pages:
            for each in filter(fits, page.violations):
                met = widths.setdefault(each, [])
                met += [page.width] * (page.width not in met)
        return [_told(each, met) for each, met in widths.items()]

    def places(self, fits: Callable[[ControlAccess], bool]) -> list[str]:
        """Return where the controls are that fit, at whichever width."""
        found = (c.place for page in self.pages for c in page.controls if fits(c))
        return list(dict.fromkeys(found))

    def called(self, key: str) -> list[ControlAccess]:
        """Return the controls that go by a label key."""
        return [c for c in self.page.controls if key in c.called]


_Check = Callable[[_Facts], list[str]]


_CRITERIA: dict[str, tuple[str, ...]] = {
    "画像の代わりの文": ("1.1.1",),
    "ほかの操作部の名前と役割": ("4.1.2", "2.4.4", "2.5.3"),
    "見出しなどの構造": ("1.3.1",),
    "文字と背景のコントラスト": ("1.4.3", "1.4.11"),
    "拡大": ("1.4.4", "1.4.12"),
    "操作部の大きさ": ("2.5.8",),
    "ページタイトル": ("2.4.2",),
    "画面の言語": ("3.1.1", "3.1.2"),
    "入力の目的": ("1.3.5",),
    "キーボードでの操作": ("2.1.1", "2.1.3"),
}
"""Which success criteria axe-core looks at for a row; all others are そのほか."""


def _axe(phrase: str) -> _Check:
    """Return the check that axe-core finds nothing against the criteria of a row."""
    criteria = set(_CRITERIA[phrase])

    def fits(violation: Violation) -> bool:
        of_fields = violation.rule in _FIELD_RULES
        return not of_fields and bool(criteria & set(violation.criteria))

    return lambda facts: facts.violations(fits)


def _told(violation: Violation, widths: Sequence[int]) -> str:
    place = violation.place or "画面全体"
    numbers = "、".join(violation.criteria)
    met = "・".join(f"{width}px" for width in widths)
    return f"{place}：{violation.rule}（達成基準 {numbers}、{violation.impact}、幅 {met}）"


def _field_names(facts: _Facts) -> list[str]:
    nameless = facts.places(lambda c: c.is_field and not c.name)
    told = [f"{place}：読み上げられる名前がありません" for place in nameless]
    return told or facts.violations(lambda each: each.rule in _FIELD_RULES)


def _control_names(facts: _Facts) -> list[str]:
    nameless = facts.places(lambda c: not c.is_field and not c.name)
    found = [f"{place}：読み上げられる名前がありません" for place in nameless]
    return [*found, *_axe("ほかの操作部の名前と役割")(facts)]


def _structure(facts: _Facts) -> list[str]:
    """Titles and headings of the manual that look like headings are headings."""
    found = _axe("見出しなどの構造")(facts)
    if facts.screen is None:
        return found
    described, view = facts.screen.described, facts.site.view()
    keys = [described.title_key, *(k for n, k in described.named.items() if n.endswith("heading"))]
    lines = [line for line in view.text.splitlines() if line.strip()]
    for key in keys:
        names = facts.declaration.labels[key]
        stands_alone = any(same(line, names) for line in lines)
        captions = any(normalise(name) in view.facts for name in names)
        if stands_alone and not captions and not any(same(h, names) for h in view.headings):
            found.append(f"「{names[0]}」：見出しに見えますが、見出しとして書かれていません")
    return found


def _required(facts: _Facts) -> list[str]:
    silent = facts.places(
        lambda c: (
            c.is_field and c.drawn_mark and not c.required and not contains(_read_out(c), _REQUIRED)
        )
    )
    return [f"{place}：必須の印が、絵やスタイルだけで示されています" for place in silent]


def _read_out(control: ControlAccess) -> str:
    """Return what is read out at a control and before it."""
    return f"{control.name} {control.description} {control.context} {control.before}"


def _hints(facts: _Facts) -> list[str]:
    """What the manual says beside a field is tied to it, or read out before it."""
    found = []
    for key in facts.fields:
        told = [
            names
            for item in facts.declaration.manual.items.values()
            if item.hint == key and facts.screen and item.screen == facts.screen.key
            for names in (facts.declaration.labels[each] for each in item.tells)
        ]
        seen = _view_of(facts, key)
        for control, names in ((c, n) for c in facts.called(key) for n in told):
            beside = seen is not None and contains(seen.around, names)
            if beside and not contains(_read_out(control), names):
                found.append(
                    f"{control.place}：注記「{names[0]}」が結び付けられておらず、"
                    "入力欄より前でも読まれません"
                )
    return found


def _view_of(facts: _Facts, key: str) -> FieldView | None:
    control = facts.fields[key]
    views = facts.site.view().fields
    return next((v for v in views if v.is_called(control.names, control.selector)), None)


def _progress(facts: _Facts) -> list[str]:
    """Where a display of the stages sets one apart, more than its looks tells it."""
    stages = facts.screen.described.stages if facts.screen else ()
    names = [facts.declaration.labels[key] for key in stages]
    for track in facts.page.tracks:
        is_it = len(track) == len(names) and all(
            contains(stage.text, each) for stage, each in zip(track, names, strict=True)
        )
        if names and is_it and any(s.apart for s in track) and not any(s.told for s in track):
            texts = "→".join(stage.text for stage in track)
            return [f"進行表示「{texts}」：いまの段階が見た目だけで示されています"]
    return []


def _reflow(facts: _Facts) -> list[str]:
    return [
        f"{what}：幅 {page.width}px に収まりません"
        for page in facts.pages
        for what in page.sticks_out
    ]


def _by_keyboard(facts: _Facts) -> list[str]:
    missed = [f"{place}：Tabキーで届きません" for place in facts.tour.missed]
    return [*missed, *_axe("キーボードでの操作")(facts)]


def _no_trap(facts: _Facts) -> list[str]:
    trapped = facts.tour.trapped
    return [f"{trapped}：Tabキーでも Esc キーでも、外へ出られません"] if trapped else []


def _focus(facts: _Facts) -> list[str]:
    return [f"{place}：フォーカスがあっても見た目が変わりません" for place in facts.tour.unseen]


def _title(facts: _Facts) -> list[str]:
    empty = [] if facts.page.title.strip() else ["ページタイトルがありません"]
    return [*empty, *_axe("ページタイトル")(facts)]


def _language(facts: _Facts) -> list[str]:
    said, wanted = facts.page.language, facts.declaration.sut.locale.split("-")[0]
    right = said.lower().split("-")[0] == wanted.lower()
    wrong = [] if right else [f"html 要素の lang は「{said or 'なし'}」です（画面は {wanted}）"]
    return wrong or _axe("画面の言語")(facts)


def _purpose(facts: _Facts) -> list[str]:
    found = [
        f"{control.place}：autocomplete に{'か'.join(sorted(purposes))}がありません"
        for key, purposes in _PURPOSES.items()
        for control in facts.called(key)
        if not purposes & set(control.autocomplete)
    ]
    return [*found, *_axe("入力の目的")(facts)]


def _no_quantity(facts: _Facts) -> list[str]:
    return [
        f"{control.place}：番号の欄が、数量の欄（type=number など）として伝わります"
        for key in (_OTP, _SERIAL)
        for control in facts.called(key)
        if control.role == "spinbutton"
    ]


def _typing(facts: _Facts) -> list[str]:
    return [
        f"{control.place}：読み取り専用で、キーボードから打ち込めません"
        for key in facts.fields
        for control in facts.called(key)
        if control.readonly
    ]


def _pasting(facts: _Facts) -> list[str]:
    return [
        f"{control.place}：貼り付けた文字が入りません"
        for key, at in facts.fields.items()
        for control in facts.called(key)
        if _PASTED not in facts.tools.paste(at, _PASTED)
    ]


def _refusal_in_text(facts: _Facts) -> list[str]:
    """The refusal is told in text, not by colour or a picture alone."""
    site = facts.site
    if site.alerts() or site.suspension_shown():
        return []
    if site.may_tell_refusal():
        raise unclear(site.describe())
    return ["拒否を知らせる文がありません"]


def _refusal_announced(facts: _Facts) -> list[str]:
    """The refusal reaches who does not see it.

    By itself (role alert or status, aria-live, a box of the browser), by the focus, by the
    window's title, by the screen's first heading, or with the wrong field.
    """
    site, view, page = facts.site, facts.site.view(), facts.page
    messages = site.alerts()
    told_at = [*page.live, *view.told, page.focused, page.title, *view.headings[:1]]
    told_at += [c.description for c in page.controls if c.invalid]
    if not messages or any(_shares(m, place) for m in messages for place in told_at):
        return []
    return [f"「{messages[0]}」は、読み上げる領域にも、フォーカスのある所にも、題名にもありません"]


def _others(facts: _Facts) -> list[str]:
    known = {criterion for criteria in _CRITERIA.values() for criterion in criteria}
    return facts.violations(
        lambda each: each.rule not in _FIELD_RULES and not known & set(each.criteria)
    )


_CHECKS: dict[str, _Check] = {
    "拒否の文": _refusal_in_text,
    "拒否の伝わり方": _refusal_announced,
    "画像の代わりの文": _axe("画像の代わりの文"),
    "入力欄の名前": _field_names,
    "ほかの操作部の名前と役割": _control_names,
    "見出しなどの構造": _structure,
    "必須の印": _required,
    "入力の注記": _hints,
    "進行表示": _progress,
    "文字と背景のコントラスト": _axe("文字と背景のコントラスト"),
    "拡大": _axe("拡大"),
    "横に送らずに読めること": _reflow,
    "操作部の大きさ": _axe("操作部の大きさ"),
    "ページタイトル": _title,
    "画面の言語": _language,
    "入力の目的": _purpose,
    "番号の欄の種類": _no_quantity,
    "キーボードからの入力": _typing,
    "キーボードでの操作": _by_keyboard,
    "閉じ込めないこと": _no_trap,
    "フォーカスの見え方": _focus,
    "貼り付け": _pasting,
    "そのほか": _others,
}
"""What a row of the table stands for. The page is looked at before anything is done to it."""


class AccessibilityJudge:
    """Judges the screen in sight of who acted last, in a browser."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._scene = people.scene
        self._case = people.scene.case
        self._titles: dict[str, str] = {}

    # -- any screen ----------------------------------------------------------

    def holds(
        self, name: str, widths: Sequence[int], rows: Iterable[tuple[str, Sequence[str]]]
    ) -> None:
        """Judge each row (確かめること) for its own requirements (要件) on a screen.

        Every row is judged, whatever became of the one before.
        """
        facts = self._examine(self._require(name), widths)
        missing: list[Nonconformity] = []
        manual = self._scene.declaration.manual
        known = list(_CHECKS)
        for phrase, named in sorted(rows, key=lambda row: known.index(row[0])):
            requirements = manual.kept(named)
            if named and not requirements:
                continue
            try:
                self._confirm(f"{name}：{phrase}", _CHECKS[phrase](facts), requirements)
            except Nonconformity as error:
                missing.append(error)
        if missing:
            raise missing[0]

    def _confirm(
        self, what: str, findings: Sequence[str], requirements: Sequence[str] | None = None
    ) -> None:
        more = f"、ほか {len(findings) - _MOST_TOLD} 件" if len(findings) > _MOST_TOLD else ""
        seen = self._people.acting().site.describe()
        self._case.confirm(
            what,
            not findings,
            expected=f"{what}に、使えない人の出る不備がないこと",
            observed=("、".join(findings[:_MOST_TOLD]) + f"{more}（{seen}）") if findings else seen,
            requirements=requirements,
        )

    def _require(self, name: str) -> Screen | None:
        """Return the screen of a name; raise where another page is in sight."""
        site = self._people.acting().site
        if name == SUSPENDED:
            self._require_that(site.suspension_shown(), name)
        elif name == REFUSED:
            attempt = self._scene.latest()
            attempt.require_made()
            self._require_that(not attempt.accepted and not site.is_strange(), name)
        elif name == KEYBOARD:
            self._require_that(bool(self._keys()), name)
        key = self._key(name)
        screens = [site.screen(key).of(kind) for kind in Kind] if key else []
        shown = next((screen for screen in screens if screen.is_shown()), None)
        if key:
            self._require_that(shown is not None, name)
        current = site.current()
        return shown or (site.screen(current) if current else None)

    def _key(self, name: str) -> str:
        if name in STATES:
            return ""
        return UNSHOWN.get(name) or bundled().by_words[name].key

    def _require_that(self, holds: bool, name: str) -> None:
        if not holds:
            raise SetupFailed(
                expected=f"{name}が表示されること",
                observed=f"{self._people.acting().site.describe()}が表示されました",
            )

    def _examine(self, screen: Screen | None, widths: Sequence[int]) -> _Facts:
        site, declaration = self._people.acting().site, self._scene.declaration
        keys = screen.described.fields if screen is not None else ()
        fields = {
            key: screen.field_control(key) for key in keys if screen and screen.has_field(key)
        }
        tools = site.agent.accessibility()
        pages = tuple(tools.examine(width, fields) for width in widths)
        return _Facts(site, declaration, screen, fields, pages, tools)

    # -- titles --------------------------------------------------------------

    def walk_and_note_titles(self, customer: Customer, procedure: str) -> None:
        """Go through the screens of a procedure and note the window's title of each."""
        self._titles.clear()
        for screen in TITLED[procedure]:
            walk(customer, screen)
            self._require_that(is_shown(customer.site, screen), screen)
            self._titles[screen] = customer.site.view().document_title

    def titles_differ(self) -> None:
        """The noted titles tell the screens apart."""
        by_title: dict[str, list[str]] = {}
        for screen, title in self._titles.items():
            by_title.setdefault(title, []).append(screen)
        alike = [
            f"{'と'.join(screens)}のページタイトルが、どれも「{title}」です"
            for title, screens in by_title.items()
            if len(screens) > 1
        ]
        self._confirm("画面ごとのページタイトル", alike)

    # -- refusals ------------------------------------------------------------

    def serial_kept(self) -> None:
        """After a wrong OTP the serial need not be typed again."""
        site = self._people.acting().site
        attempt = self._scene.latest()
        attempt.require_made()
        self._require_that(not attempt.accepted and site.activation.is_shown(), REFUSED)
        control = site.activation.field_control(_SERIAL)
        views = site.view().fields
        seen = next(v for v in views if v.is_called(control.names, control.selector))
        serial = self._people.acting().in_hand().asset.serial
        kept = seen.masked or ungrouped(seen.value) == serial
        self._confirm("シリアル番号の欄", [] if kept else ["入力したシリアル番号が消えています"])

    def blanks_explained(self) -> None:
        """A code with blanks around it is accepted, or the refusal says what is wrong."""
        attempt = self._scene.latest()
        site = self._people.acting().site
        if attempt.accepted:
            self._confirm("前後の空白", [])
            return
        attempt.require_known()
        messages = site.alerts()
        if not messages and site.may_tell_refusal():
            raise unclear(site.describe(), "error.otp_format")
        explained = any(contains(message, _WHAT_IS_WRONG) for message in messages)
        untold = "拒否され、何を直せばよいかが示されません"
        self._confirm("前後の空白", [] if explained else [untold])

    # -- particular screens --------------------------------------------------

    def kinds_told_apart(self) -> None:
        """The two 選択 are told apart by what is read out at them."""
        facts = self._examine(self._require("種類の選択の画面"), [_WIDE])
        names = facts.declaration.labels["kind.select"]
        found = [c for c in facts.page.controls if contains(c.name, names) and not c.is_field]
        if len(found) < len(Kind):
            raise DeclarationMismatch(
                expected=f"「{names[0]}」が二つあること",
                observed=f"{len(found)}個あります（{facts.site.describe()}）",
            )
        heard = {normalise(f"{c.name} {c.description} {c.context}") for c in found}
        alike = len(heard) < len(found)
        self._confirm(
            "「選択」の区別", [f"「{found[0].name}」が、どれも同じに読み上げられます"] * alike
        )

    def irreversible_told(self) -> None:
        """Before 解除する is pressed, the screen tells that it is for good, or asks once more."""
        site = self._people.acting().site
        facts = self._examine(self._require("利用解除の画面"), [_WIDE])
        view = site.view()
        told = contains(view.text, _FOR_GOOD) or bool(view.choices)
        told = told or self._asks_first(facts)
        missing = "取り消せないことを知らせる文も、もう一度の確認もありません"
        self._confirm("取り消せないことの知らせ", [] if told else [missing])

    def _asks_first(self, facts: _Facts) -> bool:
        """Tell whether 解除する, pressed with a wrong confirmation password, asks once more."""
        customer, screen = self._people.acting(), facts.site.deactivation
        screen.fill(*customer.deactivation_inputs(screen, "一文字違いの"))
        facts.tools.press_by_keys(screen.submit_control())
        view = facts.site.view()
        return len(view.dialog) >= _ANSWERS or bool(view.told)

    # -- the on-screen keyboard ----------------------------------------------

    def open_keyboard(self, customer: Customer) -> None:
        """Have the on-screen keyboard of the deactivation screen in sight, by the mouse."""
        walk(customer, "利用解除の画面")
        self._require("利用解除の画面")
        customer.site.deactivation.press(_OPENER)
        self._require_that(bool(self._keys()), KEYBOARD)

    def keyboard_by_keys(self, customer: Customer) -> None:
        """The on-screen keyboard opens, and its keys type, by a keyboard alone."""
        walk(customer, "利用解除の画面")
        site = customer.site
        self._require("利用解除の画面")
        tools = site.agent.accessibility()
        tools.press_by_keys(site.deactivation.button_control(_OPENER))
        opens = bool(self._keys())
        if not opens:
            self.open_keyboard(customer)
        self._confirm(
            "ソフトウェアキーボード", [] if opens else ["Enter キーでも Space キーでも開きません"]
        )
        tools.press_by_keys(self._keys()[0])
        fields = {_CONFIRMATION: site.deactivation.field_control(_CONFIRMATION)}
        found = [c for c in tools.examine(_WIDE, fields).controls if c.called]
        self._require_that(bool(found), KEYBOARD)
        typed = any(c.holds for c in found)
        self._confirm(
            "ソフトウェアキーボードのキー", [] if typed else ["Enter キーで押しても入力されません"]
        )

    def _keys(self) -> list[Control]:
        """Return the keys in sight: buttons of one letter or digit."""
        names = (a.name.strip() for a in self._people.acting().site.view().actions)
        return [Control(Role.ACTION, (n,)) for n in names if len(n) == 1 and n.isalnum()]


def _shares(message: str, place: str) -> bool:
    """Tell whether a message, or a line of it, is told at a place."""
    one, other = normalise(message), normalise(place)
    return bool(one and other) and (one in other or other in one)
