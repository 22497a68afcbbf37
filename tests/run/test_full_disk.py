"""A full disk: said as what it is, what was recorded stays, and the run can go on."""

import errno
import os
import re

import pytest
from tiny_suite import FAILS, PASSES, scenario

from otp_conformance.errors import UnreadyError, UnrecordableError
from otp_conformance.journal import journal as journal_module
from otp_conformance.journal.ending import end_of
from otp_conformance.journal.evidence import EvidenceStore, Look
from otp_conformance.journal.journal import JOURNAL_FILE, JournalWriter, read
from otp_conformance.run.folder import find_run
from otp_conformance.run.scenario import note_fault
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Cause, Verdict


class SmallDisk:
    """A file that takes so many bytes and then no more, in the middle of a line."""

    def __init__(self, file, room: int, number: int = errno.ENOSPC) -> None:
        self._file = file
        self._room = room
        self._number = number

    def write(self, data) -> int:
        fits = bytes(data)[: max(self._room - self._file.tell(), 0)]
        if not fits:
            raise OSError(self._number, os.strerror(self._number))
        return self._file.write(fits)

    def __getattr__(self, name):
        return getattr(self._file, name)


@pytest.fixture
def disk(monkeypatch):
    """Leave so much room for the journals of this test; None: as much as they want."""
    room: list = [None, errno.ENOSPC]
    real = journal_module.hold

    class Small(JournalWriter):
        pass

    def opened(self, *given, **more):
        begin(self, *given, **more)
        if room[0] is not None:
            self._file = SmallDisk(self._file, *room)

    begin = JournalWriter.__init__
    monkeypatch.setattr(JournalWriter, "__init__", opened)
    assert real is journal_module.hold
    return room


def three(suite):
    suite.feature(
        PASSES, scenario("二つめ", "ならば 満たされる"), scenario("三つめ", "ならば 満たされる")
    )


def whole_size(suite) -> int:
    result = suite.run()
    assert result.exit_code is ExitCode.PASS
    return (result.run_dir / JOURNAL_FILE).stat().st_size


@pytest.mark.parametrize("part", [0.45, 0.6, 0.7, 0.8, 0.9, 0.97, 0.99])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_the_disk_fills_up_in_the_middle_of_a_run(suite, disk, part, number):
    three(suite)
    disk[:] = [int(whole_size(suite) * part), number]
    result = suite.run()
    said = "".join(f"{p.ja}{p.en}" for p in result.problems)
    assert result.exit_code in {ExitCode.INCONCLUSIVE, ExitCode.PASS}
    assert "試験装置異常" not in said
    assert "空き容量がありません" in said
    assert str(result.run_dir) in said
    assert "--resume" in said
    assert not (result.run_dir / "faults.log").exists()
    kept = (result.run_dir / JOURNAL_FILE).read_bytes()
    assert kept.endswith(b"\n")
    assert read(result.run_dir / JOURNAL_FILE).cut_off
    assert not result.reported
    disk[0] = None
    again = suite.run(resume=find_run(str(result.run_dir), suite.root / "reports"))
    assert again.exit_code is ExitCode.PASS
    assert again.run_dir == result.run_dir
    assert (result.run_dir / JOURNAL_FILE).read_bytes().startswith(kept)
    assert len(again.journal.planned) == 3


def test_a_failure_that_was_seen_is_no_less_one(suite, disk):
    suite.feature(FAILS, scenario("二つめ", "ならば 満たされる"))
    size = (suite.run().run_dir / JOURNAL_FILE).stat().st_size
    disk[0] = int(size * 0.85)
    assert suite.run().exit_code is ExitCode.FAIL


@pytest.mark.parametrize("room", [0, 100, 900])
def test_a_disk_that_is_full_before_the_beginning(suite, disk, room):
    three(suite)
    disk[0] = room
    with pytest.raises(UnreadyError, match="実行は始まっていません"):
        suite.run()
    assert [p for p in (suite.root / "reports").iterdir() if p.is_dir()] == []


def test_no_room_for_the_reports(suite):
    three(suite)
    suite.report_error = OSError(errno.ENOSPC, "No space left on device")
    result = suite.run()
    assert result.exit_code is ExitCode.PASS
    assert not result.reported
    (problem,) = result.problems
    assert "otp-conformance report" in problem.ja
    assert result.journal.footer is not None


def test_every_further_line_is_refused_and_nothing_is_torn(tmp_path, disk):
    from otp_conformance.journal.events import Resumed

    disk[0] = 100
    writer = JournalWriter(tmp_path / "journal.ndjson")
    line = Resumed(at="", spent_s=1.0)
    writer.write(line)
    for _ in range(3):
        with pytest.raises(UnrecordableError, match=re.escape(str(tmp_path))):
            writer.write(line)
    writer.close()
    assert (tmp_path / "journal.ndjson").read_bytes().count(b"\n") == 1


def test_a_picture_that_finds_no_room_is_told_and_not_half_kept(tmp_path, monkeypatch):
    from pathlib import Path

    writer = JournalWriter(tmp_path / "journal.ndjson")
    real = Path.open

    def full(self, mode="r", **more):
        file = real(self, mode, **more)
        return SmallDisk2(file) if mode == "wb" and ".png" in self.name else file

    class SmallDisk2(SmallDisk):
        def __init__(self, file):
            super().__init__(file, 3)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._file.close()

        def write(self, data):
            super().write(data)
            return super().write(data)

    monkeypatch.setattr(Path, "open", full)
    EvidenceStore(tmp_path, writer).keep("s1", 1, "画面", Look(image=b"\x89PNG picture"))
    writer.close()
    told = (tmp_path / "journal.ndjson").read_text(encoding="utf-8")
    assert "画面を保存できませんでした: 空き容量がありません" in told
    assert list((tmp_path / "evidence").iterdir()) == []


def test_other_files_that_find_no_room_are_no_fault_of_the_suite():
    end = end_of(OSError(errno.ENOSPC, "No space left on device", "/x/y"), during_setup=False)
    assert (end.verdict, end.cause) == (Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)
    assert not end.suite_fault
    assert "/x/y" in end.observed
    assert end_of(OSError(errno.EBADF, "x"), during_setup=False).suite_fault


def test_a_fault_that_finds_no_room_for_its_details_is_still_told(tmp_path, monkeypatch):
    from pathlib import Path

    writer = JournalWriter(tmp_path / "journal.ndjson")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    assert note_fault(tmp_path, writer, "run", ValueError("x")).name == "faults.log"
