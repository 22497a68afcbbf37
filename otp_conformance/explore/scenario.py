"""A story as a scenario of the suite: written for a run, and printed ready to paste."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from otp_conformance.explore.deeds import Line, Story
from otp_conformance.specification.basis import mark_of
from otp_conformance.specification.catalogue.model import Requirement
from otp_conformance.specification.ids import TAG, Register

NAME = "探索が見つけた道筋"
SCENARIO = "シナリオ:"
# By what a sentence says, what it needs of the declaration (`declaration.needs`).
_NEEDS = {
    "staff": r"職員|申請の記録",
    "revocation": r"失効させる",
    "software": r"ソフトウェアトークン",
    "portal": r"登録状況|申請内容選択",
    "issue": r"トークンの発行を試みる|発行の申請を終えた",
    "activation": r"利用開始登録|利用を始めた",
    "deactivation": r"利用解除(を|へ|し|が)",
    "hour": r"時計を1時間",
    "next_day": r"時計を(翌日|1日)",
}


def feature(story: Story, tags: Iterable[str] = (), name: str = NAME) -> str:
    """Return a story as a feature file with one scenario."""
    head = ["# language: ja", f"機能: {NAME}", "", *_tag_line(tags), f"  {SCENARIO} {name}"]
    return "\n".join([*head, *_steps(story.lines)]) + "\n"


def tags_of(
    story: Story,
    requirements: Sequence[str],
    known: Mapping[str, Requirement],
    register: Register,
) -> tuple[str, ...]:
    """Return the tags of a scenario about these requirements, the next free id first."""
    texts = "\n".join(each.text for each in story.lines)
    mark = mark_of(known[each].basis for each in requirements)
    return (
        f"{TAG}{register.next_under(requirements[0])}",
        *(f"@{each}" for each in requirements),
        *([mark] if mark else []),
        *(f"@needs.{name}" for name, said in _NEEDS.items() if re.search(said, texts)),
    )


def line_of(text: str) -> int:
    """Return the line, counted from 1, on which the scenario of a feature file stands."""
    lines = text.splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.strip().startswith(SCENARIO))


def _tag_line(tags: Iterable[str]) -> list[str]:
    written = " ".join(tags)
    return [f"  {written}"] if written else []


def _steps(lines: Sequence[Line]) -> list[str]:
    """Write the steps; a keyword that comes again right after itself is かつ."""
    keywords = ["", *(line.keyword for line in lines)]
    written: list[str] = []
    said = ""
    for before, line in zip(keywords, lines, strict=False):
        said = said if before == "かつ" else before
        again = line.keyword in {said, "かつ"}
        written.append(f"    {'かつ' if again else line.keyword} {line.text}")
    return written
