"""What has been spent of a pool: an append-only file that outlives every run.

One JSON object a line. Several processes may share it: each appends under an
exclusive lock (flock) and forces the line to the disk before it goes on, so that
what was handed out is on record before anybody uses it. No secret stands in it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from otp_conformance.assets.consumption import Spent, What
from otp_conformance.language import say

LEDGER_VERSION = 1
HANDED_OUT = "handed_out"
SHARE = "share"
RELEASED = "released"
_OF_TOKENS = frozenset({What.TOKEN, What.SOFTWARE_TOKEN, What.CODE, What.BURNT, What.DISPATCHED})


class LedgerError(Exception):
    """A ledger that cannot be believed or written; names file, line and fix."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        place = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{place}: {problem}")


@dataclass(frozen=True)
class Assets:
    """Customers by login ID and tokens by serial number."""

    customers: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()

    def __or__(self, other: Assets) -> Assets:
        return Assets(self.customers | other.customers, self.tokens | other.tokens)

    def __sub__(self, other: Assets) -> Assets:
        return Assets(self.customers - other.customers, self.tokens - other.tokens)


Book = Callable[[str, Assets, Mapping[str, str | int]], None]
"""Appends a line for each customer and token while the ledger is held; `LedgerError`."""


class Ledger:
    """The account book of one pool file."""

    def __init__(
        self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.path = path
        self._now = now
        self._read_to = 0
        self._lines = 0
        self._customers: set[str] = set()
        self._tokens: set[str] = set()
        self._spent = Assets()
        self._shares: dict[str, Assets] = {}
        # Of each token the newest step by the length of a step, which may be declared
        # otherwise later; 0: a ledger of a time when it was not written.
        self._steps: dict[str, dict[int, int]] = {}

    def spent(self) -> Assets:
        """Return what is not free any more.

        Raises `LedgerError` for a file that cannot be read.
        """
        self._catch_up()
        return self._spent

    def share(self, run_id: str) -> Assets | None:
        """Return what a run keeps to, None for one that may use everything (`keep_to`)."""
        self._catch_up()
        return self._shares.get(run_id)

    def keep_to(self, run_id: str, share: Assets) -> None:
        """Let a run use nothing but a share: the rest is for those who run beside it.

        Nothing is spent by that.
        """
        named = {"customers": sorted(share.customers), "tokens": sorted(share.tokens)}
        with self._locked() as file:
            self._catch_up()
            self._append(file, [{"what": SHARE, "run": run_id, **named}])

    def newest_use(self, serial: str, step_seconds: int) -> datetime | None:
        """Return when the newest booked time step of a token begins; None for none.

        ``step_seconds``: of steps that were booked without their length.
        """
        steps = self._steps.get(serial, {})
        seconds = [(length or step_seconds) * step for length, step in steps.items()]
        return datetime.fromtimestamp(max(seconds), tz=UTC) if seconds else None

    @contextmanager
    def taking(self) -> Iterator[Book]:
        """Hold the ledger while something is chosen; yields what books it.

        Nobody else can book within the ``with`` block, so that what `spent`
        says stays true until the choice has been booked.
        """
        with self._locked() as file:
            self._catch_up()

            def book(what: str, assets: Assets, more: Mapping[str, str | int]) -> None:
                lines = [{"customer": c} for c in sorted(assets.customers)]
                lines += [{"token": t} for t in sorted(assets.tokens)]
                self._append(file, [{"what": what, **line, **more} for line in lines])

            yield book

    def release(self, assets: Assets) -> None:
        """Book assets as free again, after somebody has restored them at the system."""
        with self.taking() as book:
            book(RELEASED, assets, {})

    def note(self, run_id: str, scenario: str, spent: Spent, step_seconds: int) -> None:
        """Append what a scenario used up of something that was handed out before.

        ``step_seconds``: length of the time steps by which codes are booked.
        """
        named = frozenset({spent.who})
        assets = Assets(tokens=named) if spent.what in _OF_TOKENS else Assets(customers=named)
        more: dict[str, str | int] = {"run": run_id, "scenario": scenario}
        if spent.detail:
            more["detail"] = spent.detail
        if spent.what is What.CODE:
            more["step_seconds"] = step_seconds
        with self.taking() as book:
            book(str(spent.what), assets, more)

    def uses(self, tokens: Collection[str]) -> Sequence[Mapping[str, Any]]:
        """Return the lines that tell when these tokens were used last (`newest_use`)."""
        self._catch_up()
        return [
            {
                "what": str(What.CODE),
                "token": serial,
                "detail": str(step),
                **({"step_seconds": length} if length else {}),
            }
            for serial in sorted(tokens)
            for length, step in self._steps.get(serial, {}).items()
        ]

    def take_over(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Append lines of another ledger as they are."""
        with self._locked() as file:
            self._catch_up()
            self._append(file, lines)

    def add(self, other: Ledger) -> int:
        """Append what another ledger says and this one does not; return how many lines.

        Raises `LedgerError` for one that cannot be read.
        """
        other.spent()
        known = {json.dumps(line) for line in self.lines_after(0)}
        new = [line for line in other.lines_after(0) if json.dumps(line) not in known]
        if new:
            self.take_over(new)
        return len(new)

    def lines_after(self, size: int) -> list[dict[str, Any]]:
        """Return the whole lines that came after so many bytes of the file."""
        self._catch_up()
        try:
            data = self.path.read_bytes()[size : max(size, self._read_to)]
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in data.splitlines()]

    # -- the file ----------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+b")
        except OSError as error:
            raise self._unusable(error) from None
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    def _append(self, file: IO[bytes], lines: Sequence[Mapping[str, Any]]) -> None:
        try:
            self._write(file, lines)
        except OSError as error:
            raise self._unusable(error) from None
        self._catch_up()

    def _write(self, file: IO[bytes], lines: Sequence[Mapping[str, Any]]) -> None:
        # A line cut while being written (kill -9) promised nothing to anybody: it
        # goes to the disk before what it books is handed out.
        file.seek(0, os.SEEK_END)
        if file.tell() > self._read_to:
            file.truncate(self._read_to)
        head = {"v": LEDGER_VERSION, "at": self._now().isoformat(timespec="seconds")}
        for line in lines:
            text = json.dumps({**head, **line}, ensure_ascii=False, separators=(",", ":"))
            file.write(text.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())

    def _catch_up(self) -> None:
        """Read the lines that have come since; an unfinished last one is left alone."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._read_to)
                data = file.read()
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unusable(error) from None
        if not data:
            return
        try:
            self._take_in(data)
        finally:  # once for all lines: each would copy all that has been spent before
            self._spent = Assets(frozenset(self._customers), frozenset(self._tokens))

    def _take_in(self, data: bytes) -> None:
        for raw in data.splitlines(keepends=True):
            if not raw.endswith(b"\n"):
                return
            self._lines += 1
            try:
                self._add(json.loads(raw))
            except (ValueError, KeyError, TypeError):
                raise LedgerError(
                    self.path,
                    self._lines,
                    say(
                        "台帳の行として読めません。消費済みの資産を見落とすおそれがあるため止めます。"
                        "控えから戻すか、この行を直してください。",
                        "not a line of a ledger. Stopping, because something spent could be "
                        "overlooked. Restore the file, or correct this line.",
                    ),
                ) from None
            self._read_to += len(raw)

    def _add(self, line: Mapping[str, Any]) -> None:
        if line["v"] == LEDGER_VERSION and line["what"] == SHARE:
            share = Assets(frozenset(line["customers"]), frozenset(line["tokens"]))
            self._shares[str(line["run"])] = share
            return
        if line["v"] != LEDGER_VERSION or not {"customer", "token"} & set(line):
            raise ValueError(line)
        customers = {str(line["customer"])} if "customer" in line else set[str]()
        tokens = {str(line["token"])} if "token" in line else set[str]()
        match line["what"]:
            case "handed_out":
                self._customers |= customers
                self._tokens |= tokens
            case "released":
                self._customers -= customers
                self._tokens -= tokens
            case What.CODE if "detail" in line:
                steps = self._steps.setdefault(str(line["token"]), {})
                length, step = int(line.get("step_seconds", 0)), int(line["detail"])
                steps[length] = max(step, steps.get(length, step))

    def _unusable(self, error: OSError) -> LedgerError:
        return LedgerError(
            self.path,
            0,
            say(
                f"台帳を読み書きできません（{error.strerror}）。場所と権限を確かめてください。",
                f"the ledger cannot be used ({error.strerror}). Check path and rights.",
            ),
        )
