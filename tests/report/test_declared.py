"""The declared value beside a sentence: what it is, and that every one can be told in English."""

from types import SimpleNamespace

import pytest

from otp_conformance.journal.events import RECORDED_ANSWER, recorded_answer
from otp_conformance.judging import outcomes
from otp_conformance.language import speaking
from otp_conformance.report import phrases
from otp_conformance.report.declared import beside, of_name, of_step
from otp_conformance.report.specification import _values
from otp_conformance.specification.document import Scenario, Step

QUESTIONS = [each for each in vars(outcomes).values() if isinstance(each, outcomes.Question)]


def attempt(answers=(), **read):
    """``answers``: (step, answer) of tables; ``read``: keys with __ for the dot."""
    return SimpleNamespace(
        evidence=[
            SimpleNamespace(step_index=step, label=recorded_answer(answer, "拒否される"))
            for step, answer in answers
        ],
        declared=[
            SimpleNamespace(key=key.replace("__", "."), value=value) for key, value in read.items()
        ],
    )


def test_every_answer_has_its_english():
    assert len(QUESTIONS) > 30
    every = {answer for question in QUESTIONS for answer in question.answers}
    assert sorted(a for a in every if phrases.is_japanese(phrases.english(a))) == []


def test_a_record_is_read_back_whatever_stands_in_it():
    found = RECORDED_ANSWER.fullmatch(recorded_answer("止まらず、続く", "認証が停止し、拒否される"))
    assert found.group("answer", "result") == ("止まらず、続く", "認証が停止し、拒否される")
    assert RECORDED_ANSWER.fullmatch("たどった機能：なし") is None


@pytest.mark.parametrize(
    ("sentence", "read", "told", "told_en"),
    [
        (
            "お客さまが一定回数続けてワンタイムパスワードを間違えている",
            {"lockout__threshold": "5"},
            "5回",
            "5 times",
        ),
        (
            "お客さまが発行確認の画面で正しく入力し、操作をしないまま宣言された時間がたってから送る",
            {"sessions__idle_minutes": "30", "sessions__absolute_minutes": "480"},
            "30分",
            "30 min",
        ),
        (
            "操作を続けるうちにログインから宣言された時間がたってから送る",
            {"sessions__idle_minutes": "30", "sessions__absolute_minutes": "480"},
            "480分",
            "480 min",
        ),
        (
            "お客さまがどこにも存在しないシリアル番号を、宣言された回数だけ続けて入力している",
            {"confirmation_password__failure_limit": "10", "activation__failure_limit": "7"},
            "7回",
            "7 times",
        ),
        (
            "利用解除でも、許容幅の外の値は通用しない",
            {
                "otp__window__deactivation__backward": "2",
                "otp__window__deactivation__forward": "1",
                "otp__window__login__backward": "3",
                "otp__window__login__forward": "3",
            },
            "古い値は2つ、先の値は1つまで",
            "2 earlier value(s), 1 later",
        ),
        (
            "お客さまのトークンの値は宣言された桁数の半角数字である",
            {"otp__digits": "6"},
            "6桁",
            "6 digits",
        ),
        ("一定回数の誤り", {}, "", ""),
        ("ログインできる", {"lockout__threshold": "5"}, "", ""),
    ],
)
def test_words_of_a_sentence_have_their_value(sentence, read, told, told_en):
    assert of_step(attempt(**read), 0, sentence) == told
    with speaking("en"):
        assert of_step(attempt(**read), 0, sentence) == told_en


def test_a_step_tells_its_own_answer_and_a_name_that_leaves_it_open_all_of_them():
    told = attempt([(3, "続けて数える"), (4, "誤りに数えない")])
    assert of_step(told, 3, "次のとおりになる") == "続けて数える"
    assert of_step(told, 2, "ログインを試みる") == ""
    assert of_name(told, "続けて数えるかは、宣言による") == "続けて数える／誤りに数えない"
    assert of_name(told, "停止する") == ""
    with speaking("en"):
        assert of_name(told, "続けて数えるかは、宣言による") == (
            "the count goes on; not counted as a mistake"
        )


def test_in_plain_text_the_value_stands_in_brackets():
    assert beside("続けて数えるかは、宣言による", "続けて数える") == (
        "続けて数えるかは、宣言による（宣言：続けて数える）"
    )
    assert beside("停止する", "") == "停止する"


def test_the_specification_knows_a_runs_values_by_outline_and_what_may_be_declared():
    ends = {
        "RIS-04/2.1": attempt([(3, "翌日を待たない")]),
        "RIS-04/2.2": attempt([(3, "翌日まで待つ（もう翌日になっている）")]),
        "LCK-01/1": attempt(lockout__threshold="5"),
        "LGN-04/1": attempt(lockout__threshold="5"),
    }
    names = ["受けられるかは、宣言による"] * 2 + ["一定回数間違えると停止する", "ログインできる"]
    run = SimpleNamespace(
        planned={i: SimpleNamespace(name=n) for i, n in zip(ends, names, strict=True)},
        decisive=lambda scenario_id: 0,
        attempt=lambda scenario_id, number: ends[scenario_id],
    )
    assert _values(run) == {
        "RIS-04/2": "翌日を待たない、翌日まで待つ（もう翌日になっている）",
        "LCK-01/1": "5回",
    }
    table = (("宣言", "結果"), ("数える", "拒否される"), ("数えない", "ログインできる"))
    steps = (
        Step("ならば", "次のとおりになる", table),
        Step("かつ", "次のものがある", (("項目",),)),
    )
    scenario = Scenario("LCK-20/1", "", "", "", (), (), steps, ())
    assert scenario.answers == ("数える", "数えない")
