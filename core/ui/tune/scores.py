"""The scores before and after, and what else predicts the same test."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import METRICS
from core.tune.judge.baselines import title_of
from core.tune.record import Tuned
from core.ui.charts import show
from core.ui.evaluate.text import details, whiskers
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, hover, plain
from core.ui.theme import palette
from core.ui.tune.hero import written_parts

ACCURACY = "accuracy"


def scores(tuned: Tuned) -> None:
    """Draw the accuracy of the encoder and of the baselines, and list every metric."""
    if ACCURACY in tuned.judged.after:
        _picture(tuned)
    _metrics(tuned)
    _baselines(tuned)
    judged = tuned.judged
    lines = [
        _(
            "Intervals are bootstraps over {over}; the difference is paired: both encoders predict the same texts.",
            over=plain(judged.evidence.over),
        )
    ]
    if judged.p_value == judged.p_value:
        lines.append(
            _("McNemar's exact test of the two accuracies, text by text: p = {p:.4f}.", p=judged.p_value)
        )
    lines.append(
        _(
            "Before is the frozen encoder with logistic regression on the same training texts, so that the difference is "
            "what the tuning of the encoder bought."
        )
    )
    details(*lines)


def _picture(tuned: Tuned) -> None:
    judged, colours = tuned.judged, palette()
    rows = [
        (_("After: tuned"), judged.after[ACCURACY], colours.accent),
        (_("Before: as it was, linear"), judged.before[ACCURACY], colours.text),
    ]
    rows += [
        (plain(title_of(name)), found[ACCURACY], colours.muted)
        for name, found in tuned.baselines.items()
        if ACCURACY in found and name != "encoder_linear"
    ]
    figure = go.Figure()
    for name, score, colour in rows:
        figure.add_scatter(
            x=[score.value],
            y=[hover(name, 22)],
            mode="markers+text",
            text=[f"<b>{score.value:.3f}</b>"],
            textposition="top center",
            textfont={"size": 13, "color": colours.text},
            cliponaxis=False,
            showlegend=False,
            marker={
                "size": 12,
                "color": colour,
                "symbol": "diamond" if colour == colours.muted else "circle",
            },
            error_x=whiskers([score]) | {"color": colour, "width": 4},
            hovertemplate=f"{hover(name)}: {_written(tuned, ACCURACY, score)}<extra></extra>",
        )
    figure.update_yaxes(range=[len(rows) - 0.5, -0.8], type="category")
    figure.update_xaxes(title=_("Accuracy"), zeroline=False)
    note = _(
        "n = {n:,}; a line is the 95% interval; a diamond is a baseline on the same texts", n=judged.tests
    )
    show(
        figure,
        _("Tuned, before, and other ways"),
        "chart-tune-scores",
        note,
        130 + 46 * len(rows),
    )


def _metrics(tuned: Tuned) -> None:
    judged = tuned.judged
    rows = [
        {
            _("metric"): _(judged.metric_of(name).title),
            _("before"): _written(tuned, name, judged.before[name]),
            _("after"): _written(tuned, name, judged.after[name]),
            _("after minus before"): _written(tuned, name, judged.difference[name], True),
        }
        for name in judged.after
    ]
    table(pd.DataFrame(rows), "tune-metrics", _("Before and after on the test"))


def _baselines(tuned: Tuned) -> None:
    if not tuned.baselines:
        st.caption(_("Baselines predict classes; these examples have scores."))
        return
    names = [
        name
        for name in ("accuracy", "f1", "log_loss")
        if any(name in row for row in tuned.baselines.values())
    ]
    rows = [
        {_("model"): plain(title_of(model))}
        | {
            _(METRICS[name].title): _written(tuned, name, row[name]) if name in row else UNKNOWN
            for name in names
        }
        for model, row in tuned.baselines.items()
    ]
    table(pd.DataFrame(rows), "tune-baselines", _("Other ways to predict the same test"))


def _written(tuned: Tuned, name: str, score: Interval, difference: bool = False) -> str:
    return " ".join(written_parts(tuned.judged.metric_of(name), score, difference)).rstrip()
