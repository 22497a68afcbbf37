"""Asking the person at the terminal for a yes."""

from __future__ import annotations

import sys

import click

from otp_conformance.language import Text, say


def asked(said: Text) -> bool | None:
    """Say something and return whether the person agrees; None without a terminal."""
    if not sys.stdin.isatty():
        return None
    click.echo(str(said), err=True)
    return click.confirm(say("実行しますか", "Go on"), default=False, err=True)
