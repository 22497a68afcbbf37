"""What a mutated harness got away with in journals, names and secrets.

Each test was written for a mutant that all other tests let pass (docs/mutation.md).
"""

import base64
import re

import pytest
from pydantic import ValidationError

from otp_conformance.journal import journal, lock
from otp_conformance.journal.case import Case
from otp_conformance.journal.events import (
    EVERYTHING,
    JOURNAL_VERSION,
    Check,
    CodeSent,
    Consumed,
    Evidence,
    Resumed,
    ScenarioFinished,
    ScenarioStarted,
    StepFinished,
)
from otp_conformance.journal.evidence import EvidenceStore, Look, slug
from otp_conformance.journal.journal import JournalError, JournalExistsError, JournalWriter, read
from otp_conformance.journal.lock import JournalBusyError
from otp_conformance.journal.masking import MASK, Masker
from otp_conformance.verdict.verdict import Verdict

AT = "2026-04-01T00:00:00+00:00"
TEXTS = {"expected": "期待する", "observed": "見えた"}
PICTURE = Look("http://127.0.0.1/login", 200, b"\x89PNG picture")


# -- the journal --------------------------------------------------------------


def test_attempts_are_counted_from_nought(run, case):
    case.confirm("画面", True, **TEXTS)
    case.note("覚え書き")
    case.finish(None, during_setup=False)
    assert list(run.read().attempts["s1"]) == [0]
    assert run.read().last("s1").started.attempt == 0


def test_what_is_seen_before_the_first_step_belongs_to_none(run):
    case = Case(
        "s1",
        requirements=["LGN-04"],
        journal=run.writer,
        evidence=EvidenceStore(run.folder, run.writer),
    )
    case.confirm("画面", True, **TEXTS)
    (check,) = run.read().last("s1").checks
    assert (check.attempt, check.step_index) == (0, -1)


def test_a_journal_makes_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "journal.ndjson"
    JournalWriter(path).close()
    JournalWriter(path.with_name("other.ndjson")).close()
    assert path.read_bytes() == b""


def test_two_do_not_write_one_journal(run):
    with pytest.raises(JournalBusyError, match=re.escape(str(run.path))):
        JournalWriter(run.path, size=run.path.stat().st_size)


def test_a_file_system_without_locks_is_taken_as_it_is(tmp_path, monkeypatch):
    def no_locks(number, how):
        raise OSError

    monkeypatch.setattr(lock.fcntl, "flock", no_locks)
    with JournalWriter(tmp_path / "journal.ndjson") as writer:
        assert writer.write(Resumed(at=AT, spent_s=1.0)).spent_s == 1.0


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (ScenarioStarted, {}),
        (Check, {"step_index": 0, "name": "x", "requirements": [], "verdict": Verdict.PASS}),
        (Evidence, {"step_index": 0, "evidence_id": "e", "label": "x", "media_type": "text/plain"}),
        (Consumed, {"amounts": {}}),
        (ScenarioFinished, {"verdict": Verdict.PASS, "duration_s": 1.0}),
    ],
)
def test_a_line_that_names_no_attempt_is_of_the_first(kind, more):
    assert kind(at=AT, scenario_id="s1", **more).attempt == 0


def test_a_step_that_names_no_attempt_is_of_the_first():
    step = {"index": 0, "keyword": "もし", "text": "x", "line": 1, "status": "passed"}
    assert StepFinished(at=AT, scenario_id="s1", duration_s=0.1, **step).attempt == 0


def test_a_code_that_names_no_edge_met_none():
    steps = {"step_index": 0, "chosen_step": 1, "time_step": 1, "answered_step": 1}
    sent = CodeSent(at=AT, scenario_id="s1", since_start_s=1.0, until_end_s=59.0, **steps)
    assert (sent.attempt, sent.edge) == (0, False)


def test_an_end_that_names_no_suite_fault_had_none():
    end = ScenarioFinished(at=AT, scenario_id="s1", verdict=Verdict.PASS, duration_s=1.0)
    assert not end.suite_fault


def test_what_a_header_leaves_out(run):
    header = run.read().header
    assert header.repeat == 1
    assert header.journal_version == JOURNAL_VERSION
    assert header.seed is None


def test_a_resumed_run_that_names_no_torn_bytes_tore_none():
    assert Resumed(at=AT, spent_s=1.0).torn_bytes == 0


@pytest.mark.parametrize(("selection", "partial"), [(EVERYTHING, False), ("@LCK-01", True)])
def test_only_a_selection_is_partial(run, selection, partial):
    header = run.read().header.model_copy(update={"selection": selection})
    assert header.partial is partial


def test_what_is_written_is_not_changed_afterwards():
    event = Resumed(at=AT, spent_s=1.0)
    with pytest.raises(ValidationError):
        event.spent_s = 2.0


def test_a_key_that_no_event_has_is_refused():
    with pytest.raises(ValidationError):
        Resumed(at=AT, spent_s=1.0, mood="good")


def test_a_journal_that_goes_on_is_hashed_from_its_beginning(run):
    run.writer.write(ScenarioStarted(at=AT, scenario_id="s1"))
    run.writer.close()
    size = run.path.stat().st_size
    with JournalWriter(run.path, size=size) as writer:
        writer.write(Resumed(at=AT, spent_s=1.0))
        writer.finish(Verdict.NOT_RUN, 3, 1.0)
    assert run.read().footer is not None


def test_a_line_whose_end_was_cut_is_ended_before_the_next(run):
    run.writer.close()
    size = run.path.stat().st_size - 1
    with JournalWriter(run.path, size=size) as writer:
        writer.write(Resumed(at=AT, spent_s=1.0))
        writer.finish(Verdict.NOT_RUN, 3, 1.0)
    found = run.read()
    assert len(found.resumed) == 1
    assert found.footer is not None


def test_a_finished_journal_is_closed(run):
    run.writer.finish(Verdict.NOT_RUN, 3, 1.0)
    with pytest.raises(ValueError, match="closed file"):
        run.writer.write(Resumed(at=AT, spent_s=1.0))


def test_a_journal_is_closed_behind_its_block(run):
    with run.writer:
        pass
    with pytest.raises(ValueError, match="closed file"):
        run.writer.write(Resumed(at=AT, spent_s=1.0))


def test_a_journal_without_a_header_is_refused_at_its_first_line(run):
    run.writer.close()
    lines = run.path.read_bytes().splitlines(keepends=True)
    run.path.write_bytes(b"".join(lines[1:]))
    with pytest.raises(JournalError) as caught:
        run.read()
    assert ":1:" in str(caught.value)


def test_an_empty_journal_is_refused_at_its_first_line(run):
    run.writer.close()
    run.path.write_bytes(b"")
    with pytest.raises(JournalError) as caught:
        run.read()
    assert ":1:" in str(caught.value)


def test_an_unreadable_journal_is_named_without_a_line(tmp_path):
    with pytest.raises(JournalError) as caught:
        read(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}: ")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"event":"resumed","at":"x"}\n', "行として読めません: resumed.spent_s: "),
        (b"nonsense\n", "行として読めません: Invalid JSON"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_by_its_field(run, line, told):
    run.writer.close()
    run.path.write_bytes(run.path.read_bytes() + line)
    with pytest.raises(JournalError) as caught:
        run.read()
    assert told in str(caught.value)


def test_a_journal_in_the_way_is_named(run):
    with pytest.raises(JournalExistsError, match=re.escape(str(run.path))):
        JournalWriter(run.path)


def test_what_must_not_be_lost_is_forced_to_the_disk(run, monkeypatch):
    forced = []
    monkeypatch.setattr(journal.os, "fsync", forced.append)
    run.writer.write(ScenarioStarted(at=AT, scenario_id="s1"))
    assert forced == []
    run.writer.write(
        ScenarioFinished(at=AT, scenario_id="s1", verdict=Verdict.PASS, duration_s=1.0)
    )
    assert len(forced) == 1
    run.writer.finish(Verdict.PASS, 0, 1.0)
    assert len(forced) == 2


# -- names and secrets ----------------------------------------------------------


def test_a_plain_name_is_kept_up_to_eighty_characters():
    assert slug("a" * 80) == "a" * 80
    long = slug("a" * 81)
    assert long.startswith("a" * 60 + "-")
    assert len(long) == 60 + 1 + 8


def test_a_second_run_keeps_the_pictures_of_the_first(run):
    other = Look(image=PICTURE.image + b" of another screen")
    for attempt, look in enumerate((PICTURE, other, PICTURE)):
        EvidenceStore(run.folder, run.writer).keep("s1", 1, "画面", look, attempt=attempt)
    kept = [run.read().attempts["s1"][number].evidence[0] for number in range(3)]
    assert [(run.folder / e.file).read_bytes() for e in kept] == [
        PICTURE.image,
        other.image,
        PICTURE.image,
    ]
    assert kept[0].file == kept[2].file != kept[1].file
    assert len({e.evidence_id for e in kept}) == 3


@pytest.mark.parametrize("left", ["half of a picture", "a link"])
def test_what_stands_in_a_pictures_place_is_replaced(run, left):
    EvidenceStore(run.folder, run.writer).keep("s1", 1, "画面", PICTURE)
    (file,) = (run.folder / "evidence").iterdir()
    file.unlink()
    if left == "a link":
        (run.folder / "elsewhere").write_bytes(PICTURE.image)
        file.symlink_to(run.folder / "elsewhere")
    else:
        file.write_bytes(PICTURE.image[:5])
    EvidenceStore(run.folder, run.writer).keep("s1", 1, "画面", PICTURE)
    assert not file.is_symlink()
    assert file.read_bytes() == PICTURE.image
    assert [each.name for each in (run.folder / "evidence").iterdir()] == [file.name]


def test_the_kind_of_a_picture_is_seen_by_its_beginning(run):
    store = EvidenceStore(run.folder, run.writer)
    store.keep("s1", 1, "画面", Look(image=b"\xff\xd8\xff\xe0 picture"))
    store.keep("s1", 1, "画面", PICTURE)
    store.keep("s1", 1, "画面", Look(image=b"RIFF\x10\0\0\0WEBPVP8 picture"))
    run.writer.write(ScenarioStarted(at=AT, scenario_id="s1"))
    kinds = [(e.media_type, e.file.split(".")[1]) for e in run.read().last("s1").evidence]
    assert kinds == [("image/jpeg", "jpg"), ("image/png", "png"), ("image/webp", "webp")]


@pytest.mark.parametrize(
    ("secret", "text", "masked"),
    [
        ("abc", "abcd abc", f"abcd {MASK}"),  # three characters: as a whole word only
        ("abcd", "abcde", f"{MASK}e"),  # four: wherever it stands
        ("123456789012", "0123456789012", "0123456789012"),  # a code: whole runs of digits
        ("1234567890123", "x01234567890123", f"x0{MASK}"),  # too long for a code
    ],
)
def test_where_the_borders_of_masking_are(secret, text, masked):
    masker = Masker()
    masker.add(secret)
    assert masker.mask(text) == masked


def test_an_empty_secret_and_a_code_do_not_end_the_list():
    masker = Masker()
    masker.add(" ", "483920", "password-1")
    assert masker.mask("483920 password-1") == f"{MASK} {MASK}"


@pytest.mark.parametrize(("length", "masked"), [(10, True), (9, False)])
def test_a_seed_has_at_least_ten_bytes(length, masked):
    raw = bytes(range(1, length + 1))
    masker = Masker()
    masker.add(raw.hex())
    shown = base64.b32encode(raw).decode()
    assert (masker.mask(shown) != shown) is masked


@pytest.mark.parametrize("shown", ["！ａｂｃ～", "!abc~"])
def test_the_first_and_the_last_sign_have_a_full_width_too(shown):
    masker = Masker()
    masker.add("!abc~")
    assert masker.mask(f"x{shown}y") == f"x{MASK}y"


@pytest.mark.parametrize("length", [10, 11, 12, 13, 14, 15])
def test_a_seed_is_known_without_its_padding(length):
    raw = bytes(range(1, length + 1))
    masker = Masker()
    masker.add(base64.b32encode(raw).decode().rstrip("="))
    assert masker.mask(f"x {raw.hex()} y") == f"x {MASK} y"


def test_a_secret_added_later_is_masked_too():
    masker = Masker()
    masker.add("password-1")
    masker.add("password-12")
    assert masker.mask("password-12 password-1") == f"{MASK} {MASK}"
