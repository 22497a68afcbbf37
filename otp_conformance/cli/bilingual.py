"""click commands whose help and errors speak the reader's language."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from otp_conformance.errors import UsageError
from otp_conformance.language import VARIABLE, Language, Text, choose, did_you_mean, say

F = TypeVar("F", bound=Callable[..., Any])


class BilingualOption(click.Option):
    """An option with its help in both languages."""

    def __init__(self, *args: Any, text: Text, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.text = text

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return names and help in the current language."""
        self.help = str(self.text)
        record = super().get_help_record(ctx)
        if record is None:
            return None
        names, help_text = record
        return names, help_text.replace("[default: ", say("［既定: ", "[default: ")).replace(
            "]", say("］", "]")
        ) if "[default: " in help_text else help_text


class _Bilingual(click.Command):
    """What commands and groups have in common."""

    def __init__(self, *args: Any, text: Text, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.text = text

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first line of the help."""
        del limit
        return str(self.text).splitlines()[0]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=say("使い方: ", "Usage: "))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, line by line as it was written."""
        del ctx
        formatter.write_paragraph()
        for line in str(self.text).splitlines():
            formatter.write(f"  {line}\n")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help`` with its help in the current language."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("この説明を表示します。", "Show this message and exit.")
        return option

    def _write_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        records = [record for p in options if (record := p.get_help_record(ctx))]
        if records:
            with formatter.section(say("オプション", "Options")):
                formatter.write_dl(records)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write all options."""
        self._write_options(ctx, formatter)


class BilingualCommand(_Bilingual):
    """A command with its help in both languages."""


class BilingualGroup(_Bilingual, click.Group):
    """A group with its help in both languages, and help for mistyped commands."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write commands first, then options."""
        rows = [
            (name, command.get_short_help_str())
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        ]
        with formatter.section(say("コマンド", "Commands")):
            formatter.write_dl(rows)
        self._write_options(ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of their importance, as registered."""
        del ctx
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; raise `UsageError` naming the nearest one."""
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            hint = did_you_mean(args[0], self.list_commands(ctx))
            raise UsageError(
                f"{args[0]} というコマンドはありません。{hint.ja}"
                f"`{ctx.command_path} --help` で一覧を確かめてください。",
                f"There is no command {args[0]}.{hint.en} See `{ctx.command_path} --help`.",
            )
        return super().resolve_command(ctx, args)


def option(*names: str, ja: str, en: str, **kwargs: Any) -> Callable[[F], F]:  # noqa: ANN401
    """Declare an option with its help in both languages."""
    return click.option(*names, cls=BilingualOption, text=Text(ja, en), **kwargs)


_LANGUAGE = "otp_conformance.lang"


def _keep_language(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.meta[_LANGUAGE] = value


def report_language() -> Language:
    """Return the language of reports: that of ``--lang`` or OTP_CONFORMANCE_LANG, else Japanese.

    They are written for readers in Japan: unlike messages, they do not follow the locale of
    the machine that happens to run the test.
    """
    ctx = click.get_current_context(silent=True)
    asked = ctx.meta.get(_LANGUAGE) if ctx else None
    return choose(asked, {VARIABLE: os.environ.get(VARIABLE, "")})


def common_options(function: F) -> F:
    """Add the options that every command takes; `main` reads them beforehand."""
    function = option(
        "--debug",
        is_flag=True,
        expose_value=False,
        ja="予期しない誤りの詳細を表示します。",
        en="Show details of unexpected errors.",
    )(function)
    return option(
        "--lang",
        type=click.Choice(["ja", "en"]),
        expose_value=False,
        callback=_keep_language,
        ja="メッセージと報告書の言語（既定は、メッセージが環境の言語、報告書が日本語）。",
        en="Language of messages and reports (default: the locale's; reports: Japanese).",
    )(function)


def explain_usage(error: click.UsageError) -> Text:
    """Return click's complaint as one line in both languages, with the nearest name."""
    where = error.ctx.command_path if error.ctx is not None else "otp-conformance"
    see = Text(f"`{where} --help` を見てください。", f" See `{where} --help`.")
    match error:
        case click.NoSuchOption():
            known = [
                name for p in (error.ctx.command.params if error.ctx else ()) for name in p.opts
            ]
            hint = did_you_mean(error.option_name, [n for n in known if n.startswith("-")])
            return Text(
                f"{error.option_name} というオプションはありません。{hint.ja}{see.ja}",
                f"There is no option {error.option_name}.{hint.en}{see.en}",
            )
        case click.MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
            return Text(f"{name} を指定してください。{see.ja}", f"Missing {name}.{see.en}")
        case click.BadParameter():
            name = error.param.opts[0] if error.param else ""
            return Text(
                f"{name} の値{_given(error.message)}を使えません（{_wanted_ja(error)}）。{see.ja}",
                f"The value of {name} cannot be used: {error.message}{see.en}",
            )
        case _:
            message = error.format_message()
            return Text(f"{_other_ja(message)}。{see.ja}", f"{message}{see.en}")


_OTHER_JA = (
    (r"Option '(.+)' requires an argument\.", r"\1 の値を指定してください"),
    (r"Option '(.+)' requires (\d+) arguments\.", r"\1 の値を \2 個指定してください"),
    (r"Option '(.+)' does not take a value\.", r"\1 は値をとりません"),
    (r"Got unexpected extra arguments? \((.+)\)", r"余分な引数があります: \1"),
)
"""click's own sentences that a person can provoke, and what they are in Japanese."""


def _other_ja(message: str) -> str:
    for pattern, japanese in _OTHER_JA:
        matched = re.fullmatch(pattern, message)
        if matched:
            return matched.expand(japanese)
    return f"コマンドの書き方を読み取れません（{message}）"


def _given(message: str) -> str:
    """Return what was typed, as click quotes it: at the beginning of its sentence."""
    matched = re.match(r"(?:'(?P<quoted>.*?)'|(?P<bare>\S+)) is not ", message)
    return f" {matched['quoted'] or matched['bare']} " if matched else ""


def _wanted_ja(error: click.BadParameter) -> str:
    match error.param.type if error.param else None:
        case click.IntRange(min=low, max=high):
            return f"{low} 以上 {high} 以下の整数にしてください"
        case click.Choice(choices=choices):
            return f"{' / '.join(str(choice) for choice in choices)} のどれかにしてください"
        case _:
            return error.message
