"""What a run and its workers say to each other: JSON lines, one message each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from otp_conformance.agent.port import AgentOptions


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Setup(_Message):
    """The first line to a worker: everything but the secrets, which its environment holds.

    ``parts``: what makes its parts, as ``module:function``; ``number`` counts from 1;
    ``shared_clock``: the system's clock is moved for all workers (`run.lockstep`);
    ``ledger``: the list's ledger instead of the declared one.
    """

    kind: Literal["setup"] = "setup"
    number: int
    language: str
    parts: str
    declaration: Path
    declaration_sha256: str
    manual: Path
    set: str
    root: Path
    steps: Path
    run_dir: Path
    cwd: Path
    agent: AgentOptions
    keep_work: bool
    shared_clock: bool
    sut_arguments: list[str]
    patience_seconds: float
    ledger: Path | None = None


class Lent(BaseModel):
    """Prepared customers and tokens that a turn may use, and when these tokens were used last."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    customers: list[str]
    tokens: list[str]
    earlier: list[dict[str, Any]]


class Do(_Message):
    """A scenario for a worker."""

    kind: Literal["do"] = "do"
    scenario_id: str
    attempt: int
    instead_of: int | None = None


class Go(_Message):
    """The clock may be moved to the moment that a worker has asked for."""

    kind: Literal["go"] = "go"


class Ready(_Message):
    """A worker has started what it needs."""

    kind: Literal["ready"] = "ready"
    base_url: str
    browser: str


class Unready(_Message):
    """A worker could not start. ``exit_code`` 2 is bad usage, 4 a fault of the suite."""

    kind: Literal["unready"] = "unready"
    ja: str
    en: str
    cause: str
    exit_code: int


class Happened(_Message):
    """A line for the journal, already without the secrets that the worker knows."""

    kind: Literal["happened"] = "happened"
    event: dict[str, Any]


class Done(_Message):
    """A scenario is over. ``dead``: why the system is gone; ``fault``: why the suite is."""

    kind: Literal["done"] = "done"
    scenario_id: str
    attempt: int
    dead: str | None = None
    fault_ja: str = ""
    fault_en: str = ""


class Noticed(_Message):
    """Something worth knowing."""

    kind: Literal["noticed"] = "noticed"
    ja: str
    en: str


class Asks(_Message):
    """A worker waits until it may move the clock that all share to a moment (RFC 3339)."""

    kind: Literal["asks"] = "asks"
    moment: str


class Waits(_Message):
    """A worker waits for a moment (RFC 3339); ``left_seconds`` 0: no longer."""

    kind: Literal["waits"] = "waits"
    due: str
    left_seconds: float


Message = Annotated[
    Setup | Do | Go | Ready | Unready | Happened | Done | Noticed | Asks | Waits,
    Field(discriminator="kind"),
]
MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


def send(stream: IO[bytes], message: Message) -> None:
    """Write one message. Raises `OSError` when nobody reads any more."""
    line = json.dumps(message.model_dump(mode="json"), ensure_ascii=False)
    stream.write(line.encode() + b"\n")
    stream.flush()


def receive(stream: IO[bytes]) -> Iterator[Message]:
    """Yield messages until the other side is gone; a line it was cut off in is left out."""
    for line in stream:
        if line.endswith(b"\n"):
            yield MESSAGE.validate_json(line)
