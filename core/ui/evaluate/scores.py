"""The scores of a run as a chart and a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.blocks import BLOCK_UNITS
from core.evaluate.bootstrap import Scores
from core.evaluate.metrics import METRICS, main_metric
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from core.evaluate.verdict import Evidence
from core.train.models.registry import MODELS
from core.train.run import Run
from core.ui.evaluate import score_picture
from core.ui.evaluate.cache import evaluated, tested
from core.ui.evaluate.score_picture import Row, strongest
from core.ui.evaluate.text import details, meaning, metric_title, model_name, units, written
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, plain, translate_md

FIRST = ("auc", "balanced_accuracy", "log_loss", "ece", "rank_ic", "spread", "hit_rate", "mae")  # columns
KNOWS_NOTHING = ("majority", "average")  # their score is chance, which has a line


def score_chart(run: Run, data: Dataset) -> None:
    """Draw the main metric of the models and baselines that matter on the test, or of all, with its interval."""
    rows = len(tested(run, data).y)
    unit = "session" if run.split.test_sessions else "story"
    over = plain(run.evidence.over) if run.evidence else _(BLOCK_UNITS[unit])
    note = _(
        "n = {n:,} {units}; a line is the 95% interval over {blocks}; a diamond is a baseline",
        n=rows,
        units=units(run, data),
        blocks=over,
    )
    if run.walk is not None and run.scored_by_walk:
        title = _("How good: mean of {n} walk-forward tests", n=len(run.walk.folds))
    elif run.sizes:
        title = _("How good, and how sure: the holdout")
    else:
        title = _("How good, and how sure")
    _picture(run, run.scores, run.baselines, title, "chart-scores", note, run.believable)


def walk_chart(run: Run, data: Dataset) -> None:
    """Draw the main metric of models and baselines over the walk-forward folds."""
    if run.walk is None or run.scored_by_walk:
        return
    folds = run.walk.folds
    found = evaluated(_walked, run, data)
    note = _(
        "{first} to {last}; n = {n:,} {units}; a line is the 95% interval over {blocks}; a diamond is a baseline",
        first=folds[0].first,
        last=folds[-1].last,
        n=found.rows,
        units=units(run, data),
        blocks=plain(found.evidence.over),
    )
    title = _("Before it: mean of {n} walk-forward tests", n=len(folds))
    _picture(
        run,
        run.walk.scores,
        run.walk.baselines,
        title,
        "chart-walk",
        note,
        found.evidence.enough and not run.withheld,
    )


@dataclass(frozen=True)
class _Walked:
    """How many headlines or events the walk-forward tests, and what their intervals rest on."""

    rows: int
    evidence: Evidence


def _walked(predictions: Predictions, data: Dataset, settings: EvaluateSettings) -> _Walked:
    scored = Scored.of(predictions.walk, data, settings, [MEAN])
    return _Walked(len(scored), Evidence.of(scored.blocks))


def _picture(
    run: Run, scores: Scores, baselines: Scores, title: str, key: str, note: str, is_enough: bool
) -> None:
    metric = main_metric(run.task).name
    every = [
        Row(model_name(name), made[metric], name in baselines)
        for name, made in (scores | baselines).items()
        if metric in made and np.isfinite(made[metric].value)
    ]
    if not every:
        return
    few = _few(run, scores, baselines, metric)
    place, chosen = st.container(), few
    if len(every) > len(few) > 0:
        label = _("All {n} models and baselines", n=len(every))
        chosen = every if st.toggle(label, key=f"all-{key}-{run.id}") else few
    with place:
        score_picture.draw(run, metric, chosen or every, title, key, note, is_enough)


def _few(run: Run, scores: Scores, baselines: Scores, metric: str) -> list[Row]:
    """Return the ensemble, the best single model, the table alone and the strongest other baseline, as far as known."""
    if not run.sizes:  # predictions that were brought: all of them are what the page is about
        return []
    both = scores | baselines
    single = strongest(scores, [name for name in scores if name in MODELS], metric)
    others = [name for name in baselines if name not in (*KNOWS_NOTHING, "table_only")]
    best = strongest(baselines, others, metric)
    words = {
        MEAN: "",
        single: _("best single model"),
        "table_only": "",
        best: _("strongest baseline"),
    }
    return [
        Row(model_name(name), both[name][metric], name in baselines, word)
        for name, word in words.items()
        if name in both and metric in both[name] and np.isfinite(both[name][metric].value)
    ]


def score_table(run: Run) -> None:
    """Draw the main metrics of every model with their intervals, and all others in a fold."""
    known = list(next(iter(run.scores.values()), {}))
    first = [name for name in FIRST if name in known] or known
    _table(run, run.scores | run.baselines, first, "table-scores", _("Scores of all models"))
    if not run.believable:
        st.caption(_("So short a test supports no verdict: the intervals are left out."))
    rest = [name for name in known if name not in first]
    if rest:
        with st.expander(_("All other metrics")):
            _table(
                run, run.scores | run.baselines, rest, "table-more-scores", _("Other scores of all models")
            )
    told = [
        _(
            "Intervals are percentiles of a bootstrap that draws whole sessions (stories where there are no dates), in blocks "
            "where outcomes hang together for longer. The best single model and the strongest baseline were picked by "
            "these very scores, which flatters them a little."
        )
    ]
    if run.settings.unit == "event" and run.split.test_sessions:
        told.append(_("Scored are events: the mean prediction of each company and session."))
    details(*told)


def inside_table(run: Run, scores: Scores) -> None:
    """Draw the main metrics of rows that a model learned from."""
    known = list(next(iter(scores.values()), {}))
    first = [name for name in FIRST if name in known] or known
    _table(run, scores, first, "table-inside", _("Scores within the training period"))


def _table(run: Run, scores: Scores, metrics: list[str], key: str, title: str) -> None:
    """Draw a table of some metrics, a row a model."""
    sure = run.believable
    rows = [
        {_("model"): model_name(name)}
        | {metric_title(run, m): written(m, made[m], sure) if m in made else UNKNOWN for m in metrics}
        for name, made in scores.items()
    ]
    table(
        pd.DataFrame(rows),
        key,
        title,
        rows=15,
        column_config={
            metric_title(run, name): st.column_config.Column(help=translate_md(meaning(run, name)))
            for name in metrics
            if METRICS[name].meaning.text
        },
    )
