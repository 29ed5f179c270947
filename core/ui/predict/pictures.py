"""The predict page's charts: every class, and what each model says."""

from __future__ import annotations

import plotly.graph_objects as go

from core.evaluate.predictions import MEAN
from core.predict import Prediction
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import model_name
from core.ui.predict.answer import placed, written
from core.ui.text import _, class_name, hover, percent
from core.ui.theme import class_colours, model_colours, palette


def all_classes(run: Run, made: Prediction) -> None:
    """Draw the probability of every class."""
    chances = made.values[MEAN]
    figure = go.Figure(
        go.Bar(
            x=chances * 100,
            y=[hover(class_name(label), 18) for label in run.classes],
            orientation="h",
            marker_color=list(class_colours(run.classes).values()),
            text=[percent(chance) for chance in chances],
            textposition="outside",
            cliponaxis=False,
            showlegend=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 112], showticklabels=False, showgrid=False, zeroline=False)
    figure.update_yaxes(type="category", autorange="reversed")
    show(
        figure,
        _("Probability of each class (ensemble)"),
        "chart-classes",
        height=70 + 36 * len(run.classes),
    )


def models(run: Run, made: Prediction, explained: int) -> None:
    """Draw what each model says as a dot on one scale, with the usual range and the average row."""
    colours, at = palette(), explained if run.classes else 0
    shades = model_colours(made.reasons.values)
    values = {model: float(made.values[model][at]) * 100 for model in shades}
    marks = list(values.values())
    figure = go.Figure()
    figure.add_scatter(
        x=marks,
        y=[hover(model_name(model), 18) for model in values],
        mode="markers+text",
        text=[written(run, value / 100) for value in marks],
        textposition="top center",
        textfont={"color": colours.text},
        marker={
            "color": list(shades.values()),
            "size": [18 if model == MEAN else 12 for model in values],
            "symbol": ["diamond" if model == MEAN else "circle" for model in values],
        },
        cliponaxis=False,
        showlegend=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    found = placed(run, made, explained)
    if found:
        low, high = found.low * 100, found.high * 100
        figure.add_vrect(x0=low, x1=high, fillcolor=colours.grid, line_width=0, layer="below")
        _word(figure, low, _("usual"), y=1, xanchor="left")
        marks = [*marks, low, high]
    if not run.parts.calibrators:  # the average is of the probability before calibration
        average = made.reasons.base[MEAN] * 100
        line = {"color": colours.muted, "width": 2, "dash": "dot"}
        figure.add_vline(x=average, line=line, layer="below")
        marks = [*marks, average]
        side = "right" if average > (min(marks) + max(marks)) / 2 else "left"
        _word(figure, average, _("average {value}", value=written(run, average / 100)), y=0, xanchor=side)
    margin = 0.1 * max(max(marks) - min(marks), 2 if run.classes else 0.05)
    figure.update_xaxes(
        range=[min(marks) - margin, max(marks) + margin],
        title=hover(_scale(run, explained), 40),
        zeroline=False,
    )
    figure.update_yaxes(type="category", range=[len(values) - 0.1, -0.7])
    note = _(
        "Shaded: the middle half of {n:,} predictions of the test. Dotted: the average, where the reasons below begin.",
        n=found.rows if found else 0,
    )
    show(
        figure,
        _("What each model says"),
        "chart-models",
        note if found else "",
        height=150 + 42 * len(values),
    )


def _scale(run: Run, explained: int) -> str:
    if not run.classes:
        return _("predicted return (%)")
    return _("probability of {label} (%)", label=class_name(run.classes[explained]))


def _word(figure: go.Figure, x: float, text: str, y: float, xanchor: str) -> None:
    """Write the word of a line or a band, above the marks (`y` 1) or below them (0)."""
    figure.add_annotation(
        x=x,
        y=y,
        yref="paper",
        xanchor=xanchor,
        xshift=4 if xanchor == "left" else -4,
        yanchor="bottom",
        text=hover(text),
        showarrow=False,
        font={"color": palette().muted, "size": 12},
    )
