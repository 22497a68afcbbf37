"""Rules on what the two parsers make of one file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from behave.parser import ParserError as BehaveError
from behave.parser import parse_feature
from gherkin.parser import Parser

from otp_conformance.lint.finding import Finding
from otp_conformance.specification.ids import COLUMN
from otp_conformance.specification.scenarios import FeaturePlan

_SPACES = " \t\u3000"


def agreement(plan: FeaturePlan) -> Iterator[Finding]:
    """Yield where behave sees other scenarios or steps than gherkin-official."""
    try:
        feature = parse_feature(plan.text, language="ja", filename=plan.uri)
    except BehaveError as error:
        yield _disagree(
            plan.uri, error.line or 1, "behave が読めません", "behave cannot parse this"
        )
        return
    theirs = {
        scenario.line: [step.name for step in scenario.all_steps]
        for scenario in (feature.walk_scenarios() if feature else ())
    }
    ours = {s.line: [step.text for step in s.steps] for s in plan.scenarios}
    for line in sorted(set(theirs) | set(ours)):
        if theirs.get(line) != ours.get(line):
            yield _disagree(
                plan.uri,
                line,
                "二つの構文解析器の読み方が違います",
                "the two parsers disagree here",
            )
    if not ours:
        yield _disagree(plan.uri, 1, "シナリオが一つもありません", "there is no scenario")


def _disagree(uri: str, line: int, ja: str, en: str) -> Finding:
    return Finding(
        uri,
        line,
        "OC005",
        f"{ja}。この前後の書き方を直してください。",
        f"{en}. Rewrite the lines around it.",
    )


def tree_findings(plan: FeaturePlan, *, of_manual: bool = True) -> Iterator[Finding]:
    """Yield what the syntax tree shows: eaten words, unnamed rows, no place in the manual.

    ``of_manual``: the manual has a place of it; what goes beyond the manual has none.
    """
    document: Any = Parser().parse(plan.text)
    feature = document.get("feature")
    if not feature:
        return
    if of_manual and "手順書「" not in feature.get("description", ""):
        yield Finding(
            plan.uri,
            feature["location"]["line"],
            "OC061",
            "機能の説明に手順書の箇所を「手順書「…」の…」のように書いてください。",
            "name the manual's section in the description: 手順書「…」.",
        )
    lines = plan.text.splitlines()
    for block in blocks(feature):
        for step in block["steps"]:
            yield from _eaten(plan.uri, lines, step)
        yield from _unnamed_rows(plan.uri, block)


def blocks(feature: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every scenario and background of a feature's syntax tree."""
    for child in feature["children"]:
        if "rule" in child:
            yield from blocks(child["rule"])
        else:
            yield child.get("scenario") or child["background"]


def _eaten(uri: str, lines: list[str], step: Mapping[str, Any]) -> Iterator[Finding]:
    number, keyword = step["location"]["line"], step["keyword"].strip()
    rest = lines[number - 1].lstrip(_SPACES).removeprefix(keyword)
    if rest and rest[0] not in _SPACES:
        yield Finding(
            uri,
            number,
            "OC004",
            f"「{keyword}」と「{rest}」に分けて読まれます。手順なら「{keyword}」の後に空白を入れ、"
            "説明の文なら書き出しを変えてください。",
            f"is read as {keyword} + {rest}. Put a space after {keyword}, or begin otherwise.",
        )


def _unnamed_rows(uri: str, block: Mapping[str, Any]) -> Iterator[Finding]:
    for table in block.get("examples", ()):
        header = [cell["value"] for cell in (table.get("tableHeader") or {}).get("cells", ())]
        columns = [column for column in header if column != COLUMN]
        if not any(f"<{column}>" in block["name"] for column in columns):
            yield Finding(
                uri,
                block["location"]["line"],
                "OC006",
                "名前に行を見分ける列がありません。"
                f"（<{columns[0] if columns else '列名'}>）のように"
                "入れてください。",
                "the name has no column that tells the rows apart; put one in as <column>.",
            )
            return
        rows = [tuple(c["value"] for c in r["cells"]) for r in table.get("tableBody", ())]
        named = [i for i, c in enumerate(header) if re.search(f"<{re.escape(c)}>", block["name"])]
        names = [tuple(row[i] for i in named) for row in rows]
        for row, name in zip(table.get("tableBody", ()), names, strict=True):
            if names.count(name) > 1:
                yield Finding(
                    uri,
                    row["location"]["line"],
                    "OC006",
                    f"名前に入る列の値（{'、'.join(name)}）が別の行と同じです。",
                    f"the naming columns ({', '.join(name)}) are those of another row.",
                )
