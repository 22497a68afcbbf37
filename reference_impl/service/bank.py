"""One bank: its settings, store and clock, and what every use case shares.

Every time is an aware `datetime` that the caller does not supply: a use case asks
the bank's clock. Refusals are values, not exceptions: a face shows them.
"""

import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from pydantic import TypeAdapter

from reference_impl.clock import Clock, require_aware
from reference_impl.domain.otp import CodeAt
from reference_impl.domain.policy import Policy
from reference_impl.domain.words import Kind, Refused
from reference_impl.settings import Profile, Settings
from reference_impl.store import customers, records
from reference_impl.store.customers import CustomerRow
from reference_impl.store.database import Connection, Store, open_store
from reference_impl.store.records import AuditLine, Notice
from reference_impl.store.secrets import Passwords

LOGIN = "login"
LOGIN_REPEAT = timedelta(seconds=10)
"""How long a repeated login form is answered like the first. Short, and ended by
logout, because the answer opens a session (RFC 6238 section 5.2, no second use)."""
SHORTEST_SECRET = 16
"""Bytes of a token's seed; RFC 4226 section 4, requirement R6."""

KIND_NAME = {Kind.HARDWARE: "ハードウェアトークン", Kind.SOFTWARE: "ソフトウェアトークン"}
#: Subject and body of the notice of each event.
_NOTICES = tomllib.loads(Path(__file__).with_name("notices.toml").read_text(encoding="utf-8"))

Result = TypeVar("Result")
Success = TypeVar("Success")


@dataclass(frozen=True)
class Bank:
    """Everything that use cases and faces need."""

    settings: Settings
    store: Store
    clock: Clock
    passwords: Passwords

    @property
    def policy(self) -> Policy:
        """The policies in force."""
        return self.settings.policy

    def now(self) -> datetime:
        """Return the present moment, aware. ValueError if the clock is naive."""
        return require_aware(self.clock())

    def read(self) -> AbstractContextManager[Connection]:
        """Give the database for reading; nothing is kept."""
        return self.store.read()

    def write(self, act: Callable[["Work"], Result]) -> Result:
        """Carry out work in one transaction that is done whole or not at all."""
        return self.store.write(lambda db: act(Work(self, db, self.now())))

    def code_at(self, sealed: str) -> CodeAt:
        """Return the function from time step to code of one sealed seed."""
        return code_at(self.store.seal.open(sealed), self.policy.otp_digits)


@dataclass(frozen=True)
class Work:
    """One transaction of a use case: the bank, its database, and when it happens."""

    bank: Bank
    db: Connection
    now: datetime

    @property
    def policy(self) -> Policy:
        """The policies in force."""
        return self.bank.policy


def code_at(secret: bytes, digits: int) -> CodeAt:
    """Return the function from time step to code of one seed. ValueError if it is too short.

    By the cryptography library (RFC 6238 over RFC 4226, HMAC-SHA-1): deliberately
    another implementation than the one that plays the tokens in tests.
    """
    generator = HOTP(secret, digits, SHA1())  # noqa: S303 - the algorithm of the tokens
    return lambda step: generator.generate(step).decode("ascii")


def build_bank(settings: Settings, clock: Clock) -> Bank:
    """Open a bank. StoreError (one line) if the database cannot be used."""
    store = open_store(settings.database, production=settings.profile is Profile.PRODUCTION)
    costs = settings.costs
    passwords = Passwords(costs.time_cost, costs.memory_kib, costs.parallelism)
    return Bank(settings, store, clock, passwords)


def once(
    bank: Bank,
    success: type[Success],
    use_case: str,
    customer_id: int,
    form_id: str,
    content: tuple[str, ...],
    decide: Callable[[Work, CustomerRow], Success | Refused],
) -> Success | Refused:
    """Decide about a customer's form, unless this very form was answered before.

    An identical re-submission (double click, reload, replay) is answered like the
    first and counts nothing. Decision, its effects and the remembered answer are one
    transaction, so parallel copies of a form wait for the first and then read its
    answer, a refusal or a ``success``. An empty ``form_id`` is always new. LookupError if
    the customer is gone.
    """
    either: Any = success | Refused
    answers: TypeAdapter[Success | Refused] = TypeAdapter(either)
    digest = bank.store.seal.digest(use_case, *content)

    def act(work: Work) -> Success | Refused:
        row = customers.get(work.db, customer_id)
        known = records.answered(work.db, customer_id, form_id, digest) if form_id else None
        if known is not None and not (use_case == LOGIN and work.now - known[1] > LOGIN_REPEAT):
            return answers.validate_json(known[0])
        decided = decide(work, row)
        if form_id:
            outcome = answers.dump_json(decided).decode()
            answer = {"use_case": use_case, "digest": digest, "outcome": outcome}
            records.remember_answer(work.db, customer_id, form_id, work.now, **answer)
        return decided

    return bank.write(act)


def audit(work: Work, actor: str, action: str, subject: str, detail: str = "") -> None:
    """Write one line of the audit trail. Never pass a code, password or seed."""
    records.write_audit(work.db, AuditLine(work.now, actor[:80], action, subject[:80], detail))


def note(work: Work, row: CustomerRow, action: str, detail: str = "") -> None:
    """Write what a customer did into the audit trail; no staff ID looks like this actor."""
    audit(work, f"customer:{row.login_id}", action, row.login_id, detail)


def notify(work: Work, login_id: str, event: str, kind: Kind = Kind.HARDWARE) -> None:
    """Put the notice of an event into the customer's outbox.

    RFC 4226 section 7.2; NIST SP 800-63B-4 section 4.6. No code, password, seed or
    serial in any of them.
    """
    texts = _NOTICES[event]
    subject, body = (text.format(kind=KIND_NAME[kind]) for text in texts)
    records.write_notice(work.db, Notice(work.now, login_id, subject, body))
