"""Whether a bundle is what it says: looked at without the product, the network or the maker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from otp_conformance.errors import EvidenceError
from otp_conformance.handover.contents import (
    ENVELOPE,
    MANIFEST,
    OF_THE_BUNDLE,
    STATEMENT,
    UNLISTED,
    VERSIONS,
    Manifest,
    Reporter,
    copy_run,
    digest,
    pictures,
    told,
    versions,
)
from otp_conformance.handover.keys import is_by, opened
from otp_conformance.handover.statement import canonical
from otp_conformance.journal.evidence import flaws
from otp_conformance.journal.journal import JOURNAL_FILE, Journal, JournalError, read
from otp_conformance.language import Text
from otp_conformance.leftovers import private_folder
from otp_conformance.report.gherkin_ast import ReportError
from otp_conformance.report.results import RunResults, results
from otp_conformance.verdict.exit_codes import ExitCode

_MOST_NAMED = 10


class State(Enum):
    """How a part of a bundle was found."""

    GOOD = "good"
    REMARK = "remark"
    OPEN = "open"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what was found."""

    state: State
    text: Text


@dataclass(frozen=True)
class Verified:
    """All findings about a bundle; ``run`` is None where its journal cannot be believed."""

    findings: tuple[Finding, ...]
    run: RunResults | None

    @property
    def exit_code(self) -> ExitCode:
        """5 where something is not as it was, 3 where something cannot be said, else 0."""
        states = {finding.state for finding in self.findings}
        if State.BAD in states:
            return ExitCode.EVIDENCE
        return ExitCode.INCONCLUSIVE if State.OPEN in states else ExitCode.PASS


Reporters = Callable[[Journal], Reporter]
"""Returns what a journal's reports are built with: it tells the set of requirements."""


def verify(
    folder: Path, names: frozenset[str], reporters: Reporters, key: Ed25519PublicKey | None
) -> Verified:
    """Return what is found of a bundle that was unpacked into a folder; ``names``: its files.

    Everything that can be looked at is, whatever was found before.
    """
    findings, manifest = _contents(folder, names)
    journal = _journal(folder, names)
    if isinstance(journal, Finding):
        signature = _signature(folder, names, None, key)
        return Verified((*findings, journal, *signature), None)
    reporter = reporters(journal)
    run = results(journal, reporter.catalogue)
    findings += _completeness(journal)
    findings += _pictures(folder, names, journal)
    findings += _derived(folder, names, journal, reporter, manifest)
    said = told(run, (folder / MANIFEST).read_bytes()) if MANIFEST in names else None
    findings += _signature(folder, names, said, key)
    return Verified(tuple(findings), run)


def _contents(folder: Path, names: frozenset[str]) -> tuple[list[Finding], Manifest | None]:
    """Compare the files with the manifest."""
    if MANIFEST not in names:
        return [_bad("目録 manifest.json がありません", "there is no manifest.json")], None
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except ValidationError:
        return [_bad("目録 manifest.json を読めません", "manifest.json cannot be read")], None
    listed = manifest.files
    missing = sorted(set(listed) - names)
    extra = sorted(names - set(listed) - UNLISTED)
    changed = sorted(
        name
        for name in names & set(listed)
        if digest((folder / name).read_bytes()) != listed[name].sha256
    )
    found = [
        _bad(f"{ja}: {_named(those)}", f"{en}: {_named(those)}")
        for those, ja, en in (
            (changed, "目録の SHA-256 と合わないファイル", "not as the manifest has it (SHA-256)"),
            (missing, "目録にあって入っていないファイル", "in the manifest and not there"),
            (extra, "目録にないファイル", "there and not in the manifest"),
        )
        if those
    ]
    many = len(listed)
    good = _good(f"内容は目録どおりです（{many} ファイル）", f"contents as listed ({many} files)")
    return found or [good], manifest


def _journal(folder: Path, names: frozenset[str]) -> Journal | Finding:
    """Read the journal: its verdicts follow from its checks, or it is not read."""
    if JOURNAL_FILE not in names:
        return _bad("実行記録がありません", "there is no journal")
    try:
        return read(folder / JOURNAL_FILE)
    except JournalError as error:
        where = f"{error.line} 行目" if error.line else "全体"
        return _bad(
            f"実行記録を信用できません（{where}）: {error.problem}",
            f"the journal cannot be believed (line {error.line}): {error.problem}",
        )


def _completeness(journal: Journal) -> Iterator[Finding]:
    """Tell a whole run from one that was cut off, lost lines, or chose some scenarios."""
    planned = len(journal.planned)
    yield _good(
        f"判定はすべて、記録された確認の結果から導かれます（{planned} シナリオ）",
        f"every verdict follows from the checks recorded ({planned} scenarios)",
    )
    if journal.cut_off:
        ended = sum(
            any(attempt.finished for attempt in journal.attempts.get(name, {}).values())
            for name in journal.planned
        )
        yield _open(
            f"途中で終わった実行です: {planned} シナリオのうち、終わったものは {ended}",
            f"the run was cut off: {ended} of {planned} scenarios ended",
        )
    if journal.unplanned:
        yield _open(
            f"計画の行が {journal.unplanned} シナリオ分、欠けています",
            f"the plan lacks the lines of {journal.unplanned} scenarios",
        )
    if journal.header.partial:
        yield _remark(
            f"一部だけを選んだ実行です（{journal.header.selection}）。全体の判定ではありません",
            f"a selection was run ({journal.header.selection}): no verdict on the whole",
        )


def _pictures(folder: Path, names: frozenset[str], journal: Journal) -> Iterator[Finding]:
    """Compare the pictures with the digests in the journal, and look for those of nobody."""
    named = pictures(journal)
    found = flaws(folder, journal)
    if found:
        ja = sorted({f"{flaw.evidence.file}（{flaw.why.ja}）" for flaw in found})
        en = sorted({f"{flaw.evidence.file} ({flaw.why.en})" for flaw in found})
        yield _bad(
            f"記録したときのままでない画像: {_named(ja)}",
            f"pictures that are not those that were taken: {_named(en)}",
        )
    elif named:
        yield _good(
            f"画像 {len(named)} 枚は記録したときのままです",
            f"{len(named)} pictures are those that were taken",
        )
    if nobodys := sorted(n for n in names if "/" in n and n not in named):
        yield _bad(
            f"実行記録が挙げていないファイル: {_named(nobodys)}",
            f"files that the journal does not name: {_named(nobodys)}",
        )


def _derived(
    folder: Path,
    names: frozenset[str],
    journal: Journal,
    reporter: Reporter,
    manifest: Manifest | None,
) -> Iterator[Finding]:
    """Build the reports from the journal anew and compare them."""
    flawed = flaws(folder, journal)
    if flawed:
        yield _open(
            "画像が欠けているため、報告書を作り直して比べることはできません",
            "without all pictures the reports cannot be built anew and compared",
        )
        return
    try:
        with private_folder() as again:
            copy_run(folder, again, journal)
            built = {path.name: path.read_bytes() for path in reporter.build(again)}
    except ReportError as error:
        yield _bad(f"報告書を作れません: {error}", f"no reports can be built: {error}")
        return
    built[VERSIONS] = canonical(versions(journal))
    there = {name for name in names if "/" not in name} - OF_THE_BUNDLE | {VERSIONS}
    differing = sorted(
        name
        for name in there | set(built)
        if name not in built or name not in names or (folder / name).read_bytes() != built[name]
    )
    if not differing:
        yield _good(
            f"報告書 {len(built)} 件は、実行記録から作り直したものと一致します",
            f"{len(built)} reports are what the journal comes to, built anew",
        )
    elif manifest is not None and manifest.maker != reporter.digest:
        yield _open(
            "報告書は、このスイートと違う版で作られたため、作り直して比べることができません: "
            f"{_named(differing)}",
            "the reports were made by another version of the suite and cannot be compared: "
            f"{_named(differing)}",
        )
    else:
        yield _bad(
            f"実行記録から作り直したものと違う報告書: {_named(differing)}",
            f"reports that do not follow from the journal: {_named(differing)}",
        )


def _signature(
    folder: Path, names: frozenset[str], said: bytes | None, key: Ed25519PublicKey | None
) -> Iterator[Finding]:
    """Look at who says what; ``said``: what the bundle's run and manifest come to."""
    if ENVELOPE in names:
        try:
            envelope = opened((folder / ENVELOPE).read_bytes())
        except ValueError:
            yield _bad(f"署名 {ENVELOPE} を読めません", f"the signature {ENVELOPE} cannot be read")
            return
        payload: bytes | None = envelope.payload
        if key is None:
            yield _open(
                "署名があります。確かめるには、作成者から別に受け取った公開鍵を --key で"
                "指定してください",
                "it is signed; to check that, name the maker's public key, got by another way, "
                "with --key",
            )
        elif is_by(envelope, key):
            yield _good("署名は、指定した鍵のものです", "the signature is by the key given")
        else:
            yield _bad(
                "署名は、指定した鍵のものではありません（鍵が違うか、署名のあとで変えられました）",
                "the signature is not by the key given (another key, or changed after signing)",
            )
    else:
        payload = (folder / STATEMENT).read_bytes() if STATEMENT in names else None
        unsigned = (
            "署名がありません。だれが作ったかは分からず、全体を作り直したものでないとは言えません",
            "it is not signed: nothing shows who made it, or that it was not made anew as a whole",
        )
        yield _open(*unsigned) if key is None else _bad(*unsigned)
    if payload is None:
        yield _bad(f"陳述 {STATEMENT} がありません", f"there is no {STATEMENT}")
    elif payload != said if said else not _speaks_of(payload, folder, names):
        yield _bad(
            "陳述（in-toto Statement）が、実行記録と目録から導かれるものと違います",
            "the in-toto Statement is not what the journal and the manifest come to",
        )


def _speaks_of(payload: bytes, folder: Path, names: frozenset[str]) -> bool:
    """Tell whether a statement names the manifest as it is, where no more can be compared."""
    return MANIFEST in names and digest((folder / MANIFEST).read_bytes()).encode() in payload


def require_bundle(folder: Path, names: frozenset[str]) -> None:
    """Raise `EvidenceError` for a zip that has nothing of a bundle."""
    if not names & {MANIFEST, JOURNAL_FILE}:
        raise EvidenceError(
            f"{folder.name}: 証拠一式ではありません（目録も実行記録もありません）。"
            "otp-conformance bundle で作ったファイルを指定してください。",
            f"{folder.name} is no bundle: neither manifest nor journal. "
            "Name a file made by otp-conformance bundle.",
        )


def _named(those: list[str]) -> str:
    rest = len(those) - _MOST_NAMED
    return ", ".join(those[:_MOST_NAMED]) + (f" … +{rest}" if rest > 0 else "")


def _good(ja: str, en: str) -> Finding:
    return Finding(State.GOOD, Text(ja, en))


def _remark(ja: str, en: str) -> Finding:
    return Finding(State.REMARK, Text(ja, en))


def _open(ja: str, en: str) -> Finding:
    return Finding(State.OPEN, Text(ja, en))


def _bad(ja: str, en: str) -> Finding:
    return Finding(State.BAD, Text(ja, en))
