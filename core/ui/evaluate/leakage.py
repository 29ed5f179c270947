"""The leakage staircase: what a careless test shows, what is left of it, and what each safeguard costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.leakage import SHORT, STEPS, Step
from core.evaluate.leakage_text import sentence as step_sentence
from core.evaluate.leakage_text import summary
from core.evaluate.metrics import METRICS, shown
from core.jobs import Job, Report, queue
from core.locale import N_
from core.train.leakage import draw_staircase, saved_staircase, staircase_rows
from core.train.run import Run
from core.ui import jobs
from core.ui.charts import show
from core.ui.evaluate.text import metric_title, whiskers
from core.ui.text import _, translate_md
from core.ui.theme import palette

TITLE = N_("What is left once information leaks are removed")
_PROMISE = N_(
    "One model, the same test rows, as many rows to learn from, stricter and stricter rules: at random, then earlier "
    "days only, then no headline seen before, then only outcomes known by then. The drop is what a careless test "
    "would promise."
)


def staircase(run: Run, data: Dataset, vectors: np.ndarray) -> None:
    """Draw the staircase with its sentence; where there is none yet, begin it once in the background.

    Without a walk-forward its rows have not been tested, so that it counts as a test and is only offered.
    """
    if steps := saved_staircase(run):
        _stairs(run, steps)
        return
    if refusal := _refusal(run, data):
        st.info(translate_md(refusal), icon=":material/stairs:")
        return
    subject = {"dataset": data.id, "run": run.id}

    def work(report: Report) -> None:
        draw_staircase(run, data, vectors, report)

    before = queue().find_all("staircase", **subject)
    if run.walk is not None and _begins(before):
        # not as this session's job: it would be led away from its own
        queue().submit("staircase", subject, work, len(data))
        st.rerun()
    st.markdown(f"**{_(TITLE)}**")
    st.caption(_(_PROMISE))
    if jobs.panel("staircase", run=run.id):
        return
    if before and before[-1].status in ("failed", "interrupted") and jobs.ended("staircase") is None:
        st.warning(translate_md(before[-1].message))
    counts = _("It tests rows that were not tested yet, so it counts as a test access.")
    if st.button(_("Draw the staircase"), type="primary", help=None if run.walk else counts):
        jobs.submit("staircase", subject, work, len(data))


def _begins(before: Sequence[Job]) -> bool:
    """Whether the staircase is to begin by itself: once, and once more where the server was restarted."""
    return len(before) < 2 and all(job.status == "interrupted" for job in before)


def step_by_step(run: Run) -> None:
    """Say what each step of the staircase forbids and what that cost."""
    steps = saved_staircase(run)
    st.markdown(_(_PROMISE))
    if not steps:
        return
    st.markdown(f"**{translate_md(summary(steps, run.looks))}**")
    for step in steps:
        name = f"{_(SHORT[step.step])}: {_(STEPS[step.step])}"
        st.markdown(f"- **{name}** — {translate_md(step_sentence(step))}")


def _refusal(run: Run, data: Dataset) -> Message | None:
    """Say why there can be no staircase; None where there can."""
    if not data.has_sessions:
        return Message(
            N_("A staircase needs dates: it compares rows at random with rows in the order of time.")
        )
    try:
        staircase_rows(data, run.settings)
    except UserError as error:
        return error.message
    return None


def _stairs(run: Run, steps: list[Step]) -> None:
    if not any(np.isfinite(step.value) for step in steps):
        st.info(translate_md(summary(steps, run.looks)))
        return
    colours = palette()
    metric = METRICS[steps[0].metric]
    names = ["<br>".join(_(SHORT[step.step]).rsplit(" ", 1)) for step in steps]
    values = [step.value for step in steps]
    figure = go.Figure()
    _lost_part(figure, steps)
    figure.add_scatter(
        x=names,
        y=values,
        mode="lines",
        line={"shape": "hvh", "color": colours.muted, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=names,
        y=values,
        mode="markers",
        showlegend=False,
        marker={"size": 15, "color": [colours.unsure, *[colours.accent] * (len(steps) - 1)]},
        error_y=whiskers([step.interval for step in steps]) | {"color": colours.muted},
        hovertemplate=[
            f"{n.replace('<br>', ' ')}: {shown(metric, s.value)} [{shown(metric, s.low)}, {shown(metric, s.high)}]<extra></extra>"
            for n, s in zip(names, steps, strict=True)
        ],
    )
    for name, value in zip(names, values, strict=True):
        if np.isfinite(value):
            figure.add_annotation(
                x=name,
                y=value,
                yshift=24,
                text=f"<b>{shown(metric, value)}</b>",
                showarrow=False,
                font={"size": 18},
                bgcolor=colours.surface,
                opacity=0.92,
                borderpad=1,
            )
    figure.add_hline(
        y=metric.guessing,
        line_dash="dot",
        line_color=colours.text,
        annotation={
            "text": _("chance {score}", score=f"{metric.guessing:g}"),
            "font": {"size": 14},
            "xanchor": "left",
            "x": 0,
        },
        annotation_position="bottom left",
    )
    ends = [e for s in steps for e in (s.value, s.low, s.high) if np.isfinite(e)] + [metric.guessing]
    room = 0.12 * max(max(ends) - min(ends), 0.05)
    figure.update_yaxes(
        title=metric_title(run, steps[0].metric), range=[min(ends) - 1.4 * room, max(ends) + 2 * room]
    )
    figure.update_xaxes(type="category", range=[-0.35, len(steps) - 0.1], tickangle=0, tickfont={"size": 14})
    unit = _("events") if run.settings.unit == "event" else _("rows")
    note = _(
        "LightGBM; n = {n:,} {unit}, the same at every step, learned from {learned:,}; a mark is the mean over folds and "
        "{repeats} repeats, its line the 95% interval",
        n=steps[0].rows,
        unit=unit,
        repeats=steps[0].repeats,
        learned=steps[0].train_rows,
    )
    show(figure, _(TITLE), "chart-staircase", note, height=400)
    st.markdown(translate_md(summary(steps, run.looks)))


def _lost_part(figure: go.Figure, steps: list[Step]) -> None:
    """Shade what the careless score has more than the honest one, and write how much that is."""
    careless, honest = steps[0].value, steps[-1].value
    if not honest < careless:
        return
    colours = palette()
    figure.add_shape(
        type="rect",
        x0=0,
        x1=len(steps) - 1,
        y0=honest,
        y1=careless,
        fillcolor=colours.unsure,
        opacity=0.16,
        line_width=0,
        layer="below",
    )
    figure.add_annotation(
        x=(len(steps) - 1) * 0.66,
        y=(honest + careless) / 2,
        text=f"<b>−{careless - honest:.3f}</b>",
        showarrow=False,
        font={"size": 26, "color": colours.unsure},
    )
