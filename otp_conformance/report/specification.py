"""The specification as one offline page, or as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from otp_conformance.journal.journal import Journal
from otp_conformance.language import Language, Text, say, speaking
from otp_conformance.report.declared import of_name
from otp_conformance.report.matrix import FORCES, place
from otp_conformance.report.pages import asset, environment, policy
from otp_conformance.report.results import counting
from otp_conformance.specification.basis import BASES, MARKS, MEANINGS
from otp_conformance.specification.document import Scenario, Specification, filled


@dataclass(frozen=True)
class Mark:
    """What marks a scenario that goes beyond the manual's words, and what that tells."""

    mark: Text
    text: Text


_MARKS = {tag: Mark(BASES[basis], MEANINGS[tag]) for basis, tag in MARKS.items() if tag in MEANINGS}


def html(
    document: Specification,
    needs: Mapping[str, str],
    lang: Language = "ja",
    *,
    run: Journal | None = None,
) -> str:
    """Return the page: one file, nothing loaded from elsewhere; its script only searches.

    ``needs``: what readers are told of each tag of a need. ``lang``: the language of all
    but the features' own words. ``run``: one whose declared values stand beside the
    sentences that leave them open.
    """
    style = asset("base.css", "matrix.css", "specification.css")
    script = asset("specification.js")
    every = document.catalogue.requirements.values()
    with speaking(lang):
        env = environment()
        env.filters["filled"] = filled
        return env.get_template("specification.html.j2").render(
            document=document,
            catalogue=document.catalogue,
            counting=counting(
                len(every), [r for r in every if not (r.testable or r.id in document.used_by)]
            ),
            style=style,
            script=script,
            policy=policy(style, script),
            needs=needs,
            values=_values(run) if run else {},
            sut=f"{run.header.sut_name} {run.header.sut_version}".strip() if run else "",
            marks=_MARKS,
            place=place,
            bases=BASES,
            force=FORCES,
        )


def _values(run: Journal) -> dict[str, str]:
    """Return what a run's product declared, by the ids of scenarios and of outlines."""
    found: dict[str, dict[str, None]] = {}
    for scenario_id, planned in run.planned.items():
        attempt = run.attempt(scenario_id, run.decisive(scenario_id))
        if told := of_name(attempt, planned.name):
            found.setdefault(scenario_id.partition(".")[0], {})[told] = None
    return {identifier: say("、", ", ").join(told) for identifier, told in found.items()}


def text(document: Specification) -> str:
    """Return the chapters with their scenarios as plain text."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Specification) -> Iterator[str]:
    manual = document.catalogue.manual
    yield f"{manual.title}　{document.count} シナリオ"
    for chapter in document.chapters:
        yield f"\n■ {chapter.name}（{chapter.count} シナリオ）"
        for feature in chapter.features:
            yield f"\n機能: {feature.name}"
            yield from (f"  {line}" for line in feature.description.splitlines())
            for rule in feature.rules:
                if rule.name:
                    yield f"\n  ルール: {rule.name}"
                for scenario in rule.scenarios:
                    yield from _scenario(scenario)


def _scenario(scenario: Scenario) -> Iterator[str]:
    marks = "".join(f" {tag.removeprefix('@')}" for tag in scenario.conditions if tag in MEANINGS)
    head = f"{scenario.identifier} {scenario.title}"
    yield f"\n    {head}  [{' '.join(scenario.requirements)}]{marks}"
    for step in scenario.steps:
        yield f"      {step.keyword} {filled(step.text)}"
        yield from (f"        | {' | '.join(row)} |" for row in step.table)
    for table in scenario.examples:
        yield f"      例: {table.name} {table.mark.removeprefix('@')}".rstrip()
        yield from (f"        | {' | '.join(row)} |" for row in table.rows)
