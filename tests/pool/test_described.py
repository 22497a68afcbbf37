"""Customers and tokens by described calls: what an answer has holds, else what was sent."""

from __future__ import annotations

import sys
from datetime import datetime

import pytest

from otp_conformance.assets.described import DescribedProvisioner, Means, command_means
from otp_conformance.assets.made_up import TokenRules
from otp_conformance.assets.port import Need
from otp_conformance.commands import Commands
from otp_conformance.declaration.adapters.provisioning import (
    ProvisioningMembers,
    ProvisioningWords,
)
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.outcome import DeclarationMismatch, NotRun, SetupFailed
from otp_conformance.verdict.verdict import Cause, Verdict

NOW = datetime.fromisoformat("2026-11-24T10:00:20+09:00")
LATER = "2031-03-31T23:59:00+09:00"
ALL = "{status} {kind} {login_id} {login_password} {confirmation_password}"


class Device:
    def __init__(self, asset, seed):
        self.asset = asset
        self.seed = seed


class Vendor:
    """Answers calls as told, and keeps what they were asked with."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []
        self.learnt = []

    def means(self, verb, text):
        def ask(values, reads):
            self.asked.append((verb, dict(values), reads))
            answer = self.answers.get(verb)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return Means(f"calls.{verb}", (text,), ask)

    def provisioner(self, texts, members=None, words=None):
        return DescribedProvisioner(
            {verb: self.means(verb, text) for verb, text in texts.items()},
            ProvisioningMembers.model_validate(members or {}),
            ProvisioningWords.model_validate(words or {}),
            TokenRules(),
            Device,
            lambda: NOW,
            on_secret=self.learnt.append,
        )


def test_what_is_sent_holds_where_nothing_is_answered():
    vendor = Vendor()
    token = "{serial} {seed_hex} {expires_at}"
    provisioner = vendor.provisioner(
        {"customer": f"{ALL} {{serial}}", "token": token}, words={"in_service": "ACTIVE"}
    )
    got = provisioner.customer(
        Need(Status.IN_SERVICE, serial_length=8), confirmation_password="abc123"
    )
    (first, stock, _), (second, asked, reads) = vendor.asked
    assert (first, second, reads) == ("token", "customer", False)
    assert asked["serial"] == stock["serial"] == got.token.asset.serial
    assert len(asked["serial"]) == 8
    assert (asked["status"], asked["kind"]) == ("ACTIVE", "hardware")
    assert got.account.confirmation_password == "abc123"
    assert got.account.login_id == asked["login_id"]
    assert got.last_used == NOW
    assert provisioner.device(asked["serial"]) is got.token
    secret = {got.account.login_password, "abc123", stock["seed_hex"], stock["seed_base32"]}
    assert secret <= set(vendor.learnt)
    with pytest.raises(SetupFailed, match="知らないシリアル番号"):
        provisioner.device("1")


def test_what_is_answered_holds_and_the_system_may_choose_the_token():
    answer = {
        "member": {"id": 4711, "pw": "given", "secret": "word01"},
        "device": {"no": "123456789012", "key": "k" * 8, "until": LATER},
    }
    vendor = Vendor(customer=answer)
    members = {
        "login_id": "member.id",
        "login_password": "member.pw",
        "confirmation_password": "member.secret",
        "serial": "device.no",
        "seed": "device.key",
        "expires_at": "device.until",
    }
    provisioner = vendor.provisioner({"customer": "{status} {kind}"}, members)
    got = provisioner.customer(Need(Status.SUSPENDED))
    assert (got.account.login_id, got.account.login_password) == ("4711", "given")
    assert (got.token.asset.serial, got.token.seed) == ("123456789012", "k" * 8)
    assert got.token.asset.expires_at.isoformat() == LATER
    assert {"given", "word01", "k" * 8} <= set(vendor.learnt)
    with pytest.raises(NotRun, match="123456789012") as caught:
        provisioner.customer(Need(Status.ISSUED, serial_length=8))
    assert caught.value.cause is Cause.DECLARATION
    # 未登録 has no token, and nobody looks for one in the answer.
    answer.pop("device")
    assert provisioner.customer(Need(Status.NOT_REGISTERED)).token is None
    with pytest.raises(DeclarationMismatch, match=r"members\.serial の「device\.no」") as caught:
        provisioner.customer(Need(Status.ISSUED))
    assert "答えにある項目: member" in caught.value.observed
    answer["device"] = {"no": "123456789012", "key": "k", "until": "2031-03-31"}
    with pytest.raises(DeclarationMismatch, match="「2031-03-31」"):
        provisioner.customer(Need(Status.ISSUED))


def test_a_call_that_goes_wrong_is_named_with_what_was_sent_but_no_secret():
    vendor = Vendor(customer=SetupFailed(expected="受け付け", observed="HTTP 409"))
    provisioner = vendor.provisioner({"customer": ALL})
    with pytest.raises(SetupFailed) as caught:
        provisioner.customer(Need(Status.NOT_REGISTERED))
    (_, asked, _) = vendor.asked[0]
    told = caught.value.observed
    assert "HTTP 409" in told
    assert "calls.customer" in told
    assert f"not_registered hardware {asked['login_id']} ＊＊＊ ＊＊＊" in told
    assert asked["login_password"] not in told


def test_what_is_not_offered_is_not_run():
    provisioner = Vendor().provisioner({"customer": ALL}, words={"deactivated": ""})
    for ask in (
        lambda: provisioner.customer(Need(Status.DEACTIVATED)),
        lambda: provisioner.token(Need()),
        lambda: provisioner.reserve_software_token("u1"),
    ):
        with pytest.raises(NotRun) as caught:
            ask()
        assert (caught.value.verdict, caught.value.cause) == (Verdict.NOT_RUN, Cause.DECLARATION)
        assert "adapters.provisioning" in caught.value.hint + caught.value.observed


def test_a_software_token_is_prepared_for_a_customer():
    vendor = Vendor()
    text = "{login_id} {serial} {seed_base32} {expires_at} {kind}"
    token = vendor.provisioner({"software_token": text}).reserve_software_token("u1")
    (_, asked, _) = vendor.asked[0]
    assert (asked["login_id"], asked["kind"]) == ("u1", "software")
    assert token.asset.kind is Kind.SOFTWARE
    assert token.seed == asked["seed_base32"]


def test_a_command_prints_json_where_its_answer_is_read(tmp_path):
    script = tmp_path / "office"
    script.write_text("import json, sys\nprint(json.dumps({'id': sys.argv[1]}))\n", "utf-8")
    commands = Commands(tmp_path, {}, 30)
    means = command_means(
        "commands.customer", (sys.executable, str(script), "{login_id}"), commands
    )
    assert means.ask({"login_id": "u1"}, True) == {"id": "u1"}
    assert means.ask({"login_id": "u1"}, False) is None
    script.write_text("print('done')\n", "utf-8")
    with pytest.raises(DeclarationMismatch, match=r"commands\.customer"):
        means.ask({"login_id": "u1"}, True)
