"""How long do the predictions rank what follows?"""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.bootstrap import Interval
from core.evaluate.ic_decay import Decay, ic_decay
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import details, whiskers
from core.ui.text import _, bold, count, interval, translate_md
from core.ui.theme import palette


def decay(run: Run, data: Dataset) -> None:
    """Draw the rank IC with the returns over 1 to 20 sessions, or say what is missing for it."""
    st.subheader(_("Rank IC by horizon"), anchor=False)
    found = evaluated(ic_decay, run, data, looks=run.looks)
    if isinstance(found, Message):
        st.info(translate_md(found))
        return
    st.markdown(bold(translate_md(found.sentence())))
    _dots(found)
    told = [translate_md(found.returns.note)]
    if found.pooled:
        told.insert(
            0,
            _(
                "Too few companies a session to be ranked against each other: the IC is over all events at once and mixes "
                "differences between sessions with those within."
            ),
        )
    told.append(
        _(
            "Each line is the interval by itself, with the overlap of outcomes allowed for. A diamond is certain though all "
            "horizons are counted; a hollow mark has too few sessions for an interval."
        )
    )
    details(*told)


def _dots(found: Decay) -> None:
    colours = palette()
    made = [Interval(mean.value, mean.low, mean.high) for mean in found.means]
    shades = [
        colours.muted if not fine else colours.high if mean.value > 0 else colours.low
        for mean, fine in zip(made, found.certain, strict=True)
    ]
    figure = go.Figure(
        go.Scatter(
            x=found.horizons,
            y=[mean.value for mean in made],
            mode="markers",
            showlegend=False,
            marker={
                "size": 10,
                "color": shades,
                "symbol": [
                    "diamond" if fine else "circle" if judged else "circle-open"
                    for fine, judged in zip(found.certain, found.judged, strict=True)
                ],
            },
            error_y=whiskers(made) | {"color": colours.muted},
            customdata=[
                [interval(mean.value, mean.low, mean.high), count(n), count(each.sessions)]
                for mean, n, each in zip(made, found.events, found.means, strict=True)
            ],
            hovertemplate="%{x}: %{customdata[0]}<br>n = %{customdata[1]} ("
            + _("sessions")
            + " %{customdata[2]})<extra></extra>",
        )
    )
    figure.add_hline(y=0, line_color=colours.muted, line_dash="dot")
    figure.add_vline(x=found.horizon, line_color=colours.accent, line_dash="dash")
    figure.add_annotation(
        x=found.horizon,
        y=1,
        yref="paper",
        yanchor="bottom",
        xanchor="left",
        text=_("target"),
        showarrow=False,
        font={"color": colours.accent},
    )
    figure.update_xaxes(title=_("sessions after the headline"), dtick=1 if len(found.horizons) <= 10 else 5)
    figure.update_yaxes(title=_("rank IC"))
    note = _(
        "n = {first:,} events at 1 session to {last:,} at {longest}; a mark is the mean rank IC with the return from the "
        "headline's close over so many sessions, its line the 95% interval",
        first=int(found.events[0]),
        last=int(found.events[-1]),
        longest=int(found.horizons[-1]),
    )
    show(figure, _("How long the predictions rank the returns"), "chart-ic-decay", note)
