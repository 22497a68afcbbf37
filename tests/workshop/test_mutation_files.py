"""The configuration and the explained survivors speak of what is there."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _read(name: str):
    return tomllib.loads((ROOT / "workshop/mutation" / name).read_text(encoding="utf-8"))


def test_every_module_and_test_of_the_configuration_is_there() -> None:
    named = set()
    for group in _read("config.toml")["group"]:
        tiers = [*group["tests"], *group.get("narrow", {}).values(), group.get("products", [])]
        named |= {*group["paths"], *(test.partition("::")[0] for tier in tiers for test in tier)}
    assert named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_narrow_module_is_one_of_its_group() -> None:
    for group in _read("config.toml")["group"]:
        paths = [ROOT / path for path in group["paths"]]
        files = {f.name for p in paths for f in ([p] if p.is_file() else p.glob("*.py"))}
        assert set(group.get("narrow", {})) <= files


def test_every_explained_survivor_still_has_its_line() -> None:
    stale = []
    for row in _read("survivors.toml").get("survivor", []):
        assert row["why"]
        lines = (ROOT / row["module"]).read_text(encoding="utf-8").splitlines()
        if "line" in row and row["line"] not in {line.strip() for line in lines}:
            stale.append(row)
    assert stale == []
