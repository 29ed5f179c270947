"""Do the predictions rank the companies of a session?"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.information_coefficient import BySession, Mean, session_scores
from core.locale import P_
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import details
from core.ui.text import UNKNOWN, _, bold, count, day, md, signed_percent, translate_md
from core.ui.theme import DATES, palette


def by_session(run: Run, data: Dataset) -> None:
    """Draw rank IC or spread session by session with their mean, or say them pooled where sessions are too small."""
    found = evaluated(session_scores, run, data)
    if isinstance(found, Message):
        st.info(translate_md(found))
        return
    st.markdown(bold(translate_md(found.sentence())))
    if math.isnan(found.rank_ic.value):
        return
    if found.pooled:
        st.markdown(
            md(
                "Top minus bottom fifth, pooled over all rows too: {spread} a row.",
                spread=_returned(found.spread),
            )
        )
        return
    st.markdown(
        md(
            "Top minus bottom fifth: {spread} a session, t = {t}.",
            spread=_returned(found.spread),
            t=_t(found.spread),
        )
    )
    names = {"ic": _("rank IC"), "spread": _("top minus bottom fifth (%)")}
    chosen = st.segmented_control(
        _("By session"),
        list(names),
        default="ic",
        required=True,
        key="by-session-metric",
        format_func=names.__getitem__,
    )
    _bars(found, chosen or "ic", names[chosen or "ic"])
    told = [
        _(
            "The mean over sessions, each counting the same: not the rank IC over all rows of “Scores”. Its interval is robust to "
            "overlapping outcomes ({freedom} degrees of freedom).",
            freedom=found.rank_ic.freedom,
        )
    ]
    if found.unranked:
        told.append(
            _(
                P_(
                    "In {n} session the predictions were all the same: it has no rank IC, and counts as 0 in top minus "
                    "bottom.",
                    "In {n:,} sessions the predictions were all the same: they have no rank IC, and count as 0 in top "
                    "minus bottom.",
                ),
                n=found.unranked,
            )
        )
    details(*told)


def _bars(found: BySession, chosen: str, title: str) -> None:
    colours = palette()
    values, mean, scale = (
        (found.ics, found.rank_ic, 1) if chosen == "ic" else (found.spreads, found.spread, 100)
    )
    figure = go.Figure(
        go.Bar(
            x=found.sessions,
            y=values * scale,
            showlegend=False,
            marker_color=np.where(np.nan_to_num(values) > 0, colours.high, colours.low),
            customdata=[
                [day(pd.Timestamp(d)), count(n)] for d, n in zip(found.sessions, found.rows, strict=True)
            ],
            hovertemplate="%{customdata[0]}: %{y:+.2f}<br>n = %{customdata[1]}<extra></extra>",
        )
    )
    if np.isfinite(mean.low):
        figure.add_hrect(
            y0=mean.low * scale, y1=mean.high * scale, line_width=0, fillcolor=colours.accent, opacity=0.25
        )
    figure.add_hline(y=mean.value * scale, line_color=colours.accent, line_width=2, line_dash="dash")
    figure.update_xaxes(title=_("session"), tickformatstops=DATES)
    figure.update_yaxes(title=title)
    note = _(
        "n = {rows:,} events in {sessions:,} sessions; a bar is a session; dashed: their mean, the band its 95% interval",
        rows=int(found.rows.sum()),
        sessions=mean.sessions,
    )
    show(figure, _("Session by session"), "chart-by-session", note)


def _returned(mean: Mean) -> str:
    if not np.isfinite(mean.low):
        return signed_percent(mean.value)
    return f"{signed_percent(mean.value)} [{signed_percent(mean.low)}, {signed_percent(mean.high)}]"


def _t(mean: Mean) -> str:
    return f"{mean.t:.2f}" if np.isfinite(mean.t) else UNKNOWN
