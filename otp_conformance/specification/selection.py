"""Which scenarios a run carries out: by id, tags, requirement, name, file and line.

All criteria must hold together; several values of one criterion are
alternatives (several ``--tags`` are a conjunction, as with every Gherkin tool).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cucumber_tag_expressions import (  # type: ignore[import-untyped]
    TagExpressionError,
)
from cucumber_tag_expressions import (
    parse as parse_tag_expression,
)
from cucumber_tag_expressions.model import (  # type: ignore[import-untyped]
    And,
    Expression,
    Literal,
    Not,
    Or,
)

from otp_conformance.errors import UsageError
from otp_conformance.journal.events import EVERYTHING
from otp_conformance.language import did_you_mean
from otp_conformance.specification.ids import TAG, is_id
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan

Predicate = Callable[[ScenarioPlan], bool]


@dataclass(frozen=True)
class Selection:
    """What somebody asked for; empty means everything."""

    paths: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    name: str = ""

    @property
    def given(self) -> bool:
        """Whether anything was asked for: an empty selection is everything."""
        return self != Selection()

    def describe(self) -> str:
        """Return the request in the words of the command line, for the journal."""
        parts = [
            *self.paths,
            *(f"--id {identifier}" for identifier in self.ids),
            *(f"--tags '{tags}'" for tags in self.tags),
            *(f"--requirement {requirement}" for requirement in self.requirements),
            *([f"--name '{self.name}'"] if self.name else []),
        ]
        return " ".join(parts) or EVERYTHING


def select(
    features: Sequence[FeaturePlan],
    selection: Selection,
    *,
    known_requirements: Collection[str],
    root: Path,
    cwd: Path,
) -> tuple[ScenarioPlan, ...]:
    """Return the selected scenarios in their order.

    Raises `UsageError` when a criterion names something that does not
    exist, or when nothing at all is left.
    """
    scenarios = [scenario for feature in features for scenario in feature.scenarios]
    predicates: list[Predicate] = []
    if selection.paths:
        predicates.append(_by_paths(selection.paths, features, root, cwd))
    if selection.ids:
        named = with_ids(scenarios, selection.ids)
        predicates.append(lambda scenario: scenario.scenario_id in named)
    predicates.extend(_by_tags(text, scenarios, known_requirements) for text in selection.tags)
    wanted = requirement_ids(selection.requirements, known_requirements)
    if wanted:
        predicates.append(lambda scenario: not wanted.isdisjoint(scenario.requirements))
    if selection.name:
        predicates.append(_by_name(selection.name))
    chosen = tuple(s for s in scenarios if all(holds(s) for holds in predicates))
    if not chosen:
        raise UsageError(
            f"条件に合うシナリオが 1 件もありません（条件: {selection.describe()}）。"
            "`otp-conformance list` で一覧を確かめてください。",
            f"No scenario matches ({selection.describe()}). "
            "See `otp-conformance list` for what there is.",
        )
    return chosen


def requirement_ids(values: Sequence[str], known: Collection[str]) -> frozenset[str]:
    """Split comma lists into requirement IDs and check each.

    Raises `UsageError` that names the unknown ID and the nearest one.
    """
    result = {part.lstrip("@") for part in _parts(values)}
    for requirement in sorted(result):
        if requirement not in known:
            hint = did_you_mean(requirement, known)
            raise UsageError(
                f"要件 {requirement} はありません。{hint.ja}"
                "`otp-conformance requirements` で一覧を確かめてください。",
                f"There is no requirement {requirement}.{hint.en} "
                "See `otp-conformance requirements`.",
            )
    return frozenset(result)


def with_ids(scenarios: Sequence[ScenarioPlan], values: Sequence[str]) -> frozenset[str]:
    """Split comma lists into scenario ids; that of an outline stands for all its rows.

    Raises `UsageError` that names the unknown id and the nearest one.
    """
    rows: dict[str, set[str]] = {}
    for scenario in scenarios:
        identifier = scenario.scenario_id
        for form in {identifier, identifier.partition(".")[0]}:
            rows.setdefault(form, set()).add(identifier)
    found: set[str] = set()
    for part in _parts(values):
        identifier = part.removeprefix(TAG.upper())
        if identifier not in rows:
            hint = did_you_mean(identifier, rows)
            raise UsageError(
                f"シナリオ番号 {identifier} はありません。{hint.ja}"
                "`otp-conformance list` で一覧を確かめてください。",
                f"There is no scenario {identifier}.{hint.en} "
                "See `otp-conformance list` for what there is.",
            )
        found |= rows[identifier]
    return frozenset(found)


def _parts(values: Sequence[str]) -> Iterator[str]:
    """Yield the parts of comma lists in half-width capitals."""
    for value in values:
        for part in re.split(r"[,、，\s]+", value):
            if part:
                yield unicodedata.normalize("NFKC", part).upper()


def _by_tags(
    text: str, scenarios: Sequence[ScenarioPlan], known_requirements: Collection[str]
) -> Predicate:
    try:
        expression = parse_tag_expression(text)
    except TagExpressionError as error:
        detail = " ".join(str(error).split())
        raise UsageError(
            f"--tags の式「{text}」を読み取れません（{detail}）。"
            "例: --tags '@LGN-01 and not @needs.clock'",
            f'--tags "{text}" is not a tag expression ({detail}). '
            "Example: --tags '@LGN-01 and not @needs.clock'",
        ) from error
    known = {tag for scenario in scenarios for tag in scenario.tags}
    for literal in _literals(expression):
        tag = "@" + literal.lstrip("@")
        if tag not in known:
            raise _unknown_tag(literal, known, known_requirements)
    # Both spellings, so that `--tags LGN-01` works like `--tags @LGN-01`.
    return lambda scenario: bool(
        expression.evaluate([form for tag in scenario.tags for form in (tag, tag.lstrip("@"))])
    )


def _unknown_tag(
    literal: str, known: Collection[str], known_requirements: Collection[str]
) -> UsageError:
    if literal.lstrip("@") in known_requirements:
        return UsageError(
            f"要件 {literal} を確かめるシナリオはありません（このスイートでは未検査）。",
            f"No scenario checks requirement {literal}; this suite does not test it.",
        )
    hint = did_you_mean("@" + literal.lstrip("@~"), known)
    old = "," in literal or literal.startswith("~")
    return UsageError(
        f"タグ {literal} の付いたシナリオはありません。{hint.ja}"
        + ("組み合わせは and / or / not で書きます。" if old else ""),
        f"No scenario has the tag {literal}.{hint.en}"
        + (" Combine tags with and / or / not." if old else ""),
    )


def _literals(expression: Expression) -> Iterator[str]:
    match expression:
        case Literal():
            yield str(expression.name)
        case And() | Or():
            for term in expression.terms:
                yield from _literals(term)
        case Not():
            yield from _literals(expression.term)
        case _:
            return


def _by_name(text: str) -> Predicate:
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        try:
            pattern = re.compile(text[1:-1])
        except re.error as error:
            raise UsageError(
                f"--name の正規表現 {text} に誤りがあります（{error}）。",
                f"--name {text} is not a regular expression ({error}).",
            ) from error
        return lambda scenario: pattern.search(scenario.name) is not None
    wanted = unicodedata.normalize("NFKC", text).casefold()
    return lambda scenario: wanted in unicodedata.normalize("NFKC", scenario.name).casefold()


def _by_paths(
    paths: Sequence[str], features: Sequence[FeaturePlan], root: Path, cwd: Path
) -> Predicate:
    wanted: set[str] = set()
    for given in paths:
        found = _scenarios_at(given, features, root, cwd)
        wanted.update(scenario.scenario_id for scenario in found)
    return lambda scenario: scenario.scenario_id in wanted


def _scenarios_at(
    given: str, features: Sequence[FeaturePlan], root: Path, cwd: Path
) -> list[ScenarioPlan]:
    if is_id(given):
        every = [scenario for feature in features for scenario in feature.scenarios]
        named = with_ids(every, [given])
        return [scenario for scenario in every if scenario.scenario_id in named]
    matched = re.fullmatch(r"(?P<file>.+?)(?::(?P<line>\d+))?", given)
    file = matched["file"] if matched else given
    line = int(matched["line"]) if matched and matched["line"] else None
    # First as typed (relative to where one stands), then as the suite names it.
    for candidate in ((cwd / file).resolve(), (root / file).resolve()):
        here = [
            f
            for f in features
            if f.path.resolve() == candidate or candidate in f.path.resolve().parents
        ]
        if here:
            break
    else:
        hint = did_you_mean(file, (f.uri for f in features))
        raise UsageError(
            f"{file} という feature ファイル・フォルダーはこのスイートにありません。{hint.ja}",
            f"The suite has no feature file or folder {file}.{hint.en}",
        )
    if line is None:
        return [scenario for feature in here for scenario in feature.scenarios]
    if len(here) == 1:
        _check_line(file, line, here[0])
    found = [s for f in here for s in _at_line(f, line)]
    if not found:
        raise UsageError(
            f"{file} の {line} 行目にシナリオはありません。", f"No scenario at {file}:{line}."
        )
    return found


def _check_line(file: str, line: int, feature: FeaturePlan) -> None:
    """Raise `UsageError` for a line behind the file's end or before its first scenario."""
    last = len(feature.text.splitlines())
    lines = sorted({s.scenario_line for s in feature.scenarios})
    if line > last:
        near = ", ".join(str(number) for number in lines[-3:])
        raise UsageError(
            f"{file} に {line} 行目はありません（最後は {last} 行目）。"
            f"近くのシナリオは {near} 行目です。",
            f"{file} has no line {line}; the last one is {last}. Scenarios nearby: {near}.",
        )
    first = min(s.rule_line or s.scenario_line for s in feature.scenarios) if lines else 0
    if line < first:
        near = ", ".join(str(number) for number in lines[:3])
        raise UsageError(
            f"{file} の {line} 行目にシナリオはありません。近くのシナリオは {near} 行目です。",
            f"No scenario at {file}:{line}. Scenarios nearby: {near}.",
        )


def _at_line(feature: FeaturePlan, line: int) -> list[ScenarioPlan]:
    """Return what stands at a line: a row, a scenario (all rows), a rule; or around it."""
    for attribute in ("line", "scenario_line", "rule_line"):
        exact = [s for s in feature.scenarios if getattr(s, attribute) == line]
        if exact:
            return exact
    before = [s.scenario_line for s in feature.scenarios if s.scenario_line <= line]
    return [s for s in feature.scenarios if before and s.scenario_line == max(before)]
