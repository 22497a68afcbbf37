"""Opening the database, transactions on it, and the few SQL helpers of the tables."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from reference_impl.domain.words import Kind, OrderStatus, Status, TokenState
from reference_impl.store.secrets import Seal, StoreError, read_key

Connection = sqlite3.Connection
Result = TypeVar("Result")

SCHEMA_VERSION = "3"
_SCHEMA = Path(__file__).with_name("schema.sql")
_BUSY_SECONDS = 30
_KEY_CHECK = b"this key fits this database"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _member(enum: type[StrEnum], raw: bytes) -> StrEnum:
    return enum(raw.decode())


sqlite3.register_converter("MOMENT", lambda raw: _EPOCH + int(raw) * _MICROSECOND)
for _name, _enum in {
    "KIND": Kind,
    "STATUS": Status,
    "TOKEN_STATE": TokenState,
    "ORDER_STATUS": OrderStatus,
}.items():
    # Columns declared so in the schema come back as what they are.
    sqlite3.register_converter(_name, partial(_member, _enum))
sqlite3.register_converter("BOOLEAN", lambda raw: raw != b"0")


class ConflictError(Exception):
    """The row has changed since it was read; the whole transaction is undone."""


class Store:
    """One database file with its seal. Threads may share it."""

    def __init__(self, path: Path, seal: Seal) -> None:
        self._path = path
        self.seal = seal
        # Opening is dear, and whenever the last connection closes SQLite copies its journal
        # back and syncs once more: hence they are kept.
        self._idle: list[Connection] = []
        # SQLite lets a second writer try again after ever longer sleeps, in no order. Here
        # they queue; its own waiting is left for other processes.
        self._writer = threading.Lock()

    def read(self) -> AbstractContextManager[Connection]:
        """Give a connection for reading; nothing is kept."""
        return self._transaction("DEFERRED")

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run work in one transaction and commit; one writer at a time.

        Any exception rolls back. Committed means on the disk: SQLite runs with
        WAL and synchronous=FULL.
        """
        # A writer takes the lock first, hence cannot lose a race after its first read:
        # upgrading a read to a write in the middle would fail at once instead of waiting.
        with self._writer, self._transaction("IMMEDIATE") as connection:
            return work(connection)

    def close(self) -> None:
        """Close what is open and idle; the file is whole without its journal then."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[Connection]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        try:
            connection.execute(f"BEGIN {mode}")
            with connection:  # commits, or rolls back after an exception
                yield connection
        finally:
            self._idle.append(connection)

    def _open(self) -> Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_SECONDS,
            isolation_level=None,  # the driver must not begin transactions by itself
            detect_types=sqlite3.PARSE_DECLTYPES,
            check_same_thread=False,  # one thread at a time has it
        )
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


def run(db: Connection, sql: str, /, **values: Any) -> sqlite3.Cursor:  # noqa: ANN401
    """Execute one statement with named values. ValueError for a naive moment."""
    return db.execute(sql, {name: _stored(value) for name, value in values.items()})


def change(db: Connection, sql: str, /, **values: Any) -> bool:  # noqa: ANN401
    """Execute one conditional statement; tell whether it found its one row."""
    return run(db, sql, **values).rowcount == 1


def insert(db: Connection, table: str, verb: str = "INSERT", /, **values: Any) -> int:  # noqa: ANN401
    """Insert one row (``verb`` REPLACE: instead of one with the same key); return its number."""
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    # The names of tables and columns are the bank's own.
    statement = f"{verb} INTO {table} ({names}) VALUES ({marks})"
    return run(db, statement, **values).lastrowid or 0


def first(db: Connection, sql: str, /, **values: Any) -> sqlite3.Row | None:  # noqa: ANN401
    """Return the first row of a query, or None."""
    try:
        found: sqlite3.Row | None = run(db, sql, **values).fetchone()
    except UnicodeEncodeError:  # half surrogates cannot be stored, hence not found
        return None
    return found


def _stored(value: Any) -> Any:  # noqa: ANN401 - column values
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        msg = "a naive datetime must not reach the store"
        raise ValueError(msg)
    return (value - _EPOCH) // _MICROSECOND


def open_store(url: str, *, production: bool) -> Store:
    """Open (and create, when empty) the database at ``sqlite:///FILE``.

    ``production``: refuse a database that was filled with cheap password hashes.
    StoreError for a bad address, an unusable file, another schema version or a
    key that does not fit.
    """
    path = _path(url)
    store = Store(path, Seal(read_key(path)))
    try:
        _keep_private(path)
        store.write(lambda db: _prepare(db, store.seal, production=production))
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"データベース {url} を開けません（{error}）。", f"cannot open database {url}: {error}"
        ) from error
    return store


def _keep_private(path: Path) -> None:
    """Have the file readable by its owner only; SQLite gives its journals the same rights."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def _path(url: str) -> Path:
    name = url.removeprefix("sqlite:///")
    if name == url or name in ("", ":memory:"):
        raise StoreError(
            f"データベース {url} は使えません。sqlite:///FILE の形でファイルを指定してください。",
            f"database {url} is not supported; name a file as sqlite:///FILE",
        )
    return Path(name)


def _prepare(db: Connection, seal: Seal, *, production: bool) -> None:
    if first(db, "SELECT 1 FROM sqlite_master WHERE name = 'meta'") is None:
        for statement in _SCHEMA.read_text(encoding="utf-8").split(";\n"):
            db.execute(statement)
        profile = "production" if production else "test"
        check = seal.close(_KEY_CHECK)
        for name, value in (("version", SCHEMA_VERSION), ("key", check), ("profile", profile)):
            insert(db, "meta", name=name, value=value)
    found = {row["name"]: row["value"] for row in run(db, "SELECT * FROM meta")}
    if found.get("version") != SCHEMA_VERSION:
        raise StoreError(
            f"データベースは別の版です。この銀行の版は {SCHEMA_VERSION} です。",
            f"the database has another schema version; this bank needs {SCHEMA_VERSION}",
        )
    seal.open(found["key"])
    if production and found["profile"] == "test":
        raise StoreError(
            "試験用（--profile test）に作られたデータベースは、本番設定では開けません。",
            "this database was made with --profile test and cannot be opened in production",
        )
