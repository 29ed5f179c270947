"""Scores, intervals and what they count, in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import METRICS
from core.evaluate.scoring import scored_unit
from core.evaluate.written import ends_of as ends_of
from core.evaluate.written import written as written
from core.locale import N_
from core.train.models.titles import title
from core.train.run import Run
from core.ui.text import _, class_name, interval, percent

LABEL_WIDTH = 14


_COUNTED = {"headline": N_("news headlines"), "event": N_("events (a company's session)")}


def model_name(name: str) -> str:
    """Return a model's or baseline's name for the reader; that of a brought column stays as it is."""
    found = title(name)
    return found if found == name else _(found)


def metric_title(run: Run, metric: str) -> str:
    """Return a metric's name for the reader, as it is called for so many classes."""
    return _(METRICS[metric].titled(len(run.classes)))


def meaning(run: Run, metric: str) -> Message:
    """Say what a score of the run means, of its classes or of returns; "" where nobody wrote it down."""
    return METRICS[metric].meaning.of([class_name(name) for name in run.classes])


def share(found: Interval, sure: bool = True, places: int = 0) -> str:
    """Write a share with its interval: 58% [49, 67]; alone where that is not `sure`."""
    if not sure:
        return percent(found.value, places)
    return interval(found.value * 100, found.low * 100, found.high * 100, places, "%")


def units(run: Run, data: Dataset) -> str:
    """Return the name of what the run's scores count."""
    return _(_COUNTED[scored_unit(data, run.settings.evaluation)])


def details(*paragraphs: str) -> None:
    """Fold what only a statistician asks for: how it was computed, a paragraph each of Markdown."""
    with st.expander(_("Details")):
        for paragraph in paragraphs:
            st.markdown(paragraph)


def whiskers(scores: list[Interval], scale: float = 1.0, sure: bool = True) -> dict[str, Any]:
    """Return Plotly's error bars for intervals; one that is unknown has no bar, and none has that is not `sure`."""
    if not sure:
        return {"type": "data", "visible": False}
    return {
        "type": "data",
        "symmetric": False,
        "thickness": 2,
        "array": [_reach(s.high - s.value) * scale for s in scores],
        "arrayminus": [_reach(s.value - s.low) * scale for s in scores],
    }


def _reach(length: float) -> float:
    return max(length, 0.0) if np.isfinite(length) else math.nan
