"""Rules on scenarios: names, tags, length, words, controls."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from otp_conformance.declaration.needs import NEED_TAGS, PREFIX
from otp_conformance.language import did_you_mean
from otp_conformance.lint.finding import Finding
from otp_conformance.lint.step_index import StepIndex
from otp_conformance.lint.verbs import CONTROL, REFUSED
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan

MOST_STEPS = 14
_TECHNICAL = re.compile(
    r"https?://|クリック|タップ|セレクタ|ロケータ|xpath|\bURL\b|\b(?:id|name|class)\s*=|"
    r"(?<![\w.])[#.][A-Za-z][\w-]+|\[[A-Za-z-]+[\^$*~|]?=|<[a-z]+>",
    re.IGNORECASE,
)


def duplicates(features: Sequence[FeaturePlan]) -> Iterator[Finding]:
    """Yield scenarios and features whose name stands elsewhere already."""
    seen: dict[str, str] = {}
    titles: dict[str, str] = {}
    for feature in features:
        for plan in feature.scenarios:
            if plan.name in seen:
                yield Finding(
                    plan.uri,
                    plan.line,
                    "OC010",
                    f"シナリオ「{plan.name}」は {seen[plan.name]} にもあります。"
                    "名前を分けてください。",
                    f"the scenario's name stands at {seen[plan.name]} as well; tell them apart.",
                )
            seen.setdefault(plan.name, plan.place)
        title = feature.scenarios[0].feature if feature.scenarios else ""
        if title and title in titles:
            yield Finding(
                feature.uri,
                1,
                "OC011",
                f"機能「{title}」は {titles[title]} にもあります。名前を分けてください。",
                f"the feature's name stands in {titles[title]} as well; tell them apart.",
            )
        titles.setdefault(title, feature.uri)


def scenario_findings(
    plan: ScenarioPlan, known: Collection[str], steps: StepIndex
) -> Iterator[Finding]:
    """Yield what is wrong with one scenario."""
    yield from _tags(plan, known)
    if len(plan.steps) > MOST_STEPS:
        yield Finding(
            plan.uri,
            plan.line,
            "OC060",
            f"手順が {len(plan.steps)} あります。{MOST_STEPS} 以内になるように分けてください。",
            f"has {len(plan.steps)} steps; split it ({MOST_STEPS} at most).",
        )
    for step in plan.steps:
        if found := _TECHNICAL.search(step.text):
            yield Finding(
                plan.uri,
                step.line,
                "OC030",
                f"「{found.group()}」は画面の作りの言葉です。お客さまのすることを書いてください。",
                f"{found.group()} speaks of the page's build; say what the customer does.",
            )
        patterns = steps.patterns(step.text)
        if not patterns:
            hint = did_you_mean(step.text, steps.all_patterns())
            yield Finding(
                plan.uri,
                step.line,
                "OC020",
                f"手順の定義がありません: {step.text}。{hint.ja}",
                f"no step definition matches: {step.text}.{hint.en}",
            )
        elif len(patterns) > 1:
            yield Finding(
                plan.uri,
                step.line,
                "OC021",
                f"二つ以上の定義に当てはまります: {'／'.join(patterns)}。"
                "定義の文を分けてください。",
                f"matches several definitions: {' / '.join(patterns)}. Tell them apart.",
            )
    yield from _control(plan, steps)


def _tags(plan: ScenarioPlan, known: Collection[str]) -> Iterator[Finding]:
    for requirement in plan.requirements:
        if requirement not in known:
            hint = did_you_mean(requirement, known)
            yield Finding(
                plan.uri,
                plan.line,
                "OC040",
                f"要件 {requirement} は目録にありません。{hint.ja}",
                f"there is no requirement {requirement}.{hint.en}",
            )
    if not plan.requirements:
        yield Finding(
            plan.uri,
            plan.line,
            "OC041",
            "要件タグ（@LGN-01 など）を付けてください。",
            "tag it with the requirement that it verifies (@LGN-01).",
        )
    for tag in plan.tags:
        if tag.startswith(PREFIX) and tag not in NEED_TAGS:
            hint = did_you_mean(tag, NEED_TAGS)
            yield Finding(
                plan.uri,
                plan.line,
                "OC042",
                f"{tag} は知られていません。{hint.ja}",
                f"{tag} is not a known need.{hint.en}",
            )


def _control(plan: ScenarioPlan, steps: StepIndex) -> Iterator[Finding]:
    """Yield the first refusal after which no step is its control.

    A step that gets to both, refusal and control, has its control in itself.
    """
    verbs = [steps.verbs(step.text) for step in plan.steps]
    for index, step in enumerate(plan.steps):
        alone = REFUSED in verbs[index] and CONTROL not in verbs[index]
        if alone and not any(CONTROL in after for after in verbs[index + 1 :]):
            yield Finding(
                plan.uri,
                step.line,
                "OC050",
                "拒否だけでは判定できません。この後に「対照として、…」の手順を足し、"
                "同じ要求が正しい形なら通ることを確かめてください。",
                "a refusal alone judges nothing; add a control step after it that must succeed.",
            )
            return
