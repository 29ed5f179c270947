"""XGBoost's tracker, at which the workers of a fit meet, in a process of its own on the scheduler's machine.

`xgboost.dask` starts it within the scheduler, and a worker that dies during a fit can abort the process that the
tracker is in: the scheduler, and with the workers of this machine the app too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import Any

_lock = threading.Lock()
_process: subprocess.Popen[str] | None = None


def train_apart(*arguments: Any, **options: Any) -> dict[str, Any]:
    """Train as `xgboost.dask.train` does, its tracker in a process of its own.

    XGBoost has no setting for it, so what starts its tracker is replaced, for good in this process.
    """
    from xgboost import dask

    dask._start_tracker = start_apart
    return dict(dask.train(*arguments, **options))


def start_apart(
    n_workers: int, addr_from_dask: str | None, addr_from_user: tuple[str, int] | None, timeout: int | None
) -> dict[str, Any]:
    """Start a tracker and return what its workers need to know.

    Takes the arguments of `xgboost.dask._start_tracker`. One process has all trackers of this one; where it was lost
    another is started. Raises RuntimeError where the tracker can listen at neither address.
    """
    asked = json.dumps([n_workers, addr_from_dask, addr_from_user, timeout])
    with _lock:
        answer = _asked(asked) or _asked(asked)  # the process may have ended since it was last seen
    said: dict[str, Any] = json.loads(answer or "{}")
    if "arguments" not in said:
        raise RuntimeError(f"XGBoost's tracker could not be started: {said.get('error', 'it ended')}")
    return dict(said["arguments"])


def _asked(line: str) -> str:
    """Hand a line to the trackers' process and return its answer, empty where it has ended."""
    global _process
    if _process is None or _process.poll() is not None:
        _process = subprocess.Popen(
            [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    assert _process.stdin is not None
    assert _process.stdout is not None
    try:
        _process.stdin.write(line + "\n")
        _process.stdin.flush()
        answer = _process.stdout.readline()
    except OSError:
        answer = ""
    if not answer:
        _process.kill()
        _process.wait()
        _process = None
    return answer


def _serve() -> None:
    """Be the trackers' process: start one for each line, until the process that writes them has ended."""
    for line in sys.stdin:
        n_workers, addr_from_dask, addr_from_user, timeout = json.loads(line)
        try:
            said: dict[str, Any] = {
                "arguments": _started(n_workers, [addr_from_user, [addr_from_dask, 0]], timeout or 0)
            }
        except Exception as error:  # told to the fit, whatever it is
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)
    os._exit(0)  # an ordinary end would wait for workers that never come


def _started(n_workers: int, addresses: list[list[Any] | None], timeout: int) -> dict[str, Any]:
    """Start a tracker at the first address where it can listen; None is one that XGBoost finds."""
    from xgboost.core import XGBoostError
    from xgboost.tracker import RabitTracker

    for number, address in enumerate(addresses):
        host, port = address or (None, 0)
        try:
            tracker = RabitTracker(n_workers, host, port, sortby="task", timeout=timeout)
            tracker.start()
            threading.Thread(target=tracker.wait_for, daemon=True).start()
            return dict(tracker.worker_args())
        except XGBoostError:
            if number == len(addresses) - 1:
                raise
    raise ValueError("no address to listen at")


if __name__ == "__main__":
    _serve()
