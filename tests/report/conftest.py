from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.language import Text
from otp_conformance.report.build import build
from otp_conformance.specification.catalogue.model import Force, Requirement

ROOT = Path(__file__).parents[2]
JOURNALS = ROOT / "fixtures" / "journals"
KINDS = ("passed", "mixed", "cut-off")


class FakeCatalogue:
    """A few requirements, two of which no sample scenario touches."""

    manual = SimpleNamespace(title="手順書の題名")
    parameters: ClassVar[dict] = {}

    def __init__(self) -> None:
        rows = [
            ("TOK-03", "MUST NOT", "yes", "一度使ったOTPは二度と通用しない。"),
            ("ACT-21", "MUST", "yes", "OTPに使えるのは半角数字だけである。"),
            ("LGN-04", "MUST", "yes", "ログインパスワードと有効なOTPがそろえばログインできる。"),
            ("LGN-06", "MUST NOT", "yes", "誤ったOTPではログインできない。"),
            ("LGN-08", "MUST NOT", "yes", "使用済みのOTPではログインできない。"),
            ("LGN-09", "MUST", "yes", "OTPは毎回のログインで求められる。"),
            ("LGN-11", "MUST NOT", "with clock control", "期限の過ぎたOTPは通用しない。"),
            ("LGN-16", "MAY", "yes", "<b>太字ではない</b> & 危険な文字。"),
            ("CON-01", "informative", "not observable", "この文書は手引きである。"),
        ]
        self.requirements = {
            identifier: Requirement.model_construct(
                id=identifier,
                chapter=identifier[:3],
                section="ログインの節; 別の節",
                step="手順1; —",
                ja=ja,
                en=f"What {identifier} asks for.",
                basis="stated",
                kind="behaviour",
                ixit=(),
                force=Force(force),
                observability=observability,
            )
            for identifier, force, observability, ja in rows
        }

    def chapter_name(self, identifier: str) -> str:
        names = {
            "TOK": Text("トークン", "Token"),
            "ACT": Text("利用開始登録", "Activation"),
            "LGN": Text("ログイン", "Login"),
            "CON": Text("概要", "Overview"),
        }
        return str(names[identifier[:3]])


@pytest.fixture(scope="session")
def catalogue():
    return FakeCatalogue()


@pytest.fixture(scope="session")
def journals():
    return {kind: read(JOURNALS / kind / JOURNAL_FILE) for kind in KINDS}


@pytest.fixture(scope="session")
def built(tmp_path_factory, catalogue):
    """All reports of all sample runs: kind -> folder."""
    root = tmp_path_factory.mktemp("runs")
    folders = {}
    for kind in KINDS:
        folders[kind] = Path(shutil.copytree(JOURNALS / kind, root / kind))
        build(folders[kind], catalogue)
    return folders
