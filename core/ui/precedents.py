"""The nearest earlier headlines and what followed them, or that there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.event_outcomes import EventOutcomes
from core.locale import N_, P_
from core.predict import Background, Precedent, Precedents, background, precedents
from core.train.run import Run
from core.ui import state
from core.ui.sealed import sealed_rows
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, bold, class_name, day, md, percent, signed_percent

_SHOWN = 5  # precedents at once
_TITLE = N_("The most similar earlier headlines, and what followed")
_SIGNS = {"+": "▲", "-": "▼", "0": "―"}


@st.cache_resource(max_entries=4, show_spinner=False)
def _background(
    _data: Dataset, _table: np.ndarray, dataset_id: str, space: tuple[str, str, str]
) -> Background:
    return background(_data, _table)


def random_pairs(data: Dataset, table: np.ndarray) -> Background:
    """Return how near two headlines are by chance, once per dataset and encoder; `table (rows, dim)` are the vectors."""
    return _background(data, table, data.id, state.space())


def similar(
    data: Dataset,
    table: np.ndarray,
    vector: np.ndarray,
    headline: str,
    before: pd.Timestamp | None,
    story: int | None = None,
) -> Precedents:
    """Find the headlines of the table nearest to `vector` `(1, dim)`, as `core.predict.precedents` does.

    `table (rows, dim)` are the table's vectors. Rows that are sealed are left out.
    """
    against = random_pairs(data, table)
    return precedents(data, table, vector, against, headline, before, sealed=sealed_rows(data), story=story)


def precedent_table(run: Run, data: Dataset, made: Precedents, explained: int) -> None:
    """Show the nearest earlier headlines, what followed first; say so where none is near.

    What followed on average is told in the terms of the run: the share of a class, or the return.
    """
    title = _(_TITLE)
    if made.found:
        table(_rows(data, made.found), "precedents", title, column_config=_columns(), rows=_SHOWN)
        _average(run, data, made, explained)
    else:
        st.markdown(bold(title))
        _none(made)
    if sealed := len(sealed_rows(data)):
        st.caption(
            _(
                P_(
                    "{n:,} row of a sealed holdout is left out.",
                    "{n:,} rows of a sealed holdout are left out.",
                ),
                n=sealed,
            )
        )


def no_precedents() -> None:
    """Say why a run that reads no headline has none."""
    st.markdown(bold(_(_TITLE)))
    st.caption(
        _("This run's models read no headlines, so no earlier headline is a precedent for what they say.")
    )


def _none(made: Precedents) -> None:
    if made.nearest is None:
        st.info(_("There is no earlier headline with a known outcome."), icon=":material/history:")
        return
    st.info(
        md(
            "There is no precedent. The nearest earlier headline is more similar than {share} of random pairs of this "
            "table; a precedent has to be more similar than {needed}.",
            share=percent(made.nearest.share, 1),
            needed=percent(made.needed, 1),
        ),
        icon=":material/history:",
    )


def _rows(data: Dataset, found: tuple[Precedent, ...]) -> pd.DataFrame:
    """Return the table for the reader; columns that the data does not have are absent."""
    is_return = data.target_kind == "return"
    columns = {
        _("what followed"): [_followed(one.target, is_return) for one in found],
        _("headline"): [one.headline for one in found],
        _("nearer than"): [percent(one.share, 1) for one in found],
    }
    if data.frame["press"].notna().any():
        columns[_("outlet")] = [one.press or UNKNOWN for one in found]
    if data.frame["company"].notna().any():
        columns[_("company")] = [one.company or UNKNOWN for one in found]
    if data.has_sessions:
        columns[_("session")] = [day(one.session) for one in found]
    return pd.DataFrame(columns | {_("row"): [one.row for one in found]})


def _columns() -> dict[str, object]:
    near = _("the share of random pairs of this table that are less similar than the two headlines")
    return {
        _("what followed"): st.column_config.TextColumn(width=110),
        _("headline"): st.column_config.TextColumn(width="large"),
        _("nearer than"): st.column_config.TextColumn(width="small", help=near),
        _("row"): st.column_config.NumberColumn(width="small"),
    }


def _average(run: Run, data: Dataset, made: Precedents, explained: int) -> None:
    """Say what followed: the counts, and the mean over events with its interval beside that of the whole table."""
    named = _SIGNS if data.target_kind == "return" else {label: class_name(label) for label in data.classes}
    counts = " · ".join(f"{named.get(kind, kind)} {n}" for kind, n in made.outcomes().items())
    outcomes = told_outcomes(run, data, explained)
    mean, events = made.followed(outcomes), made.events(outcomes)
    write = percent if run.classes else signed_percent
    label = class_name(run.classes[explained]) if run.classes else ""
    words = {
        "counts": counts,
        "n": events,
        "label": label,
        "mean": write(mean.value),
        "low": write(mean.low),
        "high": write(mean.high),
        "all": write(float(outcomes.values.mean())),
    }
    if np.isnan(mean.low):
        template = P_(
            "What followed: {counts}. {n} event is too few for an average.",
            "What followed: {counts}. {n} events are too few for an average.",
        )
    elif run.classes:
        template = N_(
            "What followed: {counts}. Of {n} events {mean} [{low}, {high}] were followed by {label}, of the whole table "
            "{all}."
        )
    else:
        template = N_(
            "What followed: {counts}. The mean of {n} events is {mean} [{low}, {high}], of the whole table {all}."
        )
    caution = _("Similar words do not mean a similar outcome.")
    st.caption(f"{md(template, **words)} {caution}")


def told_outcomes(run: Run, data: Dataset, explained: int) -> EventOutcomes:
    """Return the outcomes of the table that may be told, in the terms of the run, once per class."""
    hidden = sealed_rows(data)
    return _outcomes(data.id, run.task, explained, hidden.tobytes(), data, hidden)


@st.cache_resource(max_entries=8, show_spinner=False)
def _outcomes(
    dataset_id: str, task: str, explained: int, sealed: bytes, _data: Dataset, _hidden: np.ndarray
) -> EventOutcomes:
    found = EventOutcomes.of_table(_data, _hidden, explained, task)
    if found is None:
        raise ValueError("a table without outcomes has no run")
    return found


def _followed(target: float | str | None, is_return: bool) -> str:
    if target is None:
        return UNKNOWN
    if not is_return:
        return class_name(str(target))
    value = signed_percent(float(target))
    sign = value[0] if value[0] in "+-" else "0"
    return f"{_SIGNS[sign]} {value}"
