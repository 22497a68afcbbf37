"""The entry point: errors become one line and an exit code here, and only here."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click

from otp_conformance.cli.bilingual import (
    BilingualGroup,
    BilingualOption,
    common_options,
    explain_usage,
)
from otp_conformance.cli.coverage import coverage_command
from otp_conformance.cli.declaration import declaration
from otp_conformance.cli.features import features
from otp_conformance.cli.lint import lint
from otp_conformance.cli.listing import list_scenarios
from otp_conformance.cli.report import report
from otp_conformance.cli.requirements import requirements
from otp_conformance.cli.run import run
from otp_conformance.cli.serve import serve
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.language import choose, say, set_language
from otp_conformance.resources import BundleMissingError
from otp_conformance.run.errors import RunError
from otp_conformance.run.exit_codes import ExitCode
from otp_conformance.run.text import Text

PROGRAM = "otp-conformance"


@click.group(
    cls=BilingualGroup,
    invoke_without_command=True,
    text=Text(
        "ハードウェア型ワンタイムパスワードトークンの画面操作手順書への適合を確かめます。\n"
        "まず `otp-conformance run` を試してください。",
        "Check the conformance of internet banking with hardware OTP tokens.\n"
        "Try `otp-conformance run` first.",
    ),
)
@click.version_option(
    version("otp-conformance"),
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


for _command in (
    run,
    serve,
    list_scenarios,
    requirements,
    features,
    coverage_command,
    lint,
    report,
    declaration,
):
    cli.add_command(_command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code (docs/exit-codes.md)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _prepare_streams()
    set_language(choose(_option(arguments, "--lang"), os.environ))
    try:
        result = cli.main(args=arguments, prog_name=PROGRAM, standalone_mode=False)
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
    except BrokenPipeError:
        # Whoever read our output has gone: nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.PASS
    except BundleMissingError as error:
        _complain(str(error))
        return ExitCode.SUITE_FAULT
    except Exception as error:  # noqa: BLE001 - the last resort: one line instead of a traceback
        return _unexpected(error, debug="--debug" in arguments)
    return int(result or 0)


def _prepare_streams() -> None:
    """Keep a terminal that cannot show Japanese from ending the run with an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _option(arguments: Sequence[str], name: str) -> str | None:
    """Read an option before click does: its own errors must be in the right language."""
    for index, argument in enumerate(arguments):
        if argument.startswith(f"{name}="):
            return argument.removeprefix(f"{name}=")
        if argument == name and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


def _complain(line: str) -> None:
    click.echo(f"{PROGRAM}: {line}", err=True)


def _unexpected(error: Exception, *, debug: bool) -> int:
    name = f"{type(error).__name__}: {' '.join(str(error).split())}"
    if debug:
        traceback.print_exception(error)
        _complain(say(f"試験装置異常: {name}", f"Suite fault: {name}"))
        return ExitCode.SUITE_FAULT
    handle, path = tempfile.mkstemp(prefix="otp-conformance-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    _complain(
        say(
            f"試験装置異常: {name}（詳細: {Path(path)}、または --debug を付けて再実行）",
            f"Suite fault: {name} (details: {Path(path)}, or run again with --debug)",
        )
    )
    return ExitCode.SUITE_FAULT
