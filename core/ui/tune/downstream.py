"""What the three tree models make of the old and of the new vectors: a job of its own, and its picture."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.evaluate.bootstrap import Interval, Scores
from core.evaluate.lift import Lift
from core.evaluate.metrics import METRICS
from core.evaluate.predictions import MEAN
from core.jobs import Report
from core.tune.further import add_downstream, downstream_of
from core.tune.judge.downstream import Downstream
from core.tune.record import Tuned
from core.ui import jobs
from core.ui.charts import show
from core.ui.evaluate.text import model_name, whiskers
from core.ui.evaluate.verdict import written_lift
from core.ui.tables import table
from core.ui.text import UNKNOWN, _
from core.ui.theme import palette
from core.ui.tune.hero import written_parts


def downstream(tuned: Tuned) -> None:
    """Draw what the models gain, or offer to find out."""
    if tuned.data.pairs or not tuned.data.id:
        st.caption(_("The models learn from a table of the library; this encoder was not tuned on one."))
        return
    found = downstream_of(tuned)
    if found is not None:
        _draw(found)
        return
    if jobs.panel("tune-models", tuned=tuned.id):
        return
    st.markdown(
        _(
            "Do the models of the train page gain from it? They learn from both encoders' vectors on the same rows, and "
            "are tested on those that the tuning never saw."
        )
    )
    if st.button(_("Train the models on both"), type="primary", key="tune-models"):

        def work(report: Report) -> dict[str, str]:
            add_downstream(tuned.id, report)
            return {"tuned": tuned.id}

        size = tuned.data.train + tuned.data.test
        jobs.submit("tune-models", {"tuned": tuned.id}, work, size)


def _draw(found: Downstream) -> None:
    metric = METRICS[found.metric]
    value, ends = written_parts(metric, found.difference, difference=True)
    st.markdown(
        _(
            "**{metric} of the models: {value} {ends} with the tuned encoder against the one before.**",
            metric=_(metric.title),
            value=value,
            ends=ends,
        )
    )
    lifts = [(_("Before"), found.before), (_("After"), found.after)]
    known = [(name, lift) for name, lift in lifts if lift is not None]
    if known:
        _lifts(known)
    rows = [
        {
            _("model"): model_name(name),
            _("before"): _score(found, found.scores_before, name),
            _("after"): _score(found, found.scores_after, name),
        }
        for name in [MEAN, *(name for name in found.scores_after if name != MEAN)]
        if name in found.scores_after
    ]
    table(pd.DataFrame(rows), "tune-models-table", _("{metric} of each model", metric=_(metric.title)))
    st.caption(
        _(
            "The models learn from the rows that the encoder was tuned on, and are tested on rows that neither has seen."
        )
    )


def _lifts(known: list[tuple[str, Lift]]) -> None:
    colours = palette()
    metric = METRICS[known[0][1].metric]
    figure = go.Figure()
    figure.add_vline(x=0, line_width=2, line_color=colours.text)
    for name, lift in known:
        colour = colours.accent if name == _("After") else colours.muted
        figure.add_scatter(
            x=[lift.value],
            y=[name],
            mode="markers+text",
            text=[f"<b>{written_lift(lift)[0]}</b>"],
            textposition="top center",
            showlegend=False,
            cliponaxis=False,
            marker={"size": 13, "color": colour, "symbol": "diamond"},
            error_x=whiskers([Interval(lift.value, lift.low, lift.high)], sure=lift.believable)
            | {"color": colour},
            hovertemplate=f"{name}: {' '.join(written_lift(lift))}<extra></extra>",
        )
    figure.update_yaxes(range=[len(known) - 0.5, -0.8], type="category")
    figure.update_xaxes(title=_("{metric} with headlines minus without", metric=_(metric.title)))
    note = _("a line is the 95% interval; right of 0 the headlines help")
    show(
        figure,
        _("What the headlines add, by encoder"),
        "chart-tune-lifts",
        note,
        height=130 + 52 * len(known),
    )


def _score(found: Downstream, scores: Scores, name: str) -> str:
    score = scores.get(name, {}).get(found.metric)
    return UNKNOWN if score is None else " ".join(written_parts(METRICS[found.metric], score)).rstrip()
