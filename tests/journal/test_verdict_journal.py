"""The journal is the truth: complete, or it says what it is not."""

import hashlib
import json

import pytest

from otp_conformance.journal.events import (
    Check,
    RunFinished,
    ScenarioFinished,
    ScenarioStarted,
    Source,
)
from otp_conformance.journal.journal import JournalError, JournalExistsError, JournalWriter, read
from otp_conformance.verdict.verdict import Cause, Verdict

AT = "2026-04-01T00:00:00+00:00"


def started(scenario_id="s1", attempt=0):
    return ScenarioStarted(at=AT, scenario_id=scenario_id, attempt=attempt)


def check(verdict, scenario_id="s1", attempt=0, **more):
    return Check(
        at=AT,
        scenario_id=scenario_id,
        attempt=attempt,
        step_index=0,
        name="確認",
        requirements=["LGN-04"],
        verdict=verdict,
        **more,
    )


def finished(verdict, scenario_id="s1", attempt=0, **more):
    return ScenarioFinished(
        at=AT, scenario_id=scenario_id, attempt=attempt, verdict=verdict, duration_s=1.0, **more
    )


def complete(run):
    for scenario_id, verdict in (("s1", Verdict.PASS), ("s2", Verdict.INCONCLUSIVE)):
        run.writer.write(started(scenario_id))
        run.writer.write(check(verdict, scenario_id, cause=Cause.SUITE))
        run.writer.write(finished(verdict, scenario_id, cause=Cause.SUITE))
    return run.writer.finish(Verdict.INCONCLUSIVE, 2, 12.5)


def test_what_was_written_is_read(run):
    run.writer.write(Source(at=AT, uri="features/x.feature", text="機能: x\u2028y\n"))
    complete(run)
    journal = run.read()
    assert journal.header.run_id == "r1"
    assert journal.sources["features/x.feature"].text == "機能: x\u2028y\n"
    assert list(journal.planned) == ["s1", "s2"]
    assert journal.outcome("s1").verdict is Verdict.PASS
    assert journal.verdict() is Verdict.INCONCLUSIVE
    assert not journal.cut_off
    assert journal.footer.exit_code == 2


def test_who_asks_for_verdicts_alone_keeps_nothing_of_what_was_seen(run):
    complete(run)
    run_whole, ends = run.read(), read(run.path, details=False)
    assert {i: run_whole.outcome(i) for i in run_whole.planned} == {
        i: ends.outcome(i) for i in ends.planned
    }
    assert ends.last("s1").started
    assert run_whole.last("s1").checks
    assert not ends.last("s1").checks
    assert ends == run_whole.without_details()


def test_what_was_seen_before_the_cut_stays_known_without_details(run):
    run.writer.write(started())
    run.writer.write(check(Verdict.FAIL, cause=Cause.PRODUCT))
    assert read(run.path, details=False).outcome("s1").verdict is Verdict.FAIL
    assert run.read().without_details().outcome("s1").verdict is Verdict.FAIL


def test_an_end_that_nothing_shows_is_refused_without_details_too(run):
    run.writer.write(started())
    run.writer.write(finished(Verdict.PASS))
    with pytest.raises(JournalError, match="元になる確認が記録にありません"):
        read(run.path, details=False)


def test_the_footer_has_the_hash_of_all_bytes_before_it(run):
    footer = complete(run)
    lines = run.path.read_bytes().splitlines(keepends=True)
    assert footer.journal_sha256 == hashlib.sha256(b"".join(lines[:-1])).hexdigest()


def test_every_event_is_on_the_disk_at_once(run):
    run.writer.write(started())
    assert run.read().last("s1").started is not None


def test_a_journal_is_never_overwritten(run):
    complete(run)
    before = run.path.read_bytes()
    with pytest.raises(JournalExistsError, match=r"journal\.ndjson"):
        JournalWriter(run.path)
    assert run.path.read_bytes() == before


def test_without_its_footer_a_run_is_cut_off(run):
    run.writer.write(started())
    run.writer.close()
    journal = run.read()
    assert journal.cut_off
    assert journal.cut_line is None
    for scenario_id, words in (("s1", "途中で"), ("s2", "始める前に")):
        outcome = journal.outcome(scenario_id)
        assert (outcome.verdict, outcome.cause) == (Verdict.NOT_RUN, Cause.ENVIRONMENT)
        assert words in outcome.observed


def test_a_failure_seen_before_the_cut_is_kept(run):
    run.writer.write(started())
    run.writer.write(check(Verdict.FAIL, cause=Cause.PRODUCT, expected="a", observed="b"))
    run.writer.close()
    outcome = run.read().outcome("s1")
    assert (outcome.verdict, outcome.cause) == (Verdict.FAIL, Cause.PRODUCT)
    assert outcome.observed.startswith("b")


def test_passed_checks_before_the_cut_do_not_make_a_pass(run):
    run.writer.write(started())
    run.writer.write(check(Verdict.PASS))
    run.writer.close()
    assert run.read().outcome("s1").verdict is Verdict.NOT_RUN


def test_a_run_cut_at_any_byte_says_so_and_never_looks_better(run):
    complete(run)
    whole = run.path.read_bytes()
    final = run.read()
    header = whole.index(b"\n") + 1
    cuts = {*range(0, len(whole) - 1, 29), header, len(whole) - 2}
    cuts |= {n + d for n, byte in enumerate(whole) if byte == 10 for d in (0, 1)} - {len(whole)}
    cuts -= {len(whole) - 1}  # only the last newline is missing: every line is complete
    for cut in sorted(cuts):
        path = run.folder / "cut.ndjson"
        path.write_bytes(whole[:cut])
        if cut < header - 1:
            with pytest.raises(JournalError, match="run_started"):
                read(path)
            continue
        journal = read(path)
        assert journal.cut_off, cut
        in_line = cut and whole[cut - 1] != 10 and whole[cut : cut + 1] != b"\n"
        assert (journal.cut_line is not None) == bool(in_line), cut
        for scenario_id in journal.planned:
            known = final.outcome(scenario_id).verdict
            seen = journal.outcome(scenario_id).verdict
            assert seen in {known, Verdict.NOT_RUN}, cut


def test_the_worst_attempt_counts(run):
    run.writer.write(started())
    run.writer.write(check(Verdict.FAIL))
    run.writer.write(finished(Verdict.FAIL, cause=Cause.PRODUCT))
    run.writer.write(started(attempt=1))
    run.writer.write(check(Verdict.PASS, attempt=1))
    run.writer.write(finished(Verdict.PASS, attempt=1))
    journal = run.read()
    assert journal.outcome("s1").verdict is Verdict.FAIL
    assert journal.outcome("s1", 1).verdict is Verdict.PASS
    assert journal.wavers("s1")
    assert sorted(journal.attempts["s1"]) == [0, 1]


def test_an_unplanned_scenario_has_no_outcome(run):
    with pytest.raises(KeyError):
        run.read().outcome("s9")


def damage_syntax(lines):
    lines[1] = b'{"event": nonsense}\n'


def damage_kind(lines):
    lines[1] = lines[1].replace(b"scenario_planned", b"scenario_guessed")


def damage_field(lines):
    lines[1] = lines[1].replace(b'"line":10', b'"line":"ten"')


def damage_bytes(lines):
    lines[1] = b"\xff\xfe\n"


def damage_blank(lines):
    lines[1] = b"\n"


def damage_twice(lines):
    lines[2] = lines[1]


def damage_header(lines):
    lines[1] = lines[0]


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (damage_syntax, 2),
        (damage_kind, 2),
        (damage_field, 2),
        (damage_bytes, 2),
        (damage_blank, 2),
        (damage_twice, 3),
        (damage_header, 2),
    ],
)
def test_a_damaged_line_is_named(run, damage, line):
    complete(run)
    lines = run.path.read_bytes().splitlines(keepends=True)
    damage(lines)
    run.path.write_bytes(b"".join(lines))
    with pytest.raises(JournalError) as caught:
        run.read()
    assert str(caught.value).startswith(f"{run.path}:{line}: ")


def test_a_changed_verdict_breaks_the_hash(run):
    complete(run)
    text = run.path.read_text()
    run.path.write_text(text.replace('"verdict":"inconclusive"', '"verdict":"pass"', 1))
    with pytest.raises(JournalError, match="journal_sha256"):
        run.read()


def test_line_ends_that_something_has_changed_are_named(run):
    complete(run)
    run.path.write_bytes(run.path.read_bytes().replace(b"\n", b"\r\n"))
    with pytest.raises(JournalError, match="CRLF") as caught:
        run.read()
    assert "書き換えられています" not in str(caught.value)


def test_changed_line_ends_hide_no_changed_verdict(run):
    complete(run)
    text = run.path.read_bytes().replace(b'"verdict":"inconclusive"', b'"verdict":"pass"', 1)
    run.path.write_bytes(text.replace(b"\n", b"\r\n"))
    with pytest.raises(JournalError, match="書き換えられています"):
        run.read()


def test_a_line_left_out_breaks_the_hash(run):
    complete(run)
    lines = run.path.read_bytes().splitlines(keepends=True)
    run.path.write_bytes(b"".join(lines[:3] + lines[4:]))
    with pytest.raises(JournalError, match="journal_sha256"):
        run.read()


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (started("s9"), "計画にない"),
        (started("s1"), "2度"),
        (RunFinished(at=AT, verdict="pass", exit_code=0, duration_s=1, journal_sha256="x"), "sha"),
    ],
    ids=["unplanned", "started twice", "wrong hash"],
)
def test_a_line_out_of_place_is_refused(run, event, words):
    run.writer.write(started("s1"))
    run.writer.write(event)
    with pytest.raises(JournalError, match=words):
        run.read()


def test_nothing_may_follow_a_scenario_end_or_the_footer(run):
    run.writer.write(finished(Verdict.NOT_RUN))
    run.writer.write(check(Verdict.PASS))
    with pytest.raises(JournalError, match="終わっている"):
        run.read()


def test_nothing_may_follow_the_footer(run):
    complete(run)
    with run.path.open("ab") as stream:
        stream.write((json.dumps(started().model_dump()) + "\n").encode())
    with pytest.raises(JournalError, match="run_finished の後"):
        run.read()


def test_another_version_is_refused(run):
    text = run.path.read_text()
    run.path.write_text(text.replace('"journal_version":2', '"journal_version":3'))
    with pytest.raises(JournalError, match="journal_version 3"):
        run.read()


def test_a_missing_journal_is_named(tmp_path):
    with pytest.raises(JournalError, match="読めません"):
        read(tmp_path / "journal.ndjson")


def test_secrets_are_masked_in_every_text_but_not_in_references(run):
    run.masker.add("123456", "hunter2-secret")
    run.plan("features/123456.feature:7", 7)
    run.writer.write(
        check(Verdict.FAIL, "features/123456.feature:7", observed="123456 hunter2-secret")
    )
    text = run.path.read_text()
    assert "hunter2-secret" not in text
    last = run.read().last("features/123456.feature:7")
    assert last.checks[0].observed == "＊＊＊ ＊＊＊"
