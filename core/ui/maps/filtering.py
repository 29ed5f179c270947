"""Which headlines are on the map: a period, companies, outlets, classes, topics; each once or in every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.maps import Topics
from core.ui.maps.picture.colouring import topic_name
from core.ui.sealed import sealed_rows
from core.ui.text import _, class_name, count


def filter_form(data: Dataset, topics: Topics | None) -> tuple[np.ndarray, bool]:
    """Let the reader choose; return the positions of the rows, ascending, and whether a headline is one point."""
    with st.popover(_("Which headlines"), icon=":material/filter_alt:"):
        grouped = _repeats(data)
        kept = np.ones(len(data), bool)
        for narrow in (_period, _companies, _outlets, _classes):
            kept &= narrow(data)
        kept &= _topics(data, topics)
    return np.flatnonzero(kept), grouped


def _repeats(data: Dataset) -> bool:
    if data.distinct_headlines == len(data):
        return False
    names = {True: _("one point per headline"), False: _("all rows")}
    chosen = st.segmented_control(
        _("Repeated headlines"),
        list(names),
        default=True,
        required=True,
        key="map-repeats",
        format_func=names.__getitem__,
        persist_state="session",
    )
    return chosen is not False


def _period(data: Dataset) -> np.ndarray:
    session = data.frame["session"]
    first, last = session.min(), session.max()
    if pd.isna(first) or first == last:
        return np.ones(len(data), bool)
    ends: tuple[date, date] = st.slider(
        _("Period"),
        first.date(),
        last.date(),
        (first.date(), last.date()),
        format="YYYY-MM-DD",
        key=f"map-period-{data.id}",
        persist_state="session",
    )
    if ends == (first.date(), last.date()):
        return np.ones(len(data), bool)
    return session.between(pd.Timestamp(ends[0]), pd.Timestamp(ends[1])).to_numpy(bool)


def _companies(data: Dataset) -> np.ndarray:
    return _named(data, "company", _("Companies"))


def _outlets(data: Dataset) -> np.ndarray:
    return _named(data, "press", _("Outlets"))


def _named(data: Dataset, column: str, label: str) -> np.ndarray:
    names = data.frame[column]
    sizes = names.value_counts()
    if len(sizes) < 2:
        return np.ones(len(data), bool)
    chosen = _some(label, f"map-{column}-{data.id}", list(sizes.index), _counted(sizes))
    return names.isin(chosen).to_numpy(bool) if chosen else np.ones(len(data), bool)


def _classes(data: Dataset) -> np.ndarray:
    """Keep rows of some classes; a class is not asked of sealed rows, which are left out where classes are chosen."""
    if len(data.classes) < 2:
        return np.ones(len(data), bool)
    chosen = _some(_("Classes"), f"map-class-{data.id}", list(data.classes), class_name)
    if not chosen:
        return np.ones(len(data), bool)
    kept = np.isin(data.outcome("classify"), [data.classes.index(name) for name in chosen])
    kept[sealed_rows(data)] = False
    return kept


def _topics(data: Dataset, topics: Topics | None) -> np.ndarray:
    if topics is None or len(topics) < 2:
        return np.ones(len(data), bool)
    numbers = list(range(len(topics)))
    chosen = _some(
        _("Topics"), f"map-topic-{data.id}-{len(topics)}", numbers, lambda number: topic_name(topics, number)
    )
    return np.isin(topics.topic, chosen) if chosen else np.ones(len(data), bool)


def _some(label: str, key: str, options: list[Any], name: Callable[[Any], str]) -> Sequence[Any]:
    """Return the chosen options: none stands for all."""
    names = {option: name(option) for option in options}
    chosen: list[Any] = st.multiselect(
        label,
        options,
        key=key,
        format_func=names.__getitem__,
        placeholder=_("all"),
        persist_state="session",
    )
    return chosen


def _counted(sizes: pd.Series) -> Callable[[Any], str]:
    return lambda name: f"{name} ({count(sizes[name])})"
