"""What the declaration and its list say by themselves, told beside what is seen."""

from __future__ import annotations

from otp_conformance.assets.pool.doubts import one_date
from otp_conformance.assets.pool.file import Pool
from otp_conformance.declaration.checks import missing_files, remarks
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.language import say
from otp_conformance.preflight.finding import Findings, State


def tell_of(findings: Findings, loaded: LoadedDeclaration, pool: Pool | None) -> None:
    """Tell of commands and files that are not there, and of what is meant by mistake as a rule."""
    area, named = say("宣言", "declaration"), say("コマンドとファイル", "commands and files")
    missing = tuple(missing_files(loaded.declaration, loaded.path.parent))
    for told in missing:
        fix = say("置き場所と権限を確かめてください。", "Look at the place and the rights.")
        findings.add(area, named, State.WRONG, told, fix)
    doubts = one_date(pool, loaded.declaration) if pool is not None else ()
    for told in (*remarks(loaded.declaration), *doubts):
        findings.note(area, say("書かれたもの", "as written"), told)
