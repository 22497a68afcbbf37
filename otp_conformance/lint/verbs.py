"""Which steps judge a refusal, and which are its control: read off what their functions do.

A step refuses when its function gets, through whatever verbs of the actors,
to `Case.refused`; it is a control when it gets to `Case.control`. Nothing is
run: the sources are read, so that no new sentence and no new verb has to be
entered anywhere (decision 0003).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

REFUSED, CONTROL = "refused", "control"
_ENDS = frozenset({REFUSED, CONTROL})
#: What the actors call one another, and the class behind it.
_OF_CLASS = {
    "judge": "Judge",
    "_judge": "Judge",
    "declared": "Declared",
    "sight": "Sight",
    "case": "Case",
    "_case": "Case",
}


@dataclass(frozen=True)
class _Reference:
    """A name used in a function. ``receiver``: the word before the dot, or empty."""

    receiver: str
    name: str
    called: bool


@dataclass(frozen=True)
class _Function:
    """A function of the actors. ``owner``: its class, or the module's name."""

    module: str
    owner: str
    name: str
    references: tuple[_Reference, ...]


class Verbs:
    """What the actors' functions get to."""

    def __init__(self, functions: Iterable[_Function]) -> None:
        every = tuple(functions)
        self._by_name: dict[str, list[_Function]] = {}
        for function in every:
            self._by_name.setdefault(function.name, []).append(function)
        self._modules = frozenset(function.module for function in every)
        self._ends: dict[_Function, frozenset[str]] = dict.fromkeys(every, frozenset())
        while any(self._learn(function) for function in every):
            pass

    def of_source(self, source: str, line: int) -> frozenset[str]:
        """Return which of REFUSED and CONTROL the function at a line of a module gets to."""
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                if first <= line <= (node.end_lineno or node.lineno):
                    return self._reached(_Function("", "", "", tuple(_references(node))))
        return frozenset()

    def _learn(self, function: _Function) -> bool:
        """Take in what a function is now known to get to; tell whether that is news."""
        reached = self._reached(function)
        news = reached != self._ends[function]
        self._ends[function] = reached
        return news

    def _reached(self, function: _Function) -> frozenset[str]:
        found: set[str] = set()
        for reference in function.references:
            if reference.name in _ENDS and reference.receiver:
                found.add(reference.name)
            for target in self._targets(function, reference):
                found |= self._ends[target]
        return frozenset(found)

    def _targets(self, function: _Function, reference: _Reference) -> Iterator[_Function]:
        named = self._by_name.get(reference.name, ())
        receiver = reference.receiver
        owner = function.owner if receiver == "self" else _OF_CLASS.get(receiver, "")
        if not receiver:
            owner = function.module
        elif not owner and receiver in self._modules:
            owner = receiver
        exact = [target for target in named if target.owner == owner]
        if exact or (owner and receiver != "self"):
            # A plain name that the module does not define is imported from another one.
            imported = [t for t in named if not receiver and t.owner in self._modules]
            yield from exact or imported
        elif reference.called:
            yield from named


def read_verbs(
    packages: Iterable[str] = ("otp_conformance.people", "otp_conformance.judging"),
) -> Verbs:
    """Read the sources of the rooms whose verbs steps use."""
    specs = [find_spec(package) for package in packages]
    folders = [folder for spec in specs if spec for folder in spec.submodule_search_locations or ()]
    return Verbs(
        function
        for folder in folders
        for path in sorted(Path(folder).glob("*.py"))
        for function in _functions(ast.parse(path.read_text(encoding="utf-8")), path.stem)
    )


def _functions(tree: ast.Module, module: str) -> Iterator[_Function]:
    for node in tree.body:
        owner, inner = module, [node]
        if isinstance(node, ast.ClassDef):
            owner, inner = node.name, node.body
        for each in inner:
            if isinstance(each, ast.FunctionDef):
                yield _Function(module, owner, each.name, tuple(_references(each)))


def _references(function: ast.FunctionDef) -> Iterator[_Reference]:
    body = [node for statement in function.body for node in ast.walk(statement)]
    called = {id(node.func) for node in body if isinstance(node, ast.Call)}
    for node in body:
        if isinstance(node, ast.Attribute):
            yield _Reference(_last_word(node.value), node.attr, id(node) in called)
        elif isinstance(node, ast.Name):
            yield _Reference("", node.id, id(node) in called)


def _last_word(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return "?"
