"""From feature files to the list of scenarios that a run may choose from.

Parsed by gherkin-official, whose pickles carry inherited tags and filled-in
outlines; the runner later insists that behave sees the same scenarios.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

from otp_conformance.errors import SuiteFaultError
from otp_conformance.journal.events import PlannedStep
from otp_conformance.specification.manual import Manual, bundled

REQUIREMENT_TAG = re.compile(r"^@([A-Z]{3}-\d{2})$")


@dataclass(frozen=True)
class ScenarioPlan:
    """One scenario, or one row of an outline, with everything inherited filled in.

    ``scenario_id`` is ``uri:line``: it can be given back to the command line.
    ``scenario_line`` is the line of the シナリオ keyword, for rows as well.
    """

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
    def scenario_id(self) -> str:
        """Identify the scenario within the suite."""
        return f"{self.uri}:{self.line}"

    @property
    def key(self) -> str:
        """Identify the scenario across versions of its file, where lines move."""
        return f"{self.uri}#{self.name}"


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

    Raises `SuiteFaultError` naming file and line when one cannot be parsed: the
    features belong to the suite, so it is never the product's matter.
    """
    manual = manual or bundled()
    if not all(folder.is_dir() for folder in manual.feature_folders(root)):
        raise SuiteFaultError(
            "スイートの features フォルダーが見つかりません。インストールし直してください。",
            "The suite's features folder is missing. Please reinstall the suite.",
        )
    files = manual.feature_files(root).items()
    return tuple(_plan_feature(uri, path, manual) for uri, path in files)


def plan_feature(path: Path, root: Path, manual: Manual | None = None) -> FeaturePlan:
    """Read one feature file. Raises `SuiteFaultError` when it cannot be parsed."""
    return _plan_feature(path.relative_to(root).as_posix(), path, manual or bundled())


def _plan_feature(uri: str, path: Path, manual: Manual) -> FeaturePlan:
    try:
        text = path.read_text(encoding="utf-8")
        document: Any = Parser().parse(text)
    except UnicodeDecodeError as error:
        raise SuiteFaultError(
            f"{uri} が UTF-8 で書かれていません。", f"{uri} is not written in UTF-8."
        ) from error
    except (CompositeParserException, ParserError) as error:
        first = str(error).replace("Parser errors:", "").strip().splitlines()[0]
        raise SuiteFaultError(
            f"{uri} を読み取れません。位置と内容: {first}", f"{uri} cannot be parsed: {first}"
        ) from error
    document["uri"] = uri
    nodes = _nodes_by_id(document["feature"]) if document.get("feature") else {}
    pickles: Any = Compiler(IdGenerator()).compile(document) if nodes else []
    every = (_plan(uri, document["feature"], nodes, pickle, manual) for pickle in pickles)
    scenarios = tuple(plan for each in every if (plan := _still_there(each, manual)) is not None)
    return FeaturePlan(uri, path, text, scenarios)


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
    """A scenario, step or row of the syntax tree, with the rule around it."""

    line: int
    keyword: str
    rule: str
    rule_line: int
    name: str = ""
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
        rows = [row for table in block.get("examples", ()) for row in table.get("tableBody", ())]
        for node in (block, *block["steps"], *rows):
            keyword = str(node.get("keyword", "")).strip()
            yield (
                node["id"],
                _Node(
                    line=node["location"]["line"],
                    keyword=keyword,
                    rule=rule,
                    rule_line=rule_line,
                    name=str(node.get("name", "")),
                    cells=tuple(str(cell["value"]) for cell in node.get("cells", ())),
                ),
            )


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
    scenario = nodes[pickle["astNodeIds"][0]]
    tags = tuple(dict.fromkeys(str(tag["name"]) for tag in pickle["tags"]))
    return ScenarioPlan(
        uri=uri,
        line=nodes[pickle["astNodeIds"][-1]].line,
        scenario_line=scenario.line,
        name=_name(str(pickle["name"]), scenario, nodes[pickle["astNodeIds"][-1]]),
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
