"""Curves of several runs in one picture: the score of each test, and how often probabilities came true."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.compare.side_by_side import FoldScore, scores_by_fold
from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.metrics import METRICS, RETURN, SHARE, main_metric
from core.evaluate.predictions import HOLDOUT, MEAN
from core.evaluate.reliability import Reliability, reliability_of
from core.train.run import Run
from core.ui.charts import show
from core.ui.classes import class_selector
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import metric_title, share, whiskers, written
from core.ui.text import _, class_name, count, hover
from core.ui.theme import CATEGORIES, palette

_MARKS = ("circle", "diamond", "square", "triangle-up", "cross")


def fold_scores(data: Dataset, named: dict[str, Run]) -> None:
    """Draw the ensemble's main metric on each test of each run, in order of time."""
    runs = list(named.values())
    if len({run.task for run in runs}) > 1:
        st.caption(_("The runs predict different things: their scores by test are not drawn together."))
        return
    metric = main_metric(runs[0].task).name
    scale = 100 if METRICS[metric].unit in (RETURN, SHARE) else 1
    figure = go.Figure()
    tests = 0
    for place, (letter, run) in enumerate(named.items()):
        found: tuple[FoldScore, ...] = evaluated(scores_by_fold, run, data)
        tests = max(tests, len(found))
        figure.add_scatter(
            x=[_test(fold) for fold in found],
            y=[fold.score.value * scale for fold in found],
            error_y=whiskers([fold.score for fold in found], scale)
            | {"color": CATEGORIES[place], "thickness": 1, "width": 2},
            mode="markers+lines",
            name=letter,
            showlegend=True,
            line={"color": CATEGORIES[place], "width": 1.5},
            marker={"symbol": _MARKS[place], "size": 10, "color": CATEGORIES[place]},
            customdata=[[written(metric, fold.score), count(fold.rows), _span(fold)] for fold in found],
            hovertemplate=letter
            + " %{customdata[0]}<br>n = %{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        )
    guessing = METRICS[metric].guessing * scale
    if guessing == guessing:
        figure.add_hline(y=guessing, line_dash="dot", line_color=palette().muted)
        figure.add_annotation(
            xref="paper",
            x=1,
            y=guessing,
            text=_("chance"),
            showarrow=False,
            xanchor="right",
            yanchor="bottom",
            font={"color": palette().muted},
        )
    figure.update_layout(scattermode="group", scattergap=0.6)  # side by side, so that no line hides another
    figure.update_xaxes(title=_("first session of the test"), type="category")
    figure.update_yaxes(title=hover(metric_title(runs[0], metric), 24), zeroline=False)
    note = _(
        "n = {n} tests at most; a mark is the ensemble of a run on one test, its line the 95% interval",
        n=tests,
    )
    show(figure, _("The score of each test"), "chart-beside-folds", note, height=420)


def _test(fold: FoldScore) -> str:
    if fold.number == HOLDOUT:
        return _("holdout")
    return fold.first or str(fold.number)


def _span(fold: FoldScore) -> str:
    return f"{fold.first} – {fold.last}" if fold.first else ""


def calibration_curves(data: Dataset, named: dict[str, Run]) -> None:
    """Draw how often the probabilities of each run came true; nothing for returns."""
    with_classes = {letter: run for letter, run in named.items() if run.classes}
    if not with_classes:
        return
    first = next(iter(with_classes.values()))
    alike = {letter: run for letter, run in with_classes.items() if run.classes == first.classes}
    target = class_selector(first, "-beside")
    colours = palette()
    label = hover(class_name(first.classes[target]))
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
    rows = []
    for letter, run in alike.items():
        found = evaluated(reliability_of, run, data, MEAN, target)
        if not isinstance(found, Message):
            _curve(figure, letter, list(named).index(letter), found)
            rows.append(f"{letter} {count(found.rows)}")
    figure.update_xaxes(
        title=_("promised probability of {label} (%)", label=label), range=[-2, 102], zeroline=False
    )
    figure.update_yaxes(title=_("share that came true (%)"), range=[-4, 104])
    note = _(
        "a mark is a group of tests with like probabilities, its line the 95% interval; n by run: {n}",
        n=", ".join(rows),
    )
    show(figure, _("Do the probabilities come true?"), "chart-beside-calibration", note, height=420)


def _curve(figure: go.Figure, letter: str, place: int, found: Reliability) -> None:
    figure.add_scatter(
        x=[b.predicted * 100 for b in found.curve],
        y=[b.observed.value * 100 for b in found.curve],
        error_y=whiskers([b.observed for b in found.curve], 100, found.enough)
        | {"color": CATEGORIES[place], "thickness": 1, "width": 2},
        mode="markers+lines",
        name=letter,
        showlegend=True,
        line={"color": CATEGORIES[place], "width": 1.5},
        marker={"symbol": _MARKS[place], "size": 10, "color": CATEGORIES[place]},
        customdata=[[share(b.observed, found.enough), count(b.rows)] for b in found.curve],
        hovertemplate=letter + " %{x:.0f}% → %{customdata[0]}<br>n = %{customdata[1]}<extra></extra>",
    )
