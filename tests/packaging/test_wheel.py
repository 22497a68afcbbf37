"""The wheel: what it carries, and that it works far from any checkout.

The environment that it is installed into is empty but for a path file that
lends it this environment's dependencies, so that nothing is downloaded again.
"""

from __future__ import annotations

import email
import os
import site
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

import pytest

from otp_conformance.report.html import unpacked

ROOT = Path(__file__).parents[2]
BUNDLE = "otp_conformance/_bundle"
# The scenario that shows most of it: page scripts, staff's site, evidence, reports.
SCENARIO = "続けて一定回数間違えると、正しいワンタイムパスワードでもログインできなくなる"


def said(done: subprocess.CompletedProcess[str]) -> str:
    return f"{done.args}: {done.returncode}\n{done.stdout}\n{done.stderr}"


def call(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that knows nothing of the checkout."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "OTP_CONFORMANCE_LANG"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, "LANG": "ja_JP.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # A builder that is here already is used; otherwise pip fetches it.
    offline = ["--no-build-isolation"] if find_spec("hatchling") else []
    done = call(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", *offline),
        *("--wheel-dir", folder, ROOT),
        cwd=folder,
    )
    assert done.returncode == 0, said(done)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def names(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


@pytest.fixture(scope="session")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the installed command."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    done = call(sys.executable, "-m", "venv", "--without-pip", home, cwd=home.parent)
    assert done.returncode == 0, said(done)
    python = home / "bin" / "python"
    done = call(
        *(sys.executable, "-m", "pip", "--python", python),
        *("install", "--quiet", "--no-deps", "--no-index", wheel),
        cwd=home.parent,
    )
    assert done.returncode == 0, said(done)
    (packages,) = home.glob("lib/python*/site-packages")
    lent = dict.fromkeys((sysconfig.get_path("purelib"), *site.getsitepackages()))
    # Path files inside a lent folder are not read: the checkout stays out of sight.
    (packages / "lent.pth").write_text("\n".join(lent) + "\n", encoding="utf-8")
    done = call(python, "-c", "import otp_conformance as o; print(o.__file__)", cwd=home.parent)
    assert done.stdout.startswith(str(packages)), said(done)
    return home / "bin" / "otp-conformance"


# -- contents -----------------------------------------------------------------


def files_of(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("folder", ["features", "steps", "fixtures"])
def test_the_specification_travels_inside_the_package(names: frozenset[str], folder: str) -> None:
    wanted = {f"{BUNDLE}/{name}" for name in files_of(folder)}
    carried = {name for name in names if name.startswith(f"{BUNDLE}/{folder}/")}
    assert wanted
    assert carried == wanted


@pytest.mark.parametrize("package", ["otp_conformance", "reference_impl"])
def test_the_packages_are_whole(names: frozenset[str], package: str) -> None:
    wanted = files_of(package)
    carried = {n for n in names if n.startswith(f"{package}/") and not n.startswith(BUNDLE)}
    assert carried == wanted


@pytest.mark.parametrize(
    "name",
    [
        f"{BUNDLE}/features/requirements/requirements.csv",
        f"{BUNDLE}/features/manual.toml",
        f"{BUNDLE}/features/04_login/login.feature",
        f"{BUNDLE}/fixtures/declarations/reference.toml",
        f"{BUNDLE}/steps/login.py",
        "otp_conformance/py.typed",
        "otp_conformance/agent/browser/snapshot.js",
        "otp_conformance/report/templates/requirements.html.j2",
        "otp_conformance/report/assets/cucumber-html/main.js",
        "otp_conformance/report/assets/cucumber-html/LICENSE",
        "otp_conformance/report/assets/cucumber-html/main.js.LICENSE.txt",
        "reference_impl/py.typed",
        "reference_impl/test_control/openapi.json",
        "reference_impl/web/templates/web/login.html",
        "reference_impl/face/static/keyboard.js",
    ],
)
def test_what_nobody_would_miss_until_it_is_gone(names: frozenset[str], name: str) -> None:
    assert name in names


def test_nothing_else_is_in_it(names: frozenset[str]) -> None:
    tops = {PurePosixPath(name).parts[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "otp_conformance",
        "reference_impl",
    }
    unwanted = ("__pycache__", ".pyc", ".sqlite3", "journal.ndjson.lock", ".env")
    assert [name for name in names if any(part in name for part in unwanted)] == []


def test_metadata_and_licences(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(path))
        (entries,) = [n for n in archive.namelist() if n.endswith("entry_points.txt")]
        commands = archive.read(entries).decode()
        folder = path.rsplit("/", 1)[0]
        licences = [n for n in archive.namelist() if n.startswith(f"{folder}/licenses/")]
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert "otp-conformance = otp_conformance.cli.main:main" in commands
    kept = {name.removeprefix(f"{folder}/licenses/") for name in licences}
    assets = "otp_conformance/report/assets/cucumber-html"
    assert kept == {"LICENSE", f"{assets}/LICENSE", f"{assets}/main.js.LICENSE.txt"}


# -- installed ----------------------------------------------------------------


def test_version_and_list(command: Path, tmp_path: Path) -> None:
    done = call(command, "--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "otp-conformance 0.1.0\n"), said(done)
    done = call(command, "list", cwd=tmp_path)
    assert done.returncode == 0, said(done)
    assert SCENARIO in done.stdout


def test_declaration_check(command: Path, tmp_path: Path) -> None:
    example = tmp_path / "bank.toml"
    source = ROOT / "fixtures" / "declarations" / "minimal-example.toml"
    example.write_bytes(source.read_bytes())
    done = call(command, "declaration", "check", "bank.toml", cwd=tmp_path)
    assert done.returncode == 0, said(done)
    assert done.stderr == ""


@pytest.mark.browser
def test_a_real_run(command: Path, tmp_path: Path) -> None:
    done = call(command, "run", "--name", SCENARIO, cwd=tmp_path)
    assert done.returncode == 0, said(done)
    (run,) = [p for p in (tmp_path / "reports").iterdir() if not p.is_symlink()]
    for name in ("index.html", "requirements.html", "junit.xml"):
        assert SCENARIO in (run / name).read_text(encoding="utf-8"), name
    assert SCENARIO in unpacked((run / "cucumber.html").read_text(encoding="utf-8"))
    assert [p.name for p in tmp_path.iterdir()] == ["reports"]
