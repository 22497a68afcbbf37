"""The catalogue is whole, and every broken copy gets one clear error."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from otp_conformance.language import speaking
from otp_conformance.resources import features_dir
from otp_conformance.specification.catalogue.errors import CatalogueError
from otp_conformance.specification.catalogue.model import Catalogue, Force
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.manual import load as load_manual
from otp_conformance.specification.requirements import load

FOLDER = features_dir()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(bundled())


def test_every_word_of_the_glossary_is_explained_in_japanese(catalogue: Catalogue) -> None:
    assert [t.ja for t in catalogue.glossary if not re.search("[ぁ-ん]", t.note)] == []


def test_header(catalogue: Catalogue) -> None:
    assert catalogue.id == "yamagata-chuo-hw-otp-2019-10-21"
    assert catalogue.version == "1.0.1"
    assert catalogue.manual.date == date(2019, 10, 21)


def test_counts(catalogue: Catalogue) -> None:
    force = Counter(item.force for item in catalogue.requirements.values())
    assert len(catalogue.requirements) == 257
    assert [force[f] for f in (Force.MUST, Force.MUST_NOT, Force.MAY, Force.INFORMATIVE)] == [
        153,
        54,
        18,
        32,
    ]
    assert len(catalogue.ambiguities) == 61
    assert len(catalogue.parameters) == 48


def test_rows_of_each_chapter(catalogue: Catalogue) -> None:
    rows = {chapter: len(catalogue.in_chapter(chapter)) for chapter in catalogue.chapters}
    assert rows == {
        "CON": 22,
        "TOK": 15,
        "ISS": 27,
        "SHP": 6,
        "ACT": 40,
        "LGN": 16,
        "LCK": 20,
        "DEA": 29,
        "RIS": 6,
        "SWT": 14,
        "SCR": 62,
    }


def test_words(catalogue: Catalogue) -> None:
    assert catalogue.chapter_name("LCK") == "認証の停止と解除"
    assert catalogue.chapter_name("LCK-01") == "認証の停止と解除"
    with speaking("en"):
        assert catalogue.chapter_name("ACT-40") == "Activation"
        assert catalogue.requirements["TOK-08"].text.isascii()
    with pytest.raises(KeyError):
        catalogue.chapter_name("XXX-01")


def test_one_word_for_one_thing(catalogue: Catalogue) -> None:
    for item in catalogue.requirements.values():
        assert not [word for word in ("利用者", "お客様", "ロック") if word in item.ja], item.id
    assert any("お客さま" in item.ja for item in catalogue.requirements.values())


def test_every_reading_is_one_japanese_sentence(catalogue: Catalogue) -> None:
    for item in catalogue.ambiguities.values():
        assert item.reading_ja.count("。") == 1, item.id
        assert item.reading_ja.endswith("。"), item.id


def test_windows_line_ends_are_no_change(tmp_path: Path) -> None:
    copy = _copy(tmp_path)
    for path in [*copy.glob("*.toml"), *(copy / "requirements").iterdir()]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(load(load_manual(copy)).requirements) == 257


def _copy(tmp_path: Path) -> Path:
    copy = tmp_path / "manual"
    shutil.copytree(FOLDER, copy)
    return copy


def _path(copy: Path, file: str) -> Path:
    return copy / file if file == "manual.toml" else copy / "requirements" / file


# (what is wrong, file, text replaced, replacement, place named, word in the message)
CASES = [
    ("row gone", "requirements.csv", "\nTOK-02,", "\nTOK-03,", "TOK-03", "TOK-02"),
    ("row twice", "requirements.csv", "\nTOK-02,", "\nTOK-01,", "TOK-01", "重複"),
    ("bad id", "requirements.csv", "\nTOK-02,", "\nTOK-2,", "TOK-2", "id"),
    ("unknown chapter", "requirements.csv", "\nTOK-01,", "\nTIK-01,", "TIK-01", "分野"),
    ("other chapter", "requirements.csv", "\nTOK-02,TOK", "\nTOK-02,ISS", "TOK-02", "ISS"),
    ("unknown force", "requirements.csv", "MUST NOT", "MUSTNOT", "(CON-22)", "force"),
    ("bad lines", "requirements.csv", "L3-5", "3-5", "2 (CON-01)", "lines"),
    (
        "wording empty",
        "requirements.csv",
        "手順書の日付は2019年（令和元年）10月21日である。",
        "",
        "3 (CON-02)",
        "ja",
    ),
    ("column gone", "requirements.csv", "policy,informative", "informative", "2 (CON-01)", "12"),
    ("header", "requirements.csv", "id,chapter", "id,area", "1", "見出し"),
    ("open quote", "requirements.csv", "表紙,—,L3-5", '"表紙,—,L3-5', "requirements.csv", "CSV"),
    (
        "reference to nothing",
        "requirements.csv",
        "not observable,,IX-01",
        "not observable,AMB-99,IX-01",
        "CON-01",
        "AMB-99",
    ),
    ("reference one way", "requirements.csv", "AMB-42,IX-01", ",IX-01", "AMB-42", "CON-02"),
    (
        "parameter one way",
        "requirements.csv",
        "not observable,,IX-01",
        "not observable,,",
        "IX-01",
        "CON-01",
    ),
    (
        "wording changed",
        "requirements.csv",
        "手順書の日付",
        "手引の日付",
        "sha256.requirements.csv",
        "版",
    ),
    ("entry gone", "ambiguities.toml", 'id = "AMB-07"', 'id = "AMB-70"', "AMB-70", "AMB-07"),
    ("unknown type", "ambiguities.toml", 'type = "OCR"', 'type = "ORC"', "AMB-01", "type"),
    ("no reading", "ambiguities.toml", "reading_ja =", "reading_jp =", "AMB-01", "reading_ja"),
    (
        "row of nothing",
        "ambiguities.toml",
        '"SCR-05", "SCR-07"',
        '"SCR-05", "SCR-99"',
        "SCR-07",
        "AMB-01",
    ),
    (
        "parameter of nothing",
        "ambiguities.toml",
        'ixit = ["IX-02"]',
        'ixit = ["IX-99"]',
        "AMB-04",
        "IX-99",
    ),
    (
        "reading changed",
        "ambiguities.toml",
        "とみなし、",
        "とし、",
        "sha256.ambiguities.toml",
        "版",
    ),
    ("syntax", "ambiguities.toml", "[[ambiguity]]", "[[ambiguity]", "ambiguities.toml", "TOML"),
    (
        "other table",
        "ambiguities.toml",
        "[[ambiguity]]",
        "[[ambiguities]]",
        "ambiguities",
        "ambiguity",
    ),
    ("parameter row", "parameters.toml", '"CON-01", ', "", "CON-01", "IX-01"),
    (
        "default changed",
        "parameters.toml",
        "60 (stated",
        "30 (stated",
        "sha256.parameters.toml",
        "版",
    ),
    (
        "term without english",
        "glossary.toml",
        'en = "token, OTP authenticator"',
        "",
        "トークン",
        "en",
    ),
    ("count", "manual.toml", "MUST = 153", "MUST = 154", "counts.MUST", "153"),
    ("version", "manual.toml", '"1.0.1"', '"1"', "manual.toml", "version"),
    ("date", "manual.toml", "date = 2019-10-21", 'date = "soon"', "manual.toml", "date"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "word"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_broken_copy_gets_a_clear_error(
    tmp_path: Path, file: str, old: str, new: str, place: str, word: str
) -> None:
    copy = _copy(tmp_path)
    text = _path(copy, file).read_text(encoding="utf-8")
    assert old in text
    _path(copy, file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(load_manual(copy))
    first = str(caught.value.faults[0])
    assert place in first
    assert word in first
    assert len(caught.value.faults) <= 2


@pytest.mark.parametrize(
    "file",
    ["requirements.csv", "ambiguities.toml", "parameters.toml", "glossary.toml", "manual.toml"],
)
def test_files_that_cannot_be_read(tmp_path: Path, file: str) -> None:
    copy = _copy(tmp_path)
    path = _path(copy, file)
    original = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + original)
    with pytest.raises(CatalogueError, match="BOM"):
        load(load_manual(copy))
    path.write_bytes("題".encode("shift_jis") + original)
    with pytest.raises(CatalogueError, match="UTF-8"):
        load(load_manual(copy))
    path.unlink()
    with pytest.raises(CatalogueError, match=file):
        load(load_manual(copy))
