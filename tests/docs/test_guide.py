"""What the documents tell readers to type exists, and what they tell to write loads."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from otp_conformance.assets.pool.file import load_pool
from otp_conformance.cli.entry import cli as program
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import load
from otp_conformance.resources import fixtures_dir
from reference_impl.settings import Costs, Institution, Logins

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = sorted((ROOT / "docs").glob("vendor-guide*.md"))
MINIMAL = fixtures_dir() / "declarations" / "minimal-example.toml"

_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(otp-conformance [^`\n]+)`")
_LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)\s#]+)")


def called(path: Path) -> str:
    return str(path.relative_to(ROOT))


def marked(text: str, mark: str) -> list[str]:
    """Return the TOML blocks behind ``<!-- mark -->``."""
    return re.findall(rf"<!-- {mark} -->\n```toml\n(.*?)```", text, re.DOTALL)


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words behind ``otp-conformance`` of each command of a document."""
    joined = text.replace("\\\n", " ")
    lines = [line for block in _BLOCK.findall(joined) for line in block.splitlines()]
    for line in [*lines, *_INLINE.findall(joined)]:
        bare = line.strip().removeprefix("$ ")
        if bare.startswith("otp-conformance "):
            yield shlex.split(re.split(r" (?:\|\||>) ", bare)[0], comments=True)[1:]


def complaint(words: list[str]) -> str:
    """Return what is wrong with a command, empty for nothing."""
    command: click.Command = program
    while isinstance(command, click.Group) and words:
        options = _options(command)
        while words and words[0].startswith("-"):
            if words[0] not in options:
                return f"no option {words[0]}"
            words = words[1 if _flag(options[words[0]]) else 2 :]
        if not words:
            return ""
        inner = command.get_command(click.Context(command), words[0])
        if inner is None:
            return f"no command {words[0]}"
        command, words = inner, words[1:]
    return _wrong_options(command, words)


def _wrong_options(command: click.Command, words: list[str]) -> str:
    options = _options(command)
    for number, word in enumerate(words):
        if not word.startswith("-"):
            continue
        name, _, value = word.partition("=")
        option = options.get(name)
        if option is None:
            return f"no option {name}"
        value = value or next(iter(words[number + 1 : number + 2]), "")
        if isinstance(option.type, click.Choice) and value not in option.type.choices:
            return f"{name} cannot be {value}"
    return ""


def _options(command: click.Command) -> dict[str, click.Option]:
    found = [p for p in command.params if isinstance(p, click.Option)]
    return {name: option for option in found for name in (*option.opts, *option.secondary_opts)}


def _flag(option: click.Option) -> bool:
    return bool(option.is_flag or option.count)


@pytest.mark.parametrize("path", DOCUMENTS, ids=called)
def test_every_command_exists_with_its_options(path: Path) -> None:
    wrong = {shlex.join(words): complaint(words) for words in commands(path.read_text("utf-8"))}
    assert {command: why for command, why in wrong.items() if why} == {}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("runn", "no command runn"),
        ("run --requirment LGN-01", "no option --requirment"),
        ("run --agent lynx", "--agent cannot be lynx"),
        ("declaration chek a.toml", "no command chek"),
        ("--language en run", "no option --language"),
    ],
)
def test_a_wrong_command_would_be_noticed(words: str, why: str) -> None:
    assert complaint(words.split()) == why


@pytest.mark.parametrize("path", GUIDES, ids=called)
def test_the_guide_shows_commands(path: Path) -> None:
    shown = {words[0] for words in commands(path.read_text("utf-8"))}
    assert {"init", "check", "record", "plan", "run", "assets", "report", "declaration"} <= shown


@pytest.mark.parametrize("path", DOCUMENTS, ids=called)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    links = _LINK.findall(_BLOCK.sub("", path.read_text("utf-8")))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", GUIDES, ids=called)
def test_the_pool_of_the_guide_loads(path: Path, tmp_path: Path) -> None:
    (text,) = marked(path.read_text("utf-8"), "pool")
    file = tmp_path / "pool.toml"
    file.write_text(text, encoding="utf-8")
    assert len(load_pool(file).entries) == len(tomllib.loads(text)["customer"])


@pytest.mark.parametrize("path", GUIDES, ids=called)
def test_the_parts_of_a_declaration_load_together(path: Path, tmp_path: Path) -> None:
    data = tomllib.loads(MINIMAL.read_text("utf-8"))
    parts = marked(path.read_text("utf-8"), "declaration")
    for part in parts:
        _lay_over(data, tomllib.loads(part))
    data["ics"]["staff_access"] = True
    file = tmp_path / "bank.toml"
    file.write_text(_as_toml(data), encoding="utf-8")
    declared = load(file).declaration
    assert len(parts) == 4
    assert declared.labels["top.title"] == ("マイページ",)
    assert declared.adapters.staff is not None
    assert declared.adapters.staff.calls.unlock is not None
    assert [d.requirement for d in declared.known_deviations] == ["DEA-01"]


def _lay_over(base: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _lay_over(base[key], value)
        else:
            base[key] = value


def _as_toml(data: dict[str, Any]) -> str:
    from otp_conformance.declaration.template import literal

    lines = [f"{k} = {literal(v)}" for k, v in data.items() if not isinstance(v, dict)]
    deviations = data.get("known_deviations", [])
    lines = [line for line in lines if not line.startswith("known_deviations")]
    for key, value in data.items():
        if isinstance(value, dict):
            lines.append(f"[{key}]")
            lines += [f'"{k}" = {_inline(v)}' for k, v in value.items()]
    for deviation in deviations:
        lines += ["[[known_deviations]]", *(f"{k} = {literal(v)}" for k, v in deviation.items())]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    from otp_conformance.declaration.template import literal

    if isinstance(value, dict):
        return "{" + ", ".join(f'"{k}" = {_inline(v)}' for k, v in value.items()) + "}"
    return literal(value)


def test_a_requirement_that_cannot_be_is_told_with_its_form(tmp_path: Path) -> None:
    file = tmp_path / "bank.toml"
    deviation = (
        '\n[[known_deviations]]\nrequirement = "DEA-999"\nreason = "x"\nuntil = 2099-01-01\n'
    )
    file.write_text(MINIMAL.read_text("utf-8") + deviation, encoding="utf-8")
    with pytest.raises(DeclarationError, match="要件の番号（例 LCK-01）"):
        load(file)


@pytest.mark.parametrize("name", ["reference-bank.md", "reference-bank.ja.md"])
def test_every_setting_of_the_reference_bank_is_told(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    tables = {"bank": Institution, "logins": Logins, "passwords": Costs}
    for table, model in tables.items():
        assert f"`[{table}]`" in text
        for key, field in model.model_fields.items():
            shown = f"`{key}`" if table == "bank" else rf"`{key}`（{field.default}）"
            assert shown in text or shown.replace("（", " (").replace("）", ")") in text, key


_COMMAND_ROW = re.compile(r"^\| (`[^|]+) \| [^|]+\|$", re.MULTILINE)
READMES = sorted(ROOT.glob("README*.md"))


def rows(text: str, head: str) -> list[str]:
    """Return what stands in backquotes in the first column of the table with such a head."""
    table = text[text.index(head) :].partition("\n\n")[0]
    return [cell for row in _COMMAND_ROW.findall(table) for cell in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("path", READMES, ids=called)
def test_the_one_list_of_commands_has_them_all(path: Path) -> None:
    head = "| コマンド |" if ".ja" in path.name else "| command |"
    told = [cell.split() for cell in rows(path.read_text("utf-8"), head)]
    wrong = {shlex.join(words): complaint(words) for words in told}
    assert {command: why for command, why in wrong.items() if why} == {}
    context = click.Context(program)
    assert {words[0] for words in told} == set(program.list_commands(context))


@pytest.mark.parametrize("path", READMES, ids=called)
def test_the_options_of_run_are_its_options(path: Path) -> None:
    text = path.read_text("utf-8")
    found = rows(text, "`run` の" if ".ja" in path.name else "| options of `run` |")
    told = [["run", *shlex.split(cell)] for cell in found]
    assert len(told) > 15
    assert [complaint(words) for words in told if complaint(words)] == []
