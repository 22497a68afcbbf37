"""The one-way law: nothing can make a verdict better again."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.verdict.verdict import Cause, Verdict, worse, worst

ORDER = ["合格", "対象外", "未実施", "判定不能", "不合格"]


def test_the_order_is_the_one_that_readers_are_told():
    assert [v.ja for v in sorted(Verdict, key=lambda v: v.severity)] == ORDER


@pytest.mark.parametrize(("a", "b"), list(itertools.product(Verdict, repeat=2)))
def test_the_worse_of_two_is_the_one_later_in_the_order(a, b):
    expected = ORDER[max(ORDER.index(a.ja), ORDER.index(b.ja))]
    assert worse(a, b).ja == expected
    assert worst([a, b]).ja == expected


def test_nothing_at_all_is_not_a_pass():
    assert worst([]) is Verdict.NOT_RUN


@given(st.lists(st.sampled_from(Verdict), min_size=1), st.sampled_from(Verdict))
def test_one_verdict_more_never_improves_the_worst(verdicts, one_more):
    assert worst([*verdicts, one_more]).severity >= worst(verdicts).severity


@given(st.lists(st.sampled_from(Verdict), min_size=1), st.randoms(use_true_random=False))
def test_the_worst_does_not_depend_on_the_order_of_seeing(verdicts, random):
    shuffled = verdicts[:]
    random.shuffle(shuffled)
    assert worst(shuffled) is worst(verdicts)
    assert worst(verdicts) in verdicts


@given(st.lists(st.lists(st.sampled_from(Verdict), min_size=1), min_size=1))
def test_shards_can_be_judged_apart_and_put_together(shards):
    together = worst(itertools.chain.from_iterable(shards))
    assert worst(worst(shard) for shard in shards) is together


@pytest.mark.parametrize("verdict", Verdict)
def test_a_pass_needs_every_verdict_to_be_a_pass(verdict):
    assert (worst([Verdict.PASS, verdict, Verdict.PASS]) is Verdict.PASS) == (
        verdict is Verdict.PASS
    )


def test_every_word_is_its_own():
    assert len({v.ja for v in Verdict}) == len({v.en for v in Verdict}) == 5
    assert {c.ja for c in Cause} == {"製品", "宣言・設定", "試験環境", "スイート"}
