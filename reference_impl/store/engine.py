"""Opening the database and running transactions on it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError, SQLAlchemyError

from reference_impl.store import schema
from reference_impl.store.errors import ConflictError, StoreError
from reference_impl.store.seal import KEY_VARIABLE, Seal, key_from_environment, key_from_file

_BUSY_SECONDS = 30
_ATTEMPTS = 20
_KEY_CHECK = b"this key fits this database"

Result = TypeVar("Result")


class Store:
    """One open database with its seal."""

    def __init__(self, engine: Engine, seal: Seal) -> None:
        self._engine = engine
        self.seal = seal

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading; nothing is kept."""
        with self._engine.connect() as connection:
            yield connection

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run work in one transaction and commit; again if it lost a race.

        Any exception rolls back. Committed means on the disk: SQLite runs with
        WAL and synchronous=FULL.
        """
        for _ in range(_ATTEMPTS):
            try:
                return self._once(work)
            except (ConflictError, IntegrityError):
                continue
        return self._once(work)

    def _once(self, work: Callable[[Connection], Result]) -> Result:
        writer = self._engine.connect().execution_options(bank_write=True)
        with writer as connection, connection.begin():
            return work(connection)


def open_store(url: str, *, production: bool) -> Store:
    """Open (and create, when empty) the database at an SQLAlchemy URL.

    ``production``: refuse a database that was filled with cheap password hashes.
    StoreError for a bad URL, an unreachable server, another schema version or
    a key that does not fit.
    """
    parsed = _parse(url)
    try:
        seal = Seal(_key(parsed))
        engine = _engine(parsed)
        store = Store(engine, seal)
        _prepare(store, engine, production=production)
    except StoreError:
        raise
    except ModuleNotFoundError as error:
        raise StoreError(
            f"データベースの部品 {error.name} がありません。extra postgresql を入れてください。",
            f"database driver {error.name} is missing; install the extra: postgresql",
        ) from error
    except (SQLAlchemyError, OSError) as error:
        cause = str(getattr(error, "orig", error)).splitlines()[0]
        shown = parsed.render_as_string(hide_password=True)
        raise StoreError(
            f"データベース {shown} を開けません（{cause}）。",
            f"cannot open database {shown}: {cause}",
        ) from error
    return store


def _parse(url: str) -> URL:
    usage = "sqlite:///FILE, postgresql+psycopg://USER@HOST/NAME"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            f"データベースの指定が読めません。{usage} の形にしてください。",
            f"cannot read the database URL; use {usage}",
        ) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(
            f"データベース {parsed.get_backend_name()} は使えません。{usage} の形にしてください。",
            f"database {parsed.get_backend_name()} is not supported; use {usage}",
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError(
            "メモリ上の SQLite は使えません。ファイルを指定してください。",
            "SQLite in memory cannot be used; name a file",
        )
    return parsed


def _key(url: URL) -> bytes:
    given = key_from_environment(os.environ.get(KEY_VARIABLE))
    if given is not None:
        return given
    if url.get_backend_name() != "sqlite":
        raise StoreError(
            f"このデータベースには環境変数 {KEY_VARIABLE}（Fernet の鍵）が必要です。",
            f"this database needs environment variable {KEY_VARIABLE}, a Fernet key",
        )
    return key_from_file(Path(f"{url.database}.key"))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, poolclass=NullPool)
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401
    # The driver must not start transactions by itself; `_begin_sqlite` does.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock first: upgrading a read to a write in the middle
    # fails at once instead of waiting.
    writes = connection.get_execution_options().get("bank_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(store: Store, engine: Engine, *, production: bool) -> None:
    def work(connection: Connection) -> None:
        schema.metadata.create_all(connection)
        rows = connection.execute(select(schema.meta.c.name, schema.meta.c.value))
        found = {name: value for name, value in rows}  # noqa: C416 - rows are not tuples to mypy
        if not found:
            profile = "production" if production else "test"
            values = {
                "schema_version": str(schema.SCHEMA_VERSION),
                "key_check": store.seal.close(_KEY_CHECK),
                "profile": profile,
            }
            connection.execute(
                insert(schema.meta), [{"name": n, "value": v} for n, v in values.items()]
            )
            return
        _check(found, store, production=production)

    try:
        store.write(work)
    except OperationalError:
        engine.dispose()
        raise


def _check(found: dict[str, str], store: Store, *, production: bool) -> None:
    version = found.get("schema_version", "?")
    if version != str(schema.SCHEMA_VERSION):
        raise StoreError(
            f"データベースの版は {version} ですが、この銀行の版は {schema.SCHEMA_VERSION} です。",
            f"database schema version {version}, this bank needs {schema.SCHEMA_VERSION}",
        )
    store.seal.open(found["key_check"])
    if production and found.get("profile") == "test":
        raise StoreError(
            "試験用（--profile test）に作られたデータベースは、本番設定では開けません。",
            "this database was made with --profile test and cannot be opened in production",
        )
