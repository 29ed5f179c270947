"""A tuning while it runs: its curves, what they say, and a button to end it and keep the best epoch."""

from __future__ import annotations

from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.jobs import queue
from core.tune.history import History
from core.tune.pipeline import history_of, stop_and_keep
from core.tune.training.diagnosis import diagnosis
from core.ui.charts import show
from core.ui.text import _, translate_md
from core.ui.theme import palette

SMOOTH = 50  # losses drawn at most: the mean of as many steps as that takes


def curves_of(data: Dataset) -> None:
    """Draw the curves of this table's tuning that runs, if one does."""
    for job in queue().active():
        if job.kind == "tune" and job.subject.get("dataset") == data.id:
            _live(job.id)


@st.fragment(run_every=2.0)
def _live(job_id: str) -> None:
    job = queue().get(job_id)
    if job is None or not job.active:
        return
    folder = Path(job.subject["folder"])
    history = history_of(folder)
    if history is None or not history.losses:
        return
    curves(history, "live")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Stop and keep the best"), icon=":material/flag:", key=f"stop-{job_id}"):
            stop_and_keep(folder)
        for said in diagnosis(history, 0):
            st.caption(translate_md(said))


def curves(history: History, key: str) -> None:
    """Draw loss and score by step."""
    colours = palette()
    left, right = st.columns(2, gap="medium")
    steps, losses = _smoothed(history.losses)
    at = [point.step for point in history.points]
    loss = go.Figure()
    loss.add_scatter(x=steps, y=losses, name=_("Training loss"), line={"color": colours.muted})
    loss.add_scatter(
        x=at,
        y=[point.valid_loss for point in history.points],
        name=_("Validation loss"),
        mode="lines+markers",
        line={"color": colours.accent},
    )
    loss.update_xaxes(title=_("Step"))
    loss.update_yaxes(title=_("Loss"))
    score = go.Figure()
    for name, values, colour in (
        (_("Training"), [point.train_score for point in history.points], colours.muted),
        (_("Validation"), [point.score for point in history.points], colours.accent),
    ):
        score.add_scatter(x=at, y=values, name=name, mode="lines+markers", line={"color": colour})
    score.update_xaxes(title=_("Step"))
    score.update_yaxes(title=_("Score"))
    with left:
        show(loss, _("Loss"), f"chart-tune-loss-{key}", _("One point is the mean over some steps."), 300)
    with right:
        note = _(
            "Accuracy for classes, the gap of the cosines for triplets, Spearman's correlation for scores."
        )
        show(score, _("Score at each epoch's end"), f"chart-tune-score-{key}", note, 300)


def _smoothed(losses: tuple[float, ...]) -> tuple[list[int], list[float]]:
    """Return at most `SMOOTH` means of neighbouring steps, and the last step of each."""
    size = -(-len(losses) // SMOOTH)
    parts = [losses[start : start + size] for start in range(0, len(losses), size)]
    ends = [min((number + 1) * size, len(losses)) for number in range(len(parts))]
    return ends, [sum(part) / len(part) for part in parts]
