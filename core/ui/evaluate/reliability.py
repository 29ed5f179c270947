"""Do the probabilities come true?"""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import BLOCK_UNITS
from core.evaluate.reliability import Reliability, reliability_of
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import share, units, whiskers
from core.ui.text import _, bold, class_name, count, hover, translate_md
from core.ui.theme import palette


def calibration(run: Run, data: Dataset) -> None:
    """Draw how often predicted probabilities came true, and say what that means."""
    found = evaluated(reliability_of, run, data)
    if isinstance(found, Message):
        st.info(translate_md(found))
        return
    st.markdown(bold(translate_md(found.sentence())))
    _reliability(run, data, found)


def _reliability(run: Run, data: Dataset, found: Reliability) -> None:
    colours = palette()
    label = hover(class_name(found.label) if found.label else _("the most probable class"))
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        line={"dash": "dot", "color": colours.muted},
    )
    figure.add_scatter(
        x=[b.predicted * 100 for b in found.curve],
        y=[b.observed.value * 100 for b in found.curve],
        mode="markers+lines",
        showlegend=False,
        line={"color": colours.grid},
        marker={"size": 10, "color": colours.accent},
        error_y=whiskers([b.observed for b in found.curve], 100) | {"color": colours.accent},
        customdata=[[share(b.observed), count(b.rows), count(b.sessions)] for b in found.curve],
        hovertemplate=_("promised")
        + " %{x:.0f}%<br>"
        + _("came true")
        + " %{customdata[0]}<br>n = %{customdata[1]} ("
        + _(BLOCK_UNITS[found.unit])
        + " %{customdata[2]})<extra></extra>",
    )
    figure.update_xaxes(title=_("promised probability of {label} (%)", label=label), range=[-2, 102])
    figure.update_yaxes(title=_("share that came true (%)"), range=[-4, 104])
    note = _(
        "n = {n:,} {units} over {sessions:,} {of}; a mark is about {each:,} of them, its line the 95% interval; on "
        "the dotted diagonal a promise of 60% comes true in 60 of 100; one line in twenty misses it by chance",
        n=found.rows,
        units=units(run, data),
        each=found.rows // max(len(found.curve), 1),
        sessions=found.sessions,
        of=_(BLOCK_UNITS[found.unit]),
    )
    show(figure, _("Do the probabilities come true?"), "chart-calibration", note)
