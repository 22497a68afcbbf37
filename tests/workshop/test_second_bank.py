"""Nothing in the suite depends on the reference bank's HTML, words or flow."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from otp_conformance.assets.pool.file import load_pool
from otp_conformance.declaration.load import load
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Verdict
from workshop import second_bank
from workshop.faults.runs import carry_out
from workshop.second_bank.seed import seed

HERE = Path(second_bank.__file__).parent
DEV, REAL = HERE / "dev.toml", HERE / "declaration.toml"

# Of most chapters, and what is hard with a single-page client: requests rewritten,
# doubled and sent again, Back, an address opened directly, a double click, keys.
SCENARIOS = (
    "LGN-05/3",
    "TOK-03/1",
    "DEA-14/2",
    "SHP-06/1",
    "CON-09/2",
    "CON-09/3",
    "DEA-24/1",
    "ACT-31/1",
    "CON-08/2",
    "ACT-25/2",
    "DEA-14/5",
    "LGN-15/2.1",
)


def test_both_declarations_differ_in_the_adapters_only() -> None:
    dev = tomllib.loads(DEV.read_text(encoding="utf-8"))
    real = tomllib.loads(REAL.read_text(encoding="utf-8"))
    for declared in (dev, real):
        del declared["adapters"], declared["sut"]["start"]
    assert dev == real


def test_hardly_a_word_is_the_reference_banks() -> None:
    labels = load(REAL).declaration.labels
    shared = {
        key.partition(".")[0]
        for key, texts in labels.items()
        if texts == bundled().labels[key] and texts
    }
    # Staff have no screens, there is no second login page and no screen ID; the
    # rest are key terms of sentences, which come in many wordings already.
    terms = {"notice", "message", "hint", "field", "refusal", "login_id", "agreement"}
    assert shared <= {"staff", "login_otp", "screen_id"} | terms


def test_a_seeded_pool_is_what_the_suite_reads(tmp_path: Path) -> None:
    pool = load_pool(seed(tmp_path / "pool", 1))
    assert pool.entries
    assert pool.spare
    with pytest.raises(FileExistsError):
        seed(tmp_path / "pool", 1)


@pytest.mark.browser
def test_scenarios_pass_on_a_single_page_client(tmp_path: Path) -> None:
    result = carry_out(
        DEV,
        tmp_path / "reports",
        selection=Selection(ids=SCENARIOS),
        agent=AgentKind.BROWSER,
    )
    journal = result.journal
    ends = [(p.name, journal.outcome(i)) for i, p in journal.planned.items()]
    wrong = [
        f"{end.verdict.value}: {name}: {end.expected} / {end.observed}"
        for name, end in ends
        if end.verdict is not Verdict.PASS
    ]
    assert wrong == []
    assert len(ends) >= 10
