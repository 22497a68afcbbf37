"""From feature files and catalogue to what a reader wants to see."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gherkin.parser import Parser

from otp_conformance.language import say
from otp_conformance.specification.basis import MEANINGS
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.specification.ids import TAG, scenario_part
from otp_conformance.specification.manual import Manual, bundled
from otp_conformance.specification.scenarios import REQUIREMENT_TAG, FeaturePlan


def filled(text: str) -> str:
    """Return a text of an outline for readers: 〔値〕 where its rows fill something in."""
    return re.sub(r"<([^<>]+)>", r"〔\1〕", text)


@dataclass(frozen=True)
class Step:
    """One sentence, with its table where it has one."""

    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Examples:
    """The rows of an outline: the first row is the heading.

    ``mark``: the mark of these rows alone, where others of the outline have another basis.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    mark: str = ""


@dataclass(frozen=True)
class Scenario:
    """A scenario, or an outline with all its rows; ``identifier`` is the outline's then."""

    identifier: str
    place: str
    name: str
    description: str
    requirements: tuple[str, ...]
    conditions: tuple[str, ...]
    steps: tuple[Step, ...]
    examples: tuple[Examples, ...]

    @property
    def title(self) -> str:
        """Its name for readers: what the rows fill in stands in brackets of its own."""
        return filled(self.name)

    @property
    def answers(self) -> tuple[str, ...]:
        """What can be declared of all that it leaves open: the first column of 宣言 | 結果."""
        tables = (step.table for step in self.steps if step.table[:1] == (("宣言", "結果"),))
        return tuple(dict.fromkeys(row[0] for table in tables for row in table[1:]))

    @property
    def count(self) -> int:
        """How many scenarios a run makes of it."""
        return sum(len(table.rows) - 1 for table in self.examples) if self.examples else 1


@dataclass(frozen=True)
class Rule:
    """A rule with its scenarios; without a name: what stands outside of rules."""

    name: str
    description: str
    background: tuple[Step, ...]
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True)
class Feature:
    """One feature file."""

    uri: str
    name: str
    description: str
    background: tuple[Step, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Chapter:
    """The features of a folder."""

    name: str
    features: tuple[Feature, ...]

    @property
    def count(self) -> int:
        """How many scenarios a run makes of the chapter."""
        return sum(s.count for f in self.features for r in f.rules for s in r.scenarios)


@dataclass(frozen=True)
class Specification:
    """Everything of the page. ``used_by``: the scenarios of each requirement."""

    catalogue: Catalogue
    chapters: tuple[Chapter, ...]
    used_by: Mapping[str, tuple[Scenario, ...]]

    @property
    def count(self) -> int:
        """How many scenarios a whole run has."""
        return sum(chapter.count for chapter in self.chapters)


def specification(
    features: Sequence[FeaturePlan], catalogue: Catalogue, manual: Manual | None = None
) -> Specification:
    """Return the document; chapters in the order of the files."""
    manual = manual or bundled()
    by_chapter: dict[str, list[Feature]] = {}
    for plan in features:
        document: Any = Parser().parse(plan.text)
        if document.get("feature"):
            feature = _feature(plan.uri, document["feature"])
            named = manual.chapter_of(plan.uri)
            by_chapter.setdefault(say(named.ja, named.en), []).append(feature)
    chapters = tuple(Chapter(name, tuple(found)) for name, found in by_chapter.items())
    used: dict[str, list[Scenario]] = {}
    for chapter in chapters:
        for feature in chapter.features:
            for rule in feature.rules:
                for scenario in rule.scenarios:
                    for identifier in scenario.requirements:
                        used.setdefault(identifier, []).append(scenario)
    return Specification(catalogue, chapters, {k: tuple(v) for k, v in used.items()})


def _feature(uri: str, node: Mapping[str, Any]) -> Feature:
    tags = _names(node)
    outside = _rule(uri, "", node, tags)
    inside = [
        _rule(uri, child["rule"]["name"], child["rule"], tags)
        for child in node["children"]
        if "rule" in child
    ]
    rules = [rule for rule in (outside, *inside) if rule.scenarios]
    description = _paragraph(node)
    return Feature(uri, node["name"], description, outside.background, tuple(rules))


def _rule(uri: str, name: str, node: Mapping[str, Any], outer: list[str]) -> Rule:
    tags = outer if not name else [*outer, *_names(node)]
    background: tuple[Step, ...] = ()
    scenarios: list[Scenario] = []
    for child in node["children"]:
        if "background" in child:
            background = _steps(child["background"])
        elif "scenario" in child:
            scenarios.append(_scenario(uri, child["scenario"], tags))
    return Rule(name, _paragraph(node) if name else "", background, tuple(scenarios))


def _scenario(uri: str, node: Mapping[str, Any], outer: list[str]) -> Scenario:
    inside = [tag for table in node["examples"] for tag in _names(table)]
    tags = list(dict.fromkeys([*outer, *_names(node), *(t for t in inside if t not in MEANINGS)]))
    return Scenario(
        identifier=next((i for tag in _names(node) if (i := scenario_part(tag))), ""),
        place=f"{uri}:{node['location']['line']}",
        name=node["name"],
        description=_paragraph(node),
        requirements=tuple(m.group(1) for tag in tags if (m := REQUIREMENT_TAG.match(tag))),
        conditions=tuple(
            tag for tag in tags if not (REQUIREMENT_TAG.match(tag) or tag.startswith(TAG))
        ),
        steps=_steps(node),
        examples=tuple(
            Examples(
                table["name"],
                tuple(map(_cells, [table["tableHeader"], *table["tableBody"]])),
                next((tag for tag in _names(table) if tag in MEANINGS), ""),
            )
            for table in node["examples"]
            if table.get("tableHeader")
        ),
    )


def _steps(node: Mapping[str, Any]) -> tuple[Step, ...]:
    return tuple(
        Step(
            step["keyword"].strip(),
            step["text"],
            tuple(map(_cells, step.get("dataTable", {}).get("rows", ()))),
        )
        for step in node["steps"]
    )


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(cell["value"] for cell in row["cells"])


def _names(node: Mapping[str, Any]) -> list[str]:
    return [tag["name"] for tag in node["tags"]]


def _paragraph(node: Mapping[str, Any]) -> str:
    return "\n".join(line.strip() for line in node.get("description", "").splitlines()).strip()
