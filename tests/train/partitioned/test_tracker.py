import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from core.train.partitioned import tracker


@pytest.mark.slow
def test_the_tracker_listens_and_says_where():
    said = tracker.start_apart(1, None, ("127.0.0.1", 0), None)
    assert said["dmlc_tracker_uri"] == "127.0.0.1"
    with socket.create_connection(("127.0.0.1", int(said["dmlc_tracker_port"])), timeout=10):
        pass


def test_a_tracker_that_cannot_listen_is_an_error_of_the_fit():
    with pytest.raises(RuntimeError, match="tracker"):
        tracker.start_apart(1, "203.0.113.1", ("203.0.113.1", 0), None)


@pytest.mark.slow
def test_a_tracker_that_was_lost_costs_the_next_fit_nothing():
    tracker.start_apart(1, None, ("127.0.0.1", 0), None)
    tracker._process.kill()
    assert tracker.start_apart(1, None, ("127.0.0.1", 0), None)["dmlc_tracker_port"]


@pytest.mark.slow
def test_the_trackers_end_with_the_process_that_started_them():
    code = (
        "import os, signal\n"
        "from core.train.partitioned import tracker\n"
        "tracker.start_apart(1, None, ('127.0.0.1', 0), None)\n"
        "print(tracker._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    pid = int(ended.stdout)
    until = time.monotonic() + 10
    while _there(pid) and time.monotonic() < until:
        time.sleep(0.2)
    assert not _there(pid)


def _there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
