"""Keys that are read only where another key has a certain value.

Given all the same they are a promise that nobody looks at, or the other key is wrong:
one table says which key hangs on which, and everything else follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from pydantic import BaseModel

from otp_conformance.declaration.errors import Problem
from otp_conformance.declaration.explain import Source, shown
from otp_conformance.declaration.model import Declaration
from otp_conformance.language import say


@dataclass(frozen=True)
class ReadWhen:
    """``keys``, a table standing for all that it holds, are read where ``by`` allows it.

    ``by``: the deciding key; of several one will do. ``values``: with which the keys are
    read; none named: with anything but an empty one. ``needed``: what must be given then.
    """

    keys: tuple[str, ...]
    by: tuple[str, ...]
    values: tuple[str | bool, ...] = ()
    needed: tuple[str, ...] = ()

    def allowed(self, value: Callable[[str], object]) -> bool:
        """Tell whether the keys are read; ``value`` returns what a dotted key says."""
        found = [value(key) for key in self.by]
        return any(each in self.values if self.values else each for each in found)


def _of_kind(
    table: str, *kinds: str, keys: tuple[str, ...], needed: tuple[str, ...] = ()
) -> ReadWhen:
    where = f"adapters.{table}"
    return ReadWhen(
        tuple(f"{where}.{key}" for key in keys),
        (f"{where}.kind",),
        kinds,
        tuple(f"{where}.{key}" for key in needed),
    )


_KINDS = tuple(f"adapters.{table}.kind" for table in ("clock", "provisioning", "staff", "outbox"))

READ_WHEN: tuple[ReadWhen, ...] = (
    ReadWhen(("screen_ids",), ("ics.screen_ids",), (True,)),
    ReadWhen(("keyboard",), ("ics.on_screen_keyboard",), (True,)),
    ReadWhen(("adapters.staff",), ("ics.staff_access",), (True,), ("adapters.staff",)),
    ReadWhen(("adapters.tokens.software",), ("ics.software_tokens",), (True,)),
    ReadWhen(("switching.holidays",), ("switching.business_days_only",), (True,)),
    _of_kind("clock", "http", keys=("move",), needed=("move",)),
    _of_kind("clock", "faketime", keys=("file",), needed=("file",)),
    _of_kind("clock", "http", "faketime", "real", keys=("read",)),
    ReadWhen(
        ("adapters.clock.read_member", "adapters.clock.read_format"), ("adapters.clock.read",)
    ),
    _of_kind("clock", "test_control", "http", "faketime", keys=("goes_back", "stands_still")),
    _of_kind("clock", "real", keys=("max_wait_minutes", "wait_overnight")),
    _of_kind("tokens", "simulated", "pskc", keys=("algorithm", "seed_format")),
    _of_kind("tokens", "pskc", keys=("file", "key"), needed=("file",)),
    _of_kind(
        "tokens",
        "command",
        keys=("command", "any_moment", "timeout_seconds"),
        needed=("command",),
    ),
    ReadWhen(
        tuple(f"adapters.tokens.software.{key}" for key in ("seed", "serial", "expires_at")),
        ("adapters.tokens.software.source",),
        ("screen", "call"),
        ("adapters.tokens.software.seed",),
    ),
    ReadWhen(
        ("adapters.tokens.software.call",),
        ("adapters.tokens.software.source",),
        ("call",),
        ("adapters.tokens.software.call",),
    ),
    _of_kind("provisioning", "pool", "procedures", keys=("file", "ledger"), needed=("file",)),
    _of_kind("provisioning", "pool", keys=("suspend",)),
    _of_kind("provisioning", "http", keys=("calls",), needed=("calls.customer",)),
    _of_kind(
        "provisioning",
        "command",
        keys=("commands", "timeout_seconds"),
        needed=("commands.customer",),
    ),
    _of_kind("provisioning", "http", "command", keys=("members", "words")),
    _of_kind("staff", "screens", keys=("login_id", "password", "path", "secrets", "recipes")),
    _of_kind("staff", "http", keys=("calls",), needed=("calls",)),
    _of_kind("staff", "command", keys=("commands",), needed=("commands",)),
    _of_kind("staff", "http", "command", keys=("order_members",)),
    _of_kind("staff", "command", "person", keys=("timeout_seconds",)),
    _of_kind("outbox", "http", keys=("call",), needed=("call",)),
    _of_kind("outbox", "command", keys=("command", "timeout_seconds"), needed=("command",)),
    _of_kind("outbox", "http", "command", keys=("subjects",)),
    _of_kind("outbox", "folder", keys=("folder", "recipient"), needed=("folder", "recipient")),
    _of_kind("restart", "command", keys=("command",), needed=("command",)),
    _of_kind("restart", "http", keys=("call",), needed=("call",)),
    _of_kind("restart", "command", "http", keys=("settle_seconds", "timeout_seconds")),
    ReadWhen(("adapters.test_control",), _KINDS, ("test_control",), ("adapters.test_control",)),
)
"""Which keys hang on which. A table comes before what it holds."""


def closed(value: Callable[[str], object]) -> frozenset[str]:
    """Return the keys that nobody reads; ``value`` returns what a dotted key says."""
    return frozenset(key for rule in READ_WHEN if not rule.allowed(value) for key in rule.keys)


def value_at(declaration: Declaration, key: str) -> object:
    """Return what a dotted key says; None where a table on the way is left out."""
    found: object = declaration
    for name in key.split("."):
        found = getattr(found, name, None)
    return found


def says(declaration: Declaration, key: str) -> bool:
    """Tell whether the file itself says something by a key; an empty value or false does not."""
    section: object = declaration
    for name in key.split("."):
        if not isinstance(section, BaseModel) or name not in section.model_fields_set:
            return False
        section = getattr(section, name)
    return _meant(section)


def _meant(value: object) -> bool:
    if isinstance(value, BaseModel):
        return any(_meant(getattr(value, name)) for name in value.model_fields_set)
    return any(map(_meant, value.values())) if isinstance(value, Mapping) else bool(value)


def unread(declaration: Declaration) -> Iterator[tuple[ReadWhen, tuple[str, ...]]]:
    """Yield each rule that is broken, with the keys that say something and are not read.

    What a table holds is not told of again beside the table.
    """
    told: list[str] = []
    for rule in READ_WHEN:
        if rule.allowed(partial(value_at, declaration)):
            continue
        said = tuple(
            key
            for key in rule.keys
            if says(declaration, key) and not any(key.startswith(f"{each}.") for each in told)
        )
        told += said
        if said:
            yield rule, said


def check_unread(
    source: Source, declaration: Declaration
) -> Iterator[tuple[Problem, tuple[str, ...]]]:
    """Yield a problem for each rule that is broken, and the keys that decide."""
    for rule, keys in unread(declaration):
        listed = say("、", ", ").join(keys)
        allowed = " / ".join(shown(value) for value in rule.values)
        by = say("、", ", ").join(rule.by)
        now = _now(declaration, rule)
        problem = source.problem(
            tuple(keys[0].split(".")),
            say(
                f"{now} では読まれない記載（{listed}）", f"{listed}, which nobody reads with {now}"
            ),
            say(
                f"{by} が {allowed or '書いてある'} のときだけの記載",
                f"this only where {by} is {allowed or 'given'}",
            ),
            say(
                f"{listed} を消すか、{by} を直してください。", f"Remove {listed}, or correct {by}."
            ),
        )
        yield problem, rule.by


def check_needed(source: Source, declaration: Declaration) -> Iterator[Problem]:
    """Yield what a chosen way of doing something needs, and that says nothing."""
    value = partial(value_at, declaration)
    for rule in READ_WHEN:
        for key in rule.needed if rule.allowed(value) else ():
            if _meant(value(key)):
                continue
            chosen = next(by for by in rule.by if value(by) in rule.values)
            now = f"{chosen} = {shown(value(chosen))}"
            # A table of its own has no line yet: it is told of where it is called for.
            elsewhere = key.count(".") == 1
            yield source.problem(
                tuple((chosen if elsewhere else key).split(".")),
                say(f"[{key}] のない {shown(value(chosen))}", f"{shown(value(chosen))} without it")
                if elsewhere
                else say("記載なし", "nothing"),
                say(f"{now} に要る {key}", f"{key}, needed with {now}"),
                say(
                    f"{key} を書き足すか、{chosen} を直してください。",
                    f"Declare {key}, or correct {chosen}.",
                ),
            )


def _now(declaration: Declaration, rule: ReadWhen) -> str:
    """Return what the deciding keys say at present."""
    held = {key: value_at(declaration, key) for key in rule.by}
    given = [f"{key} = {shown(value)}" for key, value in held.items() if value is not None]
    absent = [say(f"{key} なし", f"no {key}") for key, value in held.items() if value is None]
    return say("、", ", ").join(given or absent)
