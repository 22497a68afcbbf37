"""A key that nobody reads, as another key decides, is one finding: generated from the table."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from otp_conformance.declaration.base import Section
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.explain import Source
from otp_conformance.declaration.fields import section_of
from otp_conformance.declaration.load import load, parse
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.template import choices, field_at
from otp_conformance.declaration.unread import READ_WHEN, ReadWhen, check_unread, unread
from otp_conformance.resources import bundle_root, fixtures_dir
from workshop.faults.runs import put

REFERENCE = fixtures_dir() / "declarations" / "reference.toml"
TEXT = REFERENCE.read_text(encoding="utf-8")
#: Keys of adapters that every kind reads.
ALWAYS = {
    "adapters.clock.guard_seconds",
    "adapters.clock.tolerance_seconds",
    "adapters.outbox.delay_seconds",
    "adapters.restart.sessions",
}


def filled(annotation: object, path: str = "") -> Any:
    """Return a value of a type that says something, as a file would hold it."""
    if hasattr(annotation, "__metadata__"):  # Annotated
        return filled(get_args(annotation)[0], path)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return filled(next(kind for kind in inner if kind is not type(None)), path)
    if origin is Literal:
        return inner[-1]
    if annotation is bool:
        return True
    if annotation is int:
        return 7
    if origin is tuple:
        return [filled(inner[0], path)]
    if isinstance(annotation, type) and issubclass(annotation, Section):
        names = [name for name, info in annotation.model_fields.items() if info.is_required()]
        chosen = names or list(annotation.model_fields)[:1]
        fields = annotation.model_fields
        return {name: filled(fields[name].annotation, name) for name in chosen}
    if origin is not None and inner and inner[0] is str:  # a mapping
        return {"a": "env:A"}
    if annotation is str:
        return {"url": "/a", "key": "env:A", "password": "env:A"}.get(path, "a")
    return "2026-12-31"


def value_for(key: str) -> Any:
    info = field_at(key)
    assert info is not None, key
    if key == "switching.holidays":
        return [tomllib.loads("d = 2026-12-31")["d"]]
    return filled(info.annotation, key.rpartition(".")[2])


def other_values(rule: ReadWhen) -> Iterator[object]:
    """Yield what the deciding key can be so that the keys are not read; None: left out."""
    if not rule.values:
        yield None
        return
    info = field_at(rule.by[0])
    assert info is not None
    ways = choices(info) or (True, False)
    yield from (way for way in ways if way not in rule.values)


def data_with(rule: ReadWhen, key: str, value: object) -> dict[str, Any]:
    """Return the reference's data with a key given and what decides about it set."""
    data = tomllib.loads(TEXT)
    del data["screen_ids"], data["keyboard"]
    adapters = data["adapters"]
    for table in ("clock", "tokens", "provisioning", "staff", "outbox"):
        adapters[table] = {"kind": adapters[table]["kind"]}
    del adapters["test_control"]
    put_plainly(data, key, value_for(key))
    for by in rule.by:
        if value is not None:
            put_plainly(data, by, value)
    return data


def put_plainly(data: dict[str, Any], dotted: str, value: object) -> None:
    *way, last = dotted.split(".")
    for name in way:
        data = data.setdefault(name, {})
    given = data.get(last)
    data[last] = (
        {**given, **value} if isinstance(given, dict) and isinstance(value, dict) else value
    )


def told(data: dict[str, Any]) -> list[str]:
    source = Source("d.toml", {}, 1)
    declaration = Declaration.model_validate(data)
    return [str(problem) for problem, _ in check_unread(source, declaration)]


CASES = [
    pytest.param(rule, key, value, id=f"{key} with {'/'.join(rule.by)} = {value}")
    for rule in READ_WHEN
    for key in rule.keys
    for value in other_values(rule)
    if len(rule.by) == 1
]


@pytest.mark.parametrize(("rule", "key", "value"), CASES)
def test_a_key_that_nobody_reads_is_one_finding(rule: ReadWhen, key: str, value: object) -> None:
    mine = [line for line in told(data_with(rule, key, value)) if f"{key}: " in line]
    assert len(mine) == 1
    assert rule.by[0] in mine[0]
    assert f"{key} を消すか" in mine[0]


@pytest.mark.parametrize(
    ("rule", "key"),
    [pytest.param(rule, key, id=key) for rule in READ_WHEN for key in rule.keys if rule.values],
)
def test_with_what_reads_it_nothing_is_told(rule: ReadWhen, key: str) -> None:
    for value in rule.values:
        data = data_with(rule, key, value)
        if key.startswith("adapters.tokens.software."):
            data["adapters"]["tokens"]["kind"] = "simulated"
        assert [line for line in told(data) if f"{key}: " in line] == []


def test_a_table_of_the_test_control_api_that_no_adapter_uses() -> None:
    (rule,) = [rule for rule in READ_WHEN if len(rule.by) > 1]
    data = data_with(rule, rule.keys[0], None)
    for table in ("clock", "provisioning", "staff", "outbox"):
        kind = {"clock": "real", "provisioning": "pool"}.get(table, "http")
        data["adapters"][table] = {"kind": kind}
    assert len([line for line in told(data) if "adapters.test_control: " in line]) == 1
    data["adapters"]["outbox"]["kind"] = "test_control"
    assert told(data) == []


def test_an_empty_value_says_nothing() -> None:
    data = tomllib.loads(TEXT)
    data["ics"]["screen_ids"] = False
    assert len(told(data)) == 1
    data["screen_ids"] = dict.fromkeys(data["screen_ids"], "")
    assert told(data) == []


def test_every_key_of_an_adapter_is_read_always_or_by_the_table() -> None:
    known = {key for rule in READ_WHEN for key in rule.keys} | ALWAYS
    adapters = field_at("adapters")
    assert adapters is not None
    tables = section_of(adapters)
    assert tables is not None
    left = [
        key
        for name, info in tables.model_fields.items()
        for inner in (section_of(info),)
        if inner is not None and f"adapters.{name}" not in known - {"adapters.staff"}
        for field in inner.model_fields
        if (key := f"adapters.{name}.{field}") not in known and field != "kind"
    ]
    assert left == []


def test_the_finding_has_the_keys_own_line_and_comes_once_beside_others() -> None:
    text = TEXT.replace("on_screen_keyboard = true", "on_screen_keyboard = false")
    with pytest.raises(DeclarationError) as caught:
        parse(REFERENCE, text.encode())
    (problem,) = caught.value.problems
    assert problem.key == "keyboard"
    assert text.splitlines()[problem.line - 1].startswith("[keyboard]")
    assert "ics.on_screen_keyboard = false" in str(problem)


def test_keys_of_one_kind_are_one_finding() -> None:
    text = TEXT.replace('kind = "screens" ', 'kind = "person"  ')
    assert text != TEXT
    with pytest.raises(DeclarationError) as caught:
        parse(REFERENCE, text.encode())
    (problem,) = caught.value.problems
    for key in ("login_id", "password", "path"):
        assert f"adapters.staff.{key}" in problem.found


DECLARATIONS = sorted(
    path
    for folder in ("fixtures", "workshop")
    for path in (bundle_root() / folder).rglob("*.toml")
    if "declaration_version = 1" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", DECLARATIONS, ids=lambda path: path.name)
def test_the_bundled_declarations_say_nothing_in_vain(path) -> None:
    assert list(unread(load(path).declaration)) == []


def test_there_are_bundled_declarations() -> None:
    assert len(DECLARATIONS) >= 6


def test_what_is_put_takes_what_hangs_on_it_away() -> None:
    data = tomllib.loads(TEXT)
    put(data, "ics.screen_ids", value=False)
    put(data, "ics.on_screen_keyboard", value=False)
    assert not {"screen_ids", "keyboard"} & set(data)
    assert told(data) == []
