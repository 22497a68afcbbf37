"""The feature files of a run, parsed again from the journal's own copy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from gherkin.ast_builder import AstBuilder
from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

from otp_conformance.journal.events import ScenarioPlanned
from otp_conformance.journal.journal import Journal

_ID_BYTES = 9  # among a million names, two share one with a chance of one in ten thousand million


class ReportError(Exception):
    """A report that cannot be made from this journal; names the place and the matter."""


def stable_id(name: str) -> str:
    """Return an identifier that depends on the name alone: short, for there are thousands."""
    digest = hashlib.blake2b(name.encode(), digest_size=_ID_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()


class _Counter:
    """Deterministic identifiers for one feature file's nodes."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._next = 0

    def get_next_id(self) -> str:
        self._next += 1
        return stable_id(f"{self._uri} {self._next}")


class ParsedSources:
    """Gherkin documents and pickles of all sources in a journal.

    Raises `ReportError` naming the source that cannot be parsed.
    """

    def __init__(self, journal: Journal) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self._pickles: dict[tuple[str, int], dict[str, Any]] = {}
        for uri, source in journal.sources.items():
            ids: Any = _Counter(uri)
            try:
                document: Any = Parser(AstBuilder(ids)).parse(source.text)
            except (CompositeParserException, ParserError) as error:
                raise ReportError(f"{uri}: 機能ファイルを解析できません: {error}") from None
            document["uri"] = uri
            self.documents[uri] = document
            lines = dict(_lines(document))
            pickles: Any = Compiler(ids).compile(document)
            for pickle in pickles:
                self._pickles[uri, lines[pickle["astNodeIds"][-1]]] = pickle

    def pickle(self, planned: ScenarioPlanned) -> dict[str, Any]:
        """Return a planned scenario's pickle.

        Raises `ReportError` when the journal's sources do not hold it.
        """
        found = self._pickles.get((planned.uri, planned.line))
        if found is None:
            raise ReportError(
                f"{planned.uri}:{planned.line}: "
                "計画されたシナリオが記録された機能ファイルにありません"
            )
        return found


def _lines(document: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield node id and line of every scenario and example row."""
    if not document.get("feature"):
        return
    for child in document["feature"]["children"]:
        for inner in child["rule"]["children"] if "rule" in child else [child]:
            if "scenario" not in inner:
                continue
            scenario = inner["scenario"]
            yield scenario["id"], scenario["location"]["line"]
            for examples in scenario["examples"]:
                for row in examples.get("tableBody", ()):
                    yield row["id"], row["location"]["line"]
