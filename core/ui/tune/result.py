"""What a tuning did: the verdict, and the numbers and pictures behind it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import shown
from core.tune.judge.baselines import title_of
from core.tune.judge.geometry import Geometry, Similarity
from core.tune.pipeline import GEOMETRY
from core.tune.record import Tuned
from core.tune.training.diagnosis import diagnosis
from core.tune.tuned import load_part
from core.ui.cards import Card, cards
from core.ui.charts import show
from core.ui.evaluate.verdict import Verdict
from core.ui.tables import table
from core.ui.text import _, class_name, count, duration, hover, percent, translate_md
from core.ui.theme import palette
from core.ui.tune.live import curves


def verdict(tuned: Tuned) -> None:
    """Draw go or no-go with its number, and the sentence behind it."""
    colours, judged = palette(), tuned.judged
    metric = judged.metric_of(judged.metric)
    change = judged.difference[judged.metric]
    value, low, high = (
        shown(metric, end, difference=True) for end in (change.value, change.low, change.high)
    )
    mark, word = ("✓", _("Go")) if tuned.verdict.go else ("–", _("No-go"))
    shade = colours.good if tuned.verdict.go else colours.muted
    of = _("{metric} on the test, after minus before", metric=_(metric.title))
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.html(Verdict(mark, word, shade, value, f"[{low}, {high}]", of).html())
    with right:
        cards(
            [
                Card(
                    _("Before"),
                    shown(metric, judged.before[judged.metric].value),
                    _("as it was, with a linear model"),
                ),
                Card(_("After"), shown(metric, judged.after[judged.metric].value), _("tuned")),
                Card(_("Test"), count(judged.tests), _("never seen by the training")),
                Card(_("Time"), duration(tuned.seconds)),
            ]
        )
        st.markdown(translate_md(tuned.verdict.message))
        if tuned.verdict.note is not None:
            st.markdown(translate_md(tuned.verdict.note))


def details(tuned: Tuned) -> None:
    """Draw the tabs: scores, curves, similarity, neighbours."""
    scores, training, similarity, neighbours = st.tabs(
        [_("Scores"), _("Curves"), _("Similarity"), _("Neighbours")]
    )
    found = load_part(tuned.id, GEOMETRY)
    geometry = Geometry.from_dict(found) if found else None
    with scores:
        _scores(tuned)
    with training:
        for said in diagnosis(tuned.history, len(tuned.data.classes), tuned.settings.method):
            st.markdown(translate_md(said))
        curves(tuned.history, "done")
    with similarity:
        _similarity(geometry)
    with neighbours:
        _neighbours(geometry)


def _scores(tuned: Tuned) -> None:
    judged = tuned.judged
    rows = [
        {
            _("metric"): _(judged.metric_of(name).title),
            _("before"): _written(tuned, name, judged.before[name]),
            _("after"): _written(tuned, name, judged.after[name]),
            _("difference"): _written(tuned, name, judged.difference[name], True),
        }
        for name in judged.after
    ]
    table(pd.DataFrame(rows), "tune-scores", _("Before and after on the test"))
    others = [
        {_("baseline"): translate_md(title_of(model))}
        | {_(judged.metric_of(name).title): _written(tuned, name, score) for name, score in row.items()}
        for model, row in tuned.baselines.items()
    ]
    if others:
        table(pd.DataFrame(others), "tune-baselines", _("Other ways to predict the same test"))


def _written(tuned: Tuned, name: str, score: Interval, difference: bool = False) -> str:
    metric = tuned.judged.metric_of(name)
    value, low, high = (
        shown(metric, end, difference=difference) for end in (score.value, score.low, score.high)
    )
    return f"{value} [{low}, {high}]"


def _similarity(geometry: Geometry | None) -> None:
    if geometry is None:
        st.caption(_("There are no similarities for this encoder."))
        return
    st.caption(
        _(
            "All numbers are of test texts. On texts of the training they would flatter: those were moved on purpose."
        )
    )
    left, right = st.columns(2, gap="medium")
    for column, one, name, key in (
        (left, geometry.before, _("Before"), "before"),
        (right, geometry.after, _("After"), "after"),
    ):
        with column:
            _histogram(geometry, one, name, key)
            _matrix(geometry, one, name, key)


def _histogram(geometry: Geometry, one: Similarity, name: str, key: str) -> None:
    colours = palette()
    figure = go.Figure()
    middles = [(a + b) / 2 for a, b in zip(geometry.edges, geometry.edges[1:], strict=False)]
    for counts, label, colour in (
        (one.within, _("same class"), colours.high),
        (one.between, _("different classes"), colours.low),
    ):
        total = max(sum(counts), 1)
        figure.add_bar(
            x=middles, y=[n / total for n in counts], name=label, marker={"color": colour}, opacity=0.6
        )
    figure.update_layout(barmode="overlay", bargap=0)
    figure.update_xaxes(title=_("Cosine of two texts"), range=[-1, 1])
    figure.update_yaxes(title=_("Share of pairs"), tickformat=".0%")
    show(figure, name, f"chart-tune-histogram-{key}", _("n = {n} texts", n=count(geometry.texts)), 300)


def _matrix(geometry: Geometry, one: Similarity, name: str, key: str) -> None:
    if not one.matrix:
        return
    names = [hover(class_name(label)) for label in geometry.classes]
    figure = go.Figure(
        go.Heatmap(
            z=one.matrix,
            x=names,
            y=names,
            zmin=-1,
            zmax=1,
            colorscale=palette().diverging,
            texttemplate="%{z:.2f}",
            showscale=False,
        )
    )
    figure.update_yaxes(autorange="reversed")
    title = _("{name}: mean cosine of two texts", name=name)
    show(figure, title, f"chart-tune-matrix-{key}", _("One cell is two classes."), 300)


def _neighbours(geometry: Geometry | None) -> None:
    if geometry is None:
        st.caption(_("There are no similarities for this encoder."))
        return
    st.markdown(
        _(
            "{share} of the {k} nearest texts of a test text are others than before.",
            share=percent(geometry.neighbours_changed),
            k=geometry.neighbours,
        )
    )
    rows = [
        {
            _("text"): f"{each.text} ({class_name(each.label)})",
            _("nearest before"): f"{each.old} ({class_name(each.old_label)})",
            _("nearest after"): f"{each.new} ({class_name(each.new_label)})",
        }
        for each in geometry.changed
    ]
    if rows:
        table(pd.DataFrame(rows), "tune-neighbours", _("Texts whose nearest text changed"))
