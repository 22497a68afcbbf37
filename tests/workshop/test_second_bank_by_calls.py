"""Customers and tokens made by a vendor's own calls, described in the declaration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from otp_conformance.assets.consumption import load_table
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import load, parse
from otp_conformance.resources import bundle_root
from otp_conformance.run.budget import calls_needed, forecast
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Cause, Verdict
from workshop import second_bank
from workshop.faults.runs import carry_out

DEV = Path(second_bank.__file__).parent / "dev.toml"
HERE = '[adapters.provisioning]\nkind = "test_control"\n'
CALLS = """\
[adapters.provisioning]
kind = "http"
[adapters.provisioning.calls.customer]
url = "/branch/v2/preparation/members"
body = '{"condition": "{status}", "type": "{kind}", "device": "{serial}"}'
secret_headers = { Authorization = "env:OTP_SECOND_STAFF_AUTHORIZATION" }
[adapters.provisioning.calls.token]
url = "/branch/v2/preparation/devices"
body = '{"number": "{serial}", "key": "{seed_hex}", "type": "{kind}", "until": "{expires_at}"}'
secret_headers = { Authorization = "env:OTP_SECOND_STAFF_AUTHORIZATION" }
[adapters.provisioning.members]
login_id = "member.number"
login_password = "member.pass"
confirmation_password = "member.secret"
name = "member.name"
address = "member.sendTo"
[adapters.provisioning.words]
not_registered = "NEW"
issued = "SENT"
in_service = "ACTIVE"
suspended = "HALTED"
deactivated = "ENDED"
hardware = "CARD"
software = "APP"
"""
SOFTWARE = """\
[adapters.provisioning.calls.software_token]
url = "/branch/v2/preparation/devices"
body = '{"number": "{serial}", "key": "{seed_hex}", "type": "{kind}", "until": "{expires_at}", \
"member": "{login_id}"}'
secret_headers = { Authorization = "env:OTP_SECOND_STAFF_AUTHORIZATION" }
"""
# Of every state and kind; staff send a token; software is applied for.
SCENARIOS = ("TOK-03/1", "RIS-02/1", "LCK-05/1", "ACT-08/2", "SWT-08/2", "TOK-12/1.1")


def declared(folder: Path, calls: str = CALLS + SOFTWARE) -> Path:
    text = DEV.read_text(encoding="utf-8")
    assert HERE in text
    path = folder / "second.toml"
    path.write_text(text.replace(HERE, calls), encoding="utf-8")
    return path


def chosen(*ids: str):
    plans = [p for f in plan_features(bundle_root()) for p in f.scenarios]
    return [p for p in plans if p.scenario_id in ids]


@pytest.mark.browser
def test_scenarios_pass_with_what_the_calls_make(tmp_path: Path) -> None:
    result = carry_out(
        declared(tmp_path),
        tmp_path / "reports",
        selection=Selection(ids=SCENARIOS),
        agent=AgentKind.BROWSER,
    )
    ends = {i: result.journal.outcome(i) for i in result.journal.planned}
    assert {
        i: (e.verdict, e.observed) for i, e in ends.items() if e.verdict is not Verdict.PASS
    } == {}
    assert set(ends) == set(SCENARIOS)


@pytest.mark.browser
def test_a_refused_call_is_named_with_what_was_sent(tmp_path: Path) -> None:
    wrong = CALLS.replace('deactivated = "ENDED"', 'deactivated = "OVER"')
    result = carry_out(
        declared(tmp_path, wrong.replace('"member.secret"', '"member.word"')),
        tmp_path / "reports",
        selection=Selection(ids=("RIS-02/1", "TOK-03/1", "SWT-08/2")),
        agent=AgentKind.BROWSER,
    )
    refused = result.journal.outcome("RIS-02/1")
    assert (refused.verdict, refused.cause) == (Verdict.INCONCLUSIVE, Cause.PRODUCT)
    assert "adapters.provisioning.calls.customer" in refused.observed
    assert '"condition": "OVER"' in refused.observed
    unread = result.journal.outcome("TOK-03/1")
    assert (unread.verdict, unread.cause) == (Verdict.INCONCLUSIVE, Cause.DECLARATION)
    assert "members.confirmation_password の「member.word」" in unread.expected
    assert "答えにある項目: member" in unread.observed


def test_the_plan_names_the_calls_and_what_none_makes(tmp_path: Path) -> None:
    loaded = load(declared(tmp_path, CALLS.replace('"HALTED"', '""')))
    found = forecast(chosen(*SCENARIOS), loaded, load_table())
    assert set(found.unmet) == {"LCK-05/1", "SWT-08/2"}
    assert "words.suspended" in found.unmet["LCK-05/1"].observed
    assert "calls.software_token" in found.unmet["SWT-08/2"].observed
    needed = calls_needed(found.wanted, loaded.declaration.adapters.provisioning)
    assert json.loads(json.dumps(needed)) == {
        "customer": {
            "issued・hardware": 2,
            "issued・software": 1,
            "in_service・hardware": 1,
            "deactivated・hardware": 1,
        },
        "token": {"hardware": 5, "software": 1},
    }


@pytest.mark.parametrize(
    ("old", "new", "key", "word"),
    [
        ('login_id = "member.number"\n', "", "members.login_id", "{login_id}"),
        ('"key": "{seed_hex}", ', "", "members.seed", "{seed_base32} か {seed_hex}"),
        (', "until": "{expires_at}"', "", "members.expires_at", "{expires_at}"),
        ("{status}", "{state}", "calls.customer", "{status}"),
        ('"condition": "{status}", ', "", "calls.customer", "{status}"),
        ("calls.token]", "calls.software_token]", "calls.token", "在庫にする手段"),
        ('kind = "http"', 'kind = "command"', "commands.customer", "kind = 「command」"),
    ],
)
def test_what_nobody_would_know_is_told_before(
    tmp_path: Path, old: str, new: str, key: str, word: str
) -> None:
    path = declared(tmp_path, CALLS.replace(old, new, 1))
    with pytest.raises(DeclarationError) as caught:
        parse(path, path.read_bytes())
    problems = {p.key.removeprefix("adapters.provisioning."): str(p) for p in caught.value.problems}
    assert key in problems
    assert word in problems[key]
