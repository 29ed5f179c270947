import threading

import pytest

from core.serve import batching
from core.serve.batching import Batcher, Busy


class Work:
    """Answers a number by its double, once it is let go."""

    def __init__(self):
        self.batches, self.begun, self.let_go = [], threading.Semaphore(0), threading.Event()

    def __call__(self, questions):
        self.batches.append(list(questions))
        self.begun.release()
        assert self.let_go.wait(10)
        return [ValueError(number) if number < 0 else 2 * number for number in questions]


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def batcher(work):
    made = Batcher(work)
    yield made
    work.let_go.set()
    made.close()


def test_what_waits_is_answered_together_and_in_order(work, batcher):
    first = batcher.ask([1])
    work.begun.acquire()
    others = [batcher.ask([number])[0] for number in (2, 3, 4)]
    work.let_go.set()
    assert [future.result(10) for future in (*first, *others)] == [2, 4, 6, 8]
    assert work.batches == [[1], [2, 3, 4]]


def test_a_batch_is_bounded_and_a_list_gives_way(work, batcher, monkeypatch):
    monkeypatch.setattr(batching, "AT_ONCE", 2)
    batcher.ask([1])
    work.begun.acquire()
    listed, single = batcher.ask([2, 3, 4]), batcher.ask([5])
    work.let_go.set()
    assert [future.result(10) for future in (*listed, *single)] == [4, 6, 8, 10]
    assert work.batches == [[1], [5], [2, 3], [4]]


def test_a_question_without_an_answer_is_told_so_alone(work, batcher):
    work.let_go.set()
    good, bad = batcher.ask([1, -1])
    assert good.result(10) == 2
    with pytest.raises(ValueError, match="-1"):
        bad.result(10)


def test_a_fault_reaches_every_asker_and_ends_no_lane(batcher, work):
    work.let_go.set()
    broken = batcher.ask(["a", "b"])
    for future in broken:
        with pytest.raises(TypeError):
            future.result(10)
    assert batcher.ask([4])[0].result(10) == 8


def test_a_question_that_was_taken_back_is_not_answered(work, batcher):
    batcher.ask([1])
    work.begun.acquire()
    back, kept = batcher.ask([2])[0], batcher.ask([3])[0]
    assert back.cancel()
    work.let_go.set()
    assert kept.result(10) == 6
    assert work.batches == [[1], [3]]


def test_all_of_a_list_waits_or_none_of_it(work, batcher, monkeypatch):
    monkeypatch.setattr(batching, "MOST", 2)
    batcher.ask([1])
    work.begun.acquire()
    with pytest.raises(Busy):
        batcher.ask([2, 3, 4])
    assert batcher.waiting == 0
    batcher.ask([2, 3])
    with pytest.raises(Busy):
        batcher.ask([4])


def test_lanes_work_at_the_same_time(work):
    batcher = Batcher(work, lanes=2)
    first, second = batcher.ask([1])[0], batcher.ask([2])[0]
    assert work.begun.acquire(timeout=10)
    if not (two := work.begun.acquire(timeout=0.2)):  # the first lane took both
        third = batcher.ask([3])[0]
        two = work.begun.acquire(timeout=10)
        work.let_go.set()
        assert third.result(10) == 6
    work.let_go.set()
    assert two
    assert (first.result(10), second.result(10)) == (2, 4)
    batcher.close()


def test_what_waits_when_all_ends_is_taken_back(work):
    batcher = Batcher(work)
    batcher.ask([1])
    work.begun.acquire()
    (waiting,) = batcher.ask([2])
    work.let_go.set()
    batcher.close()
    assert waiting.cancelled() or waiting.result(0) == 4
    with pytest.raises(Busy):
        batcher.ask([3])
