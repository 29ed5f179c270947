import json
import threading

import pytest

from core.errors import UserError
from core.jobs import Job, JobQueue
from core.locale import N_


@pytest.fixture
def queue(tmp_path):
    return JobQueue(tmp_path)


def _ended(queue, job_id):
    event = threading.Event()
    for _ in range(500):
        job = queue.get(job_id)
        if not job.active:
            return job
        event.wait(0.01)
    raise AssertionError(f"{job} did not end")


def test_a_job_ends_with_its_result(queue):
    job = queue.submit("train", {"dataset": "a"}, lambda report: {"run": "r1"})
    assert (_ended(queue, job.id).status, queue.get(job.id).result) == ("done", {"run": "r1"})


def test_progress_is_seen_while_it_runs(queue):
    reached, go = threading.Event(), threading.Event()

    def work(report):
        report(0.4, N_("{n} done"), n=4)
        reached.set()
        go.wait(5)

    job = queue.submit("embed", {}, work)
    assert reached.wait(5)
    seen = queue.get(job.id)
    go.set()
    assert (seen.status, seen.fraction, str(seen.message)) == ("running", 0.4, "4 done")


def test_cancel_stops_a_running_job_at_its_next_report(queue):
    started, cancelled, finished = threading.Event(), threading.Event(), []

    def work(report):
        started.set()
        cancelled.wait(5)
        report(0.5, "half")
        finished.append(True)

    job = queue.submit("embed", {}, work)
    assert started.wait(5)
    queue.cancel(job.id)
    cancelled.set()
    assert _ended(queue, job.id).status == "cancelled"
    assert finished == []


def test_a_waiting_job_that_is_cancelled_never_starts(queue):
    go, ran = threading.Event(), []
    first = queue.submit("embed", {"n": "1"}, lambda report: go.wait(5) and None)
    second = queue.submit("embed", {"n": "2"}, lambda report: ran.append(1))
    queue.cancel(second.id)
    go.set()
    _ended(queue, first.id)
    assert (_ended(queue, second.id).status, ran) == ("cancelled", [])


def test_the_same_work_is_not_queued_twice(queue):
    go = threading.Event()
    first = queue.submit("embed", {"n": "1"}, lambda report: go.wait(5) and None)
    second = queue.submit("embed", {"n": "1"}, lambda report: None)
    go.set()
    assert first.id == second.id


def test_a_fault_of_the_user_is_told_and_any_other_is_named(queue):
    def unlucky(report):
        raise UserError(N_("No {x}."), x="luck")

    def broken(report):
        raise ZeroDivisionError("oh")

    told = _ended(queue, queue.submit("a", {}, unlucky).id)
    named = _ended(queue, queue.submit("b", {}, broken).id)
    assert (told.status, str(told.message)) == ("failed", "No luck.")
    assert named.status == "failed"
    assert "ZeroDivisionError" in str(named.message)


def test_one_job_after_a_failed_one_still_runs(queue):
    queue.submit("a", {}, lambda report: 1 / 0)
    assert _ended(queue, queue.submit("b", {}, lambda report: None).id).status == "done"


def test_a_job_is_found_again_by_another_process(queue, tmp_path):
    job = queue.submit("train", {"dataset": "a", "x": "y"}, lambda report: {"run": "r"})
    _ended(queue, job.id)
    assert JobQueue(tmp_path).get(job.id).result == {"run": "r"}
    assert JobQueue(tmp_path).find("train", dataset="a").id == job.id
    assert JobQueue(tmp_path).find("train", dataset="b") is None


def test_a_job_cut_off_by_a_restart_is_shown_as_interrupted(tmp_path):
    record = {**Job("0123456789ab", "embed", {}, status="running").__dict__, "pid": 2**22 + 1}
    record["message"] = {"template": "", "params": {}}
    (tmp_path / "0123456789ab.json").write_text(json.dumps(record))
    assert JobQueue(tmp_path).get("0123456789ab").status == "interrupted"


@pytest.mark.parametrize("job_id", ["../../etc/passwd", "", "zz", "0123456789ab"])
def test_an_unknown_id_is_none(queue, job_id):
    assert queue.get(job_id) is None


def test_time_left_comes_from_time_spent():
    job = Job("0123456789ab", "embed", {}, status="running", fraction=0.25, started=100.0)
    assert job.seconds_left(now=110.0) == pytest.approx(30.0)
    assert Job("0123456789ab", "embed", {}).seconds_left(now=110.0) is None
