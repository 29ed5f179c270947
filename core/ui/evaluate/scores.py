"""A run's scores as a chart and a table, and its pictures: ROC and confusion, or predicted against actual."""

from __future__ import annotations

from itertools import cycle

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate import review
from core.evaluate.bootstrap import Interval, Scores
from core.evaluate.lift import UNITS
from core.evaluate.metrics import GUESSING, MAIN_METRIC, metric_named
from core.evaluate.scoring import Scored
from core.train.models.combinations import MEAN
from core.train.models.registry import MODELS
from core.train.models.titles import title
from core.train.run import Run
from core.ui.evaluate.trust import reviewed, units
from core.ui.text import _, class_name, count, hover, percent
from core.ui.theme import CATEGORIES, palette, show

DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
_AS_PERCENT = {"accuracy", "balanced_accuracy", "mae", "rmse", "hit_rate", "spread"}


def model_name(name: str) -> str:
    """Return a model's or baseline's name for the reader."""
    return _(title(name))


def model_colour(name: str) -> str:
    """Return the colour of a model, or of what is made of all."""
    return CATEGORIES[MODELS[name].entry.colour] if name in MODELS else palette().accent


def metric_title(run: Run, metric: str) -> str:
    """Return a metric's name for the reader."""
    return _(metric_named(metric).title)


def written(metric: str, score: Interval) -> str:
    """Write a score with its interval: 0.58 [0.49, 0.67]."""
    numbers = [score.value, score.low, score.high]
    if metric in _AS_PERCENT:
        places = 2 if metric in ("mae", "rmse", "spread") else 1
        numbers = [number * 100 for number in numbers]
        unit = "%"
    else:
        places, unit = 3, ""
    if not np.isfinite(numbers[0]):
        return "–"
    value, low, high = (
        "–" if not np.isfinite(n) else f"{n + 0.0:.{places}f}" for n in np.round(numbers, places)
    )
    return f"{value}{unit} [{low}, {high}]"


def score_chart(run: Run, data: Dataset) -> None:
    """Draw the main metric of every model and baseline on the test with its interval."""
    rows = len(reviewed(review.tested, run, data).y)
    unit = "session" if run.split.test_sessions else "story"
    note = _(
        "n = {n:,} {units} of the test; a mark is a model (diamond: baseline), its line the 95% interval of a bootstrap "
        "over {blocks}; dotted: chance",
        n=rows,
        units=units(run, data),
        blocks=_(UNITS[unit]),
    )
    if run.settings.unit == "event" and run.split.test_sessions:
        note += ". " + _("Scored are events: the mean prediction of each company and session.")
    scores_picture(run, run.scores, run.baselines, _("How good, and how sure"), "chart-scores", note)


def scores_picture(run: Run, scores: Scores, baselines: Scores, title: str, key: str, note: str) -> None:
    """Draw the main metric of models and baselines with their intervals."""
    metric = MAIN_METRIC[run.task]
    rows = [(n, s[metric]) for n, s in (scores | baselines).items() if metric in s]
    rows = [(n, s) for n, s in rows if np.isfinite(s.value)]
    if not rows:
        return
    colours = palette()
    figure = go.Figure()
    for name, score in rows:
        baseline = name in baselines
        figure.add_scatter(
            x=[score.value],
            y=[model_name(name)],
            mode="markers",
            showlegend=False,
            marker={
                "size": 12,
                "color": colours.muted if baseline else colours.accent,
                "symbol": "diamond" if baseline else "circle",
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [score.high - score.value],
                "arrayminus": [score.value - score.low],
                "thickness": 2,
            },
            hovertemplate=f"{model_name(name)}: {written(metric, score)}<extra></extra>",
        )
    figure.add_vline(x=GUESSING[metric], line_dash="dot", line_color=colours.muted)
    figure.update_yaxes(autorange="reversed").update_xaxes(title=metric_title(run, metric))
    show(figure, title, key, note, height=120 + 28 * len(rows))


def score_table(run: Run) -> None:
    """Draw every metric of every model with its interval."""
    table = pd.DataFrame(
        {
            model_name(name): {metric_title(run, m): written(m, s) for m, s in scores.items()}
            for name, scores in (run.scores | run.baselines).items()
        }
    ).T
    table.index.name = _("model")
    st.dataframe(table)


def pictures(run: Run, data: Dataset) -> None:
    """Draw ROC and confusion, or predicted against actual, of what the run scores: headlines or events."""
    test = reviewed(review.tested, run, data)
    counted = units(run, data)
    left, right = st.columns(2)
    if run.task == "regress":
        with left:
            _scatter(test, counted)
        with right:
            _by_fifth(test, counted)
        return
    with left:
        _roc(run, test, counted)
    with right:
        _confusion(run, test, counted)


def _roc(run: Run, test: Scored, counted: str) -> None:
    from sklearn.metrics import roc_curve

    actual = test.y
    target = len(run.classes) - 1
    if len(np.unique(actual == target)) < 2:
        st.info(_("A ROC curve needs both outcomes in the test."))
        return
    colours = palette()
    models = [name for name in MODELS if name in test.predictions]
    dashes = dict(zip(models, cycle(DASHES))) | {MEAN: "solid"}
    figure = go.Figure()
    for name in dashes:
        false, true, _cut = roc_curve(
            actual == target, review.one_scale(test.predictions[name], test.fold)[:, target]
        )
        figure.add_scatter(
            x=false,
            y=true,
            mode="lines",
            name=model_name(name),
            line={
                "dash": dashes[name],
                "width": 3 if name == MEAN else 1.5,
                "color": colours.accent if name == MEAN else colours.muted,
            },
            hovertemplate="%{x:.2f}, %{y:.2f}<extra>" + model_name(name) + "</extra>",
        )
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"dash": "dot", "color": colours.grid},
        showlegend=False,
        hoverinfo="skip",
    )
    label = class_name(run.classes[target])
    figure.update_xaxes(title=_("false positive rate"), range=[0, 1])
    figure.update_yaxes(title=_("true positive rate"), range=[0, 1.01])
    note = _(
        "n = {n:,} {units} of the test; positive: {label}; the diagonal is chance",
        n=len(actual),
        units=counted,
        label=label,
    )
    show(figure, _("ROC curve"), "chart-roc", note)


def _confusion(run: Run, test: Scored, counted: str) -> None:
    actual = test.y.astype(int)
    guess = test.predictions["mean"].argmax(axis=1)
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
            colorscale=[[0, "rgba(15,118,110,0.05)"], [1, "rgba(15,118,110,0.75)"]],
            xgap=2,
            ygap=2,
            hovertemplate="%{y} → %{x}: %{text}<extra></extra>",
            textfont={"color": colours.text},
        )
    )
    figure.update_xaxes(title=_("predicted"), type="category")
    figure.update_yaxes(title=_("what happened"), autorange="reversed", type="category")
    note = _("n = {n:,} {units} of the test, ensemble; percentages of each row", n=len(actual), units=counted)
    show(figure, _("Confusion"), "chart-confusion", note)


def _scatter(test: Scored, counted: str) -> None:
    actual = test.y * 100
    predicted = test.predictions["mean"] * 100
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
    note = _("n = {n:,} {units} of the test, ensemble; a mark is one of them", n=len(actual), units=counted)
    show(figure, _("Predicted against actual"), "chart-scatter", note)


def _by_fifth(test: Scored, counted: str) -> None:
    actual = test.y * 100
    rank = pd.Series(test.predictions["mean"]).rank(method="first", pct=True)
    fifth = np.minimum((rank * 5).astype(int), 4)
    means = pd.Series(actual).groupby(fifth.to_numpy()).agg(["mean", "size"])
    colours = palette()
    bars = go.Bar(
        x=[_("{n} of 5", n=i + 1) for i in means.index],
        y=means["mean"],
        marker_color=np.where(means["mean"] > 0, colours.high, colours.low),
        customdata=means["size"],
        hovertemplate="%{y:+.2f}% (n = %{customdata:,})<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_xaxes(title=_("fifth by predicted return, low to high"), type="category")
    figure.update_yaxes(title=_("mean actual return (%)"))
    note = _(
        "n = {n:,} {units} of the test; were the prediction useful, the bars would rise",
        n=len(actual),
        units=counted,
    )
    show(figure, _("Mean return by fifth of the prediction"), "chart-fifths", note)
