"""What a group of columns and its value are called."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.explain import Contributions
from core.explain.sentences import PLACES as PLACES
from core.explain.sentences import group_message
from core.train.features.outlets import PRESS
from core.train.features.registry import CLOCK, groups
from core.ui.text import UNKNOWN, _, class_name, hover, plain


def group_name(group: str) -> str:
    """Return a group of columns for the reader, as plain text; a feature keeps its own name."""
    return plain(group_message(group))


def unit(found: Contributions) -> str:
    """Return the unit of a contribution: percentage points of a probability, or of a return."""
    if found.label is None:
        return _("return, percentage points")
    return _("probability of {label}, percentage points", label=class_name(found.label))


def scale_title(label: str | None) -> str:
    """Return what is predicted with its unit, for a chart's axis in percent: a class, or a return where there is none."""
    if label is None:
        return _("predicted return (%)")
    return _("probability of {label} (%)", label=hover(class_name(label), 30))


def number(value: float) -> str:
    """Write a feature's value as short as it can be told from others: 1,234 · 65.2 · 1.13 · 0.00125."""
    if not np.isfinite(value):
        return UNKNOWN
    size = abs(value)
    if size >= 1000 or (float(value).is_integer() and size < 1e15):
        return f"{value + 0.0:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def value_labels(
    found: Contributions, features: Mapping[str, float], press: str | None, time: pd.Timestamp | None = None
) -> dict[str, str]:
    """Return each group's name with its value, as plain text: "RSI 65.2", the outlet's name, the headline's word alone."""
    return {group: _label(group, features, press, time) for group in found.groups}


def _label(group: str, features: Mapping[str, float], press: str | None, time: pd.Timestamp | None) -> str:
    name = group_name(group)
    if group == PRESS:
        return f"{name} {press or UNKNOWN}"
    if group == CLOCK:
        return name if time is None or pd.isna(time) else f"{name} {time:%H:%M}"
    value = features.get(group.removeprefix("feature."))
    return name if group in groups() or value is None else f"{name} {number(float(value))}"
