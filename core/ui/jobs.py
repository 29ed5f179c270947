"""Background jobs as the page shows them: progress, time left, Cancel, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.errors import Message
from core.jobs import Job, Report, queue
from core.locale import N_
from core.ui import state
from core.ui.text import _, duration, time_left, translate_md

NAMES = {
    "fetch": N_("Download"),
    "embed": N_("Embedding"),
    "sts": N_("Encoder test"),
    "train": N_("Training"),
    "map": N_("Map"),
    "topics": N_("Topics"),
    "stability": N_("Refits"),
    "flips": N_("Flip test"),
    "speed": N_("Timing"),
    "load": N_("Loading"),
    "staircase": N_("Staircase"),
    "judge": N_("Judging"),
    "words": N_("Words"),
    "score": N_("Scoring"),
    "grid": N_("Grid"),
    "report": N_("Report"),
    "tune": N_("Fine-tuning"),
    "tune-maps": N_("Maps before and after"),
    "tune-curve": N_("Learning curve"),
    "tune-models": N_("Models on both encoders"),
    "repeat": N_("Repeat"),
    "import": N_("Import"),
    "mirror": N_("MLflow"),
}
_CHOSEN = ("dataset", "run", "evaluation", "tuned")  # what a job made is chosen


def submit(
    kind: str,
    subject: dict[str, str],
    work: Callable[[Report], dict[str, Any] | None],
    size: float = 0.0,
    pace: str = "",
) -> None:
    """Queue work, remember its id in the URL, and draw the page again; `size` and `pace` as `JobQueue.submit`."""
    st.session_state.pop("ended_job", None)
    state.choose(job=queue().submit(kind, subject, work, size, pace).id)
    st.rerun()


def collect() -> bool:
    """Where this session's job has ended: keep its outcome for the page, choose what it made, and return True.

    What was made for another dataset than the one now looked at is not chosen; it stands in the lists.
    """
    job = queue().get(state.chosen("job")) if state.chosen("job") else None
    if job is None or job.active:
        if job is None and state.chosen("job"):
            state.choose(job="")
        return False
    st.session_state["ended_job"] = job
    if said := job.result.get("said"):  # what the next page has to tell beside
        st.session_state["notice"] = Message.from_dict(said)
    made = {key: value for key, value in job.result.items() if key in _CHOSEN}
    if job.subject.get("dataset", state.chosen("dataset")) != state.chosen("dataset"):
        made = {}
    state.choose(job="", **made)
    return True


def panel(kind: str, own: bool = False, **subject: str) -> bool:
    """Draw the job of a kind on a subject: its progress or its outcome. Return whether it waits or runs.

    With `own` only the job that this session began counts.
    """
    for job in queue().active():
        mine = not own or job.id == state.chosen("job")
        if mine and job.kind == kind and subject.items() <= job.subject.items():
            _progress(job.id)
            return True
    if collect():  # it has ended since the page began to be drawn
        st.rerun()
    last = ended(kind)
    if last and subject.items() <= last.subject.items():
        _outcome(last)
    return False


def ended(kind: str) -> Job | None:
    """Return this session's last job if it is of this kind and has ended, and was not yet shown as done."""
    job = st.session_state.get("ended_job")
    return job if job and job.kind == kind else None


def announce(thing: str) -> bool:
    """Let the next page say that this session's last job is done, where it made the chosen `run` or `dataset`."""
    job: Job | None = st.session_state.get("ended_job")
    if job is None or job.status != "done" or not state.chosen(thing):
        return False
    if job.result.get(thing) != state.chosen(thing):
        return False
    st.session_state["done"] = _done(st.session_state.pop("ended_job"))
    return True


def sidebar() -> None:
    """Draw the jobs at work, and draw the page anew once one of them has ended."""
    running = [job.id for job in queue().active()]
    if running:
        _watch(running)


@st.fragment(run_every=1.5)
def _watch(known: list[str]) -> None:
    active = queue().active()
    if [job.id for job in active] != known:
        st.rerun()
    for job in active:
        name = _(NAMES.get(job.kind, job.kind))
        text = _("{name}: waiting", name=name) if job.status == "queued" else name
        st.progress(job.fraction, text=text)


@st.fragment(run_every=1.0)
def _progress(job_id: str) -> None:
    job = queue().get(job_id)
    if job is None or not job.active:
        return
    left = queue().time_left(job_id)
    with st.container(border=True, key=f"progress-{job_id}"):  # stays in view: see the style sheet
        waiting = _("Waiting for an earlier job …") if job.status == "queued" else ""
        st.progress(job.fraction, text=waiting or translate_md(job.message) or _("Starting …"))
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(_("Cancel"), key=f"cancel-{job_id}", icon=":material/stop_circle:"):
                queue().cancel(job_id)
            if left is not None:
                st.caption(time_left(left))
            st.caption(_("You can open other pages or close the browser: the work goes on."))


def _outcome(job: Job) -> None:
    if job.status == "done":
        st.success(translate_md(_done(st.session_state.pop("ended_job"))), icon=":material/check:")
        return
    show = st.error if job.status == "failed" else st.warning
    show(translate_md(job.message))


def _done(job: Job) -> Message:
    seconds = (job.finished or 0) - (job.started or job.created)
    name = _(NAMES.get(job.kind, job.kind))
    return Message(N_("{name}: done in {time}."), {"name": name, "time": duration(seconds)})
