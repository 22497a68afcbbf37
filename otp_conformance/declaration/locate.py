"""Line numbers of keys in a TOML file, for error messages.

``tomllib`` does not tell them. The text is known to be valid TOML here, so
that the scanner need only know what separates keys from values.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Path = tuple[str, ...]

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DOTTED = re.compile(rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|'
    r"'''.*?'{3,5}|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'[^'\n]*'",
    re.DOTALL,
)
_COMMENT = re.compile(r"#[^\n]*")


def _parts(dotted: str) -> Path:
    """Return the parts of a dotted key, read by the TOML parser itself."""
    node: object = tomllib.loads(f"{dotted} = 0")
    parts = []
    while isinstance(node, dict):
        key, node = next(iter(node.items()))
        parts.append(key)
    return tuple(parts)


@dataclass
class _Scanner:
    text: str
    at: int = 0
    table: Path = ()
    lines: dict[Path, int] = field(default_factory=dict)
    items: dict[Path, int] = field(default_factory=dict)
    counted: tuple[int, int] = (0, 1)

    def _line(self) -> int:
        # Counted on from the last place: a list of assets may have thousands of entries.
        at, line = self.counted
        self.counted = self.at, line + self.text.count("\n", at, self.at)
        return self.counted[1]

    def _note(self, path: Path) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], self._line())

    def _blank(self, signs: str) -> None:
        while self.at < len(self.text):
            if self.text[self.at] in signs:
                self.at += 1
            elif comment := _COMMENT.match(self.text, self.at):
                self.at = comment.end()
            else:
                return

    def _key(self) -> Path:
        match = _DOTTED.match(self.text, self.at)
        if match is None:
            return ()
        return _parts(match.group())

    def run(self) -> None:
        while True:
            self._blank(" \t\r\n")
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                self._header()
            else:
                self._pair(self.table)

    def _header(self) -> None:
        array = self.text.startswith("[[", self.at)
        self._blank(" \t[")
        self.table = self._key()
        if array:
            number = self.items[self.table] = self.items.get(self.table, -1) + 1
            self._note(self.table)
            self.table = (*self.table, str(number))
        self._note(self.table)
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _pair(self, table: Path) -> None:
        path = (*table, *self._key())
        self._note(path)
        match = _DOTTED.match(self.text, self.at)
        self.at = match.end() if match else len(self.text)
        self._blank(" \t=")
        self._value(path)

    def _value(self, path: Path) -> None:
        if self.at >= len(self.text):
            return
        if self.text[self.at] in "[{":
            self._container(path, closing="]" if self.text[self.at] == "[" else "}")
        elif string := _STRING.match(self.text, self.at):
            self.at = string.end()
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}\n#":
                self.at += 1

    def _container(self, path: Path, closing: str) -> None:
        self.at += 1
        item = 0
        while True:
            self._blank(" \t\r\n,")
            if self.at >= len(self.text):
                return
            if self.text[self.at] == closing:
                self.at += 1
                return
            if closing == "}":
                self._pair(path)
            else:
                inner = (*path, str(item))
                self._note(inner)
                self._value(inner)
                item += 1


def key_lines(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every key, table and array item of valid TOML.

    Array items have their number as last part, and so have the tables of an
    array of tables (tables below one of them are not told apart by it). A table
    that is only implied has the line of the first key that implies it.
    """
    scanner = _Scanner(text)
    scanner.run()
    return scanner.lines


def line_of(lines: Mapping[Path, int], path: Sequence[str | int]) -> int:
    """Return the line of a key, or of the nearest table around it, or 1."""
    parts = tuple(map(str, path))
    for length in range(len(parts), 0, -1):
        if parts[:length] in lines:
            return lines[parts[:length]]
    return 1
