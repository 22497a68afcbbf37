"""Staff desks that a vendor describes: HTTP calls or commands (port `StaffDesk`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from otp_conformance.calls.described import HttpCaller, member
from otp_conformance.commands import Commands
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.adapters.staff import OrderMembers, StaffCalls, StaffCommands
from otp_conformance.specification.words import Kind
from otp_conformance.staff.port import LOST, Order, StaffDesk
from otp_conformance.text import same
from otp_conformance.verdict.outcome import DeclarationMismatch, SetupFailed

_MEMBERS = "adapters.staff.order_members"


class DescribedStaffDesk(StaffDesk, ABC):
    """What calls and commands have in common: verbs, placeholders, reading of orders.

    A verb that is not described raises `NotRun`.
    """

    def __init__(self, members: OrderMembers) -> None:
        self._members = members

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders, oldest first. Raises `DeclarationMismatch` as well."""
        return read_orders(self._answer(login_id), self._members, login_id)

    def dispatch(self, login_id: str, serial: str) -> str:
        """Allot a token to the customer's open order, send it, return its serial.

        Where the description passes no serial on, the system chooses the token: the serial
        is then read off the customer's newest order.
        """
        self._require("dispatch")
        values = {"login_id": login_id, "serial": serial}
        if self._members.id and self._asks_for("dispatch", "order_id"):
            values["order_id"] = self._open_order(login_id)
        self._do("dispatch", values)
        return serial if self._asks_for("dispatch", "serial") else self._sent(login_id)

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Lift a suspension after noting the circumstances (LCK-10, LCK-11)."""
        self._require("unlock")
        self._do("unlock", {"login_id": login_id, "circumstances": circumstances})

    def revoke(self, login_id: str) -> None:
        """Retire the customer's token (lost or stolen, IX-43)."""
        self._require("revoke")
        self._do("revoke", {"login_id": login_id, "reason": LOST})

    def _answer(self, login_id: str) -> Any:  # noqa: ANN401 - JSON
        self._require("orders")
        return self._ask("orders", {"login_id": login_id})

    def _sent(self, login_id: str) -> str:
        """Return the serial of the newest order for which something was sent."""
        for order in reversed(self.orders(login_id)):
            if order.serial and not order.cancelled:
                return order.serial
        raise SetupFailed(
            expected=f"{login_id} へ発送したトークンのシリアル番号が、申請の一覧にあること",
            observed="シリアル番号のある申請がありません",
            hint=f"{_MEMBERS}.serial を確かめるか、発送に {{serial}} を渡してください。",
        )

    def _open_order(self, login_id: str) -> str:
        """Return the number of the newest order that nothing was sent for."""
        for raw in reversed(_sorted(self._answer(login_id), self._members)):
            order = _order(raw, self._members, login_id)
            if order.serial is None and not order.cancelled:
                return str(_at(raw, self._members.id, "id"))
        raise SetupFailed(
            expected=f"{login_id} の申請のトークンを発送できること",
            observed="発送待ちの申請がありません",
        )

    def _require(self, verb: str) -> None:
        if not self._described(verb):
            raise self._not_offered(verb)

    def _lacking(self, verb: str) -> tuple[str, str]:
        key = self._key(verb)
        return f"宣言に {key} がありません", f"この操作ができるなら、宣言に {key} を書きます。"

    @abstractmethod
    def _key(self, verb: str) -> str:
        """Return the key of the declaration that describes a verb."""

    @abstractmethod
    def _described(self, verb: str) -> bool:
        """Tell whether the declaration describes a verb."""

    @abstractmethod
    def _asks_for(self, verb: str, name: str) -> bool:
        """Tell whether a verb's description has a placeholder."""

    @abstractmethod
    def _do(self, verb: str, values: Mapping[str, str]) -> None:
        """Carry a described verb out."""

    @abstractmethod
    def _ask(self, verb: str, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        """Carry a described verb out and return its JSON answer."""


class HttpStaffDesk(DescribedStaffDesk):
    """HTTP calls; ``caller(key)`` makes those that a key of the declaration describes."""

    def __init__(
        self, calls: StaffCalls, members: OrderMembers, caller: Callable[[str], HttpCaller]
    ) -> None:
        super().__init__(members)
        self._calls = calls
        self._caller = cache(caller)

    def _key(self, verb: str) -> str:
        return f"adapters.staff.calls.{verb}"

    def _call(self, verb: str) -> HttpCall | None:
        found: HttpCall | None = getattr(self._calls, verb)
        return found

    def _through(self, verb: str) -> tuple[HttpCaller, HttpCall]:
        call = self._call(verb)
        if call is None:
            raise self._not_offered(verb)
        return self._caller(self._key(verb)), call

    def _described(self, verb: str) -> bool:
        return self._call(verb) is not None

    def _asks_for(self, verb: str, name: str) -> bool:
        call = self._call(verb)
        return call is not None and any(
            f"{{{name}}}" in text for text in (call.url, call.body, *call.headers.values())
        )

    def _do(self, verb: str, values: Mapping[str, str]) -> None:
        caller, call = self._through(verb)
        caller.send(call, values)

    def _ask(self, verb: str, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        caller, call = self._through(verb)
        return caller.json(call, values)


class CommandStaffDesk(DescribedStaffDesk):
    """External commands; the one for orders prints JSON."""

    def __init__(self, described: StaffCommands, members: OrderMembers, commands: Commands) -> None:
        super().__init__(members)
        self._described_words = described
        self._commands = commands

    def _key(self, verb: str) -> str:
        return f"adapters.staff.commands.{verb}"

    def _words(self, verb: str) -> tuple[str, ...]:
        words: tuple[str, ...] = getattr(self._described_words, verb)
        return words

    def _described(self, verb: str) -> bool:
        return bool(self._words(verb))

    def _asks_for(self, verb: str, name: str) -> bool:
        return any(f"{{{name}}}" in word for word in self._words(verb))

    def _do(self, verb: str, values: Mapping[str, str]) -> None:
        self._commands.run(self._words(verb), values, key=self._key(verb))

    def _ask(self, verb: str, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        return self._commands.ask(self._words(verb), values, key=self._key(verb))


def read_orders(answer: Any, members: OrderMembers, login_id: str) -> tuple[Order, ...]:  # noqa: ANN401
    """Return the orders in an answer, oldest first.

    Raises `DeclarationMismatch` where the declared members are not there.
    """
    return tuple(_order(raw, members, login_id) for raw in _sorted(answer, members))


def _sorted(answer: Any, members: OrderMembers) -> list[Any]:  # noqa: ANN401 - JSON
    found = _at(answer, members.list, "list")
    if not isinstance(found, list):
        raise _misread("list", members.list, "配列ではありません")
    if members.sort_by:
        try:
            found = sorted(found, key=lambda raw: _at(raw, members.sort_by, "sort_by"))
        except TypeError:
            raise _misread("sort_by", members.sort_by, "並べられない値があります") from None
    return found


def _order(raw: Any, members: OrderMembers, login_id: str) -> Order:  # noqa: ANN401 - JSON
    kind = _at(raw, members.kind, "kind") if members.kind else None
    hardware = not members.kind or same(str(kind), members.hardware)
    gone = _at(raw, members.cancelled, "cancelled") if members.cancelled else False
    return Order(
        login_id=login_id,
        kind=Kind.HARDWARE if hardware else Kind.SOFTWARE,
        ship_to=_text(raw, members.ship_to, "ship_to") or "",
        status=_text(raw, members.status, "status") or "",
        serial=_text(raw, members.serial, "serial"),
        cancelled=gone is True or same(str(gone), members.cancelled_values),
    )


def _text(raw: Any, path: str, key: str) -> str | None:  # noqa: ANN401 - JSON
    value = _at(raw, path, key) if path else None
    return None if value is None or value == "" else str(value)


def _at(answer: Any, path: str, key: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return member(answer, path)
    except (KeyError, IndexError, TypeError, ValueError):
        raise _misread(key, path, "その項目がありません") from None


def _misread(key: str, path: str, why: str) -> DeclarationMismatch:
    return DeclarationMismatch(
        expected=f"申請の一覧に {_MEMBERS}.{key} の「{path}」があること",
        observed=why,
        hint=f"宣言の {_MEMBERS} を、実際の答えの形と比べてください。",
    )
