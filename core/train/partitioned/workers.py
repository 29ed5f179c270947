"""The Dask workers that hold the blocks: those of a cluster that a caller has connected to, or of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from core.train.models.parallel import cores

Result = TypeVar("Result")

SECONDS_TO_NOTICE = 30  # that a worker has gone
TRIES = 3
_client: ContextVar[Any] = ContextVar("client", default=None)


@contextmanager
def using(client: Any) -> Iterator[None]:
    """Within the context, tables that do not fit in memory train on the workers of this `distributed.Client`."""
    token = _client.set(client)
    try:
        yield
    finally:
        _client.reset(token)


@contextmanager
def workers() -> Iterator[Any]:
    """Yield the client that is in use, or one of a worker of this machine's own that ends with the context."""
    client = _client.get()
    if client is not None:
        yield client
        return
    with local_workers(1) as own:
        yield own


@contextmanager
def local_workers(count: int) -> Iterator[Any]:
    """Start workers on this machine that share its cores, each a process, and yield their client.

    They listen on this machine alone, and none is stopped for the memory that it takes: that is the machine's to give.
    """
    from distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=count,
        threads_per_worker=max(1, cores() // count),
        processes=True,
        memory_limit=0,
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
        silence_logs=50,
    )
    with cluster, Client(cluster, set_as_default=False) as client:
        yield client


def addresses(client: Any) -> list[str]:
    """Return the addresses of the workers, sorted."""
    return sorted(client.scheduler_info(n_workers=-1)["workers"])


def surviving(client: Any, renew: Callable[[], None], work: Callable[[], Result]) -> Result:
    """Do work that a worker's end breaks off; where one has gone, `renew` what it held and do it again.

    XGBoost and LightGBM go on with no worker fewer than they began with (LightGBM waits for the lost one for ever), so
    what is left of their work is cancelled, the other workers are started anew and the fit begins from the start.
    Where the process has other clients, the work is done with this one as the current one: what asks Dask for "the"
    client would get the newest, and wait in its loop for ever.
    Raises what `work` raises where all workers are still there, or where one went three times.
    """
    for turn in range(TRIES):
        before, known = set(addresses(client)), set(client.futures)
        running = _Running(client, work)
        absent = 0  # times in a row that one was not there: the scheduler may be too busy to say
        while running.alive(0.5) and absent < TRIES:
            absent = 0 if before <= set(addresses(client)) else absent + 1
        if not running.is_alive() and running.error is None:
            done: Result = running.result
            return done
        if running.error is not None and (turn == TRIES - 1 or not _lost_one(client, before)):
            raise running.error
        _clear(client, known, running)
        with client.as_current():
            _again(renew)
    raise RuntimeError(f"a worker was lost {TRIES} times during one fit")


class _Running(threading.Thread):
    """Work in a thread of its own, which is left behind where it never ends."""

    result: Any = None
    error: BaseException | None = None

    def __init__(self, client: Any, work: Callable[[], Any]) -> None:
        super().__init__(name="headline-lab-partitions", daemon=True)
        self._client, self._work = client, work
        self.start()

    def run(self) -> None:
        """Do the work."""
        try:
            with self._client.as_current():
                self.result = self._work()
        except BaseException as error:  # raised to the caller, whatever it is
            self.error = error

    def alive(self, seconds: float) -> bool:
        """Wait so long at most, and say whether the work is still going on."""
        self.join(seconds)
        return self.is_alive()


def _clear(client: Any, known: set[Any], running: _Running) -> None:
    """Cancel what the work has begun, and start every worker anew: one may wait for the lost one within a fit."""
    from distributed import Future

    begun = set(client.futures) - known
    client.cancel([Future(key, client) for key in begun], force=True)
    running.alive(SECONDS_TO_NOTICE)
    client.wait_for_workers(1, timeout=SECONDS_TO_NOTICE)
    client.restart_workers(addresses(client), raise_for_error=False)
    client.wait_for_workers(1, timeout=SECONDS_TO_NOTICE)


def _again(renew: Callable[[], None]) -> None:
    """Renew what was lost; a worker that has just begun anew may not be reached at first."""
    for turn in range(TRIES):
        try:
            renew()
            return
        except OSError:  # of which Dask's closed connections are a kind
            if turn == TRIES - 1:
                raise
            time.sleep(SECONDS_TO_NOTICE / 10)


def _lost_one(client: Any, before: set[str]) -> bool:
    """Say whether one of the workers has gone, which the scheduler may notice later than they do."""
    until = time.monotonic() + SECONDS_TO_NOTICE
    while before <= set(addresses(client)):
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True
