"""Scores, intervals and what they count, in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import METRICS, RETURN, SHARE
from core.evaluate.scoring import scored_unit
from core.locale import N_
from core.train.models.titles import title
from core.train.run import Run
from core.ui.text import UNKNOWN, _, class_name, fixed, interval, percent

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


def written(metric: str, score: Interval, sure: bool = True) -> str:
    """Write a score with its interval: 0.58 [0.49, 0.67]; alone where its interval holds nothing, or is not `sure`."""
    value, _low, _high, mark = _in_its_unit(metric, score)
    return f"{value}{mark} {ends_of(metric, score, sure)}".rstrip() if value != UNKNOWN else UNKNOWN


def ends_of(metric: str, score: Interval, sure: bool = True) -> str:
    """Write the interval of a score alone: [0.49, 0.67]; "" where there is none, or it is not `sure`."""
    _value, low, high, _mark = _in_its_unit(metric, score)
    known = sure and np.isfinite([score.low, score.high]).any()
    return f"[{low}, {high}]" if known else ""


def _in_its_unit(metric: str, score: Interval) -> tuple[str, str, str, str]:
    """Write value and ends of a score to the places of its metric, and the mark that follows the value."""
    places, mark = {RETURN: (2, "%"), SHARE: (1, "%")}.get(METRICS[metric].unit, (3, ""))
    scale = 100 if mark else 1
    value, low, high = (fixed(end * scale, places) for end in (score.value, score.low, score.high))
    return value, low, high, mark


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
