"""When codes were sent, and what had to be asked for again, stands with the step."""

import json
import re

import pytest
import sample_runs

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
