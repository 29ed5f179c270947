"""The answer to the page's question: do the headlines add anything? And what each safeguard costs."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate import review
from core.evaluate.lift import HELPS, HURTS, UNITS, Lift, sentence
from core.evaluate.metrics import GUESSING, metric_named, shown
from core.jobs import Report
from core.train.leakage import draw_staircase, kept_staircase
from core.train.leakage_splits import SHORT, STEPS, Step, summary
from core.train.leakage_splits import sentence as step_sentence
from core.train.run import Run
from core.ui import jobs
from core.ui.evaluate.scores import metric_title, scores_picture
from core.ui.evaluate.trust import reviewed, units
from core.ui.text import _, told
from core.ui.theme import palette, show

_ICONS = {HELPS: ":material/check_circle:", HURTS: ":material/cancel:"}


def answer(run: Run) -> None:
    """Say in one sentence whether the headlines helped, with the meter under it."""
    if run.lift is None:
        return
    if run.settings.split == "random":
        st.warning(_("The rows were split at random, so this difference says nothing about later days."))
    icon = _ICONS.get(run.lift.verdict, ":material/help:")
    st.subheader(f"{icon} {told(sentence(run.lift))}", anchor=False)
    if run.walk is not None and not run.settings.sealed:
        walked = sum(fold.test_sessions for fold in run.walk.folds)
        st.caption(
            _(
                "Measured on {walked} sessions of the walk-forward and {held} of the holdout together; the sentence "
                "below is of the holdout alone.",
                walked=walked,
                held=run.split.test_sessions,
            )
        )
    if run.effective is not None:
        st.caption(told(run.effective.sentence()))
    _meter(run, run.lift)


def _meter(run: Run, lift: Lift) -> None:
    if not np.isfinite(lift.low):
        return
    colours = palette()
    reach = 1.25 * max(abs(lift.low), abs(lift.high), 1e-9)
    figure = go.Figure()
    figure.add_scatter(
        x=[lift.value],
        y=[""],
        mode="markers",
        showlegend=False,
        marker={"size": 16, "color": colours.accent, "symbol": "diamond"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [lift.high - lift.value],
            "arrayminus": [lift.value - lift.low],
            "thickness": 6,
            "width": 0,
            "color": colours.accent,
        },
        hovertemplate=shown(metric_named(lift.metric), lift.value, difference=True) + "<extra></extra>",
    )
    figure.add_vline(x=0, line_width=2, line_color=colours.text)
    for place, words in ((0, _("← they hurt")), (1, _("they help →"))):
        figure.add_annotation(
            x=place,
            y=1,
            xref="paper",
            yref="paper",
            text=words,
            showarrow=False,
            xanchor="right" if place else "left",
            font={"color": colours.muted},
        )
    figure.update_xaxes(
        range=[-reach, reach],
        title=_("{metric} with headlines minus without", metric=metric_title(run, lift.metric)),
    )
    figure.update_yaxes(showticklabels=False)
    unit = _(UNITS[lift.unit])
    note = _(
        "The diamond is the difference, the bar its 95% interval (paired bootstrap over {n} {unit}). Where the bar "
        "touches the line at 0, the headlines may add nothing.",
        n=lift.blocks,
        unit=unit,
    )
    show(figure, _("What the headlines add"), "chart-lift", note, height=180)


def staircase(run: Run, data: Dataset, vectors: np.ndarray) -> None:
    """Draw what each safeguard against leakage costs, or offer to compute it."""
    if not data.has_sessions:
        st.info(_("A staircase needs dates: it compares rows at random with rows in the order of time."))
        return
    steps = kept_staircase(run)
    if steps:
        st.markdown(f"**{told(summary(steps))}**")
        _stairs(run, steps)
        for step in steps:
            name = f"{_(SHORT[step.step])}: {_(STEPS[step.step])}"
            st.markdown(f"- **{name}** — {told(step_sentence(step))}")
        return
    st.markdown(
        _(
            "One model, the same test rows, stricter and stricter rules: at random, then earlier days only, then no "
            "headline seen before, then only outcomes known by then. The drop is what a careless test would promise."
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
    metric = metric_named(steps[0].metric)
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
    figure.add_hline(y=GUESSING[metric.name], line_dash="dot", line_color=colours.muted)
    room = 0.12 * max(max(ends) - min(ends), 0.1)
    figure.update_yaxes(title=metric_title(run, steps[0].metric), range=[min(ends) - room, max(ends) + room])
    figure.update_xaxes(type="category", range=[-0.3, len(steps) - 0.2], tickangle=0)
    unit = _("events") if run.settings.unit == "event" else _("rows")
    note = _(
        "LightGBM; n = {n:,} {unit}, the same at every step; a mark is the mean over the walk-forward folds, its "
        "line the 95% interval over sessions; dotted: guessing. A fold learns from {first:,} rows at random and "
        "from {last:,} at the last step.",
        n=steps[0].rows,
        unit=unit,
        first=steps[0].train_rows,
        last=steps[-1].train_rows,
    )
    show(figure, _("The leakage staircase"), "chart-staircase", note, height=420)


def walk_chart(run: Run, data: Dataset) -> None:
    """Draw the main metric of every model and baseline over the walk-forward folds."""
    if run.walk is None or run.settings.sealed:
        return
    folds = run.walk.folds
    title = _("Walk-forward: tests before the holdout, {n} in all", n=len(folds))
    note = _(
        "{first} to {last}; n = {n:,} {units}; means over the folds; a mark is a model (diamond: baseline), its line the "
        "95% interval of a bootstrap over sessions; dotted: chance",
        first=folds[0].first,
        last=folds[-1].last,
        n=reviewed(review.walked, run, data),
        units=units(run, data),
    )
    scores_picture(run, run.walk.scores, run.walk.baselines, title, "chart-walk", note)
