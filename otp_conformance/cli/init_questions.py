"""Which keys ``init`` asks for, in which order, and what answers make necessary."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache, partial

from pydantic import BaseModel

from otp_conformance.declaration.fields import parameters, section_of
from otp_conformance.declaration.template import (
    field_at,
    in_force,
    is_list_of_tables,
    required_keys,
    usual,
)
from otp_conformance.declaration.unread import READ_WHEN, ReadWhen, closed
from otp_conformance.language import say

# What `check` compares with the system although there is a default: asked for, not left to it.
_COMPARED = (
    *("login.flow", "login.path", "login.logout_control", "navigation.portal"),
    *("ics.on_screen_keyboard", "ics.screen_ids", "ics.otp_on_deactivation", "ics.portal"),
    *("screen_ids", "keyboard.screens", "otp.step_seconds", "otp.window.login"),
    *("adapters.clock.kind", "sut.frame"),
)
_CALL_URL = ".url"
_WHOLE = ("declaration_version", "labels", "screen_marks", "selectors")


def open_keys(answers: Mapping[str, object], asked: set[str], *, everything: bool) -> Iterator[str]:
    """Yield the keys still to be asked for, in the order of the file."""
    wanted = {*required_keys()}
    shut = closed(partial(in_force, answers))
    follows = {key for rule in READ_WHEN if _opened(rule, answers) for key in rule.keys}
    for key in askable():
        if key in answers or key in asked or _covered(key, shut):
            continue
        compared = _covered(key, _COMPARED) or _covered(key, follows)
        if key in wanted or ((compared or everything) and _sensible(key, answers)):
            yield key


def _opened(rule: ReadWhen, answers: Mapping[str, object]) -> bool:
    """Tell whether an answer has made a way of doing something the chosen one."""
    answered = any(key in answers for key in rule.by)
    return answered and rule.allowed(partial(in_force, answers))


def _covered(key: str, keys: Collection[str]) -> bool:
    """Tell whether a key, or a table around it, is among some."""
    parts = key.split(".")
    return any(".".join(parts[:length]) in keys for length in range(1, len(parts) + 1))


def _sensible(key: str, answers: Mapping[str, object]) -> bool:
    """Tell whether there is any use in a key: of a call that has no address there is none."""
    table, _, name = key.rpartition(".")
    info = field_at(f"{table}{_CALL_URL}")
    if info is not None and f"{table}{_CALL_URL}" not in answers:
        return name == _CALL_URL[1:] and _chosen(table, answers)
    return _chosen(table, answers)


def _chosen(table: str, answers: Mapping[str, object]) -> bool:
    """Tell whether all tables around a key are there, or come by an answer."""
    parts = table.split(".")
    shut = closed(partial(in_force, answers))
    for length in range(1, len(parts) + 1):
        name = ".".join(parts[:length])
        info = field_at(name)
        if info is None or info.is_required() or info.default is not None:
            continue
        governed = any(_covered(name, rule.keys) for rule in READ_WHEN)
        if not in_force(answers, name) and not (governed and not _covered(name, shut)):
            return False
    return True


@cache
def askable() -> tuple[str, ...]:
    """Return the keys that can be answered in one line."""
    return tuple(p.key for p in parameters() if p.key not in _WHOLE and not _within_list(p.key))


def _within_list(key: str) -> bool:
    parts = key.split(".")
    tables = (field_at(".".join(parts[:length])) for length in range(1, len(parts)))
    return any(info is not None and is_list_of_tables(info) for info in tables)


def made_necessary(answers: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield what answers make necessary, or will; with when, unless they do already."""
    for rule in READ_WHEN:
        undecided = _undecided(rule, answers) and _may_come(rule.by[0], answers)
        chosen = rule.allowed(partial(in_force, answers))
        if not (chosen or undecided):
            continue
        for key in rule.needed:
            given = in_force(answers, key)
            if given and not isinstance(given, BaseModel):  # a table by default holds nothing
                continue
            values = "|".join("y" if value is True else str(value) for value in rule.values)
            when = f"{rule.by[0]}={values}"
            yield (
                _first_of(key),
                "" if chosen else say(f"（{when} のとき）", f" (where {when})"),
            )


def _undecided(rule: ReadWhen, answers: Mapping[str, object]) -> bool:
    return all(key not in answers and usual(key) is None for key in rule.by)


def _may_come(key: str, answers: Mapping[str, object]) -> bool:
    """Tell whether a key that decides has to be answered, as far as is known yet."""
    around = [rule for rule in READ_WHEN if _covered(key, rule.keys)]
    open_yet = (
        _undecided(rule, answers) or rule.allowed(partial(in_force, answers)) for rule in around
    )
    return all(open_yet) if around else key in {*required_keys()}


def _first_of(key: str) -> str:
    """Return the key by which a table that is needed can be begun in one line."""
    info = field_at(key)
    inner = section_of(info) if info is not None else None
    if inner is None:
        return key
    name = next((n for n, i in inner.model_fields.items() if i.is_required()), "")
    return _first_of(f"{key}.{name or next(iter(inner.model_fields))}")
