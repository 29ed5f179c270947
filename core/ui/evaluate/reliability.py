"""Do the probabilities come true?"""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import BLOCK_UNITS
from core.evaluate.predictions import MEAN
from core.evaluate.reliability import Reliability, reliability_of
from core.train.run import Run
from core.ui.charts import show
from core.ui.classes import class_selector
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import details, share, units, whiskers
from core.ui.text import _, bold, class_name, count, hover, md, translate_md
from core.ui.theme import class_colours, palette


def calibration(run: Run, data: Dataset) -> None:
    """Draw how often predicted probabilities came true, and say what that means; of several classes, of one."""
    target = class_selector(run, "-calibration")
    found = evaluated(reliability_of, run, data, MEAN, target)
    if isinstance(found, Message):
        st.info(translate_md(found))
        return
    said = translate_md(found.sentence())
    if len(run.classes) > 2:
        said = md("“{label}” against all other classes.", label=class_name(found.label)) + " " + said
    st.markdown(bold(said))
    _reliability(run, data, found)
    details(
        _(
            "A reliability curve: the tests are put in order of their probability and parted into groups of equal size. One "
            "line in twenty misses the diagonal by chance, so the sentence above is one test of all groups together (the "
            "score test of intercept and slope, over sessions). The mean miss is the calibration error (ECE); it has no "
            "interval, as resampling adds misses of its own."
        )
    )


def _reliability(run: Run, data: Dataset, found: Reliability) -> None:
    colours = palette()
    label = hover(class_name(found.label))
    shade = class_colours(run.classes)[found.label] if len(run.classes) > 2 else colours.accent
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        line={"dash": "dot", "color": colours.muted},
    )
    figure.add_annotation(
        x=88,
        y=88,
        text=_("as promised"),
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"color": colours.muted},
    )
    bars = (
        {"error_y": whiskers([b.observed for b in found.curve], 100) | {"color": shade}}
        if found.enough
        else {}
    )
    figure.add_scatter(
        x=[b.predicted * 100 for b in found.curve],
        y=[b.observed.value * 100 for b in found.curve],
        mode="markers+lines",
        showlegend=False,
        line={"color": colours.grid},
        marker={"size": 10, "color": shade, "opacity": 1 if found.enough else 0.4},
        customdata=[[share(b.observed, found.enough), count(b.rows), count(b.sessions)] for b in found.curve],
        hovertemplate=_("promised")
        + " %{x:.0f}%<br>"
        + _("came true")
        + " %{customdata[0]}<br>n = %{customdata[1]} ("
        + _(BLOCK_UNITS[found.unit])
        + " %{customdata[2]})<extra></extra>",
        **bars,
    )
    figure.update_xaxes(
        title=_("promised probability of {label} (%)", label=label), range=[-2, 102], zeroline=False
    )
    figure.update_yaxes(title=_("share that came true (%)"), range=[-4, 104])
    words = {"n": found.rows, "units": units(run, data), "each": found.rows // max(len(found.curve), 1)}
    note = _("n = {n:,} {units}; a mark is about {each:,} of them", **words) + "; "
    note += _("a line is the 95% interval") if found.enough else _("too short a test for intervals")
    show(figure, _("Do the probabilities come true?"), "chart-calibration", note)
