"""What a model predicted beside what happened: ROC and confusion, or predicted against actual."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.fifths import ByFifth, by_fifth
from core.evaluate.metrics import CHOICE, NUMBER, ORDER
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import Scored, one_scale
from core.evaluate.settings import EvaluateSettings
from core.evaluate.weighted import FIFTHS
from core.train.run import Run
from core.ui.charts import show
from core.ui.classes import class_selector
from core.ui.evaluate.cache import evaluated, tested
from core.ui.evaluate.text import model_name, units, whiskers, written
from core.ui.text import _, class_name, count, hover, percent, signed_percent
from core.ui.theme import class_colours, palette

DASHES = ("dash", "dot", "dashdot", "longdash")


def pictures(run: Run, data: Dataset, reads: Sequence[str] = (ORDER, CHOICE, NUMBER)) -> None:
    """Draw ROC and confusion, or predicted against actual, of what the run scores: headlines or events.

    What needs more of the predictions than they may be believed in (`reads`) is left out.
    """
    test = tested(run, data)
    counted = units(run, data)
    target = class_selector(run, "-roc")
    left, right = st.columns(2)
    if run.task == "regress":
        if NUMBER in reads:
            with left:
                _scatter(run, test, counted)
        with right if NUMBER in reads else left:
            _by_fifth(run, data, test, counted)
        return
    with left:
        _roc(run, test, counted, target)
    if CHOICE in reads:
        with right:
            _confusion(run, test, counted)


def _roc(run: Run, test: Scored, counted: str, target: int) -> None:
    from sklearn.metrics import roc_curve

    actual = test.y
    if len(np.unique(actual == target)) < 2:
        st.info(_("A ROC curve needs both outcomes in the test."))
        return
    colours = palette()
    several = len(run.classes) > 2
    shade = class_colours(run.classes)[run.classes[target]] if several else colours.accent
    figure = go.Figure()
    for name, dash in [*zip(run.sizes, cycle(DASHES), strict=False), (MEAN, "solid")]:
        false, true, _cut = roc_curve(
            actual == target, one_scale(test.predictions[name], test.fold)[:, target]
        )
        figure.add_scatter(
            x=false,
            y=true,
            mode="lines",
            name=_who(run, name),
            showlegend=bool(run.sizes),
            line={
                "dash": dash,
                "width": 3 if name == MEAN else 1.5,
                "color": shade if name == MEAN else colours.muted,
            },
            hovertemplate="%{x:.2f}, %{y:.2f}<extra>" + _who(run, name) + "</extra>",
        )
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"dash": "dot", "color": colours.grid},
        showlegend=False,
        hoverinfo="skip",
    )
    figure.add_annotation(
        x=0.72,
        y=0.68,
        text=_("chance"),
        showarrow=False,
        xanchor="left",
        yanchor="top",
        font={"color": colours.muted},
    )
    label = class_name(run.classes[target])
    figure.update_xaxes(title=_("false alarms among the others"), range=[0, 1], tickformat=".0%")
    figure.update_yaxes(
        title=_("share of {label} found", label=hover(label)), range=[0, 1.01], tickformat=".0%"
    )
    note = _("n = {n:,} {units}; a line is a model at every threshold", n=len(actual), units=counted)
    title = _("ROC curve")
    if several:
        title = _("ROC curve: {label} against the rest", label=label)
        note += "; " + _("the ROC AUC of the table is the mean over all classes")
    show(figure, title, "chart-roc", note)


def _confusion(run: Run, test: Scored, counted: str) -> None:
    actual = test.y.astype(int)
    guess = test.predictions[MEAN].argmax(axis=1)
    k = len(run.classes)
    counts = np.bincount(actual * k + guess, minlength=k * k).reshape(k, k)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [hover(class_name(name)) for name in run.classes]
    text = [[f"{count(counts[i, j])}<br>{percent(share[i, j])}" for j in range(k)] for i in range(k)]
    colours = palette()
    figure = go.Figure(
        go.Heatmap(
            z=share,
            x=names,
            y=names,
            text=text,
            texttemplate="%{text}",
            showscale=False,
            zmin=0,
            zmax=1,
            colorscale=colours.shares,
            xgap=2,
            ygap=2,
            hovertemplate="%{y} → %{x}: %{text}<extra></extra>",
            textfont={"color": colours.text},
        )
    )
    figure.update_xaxes(title=_("predicted"), type="category")
    figure.update_yaxes(title=_("what happened"), autorange="reversed", type="category")
    note = _(
        "n = {n:,} {units}, {who}; percentages of each row",
        n=len(actual),
        units=counted,
        who=_who(run, MEAN),
    )
    show(figure, _("Confusion"), "chart-confusion", note)


def _scatter(run: Run, test: Scored, counted: str) -> None:
    actual = test.y * 100
    predicted = test.predictions[MEAN] * 100
    colours = palette()
    points = go.Scattergl(
        x=predicted,
        y=actual,
        mode="markers",
        marker={"size": 5, "opacity": 0.5, "color": np.where(actual > 0, colours.high, colours.low)},
        hovertemplate=_("predicted") + " %{x:+.2f}%<br>" + _("actual") + " %{y:+.2f}%<extra></extra>",
    )
    figure = go.Figure(points)
    figure.update_xaxes(title=_("predicted return (%)")).update_yaxes(title=_("actual return (%)"))
    note = _(
        "n = {n:,} {units}, {who}; a mark is one of them",
        n=len(actual),
        units=counted,
        who=_who(run, MEAN),
    )
    show(figure, _("Predicted against actual"), "chart-scatter", note)


def _by_fifth(run: Run, data: Dataset, test: Scored, counted: str) -> None:
    predicted = test.predictions[MEAN]
    distinct = len(np.unique(predicted))
    if distinct == 1:
        st.info(
            _(
                "Every prediction of the test is the same, {value}: there are no fifths.",
                value=signed_percent(predicted[0]),
            )
        )
        return
    found = evaluated(_fifths, run, data)
    values = [mean.value * 100 for mean in found.means]
    names = [_("{n} of 5", n=k + 1) for k in range(FIFTHS)]
    colours, sure = palette(), test.blocks.enough
    bars = go.Bar(
        x=[
            f"{name}<br><b>{signed_percent(mean.value)}</b><br>n={count(rows)}"
            for name, mean, rows in zip(names, found.means, found.rows, strict=True)
        ],
        y=values,
        marker={
            "color": [colours.high if value > 0 else colours.low for value in values],
            "opacity": 1 if sure else 0.4,
        },
        error_y=whiskers(list(found.means), 100) | {"color": colours.text, "thickness": 1.5}
        if sure
        else None,
        customdata=[written("spread", mean, sure) for mean in found.means],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_xaxes(title=_("fifth by prediction, low to high"), type="category", tickangle=0)
    figure.update_yaxes(title=_("mean actual return (%)"))
    note = (
        _("n = {n:,} {units}; were the prediction useful, the bars would rise", n=len(test), units=counted)
        + "; "
    )
    note += _("a line is the 95% interval") if sure else _("too short a test for intervals")
    if distinct < FIFTHS:
        note += "; " + _(
            "only {distinct} different predictions: those that are alike share their places, so that neighbouring bars are "
            "made of the same ones",
            distinct=distinct,
        )
    show(figure, _("Mean return by fifth of the prediction"), "chart-fifths", note)


def _fifths(predictions: Predictions, data: Dataset, settings: EvaluateSettings) -> ByFifth:
    test = Scored.of(predictions.test, data, settings, [MEAN])
    return by_fifth(test.y, one_scale(test.predictions[MEAN], test.fold), test.blocks, settings.seed)


def _who(run: Run, name: str) -> str:
    """Return a model's name; what predicts without a fitted model was made elsewhere."""
    return model_name(name) if run.sizes else _("the predictions that were brought")
