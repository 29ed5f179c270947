"""Batches on several cores at once: as many threads as cores, each computing on one core alone.

Two batches on one core each embed more headlines than one batch on two cores: nothing waits at the end of
every matrix product, and what a product does not cover (attention, normalisation, copies) runs in parallel.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(work: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Iterator[Result]:
    """Yield `work(item)` for every item in order, computed in that many threads some items ahead of the reader.

    The next items are taken from `items` while the threads compute, so that what makes them overlaps with the
    work. Where the reader stops, what has not begun is dropped. An error of `work` is raised to the reader.
    """
    source = iter(items)
    waiting: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(
        threads, thread_name_prefix="encode", initializer=one_core if threads > 1 else None
    )
    try:
        waiting.extend(pool.submit(work, item) for item in islice(source, threads + 1))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(pool.submit(work, item) for item in islice(source, 1))
            yield result
    finally:
        pool.shutdown(cancel_futures=True)


def one_core() -> None:
    """Let this thread's OpenMP regions have one thread; the limit holds for the calling thread alone.

    Where others compute too, two threads of one region wait for each other: a text that takes 30 ms on one core was
    seen to take 1,000 on two.
    """
    _pools().limit(limits=1, user_api="openmp")


@lru_cache
def _pools() -> ThreadpoolController:
    """Return the thread pools of the libraries that an encoder has loaded: to look for them takes 3 ms."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
