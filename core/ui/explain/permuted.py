"""What moves the predictions beside what helps them, on the holdout."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.explain import Contributions
from core.explain.features import Permuted, sizes
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import metric_title
from core.ui.explain.names import PLACES, group_name
from core.ui.tables import table
from core.ui.text import _, count, hover, interval, md, plain
from core.ui.theme import palette

LEADING = 3  # ranks by contribution that are said to move the predictions
MOST = 10  # groups in the chart


def permuted(run: Run, found: Contributions, made: Permuted) -> None:
    """Draw what the score loses without each group, beside how far it moves the predictions."""
    size = sizes(found, made.groups)
    if sentence := _said(made, size):
        st.markdown(sentence)
    _chart(run, made)
    order = np.argsort(-size, kind="stable")
    ranked = np.empty(len(order), int)
    ranked[order] = np.arange(1, len(order) + 1)
    drops = np.array([drop.value for drop in made.drops])
    by_drop = pd.Series(-drops).rank(method="min").astype("Int64")
    names = [group_name(group) for group in made.groups]
    written = [interval(drop.value, drop.low, drop.high) for drop in made.drops]
    title = _("contribution (percentage points)")
    listed = pd.DataFrame(
        {
            _("feature"): names,
            _("rank by contribution"): ranked,
            _("rank by drop"): by_drop,
            title: size * 100,
            _("drop of {metric}", metric=metric_title(run, made.metric)): written,
        }
    ).iloc[order]
    table(
        listed,
        "table-permuted",
        _("What moves the predictions, and what helps them"),
        column_config={title: st.column_config.NumberColumn(format=f"%.{PLACES[found.label is not None]}f")},
    )


def _said(made: Permuted, size: np.ndarray) -> str:
    """Name the groups of which contribution and help say different things; "" where nothing moves or helps."""
    if not made.evidence.enough:
        return md("There are too few sessions to say of a group whether it helps.")
    leading = [made.groups[place] for place in np.argsort(-size, kind="stable")[:LEADING] if size[place] > 0]
    idle = [group for group in leading if group in made.unproven]
    hidden = [group for group in made.groups if made.helps(group) and group not in leading]
    sentences = []
    if idle:
        sentences.append(
            md(
                "{groups}: moves the predictions, but is not shown to help them (the interval of the drop does not lie above 0).",
                groups=_listed(idle),
            )
        )
    if hidden:
        sentences.append(
            md("{groups}: helps, though it moves the predictions less than others.", groups=_listed(hidden))
        )
    if leading and not sentences:
        return md("What moves the predictions most also helps them.")
    return "  \n".join(sentences)


def _listed(groups: list[str]) -> str:
    return ", ".join(f"“{group_name(group)}”" for group in groups)


def _chart(run: Run, made: Permuted) -> None:
    colours = palette()
    drops = np.array([drop.value for drop in made.drops])
    order = np.argsort(-np.nan_to_num(drops, nan=-np.inf), kind="stable")[:MOST]
    names = [hover(group_name(made.groups[place]), 18) for place in order]
    chosen = [made.drops[place] for place in order]
    figure = go.Figure(
        go.Scatter(
            x=[drop.value for drop in chosen],
            y=names,
            mode="markers",
            marker={
                "size": 11,
                "color": [
                    colours.accent if made.helps(made.groups[place]) else colours.muted for place in order
                ],
                "symbol": ["circle" if made.helps(made.groups[place]) else "circle-open" for place in order],
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [drop.high - drop.value for drop in chosen],
                "arrayminus": [drop.value - drop.low for drop in chosen],
                "color": colours.muted,
                "thickness": 2,
            },
            customdata=[interval(drop.value, drop.low, drop.high) for drop in chosen],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    figure.add_vline(x=0, line_width=1, line_color=colours.muted, layer="below")
    metric = metric_title(run, made.metric)
    figure.update_xaxes(title=hover(_("drop of {metric}", metric=metric), 30), zeroline=False)
    figure.update_yaxes(autorange="reversed", type="category", categoryorder="array", categoryarray=names)
    note = _(
        "n = {n} rows of the holdout in {over}; how much {metric} ({score:.3f}) falls where sessions swap the values of a "
        "feature, mean of {repeats} times, with its 95% interval, each for itself; filled: above 0. The headline is one "
        "feature.",
        n=count(made.rows),
        over=plain(made.evidence.over),
        metric=metric,
        score=made.score,
        repeats=made.repeats,
    )
    show(figure, _("What the score loses without it"), "chart-permuted", note, 140 + 44 * len(order))
