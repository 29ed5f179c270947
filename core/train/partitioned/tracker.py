"""XGBoost's tracker, which the workers of a fit meet at, in a process of its own on the scheduler's machine.

`xgboost.dask` starts it within the scheduler, and a worker that dies during a fit can abort the process that the
tracker is in: the scheduler, and with the workers of this machine the app too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_users = 0
_theirs: Any = None


@contextmanager
def tracker_apart() -> Iterator[None]:
    """Within the context, `xgboost.dask` starts its tracker by `start_apart`."""
    global _users, _theirs
    from xgboost import dask

    with _lock:
        if not _users:
            _theirs, dask._start_tracker = dask._start_tracker, start_apart
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                dask._start_tracker = _theirs


def start_apart(
    n_workers: int, addr_from_dask: str | None, addr_from_user: tuple[str, int] | None, timeout: int | None
) -> dict[str, Any]:
    """Start a tracker and return what its workers need to know; it ends with its workers or with this process.

    Takes the arguments of `xgboost.dask._start_tracker`. Raises RuntimeError where it can listen at neither address.
    """
    asked = [n_workers, addr_from_dask, addr_from_user, timeout]
    process = subprocess.Popen(
        [sys.executable, "-P", __file__, json.dumps(asked), str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    threading.Thread(target=process.wait, daemon=True).start()  # it leaves no zombie
    if not line:
        raise RuntimeError("XGBoost's tracker could not be started on the scheduler's machine")
    made: dict[str, Any] = json.loads(line)
    return made


def _serve(asked: list[Any], parent: int) -> None:
    """Be the tracker: print what its workers need to know and wait until they or the parent have gone."""
    from xgboost.dask import _try_start_tracker

    n_workers, addr_from_dask, addr_from_user, timeout = asked
    user = None if addr_from_user is None else tuple(addr_from_user)
    before = set(threading.enumerate())
    arguments = _try_start_tracker(n_workers, [user, addr_from_dask], timeout)
    (waiting,) = set(threading.enumerate()) - before  # the thread in which XGBoost waits for the workers
    print(json.dumps(arguments), flush=True)
    while waiting.is_alive() and os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)  # an ordinary end would wait for workers that never come


if __name__ == "__main__":
    _serve(json.loads(sys.argv[1]), int(sys.argv[2]))
