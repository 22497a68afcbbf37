"""The staff's work through their screens, by the steps of the declaration (port `StaffDesk`)."""

from __future__ import annotations

from collections.abc import Mapping

from otp_conformance.agent.port import UserAgents
from otp_conformance.declaration.adapters.recipes import PATH, STAFF_ID
from otp_conformance.declaration.adapters.staff import StaffAdapter
from otp_conformance.declaration.model import Declaration
from otp_conformance.screens.desk import Desk
from otp_conformance.specification.words import Kind
from otp_conformance.staff.port import LOST, Order, StaffDesk
from otp_conformance.staff.recipe import KEY, Performance, Recipe, Row
from otp_conformance.text import same
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, SetupFailed


class ScreensStaffDesk(StaffDesk):
    """One member of staff with a user agent of their own.

    Logs in when needed and again when the session has ended (the steered clock
    outlives many). ``secrets``: what the names of secrets stand for in the steps, the
    password among them. Raises `SetupFailed` when the product refuses the work,
    `DeclarationMismatch` when it refuses the login, or when a step cannot be done.
    """

    def __init__(
        self,
        agents: UserAgents,
        declaration: Declaration,
        base_url: str,
        adapter: StaffAdapter,
        secrets: Mapping[str, str],
    ) -> None:
        self._agents = agents
        self._declaration = declaration
        self._base_url = base_url
        self._recipes = adapter.recipes
        self._common = {PATH: adapter.path, STAFF_ID: adapter.login_id, **secrets}
        self._desk: Desk | None = None
        self._inside = False

    # -- the port ----------------------------------------------------------

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders, oldest first."""
        rows = self._done("orders", login_id=login_id).rows
        if any("number" in row for row in rows):
            rows = sorted(rows, key=lambda row: _number(row.get("number", "")))
        return tuple(self._order(login_id, row) for row in rows)

    def _order(self, login_id: str, row: Row) -> Order:
        kind, status = row.get("kind", ""), row.get("status", "")
        labels = self._declaration.labels
        # Where there is one kind only, a list need not tell it.
        hardware = not kind or self._at_desk().speaks_of(kind, "kind.hardware")
        serial = row.get("serial", "")
        return Order(
            login_id=login_id,
            kind=Kind.HARDWARE if hardware else Kind.SOFTWARE,
            ship_to=row.get("ship_to", ""),
            status=status,
            # 未割当 and the like are no serial.
            serial=serial if any(map(str.isdecimal, serial)) else None,
            cancelled=same(status, labels["staff.order_cancelled"]),
        )

    def dispatch(self, login_id: str, serial: str) -> str:
        """Allot a token to the customer's open order, send it, return its serial.

        Where the steps read the serial, the system has chosen the token.
        """
        return self._done("dispatch", login_id=login_id, serial=serial).values["serial"]

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Lift a suspension after noting the circumstances (LCK-10, LCK-11)."""
        self._done("unlock", login_id=login_id, circumstances=circumstances)

    def revoke(self, login_id: str) -> None:
        """Retire the customer's token (lost or stolen, IX-43)."""
        self._done("revoke", login_id=login_id, reason=LOST)

    def close(self) -> None:
        """Close the staff's user agent. Idempotent."""
        desk, self._desk, self._inside = self._desk, None, False
        if desk is not None:
            desk.agent.close()

    # -- carrying out ------------------------------------------------------

    def _done(self, verb: str, **given: str) -> Performance:
        """Carry a verb's steps out; what could not be reached is not gone on from."""
        try:
            return self._carried_out(verb, given)
        except EnvironmentTrouble:
            self.close()
            raise

    def _carried_out(self, verb: str, given: Mapping[str, str]) -> Performance:
        """Carry a verb's steps out, logging in before, or in between."""
        desk, fresh = self._at_desk(), not self._inside
        if fresh:
            self._log_in(desk)
        try:
            done = self._performance(desk, verb, given)
            done.carry_out()
        except (DeclarationMismatch, SetupFailed):
            if fresh or not self._login(desk).shows():
                raise
            # The session had ended: what was pressed last has led to the login, no further.
            self._log_in(desk)
            done = self._again(desk, verb, given)
        if self._login(desk).shows():
            raise done.refusal()
        if verb != "orders":
            done.require_accepted()
        return done

    def _again(self, desk: Desk, verb: str, given: Mapping[str, str]) -> Performance:
        done = self._performance(desk, verb, given)
        try:
            done.carry_out()
        except DeclarationMismatch:
            if not self._login(desk).shows():
                raise
            raise done.refusal() from None
        return done

    def _performance(self, desk: Desk, verb: str, given: Mapping[str, str]) -> Performance:
        return Performance(desk, Recipe.of(self._recipes, verb), {**self._common, **given})

    def _login(self, desk: Desk) -> Performance:
        return self._performance(desk, "login", {})

    def _at_desk(self) -> Desk:
        if self._desk is not None and not self._desk.agent.alive():
            self.close()  # its browser ended with somebody else's scenario
        if self._desk is None:
            self._desk = Desk(self._agents.new(), self._declaration, self._base_url)
        return self._desk

    def _log_in(self, desk: Desk) -> None:
        self._inside = False
        login = self._login(desk)
        login.carry_out()
        if login.shows():
            raise DeclarationMismatch(
                expected="宣言した職員IDとパスワードで職員がログインできること",
                observed=f"{desk.describe()}が表示されました",
                hint=f"adapters.staff の login_id、password、path と、{KEY}.login の手順を"
                "確かめてください。",
            )
        self._inside = True


def _number(text: str) -> tuple[int, str]:
    digits = "".join(character for character in text if character.isdecimal())
    return (int(digits) if digits else 0, text)
