"""What is typed on the predict page: a headline, its features and outlet, and a date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import FEATURE, Dataset
from core.data.parse.cells import plain_text
from core.data.sessions import zone_of
from core.predict import Question, Range
from core.train.run import Run
from core.ui.predict.live import exchange_of
from core.ui.sealed import sealed_rows
from core.ui.text import _, as_typed, day

LONGEST = 1_000  # characters of a headline that can be typed
_STEPS = 200  # of a slider
ADDRESS = "headline"  # the part of the URL that carries what was typed


def form(run: Run, data: Dataset, ranges: Mapping[str, Range]) -> Question:
    """Ask for a headline and for what the run and the table have: outlet, company, time, features.

    `ranges` are those of the features over the rows that the run's models learned from.
    """
    headline = headline_input(data)
    companies = _companies(data.id, data)
    press = press_input(run) if run.preparation.outlets else None
    company = company_input(data, companies) if len(companies) > 1 else None
    time = time_input(data) if data.has_sessions else None
    with st.container(key="numbers-typed"):
        features = feature_inputs(run, data, company, ranges)
    return Question(headline, press, company, time, features)


def company_input(data: Dataset, companies: tuple[str, ...]) -> str | None:
    """Ask for the company: its latest numbers can stand in the fields."""
    chosen: str | None = st.selectbox(
        _("Company"),
        companies,
        index=None,
        key=f"company-{data.id}",
        placeholder=_("any"),
        persist_state="session",
        help=_("The numbers of its latest session can be filled in below; the models do not read the name."),
    )
    return chosen


@st.cache_data(max_entries=20, show_spinner=False)
def _companies(dataset_id: str, _data: Dataset) -> tuple[str, ...]:
    return tuple(sorted(_data.frame["company"].dropna().unique()))


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
    zone = ZoneInfo(zone_of(exchange_of(data)))
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


def feature_inputs(
    run: Run, data: Dataset, company: str | None, ranges: Mapping[str, Range]
) -> dict[str, float]:
    """Ask for the continuous features; at first their medians stand there, an empty field is missing."""
    names = run.preparation.features
    if not names:
        return {}
    known = {name: ranges.get(name) or Range.of(data.features[name]) for name in names}
    _fill_buttons(run, data, company, known)
    return {name: _feature_input(run, known[name], name) for name in names}


def _fill_buttons(run: Run, data: Dataset, company: str | None, known: Mapping[str, Range]) -> None:
    """Offer the medians, and the values of the latest session before the time that is asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Numbers:"), width="content")
        medians = {name: one.median for name, one in known.items()}
        _fill_button(run, _("the median of each"), "fill-median", medians, known)
        if data.has_sessions:
            latest = _latest(data.id, company, run.preparation.features, sealed_rows(data).tobytes(), data)
            if latest is not None:
                title = _("the latest session ({day})", day=day(latest[0]))
                _fill_button(run, title, "fill-latest", latest[1], known)


def _fill_button(
    run: Run, title: str, key: str, values: Mapping[str, float], known: Mapping[str, Range]
) -> None:
    """Draw a button that puts these values into the fields; a value that is not known empties its field."""
    short = {name: _short(value, known[name]) for name, value in values.items()}
    st.button(title, key=key, type="tertiary", on_click=_fill, args=(run.id, short))


def _fill(run_id: str, values: dict[str, float | None]) -> None:
    for name, value in values.items():
        st.session_state[f"feature-{run_id}-{name}"] = value


@st.cache_data(max_entries=50, show_spinner=False)
def _latest(
    dataset_id: str, company: str | None, names: tuple[str, ...], hidden: bytes, _data: Dataset
) -> tuple[pd.Timestamp, dict[str, float]] | None:
    """Return the latest session of a company (or of all) and the means of its values; None where there is none."""
    frame = _data.frame.drop(index=_data.frame.index[np.frombuffer(hidden, np.int64)])
    if company is not None:
        frame = frame[frame["company"] == company]
    frame = frame[frame["session"].notna()]
    if not len(frame):
        return None
    last = frame["session"].max()
    columns = [FEATURE + name for name in names]
    means = frame.loc[frame["session"] == last, columns].replace([np.inf, -np.inf], np.nan).mean()
    return last, dict(zip(names, means.astype(float), strict=True))


def _short(value: float, known: Range) -> float | None:
    """Round a number for its field, but not out of the range in which it lies; None where it is not known."""
    if not np.isfinite(value):
        return None
    short = float(f"{value:.4g}")
    return float(np.clip(short, known.low, known.high)) if known.low <= value <= known.high else short


def _feature_input(run: Run, known: Range, name: str) -> float:
    """Ask for one feature by a slider over its range and a field for any number; below stands a doubt about it."""
    key = f"feature-{run.id}-{name}"
    if key not in st.session_state:
        st.session_state[key] = _short(known.median, known)
    slides = known.low < known.high
    slide, field = st.columns([3, 2], wrap=False, vertical_alignment="bottom")
    with slide:
        if slides:
            _slider(known, key, name)
        else:
            st.markdown(as_typed(name))
    with field:
        value = st.number_input(
            as_typed(name),
            value=None,
            step=float(f"{known.step:.1g}"),
            format="%.6g",
            key=key,
            persist_state="session",
            placeholder=_("missing"),
            label_visibility="collapsed",
        )
    with st.container(key=f"below-{key}"):
        _below(known, value, key)
    return np.nan if value is None else float(value)


def _slider(known: Range, key: str, name: str) -> None:
    """Draw the slider of a feature: it follows the field, and moves it."""
    typed = st.session_state[key]
    at = known.median if typed is None else float(np.clip(typed, known.low, known.high))
    own = f"slider-{key}"
    st.session_state[own] = at
    st.slider(
        as_typed(name),
        known.low,
        known.high,
        step=(known.high - known.low) / _STEPS,
        format="%.3g",
        key=own,
        on_change=_slid,
        args=(known, key, own),
    )


def _slid(known: Range, key: str, own: str) -> None:
    st.session_state[key] = _short(st.session_state[own], known)


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
    return plain_text(chosen or "") or None
