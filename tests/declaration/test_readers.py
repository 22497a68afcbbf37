"""What is declared is read: each key steers a judgement, a screen or an adapter."""

from __future__ import annotations

import re

import pytest
import readers
from otp_conformance.declaration.labels import DEFAULT_LABELS

# Texts that nobody looks for on a screen; they go when the labels become data of the manual.
UNREAD_LABELS = {
    "hint.alphanumeric",
    "field.required",
    "staff.logout_button",
    "staff.stock_link",
    "staff.stock_import",
    "staff.customer_name",
    "staff.customer_address",
    "staff.status",
    "staff.audit_link",
}

READ = readers.readers()
KEYS = dict(readers.keys())


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_reader(key: str) -> None:
    rooms = READ.get(KEYS[key], set())
    print(f"{key}: {', '.join(sorted(rooms)) or readers.BY_THE_LOADER.get(key, 'nobody')}")
    assert rooms or key in readers.BY_THE_LOADER, (
        f"{key} is declared and nobody reads it: give it a reader, or delete it with its mention "
        "in the documents and say in declaration/removed.py what became of it"
    )


def test_a_key_that_nobody_reads_is_found() -> None:
    section, _ = KEYS["effect.latency_seconds"]
    assert (section, "not_there") not in READ


def test_every_label_is_named_in_a_room_that_looks_at_screens() -> None:
    patterns = [re.compile(pattern) for pattern in readers.label_rooms()]
    unread = {k for k in DEFAULT_LABELS if not any(p.fullmatch(k) for p in patterns)}
    assert unread == UNREAD_LABELS
