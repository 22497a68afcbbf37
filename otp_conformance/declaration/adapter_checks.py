"""What the adapters of a declaration need of each other and of their own tables."""

from __future__ import annotations

from collections.abc import Iterator

from otp_conformance.declaration.errors import Problem
from otp_conformance.declaration.explain import Source
from otp_conformance.declaration.model import Declaration
from otp_conformance.language import say


def check_adapters(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield the contradictions of the tables under ``[adapters]``."""
    yield from _adapters(source, decl)
    yield from _needed(source, decl)


def _adapters(source: Source, decl: Declaration) -> Iterator[Problem]:
    adapters = decl.adapters
    if decl.ics.staff_access and adapters.staff is None:
        yield source.problem(
            ("ics", "staff_access"),
            say("[adapters.staff] のない true", "true without [adapters.staff]"),
            say("職員の操作手段", "an adapter for staff (IX-17, IX-26)"),
            say(
                "[adapters.staff] を足すか、staff_access を false にしてください。",
                "Add [adapters.staff] or set staff_access to false.",
            ),
        )
    if adapters.test_control is None:
        kinds = {
            "clock": adapters.clock.kind,
            "provisioning": adapters.provisioning.kind,
            "staff": adapters.staff.kind if adapters.staff else None,
        }
        for table in (name for name, kind in kinds.items() if kind == "test_control"):
            yield source.problem(
                ("adapters", table, "kind"),
                say(
                    "[adapters.test_control] のない test_control", "test_control without its table"
                ),
                say("[adapters.test_control] の表", "a table [adapters.test_control]"),
                say("試験用APIの path と key を書いてください。", "Declare its path and key."),
            )


def _needed(source: Source, decl: Declaration) -> Iterator[Problem]:
    """Yield keys that a chosen kind of adapter needs and that are empty."""
    staff, tokens, pool = decl.adapters.staff, decl.adapters.tokens, decl.adapters.provisioning
    needs = [
        ("staff", "login_id", staff and staff.kind == "screens" and not staff.login_id),
        ("staff", "password", staff and staff.kind == "screens" and staff.password is None),
        ("tokens", "file", tokens.kind == "pskc" and not tokens.file),
        ("tokens", "command", tokens.kind == "command" and not tokens.command),
        ("provisioning", "file", pool.kind == "pool" and not pool.file),
    ]
    for table, key, lacking in needs:
        if lacking:
            kind = getattr(getattr(decl.adapters, table), "kind", "")
            yield source.problem(
                ("adapters", table, key),
                say("記載なし", "nothing"),
                say(f"kind = {kind} に要る値", f"a value, needed with kind = {kind}"),
                say(f"adapters.{table}.{key} を書き足してください。", "Declare it."),
            )
