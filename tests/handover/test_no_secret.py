"""Known passwords, seeds and codes, planted in everything that a product can say: in no byte."""

import base64
import io
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from otp_conformance.cli.main import main
from otp_conformance.handover import archive
from otp_conformance.journal.case import Case
from otp_conformance.journal.events import PlannedStep, RunStarted, ScenarioPlanned, Source
from otp_conformance.journal.evidence import EvidenceStore, Look
from otp_conformance.journal.journal import JOURNAL_FILE, JournalWriter
from otp_conformance.journal.masking import MASK, Masker
from otp_conformance.language import set_language
from otp_conformance.report.build import FORMATS
from otp_conformance.report.html import unpacked
from otp_conformance.verdict.outcome import Nonconformity
from otp_conformance.verdict.verdict import Verdict

PASSWORD, SEED, CODE = "himitsu-Pass-8314", "JBSWY3DPEHPK3PXPJBSWY3DP", "739146"
SECRETS = (PASSWORD, SEED, CODE)
FEATURE = "# language: ja\n機能: ログイン\n\n  @id:LGN-04/1\n  シナリオ: 通る\n    もし 入力する\n"
AT = "2026-11-30T10:00:00+09:00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run whose product repeats every secret wherever it can, in every format there is."""
    place = tmp_path_factory.mktemp("planted")
    run_dir = place / "run"
    said = f"{PASSWORD} と {SEED} と {CODE} を受け付けた"
    masker = Masker()
    masker.add(*SECRETS)
    journal = JournalWriter(run_dir / JOURNAL_FILE, masker)
    header = {
        "suite_version": "0.1.0",
        "requirement_set": "manual 1",
        "sut_name": f"銀行 {PASSWORD}",
        "sut_version": SEED,
        "base_url": f"http://127.0.0.1/?p={quote(PASSWORD)}",
        "declaration_file": "bank.toml",
        "declaration_sha256": "0" * 64,
        "selection": "すべて",
        "environment": {"browser": f"x {CODE}"},
    }
    journal.write(RunStarted(at=AT, run_id="planted", planned=1, **header))
    journal.write(Source(at=AT, uri="features/login.feature", text=FEATURE))
    steps = [PlannedStep(keyword="もし", text="入力する", line=6)]
    told = {"name": "通る", "feature": "ログイン", "chapter": "ログイン", "tags": ["@id:LGN-04/1"]}
    planned = {"scenario_id": "LGN-04/1", "requirements": ["LGN-04"], "steps": steps, **told}
    journal.write(ScenarioPlanned(at=AT, uri="features/login.feature", line=5, **planned))
    look = Look(f"http://127.0.0.1/{SEED}?otp={CODE}", 200, b"\x89PNG picture", remark=said)
    case = Case(
        "LGN-04/1",
        requirements=["LGN-04"],
        journal=journal,
        evidence=EvidenceStore(run_dir, journal),
        look=lambda: look,
    )
    case.start()
    case.enter_step(0, "もし 入力する")
    case.note(said)
    case.keep(said)
    error = Nonconformity(expected=said, observed=said, hint=said)
    case.leave_step(
        keyword="もし", text=said, line=6, status="failed", duration_s=0.1, message=said
    )
    case.finish(error, during_setup=False, failing_step=said)
    journal.finish(Verdict.FAIL, 1, 1.0)
    formats = [word for name in FORMATS[:-1] for word in ("--format", name)]
    assert main(["report", str(run_dir), *formats, "--single-file"]) == 0
    assert main(["bundle", str(run_dir)]) == 0
    yield place
    set_language("ja")


def opened_up(name, body):
    """Yield a file's bytes, and those inside of it where it is packed."""
    yield name, body
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for inner in packed.namelist():
                yield from opened_up(f"{name}!{inner}", packed.read(inner))
    if name.endswith("cucumber.html"):
        yield f"{name}!messages", unpacked(body.decode()).encode()


def shapes(secret):
    """Return the bytes by which a secret would be found."""
    plain = secret.encode()
    yield plain
    yield secret.encode("utf-16-le")
    yield quote(secret).encode()
    yield "".join(f"\\u{ord(sign):04x}" for sign in secret).encode()
    for start in range(3):  # wherever it stands in what was encoded
        coded = base64.b64encode(b"x" * start + plain + b"x" * 3)
        yield coded[-(-8 * start // 6) : 8 * (start + len(plain)) // 6]


def test_no_secret_is_in_any_byte_of_any_format(folder):
    looked_at = {}
    for path in folder.rglob("*"):
        if path.is_file():
            looked_at |= dict(opened_up(str(path.relative_to(folder)), path.read_bytes()))
    names = {Path(name.rpartition("!")[2]).name for name in looked_at}
    expected = {"journal.ndjson", "index.html", "requirements.html", "cucumber.html", "messages"}
    expected |= {"messages.ndjson", "junit.xml", "report.xlsx", "sharedStrings.xml", "earl.jsonld"}
    expected |= {"scenarios.csv", "findings.csv", "report-single.html", "environment.properties"}
    assert expected | {"manifest.json", "statement.json", "versions.json"} <= names
    found = [
        (name, secret)
        for name, body in looked_at.items()
        for secret in SECRETS
        for shape in shapes(secret)
        if shape in body
    ]
    assert found == []
    # And what was planted did come: as its mask.
    for name in ("run/journal.ndjson", "run/junit.xml", "run/findings.csv", "run/earl.jsonld"):
        assert MASK.encode() in looked_at[name], name


def test_the_search_finds_what_is_there(tmp_path):
    """The control: in each packing, a secret that is there is found."""
    archive.write(tmp_path / "x.zip", {"a.txt": f"xx{PASSWORD}".encode()})
    inside = dict(opened_up("x.zip", (tmp_path / "x.zip").read_bytes()))
    assert any(shape in inside["x.zip!a.txt"] for shape in shapes(PASSWORD))
    for start in range(3):
        coded = base64.b64encode(b"y" * start + PASSWORD.encode() + b"yyyy")
        assert any(shape in coded for shape in shapes(PASSWORD))
