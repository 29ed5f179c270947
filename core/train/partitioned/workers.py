"""The Dask workers that hold the blocks: those of a cluster that a caller has connected to, or of this machine."""

from __future__ import annotations

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
        dashboard_address=None,
        host="127.0.0.1",
        silence_logs=50,
    )
    with cluster, Client(cluster) as client:
        yield client


def addresses(client: Any) -> list[str]:
    """Return the addresses of the workers, sorted."""
    return sorted(client.scheduler_info(n_workers=-1)["workers"])


def surviving(client: Any, renew: Callable[[], None], work: Callable[[], Result]) -> Result:
    """Do work that a worker's end breaks off; where one has gone, `renew` what it held and do it again.

    XGBoost and LightGBM go on with no worker fewer than they began with: a fit of theirs is begun anew. Raises what
    `work` raises where all workers are still there, or where they went three times.
    """
    for turn in range(TRIES):
        before = addresses(client)
        try:
            return work()
        except Exception:
            if turn == TRIES - 1 or not _lost_one(client, before):
                raise
            client.wait_for_workers(1, timeout=SECONDS_TO_NOTICE)
            renew()
    raise AssertionError("the last turn returns or raises")


def _lost_one(client: Any, before: list[str]) -> bool:
    """Say whether one of the workers has gone, which the scheduler may notice later than they do."""
    import time

    until = time.monotonic() + SECONDS_TO_NOTICE
    while set(before) <= set(addresses(client)):
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True
