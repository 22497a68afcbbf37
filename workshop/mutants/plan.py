"""Which mutants there are: every place of the bank's deciding parts, by cosmic-ray's operators."""

from __future__ import annotations

import ast
import hashlib
import json
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType

from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import MutationSpec

from workshop.faults.runs import ROOT
from workshop.mutation import operators
from workshop.mutation.plan import Group, code_of, fill, groups

PARTS = {
    "domain": ("reference_impl/domain",),
    "service": ("reference_impl/service",),
    "store": ("reference_impl/store",),
    "web": ("reference_impl/web", "reference_impl/face"),
    "staff": ("reference_impl/staff/__init__.py",),
}
"""The bank's parts that decide something. Clock, settings, demo and test control decide nothing."""
# Test control's part, the data base's file, and the list of tokens before a run.
_BESIDES = {"control.py", "database.py", "secrets.py", "stock.py"}
_LEFT_OUT = "core/ExceptionReplacer"  # its exception is no name of the bank's
# No decision: what every run sets otherwise, and what is no statement.
_PASSED_OVER = re.compile(r"\s*(from|import|@|\"\"\"|#|class |\w+: Annotated\[|\w+: \w+ = )")


@dataclass(frozen=True)
class Mutant:
    """One change of the bank. ``line`` counts from 1; ``code``: the line without blanks."""

    part: str
    module: str
    operator: str
    occurrence: int
    line: int
    code: str
    changed: str

    @property
    def name(self) -> str:
        """How it is spoken of."""
        return f"{self.module}:{self.line} {self.operator.partition('/')[2]}: {self.changed}"

    @property
    def package(self) -> str:
        """The module's dotted name."""
        return self.module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def mutants(folder: Path) -> list[Mutant]:
    """Return all mutants that differ from the bank, and from each other, in the source's order.

    The list takes minutes to make; it is kept in ``folder`` as long as the bank, and what
    stands here, are the same.
    """
    kept = folder / f"mutants-{_fingerprint()}.json"
    if kept.exists():
        return [Mutant(**row) for row in json.loads(kept.read_text(encoding="utf-8"))]
    operators.register()
    pattern = groups(["verdict"])[0].operators.pattern
    wanted = re.compile(f"(?!{_LEFT_OUT})(?:{pattern})")
    found: list[Mutant] = []
    for part, paths in PARTS.items():
        made = _of(_Modules(part, paths, wanted, ()))
        found += sorted(made, key=lambda m: (m.module, m.line, m.operator, m.occurrence))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps([asdict(m) for m in found], ensure_ascii=False), encoding="utf-8")
    return found


def _fingerprint() -> str:
    sources = [*sorted((ROOT / "reference_impl").rglob("*.py")), Path(__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


class _Modules(Group):
    """The modules of a part, packages' own files included."""

    def modules(self) -> list[Path]:
        found = [ROOT / path for path in self.paths]
        files = [f for p in found for f in ([p] if p.is_file() else sorted(p.glob("*.py")))]
        return [f.relative_to(ROOT) for f in files if f.name not in _BESIDES]


def _of(group: Group) -> Iterator[Mutant]:
    with tempfile.TemporaryDirectory() as folder, use_db(f"{folder}/mutants.sqlite") as db:
        fill(db, group)
        specs = [item.mutations[0] for item in db.pending_work_items]
    sources = {spec.module_path: (ROOT / spec.module_path).read_text("utf-8") for spec in specs}
    met = {_meaning(source) for source in sources.values()}
    for spec in specs:
        line = sources[spec.module_path].splitlines()[spec.start_pos[0] - 1]
        changed = code_of(spec)
        if changed is None or _PASSED_OVER.match(line):
            continue
        meaning = _meaning(changed)
        if meaning in met:
            continue  # not x is None, and x is not None, are one
        met.add(meaning)
        yield Mutant(
            group.name,
            str(spec.module_path),
            spec.operator_name,
            spec.occurrence,
            spec.start_pos[0],
            line.strip(),
            changed.splitlines()[spec.start_pos[0] - 1].strip(),
        )


def _meaning(source: str) -> CodeType | str:
    """Return what a module does, annotations left out; one that is no Python is itself."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign | ast.arg):
            node.annotation = ast.Constant(None, lineno=node.lineno, col_offset=node.col_offset)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return compile(ast.fix_missing_locations(tree), "", "exec", dont_inherit=True)


def source_of(mutant: Mutant) -> str:
    """Return the mutated module's code."""
    operators.register()
    spec = MutationSpec(
        module_path=Path(mutant.module),
        operator_name=mutant.operator,
        occurrence=mutant.occurrence,
        start_pos=(mutant.line, 0),
        end_pos=(mutant.line, 1),
    )
    return code_of(spec) or ""


def sample(known: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return a sample, as large a share of each part as of the whole, in a random order."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    return chance.sample(known, min(size, len(known)))
