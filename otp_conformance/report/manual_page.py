"""The manual as a page: every requirement in its place, with what a run says of it.

Given the institution's own text, the page shows it line by line with the verdicts in the
margin. That text is the user's: nothing of it is kept anywhere but in the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markupsafe import Markup, escape

from otp_conformance.language import say
from otp_conformance.report.across import render
from otp_conformance.report.digest import RunDigest, address
from otp_conformance.report.history import series
from otp_conformance.report.outline import COVER, WHOLE, Outline, Section, Spot
from otp_conformance.report.placing import How, Placing
from otp_conformance.report.results import Contribution, RequirementResult, RunResults, count
from otp_conformance.specification.basis import BASES
from otp_conformance.specification.catalogue.model import Catalogue, Requirement
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

_MOST_PICTURES = 8


@dataclass(frozen=True)
class Since:
    """Since which run a requirement has the verdict that it has.

    ``from_the_first``: that run is the first that tells of it at all.
    """

    run: RunDigest
    from_the_first: bool


@dataclass(frozen=True)
class Told:
    """A run for the page: its digest, all results, and the manual's requirements' history."""

    run: RunDigest
    results: RunResults
    since: Mapping[str, Since]


def since(run: RunDigest, runs: Iterable[RunDigest]) -> dict[str, Since]:
    """Return since when each requirement has the verdict that it has in ``run``.

    Only whole runs of the same product and set count: a selection may have left out the
    very scenario that fails.
    """
    every = {each.run_id: each for each in [*runs, run]}.values()
    mine = next(s for s in series(every) if any(each.run_id == run.run_id for each in s.runs))
    before = [each for each in mine.runs if each.whole and each.header.at <= run.header.at]
    found = {}
    for identifier, verdict in run.requirements.items():
        told = [each for each in before if identifier in each.requirements]
        first = run
        earlier = False
        for each in reversed(told):
            if each.requirements[identifier] is not verdict:
                earlier = True
                break
            first = each
        found[identifier] = Since(first, not earlier)
    return found


@dataclass(frozen=True)
class _Page:
    """What the template asks for."""

    catalogue: Catalogue
    outline: Outline
    told: Told | None
    placing: Placing | None
    here: Path

    def result(self, identifier: str) -> RequirementResult | None:
        """Return what the run says of a requirement; None without a run."""
        return self._results.get(identifier)

    @cached_property
    def _results(self) -> dict[str, RequirementResult]:
        told = self.told.results.requirements if self.told else ()
        return {each.requirement.id: each for each in told}

    def verdict(self, identifier: str) -> Verdict | None:
        """Return a requirement's verdict; None without a run, or where nothing verifies it."""
        found = self.result(identifier)
        return found.verdict if found and found.contributions else None

    def why_not(self, identifier: str) -> str:
        """Return why a requirement has no verdict."""
        if self.told is None:
            return say("実行なし", "no run")
        row = self.catalogue.requirements[identifier]
        if not row.testable:
            return say("試験の対象外（参考、または画面で観測できない）", "not testable")
        return say("この実行では確かめていない", "not verified in this run")

    def counts(self, rows: Iterable[Requirement]) -> dict[Verdict | None, int]:
        """Count verdicts, the worst first; None counts what has none."""
        verdicts = [self.verdict(row.id) for row in rows]
        found: dict[Verdict | None, int] = {
            verdict: n for verdict, n in count(v for v in verdicts if v).items() if n
        }
        bare = verdicts.count(None)
        return {**found, None: bare} if bare else found

    def inside(self, section: Section) -> list[Requirement]:
        """Return the requirements of a section and of those below it, each once."""
        rows = {
            row.id: row
            for spot, each in self.outline.requirements.items()
            if spot.path[: section.level] == section.path
            for row in each
        }
        return list(rows.values())

    def is_first(self, row: Requirement, spot: Spot) -> bool:
        return self.outline.first(row) == spot

    def lines(self, identifier: str) -> tuple[int, ...]:
        return self.placing.placed[identifier].lines if self.placing else ()

    def how(self, identifier: str) -> How | None:
        return self.placing.placed[identifier].how if self.placing else None

    def block(self, spot: Spot) -> tuple[int, ...]:
        """Return the lines of the text that belong to a spot alone."""
        blocks = self.placing.blocks if self.placing else ()
        return next((block.lines for block in blocks if block.spot == spot), ())

    @property
    def before(self) -> tuple[int, ...]:
        """The lines before the first heading."""
        blocks = self.placing.blocks if self.placing else ()
        return next((block.lines for block in blocks if block.spot is None), ())

    @property
    def unsettled(self) -> list[str]:
        """The requirements whose line in the text is not known."""
        placed = self.placing.placed if self.placing else {}
        return [identifier for identifier, each in placed.items() if not each.how.settled]

    def scenario(self, contribution: Contribution) -> str:
        """Return the address of a scenario in the run's report."""
        assert self.told is not None  # noqa: S101 - contributions come from a run
        return self.told.run.page(self.here, contribution.scenario.planned.scenario_id)

    def pictures(self, identifier: str, contribution: Contribution) -> list[str]:
        """Return the addresses of the pictures by which a scenario checked a requirement."""
        assert self.told is not None  # noqa: S101 - contributions come from a run
        attempt = contribution.scenario.attempt
        wanted = {
            name
            for check in attempt.checks
            if identifier in check.requirements
            for name in check.evidence
        }
        files = [e.file for e in attempt.evidence if e.evidence_id in wanted and e.file]
        found = [address(self.told.run.folder / file, self.here) for file in files]
        return [each for each in found if each][:_MOST_PICTURES]

    def since(self, identifier: str) -> Since | None:
        return self.told.since.get(identifier) if self.told else None


def page(
    catalogue: Catalogue,
    known: Outline,
    told: Told | None,
    placing: Placing | None,
    *,
    text_name: str,
    here: Path,
) -> str:
    """Return the page that is to lie in the folder ``here``.

    ``told``: the run whose verdicts it shows; ``placing``: the institution's text, by the
    name ``text_name``. Without either it is the outline alone.
    """
    p = _Page(catalogue, known, told, placing, here)
    return render(
        "manual.html.j2",
        p=p,
        catalogue=catalogue,
        outline=known,
        told=told,
        placing=placing,
        text_name=text_name,
        whole=(WHOLE,),
        cover=COVER,
        here=here,
        How=How,
        bases={name: str(word) for name, word in BASES.items()},
        Spot=Spot,
        shown=shown,
    )


_LEADING = re.compile(r"^\s*(?:#{1,6}\s+|>\s+)")
_BULLET = re.compile(r"^(\s*)[-*+]\s+・?")
_LINKED = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_RULE = re.compile(r"^[\s|:*_-]*-{3,}[\s|:*_-]*$")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_CODE = re.compile(r"`([^`]+)`")


def shown(line: str) -> Markup:
    """Return a line of the institution's text as readers know it: without a converter's marks.

    Texts that were made from a document often carry Markdown: bold stays bold, headings and
    lists lose their signs, cells of a table stand side by side.
    """
    if _RULE.match(line):
        return Markup("")
    heading = line.lstrip().startswith("#")
    text = _BULLET.sub(r"\1・", _LEADING.sub("", line))
    text = _CODE.sub(r"\1", _LINKED.sub(r"\1", text))
    if text.strip().startswith("|"):
        text = "　".join(cell.strip() for cell in text.strip().strip("|").split("|"))
    parts = _BOLD.split(visible(text))
    told = Markup("").join(
        Markup("<strong>{}</strong>").format(part) if place % 3 == 2 else escape(part)
        for place, part in enumerate(parts)
        if place % 3 != 1
    )
    return Markup("<strong>{}</strong>").format(told) if heading else told
