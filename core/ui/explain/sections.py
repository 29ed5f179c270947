"""What stands behind the bars: one row, topics, words, the table; only the chosen part is drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.explain import Contributions
from core.explain.path import reach
from core.locale import N_
from core.ui.explain import rows, topics
from core.ui.explain.details import details
from core.ui.explain.flips import flips_of_row
from core.ui.explain.numbers import numbers
from core.ui.explain.precedents import precedents_of_row
from core.ui.explain.side_by_side import side_by_side
from core.ui.explain.vocabulary import vocabulary
from core.ui.explain.waterfall import waterfall
from core.ui.guards import Given
from core.ui.text import _

Section = Callable[[Given, Contributions, int], None]


def _row(here: Given, found: Contributions, chosen: int) -> None:
    run, data = here.run, here.data
    place = rows.chosen_row(run, data, found, chosen)
    rows.headline(run, data, found, place, chosen)
    rows.words_of_row(run, data, found, place, chosen)
    waterfall(
        found,
        place,
        "chart-waterfall",
        _("From the average to this prediction"),
        _("the mean of the models for this row; sign and colour show the direction; one scale for all rows"),
        rows.row_labels(data, found, place),
        reach(found),
    )
    side_by_side(run, found, place)
    flips_of_row(run, data, here.vectors, found, place, chosen)
    precedents_of_row(run, data, here.vectors, found, place, chosen)
    details(run, data, here.vectors, found, place, chosen)


def _topics(here: Given, found: Contributions, chosen: int) -> None:
    topics.by_topic(here.run, here.data, here.vectors, found, chosen)


def _words(here: Given, found: Contributions, chosen: int) -> None:
    vocabulary(here.run, here.data, found, chosen)


def _table(here: Given, found: Contributions, chosen: int) -> None:
    numbers(here.run, here.data, here.vectors, found, chosen)


SECTIONS: dict[str, tuple[str, Section]] = {
    "row": (N_("one row"), _row),
    "topics": (N_("topics"), _topics),
    "words": (N_("words"), _words),
    "table": (N_("the table"), _table),
}


def sections(here: Given, found: Contributions, chosen: int) -> None:
    """Let the reader choose a part, and draw it; `chosen` is the number of the explained class."""
    part = st.segmented_control(
        _("Look at"),
        list(SECTIONS),
        default="row",
        required=True,
        key="explain-section",
        format_func=lambda name: _(SECTIONS[name][0]),
        persist_state="session",
    )
    SECTIONS[part or "row"][1](here, found, chosen)
