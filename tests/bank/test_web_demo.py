"""The virtual token: there in demonstrations, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from web_site import SERIAL, Town


def test_no_demonstration_no_codes(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.token()
    person = town.person()
    for address in (
        "/demo/tokens",
        f"/demo/tokens/{SERIAL}",
        f"/demo/tokens/{SERIAL}/code.json",
    ):
        assert person.client.get(address).status_code == 404


def test_virtual_token(tmp_path: Path) -> None:
    town = Town(tmp_path, demo=True)
    town.token()
    person = town.person()
    person.open("/demo/tokens")
    assert person.title == "仮想トークン一覧"
    assert SERIAL in person.answer.text
    person.open(f"/demo/tokens/{SERIAL}")
    assert town.code() in person.answer.text
    assert person.facts == {"シリアル番号": SERIAL, "有効期限": "2030年02月07日 14時05分"}
    assert "実演のため" in person.answer.text
    shown = person.client.get(f"/demo/tokens/{SERIAL}/code.json")
    assert shown.json == {"code": town.code(), "remaining": 40, "step": 60}
    assert shown.headers["Cache-Control"] == "no-store"
    town.wait(seconds=40)
    assert person.client.get(f"/demo/tokens/{SERIAL}/code.json").json["remaining"] == 60  # type: ignore[index]
    assert person.client.get("/demo/tokens/00000000").status_code == 404


def test_banner_only_in_demonstrations(tmp_path: Path) -> None:
    for folder, is_demo in (("a", False), ("b", True)):
        (tmp_path / folder).mkdir()
        person = Town(tmp_path / folder, demo=is_demo).person()
        person.open("/login")
        assert ("実演のため" in person.answer.text) is is_demo
