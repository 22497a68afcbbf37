"""The one executor (`concurrent.futures`) behind every campaign of the workshop.

Local: the standard library's pool of processes. On a cluster (``--cluster``): Dask, and a
process of its own for each piece of work, because runs listen to signals, which only a
process's main thread may. A process that dies there costs its own piece of work alone.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def executor(
    jobs: int,
    cluster: str = "",
    *,
    begin: Callable[..., None] | None = None,
    given: tuple[Any, ...] = (),
    start: str = "spawn",
) -> Iterator[Executor]:
    """Provide an executor: ``jobs`` processes here, or a cluster at an address.

    ``begin`` is called with ``given`` in each process before its first piece of work;
    ``start``: how local processes begin (`multiprocessing`). Raises what `connect` raises.
    """
    if cluster:
        # Only here: who mutates the suite must not have loaded it.
        from otp_conformance.run.cluster import connect, hand_out_twice

        client = connect(cluster)
        try:
            client.run_on_scheduler(hand_out_twice)
            yield _Apart(client.get_executor(pure=False, retries=0), begin, given)
        finally:
            client.close()
        return
    context = get_context(start)
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=begin, initargs=given) as pool:
        yield pool


class _Apart(Executor):
    """Has an inner executor carry each piece of work out in a process of its own."""

    def __init__(
        self, inner: Executor, begin: Callable[..., None] | None, given: tuple[Any, ...]
    ) -> None:
        self._inner = inner
        self._begin = (begin, given)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Hand a piece of work out; what it needs and returns is pickled."""
        return self._inner.submit(apart, pickle.dumps((*self._begin, fn, args, kwargs)))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the inner executor."""
        self._inner.shutdown(wait=wait, cancel_futures=cancel_futures)


def apart(work: bytes) -> Any:
    """Carry pickled work out in a new process and return its result. Raises what it raised."""
    from otp_conformance.deployment.process import end_with_parent

    done = subprocess.run(  # which ends with this one: the work may be another's by then
        [sys.executable, "-m", "workshop.executor"],
        input=work,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
        preexec_fn=end_with_parent(),
    )
    if done.returncode != 0:
        raise RuntimeError(f"a process of the workshop ended with {done.returncode}")
    result = pickle.loads(done.stdout)  # noqa: S301 - our own process's
    if isinstance(result, BaseException):
        raise result
    return result


def main() -> None:
    """Read pickled work from stdin, write its pickled result to what was stdout."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr
    begin, given, fn, args, kwargs = pickle.loads(  # noqa: S301 - our own
        sys.stdin.buffer.read()
    )
    if begin is not None:
        begin(*given)
    try:
        result = fn(*args, **kwargs)
    except Exception as error:
        result = error
    out.write(pickle.dumps(result))
    out.flush()


if __name__ == "__main__":
    main()
