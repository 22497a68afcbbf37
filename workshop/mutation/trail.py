"""Through which lines of steps and actors each judgement comes, and how it ends.

One run of the planted faults with this tells which fault makes which statement red:
a mutant of that statement needs to meet those faults only.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

_KINDS = ("confirm", "refused", "control")
_WATCHED = ("otp_conformance/people/", "otp_conformance/judging/", "steps/")


@dataclass(frozen=True)
class Passage:
    """One judgement: ``lines`` are (file, line), the innermost first."""

    kind: str
    ok: bool
    lines: tuple[tuple[str, int], ...]

    def touches(self, file: str, first: int, last: int) -> bool:
        """Tell whether it came through a statement."""
        return any(name == file and first <= line <= last for name, line in self.lines)


def watch(path: Path) -> None:
    """Write down every judgement of this process from now on, one JSON line each."""
    from otp_conformance.journal.case import Case

    for kind in _KINDS:
        setattr(Case, kind, _noting(getattr(Case, kind), kind, path))


def _noting(method: Callable[..., Any], kind: str, path: Path) -> Callable[..., Any]:
    @functools.wraps(method)
    def noting(case: Any, name: str, ok: bool, **more: Any) -> Any:
        line = json.dumps([kind, bool(ok), _lines(sys._getframe(1))])
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        return method(case, name, ok, **more)

    return noting


def _lines(frame: FrameType | None) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    here = str(Path.cwd()) + "/"
    while frame is not None:
        file = frame.f_code.co_filename.removeprefix(here)
        if file.startswith(_WATCHED):
            found.append((file, frame.f_lineno))
        frame = frame.f_back
    return found


def read(path: Path) -> Iterable[Passage]:
    """Return what was written down; nothing for a run without judgements."""
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Passage(kind, ok, tuple((f, n) for f, n in lines)) for kind, ok, lines in rows]
