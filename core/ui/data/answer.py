"""What the table holds, at a glance: one sentence, its key numbers, and what has to be known first."""

from __future__ import annotations

import streamlit as st

from core.data.dataset import Dataset
from core.data.quality import QualityReport
from core.evaluate.effective_size import Effective, worth_of_table
from core.locale import P_
from core.ui.cards import Card, cards
from core.ui.text import UNKNOWN, _, count, md


@st.cache_data(max_entries=6, show_spinner=False)
def _worth(_data: Dataset, dataset: str) -> dict[str, Effective]:
    return worth_of_table(_data)


def answer(data: Dataset, found: QualityReport) -> None:
    """Say what the table holds in one sentence and four numbers."""
    worth = _worth(data, data.id)
    st.subheader(_sentence(data, worth), anchor=False)
    shown = [_rows(data, found, worth), _headlines(data)]
    shown.append(_sessions(data) if data.has_sessions else Card(_("Sessions"), UNKNOWN, _("no dates")))
    cards([*shown, _observations(worth)])


def _sentence(data: Dataset, worth: dict[str, Effective]) -> str:
    if not worth:
        return md(
            "“{name}” holds {rows:,} rows and no target: it can be embedded, mapped and predicted, not trained on.",
            name=data.name,
            rows=len(data),
        )
    first = worth["classify"]
    if first.nearly_all:
        return md(
            "“{name}” holds {rows:,} rows, nearly all of them independent.", name=data.name, rows=len(data)
        )
    return md(
        "“{name}” holds {rows:,} rows, worth about {worth:,.0f} independent observations.",
        name=data.name,
        rows=len(data),
        worth=first.effective_n,
    )


def _rows(data: Dataset, found: QualityReport, worth: dict[str, Effective]) -> Card:
    with_outcome = worth["classify"].rows if worth else len(data)
    under = []
    if found.rows.in_file != len(data):
        under.append(_("of {n:,} in the file", n=found.rows.in_file))
    if with_outcome != len(data):
        under.append(_("{n:,} with outcome", n=with_outcome))
    return Card(_("Rows"), count(len(data)), " · ".join(under))


def _headlines(data: Dataset) -> Card:
    return Card(
        _("Distinct headlines"),
        count(data.distinct_headlines),
        _(P_("{n:,} story", "{n:,} stories"), n=int(data.frame["story"].nunique())),
        _("Each is embedded once. Headlines that are the same or nearly the same tell one story."),
    )


def _sessions(data: Dataset) -> Card:
    return Card(
        _("Sessions"),
        count(data.sessions),
        _(P_("{n:,} event", "{n:,} events"), n=data.events),
        _("Trading days of the exchange. An event is one company in one session."),
    )


def _observations(worth: dict[str, Effective]) -> Card:
    label = _("Independent observations")
    if not worth:
        return Card(label, UNKNOWN, _("no target"))
    numbers = {task: round(found.effective_n) for task, found in worth.items()}
    under = (
        _("for returns {n:,}", n=numbers["regress"])
        if numbers.get("regress", numbers["classify"]) != numbers["classify"]
        else ""
    )
    return Card(
        label,
        f"≈ {count(numbers['classify'])}",
        under,
        _(
            "How many rows without anything in common would say as much: rows of one event, session or story share "
            "their outcome. The scores are no surer than this number."
        ),
    )
