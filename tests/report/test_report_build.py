"""Reports are rebuilt from the run's folder alone."""

import base64
import json
import shutil
from pathlib import Path

import pytest

from otp_conformance.journal.events import EVERYTHING
from otp_conformance.journal.journal import JournalError
from otp_conformance.report.build import build
from otp_conformance.report.html import render, unpacked
from otp_conformance.report.pages import jst, seconds

JOURNALS = Path(__file__).parents[2] / "fixtures" / "journals"


def test_building_twice_gives_the_same_bytes(tmp_path, catalogue):
    folder = Path(shutil.copytree(JOURNALS / "mixed", tmp_path / "mixed"))
    files = build(folder, catalogue)
    assert {f.name for f in files} == {
        "messages.ndjson",
        "junit.xml",
        "cucumber.html",
        "requirements.html",
        "index.html",
        "report.xlsx",
    }
    first = [f.read_bytes() for f in files]
    assert [f.read_bytes() for f in build(folder, catalogue)] == first


def test_pages_name_the_manual_of_the_requirements(built):
    for page in ("index.html", "requirements.html"):
        assert "手順書の題名　適合試験" in (built["mixed"] / page).read_text(encoding="utf-8")


def test_a_journal_that_was_changed_is_not_reported(tmp_path, catalogue):
    folder = Path(shutil.copytree(JOURNALS / "mixed", tmp_path / "mixed"))
    journal = folder / "journal.ndjson"
    journal.write_text(journal.read_text().replace('"verdict":"fail"', '"verdict":"pass"'))
    with pytest.raises(JournalError):
        build(folder, catalogue)
    assert not (folder / "requirements.html").exists()


@pytest.mark.parametrize(("selection", "partial"), [(EVERYTHING, False), ("--name 停止", True)])
def test_a_selection_is_never_shown_as_the_whole(tmp_path, catalogue, selection, partial):
    lines = (JOURNALS / "cut-off" / "journal.ndjson").read_text().splitlines(keepends=True)
    lines[0] = lines[0].replace(f'"{EVERYTHING}"', f'"{selection}"')
    (tmp_path / "journal.ndjson").write_text("".join(lines))
    build(tmp_path, catalogue)
    for page in ("index.html", "requirements.html"):
        text = (tmp_path / page).read_text()
        assert ("全体の判定ではありません" in text) is partial
        assert ("総合判定" in text) is not partial


def test_no_report_holds_a_secret_or_an_address_elsewhere(built):
    for folder in built.values():
        for name in ("requirements.html", "index.html", "junit.xml", "messages.ndjson"):
            text = (folder / name).read_text("utf-8")
            assert "482913" not in text
            assert "correct horse" not in text
            assert "https://" not in text


def test_messages_cannot_leave_their_script_element():
    body = "</script><script>alert(1)</script><!--"
    page = render([{"attachment": {"body": body}}], "<t>")
    assert "alert(1)" not in page
    assert json.loads(unpacked(page)) == [{"attachment": {"body": body}}]
    assert "<title>&lt;t&gt;</title>" in page


def test_a_picture_is_a_file_that_pages_name_and_hold_no_copy_of(built):
    (picture, *_) = (built["mixed"] / "evidence").iterdir()
    start = base64.b64encode(picture.read_bytes())[:40].decode()
    for name in ("messages.ndjson", "requirements.html"):
        text = (built["mixed"] / name).read_text("utf-8")
        assert picture.name in text
        assert start not in text
    told = unpacked((built["mixed"] / "cucumber.html").read_text("utf-8"))
    assert f'"url":"evidence/{picture.name}"' in told
    assert start not in told


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.25, "0.2 秒"), (59.4, "59.4 秒"), (61, "1 分 1 秒"), (7260, "2 時間 1 分")],
)
def test_durations_are_told_in_words(value, words):
    assert seconds(value) == words


def test_times_are_told_in_japan():
    assert jst("2012-02-22T18:00:00+00:00") == "2012-02-23 03:00:00（日本時間）"
    assert jst(None) == "—"
