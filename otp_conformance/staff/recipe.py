"""Carries out the steps that a declaration gives for a verb of the staff's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote

from otp_conformance.agent.page import Control, PageView, Part, Role
from otp_conformance.agent.trouble import cut_off
from otp_conformance.commands import filled
from otp_conformance.declaration.adapters.recipes import (
    CSS,
    LABEL,
    OrderColumns,
    RecipeStep,
    StaffRecipes,
)
from otp_conformance.screens.desk import Desk, new_lines
from otp_conformance.screens.reading import fact_under
from otp_conformance.staff.port import WORK
from otp_conformance.text import contains, has_word, same
from otp_conformance.verdict.outcome import DeclarationMismatch, Outcome, SetupFailed

KEY = "adapters.staff.recipes"
_LOGGING_IN = "職員としてログインする"
# What a cell without a value shows: some dash or other.
_DASHES = "－―—–-ー"
_MOST_NAMED = 12

Row = dict[str, str]
"""One order as it is shown: text by the column's name in the declaration."""


@dataclass(frozen=True)
class Recipe:
    """The steps of one verb; ``own``: the declaration's, not the built-in ones."""

    verb: str
    steps: Sequence[RecipeStep]
    own: bool

    @classmethod
    def of(cls, recipes: StaffRecipes, verb: str) -> Recipe:
        """Return a verb's steps."""
        return cls(verb, recipes.of(verb), own=verb in recipes.model_fields_set)

    @property
    def work(self) -> str:
        """What the verb is for (Japanese)."""
        return WORK.get(self.verb, _LOGGING_IN)


@dataclass
class Performance:
    """One carrying out. ``values``: what the names in braces stand for; grows by reading.

    ``rows``: the orders that were read, in the page's order.
    """

    desk: Desk
    recipe: Recipe
    values: dict[str, str] = field(repr=False)
    rows: list[Row] = field(default_factory=list)
    _number: int = 0
    _before: PageView | None = None  # the page before the latest press
    _seen: tuple[str, ...] = ()

    def carry_out(self) -> None:
        """Do the steps one after the other.

        Raises `DeclarationMismatch` for a step that cannot be done, and `SetupFailed` where
        the page tells at the time that the product refuses.
        """
        for number, step in enumerate(self.recipe.steps):
            self._number = number
            try:
                getattr(self, f"_{step.action}")(step)
            except DeclarationMismatch as trouble:
                raise self._failed(trouble.observed, trouble.hint) from trouble

    def require_accepted(self) -> None:
        """Raise `SetupFailed` where the last page tells of a refusal.

        A message that was on the page before, or that the recipe asks to see, is none.
        """
        view = self.desk.view()
        if [each for each in self._fresh_alerts(view) if each not in view.told] or view.is_error:
            raise self.refusal()

    def _fresh_alerts(self, view: PageView) -> list[str]:
        """Return the messages that came with the latest press and that nobody asked to see."""
        if self._before is None:
            return []
        fresh = [each for each in view.alerts if each not in self._before.alerts]
        return [each for each in fresh if not contains(each, self._seen)]

    def _told_plainly(self, view: PageView) -> bool:
        """Tell whether the page of the latest press is still there, with new words of refusal."""
        before = self._before
        if before is None or not set(before.title_lines[:1]) <= set(view.title_lines):
            return False
        words = self.desk.labels("refusal.words")
        return any(contains(line, words) for line in new_lines(before, view))

    def refusal(self) -> SetupFailed:
        """Return the outcome for work that the product refuses."""
        return SetupFailed(
            expected=f"職員の操作：{self.recipe.work}こと（{self._whom}押した結果）",
            observed=f"{self.desk.describe()}が表示されました",
        )

    # -- steps -------------------------------------------------------------

    def _open(self, step: RecipeStep) -> None:
        self.desk.open_path(filled(step.open, self.values, partial(quote, safe="/:?&=")))

    def _fill(self, step: RecipeStep) -> None:
        control = self._control(step, Role.FIELD)
        if control is not None:
            self.desk.agent.fill(control, filled(step.value, self.values))

    def _choose(self, step: RecipeStep) -> None:
        control = self._control(step, Role.CHOICE, fallback=None if step.option else Role.ACTION)
        if control is None:
            return
        if control.role is Role.CHOICE:
            self.desk.agent.choose(control, filled(step.option, self.values))
        else:
            self.desk.agent.press(control)

    def _press(self, step: RecipeStep) -> None:
        control = self._control(step, Role.ACTION)
        if control is not None:
            self._before = self.desk.view()
            self.desk.agent.press(control)

    def _confirm(self, step: RecipeStep) -> None:
        # Boxes of the browser, and plain ones of the page, the agent has answered already.
        if self.desk.view().dialog:
            self._press(step)

    def _see(self, step: RecipeStep) -> None:
        names, selectors = self._resolved(step.names)
        self._seen = names
        if not self._sees(names, selectors) and not (
            self.desk.agent.look_again() and self._sees(names, selectors)
        ):
            raise self._lacking(f"{_listed([*names, *selectors])}が画面にありません")

    def _read(self, step: RecipeStep) -> None:
        value = self._value(step)
        if not value and self.desk.agent.look_again():
            value = self._value(step)
        if not value:
            what = "空です" if value is not None else "見つかりません"
            raise self._lacking(f"{_listed(step.names)}の値が{what}。{self._there(step)}")
        self.values[step.into] = value

    def _rows(self, step: RecipeStep) -> None:
        found = self._orders(step)
        if found is None and self.desk.agent.look_again():
            found = self._orders(step)
        if found is None:
            raise self._lacking(f"申請の一覧が見つかりません。{self._there(step)}")
        self.rows = found

    # -- finding -----------------------------------------------------------

    def _resolved(self, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the texts and the CSS selectors that names stand for."""
        texts: list[str] = []
        selectors: list[str] = []
        for name in names:
            if name.startswith(CSS):
                selectors.append(name.removeprefix(CSS))
            elif name.startswith(LABEL):
                key = name.removeprefix(LABEL)
                texts += self.desk.labels(key)
                selectors += [found] if (found := self.desk.declaration.selector(key)) else []
            else:
                texts.append(filled(name, self.values))
        return tuple(texts), tuple(selectors)

    def _controls(self, step: RecipeStep, role: Role) -> Iterator[Control]:
        names, selectors = self._resolved(step.names)
        within = tuple(filled(text, self.values) for text in step.row)
        each = step.each.removeprefix(CSS)
        for selector in (*selectors, *([""] if names else [])):
            yield Control(role, names, (), step.last, selector=selector, within=within, each=each)

    def _control(
        self, step: RecipeStep, role: Role, *, fallback: Role | None = None
    ) -> Control | None:
        """Return the control of a step, None for an optional one that is not there."""
        for last_try in (False, True):
            for each in (role, fallback) if fallback else (role,):
                for control in self._controls(step, each):
                    if self.desk.agent.has(control):
                        return control
            if step.optional:
                return None
            if last_try or not self.desk.agent.look_again():
                break
        raise self._lacking(self._nowhere(step, role))

    def shows(self) -> bool:
        """Tell whether every field that the recipe fills in is on the page: a login, maybe."""
        fields = [step for step in self.recipe.steps if step.action == "fill"]
        has = self.desk.agent.has
        return bool(fields) and all(
            any(map(has, self._controls(step, Role.FIELD))) for step in fields
        )

    def _sees(self, names: Sequence[str], selectors: Sequence[str]) -> bool:
        view = self.desk.view()
        texts = (view.text, view.document_title, *view.headings, *view.title_lines, *view.alerts)
        return any(contains(text, names) for text in texts) or any(
            selector in view.declared for selector in selectors
        )

    # -- reading -----------------------------------------------------------

    def _value(self, step: RecipeStep) -> str | None:
        view = self.desk.view()
        names, selectors = self._resolved(step.names)
        if step.row or step.each:
            rows = [row for row in self._lines(step, view) if self._words_in(step, row.text)]
            values = [v for row in rows if (v := _cell(row, names, selectors)) is not None]
            parts = [p for s in selectors for p in view.parts.get(s, ()) if not step.each]
            values += [p.text for p in parts if self._words_in(step, p.row or p.text)]
            return _bare(values[0]) if values else None
        declared = [view.declared[s] for s in selectors if s in view.declared]
        fact = fact_under(view, *names) if names else None
        held = [f.value for f in view.fields if not f.masked and names and f.is_called(names)]
        return next((bare for v in (*declared, fact, *held) if v and (bare := _bare(v))), fact)

    def _orders(self, step: RecipeStep) -> list[Row] | None:
        """Return the orders in sight, None where there is no list."""
        view = self.desk.view()
        columns = step.rows or OrderColumns()
        wanted = {name: self._resolved(names) for name, names in columns.given.items()}
        first = next(iter(wanted.values()), ((), ()))
        lines = [row for row in self._lines(step, view) if _cell(row, *first) is not None]
        if not lines:
            return [] if self._tells_none(step, view, wanted) else None
        found: list[Row] = []
        for line in lines:
            cells = {name: _cell(line, *names) for name, names in wanted.items()}
            lacking = [name for name, cell in cells.items() if cell is None]
            if self._needed(lacking):
                captions = "、".join(f"{n}（{_listed(columns.given[n])}）" for n in lacking)
                raise self._lacking(f"一覧の行に {captions} がありません。{self._there(step)}")
            if self._words_in(step, line.text):
                found.append({name: _bare(cell or "") for name, cell in cells.items()})
        return found

    def _needed(self, columns: Iterable[str]) -> list[str]:
        """Return the columns that must be there: where one kind only exists none is shown."""
        several = self.desk.declaration.ics.software_tokens
        return [name for name in columns if several or name != "kind"]

    def _tells_none(
        self, step: RecipeStep, view: PageView, wanted: Mapping[str, tuple[Sequence[str], object]]
    ) -> bool:
        """Tell whether the page says that there are no orders: by a text, or by a bare heading."""
        if step.empty and self._sees(*self._resolved(step.empty)):
            return True
        needed = [wanted[name][0] for name in self._needed(wanted)]
        heads = [] if step.each else view.columns
        return any(all(any(same(c, n) for c in head) for n in needed) for head in heads)

    def _lines(self, step: RecipeStep, view: PageView) -> list[Part]:
        """Return the rows in sight: those of captioned tables, or the declared parts."""
        if step.each:
            return list(view.parts.get(step.each.removeprefix(CSS), ()))
        return [Part(" ".join(row.values()), facts=row) for row in view.rows]

    def _words_in(self, step: RecipeStep, text: str) -> bool:
        return all(has_word(text, filled(word, self.values)) for word in step.row)

    # -- what goes wrong ---------------------------------------------------

    @property
    def _whom(self) -> str:
        login_id = self.values.get("login_id", "")
        return f"お客さま {login_id}、" if login_id else ""

    @property
    def _step(self) -> RecipeStep:
        return self.recipe.steps[self._number]

    def _lacking(self, observed: str) -> DeclarationMismatch:
        return DeclarationMismatch(expected="", observed=observed)

    def _failed(self, observed: str, hint: str) -> Outcome:
        """Return the outcome for the present step: a refusal where the page tells of one."""
        view = self.desk.view()
        pressed = self._before is not None
        if self._fresh_alerts(view) or (pressed and view.is_error) or self._told_plainly(view):
            return self.refusal()
        step = f"手順 {self._number + 1}：{filled_in(str(self._step), self.values)}"
        expected = f"職員の操作：{self.recipe.work}こと（{self._whom}{step}）"
        observed = f"{observed}（{self.desk.describe()}）"
        if self.desk.agent.ends_early():
            return cut_off(expected, observed)
        return DeclarationMismatch(
            expected=expected,
            observed=observed,
            hint=f"{hint}{self._to_mend()}",
        )

    def _to_mend(self) -> str:
        verb = self.recipe.verb
        if self._before is None and self.desk.view().is_error:  # nothing but an address so far
            place = f"{KEY}.{verb} の open" if self.recipe.own else "adapters.staff.path"
            return f"開いたアドレスにこの画面はありません。宣言の {place} を直してください。"
        if self.recipe.own:
            return f"宣言の {KEY}.{verb}[{self._number}] を、実際の画面に合わせてください。"
        labels = [n.removeprefix(LABEL) for n in self._step.names if n.startswith(LABEL)]
        texts = f"文言だけが違うなら宣言の [labels] の {'、'.join(labels)} に、" if labels else ""
        return f"{texts}画面の作りが違うなら宣言の {KEY}.{verb} に、実際の手順を書いてください。"

    def _nowhere(self, step: RecipeStep, role: Role) -> str:
        view = self.desk.view()
        if role is Role.FIELD:
            there = [each.label or "名前なし" for each in view.fields]
        elif role is Role.CHOICE:
            there = [each.label or "名前なし" for each in view.choices]
        else:
            there = [each.name or "名前なし" for each in view.actions]
        names, selectors = self._resolved(step.names)
        row = " と ".join(f"「{filled(text, self.values)}」" for text in step.row)
        where = f"{row} のある行に" if row else ""
        return (
            f"{where}{_listed([*names, *selectors])}が見つかりません。画面にあるもの："
            + _listed(list(dict.fromkeys(there)))
        )

    def _there(self, step: RecipeStep) -> str:
        view = self.desk.view()
        if step.each:
            parts = view.parts.get(step.each.removeprefix(CSS), ())
            captions = [caption for part in parts for caption in part.facts]
            return f"{step.each} は {len(parts)} か所、その中の項目：" + _listed(
                list(dict.fromkeys(captions))
            )
        if step.action == "rows" or step.row:
            heads = list(dict.fromkeys(caption for head in view.columns for caption in head))
            return f"画面にある列：{_listed(heads)}"
        return f"画面にある項目：{_listed(list(view.facts))}"


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """Return a text for a message: names in braces replaced, but for secrets."""
    return filled(text, {name: values[name] for name in ("login_id", "serial") if name in values})


def _listed(names: Sequence[str]) -> str:
    shown = "、".join(f"「{name}」" for name in names[:_MOST_NAMED])
    more = f" ほか {len(names) - _MOST_NAMED}" if len(names) > _MOST_NAMED else ""
    return f"{shown}{more}" or "なし"


def _cell(line: Part, names: Sequence[str], selectors: Sequence[str]) -> str | None:
    """Return what a row has under a caption or at a selector, None where it has neither."""
    found = [line.declared[s] for s in selectors if s in line.declared]
    found += [value for caption, value in line.facts.items() if same(caption, names)]
    return found[0] if found else None


def _bare(text: str) -> str:
    return text.strip().strip(_DASHES).strip()
