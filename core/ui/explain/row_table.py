"""The table of explained rows to choose one from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import FEATURE, Dataset
from core.evaluate.predictions import MEAN, Predictions
from core.train.run import Run
from core.ui.text import _, class_name, day, percent


def listed(
    run: Run, data: Dataset, rows: np.ndarray, test: Predictions, chosen: int
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the table of these rows, outcome and prediction first, and how its columns are written."""
    frame = data.frame.iloc[rows]
    columns: dict[str, Any] = {_("what happened"): _outcomes(run, test)}
    percents = [] if run.classes else [_("what happened")]
    if not run.classes:
        columns[_("predicted return")] = _percents(test[MEAN])
        percents.append(_("predicted return"))
    else:
        if len(run.classes) > 2:
            columns[_("most likely")] = [_most_likely(run, p) for p in test[MEAN]]
        columns[_title(run, chosen)] = _percents(test[MEAN][:, chosen])
    columns[_("headline")] = frame["headline"].to_numpy()
    if frame["session"].notna().any():
        columns[_("session")] = frame["session"].map(day).to_numpy()
    for role, name in (("press", _("outlet")), ("company", _("company"))):
        if frame[role].notna().any():
            columns[name] = frame[role].to_numpy()
    columns[_("row")] = frame["row"].to_numpy()
    for name in run.preparation.features:  # one of another column's name is not to take its place
        columns[f"{name} " if name in columns else name] = frame[FEATURE + name].to_numpy()
    config = {
        name: st.column_config.NumberColumn(format="%+.2f%%" if name in percents else "%.0f%%")
        for name in columns
        if name in percents or (run.classes and name == _title(run, chosen))
    }
    config[_("headline")] = st.column_config.TextColumn(width="large")
    return pd.DataFrame(columns), config


def _title(run: Run, chosen: int) -> str:
    return _("probability of {label}", label=class_name(run.classes[chosen]))


def _outcomes(run: Run, test: Predictions) -> Any:
    if not run.classes:
        return _percents(test.outcome)
    return [class_name(run.classes[int(number)]) for number in test.outcome]


def _percents(values: np.ndarray) -> np.ndarray:
    """Return fractions in percent to two places, none of them -0."""
    return np.asarray(np.round(values * 100, 2) + 0.0)


def _most_likely(run: Run, probabilities: np.ndarray) -> str:
    best = int(probabilities.argmax())
    return f"{class_name(run.classes[best])} {percent(float(probabilities[best]))}"
