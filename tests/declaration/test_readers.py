"""What is declared is read: each key steers a judgement, a screen or an adapter."""

from __future__ import annotations

import re

import pytest
import readers

from otp_conformance.specification.manual import bundled

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


def _looked_for() -> set[str]:
    """Return the label keys that the manual's screens and items look for."""
    manual = bundled()
    found = {key for item in manual.items.values() for key in item.label_keys()}
    for screen in (*manual.screens.values(), *manual.staff_screens.values()):
        found |= {screen.title_key, screen.submit, *screen.fields, *screen.buttons, *screen.facts}
        found |= {*screen.stages, *screen.not_asked}
        found |= {key for sentence in screen.told_whole for key in sentence}
    return found | set(manual.refusals.values())


def test_every_label_is_looked_for_on_a_screen() -> None:
    patterns = [re.compile(pattern) for pattern in readers.label_rooms()]
    left = set(bundled().labels) - _looked_for()
    assert {k for k in left if not any(p.fullmatch(k) for p in patterns)} == set()
