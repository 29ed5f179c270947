"""Questions that wait at the same time are answered together.

A lane that is free takes what waits, at once: a question alone waits for nobody, and under load the batches grow by
themselves.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from core.embed.runtime.parallel import one_core
from core.errors import UserError
from core.locale import N_

log = logging.getLogger(__name__)

AT_ONCE = 16  # questions answered together: more would save little and let the next one wait longer
MOST = 4_000  # questions that may wait


class Busy(UserError):
    """More questions wait than may."""


class Batcher:
    """Lanes, threads on one core each, that answer what is asked of them in batches.

    `work` takes up to `AT_ONCE` questions and returns as many answers; one that is an exception is raised to the
    asker, and what it raises to all of them. A question out of a list gives way to single ones.
    """

    def __init__(self, work: Callable[[Sequence[Any]], Sequence[Any]], lanes: int = 1) -> None:
        self._work = work
        self._single: deque[tuple[Any, Future[Any]]] = deque()
        self._listed: deque[tuple[Any, Future[Any]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._lane, name="headline-lab-serve", daemon=True) for _ in range(lanes)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many questions wait for a lane."""
        return len(self._single) + len(self._listed)

    def ask(self, questions: Sequence[Any]) -> list[Future[Any]]:
        """Let questions wait for their answers, all or none of them. Raises `Busy` where too many wait already."""
        futures: list[Future[Any]] = [Future() for _ in questions]
        with self._changed:
            if self._closed or self.waiting + len(questions) > MOST:
                raise Busy(N_("Too many questions are waiting: ask again in a few seconds."))
            queue = self._single if len(questions) == 1 else self._listed
            queue.extend(zip(questions, futures, strict=True))
            self._changed.notify(len(questions))
        return futures

    def close(self) -> None:
        """Let the lanes end, and what still waits go unanswered."""
        with self._changed:
            self._closed = True
            for _, future in (*self._single, *self._listed):
                future.cancel()
            self._single.clear()
            self._listed.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _lane(self) -> None:
        one_core()
        while taken := self._take():
            try:
                answers = self._work([question for question, _ in taken])
            except BaseException as error:  # raised to the askers, whatever it is
                answers = [error] * len(taken)
            for (_, future), answer in zip(taken, answers, strict=True):
                if isinstance(answer, BaseException):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

    def _take(self) -> list[tuple[Any, Future[Any]]]:
        """Wait for questions and return up to `AT_ONCE`; none where the batcher was closed."""
        with self._changed:
            taken: list[tuple[Any, Future[Any]]] = []
            while not taken:
                while not (self.waiting or self._closed):
                    self._changed.wait()
                if self._closed:
                    return []
                queue = self._single or self._listed
                some = [queue.popleft() for _ in range(min(AT_ONCE, len(queue)))]
                taken = [pair for pair in some if pair[1].set_running_or_notify_cancel()]
            return taken
