"""All rules over the whole suite, or over some files of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from otp_conformance.errors import SuiteFaultError, UsageError
from otp_conformance.lint.finding import Finding
from otp_conformance.lint.ids import IdRules
from otp_conformance.lint.lines import decode, line_findings
from otp_conformance.lint.parsing import agreement, tree_findings
from otp_conformance.lint.scenarios import duplicates, scenario_findings
from otp_conformance.lint.step_index import StepIndex
from otp_conformance.specification.scenarios import FeaturePlan, plan_feature


def check(
    root: Path, steps: Path, known: Collection[str], paths: Sequence[Path] = ()
) -> tuple[tuple[Finding, ...], int]:
    """Return the findings, ordered by place, and how many files were looked at.

    ``root`` holds features/; ``paths`` limits the findings to some files or
    folders, while names are still compared with the whole suite. Raises
    `UsageError` for a path without feature files.
    """
    every = sorted((root / "features").rglob("*.feature"))
    chosen = _chosen(paths, root)
    found: list[Finding] = []
    plans: list[FeaturePlan] = []
    for path in dict.fromkeys([*every, *chosen]):
        plan, trouble = _read(path, root)
        found += trouble
        if plan is not None:
            plans.append(plan)
            found += [*agreement(plan), *tree_findings(plan)]
    index = StepIndex(steps)
    found += duplicates(plans)
    for plan in plans:
        for scenario in plan.scenarios:
            found += scenario_findings(scenario, known, index)
    found += IdRules(plans, root / "features" / "requirements", known).findings()
    if not paths:
        found += index.unused()
        return tuple(sorted(set(found))), len(every)
    wanted = {_name(path, root) for path in chosen}
    return tuple(sorted({f for f in found if f.file in wanted})), len(chosen)


def _chosen(paths: Sequence[Path], root: Path) -> list[Path]:
    chosen: list[Path] = []
    for given in paths:
        path = given if given.exists() else root / given
        files = sorted(path.rglob("*.feature")) if path.is_dir() else [path]
        if not files or not files[0].is_file():
            raise UsageError(
                f"{given} に feature ファイルがありません。",
                f"There is no feature file at {given}.",
            )
        chosen += (file.resolve() for file in files)
    return chosen


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _read(path: Path, root: Path) -> tuple[FeaturePlan | None, list[Finding]]:
    name = _name(path, root)
    text, found = decode(path.read_bytes(), name)
    if text is None:
        return None, found
    found += line_findings(text, name)
    if found and found[0].code == "OC001":
        return None, found  # neither parser reads a file that begins with a BOM
    try:
        return plan_feature(path, root if path.is_relative_to(root) else path.parent), found
    except SuiteFaultError as error:
        return None, [*found, _unreadable(name, error)]


def _unreadable(name: str, error: SuiteFaultError) -> Finding:
    place = next(_numbers(error.text.ja.partition("内容: ")[2]), 1)
    return Finding(name, place, "OC005", error.text.ja, error.text.en)


def _numbers(text: str) -> Iterator[int]:
    digits = text.lstrip("(").partition(":")[0]
    if digits.isdecimal():
        yield int(digits)
