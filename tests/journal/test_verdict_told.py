"""A system that repeats what is typed, in all shapes: nothing that the suite writes has any."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from otp_conformance.deployment.masked_log import MaskedLog
from otp_conformance.journal.masking import MASK, Masker
from otp_conformance.specification.selection import Selection
from workshop.faults.runs import carry_out, write_declaration
from workshop.variants.shapes import SHAPES

CODE, PASSWORD = "482913", "Tq7rWm2xKe9P"


@pytest.fixture
def known() -> Masker:
    masker = Masker()
    masker.add(CODE, PASSWORD)
    return masker


@pytest.mark.parametrize("secret", [CODE, PASSWORD])
def test_a_log_masks_what_several_lines_tell_together(
    tmp_path: Path, known: Masker, secret: str
) -> None:
    file = tmp_path / "sut.log"
    file.write_text("前の実行\n", encoding="utf-8")
    log = MaskedLog(file, known)
    for _ in range(30):
        for shape in SHAPES.values():
            for line in f"値\n{shape(secret)}\n".splitlines(keepends=True):
                log.write(line)
    log.close()
    told = file.read_text(encoding="utf-8")
    assert told.startswith("前の実行\n値\n")
    assert known.mask(told) == told
    assert told.count(MASK) >= 30 * (len(SHAPES) - 2)  # two may stand together


def test_a_log_without_secrets_is_the_output(tmp_path: Path, known: Masker) -> None:
    lines = [f"{n} GET /top 200\n" for n in range(300)] + ["終わり"]
    log = MaskedLog(tmp_path / "sut.log", known)
    for line in lines:
        log.write(line)
        assert (tmp_path / "sut.log").read_text(encoding="utf-8").endswith(line)
    log.close()
    assert (tmp_path / "sut.log").read_text(encoding="utf-8") == "".join(lines)


@pytest.mark.bank
def test_what_a_system_repeats_stands_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tmp_path / "told"
    monkeypatch.setenv("OTP_TOLD_SECRETS", str(found))
    declaration = write_declaration(tmp_path)
    text = declaration.read_text(encoding="utf-8")
    declaration.write_text(
        text.replace('"reference_impl"', '"workshop.variants.telling_secrets"'), encoding="utf-8"
    )
    result = carry_out(
        declaration, tmp_path / "reports", selection=Selection(ids=("LGN-04/1",)), reports=True
    )
    secrets = set(found.read_text(encoding="utf-8").split())
    assert len(secrets) >= 2
    masker = Masker()
    masker.add(*secrets)
    written = [
        p for p in result.run_dir.rglob("*") if p.suffix in {".ndjson", ".xml", ".html", ".log"}
    ]
    assert len(written) >= 6
    for file in written:
        content = file.read_text(encoding="utf-8")
        if file.name == "cucumber.html":  # the rest is the page's own script
            content = "\n".join(line for line in content.splitlines() if line.startswith('{"'))
        if file.name == "requirements.html":
            content = re.sub(r"(?s)<(script|style).*?</\1>", "", content)
        for line in content.splitlines():
            for secret in secrets:
                for shape in SHAPES.values():
                    assert shape(secret) not in line, (file.name, line[:80])
    assert (result.run_dir / "sut.log").read_text(encoding="utf-8").count(MASK) > len(SHAPES)
