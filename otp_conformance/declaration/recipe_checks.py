"""What can be wrong with the steps of the staff's work (adapters.staff.recipes)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from otp_conformance.commands import placeholders
from otp_conformance.declaration.adapters.recipes import (
    ACTIONS,
    CSS,
    GOES_WITH,
    LABEL,
    PASSWORD,
    PATH,
    STAFF_ID,
    VERBS,
    RecipeStep,
)
from otp_conformance.declaration.adapters.staff import StaffAdapter
from otp_conformance.declaration.errors import Problem
from otp_conformance.declaration.explain import Source
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.selectors import is_selector
from otp_conformance.language import did_you_mean, say

_TABLE = ("adapters", "staff", "recipes")
_GIVEN: Mapping[str, tuple[str, ...]] = {
    "login": (),
    "orders": ("login_id",),
    "dispatch": ("login_id", "serial"),
    "unlock": ("login_id", "circumstances"),
    "revoke": ("login_id", "reason"),
}
# What no work of that kind can do without.
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "login": (),
    "orders": ("login_id",),
    "dispatch": ("login_id",),
    "unlock": ("login_id", "circumstances"),
    "revoke": ("login_id",),
}
_BESIDE: Mapping[str, str] = {"fill": "value", "read": "into"}
_SECRET_NAME = re.compile(r"パスワード|暗証|password|passwd|passcode|pwd|secret|\bpin\b", re.I)


def check_recipes(source: Source, decl: Declaration, staff: StaffAdapter) -> Iterator[Problem]:
    """Yield the problems of all steps, in the order of the verbs."""
    for verb in VERBS:
        if verb not in staff.recipes.model_fields_set:
            continue
        steps: tuple[RecipeStep, ...] = getattr(staff.recipes, verb)
        place = (*_TABLE, verb)
        if not steps:
            yield source.problem(
                place,
                say("手順が一つもない配列", "no steps"),
                say("一つ以上の手順", "at least one step"),
                say(
                    "手順を書くか、行ごと消してください（消すと組み込みの手順を使います）。",
                    "Write steps, or remove the line for the built-in ones.",
                ),
            )
            continue
        whole = True
        for number, step in enumerate(steps):
            problems = list(_shape(source, (*place, number), step))
            whole = whole and not problems
            yield from problems
        if whole:
            yield from _names(source, place, verb, steps, staff)
            yield from _ends(source, place, verb, steps)
            for number, step in enumerate(steps):
                yield from _texts(source, (*place, number), step, decl)


def _shape(source: Source, place: tuple[str | int, ...], step: RecipeStep) -> Iterator[Problem]:
    """Yield what is wrong with one step by itself."""
    if len(step.actions) != 1:
        listed = " / ".join(ACTIONS)
        yield source.problem(
            place,
            "、".join(step.actions) or say("何をするかのない手順", "a step that does nothing"),
            say(f"どれか一つ（{listed}）", f"one of ({listed})"),
            say("一つの手順には一つだけ書いてください。", "Write exactly one in each step."),
        )
        return
    action = step.action
    if not step.names or not all(step.names):
        yield source.problem(
            (*place, action),
            say("空", "nothing"),
            say("画面の文言か、css:、label:", "a text of the screen, css: or label:"),
            say("どれのことかを書いてください。", "Say which one is meant."),
        )
    for key in step.model_fields_set - {action} - set(GOES_WITH[action]):
        allowed = say("、", ", ").join(GOES_WITH[action]) or say("なし", "nothing")
        yield source.problem(
            (*place, key),
            key,
            say(f"{action} と並べられるもの（{allowed}）", f"what goes with {action} ({allowed})"),
            say("消すか、別の手順にしてください。", "Remove it, or make it a step of its own."),
        )
    beside = _BESIDE.get(action)
    if beside and not getattr(step, beside):
        yield source.problem(
            (*place, beside),
            say("記載なし", "nothing"),
            say(f"{action} には {beside}", f"{beside}, with {action}"),
            say("書き足してください。", "Add it."),
        )
    if step.each and not step.each.startswith(CSS):
        yield source.problem(
            (*place, "each"),
            f"「{step.each}」",
            say("css: で始まる CSS セレクター", "a CSS selector behind css:"),
            say(f"{CSS}{step.each} のように書いてください。", f"Write {CSS}{step.each}."),
        )
    if action == "open" and not re.match(r"/|https?://|\{", step.open):
        yield source.problem(
            (*place, "open"),
            f"「{step.open}」",
            say("/ か http(s):// で始まる場所", "a path from / or an address"),
            say("/ から書いてください。", "Begin with /."),
        )


def _names(
    source: Source,
    place: tuple[str | int, ...],
    verb: str,
    steps: Sequence[RecipeStep],
    staff: StaffAdapter,
) -> Iterator[Problem]:
    """Yield names in braces that nobody knows, or not yet, and those that are lacking."""
    secrets = {PASSWORD, *staff.secrets}
    known = {PATH, STAFF_ID, *_GIVEN[verb]}
    later = {step.into for step in steps if step.into}
    used: set[str] = set()
    for number, step in enumerate(steps):
        at = (*place, number, step.action)
        texts = [(name, False) for text in step.public_texts for name in placeholders(text)]
        texts += [(name, True) for name in placeholders(step.value)]
        for name, typed in texts:
            used.add(name)
            if name in secrets and not typed:
                yield source.problem(
                    at,
                    f"{{{name}}}",
                    say("秘密の値は fill の value だけ", "a secret only in value of fill"),
                    say("画面に出るところから消してください。", "Remove it from here."),
                )
            elif name not in known | secrets:
                names = sorted(known | secrets)
                yield (
                    _too_early(source, at, name, names)
                    if name in later
                    else source.unknown_name(at, name, names)
                )
        if step.into:
            taken = step.into in {PATH, STAFF_ID, *_GIVEN[verb], *secrets}
            if taken and (verb, step.into) != ("dispatch", "serial"):
                yield source.problem(
                    (*place, number, "into"),
                    f"「{step.into}」",
                    say("まだ使われていない名前", "a name that is not taken"),
                    say("別の名前にしてください。", "Choose another name."),
                )
            known.add(step.into)
    reads_serial = any(step.into == "serial" for step in steps)
    needed = [*_NEEDED[verb], *(["serial"] if verb == "dispatch" and not reads_serial else [])]
    for name in needed:
        if name not in used:
            more = say('（read で into = "serial" でもよい）', ' (or read into = "serial")')
            yield source.problem(
                place,
                say(f"{{{name}}} なし", f"no {{{name}}}"),
                say(f"{{{name}}} を使う手順", f"a step with {{{name}}}")
                + (more if name == "serial" else ""),
                say("どの手順で渡すかを書いてください。", "Write the step that passes it on."),
            )


def _too_early(source: Source, at: Sequence[str | int], name: str, known: Sequence[str]) -> Problem:
    listed = " ".join(f"{{{each}}}" for each in known)
    return source.problem(
        at,
        say(f"まだ読んでいない {{{name}}}", f"{{{name}}}, which is not read yet"),
        say(f"先に read で読んだ名前か、{listed}", f"a name read before, or {listed}"),
        say(
            f'into = "{name}" の手順を、この手順より前に置いてください。',
            f'Put the step with into = "{name}" before this one.',
        ),
    )


def _ends(
    source: Source, place: tuple[str | int, ...], verb: str, steps: Sequence[RecipeStep]
) -> Iterator[Problem]:
    """Yield what is missing at the end: the list of orders, or the proof of the deed."""
    lists = [number for number, step in enumerate(steps) if step.action == "rows"]
    if verb == "orders" and lists != [len(steps) - 1]:
        yield source.problem(
            place,
            say(f"rows の手順が {len(lists)} 個", f"{len(lists)} steps with rows"),
            say("最後の手順に rows を一つ", "one step with rows, the last"),
            say(
                "申請の一覧の列を rows に書いてください。", "Give the columns of the list in rows."
            ),
        )
    if verb != "orders" and lists:
        yield source.problem(
            (*place, lists[0]),
            "rows",
            say("orders だけの手順", "a step of orders only"),
            say("read を使ってください。", "Use read."),
        )
    if verb in ("login", "orders"):
        return
    after = ""
    for step in steps:
        after = "" if step.action in ("press", "choose", "confirm") else after
        after = step.action if step.action in ("see", "read") else after
    if not after:
        yield source.problem(
            place,
            say("最後に押した後に see も read もない", "neither see nor read after the last press"),
            say("できたことの分かる文言を see で確かめる手順", "a step that sees that it was done"),
            say(
                '例: { see = "発送しました" } を最後に足してください。',
                'Add one at the end, e.g. { see = "has been sent" }.',
            ),
        )


def _texts(
    source: Source, place: tuple[str | int, ...], step: RecipeStep, decl: Declaration
) -> Iterator[Problem]:
    """Yield names that mean nothing, and values that should be secrets."""
    for text in (*step.names, *step.empty, step.each):
        key = text.removeprefix(LABEL)
        if text.startswith(LABEL) and key not in decl.labels:
            yield source.problem(
                (*place, step.action),
                f"「{text}」",
                say("[labels] と同じ鍵", "a key as in [labels]"),
                str(did_you_mean(key, decl.labels)).strip(),
            )
        if text.startswith(CSS) and not _selects(text.removeprefix(CSS)):
            yield source.problem(
                (*place, step.action),
                f"「{text}」",
                say(
                    "CSS セレクター（{…} は使えません。行は row で選びます）",
                    "a CSS selector (without {…}: rows are chosen by row)",
                ),
                say("書き方を確かめてください。", "Look at how it is written."),
            )
    names = [*step.names]
    for name in step.names:
        names += decl.labels.get(name.removeprefix(LABEL), ())
    if step.value and not placeholders(step.value) and any(map(_SECRET_NAME.search, names)):
        yield source.problem(
            (*place, "value"),
            say("直接書かれた値（表示しません）", "a value written inline (not shown)"),
            say(
                "{staff_password} か、adapters.staff.secrets の名前",
                "{staff_password}, or a name of adapters.staff.secrets",
            ),
            say(
                "秘密の値をファイルに書かず、参照に直してください。",
                "Never write the secret into the file; refer to it.",
            ),
        )


def _selects(selector: str) -> bool:
    return bool(selector) and not placeholders(selector) and is_selector(selector)
