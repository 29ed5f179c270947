"""Work on several cores at once: one thread a lane, each computing on one core alone.

Two lanes of one thread each embed more headlines than one lane of two threads: nothing waits at the end of
every matrix product, and what a product does not cover (attention, normalisation, copies) runs in parallel.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_lanes(work: Callable[[Item], Result], items: Iterable[Item], lanes: int) -> Iterator[Result]:
    """Yield `work(item)` for every item in order, computed in `lanes` threads some items ahead of the reader.

    The next items are taken from `items` while the lanes compute, so that what makes them overlaps with the
    work. Where the reader stops, what has not begun is dropped. An error of `work` is raised to the reader.
    """
    source = iter(items)
    waiting: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(lanes, thread_name_prefix="lane", initializer=_one_core if lanes > 1 else None)
    try:
        waiting.extend(pool.submit(work, item) for item in islice(source, lanes + 1))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(pool.submit(work, item) for item in islice(source, 1))
            yield result
    finally:
        pool.shutdown(cancel_futures=True)


def _one_core() -> None:
    """Let this thread's OpenMP regions have one thread; the limit holds for the calling thread alone."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="openmp")
