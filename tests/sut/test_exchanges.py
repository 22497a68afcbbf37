"""Both agents remember what they sent and what came back, until somebody asks."""

from __future__ import annotations

from practice_site import PracticeServer

from otp_conformance.agent import exchange
from otp_conformance.agent.page import Control, FormRequest, Role
from otp_conformance.agent.port import UserAgent


def action(*names: str) -> Control:
    return Control(Role.ACTION, names)


def test_a_form_is_told_with_its_labels_and_with_what_it_did_not_send(
    agent: UserAgent, server: PracticeServer
) -> None:
    agent.open(f"{server.url}/form")
    (opened,) = agent.exchanges()
    assert (opened.method, opened.status, opened.unsent) == ("GET", 200, ())
    agent.fill(Control(Role.FIELD, ("シリアル番号",)), "0123")
    agent.press(action("利用開始する"))
    (sent,) = agent.exchanges()
    assert (sent.method, sent.address, sent.status) == ("POST", f"{server.url}/echo", 422)
    told = {each.name: each for each in sent.fields}
    assert told["serial"].value == "0123"
    assert "シリアル番号" in told["serial"].label
    assert (told["token"].label, told["token"].chosen) == ("", False)
    assert told["sel"].chosen
    assert told["box"].chosen
    assert not told["serial"].chosen
    assert len(sent.unsent) == 1  # the one that is disabled
    assert "0123" not in repr(sent)
    assert agent.exchanges() == ()


def test_each_redirect_is_told_of(agent: UserAgent, server: PracticeServer) -> None:
    agent.open(f"{server.url}/moved")
    assert [each.status for each in agent.exchanges()] == [302, 200]


def test_what_an_altered_request_leaves_out_is_told(
    agent: UserAgent, server: PracticeServer
) -> None:
    agent.open(f"{server.url}/form")
    request = agent.form_request(action("利用開始する"))
    agent.exchanges()
    agent.send(FormRequest(request.method, request.address, request.without("serial").fields))
    sent = agent.exchanges()[-1]
    assert "シリアル番号" in sent.unsent[0]


def test_a_query_is_told_by_its_names(agent: UserAgent, server: PracticeServer) -> None:
    agent.open(f"{server.url}/form")
    agent.press(action("ワンタイムパスワード申請"))
    sent = agent.exchanges()[-1]
    assert [each.name for each in sent.fields][:1] in (["x"], ["level"])
    assert sent.unsent == ()


def test_only_the_latest_are_remembered() -> None:
    kept = exchange.Exchanges()
    for number in range(exchange.MOST + 5):
        kept.add("GET", f"http://bank/{number}", ())
    found = kept.take()
    assert len(found) == exchange.MOST
    assert found[-1].address.endswith(f"/{exchange.MOST + 4}")
    many = kept.add("POST", "http://bank/", [(f"f{n}", "v") for n in range(100)])
    assert len(many.fields) == exchange.MOST_FIELDS


def test_a_picture_can_be_marked_where_title_and_messages_stand(
    agent: UserAgent, server: PracticeServer
) -> None:
    agent.open(f"{server.url}/form")
    found = agent.marks()
    if not agent.is_browser:
        assert found == ()
        return
    title, message = found
    assert all(0 <= part <= 10_000 for part in (*title, *message))
    assert title[1] < message[1]  # the heading stands above the message
    assert title[3] < 1000
