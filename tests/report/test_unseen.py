"""What a product sends cannot act on a reader's terminal, page or file: every sink, one notation.

The places where something is written are listed by hand below: a new one fails here until
somebody has thought of what may come out of it.
"""

import ast
import io
import json
import logging
import re
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from otp_conformance.cli import console, entry, terminal
from otp_conformance.cli.progress import Progress
from otp_conformance.cli.summary import print_summary
from otp_conformance.deployment.process import StartPlan, SutProcess
from otp_conformance.errors import UsageError
from otp_conformance.journal.case import Case
from otp_conformance.journal.events import RunStarted, ScenarioFinished, ScenarioPlanned, Source
from otp_conformance.journal.evidence import EvidenceStore, Look
from otp_conformance.journal.journal import JOURNAL_FILE, JournalWriter, read
from otp_conformance.journal.masking import Masker
from otp_conformance.journal.relay import RelayWriter
from otp_conformance.language import Text
from otp_conformance.preflight.finding import Findings, State
from otp_conformance.report.build import build
from otp_conformance.report.html import unpacked
from otp_conformance.run.scenario import note_fault
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.text import normalise, one_line, visible
from otp_conformance.verdict.outcome import Nonconformity
from otp_conformance.verdict.verdict import Cause, Verdict

ROOT = Path(__file__).parents[2]
NASTY = {
    "clears the screen": "\x1b[2J",
    "names the window": "\x1b]0;合格\x07",
    "one byte of C1": "\x9b31m",
    "one byte of OSC": "\x9d0;x\x9c",
    "turns round": "\u202e格合\u202c",
    "isolates": "\u2066x\u2069",
    "marks of direction": "\u200f\u200e\u061c",
    "hides between": "合\u200b格\u2060\ufeff\u00ad",
    "joins nothing": "a\u200db\u200c",
    "half a pair": "\ud83d",
    "the other half": "\udc00",
    "ends a line elsewhere": "\u2028\u2029\x85\x0b\x0c",
    "goes back": "不合格\r合格\b\b",
    "no character": "\ufffe\uffff\U0001fffe\ufdd0",
    "tags": "\U000e0041\U000e007f",
    "fillers": "\u3164\uffa0\u115f",
    "many marks": "合" + "\u0336" * 12,
    "marks on nothing": "「\u0338」",
    "variants of nothing": "\ufe0f\ufe0f\U000e0100\U000e0101",
    "NUL": "\x00",
}
BAD = "".join(NASTY.values())
FORGED = "\n対処: なし\n判定: 合格"


def acts_unseen(text: str) -> list[str]:
    """What a reader's eye would miss in a text, by Unicode's own tables."""
    found = [
        c
        for c in text
        if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c not in "\n\t"
    ]
    found += re.findall(
        "[\u034f\u115f\u1160\u3164\uffa0\U000e0000-\U000e01ef\ufdd0\ufffe\uffff]", text
    )
    return found + re.findall("[\u0300-\u036f]{5,}|[「]\u0338", text)


@pytest.mark.parametrize("name", NASTY)
def test_every_kind_is_made_visible_once(name):
    shown = visible(f"前{NASTY[name]}後")
    assert acts_unseen(shown) == []
    assert shown.startswith("前")
    assert shown.endswith("後")
    assert "⟨U+" in shown
    assert visible(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "手続きを終えました（1件）。\n　ほか 2 件①～…",
        "か\u3099",  # written as Macs do
        "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 ☎\ufe0f 1\ufe0f\u20e3 👍🏽",
        "葛\U000e0100飾区",
        "可\ufe00",
        "می\u200cخواهم",
        "क्\u200dष",
        "שלום العربية ไม่ได้",
        "\ue001 アイコン",
        "a\u00a0b\u3000c",
    ],
)
def test_what_writing_needs_is_left_alone(text):
    assert visible(text) == text


@given(st.text(st.characters()))
def test_any_text_can_be_written_and_read(text):
    shown = visible(text)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert visible(shown) == shown
    assert ET.fromstring(ET.tostring(_element(shown))).get("x") is not None


@given(st.text(st.characters()))
def test_nobody_else_begins_a_line(text):
    assert len(one_line(text).splitlines()) <= 1


def _element(text: str) -> ET.Element:
    return ET.Element("a", {"x": text})


# -- the journal and every report of it ------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory, catalogue) -> Path:
    """A run in which the product put everything into every text that it has a part in."""
    run_dir = tmp_path_factory.mktemp("unseen")
    masker = Masker()
    journal = JournalWriter(
        run_dir / JOURNAL_FILE, masker, now=lambda: datetime(2026, 4, 1, tzinfo=UTC)
    )
    feature = "# language: ja\n機能: 見本\n  @id:LGN-04/1\n  シナリオ: ある\n    もし する\n"
    planned = {
        "scenario_id": "LGN-04/1",
        "uri": "features/a.feature",
        "line": 4,
        "name": f"ある{BAD}",
        "feature": f"見本{BAD}",
        "chapter": "ログイン",
        "tags": ["@LGN-04"],
        "requirements": ["LGN-04"],
        "steps": [{"keyword": "もし", "text": "する", "line": 5}],
    }
    journal.write(
        RunStarted(
            at=journal.stamp(), run_id="r1", suite_version="1", requirement_set="1",
            sut_name=f"銀行{BAD}", sut_version=BAD, base_url=f"http://a/{BAD}",
            declaration_file="a.toml", declaration_sha256="0" * 64, selection="すべて",
            planned=1, environment={"browser": f"Chromium {BAD}"},
        )
    )  # fmt: skip
    journal.write(Source(at=journal.stamp(), uri="features/a.feature", text=feature))
    journal.write(ScenarioPlanned(at=journal.stamp(), **planned))
    case = Case(
        "LGN-04/1",
        requirements=["LGN-04"],
        journal=journal,
        evidence=EvidenceStore(run_dir, journal),
        look=lambda: Look(f"http://a/{BAD}", 200, b"\x89PNG"),
    )
    case.start()
    case.enter_step(0, "もし する")
    case.note(f"覚え書き{BAD}{FORGED}")
    case.reconnected(number=1, paused_s=0.1, why=f"応答{BAD}{FORGED}")
    try:
        case.confirm(f"題{BAD}", False, expected=f"期待{BAD}", observed=f"見えた{BAD}{FORGED}")
    except Nonconformity as error:
        case.leave_step(
            keyword="もし", text="する", line=5, status="failed", duration_s=0.1, message=str(error)
        )
        case.finish(error, during_setup=False, failing_step=f"もし する{BAD}")
    journal.finish(Verdict.FAIL, 1, 1.0)
    build(run_dir, catalogue)
    return run_dir


@pytest.mark.parametrize(
    "name", ["journal.ndjson", "messages.ndjson", "index.html", "requirements.html", "junit.xml"]
)
def test_nothing_acts_unseen_in_a_file(folder, name):
    text = (folder / name).read_text(encoding="utf-8")
    assert acts_unseen(text) == []
    assert "⟨U+001B⟩[2J" in text


def test_nothing_acts_unseen_in_the_page_of_cucumber(folder):
    ours = unpacked((folder / "cucumber.html").read_text(encoding="utf-8"))
    assert "⟨U+001B⟩[2J" in ours
    assert acts_unseen(ours) == []


@pytest.mark.parametrize("name", ["journal.ndjson", "messages.ndjson"])
def test_nor_once_a_reader_of_json_has_undone_its_escapes(folder, name):
    def texts(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from texts(each)

    for line in (folder / name).read_text(encoding="utf-8").splitlines():
        for text in texts(json.loads(line)):
            assert acts_unseen(text) == []


def test_a_product_begins_no_line_of_ours(folder):
    for name in ("messages.ndjson", "junit.xml"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "\n判定: 合格" not in text
        assert "\\n判定: 合格" not in text
    assert "⏎判定: 合格" in read(folder / JOURNAL_FILE).outcome("LGN-04/1").observed


def test_a_journal_of_an_earlier_version_is_shown_as_safely(folder, tmp_path, catalogue):
    lines = (folder / JOURNAL_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    old = "".join(lines[:-1]).replace("⟨U+001B⟩", "\\u001b").replace("⟨U+202E⟩", "\u202e")
    (tmp_path / JOURNAL_FILE).write_text(old, encoding="utf-8")
    build(tmp_path, catalogue)
    for name in ("messages.ndjson", "index.html", "requirements.html", "junit.xml"):
        assert acts_unseen((tmp_path / name).read_text(encoding="utf-8")) == []


# -- the terminal ------------------------------------------------------------------


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def unseen_but_colours(text: str) -> list[str]:
    """What acts unseen beside the colours and cursor movements that are ours."""
    return acts_unseen(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", text))


@pytest.mark.parametrize("kind", [Tty, io.StringIO])
def test_nothing_acts_unseen_on_the_terminal(kind, folder, catalogue, monkeypatch):
    out, err = kind(), kind()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setenv("TERM", "xterm")
    journal = read(folder / JOURNAL_FILE)
    plan = ScenarioPlan(**_plan(f"名{BAD}"))
    finished = ScenarioFinished.model_construct(
        at="", scenario_id="LGN-04/1", attempt=0, verdict=Verdict.FAIL, cause=Cause.PRODUCT,
        suite_fault=False, expected=BAD, observed=BAD, hint=BAD, failing_step=BAD, duration_s=1.0,
        cut_short=False, due=None,
    )  # fmt: skip
    with Progress(quiet=False) as progress:
        progress.begun(journal.header.model_copy(update={"sut_name": BAD}), folder, [plan])
        progress.started(plan)
        progress.scenario(plan, finished)
        progress.notice(Text(BAD, BAD))
    print_summary(journal, catalogue)
    console.echo(BAD)
    console.complain(BAD)
    console.hang(BAD, BAD)
    console.table([[BAD, BAD]], [BAD, BAD])
    prompter = terminal.TerminalPrompter(io.StringIO(), err)
    prompter.tell(BAD)
    told = out.getvalue() + err.getvalue()
    assert "⟨U+202E⟩" in out.getvalue()
    assert "⟨U+202E⟩" in err.getvalue()
    assert unseen_but_colours(told) == []
    assert "\x1b[2J" not in told


def _plan(name: str) -> dict:
    fields = dict.fromkeys(ScenarioPlan.__dataclass_fields__, ())
    return {**fields, "scenario_id": "LGN-04/1", "name": name, "uri": "a.feature", "line": 1}


def test_nothing_acts_unseen_in_an_error_of_a_command(capsys, monkeypatch, tmp_path):
    import click

    @click.command()
    @click.option("--kind")
    @click.option("--debug", is_flag=True)
    def fails(kind: str, *, debug: bool) -> None:
        del debug
        raise {"usage": UsageError(BAD, BAD)}.get(kind, ValueError(BAD))

    monkeypatch.setattr(entry.tempfile, "mkstemp", _kept(tmp_path / "fault.log"))
    entry.start(["--kind", "usage"], fails)
    entry.start(["--kind", "other"], fails)
    entry.start(["--kind", "other", "--debug"], fails)
    told = capsys.readouterr()
    assert "⟨U+202E⟩" in told.err
    assert acts_unseen(told.out + told.err) == []
    assert acts_unseen((tmp_path / "fault.log").read_text(encoding="utf-8")) == []


def _kept(path: Path):
    import os

    return lambda **_: (os.open(path, os.O_CREAT | os.O_WRONLY), str(path))


def test_nothing_acts_unseen_in_a_warning(capsys):
    with entry.harmless_warnings():
        # What pytest keeps of it goes to another process, which takes no lone surrogates.
        whole = BAD.encode("utf-8", "ignore").decode()
        logging.getLogger("otp_conformance.test").warning("撮影できません：%s", whole)
    assert acts_unseen(capsys.readouterr().err) == []


# -- what stands beside the journal -------------------------------------------------


def test_nothing_acts_unseen_in_findings_and_relayed_lines():
    told: list = []
    findings = Findings(told.append, Masker().mask)
    findings.add("画面", "題", State.WRONG, BAD, BAD)
    RelayWriter(told.append, Masker()).write(
        ScenarioFinished(at="", scenario_id="s", verdict=Verdict.FAIL, observed=BAD, duration_s=1)
    )
    assert acts_unseen(told[0].observed + told[0].fix + told[1]["observed"]) == []


def test_nothing_acts_unseen_in_the_logs_of_a_run(tmp_path):
    journal = JournalWriter(tmp_path / JOURNAL_FILE)
    faults = note_fault(tmp_path, journal, "run", ValueError(BAD))
    assert acts_unseen(faults.read_text(encoding="utf-8")) == []
    script = "print('\\x1b[2J\\u202e'); print('READY http://127.0.0.1:1', flush=True); input()"
    plan = StartPlan(
        command=(sys.executable, "-c", script), ready_line="READY ", ready_timeout_seconds=30,
        env={"PYTHONUTF8": "1"}, port=0,
    )  # fmt: skip
    work = tmp_path / "work"
    work.mkdir()
    with SutProcess(plan, tmp_path, Masker(), work, log_name="sut.log"):
        pass
    log = (tmp_path / "sut.log").read_text(encoding="utf-8")
    assert "⟨U+001B⟩[2J⟨U+202E⟩" in log
    assert acts_unseen(log) == []


def test_texts_are_compared_as_before():
    assert normalise("合\u200b格") == normalise("合格")


# -- and no place is forgotten ------------------------------------------------------

_WRITES = {"write", "write_text", "write_bytes", "writelines", "print", "print_exception", "secho"}
SINKS = {
    "assets/consumption.py": "our own table of amounts",
    "assets/pool/ledger.py": "ids and numbers of the declaration's lists",
    "calls/deadline.py": "what is sent to the product",
    "cli/across.py": "pages over runs: made visible in the template",
    "cli/bilingual.py": "our own help",
    "cli/check.py": "findings: made visible as they are found",
    "cli/compare.py": "of journals: made visible as they are read",
    "cli/console.py": "every line of a command: made visible here",
    "cli/coverage.py": "of the journal: made visible as it is read",
    "cli/declaration.py": "of the declaration, and our schema",
    "cli/entry.py": "made visible here",
    "cli/explore.py": "stories of our own model",
    "cli/features.py": "of the features",
    "cli/handover.py": "the bundle's own words, and names of files that it allows",
    "cli/history.py": "of journals: made visible as they are read",
    "cli/init.py": "our own questions, and what the person answers",
    "cli/plan.py": "of the features and the declaration",
    "cli/record.py": "TOML: made visible as it is written",
    "cli/startup.py": "what others have written",
    "cli/terminal.py": "made visible here",
    "cli/watching.py": "made visible here",
    "clock/moved.py": "a moment",
    "declaration/schema.py": "our own schema",
    "deployment/masked_log.py": "the system's output: made visible here",
    "deployment/process.py": "lines of the log above",
    "explore/product.py": "stories of our own model",
    "journal/case.py": "events: made visible as they are made",
    "journal/evidence.py": "events, and bytes of pictures",
    "journal/journal.py": "events",
    "journal/record.py": "events",
    "people/attacks.py": "another spelling of a login ID",
    "preflight/inspect.py": "bytes of pictures",
    "report/build.py": "reports: see above",
    "run/cluster.py": "bytes of pictures, and faults.log: made visible where it was written",
    "run/durations.py": "our own table of seconds",
    "run/engine.py": "events",
    "run/folder.py": "the name of a folder",
    "run/header.py": "events",
    "run/merge.py": "events, and faults.log as it stands in the parts",
    "run/pool.py": "events",
    "run/resume.py": "events",
    "run/scenario.py": "events, and faults.log: made visible here",
    "run/traces.py": "our own note",
    "run/wire.py": "JSON between our own processes",
}


def test_every_place_that_writes_is_known():
    home = ROOT / "otp_conformance"
    found = set()
    for path in home.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name.rsplit(".", 1)[-1] in _WRITES or name.startswith("click.echo"):
                    found.add(path.relative_to(home).as_posix())
    assert found == set(SINKS)


def test_the_check_itself_sees():
    assert isinstance(Console(), Console)
    assert len(acts_unseen(BAD)) > 40
