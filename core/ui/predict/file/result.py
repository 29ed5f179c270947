"""A scored file: what to know of it, its rows, and the chosen ones closely."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluate.predictions import MEAN
from core.predict import Kept, Scored
from core.train.run import Run
from core.ui.evaluate.text import model_name
from core.ui.guards import Given
from core.ui.predict.file.row import chosen_rows
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, class_name, count, md, percent, plain, signed_percent, translate_md

SHOWN = 10_000  # rows that are sent to the browser
ROWS = 12  # seen at once
_TOLD_BY_ROW = {"unseen_press"}  # problems of the file that its rows' warnings say too


def result(here: Given, kept: Kept, scored: Scored, explained: int) -> None:
    """Draw a scored file: a line about it, its rows with their warnings, and the words of those that are chosen."""
    run = here.run
    _summary(kept, scored)
    only = scored.cautions.any.any() and st.toggle(
        _("Only rows with a warning"), key="scored-only", persist_state="session"
    )
    places = np.flatnonzero(scored.cautions.any) if only else np.arange(len(scored))
    shown = places[:SHOWN]
    rows, config = _rows(run, scored, shown, explained)
    drawn = table(
        rows,
        f"scored-{kept.id}-{bool(only)}-{explained}",
        _("The scored rows (n = {n:,}); choose some to see their words", n=len(places)),
        rows=ROWS,
        saved=scored.table.iloc[places] if only else scored.table,
        on_select="rerun",
        selection_mode="multi-row",
        column_config=config,
    )
    if len(places) > SHOWN:
        st.caption(_("The first {n:,} are shown; CSV and XLSX hold all of them.", n=SHOWN))
    picked = [int(shown[place]) for place in drawn.selection.rows if place < len(shown)]
    chosen_rows(here, scored, picked, explained)


def _summary(kept: Kept, scored: Scored) -> None:
    """Say how many rows were scored and how many have each warning, and what reading the file found."""
    warned = int(scored.cautions.any.sum())
    st.markdown(
        md(
            "**{scored}** of {given} rows were scored; **{warned}** have a warning.",
            scored=count(kept.scored),
            given=count(kept.given),
            warned=count(warned),
        )
    )
    if warned:
        said = [f"{plain(caution.short)} {count(which.sum())}" for caution, which in scored.cautions.found]
        st.caption(md("Warnings: {counts}", counts=" · ".join(said)))
    for problem in scored.problems:
        if problem.code not in _TOLD_BY_ROW:
            numbers = f" ({count(len(problem.rows))})" if problem.rows else ""
            st.caption(translate_md(problem.message) + numbers)


def _rows(
    run: Run, scored: Scored, places: np.ndarray, explained: int
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the table for the reader, the prediction first, and how its columns are written."""
    asked = scored.asked.iloc[places]
    last = f":{run.classes[explained]}" if run.classes else ""
    value = (
        _("probability of {label}", label=class_name(run.classes[explained]))
        if run.classes
        else _("predicted return")
    )
    columns: dict[str, Any] = {value: _percents(scored, MEAN + last, places)}
    if ends := _ends(run, scored, places, explained):
        columns[_("interval")] = ends
    columns[_("headline")] = asked["headline"].to_numpy()
    columns[_("warnings")] = _warnings(scored)[places]
    if asked["press"].notna().any():
        columns[_("outlet")] = asked["press"].to_numpy()
    if asked["time"].notna().any():
        timed = (asked["time"] != asked["time"].dt.normalize()).any()
        columns[_("time")] = asked["time"].dt.strftime("%Y-%m-%d %H:%M" if timed else "%Y-%m-%d").to_numpy()
    columns[_("row")] = scored.values("row")[places]
    numbers = [value]
    for model in run.models:
        if f"{model}{last}" in scored.added:
            numbers.append(model_name(model))
            columns[model_name(model)] = _percents(scored, f"{model}{last}", places)
    form = "%.0f%%" if run.classes else "%+.2f%%"
    config: dict[str, Any] = {name: st.column_config.NumberColumn(format=form) for name in numbers}
    config[_("headline")] = st.column_config.TextColumn(width="large")
    config[_("warnings")] = st.column_config.TextColumn(width="medium")
    return pd.DataFrame(columns), config


def _percents(scored: Scored, name: str, places: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(scored.values(name)[places] * 100, 2) + 0.0)


def _ends(run: Run, scored: Scored, places: np.ndarray, explained: int) -> list[str]:
    """Return each row's interval as text; nothing where the run has none of this class."""
    if "low" not in scored.added or (run.classes and explained not in (-1, len(run.classes) - 1)):
        return []
    write = percent if run.classes else signed_percent
    ends = zip(scored.values("low")[places], scored.values("high")[places], strict=True)
    return [
        f"{write(low)} – {write(high)}" if np.isfinite([low, high]).all() else UNKNOWN for low, high in ends
    ]


def _warnings(scored: Scored) -> np.ndarray:
    """Return the warnings of each row in the reader's words, `(n,)`."""
    return scored.cautions.joined([plain(caution.short) for caution, _which in scored.cautions.found], " · ")
