"""What declaration and list say by themselves is told by the preflight, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from otp_conformance.assets.pool.file import Pool, load_pool
from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.preflight.finding import Finding, Findings, State
from otp_conformance.preflight.written import tell_of
from otp_conformance.resources import fixtures_dir

REFERENCE = load(fixtures_dir() / "declarations" / "reference.toml")
LIST = """\
[defaults]
login_password = "env:A"
confirmation_password = "env:B"
seed = "env:C"
expires_at = 2031-03-31T23:59:00+09:00
"""


def one_date(folder: Path) -> Pool:
    text = LIST
    for number in range(2):
        text += f'[[customer]]\nlogin_id = "u{number}"\nstatus = "in_service"\ntoken = "{number}"\n'
        text += f'[[token]]\nserial = "{number}"\n'
    (folder / "pool.toml").write_text(text, encoding="utf-8")
    return load_pool(folder / "pool.toml")


def told(loaded: LoadedDeclaration, pool: Pool | None = None) -> list[Finding]:
    found: list[Finding] = []
    tell_of(Findings(found.append, lambda text: text), loaded, pool)
    return found


def test_nothing_is_told_of_what_is_as_it_should_be() -> None:
    assert told(REFERENCE) == []


def test_tokens_that_all_expire_on_one_day_are_noted(tmp_path: Path) -> None:
    (note,) = told(REFERENCE, one_date(tmp_path))
    assert note.state is State.NOTE
    assert "TOK-11/1" in note.observed


def test_a_file_that_is_not_there_is_wrong_and_looked_for_beside_the_declaration(
    tmp_path: Path,
) -> None:
    declared = REFERENCE.declaration
    tokens = declared.adapters.tokens.model_copy(update={"kind": "pskc", "file": "stock.xml"})
    adapters = declared.adapters.model_copy(update={"tokens": tokens})
    changed = declared.model_copy(update={"adapters": adapters})
    loaded = replace(REFERENCE, declaration=changed, path=tmp_path / "bank.toml")
    (wrong,) = told(loaded)
    assert (wrong.state, bool(wrong.fix)) == (State.WRONG, True)
    assert str(tmp_path / "stock.xml") in wrong.observed
    (tmp_path / "stock.xml").write_text("", encoding="utf-8")
    assert told(loaded) == []
