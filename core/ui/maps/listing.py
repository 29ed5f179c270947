"""Rows of the table as a list under the map: headline, outcome where it may be told, and row number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.train.run import Run
from core.ui.text import _, class_name, day, hover, percent


def listed(
    data: Dataset,
    rows: np.ndarray,
    sealed: np.ndarray,
    run: Run | None = None,
    cosines: np.ndarray | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the table of the rows at these positions, and how its columns are written.

    Columns that the dataset does not have are absent. The outcomes of `sealed` positions stay empty; predictions are
    those of the run's tested rows. `cosines (n,)` say how similar the rows are to what was looked for; they come first.
    """
    frame = data.frame.iloc[rows]
    columns: dict[str, Any] = {}
    written: dict[str, Any] = {_("headline"): st.column_config.TextColumn(width="large")}
    if cosines is not None:
        columns[_("similarity")] = np.round(cosines, 3)
        written[_("similarity")] = st.column_config.NumberColumn(
            format="%.3f", width="small", help=_("the cosine of the two vectors; 1 is the same")
        )
    columns[_("headline")] = frame["headline"].to_numpy()
    if data.target_kind:
        columns[_("what happened")] = _outcomes(data, rows, sealed)
        if data.target_kind == "return":
            written[_("what happened")] = st.column_config.NumberColumn(format="%+.2f%%")
    if run is not None:
        name, values, form = _predictions(run, data, rows)
        columns[name] = values
        if form:
            written[name] = st.column_config.NumberColumn(format=form)
    if frame["session"].notna().any():
        columns[_("session")] = [day(moment) for moment in frame["session"]]
    for role, name in (("press", _("outlet")), ("company", _("company"))):
        if frame[role].notna().any():
            columns[name] = frame[role].to_numpy()
    columns[_("row")] = frame["row"].to_numpy()
    return pd.DataFrame(columns), written


def hover_texts(data: Dataset, rows: np.ndarray) -> list[str]:
    """Return what a mark on each of these rows tells when it is hovered over: the headline and its row number."""
    frame = data.frame.iloc[rows]
    return [
        hover(headline) + "<br>" + hover(_("row {n}", n=number))
        for headline, number in zip(frame["headline"], frame["row"], strict=True)
    ]


def _outcomes(data: Dataset, rows: np.ndarray, sealed: np.ndarray) -> Any:
    target = data.frame["target"].iloc[rows].mask(np.isin(rows, sealed))
    if data.target_kind == "return":
        return np.round(target.to_numpy(float) * 100, 2) + 0.0
    return [None if pd.isna(label) else class_name(str(label)) for label in target]


def _predictions(run: Run, data: Dataset, rows: np.ndarray) -> tuple[str, Any, str]:
    """Return the column of predictions, empty for rows that were not tested: its name, values and number format."""
    tested = run.predictions.test
    place = pd.Index(tested.positions(data)).get_indexer(pd.Index(rows))
    known = place >= 0
    mean = tested[MEAN][place[known]]
    if len(run.classes) > 2:
        texts = np.full(len(rows), None, object)
        best = mean.argmax(axis=1)
        texts[known] = [
            class_name(run.classes[k]) + " " + percent(float(p[k])) for k, p in zip(best, mean, strict=True)
        ]
        return _("most likely"), texts, ""
    values = np.full(len(rows), np.nan)
    values[known] = np.round((mean[:, -1] if run.classes else mean) * 100, 2) + 0.0
    if run.classes:
        return _("probability of {label}", label=class_name(run.classes[-1])), values, "%.0f%%"
    return _("predicted return"), values, "%+.2f%%"
