"""The clusters of a map: their names on it, and below it a table with what happened after each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Interval
from core.maps import TopicOutcome, Topics, topic_outcomes
from core.maps.label_places import label_places
from core.ui.maps.picture.marks import Label
from core.ui.sealed import sealed_rows
from core.ui.tables import table
from core.ui.text import (
    UNKNOWN,
    _,
    bold,
    class_name,
    day,
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
    outcomes = _outcomes(data, topics, data.id, vectors.shape, sealed_rows(data).tobytes())
    st.markdown(bold(_answer(topics, outcomes)))
    soft_note(topics)
    sizes = np.bincount(topics.topic, minlength=len(topics))
    listed = {
        _("topic"): [topic_name(words, 6) for words in topics.keywords],
        _("rows"): sizes,
    }
    if outcomes is not None:
        listed[_("events")] = [one.events for one in outcomes]
        listed[_mean_title(data)] = [_mean(data, one.mean) for one in outcomes]
        listed[_("less the others, percentage points")] = [_gap(data, one.gap) for one in outcomes]
        listed[_("differs")] = ["✓" if one.differs else "" for one in outcomes]
    event = table(
        pd.DataFrame(listed),
        f"map-topics-{data.id}-{len(topics)}",
        _("The topics, the largest first: choose one"),
        rows=len(topics),
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
    )
    if outcomes is not None:
        st.caption(
            _(
                "Intervals count events and trading days, not rows, and all of them hold at once in 95% of tables; the outcomes "
                "of a sealed holdout are left out."
            )
        )
    if outcomes is not None and any(np.isnan(one.gap.low) for one in outcomes):
        st.caption(
            _(
                "–: cannot be told from the rest, because fewer than five trading days are with such a headline, or fewer than "
                "five without one."
            )
        )
    picked = event.selection.rows
    _typical(data, topics, picked[0] if picked and picked[0] < len(topics) else 0)


@st.cache_resource(max_entries=8, show_spinner=False)
def _outcomes(
    _data: Dataset, _topics: Topics, dataset_id: str, shape: tuple[int, ...], sealed: bytes
) -> list[TopicOutcome] | None:
    return topic_outcomes(_data, _topics, np.frombuffer(sealed, np.int64))


def _answer(topics: Topics, outcomes: list[TopicOutcome] | None) -> str:
    if outcomes is None:
        return md("The headlines fall into {n} topics.", n=len(topics))
    told = [number for number, one in enumerate(outcomes) if one.differs]
    if not told:
        return md(
            "The headlines fall into {n} topics; after none of them did what happened differ from the rest by more than {n} "
            "comparisons bring about by chance.",
            n=len(topics),
        )
    first = max(told, key=lambda number: abs(outcomes[number].gap.value))
    return md(
        "The headlines fall into {n} topics; after {m} of them what happened differs from the rest, most after “{topic}”: "
        "{gap} percentage points.",
        n=len(topics),
        m=len(told),
        topic=topic_name(topics.keywords[first]),
        gap=points_interval(outcomes[first].gap, 1),
    )


def _mean_title(data: Dataset) -> str:
    if data.target_kind == "return":
        return _("mean return")
    return _("share of {label}", label=class_name(data.classes[-1]))


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
    frame = data.frame.iloc[list(topics.typical[number])]
    table(
        pd.DataFrame(
            {
                _("headline"): frame["headline"].to_numpy(),
                _("session"): [day(moment) for moment in frame["session"]],
                _("row"): frame["row"].to_numpy(),
            }
        ),
        f"map-typical-{data.id}",
        _("Typical headlines on {topic}", topic=topic_name(topics.keywords[number])),
        rows=_HEADLINES,
    )
