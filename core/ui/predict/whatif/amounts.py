"""Numbers before and after a change, and the change in its colour, with an arrow and a sign."""

from __future__ import annotations

import html

import numpy as np

from core.train.run import Run
from core.ui.explain.names import PLACES, scale_title
from core.ui.text import UNKNOWN, _, percent, points, signed_percent
from core.ui.theme import palette


def exact(run: Run, value: float) -> str:
    """Write a prediction of the run to the places in which a change of it shows."""
    return percent(value, PLACES[True]) if run.classes else signed_percent(value)


def difference(run: Run, before: float, after: float) -> float:
    """Return the change in percentage points between two numbers as they are printed."""
    places = PLACES[bool(run.classes)]
    return float(np.round(np.round(after * 100, places) - np.round(before * 100, places), places)) + 0.0


def arrowed(run: Run, change: float) -> str:
    """Write a change of `difference`: ▲ +6.8 pp."""
    if not np.isfinite(change):
        return UNKNOWN
    arrow = "▲" if change > 0 else "▼" if change < 0 else "＝"
    written = points(change / 100, PLACES[bool(run.classes)])
    return _("{arrow} {points} pp", arrow=arrow, points=written)


def shade(change: float) -> str:
    """Return the colour of a change: that of up, of down, or of no change."""
    colours = palette()
    return colours.high if change > 0 else colours.low if change < 0 else colours.muted


def change_html(run: Run, before: float, after: float) -> str:
    """Return the change between two predictions as HTML, coloured."""
    change = difference(run, before, after)
    return f'<strong style="color: {shade(change)}; white-space: nowrap">{html.escape(arrowed(run, change))}</strong>'


def axis_title(run: Run, explained: int) -> str:
    """Return what is predicted with its unit, for a chart's axis: in percent."""
    return scale_title(run.classes[explained] if run.classes else None)
