"""Who reads which key of the declaration, found out statically.

The syntax trees of the harness are walked with the little type inference that the
declaration needs: what is a table of it (by annotation, by assignment, by attribute),
which field of it is read there, and in which room.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from otp_conformance.declaration.base import Section
from otp_conformance.declaration.fields import section_of
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.needs import NEEDS, PREFIX

HARNESS = Path(__file__).resolve().parents[2] / "otp_conformance"
FEATURES = HARNESS.parent / "features"

#: Rooms in which a reading steers something. Reports and `cli`, which print what is
#: declared, do not count, nor does the declaration itself.
ROOMS = (
    "judging",
    "people",
    "screens",
    "agent",
    "clock",
    "tokens",
    "staff",
    "assets",
    "calls",
    "deployment",
    "preflight",
    "run",
)
#: Read while the file is loaded, by the loader itself.
BY_THE_LOADER = {
    "declaration_version": "Literal[1] of the model: another format is refused",
    "sut.manual": "the loader reads that manual, and the declaration carries it",
}

Found = tuple[type[Section], str]


def sections(section: type[Section] = Declaration) -> Iterator[type[Section]]:
    """Yield every table's class, the whole file first."""
    yield section
    for info in section.model_fields.values():
        inner = section_of(info)
        if inner is not None:
            yield from sections(_as_section(inner))


def _as_section(model: type[BaseModel]) -> type[Section]:
    assert issubclass(model, Section)
    return model


CLASSES = {cls.__name__: cls for cls in sections()}


def _tuples() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the declaration's tuples of names, such as the keys of optional functions."""
    for path in sorted((HARNESS / "declaration").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                values = [e.value for e in node.value.elts if isinstance(e, ast.Constant)]
                if isinstance(node.targets[0], ast.Name) and len(values) == len(node.value.elts):
                    yield node.targets[0].id, tuple(map(str, values))


NAMES = dict(_tuples())


def _named(annotation: ast.expr | None) -> type[Section] | None:
    """Return the table's class that an annotation names, ``| None`` or a tuple of it included."""
    if annotation is None:
        return None
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name) and node.id in CLASSES:
            return CLASSES[node.id]
    return None


@dataclass
class Reader:
    """Walks one module. ``found``: fields read, with the function or class they are read in."""

    module: ast.Module
    own: type[Section] | None = None
    found: set[Found] = field(default_factory=set)
    called: set[tuple[type[Section], str]] = field(default_factory=set)
    returns: dict[str, type[Section]] = field(default_factory=dict)
    attributes: dict[str, type[Section]] = field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def run(self) -> Reader:
        """Walk until nothing new is learnt: attributes may be set after they are used."""
        for node in ast.walk(self.module):
            if isinstance(node, ast.FunctionDef) and (cls := _named(node.returns)):
                self.returns[node.name] = cls
        for _ in range(3):
            self._body(self.module, {})
        return self

    def _body(self, node: ast.AST, names: dict[str, type[Section]]) -> None:
        inner = dict(names)
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            for argument in every:
                cls = _named(argument.annotation)
                if argument.arg == "self" and self.own is not None:
                    cls = self.own
                if isinstance(node, ast.Lambda) and argument.arg in ("d", "decl"):
                    cls = Declaration
                if cls is not None:
                    inner[argument.arg] = cls
        # Names first, in the order of the text, then what is read.
        for child in ast.walk(node):
            self._learn(child, inner)
        for child in ast.walk(node):
            self._type(child, inner)
            is_scope = isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef)
            if is_scope and child is not node:
                self._body(child, inner)

    def _learn(  # noqa: C901 - one branch a kind of assignment
        self, node: ast.AST, names: dict[str, type[Section]]
    ) -> None:
        pairs: list[tuple[ast.expr, ast.expr]] = []
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs += zip(target.elts, node.value.elts, strict=False)
                else:
                    pairs.append((target, node.value))
        elif isinstance(node, ast.AnnAssign):
            cls = _named(node.annotation)
            if cls is not None and isinstance(node.target, ast.Name):
                names[node.target.id] = cls
                self.attributes[node.target.id] = cls
        elif isinstance(node, ast.For | ast.comprehension):
            pairs.append((node.target, node.iter))
        for target, value in pairs:
            if isinstance(target, ast.Name) and isinstance(value, ast.Name) and value.id in NAMES:
                self.choices[target.id] = NAMES[value.id]
            found = self._type(value, names)
            if found is not None and isinstance(target, ast.Name):
                names[target.id] = found
            elif found is not None and isinstance(target, ast.Attribute):
                self.attributes[target.attr] = found

    def _type(self, node: ast.AST, names: dict[str, type[Section]]) -> type[Section] | None:
        """Return which table an expression is, noting what it reads on the way."""
        match node:
            case ast.Name(id=name):
                return names.get(name) or (Declaration if name == "declaration" else None)
            case ast.Attribute(value=value, attr=attr):
                return self._attribute(self._type(value, names), attr)
            case ast.Call(func=ast.Name(id="getattr"), args=[table, *rest]):
                return self._by_name(self._type(table, names), rest)
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                self._type(node.func, names)
                return self.returns.get(name)
            case ast.BoolOp(values=values):
                return next((t for v in values if (t := self._type(v, names))), None)
            case ast.IfExp(body=body, orelse=orelse):
                return self._type(body, names) or self._type(orelse, names)
        return None

    def _attribute(self, table: type[Section] | None, attr: str) -> type[Section] | None:
        if table is not None:
            if attr in table.model_fields:
                self.found.add((table, attr))
                inner = section_of(table.model_fields[attr])
                return None if inner is None else _as_section(inner)
            self.called.add((table, attr))
            return None
        if attr in ("declaration", "_declaration"):
            return Declaration
        return self.attributes.get(attr)

    def _by_name(self, table: type[Section] | None, rest: list[ast.expr]) -> type[Section] | None:
        if table is None:
            return None
        if rest and isinstance(rest[0], ast.Constant):
            return self._attribute(table, str(rest[0].value))
        inner: type[Section] | None = None
        argument = rest[0].id if rest and isinstance(rest[0], ast.Name) else ""
        # Chosen at run time: one of a known tuple of names, or any field of the table.
        for name in self.choices.get(argument, tuple(table.model_fields)):
            inner = self._attribute(table, name) or inner
        return inner


def _walk(path: Path) -> Reader:
    return Reader(ast.parse(path.read_text(encoding="utf-8"))).run()


def _methods() -> dict[tuple[type[Section], str], set[Found]]:
    """Return what the methods and properties of the tables' own classes read."""
    found: dict[tuple[type[Section], str], set[Found]] = {}
    for path in sorted((HARNESS / "declaration").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.ClassDef) or node.name not in CLASSES:
                continue
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    module = ast.Module([method], [])
                    own = CLASSES[node.name]
                    reader = Reader(module, own=own).run()
                    found[own, method.name] = reader.found | {
                        f for call in reader.called for f in found.get(call, set())
                    }
    return found


def _needs() -> dict[str, set[Found]]:
    """Return what each need of a scenario reads, for the needs that a scenario has."""
    text = "".join(p.read_text(encoding="utf-8") for p in FEATURES.rglob("*.feature"))
    used = {name for name in NEEDS if re.search(rf"{re.escape(PREFIX + name)}\b", text)}
    tree = ast.parse((HARNESS / "declaration" / "needs.py").read_text(encoding="utf-8"))
    methods = _methods()
    found: dict[str, set[Found]] = defaultdict(set)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Dict):
            continue
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in used:
                reader = Reader(ast.Module([ast.Expr(value)], [])).run()
                read = reader.found | {f for c in reader.called for f in methods.get(c, set())}
                found[str(key.value)] |= read
    return found


def readers() -> dict[Found, set[str]]:
    """Return, for each field of each table, the rooms that read it."""
    found: dict[Found, set[str]] = defaultdict(set)
    methods = _methods()
    for room in ROOMS:
        for path in sorted((HARNESS / room).rglob("*.py")):
            reader = _walk(path)
            through = {f for call in reader.called for f in methods.get(call, set())}
            for read in reader.found | through:
                found[read].add(room)
    for need in _needs().values():
        for read in need:
            found[read].add("run")  # the plan, which matches needs with the declaration
    return found


def keys(section: type[Section] = Declaration, prefix: str = "") -> Iterator[tuple[str, Found]]:
    """Yield every leaf key of the file with the field it is."""
    for name, info in section.model_fields.items():
        inner = section_of(info)
        if inner is None:
            yield f"{prefix}{name}", (section, name)
        else:
            yield from keys(_as_section(inner), f"{prefix}{name}.")


def label_rooms() -> dict[str, set[str]]:
    """Return the label keys, or patterns of them, that each room names."""
    found: dict[str, set[str]] = defaultdict(set)
    for room in ROOMS:
        for path in sorted((HARNESS / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    # Messages are sought by the beginning that their keys share.
                    prefix = r"\w+" if node.value == "error." else ""
                    found[re.escape(node.value) + prefix].add(room)
                elif isinstance(node, ast.JoinedStr):
                    parts = [
                        re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"\w+"
                        for v in node.values
                    ]
                    if "\\." in "".join(parts):
                        found["".join(parts)].add(room)
    return found


__all__ = ["BY_THE_LOADER", "ROOMS", "keys", "label_rooms", "readers"]
