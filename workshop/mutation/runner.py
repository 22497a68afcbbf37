"""Judges mutants in a copy of the tree."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkItem, WorkResult

from workshop.mutation import commands, forked
from workshop.mutation.forked import Ended, start
from workshop.mutation.plan import Group, code_of
from workshop.mutation.trail import Passage
from workshop.mutation.trees import ROOT, mutated

_PAUSE_S = 0.05
_FIRST_S = 900.0
_SLACK = 4.0
_PATIENCE_S = 60.0
# A judgement that three faults cannot do without is rare; more would cost minutes each.
_FAULTS_EACH = 3


class NotGreenError(Exception):
    """The unmutated tree is not green: nothing could be learnt from its mutants."""


@dataclass(frozen=True)
class Known:
    """What the unmutated tree has shown: how long each thing takes, and the faults' trails."""

    needs: Mapping[object, float] = field(default_factory=dict)
    trails: Mapping[str, Sequence[Passage]] = field(default_factory=dict)

    def limit(self, what: object) -> float:
        """Return the time-out for the same thing with a mutant; the machine may be busy."""
        return _PATIENCE_S + _SLACK * self.needs[what]

    def quickest(self, names: Iterable[str]) -> list[str]:
        """Return a few of these faults, the quickest first."""
        return sorted(names, key=self.needs.__getitem__)[:_FAULTS_EACH]


def do(
    command: commands.Command, tree: Path, timeout_s: float = _FIRST_S, *, keep: bool = False
) -> Ended:
    """Carry a command out in a tree, in a process of its own."""
    child = start(command, tree, tree.parent / f"{tree.name}.output", timeout_s, keep=keep)
    while (ended := child.poll()) is None:
        time.sleep(_PAUSE_S)
    return ended


def judge(item: WorkItem, group: Group, known: Known, tree: Path) -> tuple[WorkResult, float]:
    """Return what became of one mutant, and the processor time that it took."""
    spec = item.mutations[0]
    code = code_of(spec)
    if code is None:
        return _skipped("the same code"), 0.0
    try:
        compile(code, str(spec.module_path), "exec")
    except SyntaxError:
        return _skipped("no Python any more"), 0.0
    by_faults, spent = _skipped(""), 0.0
    if group.faults:
        by_faults, spent = _by_faults(spec, code, known, tree)
        never_judges = spec.operator_name == "blunt/CallDropped" and _is_skipped(by_faults)
        if by_faults.test_outcome is TestOutcome.KILLED or never_judges:
            return by_faults, spent
    tiers: dict[object, commands.Command] = {
        tier: commands.tests(tier) for tier in group.tiers(spec.module_path)
    }
    tiers |= {f"ordinary {name}": commands.ordinary(name) for name in group.ordinary}
    by_tests, more = _by(tiers, spec, code, known, tree, "no test failed")
    if by_tests.test_outcome is not TestOutcome.KILLED and not _is_skipped(by_faults):
        return by_faults, spent + more  # which tells more
    return by_tests, spent + more


def _is_skipped(result: WorkResult) -> bool:
    return result.worker_outcome is WorkerOutcome.SKIPPED


def _by_faults(spec: MutationSpec, code: str, known: Known, tree: Path) -> tuple[WorkResult, float]:
    source = (ROOT / spec.module_path).read_text(encoding="utf-8")
    where = (str(spec.module_path), *statement(source, spec.start_pos[0], spec.end_pos[0]))
    passed = {
        name: [passage for passage in passages if passage.touches(*where)]
        for name, passages in known.trails.items()
    }
    if not any(passed.values()):
        if spec.operator_name == "blunt/JudgementHolds":
            return _survived("no fault's scenarios come here"), 0.0
        return _skipped("no judgement is seen to come through it"), 0.0
    reds = [name for name, found in passed.items() if not all(p.ok for p in found)]
    judges = {name: commands.meet(name) for name in known.quickest(reds)}
    otherwise = "another check finds the same faults" if reds else "no fault makes it red"
    if spec.operator_name == "blunt/CallDropped" and not reds:
        # A control that is left out leaves its refusal unproven, on the right bank as well.
        come = [name for name, found in passed.items() if found and "::" not in name]
        judges = {name: commands.ordinary(name) for name in known.quickest(come)[:1]}
    return _by(judges, spec, code, known, tree, otherwise)


def _by(
    judges: Mapping[object, commands.Command],
    spec: MutationSpec,
    code: str,
    known: Known,
    tree: Path,
    otherwise: str,
) -> tuple[WorkResult, float]:
    cpu_s = 0.0
    with mutated(tree / spec.module_path, code):
        for name, command in judges.items():
            ended = do(command, tree, known.limit(name))
            cpu_s += ended.cpu_s
            if ended.code != 0:
                return _killed(ended, name if isinstance(name, str) else " ".join(name)), cpu_s
    tried = " ".join(name for name in judges if isinstance(name, str))
    return _survived(f"{otherwise}: {tried}" if tried else otherwise), cpu_s


def statement(source: str, first: int, last: int) -> tuple[int, int]:
    """Return the lines of the smallest statement that holds these: a call is seen at its own."""
    found = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt)
        and node.lineno <= first
        and last <= (node.end_lineno or node.lineno)
    ]
    return min(found, key=lambda lines: lines[1] - lines[0], default=(first, last))


def _skipped(why: str) -> WorkResult:
    return WorkResult(WorkerOutcome.SKIPPED, output=why)


def _survived(how: str) -> WorkResult:
    return WorkResult(WorkerOutcome.NORMAL, output=how, test_outcome=TestOutcome.SURVIVED)


def _killed(ended: Ended, by: str) -> WorkResult:
    late = ended.code == forked.TIMED_OUT
    text = "timeout" if late else f"{by}\n{ended.output[-600:]}"
    return WorkResult(WorkerOutcome.NORMAL, output=text, test_outcome=TestOutcome.KILLED)
