"""The clusters of a map: their names on it, and below it a table with what happened after each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Interval
from core.maps import TopicOutcome, Topics, topic_outcomes
from core.maps.label_places import label_places
from core.ui.classes import class_selector
from core.ui.maps.listing import listed
from core.ui.maps.picture.marks import Label
from core.ui.sealed import sealed_rows
from core.ui.tables import table
from core.ui.text import (
    UNKNOWN,
    _,
    bold,
    class_name,
    md,
    percent,
    points_interval,
    signed_percent,
)
from core.ui.topics import soft_note, topic_name, topics_or_offer

_NAMED, _HEADLINES = 2, 8  # keywords on the map, headlines shown at once


def labels(topics: Topics | None, places: np.ndarray, rows: np.ndarray) -> list[Label]:
    """Return the topics' names for a map of these rows of the dataset, which lie at `places (rows, d)`."""
    if topics is None:
        return []
    at = label_places(places, topics.topic[rows], len(topics))
    return [
        Label("\n".join(keywords[:_NAMED]), place)
        for keywords, place in zip(topics.keywords, at, strict=True)
        if keywords and place is not None
    ]


def clusters(data: Dataset, vectors: np.ndarray) -> None:
    """List the topics of a table whose headlines have these vectors, and the headlines of the chosen one below."""
    st.subheader(_("Topics"), anchor=False)
    topics = topics_or_offer(data, vectors)
    if topics is None:
        return
    of_class = class_selector(data, "-topics")
    outcomes = _outcomes(data, topics, data.id, topics.topic.tobytes(), sealed_rows(data).tobytes(), of_class)
    st.markdown(bold(_answer(data, topics, outcomes, of_class)))
    soft_note(topics)
    columns = {
        _("topic"): [topic_name(words, 6) for words in topics.keywords],
        _("rows"): np.bincount(topics.topic, minlength=len(topics)),
    }
    if outcomes is not None:
        unit = _("events") if data.has_sessions else _("stories")
        columns[unit] = [one.events for one in outcomes]
        columns[_what(data, of_class)] = [_mean(data, one.mean) for one in outcomes]
        columns[_("difference from the rest (points)")] = [_gap(data, one.gap) for one in outcomes]
        columns[_("clear difference")] = ["✓" if one.differs else "" for one in outcomes]
    event = table(
        pd.DataFrame(columns),
        f"map-topics-{data.id}-{len(topics)}",
        _("The topics, the largest first: choose one"),
        rows=len(topics),
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
    )
    if outcomes is not None:
        _notes(data, outcomes)
    picked = event.selection.rows
    _typical(data, topics, picked[0] if picked and picked[0] < len(topics) else 0)


def _notes(data: Dataset, outcomes: list[TopicOutcome]) -> None:
    """Say what the intervals count, and why some differences cannot be told."""
    told = (
        _("Intervals count events and trading days, not rows, and are corrected for the number of topics.")
        if data.has_sessions
        else _("Intervals count stories, not rows, and are corrected for the number of topics.")
    )
    if len(sealed_rows(data)):
        told += " " + _("The outcomes of a sealed holdout are left out.")
    st.caption(told)
    if any(np.isnan(one.gap.low) for one in outcomes):
        why = (
            _("–: not compared, as fewer than five trading days are with such a headline, or without one.")
            if data.has_sessions
            else _("–: not compared, as fewer than five stories are on this topic, or on others.")
        )
        st.caption(why)


@st.cache_resource(max_entries=8, show_spinner=False)
def _outcomes(
    _data: Dataset, _topics: Topics, dataset_id: str, topic: bytes, sealed: bytes, of_class: int
) -> list[TopicOutcome] | None:
    return topic_outcomes(_data, _topics, np.frombuffer(sealed, np.int64), of_class)


def _answer(data: Dataset, topics: Topics, outcomes: list[TopicOutcome] | None, of_class: int) -> str:
    if outcomes is None:
        return md("The headlines fall into {n} topics.", n=len(topics))
    if all(np.isnan(one.gap.low) for one in outcomes):
        return md(
            "The headlines fall into {n} topics; what happened after them cannot be compared.", n=len(topics)
        )
    told = [number for number, one in enumerate(outcomes) if one.differs]
    if not told:
        return md(
            "The headlines fall into {n} topics; in none does the {what} clearly differ from the rest.",
            n=len(topics),
            what=_what(data, of_class),
        )
    first = max(told, key=lambda number: abs(outcomes[number].gap.value))
    return md(
        "The headlines fall into {n} topics; in {m} the {what} clearly differs from the rest, most in “{topic}”: {gap} points.",
        n=len(topics),
        m=len(told),
        what=_what(data, of_class),
        topic=topic_name(topics.keywords[first]),
        gap=points_interval(outcomes[first].gap, 1),
    )


def _what(data: Dataset, of_class: int) -> str:
    if data.target_kind == "return":
        return _("mean return")
    return _("share of {label}", label=class_name(data.classes[of_class]))


def _mean(data: Dataset, found: Interval) -> str:
    write = signed_percent if data.target_kind == "return" else percent
    if not np.isfinite(found.value):
        return UNKNOWN
    if not np.isfinite(found.low):
        return write(found.value)
    return f"{write(found.value)} [{write(found.low)}, {write(found.high)}]"


def _gap(data: Dataset, found: Interval) -> str:
    if not np.isfinite(found.low):
        return UNKNOWN
    return points_interval(found, 2 if data.target_kind == "return" else 1)


def _typical(data: Dataset, topics: Topics, number: int) -> None:
    """List the headlines in the middle of a topic."""
    content, config = listed(data, np.array(topics.typical[number], np.int64), sealed_rows(data))
    table(
        content,
        f"map-typical-{data.id}",
        _("Typical headlines on {topic}", topic=topic_name(topics.keywords[number])),
        rows=_HEADLINES,
        column_config=config,
    )
