"""What is written reaches the file, and what is read reaches its attempt."""

import pytest

from otp_conformance.journal.events import Reconnected, ScenarioFinished, ScenarioStarted
from otp_conformance.journal.journal import JournalError, JournalExistsError, JournalWriter, read
from otp_conformance.journal.lock import JournalBusyError
from otp_conformance.journal.masking import Masker
from otp_conformance.journal.relay import RelayWriter
from otp_conformance.verdict.outcome import Nonconformity
from otp_conformance.verdict.verdict import Verdict

AT = "2026-04-01T00:00:00+00:00"


def test_a_page_asked_for_again_is_told_of_the_attempt_and_the_step(run, case):
    case.reconnected(number=1, paused_s=0.5, why="HTTP 503")
    case.reconnected(number=2, paused_s=1.5, why="HTTP 502")
    first, second = run.read().last("s1").reconnected
    assert (first.number, first.paused_s, first.why) == (1, 0.5, "HTTP 503")
    assert (second.number, second.paused_s, second.why) == (2, 1.5, "HTTP 502")
    assert (first.step_index, first.attempt) == (1, 0)
    assert run.read().last("s2").reconnected == []


def test_one_that_names_no_attempt_is_of_the_first():
    told = Reconnected(at=AT, scenario_id="s1", step_index=0, number=1, paused_s=0.1, why="")
    assert told.attempt == 0


def test_a_scenario_is_not_cut_short_unless_it_says_so():
    ended = ScenarioFinished(at=AT, scenario_id="s1", verdict=Verdict.PASS, duration_s=1.0)
    assert not ended.cut_short


def test_attempts_that_were_had_are_listed_though_fewer_were_wanted(run):
    for number in range(3):
        run.writer.write(ScenarioStarted(at=AT, scenario_id="s1", attempt=number))
    found = run.read()
    assert found.header.repeat == 1
    assert list(found.numbers("s1")) == [0, 1, 2]


def test_bytes_after_the_last_whole_line_are_counted(run):
    whole = run.path.read_bytes()
    run.path.write_bytes(whole + b'{"event":')
    found = run.read()
    assert (found.size, found.torn_bytes) == (len(whole), 9)


def test_a_version_that_is_not_read_is_named_with_its_line(run):
    text = run.path.read_text()
    run.path.write_text(text.replace('"journal_version":2', '"journal_version":1'))
    with pytest.raises(JournalError) as caught:
        run.read()
    assert caught.value.line == 1


def test_a_line_that_cannot_be_read_names_its_field(run):
    with run.path.open("ab") as file:
        file.write(b'{"event":"scenario_started","at":"x","scenario_id":7}\n')
    with pytest.raises(JournalError, match="scenario_id"):
        run.read()


def test_a_journal_that_stands_there_is_named(run):
    run.writer.close()
    with pytest.raises(JournalExistsError, match="実行記録がすでにあります"):
        JournalWriter(run.path, Masker())


def test_a_journal_being_written_is_named(tmp_path):
    told = str(JournalBusyError(tmp_path / "journal.ndjson"))
    assert "journal.ndjson" in told
    assert "終わるのを待って" in told


def test_a_plan_takes_its_name_once_it_is_complete(run):
    other = run.path.with_name("another.ndjson")
    run.writer.appear_as(other)
    assert not run.path.exists()
    assert set(read(other).planned) == {"s1", "s2"}


def test_the_journal_is_written_in_plain_characters(run):
    assert "シナリオ s1" in run.path.read_text(encoding="utf-8")


def test_what_is_relayed_is_told_without_secrets():
    told = []
    masker = Masker()
    masker.add("hunter2-secret")
    RelayWriter(told.append, masker).write(
        Reconnected(
            at=AT, scenario_id="s1", step_index=0, number=1, paused_s=0.1, why="hunter2-secret"
        )
    )
    assert [event["why"] for event in told] == ["＊＊＊"]


def test_an_outcome_tells_both_sides_where_only_its_text_is_seen():
    assert str(Nonconformity(expected="期待する", observed="見えた")) == (
        "期待: 期待する / 観測: 見えた"
    )
