"""Rules on the text of one file, line by line, before any parser."""

from __future__ import annotations

import re
from collections.abc import Iterator

from otp_conformance.lint.finding import Finding

_HEADER = re.compile(r"#\s*language\s*:\s*ja\s*")
_KEYWORDS = (
    "機能|フィーチャ|背景|ルール|シナリオアウトライン|シナリオテンプレート|シナリオテンプレ|"
    "テンプレ|シナリオ|例|サンプル"
)
_FULL_WIDTH = (
    (re.compile(rf"^\s*(?:{_KEYWORDS})\s*："), "：", ":"),
    (re.compile(r"^\s*＠"), "＠", "@"),
    (re.compile(r"^\s*@.*＠"), "＠", "@"),
    (re.compile(r"^\s*＃"), "＃", "#"),
    (re.compile(r"^\s*｜"), "｜", "|"),
    (re.compile(r"^\s*\|.*｜"), "｜", "|"),
)


def decode(raw: bytes, file: str) -> tuple[str | None, list[Finding]]:
    """Return a file's text without BOM, and what is wrong with its encoding."""
    found = []
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        found.append(
            Finding(
                file,
                1,
                "OC001",
                "先頭に BOM があります。BOM なしの UTF-8 で保存してください。",
                "begins with a byte order mark. Save as UTF-8 without BOM.",
            )
        )
    try:
        return raw.decode("utf-8"), found
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        ja, en = "UTF-8 ではありません。UTF-8 で保存してください。", "is not UTF-8. Save as UTF-8."
        return None, [*found, Finding(file, line, "OC001", ja, en)]


def line_findings(text: str, file: str) -> Iterator[Finding]:
    """Yield what is wrong with single lines; doc strings are left alone."""
    lines = text.splitlines()
    if not lines or not _HEADER.fullmatch(lines[0].strip()):
        yield Finding(
            file,
            1,
            "OC002",
            "一行目に「# language: ja」を書いてください。",
            'write "# language: ja" on the first line.',
        )
    quoted = False
    for number, line in enumerate(lines, start=1):
        if line.strip().startswith(('"""', "```")):
            quoted = not quoted
        if quoted:
            continue
        for pattern, wrong, right in _FULL_WIDTH:
            if pattern.search(line):
                yield Finding(
                    file,
                    number,
                    "OC003",
                    f"全角の「{wrong}」は記号として読まれません。半角の「{right}」に直してください。",
                    f"full-width {wrong} is plain text here; write {right}.",
                )
                break
