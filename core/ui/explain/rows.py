"""The rows that can be explained: the table to choose one from, and the chosen one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import FEATURE, Dataset
from core.evaluate.predictions import MEAN, Predictions
from core.explain import Contributions
from core.explain.path import surest_first
from core.train.features.inputs import Inputs
from core.train.run import Run
from core.ui.explain.names import value_labels
from core.ui.explain.words import coloured_words
from core.ui.tables import table
from core.ui.text import _, as_typed, bold, class_name, day, md, percent, signed_percent

ROWS = 6  # shown at once


def chosen_row(run: Run, data: Dataset, found: Contributions, chosen: int) -> int:
    """Let the reader choose one explained row; return its place among them.

    The table begins with the row that is explained when it is first drawn: the one chosen before, or the one that the
    ensemble is surest of; the others follow by how sure it is. `chosen` is the number of the explained class.
    """
    test = run.predictions.test.at(data, found.rows)
    numbers = data.frame["row"].to_numpy()[found.rows]
    key, kept, first = (f"{name}-{run.id}" for name in ("explained-rows", "explained-row", "explained-first"))
    order = surest_first(test[MEAN])
    if key not in st.session_state or first not in st.session_state:
        st.session_state[first] = st.session_state.get(kept, int(numbers[order[0]]))
    leading = numbers[order] == st.session_state[first]
    order = np.concatenate([order[leading], order[~leading]])
    listed, config = _listed(run, data, found.rows[order], _in_order(test, order), chosen)
    event = table(
        listed,
        key,
        _("The test rows, the surest prediction first: choose one"),
        rows=ROWS,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_config=config,
    )
    picked = event.selection.rows
    place = int(order[picked[0]]) if picked and picked[0] < len(order) else int(order[0])
    st.session_state[kept] = int(numbers[place])
    return place


def _listed(
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


def _in_order(test: Predictions, order: np.ndarray) -> Predictions:
    return Predictions(test.table.iloc[order].reset_index(drop=True), test.classes)


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


def headline(run: Run, data: Dataset, found: Contributions, place: int, chosen: int) -> None:
    """Quote the headline of an explained row, with what is known of it and what was predicted.

    Where the contributions explain another number than the test's prediction, it is said why.
    """
    position = int(found.rows[place])
    row = data.frame.iloc[position]
    test = run.predictions.test.at(data, found.rows[[place]])
    known = [str(row[role]) for role in ("press", "company") if not pd.isna(row[role])]
    when = [] if pd.isna(row["session"]) else [day(row["session"])]
    facts = " · ".join(as_typed(fact) for fact in (*when, *known, _("row {n}", n=int(row["row"]))))
    with st.container(border=True, gap="small"):
        st.markdown(bold(as_typed(row["headline"])))
        st.markdown(_said(run, row, test))
        st.caption(facts)
        if apart := _apart(run, float(found.prediction[MEAN][place]), test, chosen):
            st.caption(apart)


def _apart(run: Run, explained: float, test: Predictions, chosen: int) -> str:
    """Say why the explained number is not the test's prediction; "" where it is the same as it is written."""
    predicted = float(test[MEAN][0, chosen] if run.classes else test[MEAN][0])
    written = [percent(value) if run.classes else signed_percent(value) for value in (explained, predicted)]
    if written[0] == written[1] or not (run.settings.sealed or run.parts.calibrators):
        return ""
    words = dict(zip(("explained", "predicted"), written, strict=True))
    if run.settings.sealed:
        return md(
            "Below, {explained} is explained: what the final models say, which have learned from this row; {predicted} was "
            "predicted by the models of its test, which had not.",
            **words,
        )
    return md(
        "Below, {explained} is explained: the probability before calibration made {predicted} of it.", **words
    )


def _said(run: Run, row: pd.Series, test: Predictions) -> str:
    """Say what was predicted of a row, every class with its probability, and what happened."""
    mean = test[MEAN][0]
    if not run.classes:
        words = {"predicted": signed_percent(float(mean)), "outcome": signed_percent(float(test.outcome[0]))}
        return md("Predicted {predicted}; what happened: {outcome}", **words)
    likely = np.argsort(-mean, kind="stable")
    predicted = " · ".join(f"{class_name(run.classes[k])} {percent(float(mean[k]))}" for k in likely)
    outcome = class_name(run.classes[int(test.outcome[0])])
    if isinstance(row["target"], float):
        outcome += f" ({signed_percent(row['target'])})"
    return md("Predicted {predicted}; what happened: {outcome}", predicted=predicted, outcome=outcome)


def words_of_row(run: Run, data: Dataset, found: Contributions, place: int, chosen: int) -> None:
    """Draw the headline of an explained row with its words coloured."""
    position = found.rows[[place]]
    row = Inputs.of(data, None, run.settings.use_press).take(position)
    headline, number = (data.frame[name].iloc[int(position[0])] for name in ("headline", "row"))
    coloured_words(run, str(headline), row, found, place, chosen, f"row {number}")


def row_labels(data: Dataset, found: Contributions, place: int) -> dict[str, str]:
    """Return each group's name with its value in an explained row."""
    row = data.frame.iloc[int(found.rows[place])]
    features = {name: row[FEATURE + name] for name in data.roles.numeric}
    press = None if pd.isna(row["press"]) else str(row["press"])
    return value_labels(found, features, press, row["time"])
