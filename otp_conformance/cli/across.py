"""What the commands that look across runs share: how they answer, where their pages go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from otp_conformance.cli.bilingual import option
from otp_conformance.cli.console import echo
from otp_conformance.errors import UsageError
from otp_conformance.language import say

F = TypeVar("F", bound=Callable[..., Any])


def page_folder(function: F) -> F:
    """Add --output, as ``folder``: where a page goes, beside the runs and in none of them."""
    return option(
        "--output",
        "folder",
        default="reports",
        show_default=True,
        metavar="DIR",
        ja="ページを書くフォルダー。",
        en="Folder for the page.",
    )(function)


def page_options(function: F) -> F:
    """Add --format, as ``output``, and --output, as ``folder``."""
    return option(
        "--format",
        "output",
        type=click.Choice(["text", "html", "json"]),
        default="text",
        show_default=True,
        ja="text: 端末に表示。html: 表示し、一つのファイルのページも書く。json: プログラム用。",
        en="text: to the terminal; html: a page in one file as well; json: for programs.",
    )(page_folder(function))


def write_page(folder: Path, name: str, page: Callable[[Path], str]) -> Path:
    """Write a page and name it; ``page`` is told the folder that its links start from.

    Raises `UsageError` when it cannot be written.
    """
    target = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(page(folder), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(
            f"{target} に書き込めません（{error.strerror}）。"
            "--output で別の場所を指定してください。",
            f"{target} cannot be written ({error.strerror}). Give another folder with --output.",
        ) from error
    echo(say(f"ページ: {target}", f"Page: {target}"))
    return target
