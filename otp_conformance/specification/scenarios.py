"""From feature files to the list of scenarios that a run may choose from.

Parsed by gherkin-official, whose pickles carry inherited tags and filled-in
outlines; the runner later insists that behave sees the same scenarios.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

from otp_conformance.errors import SuiteFaultError, UsageError
from otp_conformance.journal.events import PlannedStep
from otp_conformance.specification.ids import COLUMN, TAG, is_row_number, scenario_part
from otp_conformance.specification.manual import Manual, bundled

REQUIREMENT_TAG = re.compile(r"^@([A-Z]{3}-\d{2})$")


@dataclass(frozen=True)
class ScenarioPlan:
    """One scenario, or one row of an outline, with everything inherited filled in.

    ``scenario_id`` (``LCK-01/3``, of a row ``LCK-01/3.2``) never changes: everything
    is kept under it. It is empty where the file gives none, which only the lint sees.
    ``scenario_line`` is the line of the シナリオ keyword, for rows as well.
    """

    scenario_id: str
    uri: str
    line: int
    scenario_line: int
    name: str
    feature: str
    rule: str
    rule_line: int
    chapter: str
    tags: tuple[str, ...]
    requirements: tuple[str, ...]
    steps: tuple[PlannedStep, ...]

    @property
    def place(self) -> str:
        """Where it stands today, as the command line takes it (``FILE:LINE``)."""
        return f"{self.uri}:{self.line}"


@dataclass(frozen=True)
class FeaturePlan:
    """One feature file: its text, and its scenarios in the order of the file."""

    uri: str
    path: Path
    text: str
    scenarios: tuple[ScenarioPlan, ...]


def plan_features(root: Path, manual: Manual | None = None) -> tuple[FeaturePlan, ...]:
    """Read every feature file of a manual, by default the suite's own, in its order.

    ``root`` holds the suite's features/. What the manual withdraws is left out
    of the scenarios' requirements; a scenario that is left with none is not planned.

    Raises `SuiteFaultError` naming file and line when one cannot be parsed, and
    when a scenario has no id or that of another: the features belong to the
    suite, so it is never the product's matter. `UsageError`: see `plan_feature`.
    """
    manual = manual or bundled()
    if not all(folder.is_dir() for folder in manual.feature_folders(root)):
        raise SuiteFaultError(
            "スイートの features フォルダーが見つかりません。インストールし直してください。",
            "The suite's features folder is missing. Please reinstall the suite.",
        )
    files = manual.feature_files(root).items()
    features = tuple(_plan_feature(uri, path, manual) for uri, path in files)
    _require_ids(features)
    return features


def _require_ids(features: Sequence[FeaturePlan]) -> None:
    places: dict[str, str] = {}
    for scenario in (scenario for feature in features for scenario in feature.scenarios):
        if not scenario.scenario_id:
            raise SuiteFaultError(
                f"{scenario.place} のシナリオに、正しいシナリオ番号がありません。"
                "`otp-conformance lint` が、次に使える番号を示します。",
                f"The scenario at {scenario.place} has no valid id. "
                "`otp-conformance lint` tells the next free one.",
            )
        other = places.setdefault(scenario.scenario_id, scenario.place)
        if other != scenario.place:
            raise SuiteFaultError(
                f"シナリオ番号 {scenario.scenario_id} が {other} と {scenario.place} にあります。"
                "あとから加えたほうを新しい番号にしてください（`otp-conformance lint`）。",
                f"The id {scenario.scenario_id} stands at {other} and at {scenario.place}. "
                "Give the newer scenario a new one (`otp-conformance lint`).",
            )


def plan_feature(path: Path, root: Path, manual: Manual | None = None) -> FeaturePlan:
    """Read one feature file.

    Raises `UsageError` for one that an editor saved in another encoding than UTF-8 or with
    a byte order mark, `SuiteFaultError` for one that cannot be parsed.
    """
    return _plan_feature(path.relative_to(root).as_posix(), path, manual or bundled())


def _plan_feature(uri: str, path: Path, manual: Manual) -> FeaturePlan:
    try:
        text = path.read_text(encoding="utf-8")
        if text.startswith("\ufeff"):
            raise UsageError(
                f"{uri} の先頭に BOM があります。BOM なしの UTF-8 で保存してください。",
                f"{uri} begins with a byte order mark. Save it as UTF-8 without BOM.",
            )
        feature, nodes, pickles = _compiled(uri, text)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{uri} が UTF-8 で書かれていません。", f"{uri} is not written in UTF-8."
        ) from error
    except (CompositeParserException, ParserError) as error:
        first = str(error).replace("Parser errors:", "").strip().splitlines()[0]
        raise SuiteFaultError(
            f"{uri} を読み取れません。位置と内容: {first}", f"{uri} cannot be parsed: {first}"
        ) from error
    every = (_plan(uri, feature, nodes, pickle, manual) for pickle in pickles)
    scenarios = tuple(plan for each in every if (plan := _still_there(each, manual)) is not None)
    return FeaturePlan(uri, path, text, scenarios)


@lru_cache(maxsize=256)
def _compiled(uri: str, text: str) -> tuple[Any, Mapping[str, _Node], Sequence[Any]]:
    """Return the feature, its nodes by id, and its pickles, for reading only.

    Kept by the text: one process that makes many runs (a fault each) plans them all anew.
    """
    document: Any = Parser().parse(text)
    document["uri"] = uri
    feature = document.get("feature")
    if not feature:
        return None, {}, ()
    return feature, _nodes_by_id(feature), Compiler(IdGenerator()).compile(document)


def _still_there(plan: ScenarioPlan, manual: Manual) -> ScenarioPlan | None:
    """Return a scenario without what the manual withdraws, None if it verifies nothing else."""
    kept = manual.kept(plan.requirements)
    if kept == plan.requirements:
        return plan
    gone = {f"@{each}" for each in plan.requirements if each not in kept}
    tags = tuple(tag for tag in plan.tags if tag not in gone)
    return replace(plan, requirements=kept, tags=tags) if kept else None


@dataclass(frozen=True)
class _Node:
    """A scenario, step or row of the syntax tree, with the rule around it.

    ``number``: the row's cell in the column 番号; ``cells``: its others.
    """

    line: int
    keyword: str
    rule: str
    rule_line: int
    name: str = ""
    tags: tuple[str, ...] = ()
    number: str = ""
    cells: tuple[str, ...] = ()


def _nodes_by_id(feature: Mapping[str, Any]) -> dict[str, _Node]:
    return dict(_walk(feature["children"], rule="", rule_line=0))


def _walk(children: list[Any], *, rule: str, rule_line: int) -> Iterator[tuple[str, _Node]]:
    for child in children:
        if "rule" in child:
            inner = child["rule"]
            yield from _walk(
                inner["children"], rule=inner["name"], rule_line=inner["location"]["line"]
            )
            continue
        block = child.get("scenario") or child["background"]
        for node in (block, *block["steps"]):
            yield (
                node["id"],
                _Node(
                    line=node["location"]["line"],
                    keyword=str(node.get("keyword", "")).strip(),
                    rule=rule,
                    rule_line=rule_line,
                    name=str(node.get("name", "")),
                    tags=tuple(str(tag["name"]) for tag in node.get("tags", ())),
                ),
            )
        for table in block.get("examples", ()):
            columns = [cell["value"] for cell in (table.get("tableHeader") or {}).get("cells", ())]
            for row in table.get("tableBody", ()):
                cells = list(zip(columns, (cell["value"] for cell in row["cells"]), strict=True))
                yield (
                    row["id"],
                    _Node(
                        line=row["location"]["line"],
                        keyword="",
                        rule=rule,
                        rule_line=rule_line,
                        number=dict(cells).get(COLUMN, ""),
                        cells=tuple(value for column, value in cells if column != COLUMN),
                    ),
                )


def _identifier(scenario: _Node, row: _Node) -> str:
    """Return the id of a scenario or row, empty when it has none or a wrong one."""
    given = [tag for tag in scenario.tags if tag.startswith(TAG)]
    whole = scenario_part(given[0]) if len(given) == 1 else ""
    if row is scenario or not whole:
        return whole
    return f"{whole}.{row.number}" if is_row_number(row.number) else ""


def _name(name: str, scenario: _Node, row: _Node) -> str:
    """Tell the rows of an outline apart even where its name has no placeholder."""
    if not row.cells or name != scenario.name:
        return name
    return f"{name}（{'、'.join(row.cells)}）"


def _plan(
    uri: str,
    feature: Mapping[str, Any],
    nodes: Mapping[str, _Node],
    pickle: Mapping[str, Any],
    manual: Manual,
) -> ScenarioPlan:
    scenario, row = nodes[pickle["astNodeIds"][0]], nodes[pickle["astNodeIds"][-1]]
    tags = tuple(dict.fromkeys(str(tag["name"]) for tag in pickle["tags"]))
    return ScenarioPlan(
        scenario_id=_identifier(scenario, row),
        uri=uri,
        line=row.line,
        scenario_line=scenario.line,
        name=_name(str(pickle["name"]), scenario, row),
        feature=str(feature["name"]),
        rule=scenario.rule,
        rule_line=scenario.rule_line,
        chapter=manual.chapter_of(uri).ja,
        tags=tags,
        requirements=tuple(m.group(1) for tag in tags if (m := REQUIREMENT_TAG.match(tag))),
        steps=tuple(
            PlannedStep(
                keyword=nodes[step["astNodeIds"][0]].keyword,
                text=str(step["text"]),
                line=nodes[step["astNodeIds"][0]].line,
            )
            for step in pickle["steps"]
        ),
    )
