"""From a planted fault to its card: what it tells, and that no byte of it is a secret."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from otp_conformance.agent.exchange import Exchanges
from otp_conformance.journal.masking import Masker
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.runs import carry_out, write_declaration

pytestmark = pytest.mark.bank
LATE, WIDE = "LCK-01/1", "ACT-13/1"
SHORTEST = 4


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory):
    """One run with a real bank (seconds): its result, and all that was secret or sent in it."""
    folder: Path = tmp_path_factory.mktemp("late")
    secrets: set[str] = set()
    sent: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        add, remember = Masker.add, Exchanges.add
        patch.setattr(Masker, "add", lambda self, *s: (secrets.update(s), add(self, *s))[1])

        def spy(self, method, address, pairs):
            held = list(pairs)
            sent.update(value for _, value in held)
            return remember(self, method, address, held)

        patch.setattr(Exchanges, "add", spy)
        declaration = write_declaration(folder, fault="suspended-one-late")
        result = carry_out(declaration, folder, selection=Selection(ids=(LATE, WIDE)), reports=True)
    return result, secrets, sent


def test_the_journal_tells_who_what_was_declared_and_what_was_sent(told):
    result, _, _ = told
    attempt = result.journal.last(LATE)
    assert result.journal.outcome(LATE).verdict is Verdict.FAIL
    (customer,) = attempt.customers
    assert customer.login_id
    assert re.fullmatch(r"\d{8,14}", customer.serial)
    threshold = next(each for each in attempt.declared if each.key == "lockout.threshold")
    assert threshold.value == "5"
    lines = (result.run_dir.parent / "declaration.toml").read_text().splitlines()
    assert lines[threshold.line - 1] == '"threshold" = 5'
    posts = [each for each in attempt.exchanges if each.method == "POST"]
    assert [each.status for each in posts] == [303, 303]
    assert posts[0].address.endswith("/login")
    fields = {each.name: each for each in posts[0].fields}
    assert fields["login_id"].value == customer.login_id
    assert fields["password"].value == "＊＊＊"
    assert "ログインパスワード" in fields["password"].label


def test_the_same_card_stands_in_the_page_in_junit_and_on_the_terminal(told):
    result, _, _ = told
    page = (result.run_dir / "requirements.html").read_text()
    root = ET.fromstring((result.run_dir / "junit.xml").read_bytes())
    (failure,) = root.iter("failure")
    customer = result.journal.last(LATE).customers[0]
    command = f"otp-conformance run --id {LATE} --declaration declaration.toml --agent http"
    for told_here in ("lockout.threshold = 5", customer.login_id, customer.serial, command):
        assert told_here in failure.text
        assert told_here in page
    assert shlex.split(command)[:2] == ["otp-conformance", "run"]
    assert "要件: LCK-01 " in failure.text
    assert "認証の停止について" in failure.text
    assert "手順: 4 番目: ならば 認証が停止しているため、ログインは拒否される" in failure.text
    assert "× 5" in failure.text


def test_no_byte_of_a_run_is_a_password_a_seed_or_a_code(told):
    result, secrets, sent = told
    people = [each for name in (LATE, WIDE) for each in result.journal.last(name).customers]
    public = {value for each in people for value in (each.login_id, each.serial)}
    hidden = {value for value in secrets | sent if len(value) >= SHORTEST} - public
    codes = [value for value in hidden if value.isdigit()]
    assert len(codes) >= 6
    assert any(len(value) >= 32 and value.isalnum() for value in hidden)  # a seed, or a token
    files = [each for each in result.run_dir.rglob("*") if each.is_file()]
    assert {"journal.ndjson", "junit.xml", "requirements.html"} <= {each.name for each in files}
    for file in files:
        data = file.read_bytes().decode("utf-8", "replace")
        for value in hidden:
            if value not in data:
                continue
            whole = rf"(?<!\d){value}(?!\d)" if value.isdigit() else re.escape(value)
            assert not re.search(whole, data), f"{file.name} holds a secret"


def test_a_scenario_that_follows_the_declaration_shows_what_decided(told):
    result, _, _ = told
    assert result.journal.outcome(WIDE).verdict is Verdict.PASS
    decided = [each.key for each in result.journal.last(WIDE).declared if each.decides]
    assert decided == ["serial.full_width"]
    assert result.journal.last(WIDE).exchanges == []
    page = (result.run_dir / "requirements.html").read_text()
    name = page[page.index(f'href="#{WIDE}"') :].split("</li>")[0]
    assert 'class="declared-value">宣言：' in name
    section = page[page.index('id="declared"') :]
    assert "serial.full_width = &#34;refused&#34;" in section
    assert re.search(r"\d+ 行目", section)
