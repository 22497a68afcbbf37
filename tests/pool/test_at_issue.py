"""A software token known only at issue: what is read of it, and what is never pictured."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest

from otp_conformance.agent.page import PageView
from otp_conformance.assets.at_issue import SeedsAtIssue
from otp_conformance.declaration.adapters.tokens import SoftwareSeeds
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import parse
from otp_conformance.declaration.procedures import Expiry
from otp_conformance.journal.evidence import Look
from otp_conformance.people.scene import Scene
from otp_conformance.resources import fixtures_dir
from otp_conformance.screens.reading import fact_under
from otp_conformance.verdict.outcome import DeclarationMismatch

NOW = datetime.fromisoformat("2026-11-24T10:00:20+09:00")
REFERENCE = fixtures_dir() / "declarations" / "reference.toml"


def read(facts, **seeds):
    declared = SoftwareSeeds(source="screen", **seeds)
    made = SeedsAtIssue(
        SimpleNamespace(device=lambda serial: f"inner {serial}"),
        declared,
        Expiry(),
        lambda asset, seed: SimpleNamespace(asset=asset, seed=seed),
        lambda: NOW,
        None,
    )
    assert made.reserve_software_token("u1") is None
    token = made.issued_software_token("u1", lambda caption: facts.get(caption, ""))
    assert made.device(token.asset.serial) is token
    assert made.device("other") == "inner other"
    return token


def test_a_seed_is_read_as_it_stands_or_out_of_an_address():
    token = read({"key": "ABCD EFGH"}, seed="key")
    assert (token.seed, token.asset.serial) == ("ABCD EFGH", "u1-1")
    assert token.asset.expires_at > NOW
    shown = {"key": "otpauth://totp/x?digits=6&secret=ABCD%3D&issuer=y", "no": "77",
             "until": "2031年03月31日 23時59分"}  # fmt: skip
    token = read(shown, seed="key", serial="no", expires_at="until")
    assert (token.seed, token.asset.serial) == ("ABCD=", "77")
    assert token.asset.expires_at.isoformat() == "2031-03-31T23:59:00+09:00"


def test_what_is_not_there_is_the_declarations_fault():
    with pytest.raises(DeclarationMismatch, match=r"adapters\.tokens\.software\.seed の「key」"):
        read({}, seed="key")
    with pytest.raises(DeclarationMismatch, match="「until」") as caught:
        read({"key": "A", "until": "soon"}, seed="key", expires_at="until")
    assert "「soon」" in caught.value.observed


def page(text, facts=()):
    return PageView("http://x/", 200, "", (), text=text, facts=dict(facts))


def test_a_fact_stands_under_its_caption_or_on_the_next_line():
    assert fact_under(page("", {"鍵": "ABC"}), "鍵") == "ABC"
    assert fact_under(page("はじめに\n鍵\nABC\n"), "鍵") == "ABC"
    assert fact_under(page("鍵の説明\nABC"), "鍵") is None


@pytest.mark.parametrize(
    ("source", "text", "image"),
    [("screen", "鍵\nABC", None), ("screen", "ほか", b"x"), ("prepared", "鍵\nABC", b"x")],
)
def test_a_screen_that_shows_a_seed_is_not_pictured(source, text, image):
    seeds = SoftwareSeeds(source=source, seed="鍵")
    adapters = SimpleNamespace(tokens=SimpleNamespace(software=seeds))
    site = SimpleNamespace(look=lambda _: Look(image=b"x"), view=lambda: page(text))
    scene = SimpleNamespace(in_sight=site, declaration=SimpleNamespace(adapters=adapters))
    assert Scene.look(scene).image == image


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ('source = "screen"', "adapters.tokens.software.seed"),
        ('source = "call"\nseed = "x"', "adapters.tokens.software.call"),
        ('source = "call"\nseed = "x"\ncall = { url = "/seed" }', "adapters.tokens.software.call"),
    ],
)
def test_what_is_lacking_is_told_before_anything_runs(tmp_path, table, key):
    text = REFERENCE.read_text("utf-8")
    text = text.replace(
        "[adapters.staff]", f"[adapters.tokens.software]\n{table}\n[adapters.staff]"
    )
    with pytest.raises(DeclarationError) as caught:
        parse(tmp_path / "d.toml", text.encode())
    assert [p.key for p in caught.value.problems] == [key]
