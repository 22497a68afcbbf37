"""Notices to customers as mails in a folder: one file each (IX-46)."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from pathlib import Path

from otp_conformance.deployment.sut import Outbox
from otp_conformance.verdict.outcome import EnvironmentTrouble

_TO = ("to", "cc", "bcc", "delivered-to", "x-original-to")


def mailed(folder: Path, recipient: str) -> Outbox:
    """Return what reads the subjects of the mails to a customer, oldest first.

    ``recipient``: the address, ``{login_id}`` filled in. Sub-folders (new and cur of a
    Maildir) count; whatever holds no address is passed over. Raises `EnvironmentTrouble`
    where there is no such folder.
    """

    def subjects(login_id: str) -> tuple[str, ...]:
        if not folder.is_dir():
            raise EnvironmentTrouble(
                expected=f"通知のフォルダー {folder.name} を読めること",
                observed="フォルダーがありません",
                hint="宣言の adapters.outbox.folder と、メールの置き場所を確かめてください。",
            )
        wanted = recipient.replace("{login_id}", login_id).casefold()
        files = sorted(
            (path for path in folder.rglob("*") if path.is_file()),
            key=lambda path: (path.stat().st_mtime_ns, path.name),
        )
        mails = (message_from_bytes(path.read_bytes(), policy=default) for path in files)
        return tuple(str(mail["subject"] or "") for mail in mails if wanted in _addresses(mail))

    return subjects


def _addresses(mail: EmailMessage) -> Iterator[str]:
    fields = [str(value) for name in _TO for value in mail.get_all(name, [])]
    yield from (address.casefold() for _, address in getaddresses(fields))
