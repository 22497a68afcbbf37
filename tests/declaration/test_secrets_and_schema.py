"""Secrets by reference, and the published schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from otp_conformance.declaration.explain import shown
from otp_conformance.declaration.fields import parameters
from otp_conformance.declaration.schema import json_schema
from otp_conformance.declaration.secrets import SecretError, resolve
from otp_conformance.specification.manual import bundled


def test_secret_from_the_environment() -> None:
    assert resolve("env:KEY", {"KEY": "s3cret"}) == "s3cret"


def test_secret_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(" s3cret \r\n", encoding="utf-8", newline="")
    assert resolve("file:key", {}, base=tmp_path) == " s3cret "
    assert resolve(f"file:{tmp_path / 'key'}", {}) == " s3cret "


def test_secret_from_a_command(tmp_path: Path) -> None:
    (tmp_path / "safe.py").write_text(
        "import os, sys; print(os.environ['SAFE'], sys.argv[1])", encoding="utf-8"
    )
    reference = f"command:{sys.executable} safe.py 'two words'"
    assert resolve(reference, {"SAFE": "s3cret"}, base=tmp_path) == "s3cret two words"


@pytest.mark.parametrize(
    ("reference", "word"),
    [
        ("command:", "command:コマンド"),
        ("command: ", "引用符"),
        ("command:echo 'open", "引用符"),
        ("command:./none", "起動できません"),
        ("command:true", "空"),
        (f"command:{sys.executable} -c 'import sys; sys.exit(\"shut 123456\")'", "shut ＊"),
        ("env:KEY", "環境変数 KEY"),
        ("env:", "env:名前"),
        ("file:none", "読めません"),
        ("file:empty", "空"),
        ("file:binary", "UTF-8"),
        ("hunter2", "直接書かない"),
        ("http:hunter2", "直接書かない"),
    ],
)
def test_a_secret_that_is_not_there(tmp_path: Path, reference: str, word: str) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(SecretError, match=word) as caught:
        resolve(reference, {"KEY": ""}, base=tmp_path)
    assert "hunter2" not in str(caught.value)


def test_credentials_in_an_address_are_not_shown() -> None:
    assert "pw" not in shown("ftp://user:pw@host/")


def test_the_schema_is_json_and_names_every_parameter() -> None:
    schema = json.loads(json.dumps(json_schema(), ensure_ascii=False))
    assert schema["$schema"].endswith("2020-12/schema")
    assert set(schema["properties"]["labels"]["properties"]) == set(bundled().labels)
    text = json.dumps(schema)
    for parameter in parameters():
        assert json.dumps(parameter.key.rpartition(".")[2]) in text
    assert '"IX-48"' in text
    assert schema["additionalProperties"] is False


def test_the_schema_requires_what_the_model_requires() -> None:
    schema = json_schema()
    assert "otp" in schema["required"]
    assert "login" not in schema["required"]
    assert schema["$defs"]["Lockout"]["required"] == ["threshold"]
