"""``otp-conformance bundle`` and ``verify``: a run as one file, and whether it is what it says."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import click

from otp_conformance.cli import bundle as parts
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import manual_option
from otp_conformance.cli.console import echo
from otp_conformance.cli.summary import print_summary
from otp_conformance.errors import UnrecordableError, UsageError
from otp_conformance.handover import archive, contents
from otp_conformance.handover.keys import private_key, public_key
from otp_conformance.handover.verify import State, require_bundle
from otp_conformance.handover.verify import verify as verify_bundle
from otp_conformance.journal.journal import Journal
from otp_conformance.language import Text, say
from otp_conformance.leftovers import private_folder
from otp_conformance.report.gherkin_ast import ReportError
from otp_conformance.run.folder import find_run, require_intact
from otp_conformance.verdict.exit_codes import ExitCode

_MARKS = {
    State.GOOD: ("○", "green"),
    State.REMARK: ("！", None),
    State.OPEN: ("△", "yellow"),
    State.BAD: ("×", "red"),
}


@click.command(
    "bundle",
    cls=BilingualCommand,
    text=Text(
        "実行の記録、報告書、画像を、渡した相手が確かめられる一つのファイル（zip）にまとめます。",
        "Pack a run (journal, reports, pictures) into one file (zip) that others can check.",
    ),
)
@click.argument("run_dir", metavar="RUN")
@option(
    "--output",
    metavar="FILE",
    ja="書き出すファイル（既定は、実行フォルダーと同じ名前の .zip）。",
    en="The file to write (default: named like the run's folder, .zip).",
)
@option(
    "--key",
    metavar="KEY",
    ja="署名に使う Ed25519 の秘密鍵（PEM）。ファイル、env:名前、command:コマンド のどれか。",
    en="Private Ed25519 key (PEM) to sign with: a file, env:NAME or command:WORDS.",
)
@option(
    "--declaration",
    metavar="FILE",
    ja="実行に使った実装宣言。有効な値を入れます（秘密の値は参照のまま）。",
    en="The declaration of the run: its values in force go in, secrets as references only.",
)
@manual_option
@common_options
def bundle(
    run_dir: str,
    output: str | None,
    key: str | None,
    declaration: str | None,
    manual_folder: str | None,
) -> int:
    """Write the bundle; refuse a run whose evidence is not as it was recorded."""
    signing = None if key is None else private_key(key, os.environ)
    found = find_run(run_dir, Path("reports"))
    require_intact(found)
    target = Path(output) if output else found.run_dir.with_name(f"{found.run_dir.name}.zip")
    try:
        held = contents.gather(
            found.run_dir,
            found.journal,
            _reporter(found.journal, manual_folder),
            declared=_declared(found.journal, declaration, manual_folder),
            key=signing,
        )
        archive.write(target, held)
    except ReportError as error:
        raise UsageError(str(error), str(error)) from error
    except OSError as error:
        raise UnrecordableError(target.parent, error) from error
    _tell(target, len(held), signed=signing is not None)
    return ExitCode.PASS


def _tell(target: Path, many: int, *, signed: bool) -> None:
    body = target.read_bytes()
    size = f"{len(body) / 1e6:.1f} MB"
    echo(say(f"{target}（{many} ファイル、{size}）", f"{target} ({many} files, {size})"))
    echo(f"SHA-256: {hashlib.sha256(body).hexdigest()}")
    if signed:
        echo(
            say(
                "署名しました。公開鍵は、この証拠一式とは別の経路で渡してください。",
                "Signed. Hand the public key over by another way than the bundle.",
            )
        )
    else:
        echo(
            say(
                "署名していません。だれが作ったかを示すには --key を付けてください。",
                "Not signed: use --key to show who made it.",
            ),
            "yellow",
        )


def _declared(
    journal: Journal, given: str | None, manual_folder: str | None
) -> dict[str, object] | None:
    """Return the declared values in force, None where the declaration is not at hand.

    Raises `UsageError` for another declaration than the run's.
    """
    file = Path(given) if given else parts.builtin_declaration()
    header = journal.header
    ours = file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest()
    if ours == header.declaration_sha256:
        return dict(parts.load_declaration(str(file), manual_folder, header.set).effective())
    if given is None:
        return None
    parts.load_declaration(given, manual_folder, header.set)  # says what is wrong with the file
    raise UsageError(
        f"{given} は、実行 {header.run_id} の実装宣言（{header.declaration_file}、SHA-256 "
        f"{header.declaration_sha256[:12]}…）と違います。実行したときのファイルを指定してください。",
        f"{given} is not the declaration of run {header.run_id} ({header.declaration_file}, "
        f"SHA-256 {header.declaration_sha256[:12]}…). Name the file as it was then.",
    )


@click.command(
    "verify",
    cls=BilingualCommand,
    text=Text(
        "証拠一式（bundle で作った zip）が、書かれたときのままで、つじつまが合うかを確かめます。",
        "Check that a bundle is as it was made, and that everything in it follows.",
    ),
)
@click.argument("file", metavar="BUNDLE")
@option(
    "--key",
    metavar="PUBLIC",
    ja="作成者の公開鍵（Ed25519、PEM）。ファイルか env:名前。",
    en="The maker's public key (Ed25519, PEM): a file or env:NAME.",
)
@manual_option
@common_options
def verify(file: str, key: str | None, manual_folder: str | None) -> int:
    """Print what was found of a bundle, line by line."""
    known = None if key is None else public_key(key, os.environ)
    with private_folder() as folder:
        names = archive.unpack(Path(file), folder / "bundle")
        require_bundle(Path(file), names)
        found = verify_bundle(
            folder / "bundle", names, lambda journal: _reporter(journal, manual_folder), known
        )
        if found.run is not None:
            print_summary(found.run.journal, _reporter(found.run.journal, manual_folder).catalogue)
            echo("")
    for finding in found.findings:
        mark, colour = _MARKS[finding.state]
        echo(f"{mark} {finding.text}", colour)
    return _conclude(found.exit_code)


def _conclude(code: ExitCode) -> int:
    ends = {
        ExitCode.PASS: Text("証拠一式は確かです。", "The bundle holds."),
        ExitCode.INCONCLUSIVE: Text(
            "合わないところはありませんが、確かめられないことがあります（△）。",
            "Nothing contradicts, but something cannot be told (△).",
        ),
        ExitCode.EVIDENCE: Text(
            "証拠一式は、作られたときのままではありません（×）。",
            "The bundle is not as it was made (×).",
        ),
    }
    echo("")
    echo(str(ends[code]), bold=True)
    return code


def _reporter(journal: Journal, manual_folder: str | None) -> contents.Reporter:
    """Return what a run's reports are built with, as `report` builds them."""
    manual = parts.manual_in(manual_folder, journal.header.set)
    return contents.Reporter(
        parts.catalogue(manual), {"teeth": parts.teeth(), "reference": parts.reference()}
    )
