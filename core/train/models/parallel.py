"""Several pieces of one job at the same time, and how many cores there are for them.

The libraries that fit and predict let go of Python's lock, so plain threads use every core. They are daemons,
as the job's own worker is: the process ends without waiting for them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from core.jobs import Cancelled, Report

Result = TypeVar("Result")

SMALL = 5_000_000  # cells of a matrix


def cores() -> int:
    """Return the number of processor cores that this process may use.

    `OMP_NUM_THREADS`, which numeric libraries keep to as well, lowers it: several workers share a machine so.
    """
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    most = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(own, int(most))) if most.isdecimal() else own


def threads(X: np.ndarray) -> int:
    """Return the threads for boosting: one for a small matrix, where more wait for each other."""
    return 1 if X.size < SMALL else cores()


def run_together(works: Sequence[Callable[[Report], Result]], report: Report, workers: int) -> list[Result]:
    """Return what each work returns, in order; up to `workers` of them run at the same time.

    The progress reported is the mean of theirs and never falls. What the first one raises (`Cancelled` by
    `report`) stops the others at their next report, and is raised once they have stopped.
    """
    results: dict[int, Result] = {}
    errors: list[BaseException] = []
    fractions = [0.0] * len(works)
    waiting = iter(range(len(works)))
    lock = threading.Lock()
    stopped = threading.Event()

    def reporting(number: int) -> Report:
        def reported(fraction: float, template: str, /, **params: object) -> None:
            with lock:
                if stopped.is_set():
                    raise Cancelled
                fractions[number] = max(fractions[number], fraction)
                report(sum(fractions) / len(works), template, **params)

        return reported

    def lane() -> None:
        while not stopped.is_set():
            with lock:
                number = next(waiting, None)
            if number is None:
                return
            try:
                results[number] = works[number](reporting(number))
            except BaseException as error:  # raised to the caller, whatever it is
                errors.append(error)
                stopped.set()

    lanes = [threading.Thread(target=lane, name="headline-lab-fit", daemon=True) for _ in range(workers)]
    for thread in lanes:
        thread.start()
    try:
        for thread in lanes:
            thread.join()
    finally:
        stopped.set()  # an interrupt from the keyboard ends the wait, and the lanes soon after
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(works))]
