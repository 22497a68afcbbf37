"""A way to a system that loses, delays and bends what passes: a TCP proxy in front of it.

    python -m workshop.hostile.proxy http://127.0.0.1:5000 --port 8098 --fault cut --every 7

It knows no HTTP beyond where one answer begins: what is damaged is what a network damages.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_CHUNK = 65536
_LONG_SECONDS = 3600.0
_RESET = struct.pack("ii", 1, 0)

FAULTS = ("reset", "close", "delay", "cut", "longer", "shorter", "slow-head", "silence", "late")
PAGE = "page"
"""What can befall an answer.

``reset``: the connection is reset before anything comes; ``close``: closed instead;
``delay``: everything comes later; ``cut``: the second half is lost; ``longer``,
``shorter``: its Content-Length is wrong; ``slow-head``: its head comes sign by sign;
``silence``: nothing comes, and nothing is closed; ``late``: it is held until the next
connection's answer has passed (answers change their order). `PAGE` is another one, for
programs: the plan's page comes instead of the answer.
"""


@dataclass
class Plan:
    """Which answers are damaged, and how.

    ``fault`` tells of the answer of a connection (counted from 1), and of its request's first
    line, by name, empty for none; ``delay_seconds``: how long delays are, and at most the wait
    for a later answer; ``page``: what stands in an answer's place. ``done``: what was damaged.
    """

    fault: Callable[[int, str], str]
    delay_seconds: float = 1.0
    page: str = ""
    done: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def every(cls, number: int, *faults: str, delay_seconds: float = 1.0) -> Plan:
        """Damage every so-many-th answer, one fault after the other."""
        return cls(
            lambda n, _: faults[(n // number - 1) % len(faults)] if n % number == 0 else "",
            delay_seconds,
        )

    @classmethod
    def at_random(cls, share: float, seed: int, *faults: str, delay_seconds: float = 1.0) -> Plan:
        """Damage a share (0 to 1) of the answers; the same seed damages the same ones."""
        chance = random.Random(seed)  # noqa: S311 - no secret
        return cls(
            lambda *_: chance.choice(faults) if chance.random() < share else "", delay_seconds
        )


class FaultyProxy:
    """Passes connections on to one address, and damages answers as planned.

    Each connection carries one request: the proxy asks for that by ``Connection: close``, so
    that faults and requests can be counted.
    """

    def __init__(self, target: str, plan: Plan, port: int = 0) -> None:
        parts = urlsplit(target)
        self._target = parts.hostname or "127.0.0.1", parts.port or 80
        self.plan = plan
        self._port = port
        self._count = 0
        self._passed = asyncio.Event()
        self.url = ""

    async def listen(self) -> asyncio.Server:
        """Begin to listen; `url` is the proxy's address then."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=512)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await self._pass_on(reader, writer)
        writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self._count += 1
        line = head.partition(b"\r\n")[0].decode("latin-1")
        number, fault = self._count, self.plan.fault(self._count, line)
        if fault:
            self.plan.done.append((number, fault))
        if fault == "reset":
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
            return
        if fault == "close":
            return
        if fault == PAGE:
            writer.write(_answer_with(self.plan.page))
            await writer.drain()
            return
        there, back = await asyncio.open_connection(*self._target)
        back.write(_with(head, b"connection", b"close"))
        back.write(await reader.readexactly(int(_value(head, b"content-length") or 0)))
        answer = await there.read(-1)
        back.close()
        await self._answer(fault, answer, writer)
        self._passed.set()
        self._passed.clear()

    async def _answer(self, fault: str, answer: bytes, writer: asyncio.StreamWriter) -> None:
        head, end, body = answer.partition(b"\r\n\r\n")
        size = len(body)
        match fault:
            case "delay":
                await asyncio.sleep(self.plan.delay_seconds)
            case "cut":
                answer = head + end + body[: size // 2]
            case "longer":
                answer = _with(head + end, b"content-length", str(size + 100).encode()) + body
            case "shorter":
                answer = _with(head + end, b"content-length", str(size // 2).encode()) + body
            case "slow-head":
                pause = self.plan.delay_seconds / 10
                for place in range(0, len(head), max(1, len(head) // 10)):
                    writer.write(head[place : place + max(1, len(head) // 10)])
                    await writer.drain()
                    await asyncio.sleep(pause)
                answer = end + body
            case "silence":
                await asyncio.sleep(_LONG_SECONDS)
            case "late":
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._passed.wait(), self.plan.delay_seconds)
        writer.write(answer)
        await writer.drain()


def _answer_with(page: str) -> bytes:
    body = page.encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _value(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        found, _, value = line.partition(b":")
        if found.strip().lower() == name:
            return value.strip()
    return b""


def _with(head: bytes, name: bytes, value: bytes) -> bytes:
    """Return a head with one field set."""
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() != name]
    return b"\r\n".join([*kept, name + b": " + value]) + b"\r\n\r\n"


@contextmanager
def faulty_way(target: str, plan: Plan) -> Iterator[str]:
    """Put the proxy in front of an address in a thread; yields the proxy's own address."""
    proxy, ready = FaultyProxy(target, plan), threading.Event()
    end: list[Callable[[], object]] = []

    async def serve() -> None:
        over = asyncio.Event()
        server = await proxy.listen()
        loop = asyncio.get_running_loop()
        end.append(lambda: loop.call_soon_threadsafe(over.set))
        ready.set()
        await over.wait()
        server.close()

    # A loop of its own in a thread of its own: Playwright has one in ours.
    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield proxy.url
    finally:
        end[0]()
        thread.join()


async def _serve_for_ever(proxy: FaultyProxy) -> None:
    server = await proxy.listen()
    print(f"READY {proxy.url}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until somebody ends it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("target")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--fault", action="append", choices=FAULTS, required=True)
    options.add_argument("--every", type=int, default=10)
    options.add_argument("--delay-seconds", type=float, default=1.0)
    given = options.parse_args()
    plan = Plan.every(given.every, *given.fault, delay_seconds=given.delay_seconds)
    asyncio.run(_serve_for_ever(FaultyProxy(given.target, plan, given.port)))


if __name__ == "__main__":
    main()
