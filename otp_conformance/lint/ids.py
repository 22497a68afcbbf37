"""Rules on the ids of scenarios and rows: there, well-formed, single, registered, never reused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.parser import Parser

from otp_conformance.language import did_you_mean
from otp_conformance.lint.finding import Finding
from otp_conformance.specification.ids import (
    COLUMN,
    FILE,
    TAG,
    Register,
    is_row_number,
    load,
    order,
    scenario_part,
)
from otp_conformance.specification.scenarios import REQUIREMENT_TAG, FeaturePlan

_FORM = (
    f"シナリオには {TAG}LCK-01/3 の形のタグを、例の行には列「{COLUMN}」に数を書いてください",
    f"tag the scenario {TAG}LCK-01/3, and write a number in a row's column {COLUMN}",
)
_REGISTER = f"features/requirements/{FILE}"


@dataclass(frozen=True)
class _Given:
    """An id where it stands; ``rows``: of an outline, whose own id no scenario runs under."""

    identifier: str
    uri: str
    line: int
    rows: bool = False


class IdRules:
    """The rules over all features. Raises `CatalogueError` for an unreadable register.

    ``known``: the requirements under which ids may be given.
    """

    def __init__(
        self, features: Sequence[FeaturePlan], folder: Path, known: Collection[str]
    ) -> None:
        self._register: Register = load(folder)
        path = folder / FILE
        self._lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._known = known
        self._given: list[_Given] = []
        self._wrong: list[Finding] = []
        self._missing: list[tuple[str, int, str]] = []
        for feature in features:
            document: Any = Parser().parse(feature.text)
            if document.get("feature"):
                self._feature(feature.uri, document["feature"])

    def findings(self) -> Iterator[Finding]:
        """Yield everything that is wrong with ids in the features, or lacking there."""
        yield from self._wrong
        used = [given.identifier for given in self._given]
        for uri, line, under in self._missing:
            following = self._register.next_under(under, used)
            used.append(following)
            yield _missing(uri, line, under, following)
        yield from self._double(used)
        for given in self._given:
            yield from self._registered(given)
        yield from self._gone()

    # -- reading the trees --------------------------------------------------

    def _feature(self, uri: str, node: Mapping[str, Any]) -> None:
        self._nowhere_else(uri, node)
        outer = _requirements(node)
        for child in node["children"]:
            if "rule" in child:
                rule = child["rule"]
                self._nowhere_else(uri, rule)
                inner = [*_requirements(rule), *outer]
                for block in rule["children"]:
                    if "scenario" in block:
                        self._scenario(uri, block["scenario"], inner)
            elif "scenario" in child:
                self._scenario(uri, child["scenario"], outer)

    def _scenario(self, uri: str, node: Mapping[str, Any], outer: Sequence[str]) -> None:
        tables = node["examples"]
        tagged = [*_requirements(node), *(r for t in tables for r in _requirements(t)), *outer]
        for table in tables:
            self._nowhere_else(uri, table)
        line = node["location"]["line"]
        tags = [tag for tag in node["tags"] if tag["name"].startswith(TAG)]
        if not tags:
            if tagged:  # else there is no requirement to number it under (OC041)
                self._missing.append((uri, line, tagged[0]))
            return
        whole = scenario_part(tags[0]["name"])
        for tag in tags[1:]:
            self._malformed(
                uri,
                tag["location"]["line"],
                tag["name"],
                "一つのシナリオに二つ目の番号です",
                "a second id of one scenario",
            )
        if not whole:
            self._malformed(uri, tags[0]["location"]["line"], tags[0]["name"], *_FORM)
            return
        requirement = whole.partition("/")[0]
        if requirement not in self._known:
            hint = did_you_mean(requirement, self._known)
            self._malformed(
                uri,
                tags[0]["location"]["line"],
                tags[0]["name"],
                f"要件 {requirement} は目録にありません。{hint.ja}",
                f"there is no requirement {requirement}.{hint.en}",
            )
        self._given.append(_Given(whole, uri, tags[0]["location"]["line"], rows=bool(tables)))
        for table in tables:
            self._rows(uri, table, whole)

    def _rows(self, uri: str, table: Mapping[str, Any], whole: str) -> None:
        columns = [cell["value"] for cell in (table.get("tableHeader") or {}).get("cells", ())]
        for row in table.get("tableBody", ()):
            line = row["location"]["line"]
            cells = dict(zip(columns, (c["value"] for c in row["cells"]), strict=True))
            number = cells.get(COLUMN, "")
            if not number:
                self._missing.append((uri, line, whole))
            elif not is_row_number(number):
                self._malformed(uri, line, number, *_FORM)
            else:
                self._given.append(_Given(f"{whole}.{number}", uri, line))

    def _nowhere_else(self, uri: str, node: Mapping[str, Any]) -> None:
        for tag in node["tags"]:
            if tag["name"].startswith(TAG):
                self._malformed(
                    uri,
                    tag["location"]["line"],
                    tag["name"],
                    "番号はシナリオだけに付けます",
                    "only scenarios have ids",
                )

    def _malformed(self, uri: str, line: int, found: str, ja: str, en: str) -> None:
        self._wrong.append(Finding(uri, line, "OC071", f"{found}: {ja}", f"{found}: {en}"))

    # -- against each other and the register --------------------------------

    def _double(self, used: Collection[str]) -> Iterator[Finding]:
        first: dict[str, _Given] = {}
        for given in self._given:
            other = first.setdefault(given.identifier, given)
            if other is not given:
                under = given.identifier.rpartition("." if "." in given.identifier else "/")[0]
                following = self._register.next_under(under, used)
                yield Finding(
                    given.uri,
                    given.line,
                    "OC072",
                    f"番号 {given.identifier} は {other.uri}:{other.line} にもあります。"
                    f"あとから加えたほうを {following} にしてください。",
                    f"the id {given.identifier} stands at {other.uri}:{other.line} as well. "
                    f"Make the newer one {following}.",
                )

    def _registered(self, given: _Given) -> Iterator[Finding]:
        gone = self._register.gone(given.identifier)
        if gone is not None:
            yield Finding(
                given.uri,
                given.line,
                "OC075",
                f"番号 {given.identifier} は取り下げたものです（{gone.reason_ja}）。"
                "新しい番号を付けてください。",
                f"the id {given.identifier} was withdrawn ({gone.reason_en}). Give a new one.",
            )
        elif given.identifier not in self._register:
            under, number = _entry(given.identifier)
            yield Finding(
                given.uri,
                given.line,
                "OC073",
                f"番号 {given.identifier} が控えにありません。"
                f"{_REGISTER} の [given] を {under} = {number} にしてください。",
                f"the id {given.identifier} is not registered. "
                f"Write {under} = {number} under [given] in {_REGISTER}.",
            )

    def _gone(self) -> Iterator[Finding]:
        present = {given.identifier for given in self._given}
        for identifier in sorted(self._register.standing(), key=order):
            if identifier in present or identifier.partition("/")[0] not in self._known:
                continue
            yield Finding(
                _REGISTER,
                self._line_of(_entry(identifier)[0]),
                "OC074",
                f"控えにある番号 {identifier} が feature にありません。なくしたのなら、"
                "[[withdrawn]] に理由とともに書いてください。",
                f"the registered id {identifier} is in no feature. If it was removed, "
                "add it to [[withdrawn]] with the reason.",
            )

    def _line_of(self, key: str) -> int:
        for number, line in enumerate(self._lines, start=1):
            if re.match(rf"{re.escape(key)}\s*=", line):
                return number
        return 1


def _missing(uri: str, line: int, under: str, following: str) -> Finding:
    if "/" in under:
        number = following.rpartition(".")[2]
        return Finding(
            uri,
            line,
            "OC070",
            f"例の行に番号がありません。列「{COLUMN}」に、次に使える {number} を書いてください。",
            f"the row has no id; write the next free one, {number}, in the column {COLUMN}.",
        )
    return Finding(
        uri,
        line,
        "OC070",
        f"シナリオに番号がありません。次に使える {TAG}{following} を付けてください。",
        f"the scenario has no id; the next free one is {TAG}{following}.",
    )


def _entry(identifier: str) -> tuple[str, str]:
    """Return the key under which the register holds an id, as written there, and its number."""
    if "." in identifier:
        under, _, number = identifier.partition(".")
        return f'"{under}"', number
    under, _, number = identifier.partition("/")
    return under, number


def _requirements(node: Mapping[str, Any]) -> list[str]:
    return [m.group(1) for tag in node["tags"] if (m := REQUIREMENT_TAG.match(tag["name"]))]
