"""What an evaluation finds, computed once per run and settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from core.train.run import Run

P = ParamSpec("P")
Found = TypeVar("Found")


def evaluated(
    function: Callable[Concatenate[Predictions, Dataset, EvaluateSettings, P], Found],
    run: Run,
    data: Dataset,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Found:
    """Return what a function of `core.evaluate` finds in a run's predictions, computed once per run and settings."""
    return _cached(
        f"{function.__module__}.{function.__qualname__}", run.id, args, kwargs, function, run, data
    )


def tested(run: Run, data: Dataset) -> Scored:
    """Return what happened in the test beside what every model predicted, in the unit that the run scores."""
    return evaluated(_tested, run, data, tuple(dict.fromkeys((*run.scores, MEAN))))


def _tested(
    predictions: Predictions, data: Dataset, settings: EvaluateSettings, models: tuple[str, ...]
) -> Scored:
    return Scored.of(predictions.test, data, settings, models)


@st.cache_data(max_entries=200, show_spinner=False)
def _cached(
    name: str,
    run_id: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    _function: Callable[..., Any],
    _run: Run,
    _data: Dataset,
) -> Any:
    return _function(_run.predictions, _data, _run.settings.evaluation, *args, **kwargs)
