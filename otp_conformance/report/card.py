"""The failure card: all that somebody needs who must find out why a scenario did not pass.

The same card stands on the scenario's page, in JUnit's text and on the terminal.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from otp_conformance.journal.events import (
    CodeSent,
    DeclaredRead,
    Evidence,
    Exchanged,
    PlannedStep,
    RunStarted,
    ScenarioFinished,
    SentField,
)
from otp_conformance.journal.journal import Attempt
from otp_conformance.language import say
from otp_conformance.report.declared import beside, of_step
from otp_conformance.report.phrases import english
from otp_conformance.report.reference import Difference, Reference, first_difference, fitting
from otp_conformance.report.results import RunResults
from otp_conformance.report.words import code_text, told
from otp_conformance.specification.catalogue.model import Requirement
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Cause, Verdict

FAILURES = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE})
"""Verdicts that somebody has to look into."""

_MOST_CODES = 12
_MOST_DECLARED, _MOST_WORDS = 8, 3
_CONTENT = "screen content"
_REDIRECTS = (301, 302, 303, 307, 308)
_TOKYO = ZoneInfo("Asia/Tokyo")
_BUILT_IN = "reference.toml"


@dataclass(frozen=True)
class Asked:
    """A requirement that was not met, and where in the manual it stands."""

    requirement: Requirement
    place: str

    @property
    def text(self) -> str:
        """All of it in one line."""
        told = f"{self.requirement.id} {self.requirement.text}"
        return say(f"{told}（{self.place}）", f"{told} ({self.place})")


@dataclass(frozen=True)
class Customer:
    """A customer who took part, with the serials of the tokens that they held."""

    name: str
    login_id: str
    serials: tuple[str, ...]

    @property
    def text(self) -> str:
        """Name, login ID and serials in one line."""
        held = say("、", ", ").join(self.serials)
        token = say(f"、トークン {held}", f", token {held}") if held else ""
        return f"{self.name} {self.login_id}{token}"


@dataclass(frozen=True)
class Card:
    """One scenario that did not pass.

    ``requirements``: the failed ones, else those of the scenario; ``step``: number from 1
    and sentence of the step that did not pass; ``step_declared``: the product's value of what
    that sentence leaves open; ``declared``: what decides first, then what
    that step read, then the rest; ``codes``: of that step, else the latest; ``exchanges``:
    of that step and of the latest before it that sent any; ``picture``: what was seen then;
    ``differs``: from the reference bank's own run; ``command``: carries it out again.
    """

    verdict: Verdict
    outcome: ScenarioFinished
    requirements: tuple[Asked, ...]
    step: tuple[int, str] | None
    step_declared: str
    declared: tuple[DeclaredRead, ...]
    customers: tuple[Customer, ...]
    codes: tuple[CodeSent, ...]
    exchanges: tuple[Exchanged, ...]
    picture: Evidence | None
    differs: str
    command: str
    to_do: str

    @property
    def declared_first(self) -> tuple[DeclaredRead, ...]:
        """The declared values that matter most."""
        said = [read for read in self.declared if not _is_default_word(read)]
        words = [read for read in self.declared if _is_default_word(read)]
        return tuple([*said, *words[:_MOST_WORDS]][:_MOST_DECLARED])

    @property
    def time_steps(self) -> list[str]:
        """The codes in words, equal ones in a row counted."""
        texts = [(text, len(list(same))) for text, same in groupby(map(time_step_text, self.codes))]
        return [f"{text} × {times}" if times > 1 else text for text, times in texts]


class Planned(Protocol):
    """A scenario as it was to be carried out, before a run or on record."""

    @property
    def scenario_id(self) -> str:
        """Its id."""

    @property
    def requirements(self) -> Sequence[str]:
        """Those of its tags."""

    @property
    def steps(self) -> Sequence[PlannedStep]:
        """Its steps, the background's included."""


Place = Callable[[Requirement], str]
"""Returns where in the manual a requirement stands."""


@dataclass(frozen=True)
class Maker:
    """What every card of a run needs. ``words``: of the command besides the scenario."""

    requirements: Mapping[str, Requirement]
    place: Place
    reference: Reference | None
    words: tuple[str, ...]


def cards(run: RunResults, place: Place, reference: Reference | None = None) -> dict[str, Card]:
    """Return the cards of a run's scenarios that did not pass, by their ids."""
    known = {result.requirement.id: result.requirement for result in run.requirements}
    header = run.journal.header
    fit = fitting(reference, header.requirement_set)
    maker = Maker(known, place, fit, tuple(again(header)))
    return {
        each.planned.scenario_id: card(maker, each.planned, each.outcome, each.attempt)
        for each in run.scenarios
        if each.verdict in FAILURES
    }


def card(maker: Maker, planned: Planned, outcome: ScenarioFinished, attempt: Attempt) -> Card:
    """Return the card of one scenario."""
    known = maker.requirements
    index = _failing(attempt)
    bad = [check for check in attempt.checks if check.verdict is outcome.verdict]
    declared = _in_order(attempt.declared, index, bad[0].at if bad else outcome.at)
    customers = _customers(attempt)
    failed = [identifier for check in bad for identifier in check.requirements]
    named = dict.fromkeys(failed or planned.requirements)
    asked = tuple(Asked(known[each], maker.place(known[each])) for each in named if each in known)
    sentence = outcome.failing_step
    return Card(
        verdict=outcome.verdict,
        outcome=outcome,
        requirements=asked,
        step=(index + 1, sentence) if index is not None and index >= 0 and sentence else None,
        step_declared=of_step(attempt, index, sentence),
        declared=declared,
        customers=customers,
        codes=_codes(attempt, index),
        exchanges=tuple(attempt.exchanges),
        picture=_picture(attempt, outcome, index),
        differs=_differs(planned, _difference(maker, planned, attempt)),
        command=shlex.join(["otp-conformance", "run", "--id", planned.scenario_id, *maker.words]),
        to_do=_to_do(outcome, asked, declared, attempt.exchanges, customers),
    )


@dataclass(frozen=True)
class DeclaredValue:
    """A declared value, and the scenarios that used it: that hung on it, and the others."""

    key: str
    value: str
    line: int
    deciding: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def is_a_word(self) -> bool:
        """Whether it is only what something on a screen is called."""
        return self.key.startswith("labels.")


def declared_values(run: RunResults) -> list[DeclaredValue]:
    """Return every declared value that a verdict used, in the order of the file."""
    found: dict[tuple[str, str, int], tuple[dict[str, None], dict[str, None]]] = {}
    for scenario in run.scenarios:
        for read in scenario.attempt.declared:
            uses = found.setdefault((read.key, read.value, read.line), ({}, {}))
            uses[0 if read.decides else 1][scenario.planned.scenario_id] = None
    return [
        DeclaredValue(*what, tuple(deciding), tuple(i for i in others if i not in deciding))
        for what, (deciding, others) in sorted(
            found.items(), key=lambda entry: (entry[0][2] or 10**9, entry[0])
        )
    ]


def again(header: RunStarted) -> list[str]:
    """Return the words of a command for the same system, files by their names alone."""
    if header.again is not None:
        return list(header.again)
    words: list[str] = []
    if header.declaration_file != _BUILT_IN:
        words += ["--declaration", header.declaration_file]
    if header.judges_a_set:
        words += ["--set", header.set]
    if header.environment.get("agent") == AgentKind.HTTP:
        words += ["--agent", AgentKind.HTTP.value]
    return words


# -- in words ------------------------------------------------------------------


def rows(found: Card) -> list[tuple[str, str]]:
    """Return the card as captions and texts, in the current language."""
    number, sentence = found.step or (0, found.outcome.failing_step)
    sentence = beside(sentence, found.step_declared)
    step = say(f"{number} 番目: {sentence}", f"no. {number}: {sentence}") if number else sentence
    left = len(found.declared) - len(found.declared_first)
    more = say(f"ほか {left} 件は報告書の「宣言」", f"{left} more: see the report") if left else ""
    declared = [*map(declared_text, found.declared_first), *([more] if more else [])]
    every = [
        (say("要件", "requirement"), "\n".join(each.text for each in found.requirements)),
        (say("手順", "step"), step),
        (say("期待", "expected"), told(found.outcome.expected)),
        (say("観測", "observed"), told(found.outcome.observed)),
        (
            say("宣言", "declared"),
            "\n".join(declared),
        ),
        (say("お客さま", "customer"), "\n".join(each.text for each in found.customers)),
        (say("時間枠", "time step"), "\n".join(found.time_steps)),
        (say("送受信", "exchange"), "\n".join(map(exchange_text, found.exchanges))),
        (say("画面", "picture"), found.picture.file if found.picture else ""),
        (say("参照実装", "reference"), found.differs),
        (say("再実施", "again"), found.command),
        (say("対処", "next"), told(found.to_do)),
    ]
    return [(caption, text) for caption, text in every if text]


def text(found: Card) -> str:
    """Return the card as plain text."""
    lines = []
    for caption, value in rows(found):
        first, *more = value.splitlines()
        lines += [f"{caption}: {first}", *(f"    {line}" for line in more)]
    return "\n".join(lines)


def declared_text(read: DeclaredRead) -> str:
    """Return a declared value as it stands in the file, and where."""
    where = line_text(read.line)
    return f"{read.key} = {read.value}" + say(f"（{where}）", f" ({where})")


def line_text(line: int) -> str:
    """Return where in the declaration something stands."""
    if line:
        return say(f"{line} 行目", f"line {line}")
    return say("記載なし、既定値", "not in the file: the default")


def time_step_text(sent: CodeSent) -> str:
    """Return the time step of a code, and its times; never the code."""
    chosen = (
        say(f"（時間枠 {sent.chosen_step} で選択）", f" (chosen in {sent.chosen_step})")
        if sent.chosen_step != sent.time_step
        else ""
    )
    return f"{sent.time_step}{chosen} {code_text(sent)}"


def exchange_text(exchange: Exchanged) -> str:
    """Return a request and its answer, with what was sent and what was not, on several lines."""
    answer = say("応答なし", "no answer") if exchange.status is None else f"HTTP {exchange.status}"
    lines = [f"{_clock(exchange.sent_at)} {exchange.method} {exchange.address} → {answer}"]
    if exchange.fields:
        sent = say("、", ", ").join(map(field_text, exchange.fields))
        lines.append(say(f"  送った値: {sent}", f"  sent: {sent}"))
    if exchange.unsent:
        unsent = say("、", ", ").join(exchange.unsent)
        lines.append(say(f"  送られなかった欄: {unsent}", f"  not sent: {unsent}"))
    return "\n".join(lines)


def field_text(sent: SentField) -> str:
    """Return a named value as it was sent, masked where it may be a secret."""
    name = f"{sent.label}（{sent.name}）" if sent.label else sent.name
    return f"{name}={sent.value or say('（空）', '(empty)')}"


def _clock(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(_TOKYO).strftime("%H:%M:%S")


# -- what stands on it -----------------------------------------------------------


def _failing(attempt: Attempt) -> int | None:
    """Return the step that did not pass, else that of the worst check; None for none."""
    failed = [step.index for step in attempt.steps if step.status != "passed"]
    if failed:
        return failed[0]
    bad = [check for check in attempt.checks if check.verdict in FAILURES]
    return max(bad, key=lambda check: check.verdict.severity).step_index if bad else None


def _in_order(
    read: Sequence[DeclaredRead], index: int | None, until: str
) -> tuple[DeclaredRead, ...]:
    """Return each declared value once: what decides, what the failing step read, the rest.

    The manual's own words for what is on a screen come last. Of them come first those that
    were read last before the failed check (``until``, RFC 3339): it was looking for them.
    """
    said = [each for each in read if not _is_default_word(each)]
    said.sort(key=lambda each: (not each.decides, each.step_index != index))
    words = [each for each in reversed(read) if _is_default_word(each)]
    words.sort(key=lambda each: each.at > until)
    by_key: dict[str, DeclaredRead] = {}
    for each in [*said, *words]:
        by_key.setdefault(each.key, each)
    return tuple(by_key.values())


def _is_default_word(read: DeclaredRead) -> bool:
    return read.key.startswith("labels.") and not read.line


def _customers(attempt: Attempt) -> tuple[Customer, ...]:
    serials: dict[tuple[str, str], dict[str, None]] = {}
    for used in attempt.customers:
        held = serials.setdefault((used.name, used.login_id), {})
        held |= {used.serial: None} if used.serial else {}
    return tuple(Customer(*who, tuple(held)) for who, held in serials.items())


def _codes(attempt: Attempt, index: int | None) -> tuple[CodeSent, ...]:
    own = [sent for sent in attempt.codes if sent.step_index == index]
    return tuple((own or attempt.codes)[-_MOST_CODES:])


def _picture(attempt: Attempt, outcome: ScenarioFinished, index: int | None) -> Evidence | None:
    """Return the picture of the failed check, else the last one of the failing step."""
    pictures = {each.evidence_id: each for each in attempt.evidence if each.file}
    named = [
        pictures[identifier]
        for check in attempt.checks
        if check.verdict is outcome.verdict
        for identifier in check.evidence
        if identifier in pictures
    ]
    own = [each for each in pictures.values() if each.step_index == index]
    return next(iter([*named, *reversed(own)]), None)


def _difference(maker: Maker, planned: Planned, attempt: Attempt) -> Difference | None:
    if maker.reference is None:
        return None
    return first_difference(maker.reference, planned.scenario_id, planned.steps, attempt)


def _differs(planned: Planned, found: Difference | None) -> str:
    if found is None:
        return ""
    step = planned.steps[found.index]
    where = say(
        f"最初の違いは {found.index + 1} 番目の手順「{step.keyword} {step.text}」。",
        f"differs first in step no. {found.index + 1}, {step.keyword} {step.text}: ",
    )
    if found.screens:
        there, here = found.screens
        return where + say(
            f"参照実装では画面「{there}」、検査対象では画面「{here}」でした。",
            f"the screen there is {there}, here it is {here}.",
        )
    if found.unmade:
        listed = "」「".join(found.unmade)
        return where + say(
            f"参照実装では「{listed}」が確かめられました。",
            f"there was verified: {', '.join(map(english, found.unmade))}.",
        )
    return where + say("参照実装では最後まで進みました。", "there it passed.")


def _to_do(
    outcome: ScenarioFinished,
    asked: Sequence[Asked],
    declared: Sequence[DeclaredRead],
    exchanges: Sequence[Exchanged],
    customers: Sequence[Customer],
) -> str:
    """Return the one thing to do next."""
    if outcome.hint:
        return outcome.hint
    match outcome.cause:
        case Cause.PRODUCT if asked and asked[0].requirement.kind == _CONTENT:
            return _reword(declared, exchanges)
        case Cause.PRODUCT:
            return _mend(declared, exchanges, customers)
        case Cause.DECLARATION:
            return say(
                "宣言を検査対象に合わせて直し、もう一度実施してください。",
                "Correct the declaration so that it tells what the system does, and run it again.",
            )
        case Cause.ENVIRONMENT:
            return say(
                "検査対象と試験環境の状態を確かめ、もう一度実施してください。",
                "Check the system and its surroundings, and run it again.",
            )
    return say(
        "スイートの不具合です。journal.ndjson と faults.log を添えて知らせてください。",
        "A fault of the suite: report it with the run's journal.ndjson and faults.log.",
    )


def _reword(declared: Sequence[DeclaredRead], exchanges: Sequence[Exchanged]) -> str:
    """Return what to do about something on a screen."""
    path = urlsplit(exchanges[-1].address).path if exchanges else ""
    word = next((read for read in declared if _is_default_word(read)), None)
    or_ja = or_en = ""
    if word is not None:
        key = word.key.removeprefix("labels.")
        or_ja = f"（同じことを別の文言で示しているなら、宣言の [labels] の {key} に書いて）"
        or_en = f" (or, where it says the same in other words, declare them: {key} in [labels])"
    return say(
        f"製品の画面{f' {path} ' if path else ''}を要件どおりに直し{or_ja}、"
        "再実施のコマンドで確かめてください。",
        f"Mend the product's screen{f' {path}' if path else ''}{or_en}, "
        "and verify it by the command above.",
    )


def _mend(
    declared: Sequence[DeclaredRead],
    exchanges: Sequence[Exchanged],
    customers: Sequence[Customer],
) -> str:
    where_ja, where_en = "", "Mend"
    whose_ja = "".join(f"お客さま {each.login_id} の " for each in customers[:1])
    whose_en = "".join(f" of customer {each.login_id}" for each in customers[:1])
    if exchanges:
        asked = _led_here(exchanges)
        what = f"{asked.method} {urlsplit(asked.address).path}"
        where_ja = f"製品のログで{whose_ja}{what} を調べ、"
        where_en = f"Look for {what}{whose_en} in the product's log; mend"
    decides = next((read for read in declared if read.decides), None)
    or_ja = or_en = ""
    if decides is not None:
        or_ja = f"（製品が正しければ、宣言の {decides.key} を直して）"
        or_en = f" (or, where it is right, correct {decides.key} in the declaration)"
    return say(
        f"{where_ja}製品を要件に合わせて直し{or_ja}、再実施のコマンドで確かめてください。",
        f"{where_en} the product{or_en}, and verify it by the command above.",
    )


def _led_here(exchanges: Sequence[Exchanged]) -> Exchanged:
    """Return the request that led to the page in sight: the first of its redirects."""
    place = len(exchanges) - 1
    while place and exchanges[place - 1].status in _REDIRECTS:
        place -= 1
    return exchanges[place]


FILTERS: Mapping[str, Callable[..., str]] = {
    "declared": declared_text,
    "file_line": line_text,
    "time_step": time_step_text,
    "sent_field": field_text,
    "clock": _clock,
}
"""For the template of the card."""
