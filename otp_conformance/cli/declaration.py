"""``otp-conformance declaration``: check a declaration before it is believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from otp_conformance.assets.pool.doubts import expired, made_unknown, one_date
from otp_conformance.assets.pool.file import Pool
from otp_conformance.cli import bundle
from otp_conformance.cli.bilingual import (
    BilingualCommand,
    BilingualGroup,
    common_options,
    option,
)
from otp_conformance.cli.console import echo, table
from otp_conformance.declaration.checks import missing_files, remarks
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.schema import schema_text
from otp_conformance.errors import UsageError
from otp_conformance.language import Text, say
from otp_conformance.run.budget import missing_list, pool_of

_schema_option = option(
    "--schema",
    is_flag=True,
    ja="宣言ファイルの JSON Schema を出力します。",
    en="Print the JSON Schema of declarations.",
)


@click.group(
    cls=BilingualGroup,
    invoke_without_command=True,
    text=Text("実装宣言を確かめます。", "Check declarations."),
)
@_schema_option
@common_options
@click.pass_context
def declaration(ctx: click.Context, *, schema: bool) -> int:
    """Print the schema, or the help when no command is given."""
    if schema:
        return _print_schema()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        return 2
    return 0


@declaration.command(
    "check",
    cls=BilingualCommand,
    text=Text(
        "宣言ファイルと、お客さまとトークンの一覧（あれば）を検査し、誤りを一行ずつ示します。",
        "Check a declaration file, and its list of customers and tokens if there is one; "
        "one line for each mistake.",
    ),
)
@click.argument("file", metavar="FILE", required=False)
@option(
    "--show",
    is_flag=True,
    ja="有効になる値をすべて表示します（省略した項目も）。",
    en="Show all values in force, defaults included.",
)
@_schema_option
@common_options
def check(file: str | None, *, show: bool, schema: bool) -> int:
    """Validate a file, and the list it names; raise `DeclarationError` with every problem."""
    if schema:
        return _print_schema()
    if file is None:
        raise UsageError(
            "検査する宣言ファイルを指定してください。"
            "例: otp-conformance declaration check bank.toml",
            "Name the declaration to check. Example: otp-conformance declaration check bank.toml",
        )
    loaded = bundle.load_declaration(file)
    missing = missing_list(loaded)
    prepared = pool_of(loaded) if missing is None else None
    commands = missing_files(loaded.declaration, Path(loaded.path).parent)
    doubts = _about_the_list(prepared[0], loaded.declaration) if prepared is not None else ()
    notes = (*remarks(loaded.declaration), *commands, *doubts)
    defaults = set(loaded.defaulted())
    if show:
        rows = [
            [key, _shown(value), say("（既定）", "(default)") if key in defaults else ""]
            for key, value in loaded.effective().items()
        ]
        table(rows)
        echo("")
    echo(
        say(
            f"{file}: 誤りはありません（既定値のままの項目 {len(defaults)} 件）。",
            f"{file}: no mistakes ({len(defaults)} keys left to their defaults).",
        )
    )
    if missing is not None:
        echo(
            say(
                f"一覧 {missing} はまだありません。何がいくつ要るかは、otp-conformance plan "
                f"--declaration {file} が示します。",
                f"The list {missing} does not exist yet. What it needs is shown by "
                f"otp-conformance plan --declaration {file}.",
            )
        )
    elif prepared is not None:
        pool, _ = prepared
        echo(
            say(
                f"{pool.path}: 誤りはありません（お客さま {len(pool.entries)}、"
                f"トークン {len(pool.tokens)}）。",
                f"{pool.path}: no mistakes ({len(pool.entries)} customers, "
                f"{len(pool.tokens)} tokens).",
            )
        )
    for remark in notes:
        echo(say(f"注意: {remark}", f"Note: {remark}"), "yellow")
    return 0


def _about_the_list(pool: Pool, declared: Declaration) -> Iterator[str]:
    """Yield doubts about the list of prepared assets."""
    if told := expired(pool, datetime.now(UTC)):
        yield told
    yield from one_date(pool, declared)
    yield from made_unknown(pool, declared)


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _print_schema() -> int:
    click.echo(schema_text(), nl=False)
    return 0
