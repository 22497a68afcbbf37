"""``otp-conformance init``: write a new declaration by asking a few questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click
from pydantic.fields import FieldInfo

from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.init_questions import askable, made_necessary, open_keys
from otp_conformance.declaration.errors import DeclarationError, Problem
from otp_conformance.declaration.fields import section_of
from otp_conformance.declaration.load import parse
from otp_conformance.declaration.schema import write_beside
from otp_conformance.declaration.template import (
    choices,
    field_at,
    note,
    render,
    required_keys,
    suggested,
    usual,
    value_of,
)
from otp_conformance.declaration.unread import READ_WHEN
from otp_conformance.errors import UsageError
from otp_conformance.language import Text, did_you_mean, say
from otp_conformance.verdict.exit_codes import ExitCode

_MOST_ROUNDS = 20


@click.command(
    "init",
    cls=BilingualCommand,
    text=Text(
        "質問に答えて、実装宣言のひな形を作ります。\n"
        "対話なしで作るときは --set 項目=値 を並べ、--no-input を付けます。",
        "Write a new declaration by asking a few questions.\n"
        "Without a dialogue: give --set KEY=VALUE for each and --no-input.",
    ),
)
@click.argument("file", metavar="FILE", default="declaration.toml")
@option(
    "--set",
    "given",
    multiple=True,
    metavar="KEY=VALUE",
    ja="答えを先に与えます（例 --set otp.digits=6）。何度でも。",
    en="Give an answer beforehand, e.g. --set otp.digits=6. Repeatable.",
)
@option(
    "--no-input",
    is_flag=True,
    ja="質問しません。足りない答えがあれば、その項目を示して終わります。",
    en="Ask nothing; name the keys that lack an answer.",
)
@option(
    "--all",
    "everything",
    is_flag=True,
    ja="既定値のある項目もすべて尋ねます（Enter で既定値）。",
    en="Ask for every key, those with a default, too (Enter takes it).",
)
@option("--force", is_flag=True, ja="すでにあるファイルを置き換えます。", en="Replace the file.")
@common_options
def init(
    file: str, given: tuple[str, ...], *, no_input: bool, everything: bool, force: bool
) -> int:
    """Ask, write a checked file, and say what comes next."""
    path = Path(file)
    if path.exists() and not force:
        raise UsageError(
            f"{file} はすでにあります。別の名前にするか、--force を付けてください。",
            f"{file} exists. Choose another name or add --force.",
        )
    if not path.parent.is_dir():
        raise UsageError(
            f"{file} を置くフォルダー {path.parent} がありません。",
            f"The folder {path.parent} for {file} does not exist.",
        )
    answers = dict(_given(text) for text in given)
    if not no_input:
        _ask_all(answers, everything=everything)
    _guess(answers)
    text = _completed(path, answers, ask=not no_input)
    path.write_text(text, encoding="utf-8")
    schema = write_beside(path)
    left = _left_open(path, text)
    click.echo(
        say(
            f"{file} を作りました。次は:\n"
            f"  1. {file} を開き、画面の文言など違うところを直す\n"
            f"  2. otp-conformance check --declaration {file}   （つながるか、画面が見つかるか）\n"
            f"  3. otp-conformance plan --declaration {file}    （何を実施し、何を使うか）\n"
            f"  4. otp-conformance run --declaration {file}\n"
            f"{schema} は、エディターの補完と誤りの表示に使われます（docs/workbench.ja.md）。",
            f"Wrote {file}. Next:\n"
            f"  1. open {file} and correct what differs, such as on-screen texts\n"
            f"  2. otp-conformance check --declaration {file}   (reachable? screens found?)\n"
            f"  3. otp-conformance plan --declaration {file}    (what runs, what it uses up)\n"
            f"  4. otp-conformance run --declaration {file}\n"
            f"{schema} lets editors complete keys and show mistakes (docs/workbench.md).",
        )
    )
    if left:
        click.echo(left)
    return ExitCode.PASS


def _given(text: str) -> tuple[str, object]:
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals:
        raise UsageError(
            f"--set {text}: 項目=値 の形で指定してください。",
            f"--set {text}: write KEY=VALUE.",
        )
    if field_at(key) is None and not key.startswith("labels."):
        hint = str(did_you_mean(key, [*required_keys(), *askable()])).strip()
        raise UsageError(
            f"--set {text}: {key} という項目はありません。{hint}",
            f"--set {text}: there is no key {key}. {hint}",
        )
    if key.startswith("labels."):
        return key, [value.strip()]
    try:
        return key, value_of(key, value)
    except ValueError as error:
        raise UsageError(f"--set {text}: {error}", f"--set {text}: {error}") from None


def _ask_all(answers: dict[str, object], *, everything: bool) -> None:
    """Ask for all that has no default, what `check` compares, and what answers give rise to."""
    click.echo(
        say(
            "検査対象について伺います（Ctrl-C で中止）。[ ] の中は既定値で、Enter で決まります。"
            "分からない項目は、あとで直せます。",
            "Questions about the system under test (Ctrl-C to stop). Enter takes what stands in "
            "[ ]; all can be changed later.",
        )
    )
    asked: set[str] = set()
    table = ""
    while key := next(open_keys(answers, asked, everything=everything), ""):
        asked.add(key)
        if (within := key.rpartition(".")[0]) != table:
            table = within
            click.echo(f"\n[{table}] {note(table)}")
        value = _ask(key)
        default = usual(key)
        same = value == (list(default) if isinstance(default, tuple) else default)
        if not same and value not in ("", [], {}):
            answers[key] = value
        _guess(answers)


def _ways(info: FieldInfo | None) -> tuple[str, ...]:
    """Return what may be answered, empty where it cannot be listed."""
    if info is None:
        return ()
    return ("y", "n") if info.annotation is bool else choices(info)


def _ask(key: str) -> object:
    info = field_at(key)
    listed = choices(info) if info is not None else ()
    ways = _ways(info)
    question = f"{note(key)}\n  {key}" + (f" ({' / '.join(ways)})" if ways else "")
    # What the answers do not say otherwise is offered, and taken with Enter.
    required = key in {*required_keys()}
    offered = None if required else _as_typed(key)
    while True:
        typed = str(click.prompt(question, default=offered, show_default=bool(offered)))
        if not required and typed == "":
            return usual(key)
        try:
            value = value_of(key, typed)
        except ValueError as error:
            click.echo(f"  {error}")
            continue
        wrong = _outside(value, listed)
        if not wrong:
            return value
        click.echo(
            "  "
            + say(f"「{wrong}」は選べません。", f"{wrong} is no choice.")
            + str(did_you_mean(wrong, listed)).strip()
        )


def _as_typed(key: str) -> str:
    """Return a default as one would type it."""
    value = suggested(key, usual(key))
    match value:
        case bool():
            return "y" if value else "n"
        case tuple():
            return ", ".join(map(str, value))
        case Mapping() | None:
            return ""
    return str(value)


def _outside(value: object, listed: Sequence[str]) -> str:
    """Return what was given and cannot be chosen, or nothing."""
    given = value if isinstance(value, list) else [value]
    return next((str(word) for word in given if listed and str(word) not in listed), "")


def _guess(answers: dict[str, object]) -> None:
    """Fill in what follows from an answer: the host from the address."""
    address = answers.get("sut.base_url")
    if isinstance(address, str) and "sut.allowed_hosts" not in answers:
        try:
            host = urlsplit(address).hostname
        except ValueError:
            return
        if host:
            answers["sut.allowed_hosts"] = [host]


def _completed(path: Path, answers: dict[str, object], *, ask: bool) -> str:
    """Return the checked text, asking for what the answers make necessary."""
    for _ in range(_MOST_ROUNDS):
        text = render(answers)
        try:
            parse(path, text.encode())
        except DeclarationError as error:
            if all(_is_table(problem.key) for problem in error.problems):
                return text
            if not ask:
                raise _unanswered(error, answers) from None
            _ask_again(error, answers)
        else:
            return text
    raise UsageError(
        "答えがそろいません。--set で項目ごとに指定してください。",
        "The answers do not fit together. Give them one by one with --set.",
    )


def _ask_again(error: DeclarationError, answers: dict[str, object]) -> None:
    told = [problem for problem in error.problems if not _is_table(problem.key)]
    for problem in told:
        click.echo(f"  {_without_line(problem)}")
    asked = False
    for key in dict.fromkeys(problem.key for problem in told):
        if field_at(key) is not None:
            answers[key] = _ask(key)
            asked = True
    if not asked:
        raise _unanswered(error, answers)


def _without_line(problem: Problem) -> str:
    body = say(
        f"実際は{problem.found}、必要なのは{problem.expected}。{problem.fix}",
        f"found {problem.found}, expected {problem.expected}. {problem.fix}",
    )
    return f"{problem.key}: {body}"


def _unanswered(error: DeclarationError, answers: Mapping[str, object]) -> UsageError:
    follows = {"sut.allowed_hosts"} if "sut.base_url" not in answers else set()
    lacking = dict.fromkeys(p.key for p in error.problems if p.key not in {*answers, *follows})
    needed = dict(made_necessary(answers))
    wrong = [p for p in error.problems if p.key in answers and p.key not in _deciding(needed)]
    lines = [_without_line(problem) for problem in wrong]
    if lacking:
        lines.append(say("答えが足りません。次を加えてください:", "Answers are lacking. Add:"))
    lines += [_option(key) for key in lacking if key not in needed]
    lines += [_option(key, why) for key, why in needed.items()]
    return UsageError("\n".join(lines), "\n".join(lines))


def _option(key: str, why: str = "") -> str:
    ways = "|".join(_ways(field_at(key))) or "…"
    return f"  --set {key}={ways}   {note(key)}{why}"


def _deciding(needed: Mapping[str, str]) -> set[str]:
    """Return the answers that are right, if only what they call for is given."""
    tables = {key.rpartition(".")[0] for key in needed}
    return {key for rule in READ_WHEN if tables & set(rule.keys) for key in rule.by}


def _is_table(key: str) -> bool:
    """Tell whether a key stands for a table: too much for one answer, left to the editor."""
    info = field_at(key)
    return info is not None and section_of(info) is not None


def _left_open(path: Path, text: str) -> str:
    """Return what must still be written by hand, a line each, empty for nothing."""
    try:
        parse(path, text.encode())
    except DeclarationError as error:
        told = say("まだ書き足すところがあります:", "Still to be written:")
        return "\n".join([told, *(f"  {problem}" for problem in error.problems)])
    return ""
