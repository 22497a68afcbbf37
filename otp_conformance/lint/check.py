"""All rules over the whole suite, or over some files of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from otp_conformance.errors import SuiteFaultError, UsageError
from otp_conformance.lint.finding import Finding
from otp_conformance.lint.ids import IdRules
from otp_conformance.lint.lines import decode, line_findings
from otp_conformance.lint.outcomes import table_findings
from otp_conformance.lint.parsing import agreement, tree_findings
from otp_conformance.lint.scenarios import duplicates, mark_findings, scenario_findings
from otp_conformance.lint.step_index import StepIndex
from otp_conformance.specification.manual import Manual, bundled, own_files
from otp_conformance.specification.requirements import load
from otp_conformance.specification.scenarios import FeaturePlan, plan_feature


def check(
    root: Path,
    steps: Path,
    known: Collection[str],
    paths: Sequence[Path] = (),
    *,
    bases: Mapping[str, str] | None = None,
    manual: Manual | None = None,
    sets: Sequence[Manual] = (),
) -> tuple[tuple[Finding, ...], int]:
    """Return the findings, ordered by place, and how many files were looked at.

    ``root`` holds features/, ``manual`` may have further files; ``paths`` limits the
    findings to some files or folders, while names are still compared with the whole suite.
    ``bases``: what each requirement rests on; without it marks are not looked at.
    ``sets``: those whose files are looked at as well. Raises `UsageError` for a path
    without feature files.
    """
    manual = manual or bundled()
    own = manual.feature_folders(root)
    # Those of the sets stand within the suite's own folder: they are looked for first.
    folders = [*(each.folder for each in sets), *own]
    homes = [folder.parent for folder in (*own, *folders)]
    every = [path for folder in folders for path in own_files(folder)]
    chosen = _chosen(paths, root)
    found: list[Finding] = []
    plans: list[FeaturePlan] = []
    for path in dict.fromkeys([*every, *chosen]):
        plan, trouble = _read(path, homes)
        found += trouble
        if plan is not None:
            plans.append(plan)
            beyond = any(path.is_relative_to(each.folder) for each in sets)
            found += [*agreement(plan), *tree_findings(plan, of_manual=not beyond)]
    index = StepIndex(steps)
    found += duplicates(plans)
    for plan in plans:
        for scenario in plan.scenarios:
            found += scenario_findings(scenario, known, index)
            found += mark_findings(scenario, bases or {})
        found += table_findings(plan, index)
    bases_of = {each.folder: each.base for each in (manual, *sets)}
    for folder in folders:
        inside = [plan for plan in plans if _folder(plan.path, folders) == folder]
        base = bases_of.get(folder)
        borrowed = load(base).requirements if base else ()
        found += IdRules(inside, folder, known, borrowed).findings()
    if not paths:
        found += index.unused()
        return tuple(sorted(set(found))), len(every)
    wanted = {_name(path, homes) for path in chosen}
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


def _folder(path: Path, folders: Sequence[Path]) -> Path:
    """Return the manual's folder that a file belongs to, for a stray file the last one."""
    return next((folder for folder in folders if path.is_relative_to(folder)), folders[-1])


def _home(path: Path, homes: Sequence[Path]) -> Path:
    """Return the folder that a file's name begins at; a stray file's is its own."""
    return next((home for home in homes if path.is_relative_to(home)), path.parent)


def _name(path: Path, homes: Sequence[Path]) -> str:
    return path.relative_to(_home(path, homes)).as_posix()


def _read(path: Path, homes: Sequence[Path]) -> tuple[FeaturePlan | None, list[Finding]]:
    name = _name(path, homes)
    text, found = decode(path.read_bytes(), name)
    if text is None:
        return None, found
    found += line_findings(text, name)
    if found and found[0].code == "OC001":
        return None, found  # neither parser reads a file that begins with a BOM
    try:
        return plan_feature(path, _home(path, homes)), found
    except SuiteFaultError as error:
        return None, [*found, _unreadable(name, error)]


def _unreadable(name: str, error: SuiteFaultError) -> Finding:
    place = next(_numbers(error.text.ja.partition("内容: ")[2]), 1)
    return Finding(name, place, "OC005", error.text.ja, error.text.en)


def _numbers(text: str) -> Iterator[int]:
    digits = text.lstrip("(").partition(":")[0]
    if digits.isdecimal():
        yield int(digits)
