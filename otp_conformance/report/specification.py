"""The specification as one offline page, or as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from otp_conformance.report.matrix import place
from otp_conformance.report.pages import asset, environment, policy
from otp_conformance.specification.basis import BASES, MEANINGS
from otp_conformance.specification.document import Scenario, Specification

NEEDS_JA = {
    "@needs.clock": "時刻を進める手段が要る",
    "@needs.still_clock": "時刻を秒の単位で合わせて止める手段が要る",
    "@needs.next_day": "時刻を進めるか、翌日まで待つ手段が要る",
    "@needs.hour": "時刻を進めるか、1時間待つ手段が要る",
    "@needs.staff": "職員の操作手段が要る",
    "@needs.outbox": "通知の確認手段が要る",
    "@needs.portal": "申請内容選択の画面が要る",
    "@needs.issue": "発行の機能が要る",
    "@needs.activation": "利用開始登録の機能が要る",
    "@needs.deactivation": "利用解除の機能が要る",
    "@needs.revocation": "職員がトークンを失効させられる場合",
    "@needs.software": "ソフトウェアトークンがある場合",
    "@needs.keyboard": "ソフトウェアキーボードがある場合",
    "@needs.browser": "ブラウザーで確かめる",
}
_FORCE_JA = {"MUST": "必須", "MUST NOT": "禁止", "MAY": "任意", "informative": "参考"}


def html(document: Specification) -> str:
    """Return the page: one file, no script, nothing loaded from elsewhere."""
    style = asset("base.css", "matrix.css", "specification.css")
    return (
        environment()
        .get_template("specification.html.j2")
        .render(
            document=document,
            catalogue=document.catalogue,
            style=style,
            policy=policy(str(style)),
            needs=NEEDS_JA,
            marks=MEANINGS,
            place=place,
            bases={basis: word.ja for basis, word in BASES.items()},
            force=_FORCE_JA,
        )
    )


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
        yield f"      {step.keyword} {step.text}"
        yield from (f"        | {' | '.join(row)} |" for row in step.table)
    for table in scenario.examples:
        yield f"      例: {table.name} {table.mark.removeprefix('@')}".rstrip()
        yield from (f"        | {' | '.join(row)} |" for row in table.rows)
