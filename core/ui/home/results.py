"""The last verdicts of the workspace as cards that open them, read from the runs' records alone."""

from __future__ import annotations

import html
from collections.abc import Collection

import streamlit as st

from core.data.library import list_datasets
from core.train.run import Run
from core.train.runs import list_runs
from core.ui import state
from core.ui.evaluate import verdict
from core.ui.pages import PAGES
from core.ui.text import _, run_label

MOST, IN_A_ROW = 6, 3


def last_results() -> bool:
    """Draw the newest verdicts, each a card that opens it; nothing where none but the prepared one is there.

    Return whether they were drawn.
    """
    runs = list_runs()[:MOST]
    if all(run.prepared for run in runs):
        return False
    st.subheader(_("Last results"), anchor=False)
    tables = {entry.id for entry in list_datasets()}
    for start in range(0, len(runs), IN_A_ROW):
        for cell, run in zip(st.columns(IN_A_ROW), runs[start : start + IN_A_ROW], strict=False):
            with cell, st.container(border=True, key=f"result-{run.id}", height="stretch"):
                _result(run, tables)
    return True


def _result(run: Run, tables: Collection[str]) -> None:
    st.html(verdict_card(run))
    if run.dataset_id not in tables:
        st.caption(_("Its table is no longer in the library."))
        return
    chosen = {"dataset": run.dataset_id, "run": run.id}
    st.page_link(
        PAGES["evaluate"].file,
        label=_("Open this result"),
        icon=":material/arrow_forward:",
        query_params=chosen | state.space_of_run(run),
    )


def verdict_card(run: Run, about: str = "") -> str:
    """Return a run's verdict as HTML: its state by mark, word and colour, the lift with its interval, and of what.

    `about` stands instead of table, kind and date.
    """
    parts = [run.dataset_name, run_label(run)] + [_("Prepared with the app")] * run.prepared
    told = html.escape(about or " · ".join(parts))
    return verdict.of_run(run).html("small", f'<p class="about">{told}</p>')
