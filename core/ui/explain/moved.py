"""One continuous feature: its contributions over its values, and the predictions as it is moved."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.explain import Contributions
from core.explain.features import PartialDependence, ranks, values_of
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import model_name
from core.ui.explain.beeswarm import key_of_colours, offer_row, row_texts, value_colours
from core.ui.explain.names import PLACES, group_name, number, scale_title, unit
from core.ui.text import _, hover, percent, signed_percent
from core.ui.theme import model_colours, palette


def dependence(run: Run, data: Dataset, found: Contributions, group: str, partner: str | None) -> None:
    """Draw a feature's contribution over its value, a point for each explained row, coloured by its partner's value."""
    values = values_of(run, data, found.rows, group)
    if values is None:
        return
    name = group_name(group)
    added = found.values[MEAN][:, found.groups.index(group)] * 100
    beside = None if partner is None else values_of(run, data, found.rows, partner)
    rank = np.full(len(values), np.nan) if beside is None else ranks(beside)
    told = [f"{name} {number(value)}" for value in values]
    if partner is not None and beside is not None:
        other = group_name(partner)
        told = [f"{one} · {other} {number(value)}" for one, value in zip(told, beside, strict=True)]
    texts = row_texts(data, found, group, told)
    rows = data.frame["row"].to_numpy()[found.rows]
    figure = go.Figure()
    present = np.isfinite(values)
    plain = {"color": palette().accent if partner is None else palette().muted, "size": 6, "opacity": 0.7}
    for chosen, marker in ((np.isnan(rank), plain), (np.isfinite(rank), None)):
        drawn = chosen & present
        if drawn.any():
            figure.add_scattergl(
                x=values[drawn],
                y=added[drawn],
                mode="markers",
                marker=marker or value_colours(rank[drawn]),
                customdata=rows[drawn],
                hovertext=texts[drawn],
                hovertemplate="%{hovertext}<extra></extra>",
                showlegend=False,
            )
    if partner is not None:
        figure.add_traces(key_of_colours(bool((np.isnan(rank) & present).any())))
    figure.add_hline(y=0, line_width=1, line_color=palette().muted, layer="below")
    figure.update_xaxes(title=hover(name, 30), zeroline=False)
    figure.update_yaxes(title=hover(unit(found), 30), zeroline=False)
    note = _(
        "n = {n:,} test rows; a point is a row and its contribution, the mean of the models",
        n=int(present.sum()),
    )
    if missing := int((~present).sum()):
        note += _("; {n:,} rows without a value are not drawn", n=missing)
    if partner is not None:
        note += _(
            "; colour: {partner}, the feature that goes along most with how far rows of about the same value lie apart",
            partner=group_name(partner),
        )
    title = _("What {feature} adds, by its value", feature=name)
    offer_row(show(figure, title, "chart-dependence", note, 420, select=True), "dependence")


def partial_chart(data: Dataset, made: PartialDependence) -> None:
    """Draw the ensemble's prediction of each row as a thin line, and the means of the ensemble and of each model."""
    colours = palette()
    figure = go.Figure()
    figure.add_trace(_rows(data, made))
    for name, colour in sorted(model_colours(made.means).items(), key=lambda entry: entry[0] == MEAN):
        figure.add_scatter(
            x=made.grid,
            y=made.means[name] * 100,
            mode="lines",
            name=model_name(name),
            line={
                "color": colour,
                "width": 4 if name == MEAN else 1.5,
                "dash": "solid" if name == MEAN else "dot",
            },
            hovertemplate="%{x}: %{y:.2f}%<extra>" + hover(model_name(name)) + "</extra>",
        )
    bottom = float(min(made.curves.min(), *(part.min() for part in made.means.values()))) * 100
    top = float(max(made.curves.max(), *(part.max() for part in made.means.values()))) * 100
    inside = made.values[(made.values >= made.grid[0]) & (made.values <= made.grid[-1])]
    figure.add_scattergl(
        x=inside,
        y=np.full(len(inside), bottom - 0.06 * max(top - bottom, 0.01)),
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 9, "color": colours.muted, "opacity": 0.5},
        hoverinfo="skip",
        showlegend=False,
    )
    for start, end in ((made.grid[0], made.low), (made.high, made.grid[-1])):
        if start < end:
            figure.add_vrect(
                x0=start, x1=end, fillcolor=colours.muted, opacity=0.13, line_width=0, layer="below"
            )
    figure.update_xaxes(title=hover(made.feature, 30), zeroline=False)
    figure.update_yaxes(title=scale_title(made.label), zeroline=False)
    note = _(
        "n = {n:,} test rows, a thin line each; thick: their mean; dotted: the single models. Marks at the foot: the values "
        "of {all:,} rows. In the grey areas lie 5% of them on each side: what is drawn there is guessed from few rows. All "
        "else of a row stays as it is, also where the two never go together.",
        n=len(made.rows),
        all=len(made.values),
    )
    show(
        figure, _("What is predicted as {feature} changes", feature=made.feature), "chart-partial", note, 460
    )


def _rows(data: Dataset, made: PartialDependence) -> go.Scatter:
    """Return the thin lines of all rows as one trace, with a gap after each."""
    steps = len(made.grid) + 1
    frame = data.frame.iloc[made.rows]
    gap = np.full((len(made.rows), 1), np.nan)
    share = signed_percent if made.label is None else lambda value: percent(value, PLACES[True])
    numbers = [_("row {n}", n=int(row)) for row in frame["row"]]
    texts = [f"{hover(headline)}<br>{row}" for headline, row in zip(frame["headline"], numbers, strict=True)]
    written = [[*(share(float(value)) for value in curve), ""] for curve in made.curves]
    return go.Scattergl(
        x=np.tile([*made.grid, np.nan], len(made.rows)),
        y=np.hstack([made.curves * 100, gap]).ravel(),
        mode="lines",
        line={"color": palette().muted, "width": 1},
        opacity=0.25,
        customdata=np.repeat(frame["row"].to_numpy(), steps),
        hovertext=[
            f"{text} · {value}" for text, values in zip(texts, written, strict=True) for value in values
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
