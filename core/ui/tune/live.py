"""A tuning while it runs: its curves, what they say, and a button to end it and keep the best epoch."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from core.jobs import queue
from core.tune.pipeline import history_of, stop_and_keep
from core.tune.settings import TuneSettings
from core.tune.training.diagnosis import diagnosis
from core.ui import jobs
from core.ui.cards import Card, cards
from core.ui.text import UNKNOWN, _, count, duration, translate_md
from core.ui.tune.curves import curves, score_name


def panel() -> bool:
    """Draw the tuning that waits or runs, or what came of the last one; return whether one does."""
    if not jobs.panel("tune"):
        return False
    job = next((job for job in queue().active() if job.kind == "tune"), None)
    if job is not None:
        _live(job.id)
    return True


@st.fragment(run_every=2.0)
def _live(job_id: str) -> None:
    job = queue().get(job_id)
    if job is None or not job.active:
        return
    folder, settings = Path(job.subject["folder"]), TuneSettings(**json.loads(job.subject["settings"]))
    history = history_of(folder)
    if history is None or not history.losses:
        st.caption(_("The curves appear once the training has begun."))
        return
    if st.button(
        _("Stop and keep the best"),
        icon=":material/flag:",
        key=f"stop-{job_id}",
        help=_("The epoch ends now, is measured, and the best one so far is judged and saved."),
    ):
        stop_and_keep(folder)
        st.session_state["tune-stopped"] = job_id
    if st.session_state.get("tune-stopped") == job_id:
        st.caption(_("It stops after this step and keeps the best epoch."))
    point = history.points[-1] if history.points else None
    cards(
        [
            Card(
                _("Epoch"),
                f"{len(history.points) + (not history.stopped)} / {settings.epochs}",
            ),
            Card(_("Loss now"), f"{history.losses[-1]:.3f}", _("step {n:,}", n=len(history.losses))),
            Card(score_name(settings), f"{point.score:.3f}" if point else UNKNOWN, _("on validation")),
            Card(
                _("Texts a second"), count(history.texts_per_second), _parts(settings, history.physical_batch)
            ),
        ]
    )
    for said in diagnosis(history, int(job.subject["classes"]), settings.method):
        st.markdown(f":material/monitor_heart: {translate_md(said)}")
    curves(history, settings, "live")
    st.caption(_("Trained for {time} so far.", time=duration(history.seconds)))


def _parts(settings: TuneSettings, physical: int) -> str:
    """Say that a step is computed in parts, where it is."""
    return "" if physical >= settings.batch_size else _("in parts of {n}", n=physical)
