"""Topics as two pages show them: found by a job where nobody has looked for them, and named by their keywords."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.explain.sentences import NAMED, topic_message
from core.jobs import Report
from core.maps import Topics, load_topics, topics_key, topics_of
from core.ui import jobs, state
from core.ui.text import _, md, plain


def saved_topics(data: Dataset, vectors: np.ndarray, number: int = 0) -> tuple[bool, Topics | None]:
    """Return whether topics by the vectors of the chosen encoder have been looked for, and what was found."""
    return load_topics(_key(data, vectors, data.id, state.space(), vectors.shape, number))


@st.cache_resource(max_entries=32, show_spinner=False)
def _key(
    _data: Dataset,
    _vectors: np.ndarray,
    dataset_id: str,
    space: tuple[str, str, str],
    shape: tuple[int, ...],
    number: int,
) -> str:
    return topics_key(_data, _vectors, number)


def topics_or_offer(data: Dataset, vectors: np.ndarray, number: int = 0) -> Topics | None:
    """Return the saved topics, `number` of them (0: as many as are stable); None where there are none yet.

    Then they are offered as a job, or it is said that the headlines have none.
    """
    known, found = saved_topics(data, vectors, number)
    if found is not None:
        return found
    if known:
        st.info(
            _("These headlines have no topics: they are too few, or two halves of them do not agree on any.")
        )
        return None

    def work(report: Report) -> None:
        topics_of(data, vectors, number, report)

    key = _key(data, vectors, data.id, state.space(), vectors.shape, number)
    subject = {"dataset": data.id, "topics": key}
    if not jobs.panel("topics", dataset=data.id, topics=key):
        st.info(
            _(
                "The headlines have not been sorted into topics yet. It is done once, by meaning and words, and saved."
            )
        )
        if st.button(_("Find the topics"), type="primary"):
            jobs.submit("topics", subject, work, data.distinct_headlines, "topics")
    return None


def soft_note(topics: Topics) -> None:
    """Say that the borders between topics are soft, where they are."""
    if not topics.stable:
        st.caption(
            md(
                "The borders between these topics are soft: two halves of the headlines, each sorted alone, agree on them by "
                "{agreement} only (1 is the same, 0 is chance).",
                agreement=f"{topics.stability:.2f}",
            )
        )


def topic_name(keywords: tuple[str, ...], most: int = NAMED) -> str:
    """Return a topic's keywords for the reader, as plain text."""
    return plain(topic_message(keywords, most))
