"""The scores of a run as a chart and a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.blocks import BLOCK_UNITS
from core.evaluate.bootstrap import Scores
from core.evaluate.metrics import METRICS, main_metric
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.cache import evaluated, tested
from core.ui.evaluate.text import meaning, metric_title, model_name, units, written
from core.ui.text import UNKNOWN, _, plain, translate_md
from core.ui.theme import palette


def score_chart(run: Run, data: Dataset) -> None:
    """Draw the main metric of every model and baseline on the test with its interval."""
    rows = len(tested(run, data).y)
    unit = "session" if run.split.test_sessions else "story"
    over = plain(run.evidence.over) if run.evidence else _(BLOCK_UNITS[unit])
    note = _(
        "n = {n:,} {units} of the test; a mark is a model (diamond: baseline), its line the 95% interval of a bootstrap "
        "over {blocks}; dotted: chance",
        n=rows,
        units=units(run, data),
        blocks=over,
    )
    if run.settings.unit == "event" and run.split.test_sessions:
        note += ". " + _("Scored are events: the mean prediction of each company and session.")
    if run.walk is not None and run.settings.sealed:
        note += ". " + _("The scores are means over {n} walk-forward tests.", n=len(run.walk.folds))
    scores_picture(run, run.scores, run.baselines, _("How good, and how sure"), "chart-scores", note)


def walk_chart(run: Run, data: Dataset) -> None:
    """Draw the main metric of every model and baseline over the walk-forward folds."""
    if run.walk is None or run.settings.sealed:
        return
    folds = run.walk.folds
    title = _("Walk-forward: tests before the holdout, {n} in all", n=len(folds))
    note = _(
        "{first} to {last}; n = {n:,} {units}; means over the folds; a mark is a model (diamond: baseline), its line the "
        "95% interval of a bootstrap over sessions; dotted: chance",
        first=folds[0].first,
        last=folds[-1].last,
        n=evaluated(_walked, run, data),
        units=units(run, data),
    )
    scores_picture(run, run.walk.scores, run.walk.baselines, title, "chart-walk", note)


def _walked(predictions: Predictions, data: Dataset, settings: EvaluateSettings) -> int:
    """Return how many headlines or events the walk-forward tests."""
    return len(Scored.of(predictions.walk, data, settings, [MEAN]))


def scores_picture(run: Run, scores: Scores, baselines: Scores, title: str, key: str, note: str) -> None:
    """Draw the main metric of models and baselines with their intervals."""
    metric = main_metric(run.task).name
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
    figure.add_vline(x=METRICS[metric].guessing, line_dash="dot", line_color=colours.muted)
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
    st.dataframe(
        table.fillna(UNKNOWN),
        column_config={
            metric_title(run, name): st.column_config.Column(help=translate_md(meaning(run, name)))
            for name in next(iter(run.scores.values()), {})
            if METRICS[name].meaning.text
        },
    )
