"""Unregistered customers and stock: who is set aside for which need, and what is said of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from procedures_kit import EXAMPLE
from test_provisioner import HEAD, Device, customer, means_with, token

from otp_conformance.assets.consumption import Spending, load_table
from otp_conformance.assets.pool.file import load_pool
from otp_conformance.assets.pool.ledger import Ledger
from otp_conformance.assets.pool.to_make import ToMakeProvisioner
from otp_conformance.assets.port import Need
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import load, parse
from otp_conformance.people.making import NotMadeError, _require_fitting, _told
from otp_conformance.resources import bundle_root, fixtures_dir
from otp_conformance.run.budget import expiries, forecast, match, missing_list
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.words import AgentKind, Kind, Status
from otp_conformance.verdict.outcome import (
    EnvironmentTrouble,
    Nonconformity,
    NotApplicable,
    NotRun,
    Outcome,
    SetupFailed,
)
from otp_conformance.verdict.verdict import Cause, Verdict

NOW = datetime.fromisoformat("2026-11-24T10:00:20+09:00")
NEW = ("not_registered",)
LIST = fixtures_dir() / "declarations" / "procedures-list.toml"
# Of staff on screens all that another way of acting as staff does not read.
STAFF = """\
kind = "screens"
login_id = "staff01"
password = "env:OTP_STAFF_PASSWORD"
path = "/staff/login"
"""


@pytest.fixture
def make(tmp_path):
    def build(*tables, until=NOW, software=0):
        path = tmp_path / "list.toml"
        path.write_text(HEAD + "".join(tables), encoding="utf-8")
        spending = Spending()
        spending.begin("run", "scenario")
        means = means_with(lambda _: software)
        ledger = Ledger(tmp_path / "ledger.ndjson")
        pool = load_pool(path, to_make=True)
        return ToMakeProvisioner(pool, ledger, spending, means, lasting=lambda _: until), ledger

    return build


def test_customer_and_token_are_booked_together_and_once(make):
    tables = customer("u1", *NEW), customer("u2", *NEW), token("111"), token("222")
    provisioner, ledger = make(*tables)
    got = provisioner.customer(Need(Status.IN_SERVICE))
    assert (got.account.login_id, got.token.asset.serial, got.to_make) == ("u1", "111", True)
    assert (ledger.spent().customers, ledger.spent().tokens) == ({"u1"}, {"111"})
    bare = provisioner.customer(Need(Status.NOT_REGISTERED))
    assert (bare.account.login_id, bare.token, bare.to_make) == ("u2", None, False)
    with pytest.raises(NotRun, match="未登録のお客さまがありません") as caught:
        provisioner.customer(Need(Status.DEACTIVATED))
    assert caught.value.cause is Cause.DECLARATION


def test_where_no_token_is_left_nobody_is_booked(make):
    provisioner, ledger = make(customer("u1", *NEW), token("12345678"))
    with pytest.raises(NotRun, match="シリアル番号9桁"):
        provisioner.customer(Need(Status.ISSUED, serial_length=9))
    assert not ledger.spent().customers
    assert provisioner.customer(Need(Status.ISSUED, serial_length=8)).token is not None


def test_one_for_software_has_a_reserved_token_and_no_other(make):
    soft = {"kind": "software", "reserved_for": "u2"}
    tables = customer("u1", *NEW), customer("u2", *NEW), token("200", **soft), token("201", **soft)
    provisioner, ledger = make(*tables)
    got = provisioner.customer(Need(Status.IN_SERVICE, Kind.SOFTWARE))
    assert (got.account.login_id, got.token) == ("u2", None)
    reserved = [provisioner.reserve_software_token("u2").asset.serial for _ in range(2)]
    assert reserved == ["200", "201"]
    assert ledger.spent().tokens == {"200", "201"}
    with pytest.raises(NotRun, match="reserved_for = u2"):
        provisioner.reserve_software_token("u2")


def test_a_token_lasts_for_the_scenario_and_the_first_to_expire_comes_first(make):
    early, late = (NOW + timedelta(days=n) for n in (30, 60))
    tables = [
        f'[[token]]\nserial = "{serial}"\nexpires_at = {expiry.isoformat()}\n'
        for serial, expiry in (("222", late), ("111", early))
    ]
    provisioner, _ = make(customer("u1", *NEW), *tables)
    assert provisioner.token(Need()).asset.serial == "111"
    lasting, _ = make(customer("u1", *NEW), *tables, until=late)
    with pytest.raises(NotRun, match="有効期限が2027年01月23日より後の在庫"):
        lasting.token(Need())


def test_the_serial_that_staff_sent_is_the_one_used_up(make):
    provisioner, ledger = make(customer("u1", *NEW), token("111"), token("222"))
    asked = provisioner.customer(Need(Status.ISSUED)).token
    assert provisioner.sent(asked, "111") is asked
    assert provisioner.sent(asked, "222").asset.serial == "222"
    assert ledger.spent().tokens == {"222"}
    again = provisioner.token(Need())
    with pytest.raises(SetupFailed, match="使用済みのトークン 222"):
        provisioner.sent(again, "222")
    with pytest.raises(SetupFailed, match="知らないシリアル番号"):
        provisioner.sent(again, "999")


def test_a_list_of_prepared_customers_is_refused_with_its_line(tmp_path):
    path = tmp_path / "list.toml"
    path.write_text(HEAD + customer("u1", serial="111") + token("111"), encoding="utf-8")
    assert load_pool(path).entries
    with pytest.raises(DeclarationError) as caught:
        load_pool(path, to_make=True)
    problem = caught.value.problems[0]
    assert (problem.key, problem.line) == ("customer[0].status", 8)
    assert "not_registered" in str(problem)


def test_a_customer_of_a_spreadsheet_who_is_prepared_is_refused_with_its_line(tmp_path):
    (tmp_path / "people.csv").write_text("ログインID,status\nu1,\nu2,suspended\n", encoding="utf-8")
    path = tmp_path / "list.toml"
    path.write_text('customers_csv = "people.csv"\n' + HEAD, encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_pool(path, to_make=True)
    found = {(p.file.rpartition("/")[2], p.line, p.key) for p in caught.value.problems}
    assert ("people.csv", 3, "status") in found


def test_the_examples_are_sound():
    declaration = load(EXAMPLE).declaration
    reference = load(fixtures_dir() / "declarations" / "reference.toml").declaration
    same = {"adapters": declaration.adapters, "sut": declaration.sut}
    assert reference.model_copy(update=same) == declaration
    pool = load_pool(LIST, to_make=True)
    assert [e.login_id for e in pool.entries] == ["new0001", "new0002"]


# -- what keeps the procedures from making anybody -------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[ics]\n", "[ics]\nself_service_issue = false\n", "ics.self_service_issue"),
        ("[ics]\n", "[ics]\nself_service_activation = false\n", "ics.self_service_activation"),
        ("staff_access = true ", "staff_access = false ", "ics.staff_access"),
        ('file = "procedures-list.toml"', "", "adapters.provisioning.file"),
        (
            STAFF,
            'kind = "command"\ncommands = { revoke = ["./revoke", "{login_id}"] }\n',
            "adapters.staff.commands.dispatch",
        ),
    ],
)
def test_what_is_lacking_is_told_before_anything_runs(tmp_path, old, new, key):
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    with pytest.raises(DeclarationError) as caught:
        parse(tmp_path / "d.toml", text.encode())
    problems = {p.key: str(p) for p in caught.value.problems}
    assert list(problems) == [key]
    assert "procedures" in problems[key]


# -- the plan -----------------------------------------------------------------------


def chosen(*ids):
    plans = [p for f in plan_features(bundle_root()) for p in f.scenarios]
    return [p for p in plans if p.scenario_id in ids]


def test_the_plan_counts_customers_tokens_and_the_work_of_making_them(tmp_path):
    path = tmp_path / "bank.toml"
    path.write_bytes(EXAMPLE.read_bytes())
    loaded = load(path)
    assert missing_list(loaded) == tmp_path / "procedures-list.toml"
    table, plans = load_table(), chosen("RIS-02/1", "LCK-05/1", "SWT-08/2", "TOK-12/1.1")
    found = forecast(plans, loaded, table, agent=AgentKind.HTTP, listed=False)
    assert {str(need): n for need, n in found.wanted.needs.items()} == {
        "not_registered,hardware": 3,
        "not_registered,hardware,reserved=1": 1,
        "hardware": 3,
        "hardware,serial_length=8": 1,
    }
    assert found.wanted.software_tokens == 2
    assert found.wanted.dispatched == 1 + 3
    # One suspended by five wrong OTPs, and looked at with a right one.
    reference = load(fixtures_dir() / "declarations" / "reference.toml")
    measured = forecast(plans, reference, table, agent=AgentKind.HTTP)
    assert found.wanted.wrong_attempts - measured.wanted.wrong_attempts == 5 + 1
    assert found.wanted.codes - measured.wanted.codes == 1 + 1 + 2
    assert found.wanted.burnt - measured.wanted.burnt == 1


def test_the_plan_says_until_when_tokens_must_be_valid(tmp_path):
    loaded = load(EXAMPLE)
    table, plans = load_table(), chosen("DEA-21/1.3", "DEA-01/1", "TOK-11/1")
    found = forecast(plans, loaded, table, agent=AgentKind.HTTP, listed=False)
    wanted = expiries(found, table, loaded.declaration)
    assert [(str(day), n) for day, n in wanted.last] == [("2026-11-24", 1), ("2026-12-24", 2)]
    assert wanted.expiring == ("TOK-11/1",)

    tables = [customer(f"u{n}", *NEW) for n in range(2)]
    tables += [token("111"), token("222")]
    path = tmp_path / "list.toml"
    for last, short in (("", 1), ("expires_at = 2031-06-30T00:00:00+09:00\n", 0)):
        path.write_text(HEAD + "".join(tables) + last, encoding="utf-8")
        served = match(
            chosen("TOK-11/1"),
            table=table,
            declaration=loaded.declaration,
            pool=load_pool(path),
            spent=Ledger(tmp_path / "none.ndjson").spent(),
            begin=NOW,
        )
        assert len(served.lacking) == short


# -- what stops the making is nobody's verdict ------------------------------------------


@pytest.mark.parametrize(
    ("raised", "verdict", "cause"),
    [
        (Nonconformity, Verdict.INCONCLUSIVE, Cause.PRODUCT),
        (SetupFailed, Verdict.INCONCLUSIVE, Cause.PRODUCT),
        (EnvironmentTrouble, Verdict.INCONCLUSIVE, Cause.ENVIRONMENT),
        (NotApplicable, Verdict.NOT_RUN, Cause.DECLARATION),
    ],
)
def test_no_verdict_of_the_scenario_comes_from_the_making(raised, verdict, cause):
    made = SimpleNamespace(account=SimpleNamespace(login_id="u1"))
    with pytest.raises(Outcome) as caught, _told(made, Need(Status.DEACTIVATED)):
        raise raised(expected="これ", observed="それ")
    assert (caught.value.verdict, caught.value.cause) == (verdict, cause)
    assert caught.value.observed == "それ"
    assert "これ" in caught.value.expected


def test_a_token_that_staff_chose_and_that_does_not_fit_is_not_run():
    sent = Device(SimpleNamespace(serial="1234567890"), "")
    _require_fitting(sent, Need(Status.ISSUED))
    _require_fitting(sent, Need(Status.ISSUED, serial_length=10))
    for need in (Need(Status.ISSUED, serial_length=8), Need(Status.ISSUED, serial_prefix="0")):
        with pytest.raises(NotMadeError, match="1234567890"):
            _require_fitting(sent, need)
