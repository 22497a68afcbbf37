"""What is wrong with a file of prepared assets though each table is well-formed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from otp_conformance.assets.pool.model import PoolCustomer, PoolFile, PoolToken
from otp_conformance.declaration.errors import Problem
from otp_conformance.declaration.explain import Source, shown
from otp_conformance.language import did_you_mean, say
from otp_conformance.specification.words import Kind, Status


def check(
    file: PoolFile, source: Callable[[], Source], *, needs_seeds: bool = True
) -> Iterator[Problem]:
    """Yield the contradictions between the tables.

    ``source`` finds the lines; it is asked only once something is wrong, because
    a file may have thousands of entries. ``needs_seeds``: codes come from seeds.
    """
    checks = _Checks(file, source)
    yield from checks.repeated("customer", "login_id", (c.login_id for c in file.customer))
    yield from checks.repeated("token", "serial", (t.serial for t in file.token))
    yield from checks.repeated("customer", "token", (c.token for c in file.customer))
    yield from checks.repeated("token", "reserved_for", (t.reserved_for for t in file.token))
    for number, customer in enumerate(file.customer):
        yield from checks.customer(number, customer)
    for number, token in enumerate(file.token):
        yield from checks.token(number, token, needs_seeds=needs_seeds)


class _Checks:
    def __init__(self, file: PoolFile, source: Callable[[], Source]) -> None:
        self._file = file
        self._find = source
        self._tokens = {t.serial: t for t in file.token}
        self._logins = {c.login_id for c in file.customer}

    @cached_property
    def _source(self) -> Source:
        return self._find()

    def _problem(
        self, table: str, number: int, key: str, found: str, expected: str, fix: str
    ) -> Problem:
        return self._source.problem((table, number, key), found, expected, fix)

    def repeated(self, table: str, key: str, values: Iterable[str | None]) -> Iterator[Problem]:
        first: dict[str, int] = {}
        for number, value in enumerate(values):
            if value is None or first.setdefault(value, number) == number:
                continue
            other = f"{table}[{first[value]}]"
            yield self._problem(
                *(table, number, key),
                say(f"{other} と同じ {shown(value)}", f"{shown(value)}, as in {other}"),
                say("ほかにない値", "a value of its own"),
                say("どちらかを消すか直してください。", "Remove or correct one of them."),
            )

    def customer(self, number: int, customer: PoolCustomer) -> Iterator[Problem]:
        defaults = self._file.defaults
        for key in ("login_password", "confirmation_password"):
            if getattr(customer, key) is None and getattr(defaults, key) is None:
                yield self._lacking("customer", number, key)
        if customer.token is None:
            if customer.status is not Status.NOT_REGISTERED:
                yield self._problem(
                    *("customer", number, "token"),
                    say("記載なし", "nothing"),
                    say(
                        f"状態 {customer.status} のトークンのシリアル番号",
                        f"the serial number of the token of status {customer.status}",
                    ),
                    say("token を書き足してください。", "Declare it."),
                )
            return
        if customer.status is Status.NOT_REGISTERED:
            yield self._problem(
                *("customer", number, "token"),
                shown(customer.token),
                say("記載なし（状態 not_registered）", "nothing with status not_registered"),
                say(
                    "token を消すか、状態を直してください（利用解除済みなら deactivated）。",
                    "Remove it, or correct the status (deactivated?).",
                ),
            )
        yield from self._held(number, customer, customer.token)

    def _held(self, number: int, customer: PoolCustomer, serial: str) -> Iterator[Problem]:
        token = self._tokens.get(serial)
        if token is None:
            yield self._problem(
                *("customer", number, "token"),
                shown(serial),
                say("[[token]] にあるシリアル番号", "the serial number of a [[token]]"),
                str(did_you_mean(serial, self._tokens)).strip()
                or say("[[token]] を足してください。", "Add that [[token]]."),
            )
        elif token.kind is not customer.kind:
            yield self._problem(
                *("customer", number, "kind"),
                shown(customer.kind.value),
                shown(token.kind.value),
                say("トークンの種類に合わせてください。", "Make it the kind of its token."),
            )

    def token(self, number: int, token: PoolToken, *, needs_seeds: bool) -> Iterator[Problem]:
        defaults = self._file.defaults
        if token.expires_at is None and defaults.expires_at is None:
            yield self._lacking("token", number, "expires_at")
        if needs_seeds and token.seed is None and defaults.seed is None:
            yield self._lacking("token", number, "seed")
        if token.reserved_for is None:
            return
        if token.kind is not Kind.SOFTWARE:
            yield self._problem(
                *("token", number, "reserved_for"),
                say("ハードウェアトークンの予約", "a reservation of a hardware token"),
                say('kind = "software" のトークン', 'a token with kind = "software"'),
                say("kind を直すか、reserved_for を消してください。", "Correct either key."),
            )
        if token.reserved_for not in self._logins:
            yield self._problem(
                *("token", number, "reserved_for"),
                shown(token.reserved_for),
                say("[[customer]] にあるログインID", "the login ID of a [[customer]]"),
                str(did_you_mean(token.reserved_for, self._logins)).strip()
                or say("[[customer]] を足してください。", "Add that [[customer]]."),
            )

    def _lacking(self, table: str, number: int, key: str) -> Problem:
        return self._problem(
            *(table, number, key),
            say("記載なし", "nothing"),
            say(f"ここか [defaults] の {key}", f"{key}, here or in [defaults]"),
            say(f"{key} を書き足してください。", "Declare it."),
        )
