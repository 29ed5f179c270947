"""What is presented: the pinned questions, else all that were asked, else the newest headlines of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.predict import Question
from core.predict.asked import history as store
from core.train.run import Run
from core.ui.sealed import sealed_rows
from core.ui.text import _

PRESENT, STEP = "present", "step"  # parts of the URL
NEWEST = 5  # headlines of the table


@dataclass(frozen=True)
class Scenario:
    """One step: a question and the name it was given; of a row of the table, whether the models learned from it."""

    question: Question
    name: str = ""
    learned: bool | None = None


def presenting() -> bool:
    """Say whether the URL asks for the presenter mode."""
    return st.query_params.get(PRESENT) == "1"


def present_button() -> None:
    """Draw the button that begins the presenter mode."""
    st.button(
        _("Present"),
        icon=":material/slideshow:",
        key="present",
        on_click=go_to,
        args=(0,),
        help=_("Large type, one question after the other by the arrow keys: the pinned ones in their order."),
    )


def step(steps: int) -> int:
    """Return which of so many steps the URL names, from 0 on; the nearest one where there is none of that number."""
    wanted = st.query_params.get(STEP, "")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1
    return min(max(number, 1), steps) - 1


def go_to(at: int) -> None:
    """Present a step, from 0 on."""
    st.query_params[PRESENT], st.query_params[STEP] = "1", str(at + 1)


def leave() -> None:
    """End the presenter mode."""
    for name in (PRESENT, STEP):
        st.query_params.pop(name, None)


def scenarios(run: Run, data: Dataset) -> list[Scenario]:
    """Return the steps; none is of a sealed holdout."""
    found = store.history(run.id)
    if items := found.pinned or found.items:
        return [Scenario(item.question, item.name) for item in items]
    return _newest(run, data)


def _newest(run: Run, data: Dataset) -> list[Scenario]:
    """Return the newest distinct headlines of the table as it has them, where there are some not learned from: those."""
    frame = data.frame
    may_be_asked = np.setdiff1d(np.flatnonzero(frame["headline"] != ""), sealed_rows(data))
    tested = np.isin(frame["row"].to_numpy(), run.predictions.test.table["row"])
    unseen = may_be_asked[tested[may_be_asked]]
    rows = frame.iloc[unseen if len(unseen) else may_be_asked].sort_values(
        ["session", "row"], ascending=False
    )
    newest = rows.drop_duplicates("headline").head(NEWEST).index
    places = frame.index.get_indexer(newest)
    return [Scenario(_question(data, int(place)), learned=not tested[place]) for place in places]


def _question(data: Dataset, place: int) -> Question:
    row, features = data.frame.iloc[place], data.features.iloc[place]
    press, company = (None if pd.isna(row[name]) else str(row[name]) for name in ("press", "company"))
    time = row["time"] if pd.notna(row["time"]) else row["session"]
    known: Sequence[str] = [str(name) for name, value in features.items() if pd.notna(value)]
    return Question(
        str(row["headline"]),
        press,
        company,
        None if pd.isna(time) else time.to_pydatetime(),
        {name: float(features[name]) for name in known},
    )
