"""What the journal tells those who must find out why: who, what was declared, what was sent."""

from __future__ import annotations

from otp_conformance.journal.evidence import EvidenceStore, Look
from otp_conformance.journal.masking import MASK
from otp_conformance.journal.record import Sent


def test_a_customer_is_told_of_once_and_again_with_another_token(run, case):
    case.customer("お客さま", "t1", "")
    case.customer("お客さま", "t1", "12345678")
    case.customer("お客さま", "t1", "12345678")
    case.customer("お客さま", "t1", "")  # it was taken away: nothing new
    case.customer("お客さま", "t1", "87654321")
    told = [(each.login_id, each.serial) for each in run.read().last("s1").customers]
    assert told == [("t1", ""), ("t1", "12345678"), ("t1", "87654321")]


def test_a_declared_value_is_told_of_once_and_again_where_it_decides(run, case):
    case.declared("otp.digits", "6", 12)
    case.declared("otp.digits", "6", 12)
    with case.deciding():
        case.declared("otp.digits", "6", 12)
        case.declared("login.flow", '"one_page"', 0)
    case.declared("login.flow", '"one_page"', 0)
    told = [(each.key, each.line, each.decides) for each in run.read().last("s1").declared]
    assert told == [
        ("otp.digits", 12, False),
        ("otp.digits", 12, True),
        ("login.flow", 0, True),
    ]


FIELDS = (
    ("id", "ログインID", "t1", False),
    ("serial", "シリアル番号", " １２３４５６７８ ", False),
    ("password", "パスワード", "not registered", False),
    ("token", "", "c3NyZi10b2tlbg", False),
    ("kind", "種類", "hardware", True),
    ("choice", "", "hunter2-secret", True),
    ("otp", "", "", False),
)


def test_of_what_was_sent_only_what_is_public_is_written(run, case):
    run.masker.add("hunter2-secret")
    case.customer("お客さま", "t1", "12345678")
    case.exchanged([Sent(0.0, "POST", "http://bank/x", 303, FIELDS, ("メモ",))], 0)
    (told,) = run.read().last("s1").exchanges
    assert (told.step_index, told.method, told.status, told.unsent) == (0, "POST", 303, ["メモ"])
    assert told.sent_at == "1970-01-01T00:00:00.000+00:00"
    assert {each.name: each.value for each in told.fields} == {
        "id": "t1",
        "serial": " １２３４５６７８ ",
        "password": MASK,
        "token": MASK,
        "kind": "hardware",
        "choice": MASK,
        "otp": "",
    }
    assert "not registered" not in repr(Sent(0.0, "POST", "", 303, FIELDS))


def test_the_screen_at_a_steps_end_is_told(run, case):
    case.leave_step(
        keyword="もし", text="x", line=1, status="passed", duration_s=0.0, screen="portal"
    )
    assert run.read().last("s1").steps[0].screen == "portal"


def test_marks_belong_to_a_picture(run):
    store = EvidenceStore(run.folder, run.writer)
    mark = (1, 2, 3, 4)
    store.keep("s1", 0, "画面", Look(image=b"\x89PNG", marks=(mark,)))
    store.keep("s1", 0, "画面", Look(marks=(mark,)))
    assert [each.marks for each in run.read().last("s1").evidence] == [[mark], []]
