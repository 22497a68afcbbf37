"""One mutant before the suite: the scenarios that run its line, the quickest first."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from otp_conformance.errors import UnreadyError
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.outcome import Outcome
from workshop.faults.runs import carry_out, reds, troubles
from workshop.mutants.known import SERVE, Known
from workshop.mutants.plan import Mutant, source_of
from workshop.variants.start import write_declaration

_BATCHES = (4, 12, 40)  # a red end is mostly found at once; each batch starts a bank


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"  # 不合格 of a requirement
    UNTOLD = "untold"  # 判定不能, 未実施 or a suite fault, and no 不合格
    SURVIVED = "survived"
    UNSEEN = "unseen"  # no scenario runs the line
    DEAD = "dead"  # it is no bank: it does not start


@dataclass(frozen=True)
class Judged:
    """A mutant's fate. ``by``: the scenario and what it saw; ``tried``: how many there were."""

    mutant: Mutant
    fate: Fate
    by: str = ""
    requirements: tuple[str, ...] = ()
    tried: int = 0
    seconds: float = 0.0


def judge(mutant: Mutant, known: Known, most: int) -> Judged:
    """Let scenarios meet a mutant until one is red; ``most``: at most so many of them.

    As many again meet one that was noticed without a 不合格: what a control stumbled over
    may be what another scenario is about.
    """
    judges = known.judges(mutant.module, mutant.line)
    batches = chain(_batches(judges[:most]), _batches(judges[most : 2 * most]))
    if not judges:
        return Judged(mutant, Fate.UNSEEN)
    begun, told, tried = time.monotonic(), "", 0
    with TemporaryDirectory(prefix="mutant-") as name:
        folder = Path(name)
        source = folder / "mutant.py"
        source.write_text(source_of(mutant), encoding="utf-8")
        declared = write_declaration(folder, SERVE, f"mutant={mutant.package}={source}")
        for number, batch in enumerate(batches):
            if tried >= most and not told:
                break
            try:
                result = carry_out(
                    declared, folder / f"reports{number}", selection=Selection(ids=tuple(batch))
                )
            except (UnreadyError, Outcome) as error:
                return Judged(mutant, Fate.DEAD, str(error).splitlines()[0])
            tried += len(batch)
            if red := reds(result.journal):
                by = f"{red[0].scenario_id} {red[0].check}: {red[0].observed}"
                spent = time.monotonic() - begun
                return Judged(mutant, Fate.KILLED, by, red[0].requirements, tried, spent)
            told = told or next((str(trouble) for trouble in troubles(result.journal)), "")
    fate = Fate.UNTOLD if told else Fate.SURVIVED
    return Judged(mutant, fate, told, (), tried, time.monotonic() - begun)


def _batches(judges: Sequence[str]) -> Iterator[Sequence[str]]:
    left = list(judges)
    for size in _BATCHES:
        if left:
            yield left[:size]
        left = left[size:]
    if left:
        yield left
