import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_suite import HERE, Suite

from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.resources import bundle_root, fixtures_dir
from otp_conformance.run.request import Request
from otp_conformance.specification.selection import Selection


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


HEAD = """\
[defaults]
login_password = "env:A"
confirmation_password = "env:B"
seed = "env:C"
expires_at = 2031-03-31T23:59:00+09:00
"""


@pytest.fixture
def listed(suite: Suite, tmp_path: Path) -> Request:
    """Return a request for a system whose 40 customers and 10 tokens stand on a list."""
    text = HEAD
    for n in range(40):
        text += f'[[customer]]\nlogin_id = "u{n}"\nstatus = "in_service"\ntoken = "1{n:03}"\n'
        text += f'[[token]]\nserial = "1{n:03}"\n'
    text += "".join(f'[[token]]\nserial = "2{n:03}"\n' for n in range(10))
    (tmp_path / "pool.toml").write_text(text, encoding="utf-8")
    loaded = suite.loaded()
    adapters = loaded.declaration.adapters
    provisioning = adapters.provisioning.model_copy(update={"kind": "pool", "file": "pool.toml"})
    declaration = loaded.declaration.model_copy(
        update={"adapters": adapters.model_copy(update={"provisioning": provisioning})}
    )
    loaded = replace(loaded, path=tmp_path / "bank.toml", declaration=declaration)
    return replace(suite.request(), loaded=loaded, root=bundle_root(), selection=Selection())
