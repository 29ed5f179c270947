"""What stands between the verdict and the tabs: news about the predictions, and what limits the scores."""

from __future__ import annotations

import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.metrics import main_metric, shown
from core.evaluate.observations import best_simple, one_way
from core.evaluate.predictions import MEAN
from core.locale import P_
from core.train.models.baselines import BASELINES
from core.train.run import Run
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import metric_title, model_name
from core.ui.text import _, class_name, md, translate_md


def news(run: Run, data: Dataset) -> None:
    """Say in a line each that a simpler model does as well, and that all predictions point one way."""
    lines = [line for line in (_simple(run, data), _one_way(run, data)) if line]
    for line in lines:
        st.markdown(f":material/campaign: {line}")


def warnings(run: Run) -> None:
    """Fold what a reader must know before believing the scores; its label says how many there are."""
    if not run.warnings:
        return
    n = len(run.warnings)
    with st.expander(
        _(P_("{n} caution before you believe the scores", "{n} cautions before you believe the scores"), n=n),
        icon=":material/warning:",
    ):
        for warning in run.warnings:
            st.markdown(f"- {translate_md(warning)}")


def _simple(run: Run, data: Dataset) -> str:
    simple = tuple(key for key, entry in BASELINES.items() if entry.headline_alone)
    found = None if run.withheld else evaluated(best_simple, run, data, simple)
    if found is None:
        return ""
    name, difference = found
    metric = main_metric(run.task)
    if metric.name not in run.baselines.get(name, {}):
        return ""
    ours, other = (
        source[key][metric.name].value for source, key in ((run.baselines, name), (run.scores, MEAN))
    )
    words = {
        "model": model_name(name),
        "metric": metric_title(run, metric.name),
        "score": shown(metric, ours),
        "ensemble": shown(metric, other),
    }
    if run.evidence is not None and run.evidence.against(difference, 0.0) > 0:
        return md(
            "A simpler model does better in the test: “{model}” scores {metric} {score}, the ensemble {ensemble}, and "
            "the difference is more than chance.",
            **words,
        )
    return md(
        "A simpler model does as well in the test: “{model}” scores {metric} {score}, the ensemble {ensemble}; the "
        "difference may be chance.",
        **words,
    )


def _one_way(run: Run, data: Dataset) -> str:
    way = evaluated(one_way, run, data)
    if way is None:
        return ""
    if run.classes:
        return md(
            "The ensemble gives everything in the test the same class ({label}): read the AUC, not the accuracy.",
            label=class_name(run.classes[way]),
        )
    if way < 0:
        return _(
            "Every predicted return of the test is below 0: followed as they are, one would always be short."
        )
    return _("Every predicted return of the test is above 0: followed as they are, one would always be long.")
