import json
import os
import subprocess
import sys
import threading
import time
import types
from dataclasses import asdict
from pathlib import Path

import pytest

from core import jobs
from core.errors import UserError
from core.jobs import Job, JobQueue
from core.locale import N_

ROOT = Path(__file__).parents[1]


PATIENCE = 60  # seconds after which what should have happened will not


@pytest.fixture
def queue(tmp_path):
    return JobQueue(tmp_path)


def _ended(queue, job_id):
    end = time.monotonic() + PATIENCE
    while (job := queue.get(job_id)).active:
        assert time.monotonic() < end, f"{job} did not end"
        time.sleep(0.01)
    return job


def test_a_job_ends_with_its_result(queue):
    job = queue.submit("train", {"dataset": "a"}, lambda report: {"run": "r1"})
    assert (_ended(queue, job.id).status, queue.get(job.id).result) == ("done", {"run": "r1"})


def test_progress_is_seen_while_it_runs(queue):
    reached, go = threading.Event(), threading.Event()

    def work(report):
        report(0.4, N_("{n} done"), n=4)
        reached.set()
        go.wait(PATIENCE)

    job = queue.submit("embed", {}, work)
    assert reached.wait(PATIENCE)
    seen = queue.get(job.id)
    go.set()
    assert (seen.status, seen.fraction, str(seen.message)) == ("running", 0.4, "4 done")


def test_cancel_stops_a_running_job_at_its_next_report(queue):
    started, cancelled, finished = threading.Event(), threading.Event(), []

    def work(report):
        started.set()
        cancelled.wait(PATIENCE)
        report(0.5, "half")
        finished.append(True)

    job = queue.submit("embed", {}, work)
    assert started.wait(PATIENCE)
    queue.cancel(job.id)
    cancelled.set()
    assert _ended(queue, job.id).status == "cancelled"
    assert finished == []


def test_a_waiting_job_that_is_cancelled_never_starts(queue):
    go, ran = threading.Event(), []
    first = queue.submit("embed", {"n": "1"}, lambda report: go.wait(PATIENCE) and None)
    second = queue.submit("embed", {"n": "2"}, lambda report: ran.append(1))
    queue.cancel(second.id)
    go.set()
    _ended(queue, first.id)
    assert (_ended(queue, second.id).status, ran) == ("cancelled", [])


def test_the_same_work_is_not_queued_twice(queue):
    go = threading.Event()
    first = queue.submit("embed", {"n": "1"}, lambda report: go.wait(PATIENCE) and None)
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


def test_the_time_left_is_that_of_earlier_jobs_of_its_pace_on_this_machine(tmp_path, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(jobs.time, "time", lambda: now[0])
    queue = JobQueue(tmp_path)

    def slowly(report):
        for step in range(1, 101):
            now[0] += 1
            report(step / 100, "")

    _ended(queue, queue.submit("train", {"n": "1"}, slowly, size=50).id)
    reached, go = threading.Event(), threading.Event()

    def twice_as_large(report):
        reached.set()
        go.wait(PATIENCE)

    again = queue.submit("train", {"n": "2"}, twice_as_large, size=100)
    assert reached.wait(PATIENCE)
    while queue.get(again.id).status != "running":
        time.sleep(0.01)
    left = queue.time_left(again.id)
    assert left.low < 200 < left.high
    go.set()
    _ended(queue, again.id)
    assert queue.time_left(again.id) is None


def test_the_curves_are_read_once_a_job_however_often_it_is_asked(tmp_path, monkeypatch):
    queue, read = JobQueue(tmp_path), []
    monkeypatch.setattr(jobs.Paces, "curves", lambda paces, kind: read.append(kind) or [])
    reached, go = threading.Event(), threading.Event()

    def work(report):
        reached.set()
        go.wait(PATIENCE)

    job = queue.submit("train", {}, work, pace="train on a graphics card")
    assert reached.wait(PATIENCE)
    for _ in range(3):
        queue.time_left(job.id)
    go.set()
    assert read == ["train on a graphics card"]


def test_without_an_earlier_job_nothing_is_said_at_first(queue):
    reached, go = threading.Event(), threading.Event()

    def work(report):
        report(0.5, "")
        reached.set()
        go.wait(PATIENCE)

    job = queue.submit("embed", {}, work)
    assert reached.wait(PATIENCE)
    assert queue.time_left(job.id) is None
    go.set()


def _record(folder, job_id, **fields):
    path = folder / f"{job_id}.json"
    path.write_text(json.dumps(asdict(Job(job_id, "embed", {}, **fields))))
    return path


class Rust(BaseException):
    """What a panic in a Rust library looks like."""


def _panic(report):
    raise Rust


def _tell_a_folder(report):
    raise UserError(N_("No {folder}."), folder=types)


@pytest.mark.parametrize("work", [_panic, _tell_a_folder, lambda report: {"made": types}])
def test_the_worker_outlives_whatever_a_job_raises_or_returns(queue, work):
    assert not _ended(queue, queue.submit("a", {}, work).id).active
    assert _ended(queue, queue.submit("b", {}, lambda report: None).id).status == "done"


def test_the_jobs_can_be_listed_while_another_is_submitted(queue, monkeypatch):
    started, go, submitted, looked = threading.Event(), threading.Event(), threading.Event(), []

    def wait(report):
        started.set()
        go.wait(PATIENCE)

    queue.submit("embed", {"n": "1"}, wait)
    queue.submit("embed", {"n": "2"}, lambda report: None)
    assert started.wait(PATIENCE)

    def submit_another():
        queue.submit("embed", {"n": "3"}, lambda report: None)
        submitted.set()

    def active(job):
        if not looked:
            looked.append(job)
            threading.Thread(target=submit_another).start()
            submitted.wait(0.2)
        return job.status in jobs.ACTIVE

    monkeypatch.setattr(Job, "active", property(active))
    try:
        assert [job.subject["n"] for job in queue.active()] == ["1", "2"]
    finally:
        go.set()
    assert submitted.wait(PATIENCE)


def test_the_process_ends_while_a_job_runs_and_the_record_tells_it(tmp_path):
    code = f"""
import threading
from pathlib import Path
from core.jobs import JobQueue
started = threading.Event()
JobQueue(Path({str(tmp_path)!r})).submit("embed", {{}}, lambda report: (started.set(), threading.Event().wait()))
started.wait()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE, cwd=ROOT)
    assert [job.status for job in JobQueue(tmp_path).all()] == ["interrupted"]


def test_two_first_calls_make_one_queue(home, monkeypatch):
    class Slow(JobQueue):
        def __init__(self, folder):
            time.sleep(0.1)
            super().__init__(folder)

    monkeypatch.setattr(jobs, "JobQueue", Slow)
    made = []
    threads = [threading.Thread(target=lambda: made.append(jobs.queue())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1


def test_records_older_than_two_weeks_are_removed_when_the_queue_is_made(tmp_path):
    for job_id, days in (("0" * 12, 15), ("1" * 12, 13)):
        path = _record(tmp_path, job_id, status="done")
        os.utime(path, (time.time() - days * 86400,) * 2)
    assert [job.id for job in JobQueue(tmp_path).all()] == ["1" * 12]
    assert not (tmp_path / ("0" * 12 + ".json")).exists()


def test_a_record_is_read_again_only_where_it_changed(queue, tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(
        jobs, "_read_record", lambda path, real=jobs._read_record: read.append(path) or real(path)
    )
    path = _record(tmp_path, "0" * 12, status="done", created=1.0)
    _ended(queue, queue.submit("embed", {}, lambda report: None).id)
    for _ in range(3):
        assert len(queue.all()) == 2
    assert read == [path]
    _record(tmp_path, "0" * 12, status="failed", created=1.0)
    os.utime(path, (1e9, time.time() + 5))
    assert queue.get("0" * 12).status == "failed"


def test_a_job_of_another_process_is_interrupted_once_that_is_no_more(queue, tmp_path):
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    _record(tmp_path, "0" * 12, status="running", pid=other.pid)
    before = queue.get("0" * 12).status
    other.communicate(b"")
    assert (before, queue.get("0" * 12).status) == ("running", "interrupted")


def test_whether_a_process_is_there_is_asked_without_a_signal(monkeypatch):
    """`os.kill` would end the process on Windows."""
    monkeypatch.setattr(os, "kill", lambda *args: pytest.fail("a signal was sent"))
    monkeypatch.setattr("psutil.pid_exists", lambda pid: pid == 4242)
    assert jobs._alive(4242)
    assert not jobs._alive(4243)
