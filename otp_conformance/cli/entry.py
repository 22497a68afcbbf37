"""The group of commands; errors become one line and an exit code here, and only here."""

from __future__ import annotations

import logging
import os
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import click

from otp_conformance.cli.bilingual import (
    BilingualGroup,
    BilingualOption,
    common_options,
    explain_usage,
)
from otp_conformance.cli.startup import loading
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.errors import RunError
from otp_conformance.language import Text, say
from otp_conformance.resources import BundleMissingError
from otp_conformance.text import visible
from otp_conformance.verdict.exit_codes import ExitCode

PROGRAM = "otp-conformance"

_COMMANDS = {
    "run": "run:run",
    "serve": "serve:serve",
    "init": "init:init",
    "check": "check:check",
    "explore": "explore:explore_command",
    "record": "record:record",
    "list": "listing:list_scenarios",
    "plan": "plan:plan",
    "assets": "assets:assets",
    "requirements": "requirements:requirements",
    "features": "features:features",
    "coverage": "coverage:coverage_command",
    "compare": "compare:compare_command",
    "history": "history:history_command",
    "manual": "manual:manual_command",
    "lint": "lint:lint",
    "report": "report:report",
    "merge": "merge:merge_command",
    "bundle": "handover:bundle",
    "verify": "handover:verify",
    "declaration": "declaration:declaration",
}
"""Command: module and name, in the order of importance. Loaded when asked for."""


class _Commands(BilingualGroup):
    """Loads a command only when it is needed: the others' libraries take their time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of their importance."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load and return a command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        with loading():
            found = getattr(import_module(f"otp_conformance.cli.{module}"), name)
        assert isinstance(found, click.Command)  # noqa: S101 - our own table
        return found


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    text=Text(
        "インターネットバンキングが、ハードウェアトークンの画面操作手順書に適合しているかを確かめます。\n"
        "まず `otp-conformance run` を試してください。",
        "Check the conformance of internet banking with hardware OTP tokens.\n"
        "Try `otp-conformance run` first.",
    ),
)
@click.version_option(
    package_name=PROGRAM,
    message=f"{PROGRAM} %(version)s",
    cls=BilingualOption,
    text=Text("版を表示します。", "Show the version."),
)
@common_options
@click.pass_context
def cli(ctx: click.Context) -> int:
    """Show the help when no command is given: that is bad usage."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        return ExitCode.USAGE
    return ExitCode.PASS


@contextmanager
def harmless_warnings() -> Iterator[None]:
    """Have warnings, which may quote a page, made visible as well."""
    handler = logging.lastResort
    before = handler.formatter if handler else None
    if handler:
        handler.setFormatter(_Visible())
    try:
        yield
    finally:
        if handler:
            handler.setFormatter(before)


class _Visible(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return a warning as it may be printed."""
        return visible(super().format(record))


def start(arguments: Sequence[str], command: click.Command = cli, name: str = PROGRAM) -> int:
    """Carry the command line out and return its exit code."""
    try:
        with harmless_warnings():
            result = command.main(args=list(arguments), prog_name=name, standalone_mode=False)
    except DeclarationError as error:
        for problem in error.problems:
            _complain(str(problem))
        return ExitCode.USAGE
    except RunError as error:
        _complain(str(error))
        return error.exit_code
    except click.UsageError as error:
        _complain(str(explain_usage(error)))
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        _complain(say("中断しました。", "Interrupted."))
        return ExitCode.INTERRUPTED
    except BundleMissingError as error:
        _complain(str(error))
        return ExitCode.SUITE_FAULT
    except Exception as error:  # noqa: BLE001 - the last resort: one line instead of a traceback
        return _unexpected(error, debug="--debug" in arguments)
    return int(result or 0)


def _complain(line: str) -> None:
    click.echo(f"{PROGRAM}: {visible(line)}", err=True)


def _unexpected(error: Exception, *, debug: bool) -> int:
    name = f"{type(error).__name__}: {' '.join(str(error).split())}"
    if debug:
        click.echo(visible("".join(traceback.format_exception(error))), err=True)
        _complain(say(f"試験装置異常: {name}", f"Suite fault: {name}"))
        return ExitCode.SUITE_FAULT
    handle, path = tempfile.mkstemp(prefix="otp-conformance-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(visible("".join(traceback.format_exception(error))))
    _complain(
        say(
            f"試験装置異常: {name}（詳細: {Path(path)}、または --debug を付けて再実行）",
            f"Suite fault: {name} (details: {Path(path)}, or run again with --debug)",
        )
    )
    return ExitCode.SUITE_FAULT
