"""``otp-conformance init``: a new declaration that is right from the first line."""

from __future__ import annotations

import tomllib

import pytest

from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.fields import parameters
from otp_conformance.declaration.load import load

ANSWERS = {
    "sut.institution": "見本信用組合",
    "sut.product": "見本バンキング",
    "sut.version": "1.0",
    "sut.base_url": "https://ib.example.test",
    "ics.software_tokens": "いいえ",
    "ics.staff_access": "n",
    "ics.staff_revocation": "n",
    "otp.digits": "8",
    "issue.binding": "dispatch",
    "issue.deactivate_when_issued": "refused",
    "lockout.threshold": "3",
    "activation.failure_limit": "0",
    "confirmation_password.min_length": "6",
    "confirmation_password.max_length": "12",
    "adapters.tokens.kind": "person",
    "adapters.provisioning.kind": "pool",
    "adapters.provisioning.file": "pool.toml",
}


def given(**changes: str | None) -> list[str]:
    answers = {**ANSWERS, **{k.replace("__", "."): v for k, v in changes.items()}}
    return [w for k, v in answers.items() if v is not None for w in ("--set", f"{k}={v}")]


def test_without_a_dialogue(cli, tmp_path):
    path = tmp_path / "bank.toml"
    code, out, err = cli("init", str(path), "--no-input", *given())
    assert (code, err) == (0, "")
    assert "otp-conformance check" in out
    declared = load(path).declaration
    assert declared.otp.digits == 8
    assert declared.sut.allowed_hosts == ("ib.example.test",)
    assert declared.adapters.clock.kind == "real"


def test_every_parameter_stands_in_the_file(cli, tmp_path):
    path = tmp_path / "bank.toml"
    cli("init", str(path), "--no-input", *given())
    text = path.read_text(encoding="utf-8")
    for parameter in parameters():
        name = parameter.key.rpartition(".")[2]
        table = f"[{parameter.key}]"  # of keys that are not the format's own
        assert f"{name} =" in text or table in text, parameter.key


def test_lacking_answers_are_named(cli, tmp_path):
    path = tmp_path / "bank.toml"
    code, _, err = cli("init", str(path), "--no-input", *given(otp__digits=None))
    assert code == 2
    assert "--set otp.digits=…   IX-06 ワンタイムパスワードの桁数" in err
    assert not path.exists()


def test_nothing_given_names_every_key_with_its_choices_once(cli, tmp_path):
    code, _, err = cli("init", str(tmp_path / "bank.toml"), "--no-input")
    assert code == 2
    assert "--set issue.binding=dispatch|activation " in err
    assert "--set ics.software_tokens=y|n " in err
    # The host follows from the address.
    assert "sut.allowed_hosts" not in err


def test_staff_who_act_need_a_way(cli, tmp_path):
    path = tmp_path / "bank.toml"
    code, _, err = cli("init", str(path), "--no-input", *given(ics__staff_access="y"))
    assert code == 2
    assert "--set adapters.staff.kind=screens|http|command|person|test_control " in err
    assert "[adapters.staff]" not in err


def test_the_way_of_staff_is_asked_for(cli, tmp_path, monkeypatch):
    path = tmp_path / "bank.toml"
    typed = iter(["y", "", "", "real", "person"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _prompt="": next(typed))
    code, _, _ = cli("init", str(path), *given(ics__staff_access=None))
    assert code == 0
    declared = load(path).declaration
    assert declared.adapters.staff is not None
    assert declared.adapters.staff.kind == "person"
    assert declared.login.path == "/login"


def test_tables_are_left_to_the_editor_and_named(cli, tmp_path):
    path = tmp_path / "bank.toml"
    options = [*given(ics__staff_access="y"), "--set", "adapters.staff.kind=http"]
    code, out, _ = cli("init", str(path), "--no-input", *options)
    assert code == 0
    assert "まだ書き足すところがあります" in out
    assert "adapters.staff.calls: " in out
    with pytest.raises(DeclarationError, match=r"adapters\.staff\.calls"):
        load(path)


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("otp.digts=6", "otp.digits"),
        ("otp.digits=six", "数を入れてください"),
        ("otp.digits=99", "otp.digits"),
        ("otp.digits", "項目=値"),
    ],
)
def test_wrong_answers_are_told(cli, tmp_path, word, wanted):
    path = tmp_path / "bank.toml"
    code, _, err = cli("init", str(path), "--no-input", *given(otp__digits=None), "--set", word)
    assert code == 2
    assert wanted in err
    assert not path.exists()


def test_a_dialogue_asks_again_and_for_what_follows(cli, tmp_path, monkeypatch):
    path = tmp_path / "bank.toml"
    typed = iter(["fuor", "4", "tow_pages", "two_pages", "/signin", "real", "pool.toml"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _prompt="": next(typed))
    answers = given(otp__digits=None, adapters__provisioning__file=None)
    code, out, _ = cli("init", str(path), *answers)
    assert code == 0
    assert "数を入れてください" in out
    assert "「two_pages」のことですか" in out
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    assert data["otp"]["digits"] == 4
    assert data["adapters"]["provisioning"]["file"] == "pool.toml"


def test_nothing_is_overwritten(cli, tmp_path):
    path = tmp_path / "bank.toml"
    path.write_text("mine", encoding="utf-8")
    code, _, err = cli("init", str(path), "--no-input", *given())
    assert code == 2
    assert "--force" in err
    assert path.read_text(encoding="utf-8") == "mine"
    code, _, _ = cli("init", str(path), "--no-input", "--force", *given())
    assert code == 0
