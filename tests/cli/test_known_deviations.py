"""Deviations that the declaration owns up to: known, dated, and gone when they are gone."""

from __future__ import annotations

import datetime as dt

import pytest
from tiny_suite import FAILS, PASSES

from otp_conformance.declaration.deviations import KnownDeviation

FUTURE = dt.date(2999, 1, 1)


def known(requirement: str, until: dt.date = FUTURE) -> KnownDeviation:
    return KnownDeviation(requirement=requirement, reason="次の版で直します", until=until)


def declare(suite, *deviations: KnownDeviation) -> None:
    suite.changes["top"] = {"known_deviations": deviations}


def test_a_known_deviation_remains_a_failure(suite, cli):
    suite.feature(PASSES, FAILS)
    declare(suite, known("LGN-02"))
    code, out, _ = cli("run")
    assert code == 1
    assert "不合格" in out
    pages = [
        p.read_text(encoding="utf-8") for p in (suite.root / "reports" / "latest").glob("*.html")
    ]
    told = [page for page in pages if "LGN-02（次の版で直します、期日 2999-01-01）" in page]
    assert len(told) == 2


def test_it_may_be_allowed(suite, cli):
    suite.feature(PASSES, FAILS)
    declare(suite, known("LGN-02"))
    code, out, err = cli("run", "--allow-known-deviations")
    assert code == 0
    assert "× 不合格   LGN-02" in out
    assert "承知している相違だけ" in err


def test_others_are_not_allowed_with_it(suite, cli):
    suite.feature(PASSES, FAILS)
    declare(suite, known("ACT-01"))
    code, _, _ = cli("run", "--allow-known-deviations")
    assert code == 1


def test_one_that_is_gone_is_an_error(suite, cli):
    suite.feature(PASSES)
    declare(suite, known("LGN-01"))
    code, _, err = cli("run")
    assert code == 2
    assert "LGN-01" in err
    assert "known_deviations から消してください" in err


@pytest.mark.parametrize(
    ("deviations", "wanted"),
    [
        ((known("LGN-99"),), "known_deviations[0].requirement: 要件 LGN-99 はありません"),
        ((known("LGN-02"), known("LGN-02")), "known_deviations[1].requirement: LGN-02 が二度"),
        ((known("LGN-02", dt.date(2020, 1, 1)),), "known_deviations[0].until"),
    ],
    ids=["unknown", "twice", "past its day"],
)
def test_wrong_ones_are_told_before_anything_starts(suite, cli, deviations, wanted):
    suite.feature(PASSES, FAILS)
    declare(suite, *deviations)
    code, _, err = cli("run")
    assert code == 2
    assert wanted in err
    assert not (suite.root / "reports").exists()
