"""The predict page's charts: every class, and what each model says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go

from core.evaluate.predictions import MEAN
from core.predict import Prediction
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import model_name
from core.ui.explain.names import scale_title
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
        _("Each class (ensemble)"),
        "chart-classes",
        height=70 + 36 * len(run.classes),
    )


def models(run: Run, made: Prediction, explained: int) -> None:
    """Draw what each model says as a dot on one scale, with the usual range and the average row."""
    at, shades = explained if run.classes else 0, model_colours(made.reasons.values)
    values = {model: float(made.values[model][at]) * 100 for model in shades}
    found = placed(run, made, explained)
    usual = (found.low * 100, found.high * 100) if found else None
    # the average is of the probability before calibration
    average = None if run.parts.calibrators else made.reasons.base[MEAN] * 100
    marks = [*values.values(), *(usual or ()), *([] if average is None else [average])]
    margin = 0.1 * max(max(marks) - min(marks), 2 if run.classes else 0.05)
    dots = go.Scatter(
        x=list(values.values()),
        y=[hover(model_name(model), 18) for model in values],
        mode="markers+text",
        text=[written(run, value / 100) for value in values.values()],
        textposition="top center",
        # a halo, so that the line of the average does not run through a number
        textfont={"color": palette().text, "shadow": ", ".join([f"0 0 3px {palette().surface}"] * 6)},
        marker={
            "color": list(shades.values()),
            "size": [18 if model == MEAN else 12 for model in values],
            "opacity": 1,  # else plotly pales marks of different sizes
            "symbol": ["diamond" if model == MEAN else "circle" for model in values],
        },
        cliponaxis=False,
        showlegend=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    shapes, words = _behind(usual, average, sum(marks) / len(marks), lambda value: written(run, value / 100))
    axes = {
        "xaxis": {
            "range": [min(marks) - margin, max(marks) + margin],
            "title": {"text": scale_title(run.classes[explained] if run.classes else None)},
            "zeroline": False,
        },
        "yaxis": {"type": "category", "range": [len(values) - 0.1, -0.7]},
    }
    # made in one go: each later addition to a figure costs milliseconds, and this one is drawn at every change
    figure = go.Figure([dots], {"shapes": shapes, "annotations": words, **axes})
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


def _behind(
    usual: tuple[float, float] | None, average: float | None, middle: float, write: Callable[[float], str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the band of what is usual and the line of the average, with their words."""
    colours = palette()
    shapes: list[dict[str, Any]] = []
    words = []
    span = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    if usual:
        low, high = usual
        band = {"type": "rect", "x0": low, "x1": high, "fillcolor": colours.grid, "line": {"width": 0}}
        shapes.append(span | band)
        words.append(_word(low, _("usual"), y=1, xanchor="left"))
    if average is not None:
        line = {"color": colours.muted, "width": 2, "dash": "dot"}
        shapes.append(span | {"type": "line", "x0": average, "x1": average, "line": line})
        side = "right" if average > middle else "left"
        words.append(_word(average, _("average {value}", value=write(average)), y=0, xanchor=side))
    return shapes, words


def _word(x: float, text: str, y: float, xanchor: str) -> dict[str, Any]:
    """Return the word of a line or a band, above the marks (`y` 1) or below them (0)."""
    return {
        "x": x,
        "y": y,
        "yref": "paper",
        "xanchor": xanchor,
        "xshift": 4 if xanchor == "left" else -4,
        "yanchor": "bottom",
        "text": hover(text),
        "showarrow": False,
        "font": {"color": palette().muted, "size": 12},
    }
