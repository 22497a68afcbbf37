"""Who is handed out of a pool, and what is said when nobody is left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from otp_conformance.assets.consumption import Spending, What
from otp_conformance.assets.pool.file import load_pool
from otp_conformance.assets.pool.ledger import Assets, Ledger
from otp_conformance.assets.pool.provisioner import PoolMeans, PoolProvisioner
from otp_conformance.assets.port import Need
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.outcome import NotRun, SetupFailed
from otp_conformance.verdict.verdict import Cause, Verdict

HEAD = """\
[defaults]
login_password = "env:{login_id}"
confirmation_password = "env:C_{login_id}"
seed = "file:{serial}"
expires_at = 2031-03-31T23:59:00+09:00
"""


class Device:
    def __init__(self, asset, seed):
        self.asset = asset
        self.seed = seed


def customer(login_id, status="in_service", serial="", **more):
    text = f'[[customer]]\nlogin_id = "{login_id}"\nstatus = "{status}"\n'
    text += f'token = "{serial}"\n' if serial else ""
    return text + "".join(f"{key} = {value}\n" for key, value in more.items())


def token(serial, **more):
    lines = [f'{key} = "{value}"\n' for key, value in more.items()]
    return f'[[token]]\nserial = "{serial}"\n' + "".join(lines)


def means_with(software):
    return PoolMeans(
        secret=lambda reference, key: f"<{reference}>",
        make_device=Device,
        step_seconds=60,
        software=software,
    )


@pytest.fixture
def make(tmp_path):
    def build(*tables, software=lambda _: False):
        path = tmp_path / "pool.toml"
        path.write_text(HEAD + "".join(tables), encoding="utf-8")
        spending = Spending()
        spending.begin("run", "scenario")
        means = means_with(software)
        ledger = Ledger(tmp_path / "ledger.ndjson")
        return PoolProvisioner(load_pool(path), ledger, spending, means), spending

    return build


def test_hands_out_once_and_names_what_is_lacking(make):
    tables = (customer("u1", serial="100000000001"), token("100000000001"))
    provisioner, _ = make(*tables)
    got = provisioner.customer(Need(Status.IN_SERVICE))
    assert got.account.login_id == "u1"
    assert got.account.login_password == "<env:u1>"
    assert got.token.seed == "file:100000000001"
    for again in (provisioner, make(*tables)[0]):
        with pytest.raises(NotRun) as caught:
            again.customer(Need(Status.IN_SERVICE))
        assert (caught.value.verdict, caught.value.cause) == (Verdict.NOT_RUN, Cause.DECLARATION)
        assert "サービス利用中のお客さま" in caught.value.observed


def test_special_ones_are_kept_for_those_who_ask(make):
    provisioner, _ = make(
        customer("zero", "issued", "012345678901"),
        customer("short", "issued", "12345678"),
        customer("plain", "issued", "100000000001"),
        *(token(s) for s in ("012345678901", "12345678", "100000000001")),
    )
    assert provisioner.customer(Need(Status.ISSUED)).account.login_id == "plain"
    got = provisioner.customer(Need(Status.ISSUED, serial_length=8))
    assert got.account.login_id == "short"
    assert provisioner.customer(Need(Status.ISSUED, serial_prefix="0")).account.login_id == "zero"


def test_confirmation_password_of_a_length(make):
    provisioner, _ = make(
        customer("any", "not_registered"),
        customer("six", "not_registered", confirmation_length=6),
    )
    with pytest.raises(NotRun, match="確認用パスワード12文字"):
        provisioner.customer(Need(Status.NOT_REGISTERED), confirmation_password="x" * 12)
    got = provisioner.customer(Need(Status.NOT_REGISTERED), confirmation_password="x" * 6)
    assert got.account.login_id == "six"


def test_software_token_is_that_reserved_for_the_customer(make):
    tables = (
        customer("plain", "not_registered"),
        customer("soft", "not_registered"),
        token("200000000001", kind="software", reserved_for="soft"),
    )
    provisioner, _ = make(*tables, software=lambda scenario: scenario == "scenario")
    login_id = provisioner.customer(Need(Status.NOT_REGISTERED)).account.login_id
    assert login_id == "soft"
    assert provisioner.reserve_software_token(login_id).asset.serial == "200000000001"
    for name in ("soft", "plain"):
        with pytest.raises(NotRun, match=f"reserved_for = {name}"):
            provisioner.reserve_software_token(name)


def test_tokens_kept_for_display_are_not_sent(make):
    provisioner, _ = make(token("111", state="spare"), token("222"))
    assert provisioner.token(Need(to_send=False)).asset.serial == "111"
    assert provisioner.token(Need()).asset.serial == "222"
    with pytest.raises(NotRun, match="在庫のトークン"):
        provisioner.token(Need())
    assert provisioner.device("111").asset.serial == "111"
    with pytest.raises(SetupFailed):
        provisioner.device("333")


def test_last_use_is_known_after_a_release(make, tmp_path):
    tables = (
        customer("u1", serial="111"),
        token("111") + "last_used = 2026-11-20T10:00:00+09:00\n",
    )
    provisioner, spending = make(*tables)
    assert provisioner.customer(Need(Status.IN_SERVICE)).last_used is not None
    spending.note(What.CODE, "111", "30000000")
    pool = load_pool(tmp_path / "pool.toml")
    ledger = Ledger(tmp_path / "ledger.ndjson")
    ledger.release(ledger.spent())
    assert pool.entries
    got = make(*tables)[0].customer(Need(Status.IN_SERVICE))
    assert got.last_used == datetime.fromtimestamp(30000000 * 60, tz=UTC)


def test_kind_matters(make):
    provisioner, _ = make(customer("u1", serial="111"), token("111"))
    with pytest.raises(NotRun, match="ソフトウェア"):
        provisioner.customer(Need(Status.IN_SERVICE, Kind.SOFTWARE))


def test_a_run_that_keeps_to_a_share_is_given_nothing_else(make, tmp_path):
    tables = (
        customer("u1", serial="111"),
        token("111"),
        customer("u2", serial="222"),
        token("222"),
    )
    ledger = Ledger(tmp_path / "ledger.ndjson")
    ledger.keep_to("run", Assets(frozenset({"u2"}), frozenset({"222"})))
    provisioner, _ = make(*tables)
    assert [listed.login_id for listed in provisioner.unused()] == ["u2"]
    assert provisioner.customer(Need(Status.IN_SERVICE)).account.login_id == "u2"
    with pytest.raises(NotRun):
        provisioner.customer(Need(Status.IN_SERVICE))
    assert ledger.spent() == Assets(frozenset({"u2"}), frozenset({"222"}))  # u1 is free for others
    other, spending = make(*tables)
    spending.begin("another run", "scenario")
    assert other.customer(Need(Status.IN_SERVICE)).account.login_id == "u1"
    ledger.keep_to("nothing", Assets())
    third, spending = make(*tables)
    spending.begin("nothing", "scenario")
    assert third.unused() == ()
