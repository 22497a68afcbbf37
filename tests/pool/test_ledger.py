"""The ledger: what was handed out stays so, whoever writes and however a process ends."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime

import pytest

from otp_conformance.assets.consumption import Spent, What
from otp_conformance.assets.pool.ledger import HANDED_OUT, Assets, Ledger, LedgerError


def customers(*names: str) -> Assets:
    return Assets(customers=frozenset(names))


def take(ledger: Ledger, assets: Assets) -> None:
    with ledger.taking() as book:
        book(HANDED_OUT, assets, {"run": "r", "scenario": "s"})


def test_taken_stays_taken_for_everybody_until_released(tmp_path):
    path = tmp_path / "ledger.ndjson"
    first, second = Ledger(path), Ledger(path)
    take(first, Assets(frozenset({"1"}), frozenset({"2"})))
    assert second.spent() == Assets(frozenset({"1"}), frozenset({"2"}))
    second.release(customers("1"))
    assert first.spent() == Assets(tokens=frozenset({"2"}))


def test_what_another_machine_used_is_added_once_and_later_news_count(tmp_path):
    here, there = Ledger(tmp_path / "here.ndjson"), Ledger(tmp_path / "there.ndjson")
    take(here, customers("before"))
    there.take_over(here.lines_after(0))  # a copy, as each machine begins with
    take(there, customers("mine"))
    take(here, customers("theirs"))
    assert here.add(Ledger(there.path)) == 1
    assert here.add(Ledger(there.path)) == 0
    assert Ledger(here.path).spent() == customers("before", "mine", "theirs")
    assert here.add(Ledger(tmp_path / "none.ndjson")) == 0


def test_login_ids_and_serials_do_not_meet(tmp_path):
    ledger = Ledger(tmp_path / "ledger.ndjson")
    take(ledger, customers("100000000001"))
    assert ledger.spent().tokens == frozenset()


def test_newest_step_survives_a_release(tmp_path):
    path = tmp_path / "ledger.ndjson"
    ledger = Ledger(path)
    for step in (7, 9, 8):
        ledger.note("r", "s", Spent(What.CODE, "111", str(step)), 60)
    ledger.release(Assets(tokens=frozenset({"111"})))
    later = Ledger(path)
    later.spent()
    assert later.newest_use("111", 60) == datetime.fromtimestamp(540, tz=UTC)
    assert later.newest_use("222", 60) is None


def test_a_use_is_a_moment_whatever_a_step_is_declared_to_last_later(tmp_path):
    path = tmp_path / "ledger.ndjson"
    ledger = Ledger(path)
    ledger.note("r", "s", Spent(What.CODE, "111", "20"), 30)
    ledger.note("r", "s", Spent(What.CODE, "111", "9"), 60)
    assert ledger.newest_use("111", 60) == datetime.fromtimestamp(600, tz=UTC)


def test_a_step_booked_without_its_length_has_the_declared_one(tmp_path):
    path = tmp_path / "ledger.ndjson"
    ledger = Ledger(path)
    ledger.note("r", "s", Spent(What.CODE, "111", "9"), 60)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(',"step_seconds":60', ""), encoding="utf-8")
    later = Ledger(path)
    later.spent()
    assert later.newest_use("111", 90) == datetime.fromtimestamp(810, tz=UTC)


@pytest.mark.parametrize("torn", ['{"v":1,"what":"handed', '{"v":1,"at":"x","what":"handed_out"}'])
def test_line_torn_by_a_kill_promised_nothing(tmp_path, torn):
    path = tmp_path / "ledger.ndjson"
    take(Ledger(path), customers("a"))
    with path.open("a", encoding="utf-8") as file:
        file.write(torn)
    ledger = Ledger(path)
    assert ledger.spent() == customers("a")
    take(ledger, customers("b"))
    assert Ledger(path).spent() == customers("a", "b")
    assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("line", ["nonsense", '{"v":2,"what":"handed_out","customer":"a"}', "[]"])
def test_damaged_ledger_is_not_believed(tmp_path, line):
    path = tmp_path / "ledger.ndjson"
    take(Ledger(path), customers("a"))
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(LedgerError, match=r"ledger\.ndjson:2: "):
        Ledger(path).spent()


def test_no_ledger_yet(tmp_path):
    assert Ledger(tmp_path / "none.ndjson").spent() == Assets()


def _draw(path, names, taken):
    ledger = Ledger(path)
    for _ in range(10):
        with ledger.taking() as book:
            free = sorted(set(names) - ledger.spent().customers)
            book(HANDED_OUT, customers(free[0]), {})
            taken.append(free[0])


def test_several_processes_never_draw_the_same(tmp_path):
    path = tmp_path / "ledger.ndjson"
    names = [f"u{n:02}" for n in range(40)]
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        taken = manager.list()
        workers = [
            context.Process(target=_draw, args=(path, names, taken), daemon=True) for _ in range(4)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert sorted(taken) == names
