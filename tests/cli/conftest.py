"""The command line on the suite in miniature of tests/run."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "run"))

from tiny_suite import HERE, Suite

from otp_conformance.cli import bundle, coverage, listing, main, requirements
from otp_conformance.cli import run as run_module
from otp_conformance.journal.events import OWN_SET
from otp_conformance.language import set_language
from otp_conformance.report.build import build
from otp_conformance.run.request import Parts


@pytest.fixture
def suite(tmp_path, monkeypatch):
    (tmp_path / "steps").mkdir()
    shutil.copy(HERE / "tiny_steps.py", tmp_path / "steps" / "tiny_steps.py")
    (tmp_path / "features").mkdir()
    suite = Suite(tmp_path)

    def load(path, manual_folder=None, set_name=OWN_SET):
        return suite.loaded() if path is None else real_load(path, manual_folder, set_name)

    def parts(catalogue, progress=None):
        return Parts(
            make_agents=suite.make_agents,
            connect=suite.connect,
            make_world=suite.make_world,
            build_reports=lambda run_dir: build(run_dir, catalogue),
        )

    real_load = bundle.load_declaration
    monkeypatch.setattr(bundle, "load_declaration", load)
    monkeypatch.setattr(bundle, "parts", parts)
    for module in (run_module, listing, requirements, coverage):
        monkeypatch.setattr(module, "bundle_root", lambda: tmp_path)
    monkeypatch.setattr(run_module, "steps_dir", lambda: tmp_path / "steps")
    monkeypatch.chdir(tmp_path)
    return suite


@pytest.fixture(autouse=True)
def language(monkeypatch):
    for name in ("OTP_CONFORMANCE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    yield
    set_language("ja")


@pytest.fixture
def cli(capsys):
    """Run the command line; return exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main.main(list(arguments))
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call
