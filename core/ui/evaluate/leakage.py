"""The leakage staircase: what each safeguard against leakage costs."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.leakage import SHORT, STEPS, Step
from core.evaluate.leakage_text import sentence as step_sentence
from core.evaluate.leakage_text import summary
from core.evaluate.metrics import METRICS, shown
from core.jobs import Report
from core.train.leakage import draw_staircase, saved_staircase
from core.train.run import Run
from core.ui import jobs
from core.ui.charts import show
from core.ui.evaluate.text import metric_title
from core.ui.text import _, translate_md
from core.ui.theme import palette


def staircase(run: Run, data: Dataset, vectors: np.ndarray) -> None:
    """Draw what each safeguard against leakage costs, or offer to compute it."""
    if not data.has_sessions:
        st.info(_("A staircase needs dates: it compares rows at random with rows in the order of time."))
        return
    steps = saved_staircase(run)
    if steps:
        st.markdown(f"**{translate_md(summary(steps, run.looks))}**")
        _stairs(run, steps)
        for step in steps:
            name = f"{_(SHORT[step.step])}: {_(STEPS[step.step])}"
            st.markdown(f"- **{name}** — {translate_md(step_sentence(step))}")
        return
    st.markdown(
        _(
            "One model, the same test rows, as many rows to learn from, stricter and stricter rules: at random, then "
            "earlier days only, then no headline seen before, then only outcomes known by then. The drop is what a "
            "careless test would promise."
        )
    )
    if jobs.panel("staircase", run=run.id):
        return
    if st.button(_("Draw the staircase"), type="primary"):

        def work(report: Report) -> None:
            draw_staircase(run, data, vectors, report)

        jobs.submit("staircase", {"dataset": data.id, "run": run.id}, work)


def _stairs(run: Run, steps: list[Step]) -> None:
    ends = [end for s in steps for end in (s.value, s.low, s.high) if np.isfinite(end)]
    if not ends:
        return  # the sentences say so
    colours = palette()
    names = ["<br>".join(_(SHORT[step.step]).rsplit(" ", 1)) for step in steps]
    values = [step.value for step in steps]
    metric = METRICS[steps[0].metric]
    figure = go.Figure()
    figure.add_scatter(
        x=names,
        y=values,
        mode="lines",
        line={"shape": "hvh", "color": colours.muted, "width": 1.5},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=names,
        y=values,
        mode="markers+text",
        showlegend=False,
        text=[shown(metric, v) for v in values],
        textposition="top right",
        textfont={"size": 13},
        marker={"size": 14, "color": [colours.text, *[colours.accent] * (len(steps) - 1)]},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [s.high - s.value for s in steps],
            "arrayminus": [s.value - s.low for s in steps],
            "thickness": 2,
            "color": colours.muted,
        },
        hovertemplate=[
            f"{n.replace('<br>', ' ')}: {shown(metric, s.value)} [{shown(metric, s.low)}, {shown(metric, s.high)}]<extra></extra>"
            for n, s in zip(names, steps, strict=True)
        ],
    )
    figure.add_hline(y=metric.guessing, line_dash="dot", line_color=colours.muted)
    room = 0.12 * max(max(ends) - min(ends), 0.1)
    figure.update_yaxes(title=metric_title(run, steps[0].metric), range=[min(ends) - room, max(ends) + room])
    figure.update_xaxes(type="category", range=[-0.3, len(steps) - 0.2], tickangle=0)
    unit = _("events") if run.settings.unit == "event" else _("rows")
    note = _(
        "LightGBM; n = {n:,} {unit}, the same at every step; a mark is the mean over the walk-forward folds and "
        "{repeats} repeats, its line the 95% interval over sessions; dotted: guessing. Every step learns from as "
        "many rows, {learned:,} on average: each repeat draws another half of the sessions.",
        n=steps[0].rows,
        unit=unit,
        repeats=steps[0].repeats,
        learned=steps[0].train_rows,
    )
    show(figure, _("The leakage staircase"), "chart-staircase", note, height=420)
