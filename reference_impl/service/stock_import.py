"""Putting the tokens of a PSKC file into stock, entry by entry."""

from __future__ import annotations

from sqlalchemy import Connection

from reference_impl.domain import inputs
from reference_impl.domain.words import Kind
from reference_impl.service.codes import SHORTEST_SECRET
from reference_impl.service.contract import ImportReport
from reference_impl.service.core import Core, audit
from reference_impl.service.pskc_file import BadEntry, Entry, Profile, read_entries
from reference_impl.store import tokens


def import_pskc(core: Core, actor: str, data: bytes, password: str | None) -> ImportReport:
    """Import hardware tokens; one Japanese line with the serial for each refused entry.

    StaffError if the file as a whole cannot be read.
    """
    profile = Profile(core.policy.otp_digits, core.policy.otp_step_seconds)
    entries = read_entries(data, password, profile)

    def work(connection: Connection) -> ImportReport:
        refused: list[str] = []
        imported = 0
        for number, entry in enumerate(entries, start=1):
            why = _store(core, connection, entry)
            if why is None:
                imported += 1
            else:
                refused.append(f"{number}件目（シリアル番号 {_shown(entry.serial)}）：{why}")
        detail = f"imported {imported}, refused {len(refused)}"
        audit(connection, core.now(), actor, "import", "stock", detail)
        return ImportReport(imported, tuple(refused))

    return core.store.write(work)


def _store(core: Core, connection: Connection, entry: Entry | BadEntry) -> str | None:
    """Store one entry, or return why not."""
    if isinstance(entry, BadEntry):
        return entry.why
    policy = core.policy
    if not inputs.is_serial(entry.serial, policy):
        return f"シリアル番号が半角数字{policy.serial_min}～{policy.serial_max}桁ではありません。"
    if len(entry.secret) < SHORTEST_SECRET:
        return f"シードが短すぎます（{SHORTEST_SECRET}バイト以上が必要です）。"
    if entry.expires_at <= core.now():
        return "有効期限が過ぎています。"
    if tokens.by_serial(connection, entry.serial) is not None:
        return "既に登録されています。"
    tokens.add(
        connection,
        serial=entry.serial,
        kind=Kind.HARDWARE,
        expires_at=entry.expires_at,
        sealed=core.store.seal.close(entry.secret),
    )
    return None


def _shown(serial: str) -> str:
    """Return the serial for a message; it comes from a file and may be anything."""
    text = "".join(char if char.isprintable() else "�" for char in serial[:32])
    return text or "なし"
