"""Do intervals around predicted returns hold as often as they say?"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.bootstrap import Interval
from core.evaluate.coverage import RealisedCoverage, realised_coverage
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import details, share, units, whiskers
from core.ui.text import _, bold, count, md, percent, translate_md
from core.ui.theme import palette

LEVELS = (0.8, 0.9, 0.95)
NO_INTERVAL = Interval(np.nan, np.nan, np.nan)


def intervals(run: Run, data: Dataset) -> None:
    """Draw how often the intervals around predicted returns really held them, month by month."""
    level = st.segmented_control(
        _("The interval shall hold the return in"),
        LEVELS,
        default=0.9,
        required=True,
        format_func=lambda v: _("{share} of cases", share=percent(v)),
        key="interval-level",
    )
    found = evaluated(realised_coverage, run, data, float(level or 0.9))
    if isinstance(found, Message):
        st.info(translate_md(found))
        return
    st.markdown(bold(translate_md(found.sentence)))
    if not np.isfinite(found.half_width):
        return
    st.markdown(
        md(
            "An interval is the prediction ± {width}, from the errors on {sessions:,} earlier sessions.",
            width=f"{found.half_width * 100:.2f}%",
            sessions=found.sessions,
        )
    )
    _coverage(run, data, found)
    adaptive = found.adaptive[0]
    details(
        _(
            "Conformal intervals: their width is that of the errors in the walk-forward, which the models had not learned from."
        ),
        md(
            "Intervals that widen after sessions that were missed and narrow after hits would have held {realised}, the "
            "prediction ± {width} on average.",
            realised=share(adaptive.realised, adaptive.enough),
            width=f"{adaptive.width * 50:.2f}%",
        ),
    )


def _coverage(run: Run, data: Dataset, found: RealisedCoverage) -> None:
    colours = palette()
    figure = go.Figure()
    kinds = ((found.fixed, _("one width"), colours.accent), (found.adaptive, _("adapting"), colours.muted))
    for (whole, *months), name, colour in kinds:
        parts = [*months, whole]
        figure.add_scatter(
            x=[part.month or _("whole test") for part in parts],
            y=[part.realised.value * 100 for part in parts],
            mode="markers",
            name=name,
            offsetgroup=name,
            marker={
                "size": 11,
                "color": colour,
                "symbol": ["circle"] * len(months) + ["diamond"],
                "opacity": [1 if part.enough else 0.4 for part in parts],
            },
            error_y=whiskers([part.realised if part.enough else NO_INTERVAL for part in parts], 100),
            customdata=[
                [
                    share(part.realised, part.enough),
                    count(part.rows),
                    count(part.sessions),
                    f"{part.width * 50:.2f}%",
                ]
                for part in parts
            ],
            hovertemplate="%{x}: %{customdata[0]}, ± %{customdata[3]}<br>n = %{customdata[1]} ("
            + _("sessions")
            + " %{customdata[2]})<extra>"
            + name
            + "</extra>",
        )
    figure.update_layout(scattermode="group", scattergap=0.6)
    figure.add_hline(y=found.level * 100, line_dash="dash", line_color=colours.muted)
    figure.add_annotation(
        x=0,
        xref="paper",
        y=found.level * 100,
        text=_("promised {share}", share=percent(found.level)),
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        font={"color": colours.muted},
    )
    figure.update_xaxes(title=_("month of the test"), type="category")
    figure.update_yaxes(title=_("share of returns inside (%)"), range=[-4, 104])
    note = _(
        "n = {n:,} {units} over {sessions:,} sessions; a mark is a month (diamond: the whole), a line its 95% interval; faint: "
        "too few sessions for one",
        n=found.fixed[0].rows,
        units=units(run, data),
        sessions=found.fixed[0].sessions,
    )
    show(figure, _("Did the intervals keep their promise?"), "chart-coverage", note)
