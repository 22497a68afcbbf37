"""coverage: what a run really checked, against the real catalogue."""

import json

import pytest
from tiny_suite import PASSES, scenario

from otp_conformance.cli import bundle

ENTRY = '[[untested]]\nid = "{}"\nreason_ja = "画面では分からない"\nreason_en = "unseen"\n'


@pytest.fixture
def excuse(suite):
    """Excuse everything that needs a scenario, but for the given IDs; or add text."""

    def write(*left_out, more=""):
        folder = suite.root / "features" / "requirements"
        folder.mkdir(exist_ok=True)
        rows = bundle.catalogue().requirements.values()
        ids = [row.id for row in rows if row.testable and row.id not in left_out]
        text = "".join(map(ENTRY.format, ids)) + more
        (folder / "untested.toml").write_text(text, encoding="utf-8")

    return write


def account(cli, *arguments):
    code, out, _ = cli("coverage", "--format", "json", *arguments)
    return code, json.loads(out)


def status(data, identifier):
    return next(row["status"] for row in data["requirements"] if row["id"] == identifier)


def test_sound(cli, suite, excuse):
    suite.feature(PASSES)
    excuse("LGN-01")
    cli("run")
    code, data = account(cli)
    assert code == 0
    assert data["sound"]
    assert status(data, "LGN-01") == "covered"
    assert data["totals"]["covered"] == 1
    code, out, _ = cli("coverage")
    assert code == 0
    assert "問題はありません" in out
    assert "画面では分からない" in out


def test_untested_without_reason(cli, suite, excuse):
    suite.feature(PASSES)
    excuse("LGN-01", "LGN-02")
    cli("run")
    code, data = account(cli)
    assert code == 1
    assert status(data, "LGN-02") == "untested"


@pytest.mark.parametrize(
    "steps",
    [
        ["ならば 試験装置がこわれる"],
        ["前提 準備が整わない", "ならば 満たされる"],
        ["ならば 対照は成功する"],
        ["ならば 何も確かめない"],
    ],
)
def test_a_tag_alone_covers_nothing_in_a_run(cli, suite, excuse, steps):
    suite.feature(scenario(*steps))
    excuse("LGN-01")
    cli("run")
    code, data = account(cli)
    assert code == 1
    assert status(data, "LGN-01") == "untested"
    assert account(cli, "--static")[0] == 0


def test_facts_of_preparation_cover_nothing(cli, suite, excuse):
    suite.feature(scenario("前提 満たされる", "かつ 満たされる", "もし 1 を確かめる"))
    excuse("LGN-01")
    cli("run")
    assert status(account(cli)[1], "LGN-01") == "untested"


def test_a_failed_check_has_run(cli, suite, excuse):
    suite.feature(scenario("ならば 満たされない"))
    excuse("LGN-01")
    cli("run")
    assert account(cli)[0] == 0


def test_declared_absent_is_not_untested(cli, suite, excuse):
    suite.changes = {"ics": {"software_tokens": False}}
    suite.feature(
        PASSES, scenario("ならば 満たされる", name="なし", tags="@LGN-02 @needs.software")
    )
    excuse("LGN-01", "LGN-02")
    cli("run")
    code, data = account(cli)
    assert (code, status(data, "LGN-02")) == (0, "not_applicable")


def test_stale_and_unknown_excuses(cli, suite, excuse):
    suite.feature(PASSES)
    excuse(more=ENTRY.format("LGN-99"))
    code, data = account(cli, "--static")
    assert code == 1
    assert data["stale"] == ["LGN-01"]
    assert data["unknown_in_untested"] == ["LGN-99"]


def test_dangling_and_missing_tags(cli, suite, excuse):
    suite.feature(
        PASSES,
        scenario("ならば 満たされる", name="知らない", tags="@LGN-98"),
        scenario("ならば 満たされる", name="なし", tags="@other"),
    )
    excuse("LGN-01")
    code, data = account(cli, "--static")
    assert code == 1
    assert [row["id"] for row in data["dangling"]] == ["LGN-98"]
    assert len(data["without_requirement"]) == 1
    _, out, _ = cli("coverage", "--static")
    assert "要件目録にない要件ID (1)" in out
    assert "要件のないシナリオ (1)" in out


def test_no_journal(cli, suite, excuse):
    code, _, err = cli("coverage")
    assert code == 2
    assert "--static" in err


@pytest.mark.parametrize(
    "text", ['[[untested]]\nid = "LGN-01"\n', ENTRY.format("LGN-01") * 2, "[other]\n", "a = ["]
)
def test_untested_file_of_another_form(cli, suite, excuse, text):
    suite.feature(PASSES)
    excuse()
    (suite.root / "features/requirements/untested.toml").write_text(text, encoding="utf-8")
    code, _, err = cli("coverage", "--static")
    assert code == 2
    assert "untested.toml" in err


def test_rows_that_need_no_scenario_are_counted_apart(cli, suite, excuse):
    suite.feature(PASSES)
    excuse("LGN-01")
    _, data = account(cli, "--static")
    rows = bundle.catalogue().requirements.values()
    aside = sum(not row.testable for row in rows)
    assert data["totals"]["needs_no_scenario"] == aside > 0
