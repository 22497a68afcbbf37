"""Reading a file of prepared assets: one file in, a checked pool or a list of problems out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from otp_conformance.assets.pool.checks import check
from otp_conformance.assets.pool.model import PoolCustomer, PoolFile, PoolToken
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.explain import explain
from otp_conformance.declaration.load import read_toml
from otp_conformance.language import say
from otp_conformance.specification.words import Kind, Status


@dataclass(frozen=True)
class Entry:
    """A prepared customer together with its token and the software token reserved for it."""

    customer: PoolCustomer
    token: PoolToken | None
    reserved: PoolToken | None

    @property
    def login_id(self) -> str:
        """Identify the entry."""
        return self.customer.login_id

    @property
    def status(self) -> Status:
        """State that the customer is in."""
        return self.customer.status

    @property
    def kind(self) -> Kind:
        """Kind of the token that belongs to that state."""
        return self.customer.kind


@dataclass(frozen=True)
class Pool:
    """A checked file of prepared assets, in the file's order."""

    path: Path
    file: PoolFile

    @cached_property
    def tokens(self) -> dict[str, PoolToken]:
        """Every token by its serial number."""
        return {token.serial: token for token in self.file.token}

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every customer with what belongs to it."""
        reserved = {t.reserved_for: t for t in self.file.token if t.reserved_for}
        return tuple(
            Entry(c, self.tokens[c.token] if c.token else None, reserved.get(c.login_id))
            for c in self.file.customer
        )

    @cached_property
    def spare(self) -> tuple[PoolToken, ...]:
        """Every token that belongs to nobody."""
        held = {c.token for c in self.file.customer}
        return tuple(t for t in self.file.token if t.serial not in held and not t.reserved_for)


def load_pool(path: Path, *, needs_seeds: bool = True) -> Pool:
    """Read and check a file. ``needs_seeds``: codes are computed, from seeds.

    Raises `DeclarationError` with every problem found, each with its line.
    """
    toml = read_toml(
        path,
        say(
            "用意したお客さまとトークンの一覧（adapters.provisioning.file）",
            "the list of prepared customers and tokens (adapters.provisioning.file)",
        ),
    )
    try:
        file = PoolFile.model_validate(toml.data)
    except ValidationError as error:
        found = explain(toml.source(), error.errors(include_url=False), PoolFile)
        raise DeclarationError(found) from None
    found = list(check(file, toml.source, needs_seeds=needs_seeds))
    if found:
        raise DeclarationError(found)
    return Pool(path, file)
