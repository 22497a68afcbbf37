"""Exploring out of a prepared list: no more than granted, and everything booked as in a run."""

from __future__ import annotations

import pytest
from bank_process import running
from pool_kit import PoolMaker
from test_pool_on_bank import command, handed_out, lines

from otp_conformance.resources import fixtures_dir

STATES = ("in_service", "issued", "not_registered", "suspended", "deactivated")


def test_customers_are_granted_booked_and_used_once(tmp_path) -> None:
    with running(tmp_path) as bank:
        maker = PoolMaker(bank, tmp_path)
        for _ in range(3):
            for state in STATES:
                maker.customer(state)
            maker.customer("in_service", "software")
        for _ in range(10):
            maker.token()
        maker.write()
        explore = ("explore", "--agent", "http", "--minutes", "4", "--seed", "1")
        output = ("--output", str(tmp_path / "found"))

        refused = command(tmp_path, *explore, *output)
        assert refused.returncode == 2
        assert "--customers N" in refused.stderr
        assert not (tmp_path / "ledger.ndjson").exists()

        done = command(tmp_path, *explore, *output, "--customers", "6")
        assert done.returncode == 0, done.stdout + done.stderr
        used = handed_out(tmp_path)
        customers = [each for each in used if each.startswith("pool")]
        assert 0 < len(customers) <= 6
        assert len(used) == len(set(used))
        assert {"handed_out", "code"} <= {str(line["what"]) for line in lines(tmp_path)}

        again = command(tmp_path, *explore, *output, "--customers", "6")
        assert again.returncode == 0, again.stdout + again.stderr
        both = handed_out(tmp_path)
        assert both[: len(used)] == used
        assert len(both) == len(set(both))


def test_without_a_clock_to_put_back_nothing_is_explored(tmp_path) -> None:
    example = str(fixtures_dir() / "declarations" / "minimal-example.toml")
    done = command(tmp_path, "explore", "-d", example, declared=False)
    assert done.returncode == 2
    assert "adapters.clock.stands_still" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("words", [("--minutes", "0"), ("--customers", "0"), ("--seed", "x")])
def test_a_wrong_number_is_one_clear_error(tmp_path, words) -> None:
    done = command(tmp_path, "explore", *words, declared=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert words[0] in done.stderr
