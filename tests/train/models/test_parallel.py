import threading

import pytest

from core.jobs import Cancelled, silent
from core.train.models.parallel import run_together


def test_results_come_in_the_order_of_the_works():
    works = [lambda report, i=i: i * i for i in range(7)]
    assert run_together(works, silent, 3) == [i * i for i in range(7)]


def test_two_works_run_at_the_same_time():
    meeting = threading.Barrier(2, timeout=120)
    assert run_together([lambda report: meeting.wait() >= 0] * 2, silent, 2) == [True, True]


def test_one_worker_runs_one_work_after_another():
    running = []

    def work(report):
        running.append(1)
        assert len(running) == 1
        running.pop()

    run_together([work] * 5, silent, 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_is_the_mean_of_the_works_and_never_falls(workers):
    def work(report):
        for step in (0.0, 0.5, 0.25, 1.0):
            report(step, "")

    seen = []
    run_together([work] * 4, lambda fraction, template, **params: seen.append(fraction), workers)
    assert seen == sorted(seen)
    assert seen[-1] == 1


def test_what_one_work_raises_stops_the_others_and_is_raised():
    meeting = threading.Barrier(2, timeout=120)
    stopped = []

    def fails(report):
        meeting.wait()
        raise OSError("no space")

    def goes_on(report):
        meeting.wait()
        try:
            while True:
                report(0.5, "")
        except Cancelled:
            stopped.append(True)
            raise

    with pytest.raises(OSError, match="no space"):
        run_together([fails, goes_on, goes_on], silent, 2)
    assert stopped == [True]  # and the third was not begun


def test_cancel_reaches_every_work():
    meeting = threading.Barrier(2, timeout=120)
    ended = []

    def work(report):
        meeting.wait()
        try:
            while True:
                report(0.1, "")
        finally:
            ended.append(True)

    calls = iter(range(100))

    def report(fraction, template, /, **params):
        if next(calls) > 50:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_together([work] * 2, report, 2)
    assert ended == [True, True]
