import threading
from contextlib import nullcontext

import pytest

from core.train.partitioned import workers
from core.train.partitioned.workers import surviving, using


class Scheduler:
    """A client's view of its workers, of which some can go."""

    def __init__(self):
        self.here, self.futures, self.cancelled, self.restarted = {"a", "b"}, {}, [], []

    def as_current(self):
        return nullcontext()

    def scheduler_info(self, n_workers=-1):
        return {"workers": dict.fromkeys(self.here)}

    def cancel(self, futures, force=False):
        self.cancelled += futures

    def wait_for_workers(self, number, timeout=None):
        self.here = self.here or {"c"}

    def restart_workers(self, addresses, raise_for_error=True):
        self.restarted += addresses


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(workers, "SECONDS_TO_NOTICE", 0.3)


def test_work_that_nothing_disturbs_is_done_once():
    done = []
    assert surviving(Scheduler(), done.append, lambda: 5) == 5
    assert done == []


def test_work_is_done_again_where_a_worker_went_and_what_it_held_was_made_anew():
    client, steps = Scheduler(), []

    def work():
        steps.append("work")
        if len(steps) == 1:
            client.here = {"b"}
            raise ValueError("Invalid worker address")
        return len(steps)

    assert surviving(client, lambda: steps.append("renew"), work) == 3
    assert steps == ["work", "renew", "work"]
    assert client.restarted == ["b"]


@pytest.mark.slow
def test_work_that_waits_for_ever_for_a_lost_worker_is_left_behind():
    client, begun = Scheduler(), []

    def work():
        begun.append(1)
        if len(begun) == 1:
            client.here = {"b"}
            threading.Event().wait()
        return "done"

    assert surviving(client, lambda: None, work) == "done"


def test_an_error_while_all_workers_are_there_is_raised_at_once():
    begun = []

    def work():
        begun.append(1)
        raise ValueError("a number is missing")

    with pytest.raises(ValueError, match="a number is missing"):
        surviving(Scheduler(), lambda: None, work)
    assert begun == [1]


def test_a_worker_that_goes_every_time_ends_the_work():
    client = Scheduler()

    def work():
        client.here = {f"{next(iter(client.here))}+"}
        raise ValueError("gone")

    with pytest.raises(ValueError, match="gone"):
        surviving(client, lambda: None, work)


def test_the_client_in_use_holds_the_blocks():
    with using("mine"), workers.workers() as client:
        assert client == "mine"
