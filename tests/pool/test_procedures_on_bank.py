"""Customers made by the procedures themselves: the example's bank, without preparation code."""

from __future__ import annotations

import json

import pytest
from bank_process import running
from procedures_kit import ENV, ListMaker, planned
from test_pool_on_bank import command, handed_out, lines, run

from otp_conformance.journal.journal import JOURNAL_FILE, read

# Of every state and kind.
EVERY_STATE = (
    "SCR-40/1",  # issued
    "DEA-01/1",  # in service
    "LCK-05/1",  # suspended, unlocked by staff
    "RIS-02/1",  # deactivated
    "ACT-08/2",  # a software token issued
    "SWT-08/2",  # one in service, revoked, and another one after it
    "TOK-12/1.1",  # eight digits
    "TOK-06/2.1",  # what the token shows at the beginning was not used by the making
)
SLOW_SECONDS = 1200
MORE = (
    *("ACT-01/1", "ACT-09/2", "ACT-14/1.1", "ACT-23/1", "ACT-25/1", "ACT-25/2", "ACT-37/1"),
    *("CON-08/2", "CON-15/1", "CON-21/1.2", "CON-21/1.3", "CON-21/1.4"),
    *("DEA-09/1", "DEA-11/4", "DEA-20/1", "DEA-21/1.3", "DEA-25/1.1", "DEA-25/1.2"),
    *("DEA-29/2", "DEA-29/4", "ISS-20/1", "LCK-06/1", "LCK-07/1.2", "LGN-05/2.1"),
    *("LGN-10/2", "LGN-15/1", "RIS-01/1", "RIS-03/1.1", "RIS-04/2.4", "SCR-12/1.2"),
    *("SCR-22/1.3", "SWT-01/1", "SWT-03/1.1", "SWT-06/1.3", "SWT-09/1"),
    *("TOK-11/1", "TOK-11/2", "TOK-05/2.3"),
)


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def maker(tmp_path):
    with running(tmp_path) as bank:
        yield ListMaker(bank, tmp_path)


def chosen(*ids: str) -> tuple[str, str]:
    return "--id", ",".join(ids)


@pytest.mark.parametrize(
    "ids",
    [
        EVERY_STATE,
        pytest.param(
            (*EVERY_STATE, *MORE), marks=[pytest.mark.slow, pytest.mark.timeout(SLOW_SECONDS)]
        ),
    ],
)
def test_what_the_plan_says_is_what_the_procedures_need(maker, tmp_path, ids):
    maker.declare()
    listed = tmp_path / "procedures-list.toml"
    listed.unlink()
    checked = command(tmp_path, "declaration", "check", str(tmp_path / "bank.toml"), declared=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "まだありません" in checked.stdout
    before = command(tmp_path, "plan", "--agent", "http", "--format", "json", *chosen(*ids))
    assert before.returncode == 3, before.stdout + before.stderr
    maker.provide(planned(before.stdout))
    maker.declare()

    done = run(tmp_path, "--yes", *chosen(*ids), seconds=SLOW_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    journal = read(tmp_path / "reports" / "latest" / JOURNAL_FILE)
    assert len(journal.planned) == len(ids)
    assert {journal.outcome(s).verdict.ja for s in journal.planned} == {"合格"}

    out = handed_out(tmp_path)
    assert len(out) == len(set(out))
    scenarios = {str(line["scenario"]) for line in lines(tmp_path) if line["what"] == "handed_out"}
    assert scenarios == set(ids)
    assert {"code", "dispatched", "wrong_attempt", "burnt"} <= {
        str(line["what"]) for line in lines(tmp_path)
    }
    written = "".join(p.read_text("utf-8") for p in tmp_path.glob("reports/*/*.ndjson"))
    written += (tmp_path / "ledger.ndjson").read_text("utf-8") + done.stdout
    assert "手続きで用意したお客さま" in written
    assert not [secret for secret in maker.secrets if secret in written]


BY_SCREEN = """
[adapters.tokens.software]
source = "screen"
seed = "アプリに登録する鍵"
serial = "アプリの番号"
expires_at = "アプリの期限"
"""
BY_CALL = """
[adapters.tokens.software]
source = "call"
seed = "app.uri"
serial = "app.number"
expires_at = "app.until"
[adapters.tokens.software.call]
method = "GET"
url = "/app/v1/enrolments/{login_id}"
secret_headers = { X-Test-Control-Key = "env:OTP_TEST_CONTROL_KEY" }
"""
SOFTWARE = ("SWT-08/2", "SWT-09/1", "SWT-05/1", "ACT-08/2")


@pytest.mark.parametrize("declared", [BY_SCREEN, BY_CALL])
def test_seeds_that_appear_only_at_issue_are_read_where_declared(tmp_path, declared):
    with running(tmp_path, module="workshop.variants.seed_at_issue") as bank:
        maker = ListMaker(bank, tmp_path)
        path = maker.declare()
        text = path.read_text("utf-8").replace(
            "[adapters.provisioning]", f"{declared}[adapters.provisioning]"
        )
        (tmp_path / "procedures-list.toml").unlink()
        path.write_text(text, encoding="utf-8")
        before = command(
            tmp_path, "plan", "--agent", "http", "--format", "json", *chosen(*SOFTWARE)
        )
        plan = planned(before.stdout)
        assert plan["software_tokens"] == 0
        assert not [need for need in plan["needs"] if "reserved" in need]
        maker.provide(plan)
        maker.declare()
        path.write_text(text, encoding="utf-8")
        done = run(tmp_path, "--yes", *chosen(*SOFTWARE))
    assert done.returncode == 0, done.stdout + done.stderr
    # Nobody prepared a software token: the bank's own list has none.
    assert "software" not in (tmp_path / "procedures-list.toml").read_text("utf-8")


def test_a_seed_that_is_not_there_is_the_declarations_fault(tmp_path):
    with running(tmp_path) as bank:
        maker = ListMaker(bank, tmp_path)
        maker.unregistered()
        path = maker.declare()
        text = path.read_text("utf-8")
        path.write_text(
            text.replace("[adapters.provisioning]", f"{BY_SCREEN}[adapters.provisioning]"), "utf-8"
        )
        done = run(tmp_path, "--yes", *chosen("SWT-10/1"))
    assert done.returncode == 3, done.stdout + done.stderr
    end = read(tmp_path / "reports" / "latest" / JOURNAL_FILE).outcome("SWT-10/1")
    assert (end.verdict.ja, end.cause.ja) == ("判定不能", "宣言・設定")
    assert "adapters.tokens.software.seed の「アプリに登録する鍵」" in end.expected


def test_what_the_making_meets_is_never_the_requirements_fault(maker, tmp_path):
    """The bank does not know the password of the list: nothing is failed, all is inconclusive."""
    login_id = maker.unregistered()
    maker.token()
    maker.declare()
    (tmp_path / "secrets" / f"{login_id}.confirmation").write_text("wrong123\n", encoding="utf-8")
    done = run(tmp_path, "--yes", *chosen("DEA-01/1"))
    assert done.returncode == 3, done.stdout + done.stderr
    journal = read(tmp_path / "reports" / "latest" / JOURNAL_FILE)
    end = journal.outcome("DEA-01/1")
    assert end.verdict.ja == "判定不能"
    assert f"お客さま {login_id} を手続きでサービス利用中にすること" in end.expected
    assert "発行の申請が受け付けられること" in end.expected


def test_check_looks_at_one_unregistered_and_at_every_reference(maker, tmp_path):
    maker.unregistered()
    serial = maker.token()
    maker.declare()
    looked = command(tmp_path, "check", "--agent", "http", "--format", "json")
    found = json.loads(looked.stdout)
    assert looked.returncode == 3, looked.stdout + looked.stderr
    assert not [f for f in found if f["state"] == "wrong"]
    unseen = [f for f in found if "手続きで作る" in f["observed"]]
    assert len(unseen) == 2
    assert handed_out(tmp_path) == ["pool0001"]  # and put back
    assert [line["what"] for line in lines(tmp_path)] == ["handed_out", "released"]

    (tmp_path / "secrets" / f"{serial}.seed").unlink()
    looked = command(tmp_path, "check", "--agent", "http")
    assert looked.returncode == 2
    assert f"{serial}.seed" in looked.stdout
