"""The recipes for CI: valid by the published schemas, and their commands exist."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from check_jsonschema import main as validate
from click.testing import CliRunner, Result
from ruamel.yaml import YAML
from test_guide import complaint

RECIPES = Path(__file__).resolve().parents[2] / "docs" / "ci"
GITLAB, GITHUB, JENKINS = "gitlab-ci.yml", "github-actions.yml", "Jenkinsfile"
SCHEMAS = {GITLAB: "vendor.gitlab-ci", GITHUB: "vendor.github-workflows"}


def read(name: str) -> str:
    return (RECIPES / name).read_text("utf-8")


def validated(schema: str, file: Path) -> Result:
    return CliRunner().invoke(validate, ["--builtin-schema", schema, str(file)])


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_recipe_is_valid_by_the_published_schema(name: str, tmp_path: Path) -> None:
    done = validated(SCHEMAS[name], RECIPES / name)
    assert done.exit_code == 0, done.output
    wrong = tmp_path / name
    wrong.write_text(re.sub(r"(?m)^( *)(script|runs-on):", r"\1\2s:", read(name)), "utf-8")
    assert validated(SCHEMAS[name], wrong).exit_code == 1


def commands(text: str) -> list[list[str]]:
    return [
        shlex.split(found)[1:]
        for found in re.findall(r"(?<![/-])\botp-conformance [a-z][^'\n;|&]*", text)
        if "install" not in found
    ]


@pytest.mark.parametrize("name", [GITLAB, GITHUB, JENKINS])
def test_its_commands_exist_with_their_options(name: str) -> None:
    found = commands(re.sub(r"(?m)^ *(#|//).*$", "", read(name)).replace("$AGENT", "http"))
    assert {words[0] for words in found} >= {"declaration", "run"}
    assert [complaint(words) for words in found if complaint(words)] == []


def test_gitlab_keeps_reports_whatever_happened_and_warns_of_what_is_open() -> None:
    job = YAML(typ="safe").load(read(GITLAB))[".conformance"]
    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["paths"] == ["reports/"]
    assert job["artifacts"]["reports"]["junit"] == "reports/2*/junit.xml"
    assert job["allow_failure"]["exit_codes"] == [3]


@pytest.mark.parametrize(
    ("code", "wanted"), [(0, 0), (1, 1), (2, 2), (3, 0), (4, 4), (130, 130)], ids=str
)
def test_github_fails_where_the_run_does_and_warns_of_what_is_open(
    code: int, wanted: int, tmp_path: Path
) -> None:
    steps = YAML(typ="safe").load(read(GITHUB))["jobs"]["conformance"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name") == "run"]
    (keeping,) = [step for step in steps if "upload-artifact" in step.get("uses", "")]
    assert keeping["if"] == "always()"
    suite = tmp_path / "otp-conformance"
    suite.write_text(f"#!/bin/sh\nexit {code}\n")
    suite.chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "DECLARATION": "my bank.toml", "AGENT": "http"}
    done = subprocess.run(
        ["bash", "-e", "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == wanted
    assert ("::warning::" in done.stdout) == (code == 3)


def test_no_trace_is_kept_by_ci() -> None:
    for name in (GITLAB, GITHUB, JENKINS):
        assert "--trace" not in read(name)
        assert not re.search(r"reports-|reports\*", read(name))
