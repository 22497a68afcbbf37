"""What steps judge: read off what their functions get to in the room `judging`.

A step judges when its function gets, through whatever verbs of that room, to `Case.confirm`,
`Case.refused` or `Case.control`. Nothing is run: the sources are read, and what stands before
a dot is known by its type (annotations, and what a constructor puts into its attributes), so
that no new sentence, verb or judge has to be entered anywhere (decision 0003).
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from textwrap import dedent
from types import FunctionType, ModuleType, NoneType, UnionType
from typing import TypeAlias, Union, get_args, get_origin, get_type_hints

from otp_conformance.journal.case import Case

FACT, REFUSED, CONTROL = "fact", "refused", "control"
_ENDS = {"confirm": FACT, "refused": REFUSED, "control": CONTROL}
_JUDGING = "otp_conformance.judging."


@dataclass(frozen=True)
class _Instance:
    """Some value of a class."""

    of: type


_Value: TypeAlias = "_Instance | ModuleType | type | FunctionType | Mapping[str, _Value] | None"
"""What is known of an expression; a mapping: of something by its attributes; None: nothing."""


class Verbs:
    """What functions get to. ``context``: the classes of what a step's context holds."""

    def __init__(self, context: Mapping[str, type]) -> None:
        self._context = {name: _Instance(of) for name, of in context.items()}
        self._found: dict[FunctionType, tuple[frozenset[str], frozenset[FunctionType]]] = {}

    def of(self, function: FunctionType) -> frozenset[str]:
        """Return which of FACT, REFUSED and CONTROL a function gets to.

        Looked into: what stands in its own module, and in the room.
        """
        todo, seen, ends = [function], {function}, frozenset[str]()
        while todo:
            own, called = self._read(todo.pop())
            ends |= own
            new = {
                each
                for each in called - seen
                if str(each.__module__).startswith(_JUDGING)
                or each.__globals__ is function.__globals__
            }
            seen |= new
            todo += new
        return ends

    def _read(self, function: FunctionType) -> tuple[frozenset[str], frozenset[FunctionType]]:
        """Return the ends that a function names itself, and the functions that it names."""
        if function not in self._found:
            node, scope = _definition(function), _Scope(function, self._context)
            names = [n for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute)]
            values = [(name, scope.value(name)) for name in names]
            # What is before the dot may be the record whenever nobody knows better.
            ends = {
                _ENDS[name.attr]
                for name, value in values
                if isinstance(name, ast.Attribute) and name.attr in _ENDS
                if value is None or value is getattr(Case, name.attr)
            }
            called = {value for _, value in values if isinstance(value, FunctionType)}
            self._found[function] = frozenset(ends), frozenset(called)
        return self._found[function]


class _Scope:
    """What the names in one function stand for. ``own``: what is known of ``self`` instead."""

    def __init__(
        self,
        function: FunctionType,
        context: Mapping[str, _Value],
        *,
        own: Mapping[str, _Value] | None = None,
    ) -> None:
        self._globals = function.__globals__
        self._locals: dict[str, _Value] = {"context": context}
        owner = self._globals.get(function.__qualname__.split(".")[0])
        if isinstance(owner, type):
            self._locals["self"] = _Instance(owner) if own is None else own
        self._locals |= {name: _instance(hint) for name, hint in _hints(function).items()}
        for node in ast.walk(_definition(function)):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._locals[name] = self.value(value)

    def value(self, node: ast.expr) -> _Value:
        """Return what is known of an expression."""
        match node:
            case ast.Name(id=name):
                if name in self._locals:
                    return self._locals[name]
                return _thing(self._globals.get(name))
            case ast.Attribute(value=owner, attr=name):
                return _member(self.value(owner), name)
            case ast.Call(func=func):
                made = self.value(func)
                if isinstance(made, FunctionType):
                    return _instance(_hints(made).get("return"))
                return _Instance(made) if isinstance(made, type) else None
            case ast.BoolOp(values=values):
                return next((known for each in values if (known := self.value(each))), None)
            case _:
                return None


def _member(owner: _Value, name: str) -> _Value:
    """Return what is known of a member of something."""
    if isinstance(owner, Mapping):
        return owner.get(name)
    if not isinstance(owner, _Instance):
        return None if owner is None else _thing(getattr(owner, name, None))
    member = inspect.getattr_static(owner.of, name, None)
    if isinstance(member, FunctionType):
        return member
    if isinstance(member, property) and isinstance(member.fget, FunctionType):
        return _instance(_hints(member.fget).get("return"))
    return _instance(_hints(owner.of).get(name)) or _constructed(owner.of).get(name)


@cache
def _constructed(made: type) -> Mapping[str, _Value]:
    """Return what is known of the attributes that a class's constructor sets."""
    function = vars(made).get("__post_init__" if is_dataclass(made) else "__init__")
    if not isinstance(function, FunctionType):
        return {}
    found: dict[str, _Value] = {}
    scope = _Scope(function, {}, own=found)
    for node in ast.walk(_definition(function)):
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)]):
                found[name] = scope.value(node.value)
    return found


def _definition(function: FunctionType) -> ast.stmt:
    return ast.parse(dedent(inspect.getsource(function))).body[0]


def _thing(value: object) -> _Value:
    return value if isinstance(value, ModuleType | type | FunctionType) else None


def _instance(hint: object) -> _Instance | None:
    """Return a value of an annotation: of a class, or of a class or None."""
    if get_origin(hint) in (Union, UnionType):
        classes = [each for each in get_args(hint) if each is not NoneType]
        return _instance(classes[0]) if len(classes) == 1 else None
    return _Instance(hint) if isinstance(hint, type) and hint is not NoneType else None


@cache
def _hints(of: FunctionType | type) -> Mapping[str, object]:
    return get_type_hints(of)
