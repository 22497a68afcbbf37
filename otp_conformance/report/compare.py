"""Two finished runs side by side: what broke, what was mended, what cannot be told.

What was not judged in one of them is never counted as mended or broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from otp_conformance.journal.events import EVERYTHING
from otp_conformance.language import Text, say
from otp_conformance.report.across import render
from otp_conformance.report.digest import Ended, RunDigest
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Verdict

_NOTICEABLE_S = 1.0
_NOTICEABLE = 0.2
_NONE = "—"


class Change(StrEnum):
    """What became of a scenario between two runs, the most urgent first."""

    BROKEN = "newly_broken"
    CAUSE = "changed_cause"
    STILL = "still_broken"
    FIRST_BROKEN = "first_judged_broken"
    LOST = "no_longer_judged"
    MENDED = "mended"
    FIRST_PASSED = "first_judged_passed"
    ONLY_BEFORE = "only_before"
    ONLY_AFTER = "only_after"
    UNJUDGED = "judged_in_neither"
    PASSED = "still_passed"


CHANGES = {
    Change.BROKEN: Text("新たに不合格になった", "Newly broken"),
    Change.CAUSE: Text(
        "合格でないまま、原因や観測が変わった",
        "Not passed as before, with another cause or finding",
    ),
    Change.STILL: Text("不合格のまま", "Still broken"),
    Change.FIRST_BROKEN: Text(
        "前の実行では確かめておらず、後の実行で不合格", "Not judged before, fails now"
    ),
    Change.LOST: Text("後の実行では確かめられていない", "Judged before, no longer judged"),
    Change.MENDED: Text("不合格から合格になった", "Mended"),
    Change.FIRST_PASSED: Text(
        "前の実行では確かめておらず、後の実行で合格", "Not judged before, passes now"
    ),
    Change.ONLY_BEFORE: Text(
        "後の実行にはない（選ばなかったか、なくなった）",
        "Not in the second run (left out, or gone)",
    ),
    Change.ONLY_AFTER: Text(
        "前の実行にはない（選ばなかったか、新しい）", "Not in the first run (left out, or new)"
    ),
    Change.UNJUDGED: Text("どちらの実行でも確かめていない", "Judged in neither run"),
    Change.PASSED: Text("合格のまま", "Still passed"),
}


class Answer(StrEnum):
    """Whether the second run is worse than the first."""

    WORSE = "worse"
    UNTOLD = "cannot_be_told"
    NOT_WORSE = "not_worse"

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the command (docs/exit-codes.md)."""
        codes = {Answer.WORSE: ExitCode.FAIL, Answer.UNTOLD: ExitCode.INCONCLUSIVE}
        return codes.get(self, ExitCode.PASS)


@dataclass(frozen=True)
class Pair:
    """One scenario in both runs; None where it was not planned."""

    change: Change
    before: Ended | None
    after: Ended | None

    @property
    def known(self) -> Ended:
        """The scenario as the later run that has it tells of it."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - a pair is of something
        return found

    @property
    def judged_twice(self) -> bool:
        """Whether both runs say that it holds, or that it does not."""
        return bool(self.before and self.before.judged and self.after and self.after.judged)

    @property
    def reworded(self) -> bool:
        """Whether the two runs asked for different things under the same id."""
        return bool(self.before and self.after and self.before.wording != self.after.wording)

    @property
    def slower_s(self) -> float:
        """By how many seconds the second run took longer; 0 where one has none to tell."""
        return self.after.duration_s - self.before.duration_s if self.before and self.after else 0.0


@dataclass(frozen=True)
class Difference:
    """One thing that the runs were carried out with, and that is not the same."""

    name: Text
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Two runs, every scenario of either. ``cautions``: why less can be told than it seems."""

    before: RunDigest
    after: RunDigest
    pairs: tuple[Pair, ...]
    product: tuple[Difference, ...]
    declaration: tuple[Difference, ...]
    suite: tuple[Difference, ...]
    means: tuple[Difference, ...]
    cautions: tuple[Text, ...]

    def of(self, change: Change) -> list[Pair]:
        """Return the scenarios with which this happened, in the order of the plan."""
        return [pair for pair in self.pairs if pair.change is change]

    @property
    def about_values(self) -> Text:
        """How much is known of the declared values."""
        if not self.before.declared or not self.after.declared:
            return Text(
                "宣言の値は実行記録にないので、SHA-256 で比べています。",
                "The journals do not hold the declared values; the SHA-256 is compared.",
            )
        return Text(
            "値は、両方の実行でシナリオが読んだものを比べています。",
            "Values are compared where scenarios of both runs read them.",
        )

    @property
    def counts(self) -> dict[Change, int]:
        """How many scenarios of each kind, kinds without any included."""
        return {change: len(self.of(change)) for change in Change}

    @property
    def comparable(self) -> bool:
        """Whether both runs judge the same product by the same set of requirements."""
        a, b = self.before, self.after
        return a.product == b.product and a.header.set == b.header.set

    @property
    def answer(self) -> Answer:
        """Whether it got worse. Only where all that was judged before was judged again: no."""
        n = self.counts
        if not self.comparable:
            return Answer.UNTOLD
        if n[Change.BROKEN]:
            return Answer.WORSE
        gone = any(pair.known.judged for pair in self.of(Change.ONLY_BEFORE))
        new = any(pair.known.verdict is Verdict.FAIL for pair in self.of(Change.ONLY_AFTER))
        nothing = not any(pair.judged_twice for pair in self.pairs)
        if gone or new or nothing or n[Change.LOST] or n[Change.FIRST_BROKEN]:
            return Answer.UNTOLD
        return Answer.NOT_WORSE

    @property
    def slower(self) -> list[Pair]:
        """The scenarios that took noticeably longer, by how much."""
        return sorted(
            (p for p in self._timed() if p.slower_s > 0), key=lambda p: p.slower_s, reverse=True
        )

    @property
    def faster(self) -> list[Pair]:
        """The scenarios that took noticeably less time, by how much."""
        return sorted((p for p in self._timed() if p.slower_s < 0), key=lambda p: p.slower_s)

    def _timed(self) -> Iterator[Pair]:
        """Yield what was judged with the same means in both and took another time."""
        if self.before.agent != self.after.agent:
            return
        for pair in self.pairs:
            if pair.before and pair.judged_twice:
                least = max(_NOTICEABLE_S, _NOTICEABLE * pair.before.duration_s)
                if abs(pair.slower_s) >= least:
                    yield pair


def compare(before: RunDigest, after: RunDigest) -> Comparison:
    """Put two runs side by side; the order of scenarios is that of the later plan."""
    a, b = before.header, after.header
    every = dict.fromkeys([*after.scenarios, *before.scenarios])
    return Comparison(
        before=before,
        after=after,
        pairs=tuple(_pair(before.scenarios.get(each), after.scenarios.get(each)) for each in every),
        product=_differences(
            (Text("対象", "Product"), a.sut_name, b.sut_name),
            (Text("対象の版", "Its version"), a.sut_version, b.sut_version),
            (Text("製品のコミット", "Its commit"), before.commit, after.commit),
        ),
        declaration=_differences(
            (Text("実装宣言のファイル", "File"), a.declaration_file, b.declaration_file),
            (Text("実装宣言の SHA-256", "SHA-256"), a.declaration_sha256, b.declaration_sha256),
            (
                Text("起動時の設定の SHA-256", "SHA-256 of settings at start"),
                a.settings_sha256,
                b.settings_sha256,
            ),
            (
                Text("「なし」と宣言した手順書の機能", "Functions declared absent"),
                _listed(a.absent_functions),
                _listed(b.absent_functions),
            ),
            (
                Text("既知の相違", "Known deviations"),
                _listed([f"{k.requirement} ({k.until})" for k in a.known_deviations]),
                _listed([f"{k.requirement} ({k.until})" for k in b.known_deviations]),
            ),
            *(
                (Text(key, key), before.declared[key], after.declared[key])
                for key in sorted(before.declared.keys() & after.declared.keys())
            ),
        ),
        suite=_differences(
            (Text("ツールの版", "Suite version"), a.suite_version, b.suite_version),
            (
                Text("ツールのファイルの SHA-256", "SHA-256 of the suite's files"),
                before.suite_sha256,
                after.suite_sha256,
            ),
            (Text("要件一覧の版", "Requirement set"), a.requirement_set, b.requirement_set),
            (Text("判定した要件のセット", "Set judged"), a.set, b.set),
        ),
        means=_differences(
            (Text("選んだ範囲", "Selection"), _selection(before), _selection(after)),
            (Text("繰り返し", "Repeats"), str(a.repeat), str(b.repeat)),
            *(
                (Text(ja, en), a.environment.get(key, ""), b.environment.get(key, ""))
                for key, ja, en in (
                    ("agent", "画面を見たもの", "Screens seen with"),
                    ("browser", "ブラウザー", "Browser"),
                    ("workers", "並行数", "Workers"),
                )
            ),
        ),
        cautions=tuple(_cautions(before, after)),
    )


def _pair(before: Ended | None, after: Ended | None) -> Pair:
    return Pair(_change(before, after), before, after)


def _change(before: Ended | None, after: Ended | None) -> Change:
    if before is None:
        return Change.ONLY_AFTER
    if after is None:
        return Change.ONLY_BEFORE
    match before.verdict, after.verdict:
        case Verdict.PASS, Verdict.PASS:
            return Change.PASSED
        case Verdict.PASS, Verdict.FAIL:
            return Change.BROKEN
        case Verdict.FAIL, Verdict.PASS:
            return Change.MENDED
        case Verdict.FAIL, Verdict.FAIL:
            return Change.STILL if before.finding == after.finding else Change.CAUSE
    if before.judged:
        return Change.LOST
    if after.judged:
        return Change.FIRST_PASSED if after.verdict is Verdict.PASS else Change.FIRST_BROKEN
    same = (before.verdict, before.cause) == (after.verdict, after.cause)
    return Change.UNJUDGED if same else Change.CAUSE


def _differences(*given: tuple[Text, str, str]) -> tuple[Difference, ...]:
    return tuple(Difference(name, a or _NONE, b or _NONE) for name, a, b in given if a != b)


def _selection(run: RunDigest) -> str:
    header = run.header
    return header.selection if header.partial else say(EVERYTHING, "everything")


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items)


def _cautions(before: RunDigest, after: RunDigest) -> Iterator[Text]:
    a, b = before.header, after.header
    if a.run_id == b.run_id:
        yield Text("二つとも同じ実行です。", "Both are the same run.")
    if a.set != b.set:
        yield Text(
            f"要件のセットが違うため（{a.set} と {b.set}）、良し悪しは比べられません。",
            f"The runs judge different sets ({a.set} and {b.set}): better or worse cannot be told.",
        )
    if a.sut_name != b.sut_name:
        yield Text(
            f"対象の製品が違います（{a.sut_name} と {b.sut_name}）。以下は二つの製品の違いで、"
            "良くなった、悪くなったという意味ではありません。",
            f"The products differ ({a.sut_name} and {b.sut_name}): what follows is how two "
            "products differ, not what became better or worse.",
        )
    for which, run in ((Text("前の実行", "The first run"), before), (_AFTER, after)):
        if run.cut_off:
            yield Text(
                f"{which.ja}は途中で終わりました。終わっていないシナリオは比べていません。",
                f"{which.en} was cut off; what it did not finish is not compared.",
            )
        if run.header.partial:
            yield Text(
                f"{which.ja}は選んだ {run.header.planned} シナリオだけです"
                f"（{run.header.selection}）。ほかは比べていません。",
                f"{which.en} is of {run.header.planned} selected scenarios only "
                f"({run.header.selection}); the rest is not compared.",
            )
    if before.agent != after.agent:
        yield Text(
            "画面を見たもの（ブラウザーか、ブラウザーなしか）が違います。所要時間は比べていません。",
            "The screens were not seen with the same means; durations are not compared.",
        )
    if a.at > b.at:
        yield Text(
            "前の実行として指定されたものの方が、後から始まっています。順序を確かめてください。",
            "The run named first began later than the second. Mind the order.",
        )


_AFTER = Text("後の実行", "The second run")

_QUIET = (Change.UNJUDGED, Change.PASSED)
"""Kinds that are counted and not listed: there is nothing to do about them."""
_BRIEF = (Change.MENDED, Change.FIRST_PASSED, Change.ONLY_BEFORE, Change.ONLY_AFTER)
"""Kinds that are listed by name alone: what was seen is not the matter."""
_MOST = 10


def answer_text(c: Comparison) -> Text:
    """Return the answer in one or two sentences."""
    n = c.counts
    if c.answer is Answer.WORSE:
        return Text(
            f"悪くなりました。{n[Change.BROKEN]} シナリオが新たに不合格です。",
            f"It got worse: {n[Change.BROKEN]} scenario(s) newly broken.",
        )
    if c.answer is Answer.NOT_WORSE:
        more = n[Change.MENDED]
        rest = n[Change.STILL] + sum(p.judged_twice for p in c.of(Change.CAUSE))
        return Text(
            "悪くなっていません。"
            + (f"{more} シナリオが直りました。" if more else "")
            + (f"不合格のままが {rest} 件あります。" if rest else ""),
            "It did not get worse."
            + (f" {more} scenario(s) mended." if more else "")
            + (f" {rest} still broken." if rest else ""),
        )
    if not c.comparable:
        return Text(
            "悪くなったかどうかは言えません（別の製品か、別の要件のセットです）。",
            "Whether it got worse cannot be told (another product, or another set).",
        )
    lost = n[Change.LOST] + sum(p.known.judged for p in c.of(Change.ONLY_BEFORE))
    new = n[Change.FIRST_BROKEN] + sum(
        p.known.verdict is Verdict.FAIL for p in c.of(Change.ONLY_AFTER)
    )
    same = sum(pair.judged_twice for pair in c.pairs)
    return Text(
        f"悪くなったかどうかは言えません。どちらでも確かめた {same} シナリオに新たな不合格は"
        f"ありませんが、前は確かめて後で確かめていないものが {lost} 件、"
        f"前は確かめておらず後で不合格のものが {new} 件あります。",
        f"Whether it got worse cannot be told. Of the {same} scenario(s) judged in both none is "
        f"newly broken, but {lost} judged before were not judged again, and {new} that were not "
        "judged before fail now.",
    )


def page(c: Comparison, here: Path) -> str:
    """Return the comparison as a page that is to lie in the folder ``here``."""
    return render(
        "compare.html.j2",
        c=c,
        here=here,
        answer=answer_text(c),
        changes=CHANGES,
        quiet={change.value for change in _QUIET},
        always={Change.BROKEN.value, Change.STILL.value, Change.MENDED.value},
        brief={change.value for change in _BRIEF},
        order=[change for change in Change if change not in _QUIET],
        groups=[
            (say("対象", "Product"), c.product),
            (say("実装宣言", "Declaration"), c.declaration),
            (say("ツールと要件", "Suite and requirements"), c.suite),
            (say("実施のしかた", "Means"), c.means),
        ],
        reworded=[pair for pair in c.pairs if pair.reworded],
        most=_MOST,
    )


def as_data(c: Comparison) -> dict[str, Any]:
    """Return the comparison for programs; keys are English whatever is spoken."""
    return {
        "format_version": 1,
        "answer": c.answer.value,
        "exit_code": int(c.answer.exit_code),
        "before": _run_data(c.before),
        "after": _run_data(c.after),
        "cautions": [text.en for text in c.cautions],
        "counts": {change.value: n for change, n in c.counts.items()},
        "scenarios": [
            {
                "scenario": pair.known.scenario_id,
                "name": pair.known.name,
                "requirements": list(pair.known.requirements),
                "change": pair.change.value,
                "reworded": pair.reworded,
                "before": _ended_data(pair.before),
                "after": _ended_data(pair.after),
            }
            for pair in c.pairs
        ],
        "differences": {
            group: [{"what": d.name.en, "before": d.before, "after": d.after} for d in found]
            for group, found in (
                ("product", c.product),
                ("declaration", c.declaration),
                ("suite", c.suite),
                ("means", c.means),
            )
        },
    }


def _run_data(run: RunDigest) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "at": run.header.at,
        "product": run.product,
        "product_version": run.header.sut_version,
        "partial": run.header.partial,
        "cut_off": run.cut_off,
        "duration_s": run.duration_s,
    }


def _ended_data(ended: Ended | None) -> dict[str, Any] | None:
    if ended is None:
        return None
    return {
        "verdict": ended.verdict.value,
        "cause": ended.cause.value if ended.cause else None,
        "expected": ended.expected,
        "observed": ended.observed,
        "failing_step": ended.failing_step,
        "duration_s": ended.duration_s,
    }
