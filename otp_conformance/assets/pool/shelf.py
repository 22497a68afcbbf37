"""Which free entry of a pool serves a need: one rule for the plan and for the run."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Generic, TypeVar

from otp_conformance.assets.pool.file import Entry, Pool, PoolToken
from otp_conformance.assets.pool.ledger import Assets
from otp_conformance.assets.port import Need
from otp_conformance.language import say
from otp_conformance.specification.words import STATUS_NAMES, Kind, Status

_PREFIX = 1  # so many signs of a serial number does a need ask for


def free_customers(pool: Pool, spent: Assets) -> list[Entry]:
    """Return the customers that nobody has used, in the file's order."""
    return [e for e in pool.entries if e.login_id not in spent.customers]


def free_tokens(pool: Pool, spent: Assets) -> list[PoolToken]:
    """Return the tokens without customer that nobody has used, in the file's order."""
    return [t for t in pool.spare if t.serial not in spent.tokens]


def beyond(pool: Pool, share: Assets | None) -> Assets:
    """Return what of a pool is not in a share; None: the share is everything."""
    if share is None:
        return Assets()
    return Assets(frozenset(e.login_id for e in pool.entries), frozenset(pool.tokens)) - share


def serves(entry: Entry, need: Need, *, software: int = 0) -> bool:
    """Tell whether a customer is what a scenario asks for.

    ``software``: as often will it also apply for a software token, which must be reserved.
    """
    serial = entry.token.serial if entry.token else ""
    customer = entry.customer
    return (
        entry.status is need.status
        and (entry.status is Status.NOT_REGISTERED or entry.kind is need.kind)
        and (not need.serial_length or not serial or len(serial) == need.serial_length)
        and (not serial or serial.startswith(need.serial_prefix))
        and need.confirmation_length in (0, customer.confirmation_length)
        and len(entry.reserved) >= need.reserved + software
    )


def choose_customer(
    free: Iterable[Entry],
    need: Need,
    *,
    software: int = 0,
    number_of: Callable[[Entry], int] = lambda _: 1,
) -> Entry | None:
    """Return the free customer to hand out, or None.

    Of several the least special one: rare lengths, reserved software tokens and
    known confirmation passwords are kept for those who ask for them. ``number_of``: for how
    many of its kind one stands.
    """
    fitting = [e for e in free if serves(e, need, software=software)]
    lengths = Counter[int]()
    for entry in fitting:
        lengths[len(entry.customer.token or "")] += number_of(entry)

    def special(entry: Entry) -> tuple[int, bool, bool, int]:
        serial = entry.customer.token or ""
        return (
            len(entry.reserved),
            bool(entry.customer.confirmation_length) and not need.confirmation_length,
            serial.startswith("0") and not need.serial_prefix,
            -lengths[len(serial)],
        )

    return min(fitting, key=special, default=None)


def fits(token: PoolToken, need: Need) -> bool:
    """Tell whether a token without customer is what a scenario asks for."""
    return (
        token.kind is need.kind
        and (not need.serial_length or len(token.serial) == need.serial_length)
        and token.serial.startswith(need.serial_prefix)
        and (token.state == "stock" or not need.to_send)
    )


def choose_token(
    pool: Pool, free: Collection[PoolToken], need: Need, *, until: datetime | None = None
) -> PoolToken | None:
    """Return the free token to hand out, or None. ``until``: it must not expire before.

    Tokens kept for display only come first where none is to be sent. Where it matters when
    they expire, the one that expires first; else in the list's order, those with a leading
    zero last.
    """
    fitting = [t for t in free if fits(t, need) and (until is None or pool.expiry(t) > until)]

    def special(token: PoolToken) -> tuple[bool, bool, float]:
        return (
            token.state == "stock",
            token.serial.startswith("0") and not need.serial_prefix,
            0.0 if until is None else pool.expiry(token).timestamp(),
        )

    return min(fitting, key=special, default=None)


def kind_of_customer(entry: Entry) -> Hashable:
    """Return what tells customers apart to whoever needs one: equal ones serve the same needs."""
    serial = entry.token.serial if entry.token else ""
    customer = entry.customer
    return (
        *(entry.status, entry.kind, len(serial), serial[:_PREFIX]),
        *(len(customer.token or ""), (customer.token or "").startswith("0")),
        *(customer.confirmation_length, len(entry.reserved)),
    )


def kind_of_token(token: PoolToken) -> Hashable:
    """Return what tells tokens apart to whoever needs one, but when they expire."""
    return token.kind, token.state, len(token.serial), token.serial[:_PREFIX]


T = TypeVar("T")


class Rows(Generic[T]):
    """Things of a list, those of one kind in a row: who chooses looks at the first of each.

    So the choice does not take longer the longer the list is.
    """

    def __init__(self, things: Iterable[T], kind_of: Callable[[T], Hashable]) -> None:
        self._kind_of = kind_of
        self._rows: dict[Hashable, deque[tuple[int, T]]] = {}
        for place, thing in enumerate(things):
            self._rows.setdefault(kind_of(thing), deque()).append((place, thing))

    def firsts(self) -> list[T]:
        """Return the first of each kind, in the list's order."""
        return [thing for _, thing in sorted((r[0] for r in self._rows.values() if r), key=_place)]

    def number_of(self, thing: T) -> int:
        """Return how many there are of a thing's kind."""
        return len(self._rows[self._kind_of(thing)])

    def take(self, first: T) -> tuple[int, T]:
        """Take the first of its kind away; `put_back` puts it back."""
        return self._rows[self._kind_of(first)].popleft()

    def put_back(self, taken: tuple[int, T]) -> None:
        """Put back what was taken last of its kind."""
        self._rows[self._kind_of(taken[1])].appendleft(taken)

    def __iter__(self) -> Iterator[T]:
        """Yield all of them in the list's order."""
        return (thing for _, thing in sorted(chain(*self._rows.values()), key=_place))


def _place(entry: tuple[int, object]) -> int:
    return entry[0]


def name_of(need: Need) -> str:
    """Return what a need asks for, in the reader's words."""
    ja, en = [], []
    if need.serial_length:
        ja.append(f"シリアル番号{need.serial_length}桁")
        en.append(f"serial of {need.serial_length} digits")
    if need.serial_prefix:
        ja.append(f"シリアル番号が{need.serial_prefix}で始まる")
        en.append(f"serial beginning with {need.serial_prefix}")
    if need.confirmation_length:
        ja.append(f"確認用パスワード{need.confirmation_length}文字")
        en.append(f"confirmation password of {need.confirmation_length} characters")
    if need.kind is Kind.SOFTWARE:
        ja.insert(0, "ソフトウェア")
        en.insert(0, "software")
    more = say(f"（{'、'.join(ja)}）", f" ({', '.join(en)})") if ja else ""
    if need.status is not None:
        status = STATUS_NAMES[need.status]
        if need.reserved:
            more += say(
                f"、ソフトウェアトークン {need.reserved} 個を予約",
                f", {need.reserved} software token(s) reserved",
            )
        return say(f"{status.ja}のお客さま", f"{status.en} customers") + more
    if need.to_send:
        return say("在庫のトークン", "tokens in stock") + more
    return say("お客さまのないトークン", "tokens without customer") + more
