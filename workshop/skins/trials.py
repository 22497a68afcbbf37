"""A skin on trial: the whole way of a customer, and the choices that a failure needs."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from otp_conformance.verdict.verdict import Verdict
from workshop.pages import habits
from workshop.skins.screens import screens
from workshop.skins.skin import PLAIN, Skin, retold
from workshop.variants.start import write_declaration
from workshop.variants.trial import Trial, carry_out

CASES = Path(__file__).parent / "cases.toml"
#: Login right and wrong, issue, activation, deactivation, suspension.
WHOLE_WAY = ("LGN-04/1", "LGN-06/1", "ISS-18/1", "ACT-31/1", "DEA-01/1", "LCK-01/1")
HEAD = "| skin | 合格 | 不合格 | 判定不能 | 未実施 | rounds | followed | first complaint |"
_COLUMNS = (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_RUN)
_LONGEST = 160
_FAILURES = 2  # until an account is suspended: each one costs a login


def try_skin(skin: Skin, folder: Path, *, hasty: bool = False) -> Trial:
    """Let a user meet the bank in a skin; ``hasty``: up to the first complaint."""
    folder.mkdir(parents=True, exist_ok=True)
    declaration = write_declaration(
        folder,
        "workshop.skins.serve",
        skin.name,
        policy={"lock_threshold": _FAILURES},
        declared={"lockout.threshold": _FAILURES, **skin.declared()},
    )
    return carry_out(declaration, WHOLE_WAY, hasty=hasty)


def row(name: str, trial: Trial) -> str:
    """Return a trial as a row under `HEAD`."""
    verdicts = Counter(end.verdict for end in trial.ends.values())
    counts = " | ".join(str(verdicts[verdict]) for verdict in _COLUMNS)
    first = trial.complaints[0][:_LONGEST].replace("|", "/") if trial.complaints else "—"
    return f"| {name} | {counts} | {trial.rounds} | {len(trial.followed)} | {first} |"


def tried(name: str, reports: Path) -> tuple[str, bool]:
    """Try the skin of a name; return its row, and whether all went well."""
    trial = try_skin(Skin.named(name), reports / name.partition(":")[0])
    return row(name, trial), not trial.complaints


def choices(skin: Skin) -> list[str]:
    """Return the choices of a skin that differ from the bank's own ways, as `Skin.only` has them.

    Those of parts that no screen has are none.
    """
    found: dict[str, None] = {}

    def noted(aspect: str, place: str) -> str:
        way = skin.way(aspect, place)
        if way != PLAIN:
            found[f"{aspect}/{place}"] = None
        return way

    for aspect in ("encoding", "waiting", "window", "names", *habits.LAYERS):
        noted(aspect, "bank")
    with TemporaryDirectory() as folder:
        for html in screens(Path(folder)).values():
            retold(noted, html)
    return list(found)


def smallest(parts: Sequence[str], fails: Callable[[Sequence[str]], bool]) -> list[str]:
    """Return parts of which none can be left out without ending the failure.

    Halves first, then ever smaller pieces (delta debugging).
    """
    left, size = list(parts), max(1, len(parts) // 2)
    while True:
        for start in range(0, len(left), size):
            without = left[:start] + left[start + size :]
            if fails(without):
                left, size = without, max(1, min(size, len(without) // 2))
                break
        else:
            if size == 1:
                return left
            size = max(1, size // 2)


def shrunk(skin: Skin, folder: Path, tell: Callable[[str], None]) -> Skin:
    """Return the smallest part of a failing skin that still fails.

    ValueError for a skin that does not fail.
    """
    if not try_skin(skin, folder, hasty=True).complaints:
        raise ValueError(f"{skin.name} does not fail")

    def fails(only: Sequence[str]) -> bool:
        smaller = Skin(skin.seed, frozenset(only))
        complaints = try_skin(smaller, folder, hasty=True).complaints
        tell(f"{len(only)} choices: {'fails' if complaints else 'passes'}")
        return bool(complaints)

    return Skin(skin.seed, frozenset(smallest(choices(skin), fails)))


def cases() -> list[Skin]:
    """Return the skins that once failed."""
    told = tomllib.loads(CASES.read_text(encoding="utf-8"))
    return [Skin.named(case["skin"]) for case in told.get("case", [])]
