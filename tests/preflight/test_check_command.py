"""``otp-conformance check`` against the reference bank, without a browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bank_process import not_started_by_a_run

from otp_conformance.cli.check import _require_room
from otp_conformance.errors import UsageError
from otp_conformance.resources import fixtures_dir

REFERENCE = fixtures_dir() / "declarations" / "reference.toml"


def check(
    tmp_path: Path, *changes: tuple[str, str], language: str = "ja"
) -> tuple[int, list[dict[str, str]], str]:
    text = REFERENCE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "bank.toml"
    path.write_text(text, encoding="utf-8")
    start = "import sys; from otp_conformance.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", start, "check", "--agent", "http", "--lang", language]
    done = subprocess.run(
        [*command, "--format", "json", "--declaration", str(path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "[]"), done.stderr


def test_the_reference_is_as_declared_but_for_the_keyboard(tmp_path: Path) -> None:
    code, found, err = check(tmp_path)
    assert [f for f in found if f["state"] == "wrong"] == [], err
    assert {f["what"] for f in found if f["state"] == "unknown"} == {"ソフトウェアキーボード"}
    assert code == 3
    seen = {f["area"] for f in found}
    assert {"時刻", "トークン", "職員", "ワンタイムパスワード利用解除（利用解除確認）"} <= seen


def test_wrong_labels_ids_and_ways_are_found_each_with_its_fix(tmp_path: Path) -> None:
    code, found, _ = check(
        tmp_path,
        ('portal = "BOP001"', 'portal = "BOP002"'),
        ("[labels]", '[labels]\n"activation.cancel" = ["やめる"]'),
    )
    wrong = {f["what"]: f["fix"] for f in found if f["state"] == "wrong"}
    assert code == 2
    assert set(wrong) == {"画面ID", "やめる（activation.cancel）"}
    assert all(wrong.values())


def test_a_site_that_is_not_there_is_one_finding(tmp_path: Path) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    code, found, _ = check(
        tmp_path,
        (text, not_started_by_a_run(text)),
        ('base_url = "auto"', 'base_url = "http://127.0.0.1:1"'),
    )
    assert code == 3
    assert [f["state"] for f in found] == ["unknown"]
    assert "接続" in found[0]["what"]


QUOTED = re.compile(r"「[^」]*」|\"[^\"]*\"|（[^）]*）")
KANA = re.compile(r"[ぁ-ん]")


def test_in_english_nothing_is_said_in_japanese_but_what_the_screens_say(tmp_path: Path) -> None:
    code, found, _ = check(
        tmp_path,
        ('portal = "BOP001"', 'portal = "BOP002"'),
        ("[labels]", '[labels]\n"activation.cancel" = ["やめる"]\n"portal.title" = ["どこか"]'),
        language="en",
    )
    assert code == 2
    told = [text for f in found for text in (f["observed"], f["fix"]) if text]
    assert len(told) > 5
    assert [text for text in told if KANA.search(QUOTED.sub("", text))] == []
    wrong = [f for f in found if f["state"] == "wrong"]
    assert {"title of the screen"} <= {f["what"] for f in wrong}
    assert all(f["fix"] for f in wrong)
    areas = {f["area"] for f in found}
    assert {"system", "clock", "token", "staff"} <= areas


def test_pictures_that_cannot_be_kept_are_told_before_anything_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="--pictures"):
        _require_room(tmp_path / "file" / "pictures")
    _require_room(tmp_path / "deep" / "pictures")
    assert not list((tmp_path / "deep" / "pictures").iterdir())


def test_words_of_screens_that_follow_a_submission_are_told_as_not_seen(tmp_path: Path) -> None:
    _, found, _ = check(tmp_path)
    (unseen,) = [f for f in found if f["area"] == "見ていない画面"]
    assert unseen["state"] == "note"
    assert "activation_complete.title" in unseen["observed"]
    assert "login.title" not in unseen["observed"]


def test_a_command_that_is_not_there_is_wrong_before_anybody_is_looked_at(tmp_path: Path) -> None:
    path = '"/staff/login"'
    text = REFERENCE.read_text(encoding="utf-8")
    staff = text[text.index("[adapters.staff]") : text.index(path) + len(path)]
    commands = '[adapters.staff]\nkind = "command"\ncommands.orders = ["./none", "{login_id}"]'
    code, found, _ = check(tmp_path, (staff, commands))
    wrong = [f for f in found if f["state"] == "wrong"]
    assert code == 2
    assert [f["area"] for f in wrong] == ["宣言", "職員"]
    assert "adapters.staff.commands.orders: コマンド ./none" in wrong[0]["observed"]
    (note,) = [f for f in found if f["what"] == "書かれたもの"]
    for verb in ("dispatch", "unlock", "revoke"):
        assert f"adapters.staff.commands.{verb}" in note["observed"]
    assert "ics.staff_revocation = true" in note["observed"]


CLOCK = '[adapters.clock]                        # IX-12\nkind = "test_control"'


def test_a_clock_that_does_not_answer_is_the_one_thing_that_is_wrong(tmp_path: Path) -> None:
    calls = '[adapters.clock]\nkind = "http"\nmove = { url = "/nowhere/{iso}" } #'
    code, found, _ = check(tmp_path, (CLOCK, calls))
    (wrong,) = [f for f in found if f["state"] == "wrong"]
    assert code == 2
    assert wrong["area"] == "時刻"
    assert "adapters.clock.move" in wrong["fix"]
    assert [f for f in found if f["area"] == "トークン"] == []
    assert any("トークンの値は試しません" in f["observed"] for f in found)


def test_orders_without_a_declared_member_are_named_with_the_member(tmp_path: Path) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    staff = text[text.index("[adapters.staff]") : text.index("[adapters.outbox]")]
    answer = '{"orders": [{"serial": null, "status": "x", "kind": "hardware"}]}'
    words = json.dumps([sys.executable, "-c", f"print({answer!r})", "{login_id}"])
    commands = f'[adapters.staff]\nkind = "command"\ncommands.orders = {words}\n'
    _, found, _ = check(tmp_path, (staff, commands))
    (wrong,) = [f for f in found if f["state"] == "wrong"]
    assert wrong["area"] == "職員"
    assert "adapters.staff.order_members.ship_to" in wrong["observed"]
