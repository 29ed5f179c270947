"""Do intervals around predicted returns hold as often as they say?"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.coverage import RealisedCoverage, realised_coverage
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import share, units, whiskers
from core.ui.text import _, bold, count, md, percent, translate_md
from core.ui.theme import palette

LEVELS = (0.8, 0.9, 0.95)


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
            "An interval is the prediction ± {width}: the errors on {sessions:,} earlier sessions of the walk forward, which "
            "the models had not learned from.",
            width=f"{found.half_width * 100:.2f}%",
            sessions=found.sessions,
        )
    )
    adaptive = found.adaptive[0]
    st.markdown(
        md(
            "Intervals that widen after sessions that were missed and narrow after hits would have held {realised}, the "
            "prediction ± {width} on average.",
            realised=share(adaptive.realised),
            width=f"{adaptive.width * 50:.2f}%",
        )
    )
    _coverage(run, data, found)


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
            marker={"size": 11, "color": colour, "symbol": ["circle"] * len(months) + ["diamond"]},
            error_y=whiskers([part.realised for part in parts], 100),
            customdata=[
                [share(part.realised), count(part.rows), count(part.sessions), f"{part.width * 50:.2f}%"]
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
    figure.update_xaxes(title=_("month of the test"), type="category")
    figure.update_yaxes(title=_("share of returns inside (%)"), range=[-4, 104])
    note = _(
        "n = {n:,} {units} over {sessions:,} sessions; a mark is a month (diamond: the whole), its line the 95% interval "
        "over sessions; a month of one session has none; dashed: what was promised",
        n=found.fixed[0].rows,
        units=units(run, data),
        sessions=found.fixed[0].sessions,
    )
    show(figure, _("Did the intervals keep their promise?"), "chart-coverage", note)
