"""``otp-conformance init``: a new declaration that is right from the first line."""

from __future__ import annotations

import json
import re
import tomllib
from functools import partial

import pytest
from jsonschema import Draft202012Validator, ValidationError

from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.fields import parameters
from otp_conformance.declaration.load import load
from otp_conformance.declaration.template import choices, field_at
from otp_conformance.declaration.unread import closed, value_at

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


def test_editors_find_the_schema_beside_the_file(cli, tmp_path):
    path = tmp_path / "bank.toml"
    _, out, _ = cli("init", str(path), "--no-input", *given())
    first = path.read_text("utf-8").splitlines()[0]
    beside = path.parent / first.removeprefix("#:schema ")
    assert first.startswith("#:schema ./")
    assert beside.name in out
    schema = json.loads(beside.read_text("utf-8"))
    written = tomllib.loads(path.read_text("utf-8"))
    Draft202012Validator(schema).validate(written)
    written["otp"]["digits"] = "eight"
    with pytest.raises(ValidationError, match="eight"):
        Draft202012Validator(schema).validate(written)


def test_every_parameter_that_is_read_stands_in_the_file(cli, tmp_path):
    path = tmp_path / "bank.toml"
    cli("init", str(path), "--no-input", *given())
    text = path.read_text(encoding="utf-8")
    shut = closed(partial(value_at, load(path).declaration))
    left_out = {p.key for p in parameters() if any(f"{p.key}.".startswith(f"{k}.") for k in shut)}
    assert {"adapters.staff.login_id", "adapters.clock.move.url", "switching.holidays"} <= left_out
    for parameter in parameters():
        name = parameter.key.rpartition(".")[2]
        table = f"[{parameter.key}]"  # of keys that are not the format's own
        if parameter.key not in left_out:
            assert f"{name} =" in text or table in text, parameter.key
    for table in ("[adapters.staff", "[adapters.clock.move]", "[adapters.provisioning.calls"):
        assert table not in text


def test_steps_of_staff_are_one_example_that_loads_as_it_stands(cli, tmp_path):
    path = tmp_path / "bank.toml"
    staff = {
        "adapters.staff.kind": "screens",
        "adapters.staff.login_id": "s1",
        "adapters.staff.password": "env:STAFF",
    }
    more = [w for k, v in staff.items() for w in ("--set", f"{k}={v}")]
    assert cli("init", str(path), "--no-input", *given(ics__staff_access="y"), *more)[0] == 0
    text = path.read_text(encoding="utf-8")
    assert text.count("adapters.staff.recipes") == 1
    begin = text.index("# [adapters.staff.recipes]")
    example = text[begin : text.index("\n\n", begin)]
    path.write_text(text.replace(example, example.replace("# ", "")), encoding="utf-8")
    declared = load(path).declaration
    assert declared.adapters.staff is not None
    assert "unlock" in declared.adapters.staff.recipes.model_fields_set


def test_every_choice_is_explained_in_both_languages():
    for parameter in parameters():
        info = field_at(parameter.key)
        assert info is not None
        for choice in choices(info):
            assert choice in parameter.ja, parameter.key
            assert choice in parameter.en, parameter.key


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


@pytest.fixture
def dialogue(cli, tmp_path, monkeypatch):
    """Answer questions by key, several times if need be; Enter for all that is not named."""

    def hold(answers: dict[str, str | list[str]], *arguments: str):
        left = {k: [v] if isinstance(v, str) else [*v] for k, v in answers.items()}
        asked: list[str] = []

        def typed(prompt: str = "") -> str:
            key = re.findall(r"\n  ([\w.]+)", prompt)[-1]
            asked.append(key)
            assert len(asked) < 300
            return left[key].pop(0) if left.get(key) else ""

        monkeypatch.setattr("click.termui.visible_prompt_func", typed)
        code, out, err = cli("init", str(tmp_path / "bank.toml"), *arguments)
        return code, out, err, asked

    return hold


PSKC = {
    "ics.software_tokens": "y",
    "ics.staff_access": "y",
    "adapters.clock.kind": "http",
    "adapters.clock.move.url": "/clock/{iso}",
    "adapters.tokens.kind": "pskc",
    "adapters.tokens.file": "stock.xml",
    "adapters.staff.kind": "http",
    "adapters.staff.calls.unlock.url": "/unlock/{login_id}/{circumstances}",
    "adapters.staff.calls.unlock.secret_headers": "Authorization=env:STAFF",
    "login.path": "/signin",
    "ics.screen_ids": "n",
}


def test_one_round_asks_for_everything_that_the_answers_give_rise_to(dialogue, tmp_path):
    code, out, err, asked = dialogue({**ANSWERS, **PSKC})
    assert (code, err) == (0, "")
    assert len(asked) == len(set(asked))
    assert "まだ書き足すところ" not in out
    declared = load(tmp_path / "bank.toml").declaration
    assert declared.login.path == "/signin"
    assert declared.adapters.staff is not None
    call = declared.adapters.staff.calls.unlock
    assert call is not None
    assert call.secret_headers == {"Authorization": "env:STAFF"}
    for key in ("keyboard.screens", "otp.step_seconds", "otp.window.login.backward", "sut.frame"):
        assert key in asked
    for key in ("adapters.staff.login_id", "screen_ids.top", "adapters.tokens.command"):
        assert key not in asked


def test_the_same_in_one_command(dialogue, cli, tmp_path):
    dialogue({**ANSWERS, **PSKC})
    by_dialogue = (tmp_path / "bank.toml").read_text(encoding="utf-8")
    words = [w for k, v in {**ANSWERS, **PSKC}.items() for w in ("--set", f"{k}={v}")]
    code, _, err = cli("init", str(tmp_path / "other.toml"), "--no-input", *words)
    assert (code, err) == (0, "")
    other = load(tmp_path / "other.toml").effective()
    assert other == load(tmp_path / "bank.toml").effective()
    assert by_dialogue


def test_all_asks_for_what_has_a_default_too(dialogue):
    _, _, _, usually = dialogue(ANSWERS)
    _, _, _, every = dialogue(ANSWERS, "--all", "--force")
    assert set(usually) < set(every)
    assert "switching.gate" in every
    assert "switching.gate" not in usually
    assert not any(key.startswith("adapters.clock.move") for key in every)


def test_a_default_taken_with_enter_does_not_stand_in_the_file(dialogue, tmp_path):
    dialogue(ANSWERS)
    data = tomllib.loads((tmp_path / "bank.toml").read_text(encoding="utf-8"))
    assert "flow" not in data["login"]
    assert data["ics"].keys() == {"software_tokens", "staff_access", "staff_revocation"}


def test_what_an_answer_makes_necessary_is_named_with_the_rest(cli, tmp_path):
    path = str(tmp_path / "bank.toml")
    code, _, err = cli("init", path, "--no-input")
    assert code == 2
    assert "--set adapters.tokens.file=…" in err
    assert "（adapters.tokens.kind=pskc のとき）" in err
    assert "（adapters.provisioning.kind=pool|procedures のとき）" in err
    words = given(adapters__tokens__kind="pskc", adapters__provisioning__file=None)
    code, _, err = cli("init", path, "--no-input", *words)
    assert code == 2
    assert [line.split("=")[0].strip() for line in err.splitlines() if "--set" in line] == [
        "--set adapters.tokens.file",
        "--set adapters.provisioning.file",
    ]
    assert "のとき" not in err
    _, _, err = cli("init", path, "--no-input", *given(ics__staff_access=None))
    assert "--set adapters.staff.kind=screens|http|command|person|test_control " in err
    assert "（ics.staff_access=y のとき）" in err
    assert "--set adapters.staff.calls.orders.url=…" in err
    assert "adapters.outbox" not in err


def test_tables_that_nobody_has_begun_are_left_to_the_editor_and_named(cli, tmp_path):
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


def test_a_dialogue_asks_again_and_for_what_follows(dialogue, tmp_path):
    wrong = {"otp.digits": ["fuor", "4"], "login.flow": ["tow_pages", "two_pages"]}
    code, out, _, _ = dialogue({**ANSWERS, **wrong})
    assert code == 0
    assert "数を入れてください" in out
    assert "「two_pages」のことですか" in out
    data = tomllib.loads((tmp_path / "bank.toml").read_text(encoding="utf-8"))
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
