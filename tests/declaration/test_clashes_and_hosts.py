"""Titles that several screens would share, addresses that cannot be, paths that are not used."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.declaration.adapters.staff import StaffAdapter
from otp_conformance.declaration.checks import missing_files, remarks, require_host
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import load, parse
from otp_conformance.declaration.system import ClientCertificate
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.manual import bundled

REFERENCE = fixtures_dir() / "declarations" / "reference.toml"
TEXT = REFERENCE.read_text(encoding="utf-8")
TITLES = [screen.title_key for screen in bundled().screens.values()]


def problems(labels: dict[str, str], **replaced: str) -> str:
    lines = "".join(f'"{key}" = ["{text}"]\n' for key, text in labels.items())
    assert TEXT.count("\n[labels]") == 1
    text = TEXT.replace("\n[labels]", "\n[labels]\n" + lines + "#")
    for old, new in replaced.items():
        text = text.replace(old, new)
    try:
        parse(REFERENCE, text.encode())
    except DeclarationError as error:
        return str(error)
    return ""


@given(pair=st.sampled_from(list(combinations(TITLES, 2))), spaced=st.booleans())
def test_any_two_screens_with_one_title_are_named(pair: tuple[str, str], *, spaced: bool) -> None:
    told = problems({pair[0]: "お手続き（１）", pair[1]: "お手続き 1" if spaced else "お手続き(1)"})
    assert all(key in told for key in pair)
    assert "共通の題名" in told


@pytest.mark.parametrize("key", [title for title in TITLES if title != "login.title"])
def test_a_title_that_another_screen_has_by_default(key: str) -> None:
    told = problems({key: bundled().labels["login.title"][0]})
    assert key in told
    assert "login.title" in told


def test_three_screens_with_one_title_are_one_problem() -> None:
    told = problems({"top.title": "ログイン", "login_otp.title": "ログイン"})
    assert told.count("共通の題名") == 1
    assert all(key in told for key in ("login.title", "login_otp.title", "top.title"))


def test_a_screen_that_is_declared_absent_takes_no_title() -> None:
    one_page = 'flow = "one_page"'
    assert 'flow = "two_pages"' in TEXT
    assert not problems({"login_otp.title": "ログイン"}, **{'flow = "two_pages"': one_page})


@pytest.mark.parametrize(
    "host",
    [
        *("", ".", "a..b", ".a", "a b", "a,b", "-a.example", "a-.example", "a%20b", "a*b"),
        *("x" * 64, ".".join(["x" * 60] * 5), "例..example", "a/b"),
    ],
)
def test_what_no_host_can_be_called(host: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of the standard library's
        require_host(host)


@pytest.mark.parametrize(
    "host", ["localhost", "ib.example.test", "a_b.example", "例え.test", "10.0.0.1", "::1", "a.b."]
)
def test_what_hosts_are_called(host: str) -> None:
    require_host(host)


@pytest.mark.parametrize("address", ["http://a..b.example", "https://.a/", "http://-x.test:8080/"])
def test_an_impossible_address_names_its_key(address: str) -> None:
    text = TEXT.replace('base_url = "auto"', f'base_url = "{address}"')
    with pytest.raises(DeclarationError, match=r"sut\.base_url"):
        parse(REFERENCE, text.encode())


@pytest.mark.parametrize(
    ("address", "path", "told"),
    [
        ("http://h.test/ib/", "/login", True),
        ("http://h.test/ib", "/login", True),
        ("http://h.test/ib/", "/ib/login", False),
        ("http://h.test/", "/login", False),
        ("http://h.test", "/login", False),
        ("http://h.test/ib", "/ibx/login", True),
    ],
)
def test_a_path_of_the_entrance_that_is_not_used(address: str, path: str, *, told: bool) -> None:
    declaration = load(REFERENCE).declaration
    moved = declaration.model_copy(
        update={
            "sut": declaration.sut.model_copy(update={"base_url": address}),
            "login": declaration.login.model_copy(update={"path": path}),
        }
    )
    said = " ".join(remarks(moved))
    assert bool(said) is told
    assert not told or f'login.path = "{address[13:].rstrip("/")}{path}"' in said


def test_commands_that_are_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "fob").write_text("#!/bin/sh\n", encoding="utf-8")
    declaration = load(REFERENCE).declaration

    def told(*words: str) -> str:
        tokens = declaration.adapters.tokens.model_copy(
            update={"kind": "command", "command": words}
        )
        adapters = declaration.adapters.model_copy(update={"tokens": tokens})
        changed = declaration.model_copy(update={"adapters": adapters})
        return " ".join(missing_files(changed, tmp_path))

    assert "adapters.tokens.command: コマンド ./none" in told("./none", "{serial}")
    assert "./fob" in told("./fob", "{serial}")  # there, but nobody may execute it
    assert "no-such-program" in told("no-such-program")
    (tmp_path / "fob").chmod(0o755)
    assert not told("./fob", "{serial}")
    assert not told("sh")


def test_commands_that_make_customers_are_looked_for_too(tmp_path: Path) -> None:
    declaration = load(REFERENCE).declaration
    adapter = declaration.adapters.provisioning
    making = adapter.commands.model_copy(update={"customer": ("./office", "{status}")})
    command = adapter.model_copy(update={"kind": "command", "commands": making})
    adapters = declaration.adapters.model_copy(update={"provisioning": command})
    (told,) = missing_files(declaration.model_copy(update={"adapters": adapters}), tmp_path)
    assert "adapters.provisioning.commands.customer: コマンド ./office" in told


MADE = load(fixtures_dir() / "declarations" / "procedures-example.toml").declaration


@pytest.mark.parametrize(
    ("part", "change", "told"),
    [
        ("lockout", {"sources": ("activation", "deactivation")}, "lockout.sources: login がない"),
        ("lockout", {"classes": ("reused", "stale")}, "lockout.classes: wrong がない"),
        ("ics", {"self_service_deactivation": False}, "利用解除済みのお客さまを作れません"),
        ("lockout", {"threshold": 3}, ""),
    ],
)
def test_states_that_no_procedure_leads_to(part: str, change: dict[str, object], told: str) -> None:
    section = getattr(MADE, part).model_copy(update=change)
    changed = MADE.model_copy(update={part: section})
    said = " ".join(remarks(changed))
    assert told in said
    assert bool(said) is bool(told)
    prepared = MADE.adapters.provisioning.model_copy(update={"kind": "pool"})
    adapters = MADE.adapters.model_copy(update={"provisioning": prepared})
    assert not list(remarks(changed.model_copy(update={"adapters": adapters})))


def test_prepared_customers_that_the_suite_cannot_suspend() -> None:
    provisioning = MADE.adapters.provisioning.model_copy(
        update={"kind": "pool", "suspend": "wrong_codes"}
    )
    adapters = MADE.adapters.model_copy(update={"provisioning": provisioning})
    lockout = MADE.lockout.model_copy(update={"sources": ("deactivation",)})
    said = list(remarks(MADE.model_copy(update={"adapters": adapters, "lockout": lockout})))
    assert len(said) == 1
    assert "suspend = wrong_codes" in said[0]


REFERENCE_DECLARATION = load(REFERENCE).declaration


def with_staff(**changes: object) -> str:
    """Return what is remarked of the reference with another way of acting as staff."""
    ics = changes.pop("ics", {})
    staff = StaffAdapter.model_validate(changes) if changes else None
    adapters = REFERENCE_DECLARATION.adapters.model_copy(update={"staff": staff})
    more = REFERENCE_DECLARATION.ics.model_copy(update=ics)
    update = {"adapters": adapters, "ics": more}
    return " ".join(remarks(REFERENCE_DECLARATION.model_copy(update=update)))


CALL = {"url": "/a/{login_id}"}
FOUR = dict.fromkeys(("orders", "dispatch", "unlock", "revoke"), CALL)
STEPS = {verb: [{"see": "a"}] for verb in FOUR}


def test_a_revocation_that_nobody_can_carry_out_is_told() -> None:
    three = {verb: call for verb, call in FOUR.items() if verb != "revoke"}
    assert with_staff(kind="http", calls=FOUR) == ""
    assert "adapters.staff.calls.revoke" in with_staff(kind="http", calls=three)
    no_revocation = {"staff_revocation": False}
    assert with_staff(kind="http", calls=three, ics=no_revocation) == ""
    assert "adapters.staff.commands.revoke" in with_staff(
        kind="command", commands={verb: ["x"] for verb in three}
    )
    assert "失効の手段がありません" in with_staff()
    assert with_staff(ics=no_revocation) == ""
    for kind in ("person", "test_control", "screens"):
        assert with_staff(kind=kind) == ""


def test_steps_of_some_verbs_leave_the_others_to_the_built_in_ones() -> None:
    three = {verb: steps for verb, steps in STEPS.items() if verb != "revoke"}
    assert with_staff(kind="screens", recipes=STEPS) == ""
    told = with_staff(kind="screens", recipes=three)
    assert "adapters.staff.recipes.revoke" in told
    assert "組み込みの手順" in told


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    def told(**changes: object) -> str:
        adapters = REFERENCE_DECLARATION.adapters.model_copy(update=changes)
        declared = REFERENCE_DECLARATION.model_copy(update={"adapters": adapters})
        return " ".join(missing_files(declared, tmp_path))

    adapters = REFERENCE_DECLARATION.adapters
    pskc = adapters.tokens.model_copy(update={"kind": "pskc", "file": "stock.xml"})
    assert "adapters.tokens.file" in told(tokens=pskc)
    (tmp_path / "stock.xml").write_text("", encoding="utf-8")
    assert told(tokens=pskc) == ""
    clock = adapters.clock.model_copy(update={"kind": "faketime", "file": "none/faketime"})
    assert "adapters.clock.file" in told(clock=clock)
    shown = ClientCertificate(file="client.pem", key="client.key")
    sut = REFERENCE_DECLARATION.sut.model_copy(update={"client_certificate": shown})
    declared = REFERENCE_DECLARATION.model_copy(update={"sut": sut})
    said = " ".join(missing_files(declared, tmp_path))
    assert "sut.client_certificate.file" in said
    assert "sut.client_certificate.key" in said


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("/clock/{iso}", False),
        ("http://127.0.0.1:9/clock/{iso}", False),
        ("https://office.example.test/clock/{iso}", True),
    ],
)
def test_a_call_to_a_host_that_nothing_connects_to(url: str, *, told: bool) -> None:
    begin, end = TEXT.index("[adapters.clock]"), TEXT.index("[adapters.tokens]")
    clock = f'[adapters.clock]\nkind = "http"\nmove = {{ url = "{url}" }}\n'
    text = TEXT[:begin] + clock + TEXT[end:]
    try:
        parse(REFERENCE, text.encode())
    except DeclarationError as error:
        (problem,) = error.problems
        assert told
        assert problem.key == "adapters.clock.move.url"
        assert "office.example.test" in problem.fix
    else:
        assert not told
