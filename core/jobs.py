"""Long work in the background: one worker, first come, first served, one heavy job at a time.

A job runs in a thread and never touches the page. It gets `report(fraction, template, **params)`, which
raises `Cancelled` once the user has pressed Cancel. Each job's record is a small JSON file in the workspace,
so a page finds it again after a reload; one that was cut off by a restart is shown as interrupted.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from core.errors import Message, UserError
from core.files import write_atomic
from core.locale import N_
from core.pace import Left, Paces, Progress
from core.settings import settings

log = logging.getLogger(__name__)

ACTIVE = ("queued", "running")
_DAYS_KEPT = 14
_RECORD = re.compile(r"([0-9a-f]{12})\.json")


class Cancelled(Exception):
    """Raised inside a job by `report` after the user asked for it to stop."""


class Report(Protocol):
    """How long work tells where it is: a fraction of 0 to 1 and a message to translate."""

    def __call__(self, fraction: float, template: str, /, **params: object) -> None:
        """Say how far the work is; raises `Cancelled` where the user has asked for it to stop."""


def silent(fraction: float, template: str, /, **params: object) -> None:
    """Report to nobody."""


def part(report: Report, first: float, last: float) -> Report:
    """Return a report for work that is the part from `first` to `last` of a whole."""

    def reported(fraction: float, template: str, /, **params: object) -> None:
        report(first + (last - first) * fraction, template, **params)

    return reported


@dataclass(frozen=True)
class Job:
    """What is known of one piece of work.

    `status` is queued, running, done, failed, cancelled or interrupted; `subject` says what the work is on
    (plain strings such as the dataset's id); `result` is what the work returned, plain values as well.
    """

    id: str
    kind: str
    subject: dict[str, str]
    status: str = "queued"
    fraction: float = 0.0
    message: Message = field(default_factory=lambda: Message(""))
    created: float = 0.0
    started: float | None = None
    finished: float | None = None
    result: dict[str, Any] = field(default_factory=dict)
    pid: int = 0

    @property
    def active(self) -> bool:
        """Whether the job waits or runs."""
        return self.status in ACTIVE


Work = Callable[[Report], dict[str, Any] | None]


class JobQueue:
    """One background worker and the records of its jobs in a folder; safe to use from several threads.

    The worker is a daemon: the process ends without waiting for it, and the record of the job that ran then
    tells that it was interrupted. Records older than 14 days are removed when the queue is made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: SimpleQueue[tuple[str, Work]] = SimpleQueue()
        self._jobs: dict[str, Job] = {}  # of this process
        self._others: dict[
            str, tuple[int, Job | None]
        ] = {}  # of earlier ones: when it was written, what it says
        self._progress: dict[str, Progress] = {}  # of the jobs of this process
        self._paces = Paces(folder / "paces")
        self._cancelled: set[str] = set()
        self._lock = threading.RLock()
        self._prune()
        threading.Thread(target=self._serve, name="headline-lab-job", daemon=True).start()

    def submit(
        self, kind: str, subject: dict[str, str], work: Work, size: float = 0.0, pace: str = ""
    ) -> Job:
        """Queue `work`; where the same work already waits or runs, return that job.

        The time left is estimated from earlier work of the same `pace` (by default the kind), scaled by `size`.
        """
        with self._lock:
            for job in self._jobs.values():
                if job.active and (job.kind, job.subject) == (kind, subject):
                    return job
            job = Job(uuid.uuid4().hex[:12], kind, dict(subject), created=time.time(), pid=os.getpid())
            self._progress[job.id] = Progress(job.created, size, pace or kind)
            self._keep(job)
        self._waiting.put((job.id, work))
        return job

    def get(self, job_id: str) -> Job | None:
        """Return a job by its id, from an earlier process too; None where there is none."""
        with self._lock:
            if job_id in self._jobs:
                return self._jobs[job_id]
            return self._other(f"{job_id}.json") if _RECORD.fullmatch(f"{job_id}.json") else None

    def find(self, kind: str, **subject: str) -> Job | None:
        """Return the newest job of a kind whose subject holds these values."""
        return next(reversed(self.find_all(kind, **subject)), None)

    def find_all(self, kind: str, **subject: str) -> list[Job]:
        """Return the jobs of a kind whose subject holds these values, the oldest first."""
        found = [job for job in self.all() if job.kind == kind and subject.items() <= job.subject.items()]
        return sorted(found, key=lambda job: job.created)

    def active(self) -> list[Job]:
        """Return the jobs of this process that wait or run, oldest first."""
        with self._lock:
            return sorted((job for job in self._jobs.values() if job.active), key=lambda job: job.created)

    def all(self) -> list[Job]:
        """Return every job on record."""
        with self._lock:
            names = [path.name for path in self._folder.glob("*.json") if _RECORD.fullmatch(path.name)]
            others = [self._other(name) for name in names if name.removesuffix(".json") not in self._jobs]
            return [*(job for job in others if job), *self._jobs.values()]

    def time_left(self, job_id: str, now: float | None = None) -> Left | None:
        """Return the seconds left of a running job, None before there is a basis.

        They are no more than at the call before, unless the job has come to be late (`Left.late`).
        """
        with self._lock:
            job, progress = self._jobs.get(job_id), self._progress.get(job_id)
            if job is None or progress is None or job.status != "running":
                return None
            return progress.say(now or time.time())

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop: at once where it waits, at its next report where it runs."""
        with self._lock:
            self._cancelled.add(job_id)
            job = self._jobs.get(job_id)
            if job and job.status == "queued":
                self._change(job_id, status="cancelled", finished=time.time())

    def _prune(self) -> None:
        oldest = time.time() - _DAYS_KEPT * 24 * 3600
        for path in self._folder.glob("*.json"):
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except FileNotFoundError:
                continue  # another process has removed it
            except OSError:
                log.exception("the old record %s could not be removed", path)

    def _other(self, name: str) -> Job | None:
        """Return the job of a record of another process, read again only where its file changed."""
        path = self._folder / name
        try:
            written = path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        known = self._others.get(name)
        if known is None or known[0] != written:
            known = self._others[name] = written, _read_record(path)
        return known[1] and _as_it_stands(known[1])

    def _serve(self) -> None:
        while True:
            self._run(*self._waiting.get())

    def _run(self, job_id: str, work: Work) -> None:
        with self._lock:
            if not self._jobs[job_id].active:
                return
            progress = self._progress[job_id]
            progress.started, progress.curves = time.time(), self._paces.curves(progress.pace)
            self._change(job_id, status="running", started=progress.started)

        def report(fraction: float, template: str, /, **params: object) -> None:
            if job_id in self._cancelled:
                raise Cancelled
            message = Message(template, {key: _plain(value) for key, value in params.items()})
            with self._lock:
                job = self._jobs[job_id]
                self._jobs[job_id] = replace(job, fraction=min(max(fraction, 0.0), 1.0), message=message)
                self._progress[job_id].reached(self._jobs[job_id].fraction, time.time())

        try:
            result = work(report) or {}
            self._learn(job_id)
            self._end(job_id, status="done", fraction=1.0, result=result)
        except Cancelled:
            self._end(job_id, status="cancelled", message=Message(N_("Stopped. What was finished is saved.")))
        except UserError as error:
            self._end(job_id, status="failed", message=error.message)
        except BaseException as error:  # a panic in Rust is no Exception, and the worker has to outlive it
            log.exception("job %s (%s) failed", job_id, self._jobs[job_id].kind)
            template = N_("Something unexpected went wrong: {error}. The details are in the server's log.")
            self._end(job_id, status="failed", message=Message(template, {"error": repr(error)}))

    def _learn(self, job_id: str) -> None:
        """Keep how the job went, for the next one of its kind."""
        try:
            self._paces.keep(self._progress[job_id], time.time())
        except (OSError, UserError):
            log.exception("the pace of job %s could not be written", job_id)

    def _end(self, job_id: str, **changes: Any) -> None:
        self._change(job_id, finished=time.time(), **changes)

    def _change(self, job_id: str, **changes: Any) -> None:
        with self._lock:
            self._keep(replace(self._jobs[job_id], **changes))

    def _keep(self, job: Job) -> None:
        self._jobs[job.id] = job
        text = json.dumps(vars(job) | {"message": job.message.as_dict()}, ensure_ascii=False, default=str)
        try:
            write_atomic(
                self._folder / f"{job.id}.json", lambda path: path.write_text(text, encoding="utf-8")
            )
        except (OSError, UserError):
            log.exception("the record of job %s could not be written", job.id)


def _plain(value: object) -> object:
    if isinstance(value, str | int | float | Message):
        return value
    return value.item() if hasattr(value, "item") else str(value)


def _read_record(path: Path) -> Job | None:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return Job(**{**record, "message": Message.from_dict(record["message"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _as_it_stands(job: Job) -> Job:
    """Return a job of another process, interrupted where that process is no more."""
    if job.active and (job.pid == os.getpid() or not _alive(job.pid)):
        interrupted = Message(N_("The server was restarted while this was running. Start it again to go on."))
        return replace(job, status="interrupted", message=interrupted)
    return job


def _alive(pid: int) -> bool:
    import psutil

    return bool(psutil.pid_exists(pid))


_queues: dict[Path, JobQueue] = {}
_making = threading.Lock()


def queue() -> JobQueue:
    """Return this process's queue for the current workspace."""
    folder = settings().folder("jobs")
    with _making:
        if folder not in _queues:
            _queues[folder] = JobQueue(folder)
        return _queues[folder]
