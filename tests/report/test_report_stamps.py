"""When codes were sent, and what had to be asked for again, stands with the step."""

import json
import re

import pytest
import sample_runs

from otp_conformance.journal.events import CodeSent
from otp_conformance.people.codes import CODE_PHRASES, WRONG
from otp_conformance.report.words import MADE, code_text

SENT = "ワンタイムパスワードを送信: 21:00 の値（表示から 1.5 秒後）"
EDGE = "21:00 の値（表示から 1.5 秒後、20:59:30 に選択）"
AGAIN = "つなぎ直し 1 回目（0.5 秒後）: サーバーエラー（HTTP 503）が返りました"


def steps_of(built):
    """Return the steps of each scenario, without the card above them."""
    page = (built["mixed"] / "requirements.html").read_text("utf-8")
    return [part.split("</ol>")[0] for part in page.split('<ol class="steps">')[1:]]


@pytest.mark.parametrize("text", [SENT, EDGE, AGAIN])
def test_the_requirements_page_tells_them_in_the_step(built, text):
    (steps,) = [each for each in steps_of(built) if text in each]
    assert steps.count(text) == 1
    assert "使用済みのワンタイムパスワードでもう一度ログインする" in steps


@pytest.mark.parametrize("text", [SENT, EDGE, AGAIN])
def test_messages_bear_them_at_their_step(built, text):
    lines = (built["mixed"] / "messages.ndjson").read_text("utf-8").splitlines()
    logs = [e["attachment"] for e in map(json.loads, lines) if "attachment" in e]
    (found,) = [log for log in logs if text in log["body"]]
    refusal = next(log for log in logs if "使用済みの値の拒否" in log["body"])
    assert found["testStepId"] == refusal["testStepId"]


def test_only_an_edge_excuses(built):
    steps = "".join(steps_of(built))
    assert len(re.findall("境目に掛かったため、製品の合否は言えません", steps)) == 1


@pytest.mark.parametrize("name", ["requirements.html", "messages.ndjson", "cucumber.html"])
def test_the_code_itself_is_nowhere(built, name):
    assert sample_runs.CODE not in (built["mixed"] / name).read_text("utf-8")


def test_a_run_without_any_says_nothing_of_them(built):
    page = (built["passed"] / "requirements.html").read_text("utf-8")
    assert "ワンタイムパスワードを送信" not in page
    assert "つなぎ直し" not in page


PLAIN = {"新しい", "表示中の", "先頭が0の"}


def test_every_way_to_a_code_is_told_and_a_wrong_one_as_wrong():
    assert set(MADE) == set(CODE_PHRASES) - PLAIN
    for phrase in WRONG:
        neutral = phrase in {"前後に空白の付いた", "全角数字の"}  # as declared
        assert MADE[phrase].ja.startswith("正しい値" if neutral else "誤った値（")
    assert not any(re.search("[ぁ-ん一-龠]", told.en) for told in MADE.values())


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("誤った", "誤った値（どのトークンにも表示されない数字）。21:00 の値が表示されてから"),
        ("許容幅より一つ古い", "送信: 誤った値（許容幅より一つ古い時間枠の値）。"),
        ("先頭の一桁だけ違う", "送信: 誤った値（正しい値の先頭の一桁を変えたもの）。"),
        ("新しい", "送信: 21:00 の値（表示から 1.5 秒後）"),
        ("", "送信: 21:00 の値（表示から 1.5 秒後）"),
    ],
)
def test_a_wrong_code_does_not_read_like_a_right_one(made, told):
    steps = dict.fromkeys(("chosen_step", "time_step", "answered_step"), 22_176_720)
    sent = CodeSent(
        at="2012-03-01T12:00:00+00:00", scenario_id="LGN-06/1", step_index=1,
        since_start_s=1.5, until_end_s=58.5, made=made, **steps,
    )  # fmt: skip
    assert told in code_text(sent)
