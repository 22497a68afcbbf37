import json
import shutil
import sys
from pathlib import Path

import pytest
from tiny_suite import HERE, Suite

from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.resources import fixtures_dir


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    (tmp_path / "steps").mkdir()
    shutil.copy(HERE / "tiny_steps.py", tmp_path / "steps" / "tiny_steps.py")
    (tmp_path / "features").mkdir()
    return Suite(tmp_path)


@pytest.fixture
def declared(suite: Suite) -> LoadedDeclaration:
    """Write the tiny system's declaration down: workers read it from there."""
    text = (fixtures_dir() / "declarations" / "reference.toml").read_text(encoding="utf-8")
    before, _, rest = text.partition("[sut.start]")
    after = rest[rest.index("\n[") :]
    command = json.dumps([sys.executable, str(HERE / "tiny_sut.py"), "normal", "{port}"])
    start = f"[sut.start]\ncommand = {command}\ngenerated_secrets = ['TINY_SECRET']\n"
    file = suite.root / "tiny.toml"
    file.write_text(before + start + after, encoding="utf-8")
    return load(file)
