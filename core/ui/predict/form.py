"""What is typed on the predict page: a headline, its features and outlet, and a date."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.data.library import saved_plan
from core.data.plan import Exchange
from core.data.sessions import zone_of
from core.predict import Question, Range
from core.train.run import Run
from core.ui.sealed import sealed_rows
from core.ui.text import _, as_typed

LONGEST = 1_000  # characters of a headline that can be typed
ADDRESS = "headline"  # the part of the URL that carries what was typed


def form(run: Run, data: Dataset) -> Question:
    """Ask for a headline and for what the run and the table have: features, an outlet, a company, a time."""
    headline = headline_input(data)
    with st.container(key="numbers-typed"):
        features = feature_inputs(run, data)
    press = press_input(run) if run.preparation.outlets else None
    time = time_input(data) if data.has_sessions else None
    return Question(headline, press, None, time, features)


def time_input(data: Dataset) -> datetime:
    """Ask when the headline came, by the exchange's clock; at first it is now."""
    key = "as-of"
    if key not in st.session_state:
        st.session_state[key] = now(data)
    chosen = st.datetime_input(
        _("As of"), key=key, persist_state="session", help=_("Only earlier headlines count as precedents.")
    )
    return chosen if isinstance(chosen, datetime) else now(data)


def now(data: Dataset) -> datetime:
    """Return the time now, to the minute, by the clock of the exchange of the table."""
    plan = saved_plan(data.id)
    zone = ZoneInfo(zone_of(plan.exchange if plan else Exchange()))
    return datetime.now(zone).replace(second=0, microsecond=0, tzinfo=None)


def headline_input(data: Dataset) -> str:
    """Ask for a headline; the URL carries what is typed, and at first the newest one of the table stands there.

    One of a sealed holdout does not.
    """
    newest = _newest(data)
    key = f"headline-{data.id}"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(ADDRESS, newest)[:LONGEST]
    typed = str(st.text_input(_("Headline"), max_chars=LONGEST, key=key, persist_state="session"))
    if typed == newest:
        st.query_params.pop(ADDRESS, None)
    elif st.query_params.get(ADDRESS) != typed:
        st.query_params[ADDRESS] = typed
    return typed


def _newest(data: Dataset) -> str:
    may_be_asked = np.setdiff1d(np.arange(len(data)), sealed_rows(data))
    if not len(may_be_asked):
        return ""
    return str(data.frame.iloc[may_be_asked].sort_values(["session", "row"])["headline"].iloc[-1])


def feature_inputs(run: Run, data: Dataset) -> dict[str, float]:
    """Ask for the continuous features; the table's medians stand there at first, an empty field is missing."""
    values: dict[str, float] = {}
    names = run.preparation.features
    for start in range(0, len(names), 2):
        cells = st.columns(2, wrap=False)
        for cell, name in zip(cells, names[start : start + 2], strict=False):
            with cell:
                values[name] = _feature_input(run, data, name)
    return values


def _feature_input(run: Run, data: Dataset, name: str) -> float:
    """Ask for one feature, with a line below that says its range, or doubts what was typed."""
    known = _range(data.id, name, data)
    key = f"feature-{run.id}-{name}"
    if key not in st.session_state:
        st.session_state[key] = float(f"{known.median:.4g}") if np.isfinite(known.median) else None
    value = st.number_input(
        as_typed(name),
        value=None,
        step=float(f"{known.step:.1g}"),
        format="%.6g",
        key=key,
        persist_state="session",
        placeholder=_("missing"),
    )
    with st.container(key=f"below-{key}"):
        _below(known, value, key)
    return np.nan if value is None else float(value)


def _below(known: Range, value: float | None, key: str) -> None:
    meant = known.meant(value)
    ends = {"low": known.low + 0.0, "high": known.high + 0.0}
    if value is not None and meant is not None:
        st.button(
            _("Did you mean {typed:.4g}%, that is {meant:.4g}?", typed=value, meant=meant),
            key=f"meant-{key}",
            type="tertiary",
            icon=":material/help:",
            on_click=_take,
            args=(key, meant),
        )
    elif not known.holds(value):
        doubt = _("outside {low:.3g} to {high:.3g}", **ends)
        st.caption(f":orange[{doubt}]")
    elif np.isfinite(known.low):
        st.caption(_("{low:.3g} to {high:.3g}", **ends))


def _take(key: str, value: float) -> None:
    st.session_state[key] = value


@st.cache_data(max_entries=200, show_spinner=False)
def _range(dataset_id: str, name: str, _data: Dataset) -> Range:
    return Range.of(_data.features[name])


def press_input(run: Run) -> str | None:
    """Ask for the outlet: one that training knew, or a new one."""
    chosen: str | None = st.selectbox(
        _("Press outlet"),
        list(run.preparation.outlets),
        key=f"press-{run.id}",
        accept_new_options=True,
        persist_state="session",
        help=_("Type another name to try an outlet that the models have never seen."),
    )
    return chosen
