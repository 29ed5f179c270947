"""What happened around the headlines that the model liked most and least?"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.event_study import EventStudy, event_study
from core.evaluate.weighted import FIFTHS
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import details
from core.ui.text import _, bold, count, interval, translate_md
from core.ui.theme import palette

BAND = 0.18  # opacity


def around(run: Run, data: Dataset) -> None:
    """Draw cumulative abnormal returns around the headline by fifth of the predictions, or say what is missing."""
    st.subheader(_("Event study"), anchor=False)
    found = evaluated(event_study, run, data)
    if isinstance(found, Message):
        st.info(translate_md(found))
        return
    st.markdown(bold(translate_md(found.sentence(run.looks))))
    _curves(found)
    details(
        translate_md(found.note),
        _(
            "Bands are the 95% interval of the outer fifths, at each session by itself. Left of the dashed line is what had "
            "happened already; from its close on one could trade."
        ),
    )


def _curves(found: EventStudy) -> None:
    colours = palette()
    names = [
        _("lowest fifth"),
        _("second fifth"),
        _("middle fifth"),
        _("fourth fifth"),
        _("highest fifth"),
    ]
    shades = [colours.low, colours.muted, colours.middle, colours.muted, colours.high]
    dashes = ["solid", "dot", "dash", "dashdot", "solid"]
    figure = go.Figure()
    for k in (0, FIFTHS - 1):
        inside = np.isfinite(found.lows[k]) | (found.sessions == 0)
        low, high = (np.where(found.sessions == 0, 0, ends[k])[inside] for ends in (found.lows, found.highs))
        x = found.sessions[inside]
        figure.add_scatter(
            x=np.r_[x, x[::-1]],
            y=np.r_[low, high[::-1]] * 100,
            fill="toself",
            fillcolor=shades[k],
            opacity=BAND,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            showlegend=False,
        )
    for k, name in enumerate(names):
        outer = k in (0, FIFTHS - 1)
        figure.add_scatter(
            x=found.sessions,
            y=found.curves[k] * 100,
            mode="lines+markers" if outer else "lines",
            name=name,
            line={"color": shades[k], "width": 3 if outer else 1.5, "dash": dashes[k]},
            marker={"symbol": "diamond" if k else "circle", "size": 7},
            customdata=[
                [interval(value * 100, low * 100, high * 100, 2, "%"), count(n)]
                for value, low, high, n in zip(
                    found.curves[k], found.lows[k], found.highs[k], found.events, strict=True
                )
            ],
            hovertemplate="%{x}: %{customdata[0]}<br>n = %{customdata[1]}<extra>" + name + "</extra>",
        )
    figure.add_vline(x=0, line_color=colours.accent, line_dash="dash")
    figure.add_annotation(
        x=0,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=_("headline's close"),
        showarrow=False,
        font={"color": colours.accent},
    )
    figure.add_hline(y=0, line_color=colours.muted, line_width=1)
    figure.update_xaxes(title=_("sessions from the headline's"), dtick=5)
    figure.update_yaxes(title=_("cumulative abnormal return (%)"))
    at = {int(span): int(n) for span, n in zip(found.sessions, found.events, strict=True)}
    note = _(
        "n = {events:,} events, {late:,} of them known to the end; a line is the mean of a fifth of the events by "
        "prediction, a band its 95% interval",
        events=at[0],
        late=at[int(found.sessions[-1])],
    )
    show(figure, _("Around the headline, by predicted fifth"), "chart-event-study", note, height=440)
